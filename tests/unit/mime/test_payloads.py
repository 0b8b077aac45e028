"""Attached files are read in chunks, hashed, and refused when they change."""

from __future__ import annotations

import base64
import hashlib
import os
from typing import TYPE_CHECKING

import pytest

from mailer.attachments import MAX_FILE_BYTES
from mailer.errors import SealError
from mailer.mime import read_from_disk
from mailer.mime.payloads import CHUNK_BYTES, measure
from mailer.model import Payload

if TYPE_CHECKING:
    from pathlib import Path


def write(path: Path, size_bytes: int) -> Path:
    path.write_bytes((b"0123456789abcdef" * (size_bytes // 16 + 1))[:size_bytes])
    return path


SIZES = [0, 1, 57, 58, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 1024 * 1024, 1024 * 1024 + 1, 20 * CHUNK_BYTES]


@pytest.mark.parametrize("size_bytes", SIZES)
def test_a_file_is_fed_as_the_standard_library_encodes_it(tmp_path: Path, size_bytes: int) -> None:
    path = write(tmp_path / "file", size_bytes)
    fed: list[bytes] = []

    measure(path, fed.append)

    assert b"".join(fed) == base64.encodebytes(path.read_bytes()).replace(b"\n", b"\r\n")


@pytest.mark.parametrize("size_bytes", SIZES)
def test_a_payload_is_the_size_and_hash_of_its_file(tmp_path: Path, size_bytes: int) -> None:
    path = write(tmp_path / "file", size_bytes)

    payload = measure(path, len)

    assert payload == Payload(hashlib.sha256(path.read_bytes()).hexdigest(), size_bytes, path)


@pytest.mark.parametrize("size_bytes", SIZES)
def test_a_file_is_read_back_whole(tmp_path: Path, size_bytes: int) -> None:
    path = write(tmp_path / "file", size_bytes)

    assert b"".join(read_from_disk(measure(path, len))) == path.read_bytes()


@pytest.mark.parametrize("size_bytes", [100, 2 * 1024 * 1024])
@pytest.mark.parametrize("change", [-1, 1])
def test_a_file_that_grew_or_shrank_since_the_seal_is_refused(tmp_path: Path, size_bytes: int, change: int) -> None:
    payload = measure(write(tmp_path / "file", size_bytes), len)
    write(tmp_path / "file", size_bytes + change)

    with pytest.raises(SealError, match="changed since the note was sealed"):
        list(read_from_disk(payload))


@pytest.mark.parametrize("size_bytes", [100, 2 * 1024 * 1024])
def test_a_file_with_other_bytes_of_the_same_size_is_refused_before_its_end_is_given(
    tmp_path: Path, size_bytes: int
) -> None:
    path = write(tmp_path / "file", size_bytes)
    payload = measure(path, len)
    path.write_bytes(b"x" + path.read_bytes()[1:])
    given: list[bytes] = []

    with pytest.raises(SealError, match="changed since the note was sealed"):
        given.extend(read_from_disk(payload))
    assert len(b"".join(given)) < size_bytes


def test_a_small_file_that_was_rewritten_is_measured_anew(tmp_path: Path) -> None:
    path = write(tmp_path / "file", 100)
    first = measure(path, len)
    path.write_bytes(b"y" * 100)
    os.utime(path, ns=(1, 1))

    assert measure(path, len).sha256 != first.sha256


def test_a_file_that_is_gone_is_named_with_its_remedy(tmp_path: Path) -> None:
    with pytest.raises(SealError, match=r"absent\.pdf” cannot be read \(No such file or directory\); put it back"):
        measure(tmp_path / "absent.pdf", len)


def test_a_folder_in_the_place_of_a_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SealError, match="cannot be read"):
        measure(tmp_path, len)


def test_a_file_that_vanished_after_the_seal_is_named(tmp_path: Path) -> None:
    payload = measure(write(tmp_path / "file", 10), len)
    (tmp_path / "file").unlink()

    with pytest.raises(SealError, match="cannot be read"):
        list(read_from_disk(payload))


def test_a_file_over_the_limit_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "file"
    with path.open("wb") as file:
        file.truncate(MAX_FILE_BYTES + 1)

    with pytest.raises(SealError, match="more than the 20,971,520"):
        measure(path, len)


def test_a_payload_without_a_path_is_not_on_disk() -> None:
    with pytest.raises(SealError, match="seal the note again"):
        list(read_from_disk(Payload("0" * 64, 3)))
