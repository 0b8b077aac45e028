"""Judge the text, the HTML and the files of a mail.

Rules: html-only, text-unlike-html, text-disguised, image-only, image-remote, tracking-pixel, hidden-text, html-clipped,
attachment-program, attachment-archive.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mailer.spam.sign import Remark, shortened

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mailer.spam.mail import File, Mail

__all__ = [
    "attachment_archive",
    "attachment_program",
    "hidden_text",
    "html_clipped",
    "html_only",
    "image_only",
    "image_remote",
    "text_disguised",
    "text_unlike_html",
    "tracking_pixel",
]

#: Gmail shows about this much of a mail's HTML and puts the rest behind a link.
_CLIPPED_BYTES = 102 * 1024
#: Beside an image, fewer shown characters than this are taken for a mail made of an image.
_FEW_CHARACTERS = 200
#: Texts are held against each other by their runs of so many letters, which no line break and no script disturbs.
_RUN = 5
#: Of the runs of one part, more than this missing in the other makes them two different letters.
_UNLIKE = 0.5
#: A text with at least this share of other letters than ASCII's rightly travels as base64.
_FOREIGN = 0.15

_PROGRAM = re.compile(
    "ade|adp|apk|app|appx|bat|chm|cmd|com|cpl|dll|dmg|exe|hta|html?|ins|isp|jar|jse?|lib|lnk|mde|ms[cipt]|msix|nsh|pif|ps1|reg"
    "|scr|sct|sh[bs]|svg|sys|vb[es]?|vxd|ws[cfh]|xll|do[ct]m|xl[st]m|p[po]tm"
)
_ARCHIVE = re.compile("zip|rar|7z|tar|t?gz|bz2|xz|cab|iso|img|ace|arj|lzh|z")
#: Documents that are archives inside.
_DOCUMENT = re.compile("docx|xlsx|pptx|od[tspg]|epub|key|pages|numbers|vsdx|sketch")
_ARCHIVE_STARTS = (b"PK\x03\x04", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b")
_PROGRAM_STARTS = (b"MZ", b"\x7fELF")


def html_only(mail: Mail) -> Iterator[Remark]:
    """Ask for a plain text beside the HTML (MIME_HTML_ONLY)."""
    if mail.html is not None and mail.text is None:
        yield Remark("the mail is HTML alone", "Send the same words as plain text beside it.")


def text_unlike_html(mail: Mail) -> Iterator[Remark]:
    """Find two parts that are not the same letter (MPART_ALT_DIFF)."""
    if mail.text is None or mail.html is None:
        return
    shown, text = _runs(mail.page.text), _runs(mail.text)
    addressed = shown | _runs(" ".join(f"{link.text} {link.href}" for link in mail.page.links))
    if _is_unlike(shown, text) or _is_unlike(text, addressed):
        yield Remark(
            "the plain text is another letter than the HTML",
            "Let both say the same words; some readers, and every filter, read the other one.",
            shortened(mail.text),
        )


def _is_unlike(one: set[str], other: set[str]) -> bool:
    return len(one) > _RUN and len(one - other) > _UNLIKE * len(one)


def _runs(text: str) -> set[str]:
    letters = "".join(c for c in text.casefold() if c.isalnum())
    return {letters[at : at + _RUN] for at in range(len(letters) - _RUN + 1)}


def text_disguised(mail: Mail) -> Iterator[Remark]:
    """Find a text of plain letters that travels as base64 (MIME_BASE64_TEXT)."""
    text = mail.text or ""
    if mail.encoding == "base64" and text.strip() and sum(not c.isascii() for c in text) < _FOREIGN * len(text):
        yield Remark("the plain text is hidden in base64", "Send it as it is, or quoted-printable.", shortened(text))


def image_only(mail: Mail) -> Iterator[Remark]:
    """Find a picture where a letter should be (HTML_IMAGE_ONLY)."""
    if mail.page.images and len(mail.page.text) < _FEW_CHARACTERS:
        yield Remark(
            "the HTML is a picture with hardly any words",
            "Write the words as text; many programs show no picture.",
            shortened(mail.page.images[0].src),
        )


def image_remote(mail: Mail) -> Iterator[Remark]:
    """Find a picture that would be fetched from elsewhere."""
    remote = [image.src for image in mail.page.images if image.src.lower().startswith(("http:", "https:", "//"))]
    if remote:
        yield Remark(
            "a picture is fetched from the web when the mail is opened",
            "Leave it out, or attach it; most programs block it and say so.",
            shortened(remote[0]),
        )


def tracking_pixel(mail: Mail) -> Iterator[Remark]:
    """Find a picture too small to see (a web bug)."""
    dots = [i for i in mail.page.images if {i.width.removesuffix("px"), i.height.removesuffix("px")} <= {"0", "1"}]
    if dots:
        yield Remark("a picture of one dot tells when the mail is read", "Take it out.", shortened(dots[0].src))


def hidden_text(mail: Mail) -> Iterator[Remark]:
    """Find words that the reader cannot see (HTML_FONT_LOW_CONTRAST, FONT_INVIS, WORD_INVIS)."""
    if mail.page.hidden:
        yield Remark(
            "words are there that the reader cannot see",
            "Show them or take them out; a colour like its ground counts as hidden.",
            shortened(mail.page.hidden[0]),
        )


def html_clipped(mail: Mail) -> Iterator[Remark]:
    """Find HTML longer than Gmail shows."""
    if mail.html_bytes > _CLIPPED_BYTES:
        yield Remark(
            f"the HTML has {mail.html_bytes // 1024} KB; Gmail cuts it off after about {_CLIPPED_BYTES // 1024}",
            "Shorten it; attach what is long.",
        )


def attachment_program(mail: Mail) -> Iterator[Remark]:
    """Find a file that could run something; most servers refuse it."""
    found = [f for f in mail.files if _is_program(f)]
    if found:
        yield Remark(
            "an attached file could run a program, and most servers refuse it",
            "Send a PDF, or a link to where it can be read.",
            shortened(found[0].name),
        )


def attachment_archive(mail: Mail) -> Iterator[Remark]:
    """Find an archive, which filters cannot look into or will not."""
    found = [f for f in mail.files if _is_archive(f) and not _is_program(f)]
    if found:
        yield Remark(
            "an attached file is an archive, which many firms hold back",
            "Attach the file itself.",
            shortened(found[0].name),
        )


def _is_program(file: File) -> bool:
    return bool(_PROGRAM.fullmatch(_ending(file))) or file.start.startswith(_PROGRAM_STARTS)


def _is_archive(file: File) -> bool:
    ending = _ending(file)
    looks_it = file.start.startswith(_ARCHIVE_STARTS) and not _DOCUMENT.fullmatch(ending)
    return looks_it or bool(_ARCHIVE.fullmatch(ending))


def _ending(file: File) -> str:
    return file.name.rpartition(".")[2].strip().lower()
