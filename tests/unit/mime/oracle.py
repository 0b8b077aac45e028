"""Build the same mail with the standard library's email package, and say what a reader sees of either."""

from __future__ import annotations

from email import message_from_bytes, policy
from email.headerregistry import Address
from email.message import EmailMessage
from typing import TYPE_CHECKING, Any

from mailer import mime

if TYPE_CHECKING:
    from mailer.model import Composition

__all__ = ["MESSAGE_ID", "by_stdlib", "no_defects", "outline"]

MESSAGE_ID = "<0a1b2c3d@example.com>"


def by_stdlib(composition: Composition) -> EmailMessage:
    """Build the note with email.message, the plain way."""
    message = EmailMessage(policy=policy.SMTP)
    message["Message-ID"] = MESSAGE_ID
    message["From"] = Address(composition.sender.name, addr_spec=composition.sender.address)
    if composition.to:
        message["To"] = Address(composition.to.name, addr_spec=composition.to.address)
    message["Subject"] = composition.subject
    message.set_content(mime.flow(composition.text), cte="base64")
    message.add_alternative(composition.html, subtype="html", cte="base64")
    for attachment in composition.attachments:
        raw = attachment.content if attachment.path is None else attachment.path.read_bytes()
        main, _, sub = attachment.content_type.partition(";")[0].partition("/")
        message.add_attachment(raw, maintype=main, subtype=sub, filename=attachment.filename)
    message["Content-Language"] = composition.language
    return message_from_bytes(message.as_bytes(), policy=policy.default)


def outline(message: EmailMessage) -> list[Any]:
    """Return what a reader sees of a mail: structure, decoded headers, contents."""
    shown = ("from", "to", "subject", "message-id", "content-language")
    parts = [
        (
            part.get_content_type(),
            part.get_content_disposition(),
            part.get_filename(),
            None if part.is_multipart() else part.get_payload(decode=True).replace(b"\r\n", b"\n").rstrip(b"\n"),  # type: ignore[union-attr]
        )
        for part in message.walk()
    ]
    return [[str(message[name]) for name in shown], parts]


def no_defects(message: EmailMessage) -> bool:
    headers = [header for part in message.walk() for header in part.values()]
    return not any(part.defects for part in message.walk()) and not any(getattr(h, "defects", ()) for h in headers)
