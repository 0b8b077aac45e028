"""Know this machine by its host name; only here may mail go out unencrypted or without a login."""

from __future__ import annotations

__all__ = ["is_loopback"]


def is_loopback(host: str) -> bool:
    """Tell whether a host is this machine: an address of 127.0.0.0/8, ::1, or the one name that always is.

    Source: RFC 6761 6.3 for `localhost`; no other name is looked up, as the answer could be anybody's.
    """
    if host.lower() == "localhost":
        return True
    import ipaddress

    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
