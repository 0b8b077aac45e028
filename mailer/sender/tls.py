"""Encrypt a connection, with the server's certificate and name verified; there is no way around it.

Takes an account, gives a context; takes a connected socket, gives the encrypted one or raises what is wrong with it.
"""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

from mailer.errors import Permanent, Stage
from mailer.sender.replies import lost

if TYPE_CHECKING:
    import socket

    from mailer.errors import DeliveryError
    from mailer.model import Account

__all__ = ["address_of", "encrypted", "verifying_context"]

#: What is wrong, and its remedy, by OpenSSL's verification result (x509_vfy.h).
TRUST = (
    "If you trust this server, save the certificate of its authority (or its own, when it signed itself) "
    "as PEM and name the file in MAILER_CA_FILE."
)
NAME = "Set MAILER_SMTP_HOST to the name that the certificate is for."
CLOCK = "Check this computer's clock; if it is right, the server's operator must renew the certificate."
FAULTS = {
    9: ("is not valid yet", CLOCK),
    10: ("has expired", CLOCK),
    18: ("is self-signed", TRUST),
    19: ("comes from an authority that signed itself and is not known here", TRUST),
    20: ("comes from an authority that is not known here", TRUST),
    21: ("comes from an authority that is not known here", TRUST),
    62: ("is for another host name", NAME),
    64: ("is for another address", NAME),
}

#: OpenSSL's reasons for "no common version of TLS".
TOO_OLD = {"UNSUPPORTED_PROTOCOL", "TLSV1_ALERT_PROTOCOL_VERSION", "NO_PROTOCOLS_AVAILABLE", "WRONG_SSL_VERSION"}

#: OpenSSL's reasons for octets that are no TLS at all.
NOT_TLS = {"WRONG_VERSION_NUMBER", "PACKET_LENGTH_TOO_LONG", "HTTP_REQUEST", "UNKNOWN_PROTOCOL", "RECORD_LAYER_FAILURE"}


def address_of(account: Account) -> str:
    """Return host and port as errors name them."""
    return f"[{account.host}]:{account.port}" if ":" in account.host else f"{account.host}:{account.port}"


def verifying_context(account: Account) -> ssl.SSLContext:
    """Return a context that demands TLS 1.2, a trusted certificate and the right name.

    Trusts the system's authorities and those of `account.ca_file`; raises Permanent when that file does not read.
    """
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if account.ca_file is not None:
        try:
            context.load_verify_locations(account.ca_file)
        except OSError as exc:  # ssl.SSLError is one
            raise Permanent(
                f"The file of MAILER_CA_FILE, {account.ca_file}, does not read as PEM certificates ({exc}). "
                "Mend the setting or the file.",
                stage=Stage.CONNECT,
            ) from exc
    return context


def encrypted(
    sock: socket.socket, context: ssl.SSLContext, account: Account, *, stage: Stage, timeout_s: float
) -> ssl.SSLSocket:
    """Do the handshake and return the encrypted socket; the given one is used up, and closed on failure.

    Raises Permanent when the server's TLS is not to be trusted, Temporary when the line broke.
    """
    where = address_of(account)
    sock.settimeout(timeout_s)
    try:
        line = context.wrap_socket(sock, server_hostname=account.host)
    except OSError as exc:
        raise _fault(exc, where, stage, timeout_s) from exc
    if line.version() is None:  # a socket that was reset is wrapped without a handshake, and would go on in the clear
        line.close()
        raise lost(stage, where=where, why="closed the connection before the TLS handshake")
    return line


def _fault(exc: OSError, where: str, stage: Stage, timeout_s: float) -> DeliveryError:
    """Tell a server that cannot be trusted from a line that broke, which says nothing about the server."""
    match exc:
        case ssl.SSLCertVerificationError():
            return _untrusted(exc, where, stage)
        case TimeoutError():
            return lost(stage, where=where, why=f"did not finish the TLS handshake within {timeout_s:g} s")
        case ssl.SSLError() if not isinstance(exc, ssl.SSLEOFError | ssl.SSLZeroReturnError | ssl.SSLSyscallError):
            return _unusable(exc, where, stage)
        case _:
            return lost(stage, where=where, why="closed the connection in the TLS handshake")


def _untrusted(exc: ssl.SSLCertVerificationError, where: str, stage: Stage) -> DeliveryError:
    fault, remedy = FAULTS.get(exc.verify_code, (f"cannot be verified ({exc.verify_message})", TRUST))
    return Permanent(f"The certificate of {where} {fault}, so nothing was sent. {remedy}", stage=stage)


def _unusable(exc: ssl.SSLError, where: str, stage: Stage) -> DeliveryError:
    if exc.reason in TOO_OLD:
        problem = (
            f"{where} offers no TLS 1.2 or later, so nothing was sent. Use another server, or have this one updated."
        )
    elif exc.reason in NOT_TLS and stage is Stage.CONNECT:
        problem = (
            f"{where} does not begin with TLS. For a port that does STARTTLS, as 587 mostly does, "
            "set MAILER_SMTP_SECURITY=starttls."
        )
    elif exc.reason in NOT_TLS:
        problem = f"{where} went on in plain text after STARTTLS, so nothing was sent. Somebody may be interfering."
    else:
        problem = f"{where} and this computer find no common TLS ({exc.reason}), so nothing was sent."
    return Permanent(problem, stage=stage)
