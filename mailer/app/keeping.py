"""Keep what was typed of an interview before it is a file, in one JSON file of the home.

Takes the application and a `Capture`, all of it text as typed; gives it back at the next start.
"""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from mailer.errors import StorageError, UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from mailer.app import App

__all__ = ["Capture", "CapturedPerson", "capture_kept", "drop_capture", "keep_capture"]

#: As many people as an interview file may have; nobody types a tenth of these sizes.
MAX_PEOPLE = 50
MAX_FIELD_CHARS = 10_000
MAX_FILE_BYTES = 256 * 1024


class CapturedPerson(NamedTuple):
    """Somebody of the talk, as typed: `heard` has a blank line between remarks, `where` is where in the talk."""

    name: str = ""
    heard: str = ""
    where: str = ""
    address: str = ""
    greeting: str = ""


class Capture(NamedTuple):
    """An interview as typed; an empty `start` is now, an empty `timezone` the user's."""

    company: str = ""
    role: str = ""
    start: str = ""
    timezone: str = ""
    people: tuple[CapturedPerson, ...] = ()


def capture_kept(app: App) -> Capture | None:
    """Return what was kept, None when there is nothing; a damaged file is put aside as `capture.json.damaged`.

    Raises StorageError when it cannot be read.
    """
    path = _path(app)
    try:
        with path.open("rb") as file:
            content = file.read(MAX_FILE_BYTES + 1)
    except FileNotFoundError:
        return None
    except OSError as exc:
        raise StorageError(f"{path} cannot be read: {exc.strerror}; mend its permissions, or move it away") from exc
    try:
        return _from_json(content)
    except (ValueError, TypeError, RecursionError):
        with suppress(OSError):
            path.replace(path.with_name(f"{path.name}.damaged"))
        return None


def keep_capture(app: App, capture: Capture) -> None:
    """Keep what was typed in place of what was kept before, whole or not at all, for the user alone (0600).

    Raises UsageError for more than a capture may hold, StorageError when it cannot be written.
    """
    from mailer.database import make_private_folder

    content = _to_json(capture)
    path = _path(app)
    make_private_folder(path.parent)
    try:
        _write_private(path, content)
    except OSError as exc:
        raise StorageError(
            f"{path} cannot be written: {exc.strerror}; make room there, or set another MAILER_HOME"
        ) from exc


def drop_capture(app: App) -> None:
    """Forget what was kept; nothing kept is nothing to do. Raises StorageError."""
    path = _path(app)
    try:
        path.unlink(missing_ok=True)
    except OSError as exc:
        raise StorageError(f"{path} cannot be deleted: {exc.strerror}; delete it by hand") from exc


def _path(app: App) -> Path:
    return app.settings.home / "capture.json"


def _write_private(path: Path, content: bytes) -> None:
    """Replace a file by way of a fresh one of its own name, since pages may save at the same time."""
    from pathlib import Path as AnyPath
    from tempfile import mkstemp

    descriptor, name = mkstemp(prefix=f".{path.name}.", dir=path.parent)
    fresh = AnyPath(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)


def _to_json(capture: Capture) -> bytes:
    import json

    fields = capture._asdict() | {"people": [person._asdict() for person in capture.people]}
    content = json.dumps(fields, ensure_ascii=True, indent=1).encode("ascii")
    try:
        _from_json(content)
    except ValueError as exc:
        raise UsageError(f"this is more than can be kept: {exc}; shorten it") from exc
    return content


def _from_json(content: bytes) -> Capture:
    """Return the capture; raises ValueError or TypeError for anything that is none, or larger than one may be."""
    import json

    if len(content) > MAX_FILE_BYTES:
        raise ValueError(f"more than {MAX_FILE_BYTES:,} bytes")
    fields = json.loads(content)
    people = tuple(CapturedPerson(**person) for person in fields["people"]) if isinstance(fields, dict) else None
    if people is None or len(people) > MAX_PEOPLE:
        raise ValueError(f"more than {MAX_PEOPLE} people")
    capture = Capture(**fields | {"people": people})
    texts = (*capture[:4], *(text for person in people for text in person))
    if not all(isinstance(text, str) and len(text) <= MAX_FIELD_CHARS for text in texts):
        raise ValueError(f"a field with more than {MAX_FIELD_CHARS:,} characters")
    return capture
