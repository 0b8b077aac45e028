"""Write small mails in one line, for the tests of this folder."""

from __future__ import annotations

from email.message import EmailMessage

__all__ = ["LETTER", "make_mail", "rules_of"]

from mailer.spam import judge

LETTER = (
    "Dear Sofia, thank you for staying past noon on Thursday to finish our talk about work instructions. You showed me "
    "the two binders, English and Spanish, and said the Spanish one is always a revision behind. With best wishes, Ann"
)
HEADERS = {
    "Date": "Fri, 06 Mar 2026 10:00:00 +0100",
    "Message-ID": "<abc.1@mail.example.com>",
    "From": "Ann Smith <ann@smith.example>",
    "To": "Sofia Nunez <s.nunez@harborline.example>",
    "Subject": "Thank you, and the two binders",
}


def make_mail(
    *,
    text: str | None = LETTER,
    html: str | None = f"<p>{LETTER}</p>",
    cte: str | None = None,
    files: dict[str, bytes] | None = None,
    **headers: str | None,
) -> bytes:
    """Return a good mail with what the test speaks of changed; a header that is None is left out."""
    message = EmailMessage()
    for name, value in (HEADERS | {n.replace("_", "-"): v for n, v in headers.items()}).items():
        if value is not None:
            message[name] = value
    if text is not None:
        message.set_content(text, cte=cte)
    if html is not None:
        (message.set_content if text is None else message.add_alternative)(html, subtype="html")
    for name, content in (files or {}).items():
        message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def rules_of(raw: bytes) -> list[str]:
    """Return the ids of the rules that a mail meets."""
    return [sign.rule for sign in judge(raw)]
