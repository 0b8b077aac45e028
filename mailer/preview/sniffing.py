"""Tell what a file is by its first bytes, whatever its name and its header say.

Takes the content of a file, gives a media type; takes that and the declared one, says whether they contradict.
"""

from __future__ import annotations

from typing import Final

__all__ = ["EXECUTABLE", "UNKNOWN", "contradicts", "sniff"]

#: What a program or a script counts as, for whichever system it is.
EXECUTABLE: Final = "application/x-executable"
#: What no line of the table knows.
UNKNOWN: Final = "application/octet-stream"

_OOXML = "application/vnd.openxmlformats-officedocument."
_ODF = "application/vnd.oasis.opendocument."
_OLE = "application/x-ole-storage"

#: First bytes of a file and its type; the first line that fits counts.
_MAGIC = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"{\\rtf", "application/rtf"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", _OLE),
    (b"MZ", EXECUTABLE),
    (b"\x7fELF", EXECUTABLE),
    (b"#!", EXECUTABLE),
    (b"\xfe\xed\xfa\xce", EXECUTABLE),
    (b"\xfe\xed\xfa\xcf", EXECUTABLE),
    (b"\xce\xfa\xed\xfe", EXECUTABLE),
    (b"\xcf\xfa\xed\xfe", EXECUTABLE),
    (b"\xca\xfe\xba\xbe", EXECUTABLE),
)
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
#: A folder in an office file's ZIP archive, and the type that it stands for.
_FOLDERS = (
    (b"word/", _OOXML + "wordprocessingml.document"),
    (b"xl/", _OOXML + "spreadsheetml.sheet"),
    (b"ppt/", _OOXML + "presentationml.presentation"),
)
#: How far into a ZIP archive, and how far from its end, its names are looked for.
_ZIP_REACH_BYTES = 64 * 1024
_TEXT_REACH_BYTES = 4096
_HTML = (b"<!doctype html", b"<html", b"<head", b"<body", b"<script", b"<iframe")
_BYTE_ORDER_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
#: Controls that occur in text: tab, line feed, form feed, carriage return.
_BINARY = frozenset(range(32)) - {9, 10, 12, 13} | {127}

_TEXTUAL = (
    "application/json",
    "application/xml",
    "application/yaml",
    "application/x-yaml",
    "application/x-tex",
    "application/javascript",
    "application/sql",
)
_PROGRAMS = (
    "application/x-msdownload",
    "application/x-msdos-program",
    "application/vnd.microsoft.portable-executable",
    "application/x-sh",
    "application/x-csh",
    "text/x-python",
    "text/x-sh",
)

#: Other names under which a sniffed type goes; a name that ends in a dot, a slash or a hyphen stands for all it begins.
_ALSO: dict[str, tuple[str, ...]] = {
    "application/pdf": (),
    "image/png": ("image/apng",),
    "image/jpeg": ("image/jpg", "image/pjpeg"),
    "image/gif": (),
    "image/webp": (),
    "image/svg+xml": ("application/xml", "text/xml"),
    "application/rtf": ("text/rtf", "application/msword"),
    "application/zip": ("application/x-zip-compressed", "application/java-archive", "application/epub+zip"),
    _OOXML + "wordprocessingml.document": (_OOXML + "wordprocessingml.", "application/vnd.ms-word."),
    _OOXML + "spreadsheetml.sheet": (_OOXML + "spreadsheetml.", "application/vnd.ms-excel."),
    _OOXML + "presentationml.presentation": (_OOXML + "presentationml.", "application/vnd.ms-powerpoint."),
    _OLE: ("application/msword", "application/vnd.ms-", "application/vnd.visio", "application/x-msi"),
    "text/html": ("application/xhtml+xml",),
    "text/plain": ("text/", *_TEXTUAL),
    EXECUTABLE: _PROGRAMS,
}


def sniff(content: bytes) -> str:
    """Return the media type that the content begins like; `application/octet-stream` for what is not known.

    The office formats in ZIP archives are told apart by the names in the archive. Source: the WHATWG MIME Sniffing
    standard for the images and HTML, PKWARE's APPNOTE for ZIP, each format's own specification for the rest.
    """
    if content.startswith(_ZIP):
        return _sniff_archive(content)
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return "image/webp"
    found = next((media_type for magic, media_type in _MAGIC if content.startswith(magic)), "")
    return found or _sniff_text(content[:_TEXT_REACH_BYTES])


def contradicts(declared: str, sniffed: str) -> bool:
    """Tell whether a file cannot be what its header declares.

    A declared `application/octet-stream` says nothing, and contradicts a program alone. Content of no known kind
    contradicts only a declared type that would have been known.
    """
    if sniffed == UNKNOWN:
        return declared in _ALSO and declared not in {"text/plain", "text/html", EXECUTABLE}
    if declared == UNKNOWN:
        return sniffed == EXECUTABLE
    if sniffed.startswith(_ODF):
        return declared.removesuffix("-template") != sniffed.removesuffix("-template")
    return declared != sniffed and not any(_goes_under(declared, name) for name in _also(declared, sniffed))


def _also(declared: str, sniffed: str) -> tuple[str, ...]:
    if sniffed == "text/plain" and declared in {"text/html", "text/rtf"}:
        return ()
    return _ALSO.get(sniffed, ())


def _goes_under(declared: str, name: str) -> bool:
    return declared.startswith(name) if name.endswith((".", "/", "-")) else declared == name


def _sniff_archive(content: bytes) -> str:
    head, tail = content[:_ZIP_REACH_BYTES], content[-_ZIP_REACH_BYTES:]
    if content[30:38] == b"mimetype":
        stated = content[38:120].partition(b"PK")[0].decode("ascii", "replace")
        if stated.startswith((_ODF, "application/epub+zip")):
            return stated
    found = (media_type for folder, media_type in _FOLDERS if folder in head or folder in tail)
    return next(found, "application/zip")


def _sniff_text(head: bytes) -> str:
    mark = next((mark for mark in _BYTE_ORDER_MARKS if head.startswith(mark)), b"")
    text = head[len(mark) :].lstrip().lower()
    if text.startswith(_HTML):
        return "text/html"
    if text.startswith((b"<svg", b"<?xml")):
        return "image/svg+xml" if b"<svg" in text else "application/xml"
    if len(mark) == 2 or (head and _BINARY.isdisjoint(head)):
        return "text/plain"
    return UNKNOWN
