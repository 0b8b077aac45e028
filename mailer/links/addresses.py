"""Know the addresses of the public internet; a link of a note leads nowhere else.

Takes an IP address, says whether it may be connected to.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, IPv6Network

__all__ = ["Address", "is_public"]

Address = IPv4Address | IPv6Address

#: All of IPv6 that is handed out for use between networks (RFC 4291 2.4).
_GLOBAL_UNICAST = IPv6Network("2000::/3")
#: How a network without IPv4 reaches it: the last 32 bits are the IPv4 address (RFC 6052 2.1).
_NAT64 = IPv6Network("64:ff9b::/96")
#: The interface identifiers of ISATAP, whose last 32 bits are an IPv4 address too (RFC 5214 6.1).
_ISATAP = frozenset({0x00005EFE, 0x02005EFE})


def is_public(address: Address) -> bool:
    """Tell whether an address belongs to the public internet, also when it wraps another one.

    An IPv4 address inside an IPv6 one (mapped, 6to4, NAT64) has to be public itself. Multicast, Teredo, ISATAP and all
    that is reserved, private, link-local or this machine's own is not.
    Source: IANA's special-purpose registries (RFC 6890) by `ipaddress`.
    """
    if isinstance(address, IPv4Address):
        return address.is_global and not (address.is_multicast or address.is_reserved)
    if address.ipv4_mapped is not None:
        return is_public(address.ipv4_mapped)
    if address in _NAT64:
        return is_public(IPv4Address(int(address) & 0xFFFFFFFF))
    if address.sixtofour is not None:
        return is_public(address.sixtofour)
    if address.teredo is not None or (int(address) >> 32) & 0xFFFFFFFF in _ISATAP or address.scope_id:
        return False
    return address in _GLOBAL_UNICAST and address.is_global
