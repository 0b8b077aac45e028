"""A file is told by its first bytes, and one that is not what it declares to be is known."""

from __future__ import annotations

import io
import zipfile

import pytest

from mailer.preview import contradicts, sniff

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ODT = "application/vnd.oasis.opendocument.text"


def archive(**members: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for name, content in members.items():
            file.writestr(name.replace("__", "/"), content)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (b"%PDF-1.4\n", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n\0", "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"GIF89a", "image/gif"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "image/webp"),
        (b"RIFF\0\0\0\0WAVE", "application/octet-stream"),
        (b"{\\rtf1", "application/rtf"),
        (archive(a="b"), "application/zip"),
        (archive(word__document="x" * 100_000), DOCX),
        (archive(first="x" * 200_000, xl__workbook="a"), XLSX),
        (archive(mimetype=ODT, content="a"), ODT),
        (b"MZ\x90\0", "application/x-executable"),
        (b"\x7fELF\2", "application/x-executable"),
        (b"#!/bin/sh\n", "application/x-executable"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
        (b"\xef\xbb\xbf \n<!DOCTYPE HTML>", "text/html"),
        (b'<?xml version="1.0"?><svg>', "image/svg+xml"),
        ("Grüße,\r\n".encode(), "text/plain"),
        ("Grüße".encode("latin-1"), "text/plain"),
        ("Grüße".encode("utf-16"), "text/plain"),
        (b"a\0b", "application/octet-stream"),
        (b"", "application/octet-stream"),
    ],
)
def test_these_are_known(content: bytes, media_type: str) -> None:
    assert sniff(content) == media_type


@pytest.mark.parametrize(
    ("declared", "sniffed"),
    [
        ("application/pdf", "application/pdf"),
        ("text/csv", "text/plain"),
        ("text/calendar", "text/plain"),
        ("application/octet-stream", "application/pdf"),
        ("audio/mpeg", "application/octet-stream"),
        (DOCX, DOCX),
        ("application/vnd.ms-excel", "application/x-ole-storage"),
        ("application/vnd.ms-excel.sheet.macroEnabled.12", XLSX),
        ("application/msword", "application/rtf"),
        ("text/x-python", "application/x-executable"),
    ],
)
def test_these_agree(declared: str, sniffed: str) -> None:
    assert not contradicts(declared, sniffed)


@pytest.mark.parametrize(
    ("declared", "sniffed"),
    [
        ("application/pdf", "application/x-executable"),
        ("application/octet-stream", "application/x-executable"),
        ("application/pdf", "text/html"),
        ("application/x-zip-compressed", "application/x-executable"),
        ("application/x-zip-compressed", "text/plain"),
        ("application/pdf", "application/octet-stream"),
        ("text/plain", "text/html"),
        ("text/html", "text/plain"),
        (DOCX, XLSX),
        (DOCX, "application/zip"),
        (ODT, DOCX),
        ("image/png", "image/jpeg"),
        ("text/plain", "application/pdf"),
    ],
)
def test_these_contradict(declared: str, sniffed: str) -> None:
    assert contradicts(declared, sniffed)
