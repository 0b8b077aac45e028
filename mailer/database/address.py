"""Read the address of a PostgreSQL more strictly than libpq, whose errors would repeat parts of a mistyped password.

Takes a `postgresql://` URL, gives an `Address` that can be shown. Source: PostgreSQL's manual, 34.1.1.2.
"""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["SCHEMES", "Address", "read"]

SCHEMES = ("postgresql://", "postgres://")

#: These parameters hold a secret.
_SECRET_PARAMETERS = frozenset({"password", "sslpassword"})

_HEX = frozenset("0123456789abcdefABCDEF")


class Address(NamedTuple):
    """A URL without its secrets, fit to be shown, and the secrets as written, which no text may repeat."""

    shown: str
    secrets: tuple[str, ...]


def read(url: str) -> Address:
    """Part a URL from its secrets; raises ValueError, which repeats nothing of it."""
    scheme, mark, rest = url.partition("://")
    if scheme + mark not in SCHEMES:
        raise ValueError("is no URL of a PostgreSQL; expected such as postgresql://ada@db.example.com/mailer")
    if not url.isascii() or not url.isprintable() or " " in url:
        raise ValueError("has a mark that a URL writes with a percent sign, such as %20 for a space")
    if any(len(part) < 2 or not _HEX.issuperset(part[:2]) for part in url.split("%")[1:]):
        raise ValueError("has a percent sign without two hex digits; a URL writes % as %25")
    bare, _, query = rest.partition("?")
    authority, _, path = bare.partition("/")
    user, at, hosts = authority.rpartition("@")
    if "@" in user or "@" in path or "/" in path or "#" in url:
        raise ValueError("has one of @ / # in a place where a URL writes %40 %2F %23; is it in the password?")
    if not all(_has_port_or_none(host) for host in hosts.split(",")):
        raise ValueError("has no number as the port after its host; is a part of it missing?")
    name, _, password = user.partition(":")
    pairs = [pair.partition("=") for pair in query.split("&") if pair]
    secrets = (password, *(value for key, _, value in pairs if key in _SECRET_PARAMETERS))
    return Address(f"postgresql://{name}{at}{hosts}/{path}", tuple(filter(None, secrets)))


def _has_port_or_none(host: str) -> bool:
    after_brackets = host.rpartition("]")[2]
    _, _, port = after_brackets.partition(":")
    return not port or port.isdigit()
