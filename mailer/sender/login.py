"""Prove to the server who the user is (RFC 4954).

Takes a wire that is encrypted, or ends on this machine, and a secret; the secret enters no error.
"""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING

from mailer.errors import Permanent, Stage

if TYPE_CHECKING:
    from mailer.model import Secret
    from mailer.sender.wire import Wire

__all__ = ["log_in", "plain_response"]


def log_in(wire: Wire, username: str, secret: Secret) -> None:
    """Log in by PLAIN, or LOGIN where the server offers no PLAIN.

    Raises Permanent when the server refuses or offers neither, Temporary when it cannot tell now.
    """
    offered = wire.esmtp_features.get("auth", "").upper().split()
    user, password = _octets(username), _octets(secret.value)
    wire.hidden = _spellings(username, secret)
    if "PLAIN" in offered and "\0" not in username + secret.value:
        wire.ask(f"AUTH PLAIN {plain_response(user, password)}", Stage.AUTH, f"the login of {username}")
    elif "LOGIN" in offered:
        wire.ask("AUTH LOGIN", Stage.AUTH, "the login by AUTH LOGIN", wants=3)
        wire.ask(_base64(user), Stage.AUTH, f"the user name {username}", wants=3)
        wire.ask(_base64(password), Stage.AUTH, f"the login of {username}")
    else:
        raise Permanent(
            f"{wire.where} offers no login by password ({', '.join(offered) or 'no AUTH at all'}). "
            "Check host, port and MAILER_SMTP_SECURITY.",
            stage=Stage.AUTH,
        )


def plain_response(user: bytes, password: bytes) -> str:
    """Return the initial response of PLAIN: no authorisation identity, then user and password (RFC 4616 2)."""
    return _base64(b"\0" + user + b"\0" + password)


def _octets(text: str) -> bytes:
    """Encode by UTF-8 whatever the text holds: the error for a lone surrogate would carry the secret."""
    return text.encode("utf-8", "surrogatepass")


def _base64(octets: bytes) -> str:
    return b64encode(octets).decode("ascii")


def _spellings(username: str, secret: Secret) -> tuple[str, ...]:
    """Return each form in which the secret goes over the wire, or could come back, longest first."""
    user, password = _octets(username), _octets(secret.value)
    return tuple(s for s in (plain_response(user, password), _base64(password), secret.value) if s)
