"""Issue the certificates that tests speak TLS with: from an authority of their own, for any name, in any bad shape."""

from __future__ import annotations

import ssl
import warnings
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import trustme

if TYPE_CHECKING:
    from pathlib import Path

    from cryptography.x509 import GeneralName

__all__ = ["Authority", "Certificate"]

LOCAL_NAMES = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True)
class Certificate:
    """A server's certificate on disk; `chain_file` (PEM, leaf first) and `key_file` suit real servers too."""

    chain_file: Path
    key_file: Path

    def server_context(self, *, newest: ssl.TLSVersion | None = None) -> ssl.SSLContext:
        """Return what a server wraps its sockets with; `newest` caps the TLS version, also at broken ones."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.chain_file, self.key_file)
        if newest is not None:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)
                context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
                context.maximum_version = newest
            context.set_ciphers("ALL:@SECLEVEL=0")
        return context


class Authority:
    """A certificate authority whose root stands in `ca_file` (PEM), below a folder of the test."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._authority = trustme.CA(organization_name="Tests of mailer")
        self._issued = 0
        self.ca_file = folder / "ca.pem"
        self._authority.cert_pem.write_to_path(self.ca_file)

    def issue(self, *names: str, not_after: datetime | None = None) -> Certificate:
        """Return a certificate for `names` (default: this machine's loopback names), valid until `not_after`."""
        leaf = self._authority.issue_cert(*(names or LOCAL_NAMES), not_after=not_after)
        return self._write(b"".join(blob.bytes() for blob in leaf.cert_chain_pems), leaf.private_key_pem.bytes())

    def issue_expired(self, *names: str) -> Certificate:
        """Return a certificate whose last day was yesterday."""
        return self.issue(*names, not_after=datetime.now(UTC) - timedelta(days=1))

    def issue_self_signed(self, *names: str) -> Certificate:
        """Return a certificate that nobody but its own key vouches for, as mail bridges and new servers have it."""
        from cryptography import x509
        from cryptography.hazmat.primitives import hashes, serialization
        from cryptography.hazmat.primitives.asymmetric import ec
        from cryptography.x509.oid import NameOID

        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mailer self-signed")])
        now = datetime.now(UTC)
        builder = (
            x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=30))
            .add_extension(
                x509.SubjectAlternativeName([_general_name(n) for n in names or LOCAL_NAMES]), critical=False
            )
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        )
        certificate = builder.sign(key, hashes.SHA256())
        pem = serialization.Encoding.PEM
        plain = serialization.NoEncryption()
        return self._write(
            certificate.public_bytes(pem), key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain)
        )

    def _write(self, chain: bytes, key: bytes) -> Certificate:
        self._issued += 1
        chain_file = self._folder / f"server-{self._issued}.pem"
        key_file = self._folder / f"server-{self._issued}.key"
        chain_file.write_bytes(chain)
        key_file.write_bytes(key)
        key_file.chmod(0o600)
        return Certificate(chain_file, key_file)


def _general_name(name: str) -> GeneralName:
    from ipaddress import ip_address

    from cryptography import x509

    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)
