"""Bring addresses into the form that headers and the envelope carry (RFC 5321, 5890, 6531).

Takes an address as people type it, gives it with an ASCII domain; the local part is never changed.
"""

from __future__ import annotations

import string
from functools import lru_cache

from mailer.errors import SealError
from mailer.mime.guard import guarded, visible

__all__ = ["ascii_domain", "wire_address"]

#: RFC 5321 4.5.3.1, in octets.
MAX_LOCAL_OCTETS = 64
MAX_DOMAIN_OCTETS = 253

#: The ASCII characters of a word in an address (RFC 5322 3.2.3); RFC 6532 adds all others.
ATEXT = frozenset(string.ascii_letters + string.digits + "!#$%&'*+-/=?^_`{|}~")
LABEL = frozenset(string.ascii_letters + string.digits + "-")


@lru_cache(maxsize=1024)
def wire_address(field: str, address: str) -> str:
    """Return the address as MAIL, RCPT and the headers carry it: ASCII but perhaps for its local part (RFC 6531).

    Raises SealError, naming `field`, for an address that is none. Quoted local parts ("a b"@example.com) are refused:
    hardly a server takes them.
    """
    local, at, domain = guarded(f"{field} address", address).rpartition("@")
    words = local.split(".")
    if not at or not all(words) or not all(char in ATEXT or not char.isascii() for word in words for char in word):
        raise SealError(f"the {field} address {visible(address)} is no address; it must read name@example.com")
    if len(local.encode()) > MAX_LOCAL_OCTETS or any(map(str.isspace, local)):
        raise SealError(f"the {field} address {visible(address)} is no address: see what stands before the @")
    return f"{local}@{ascii_domain(field, domain)}"


def ascii_domain(field: str, domain: str) -> str:
    """Return the domain in A-labels (IDNA 2008 with UTS 46); one that is ASCII already stays as typed.

    Raises SealError, naming `field`, for a domain that cannot be one.
    """
    encoded = domain if domain.isascii() else _a_labels(field, domain)
    labels = encoded.split(".")
    if len(encoded) > MAX_DOMAIN_OCTETS or not all(map(_is_label, labels)):
        raise SealError(f"the {field} address has no valid domain ({visible(domain)}); mend what stands after the @")
    return encoded


def _a_labels(field: str, domain: str) -> str:
    import idna

    try:
        return idna.encode(domain, uts46=True).decode("ascii")
    except idna.IDNAError as exc:
        raise SealError(
            f"the {field} address has a domain that cannot be registered ({visible(domain)}: {exc}); mend it"
        ) from exc


def _is_label(label: str) -> bool:
    return 0 < len(label) <= 63 and LABEL.issuperset(label) and label[0] != "-" != label[-1]
