"""Write the inbox's pages: the list of mails, and one mail.

Takes what arrived, gives whole HTML documents; every value in them comes through `escape`.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from mailer.sandbox import reading

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from mailer.sandbox.inbox import Arrived

__all__ = ["inbox_page", "mail_page", "notice_page"]


def inbox_page(arrived: Sequence[Arrived], *, smtp_port: int) -> str:
    """Write the list of mails, the newest first."""
    if not arrived:
        body = (
            '<p class="quiet">Nothing has arrived yet. Mail handed in at '
            f"<code>127.0.0.1:{smtp_port}</code> is kept here and goes nowhere else.</p>"
        )
    else:
        body = f'<ol class="letters" reversed>{"".join(map(_letter, reversed(arrived)))}</ol>'
    count = "1 mail" if len(arrived) == 1 else f"{len(arrived)} mails"
    return _document("Practice inbox", f"<header><h1>Practice inbox</h1><p>{count}</p></header>\n<main>{body}</main>")


def _letter(mail: Arrived) -> str:
    return (
        f'<li><a href="/mail/{escape(mail.id)}">{_subject(mail)}</a>'
        f"<p>to {escape(mail.to or mail.envelope_to)}</p>"
        f'<p class="quiet">from {escape(mail.sender or mail.envelope_from)}</p>'
        f'<p class="quiet">{_time(mail.received)} · {_size(mail.size_bytes)}</p></li>\n'
    )


def mail_page(mail: Arrived, raw: bytes) -> str:
    """Write one mail: envelope, text part, html part in a sealed frame, files, headers."""
    message = reading.parsed(raw)
    sections = (
        _section("Text", f'<pre class="letter">{escape(reading.text(message))}</pre>', when=reading.text(message)),
        _section("HTML", _frame(mail), when=reading.html(message)),
        _files(reading.files(message)),
        f"<details><summary>Headers</summary><pre>{escape(reading.head(raw))}</pre></details>",
    )
    return _document(
        mail.subject or "No subject",
        f'<nav><a href="/">Practice inbox</a></nav>\n<header><h1>{_subject(mail)}</h1></header>\n'
        f"<main>{_envelope(mail)}{''.join(sections)}</main>",
    )


def notice_page(words: str) -> str:
    """Write a page that says one thing and leads back to the inbox."""
    return _document("Practice inbox", f'<main><p>{escape(words)}</p><p><a href="/">Practice inbox</a></p></main>')


def _envelope(mail: Arrived) -> str:
    rows = (
        ("From", mail.sender),
        ("To", mail.to),
        ("Envelope", f"{mail.envelope_from or '<>'} → {mail.envelope_to}"),
    )
    listed = "".join(f"<dt>{name}</dt><dd>{escape(value)}</dd>" for name, value in rows if value)
    raw = f'<a href="/mail/{escape(mail.id)}/raw" download>.eml file</a>, {_size(mail.size_bytes)}'
    return f"<dl>{listed}<dt>Arrived</dt><dd>{_time(mail.received)}</dd><dt>As it came</dt><dd>{raw}</dd></dl>"


def _frame(mail: Arrived) -> str:
    """Return a frame that runs nothing and loads nothing; its own response carries a policy as well."""
    return f'<iframe sandbox="" src="/mail/{escape(mail.id)}/html" title="The HTML part"></iframe>'


def _files(files: Sequence[tuple[str, str, int]]) -> str:
    items = "".join(
        f'<li>{escape(name)} <span class="quiet">{escape(media_type)}, {_size(size_bytes)}</span></li>'
        for name, media_type, size_bytes in files
    )
    return _section("Attached", f"<ul>{items}</ul>", when=items)


def _section(title: str, content: str, *, when: str) -> str:
    return f"<section><h2>{title}</h2>{content}</section>" if when else ""


def _subject(mail: Arrived) -> str:
    return escape(mail.subject) if mail.subject else "<em>No subject</em>"


def _time(instant: datetime) -> str:
    """Return an instant in this machine's zone; the page is read where the program runs."""
    local = instant.astimezone()
    return f'<time datetime="{local.isoformat(timespec="seconds")}">{local:%Y-%m-%d %H:%M:%S}</time>'


def _size(size_bytes: int) -> str:
    return f"{size_bytes:,} bytes" if size_bytes < 10_000 else f"{size_bytes / 1000:,.0f} kB"


def _document(title: str, body: str) -> str:
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f'<title>{escape(title)}</title>\n<link rel="stylesheet" href="/inbox.css">\n</head>\n'
        f"<body>\n{body}\n</body>\n</html>\n"
    )
