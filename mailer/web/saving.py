"""Take what was typed into the file of the interview, and what was answered; never over somebody else's change."""

from __future__ import annotations

import os
import subprocess
import threading
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from starlette.datastructures import UploadFile
from starlette.responses import JSONResponse, Response

from mailer import editors
from mailer.app import drafting, form, writing
from mailer.errors import FileChanged, MailerError, UsageError
from mailer.web.note import Options, base_of, query_of
from mailer.web.sending import considered

if TYPE_CHECKING:
    from mailer.app.editing import Opened
    from mailer.web.desk import Visit

__all__ = ["answer", "edit", "save", "take_file"]

#: A line number has fewer; Python refuses to read very long ones.
MAX_DIGITS = 10


def save(visit: Visit) -> Response:
    """Save the note's form: with a script as it is typed (JSON), without one by its button."""
    is_quiet = visit.request.headers.get("accept", "").startswith("application/json")
    try:
        opened = _saved(visit)
    except FileChanged as changed:
        return _told(HTTPStatus.CONFLICT, str(changed)) if is_quiet else _choice(visit, changed)
    except MailerError as error:
        if not is_quiet:
            raise
        return _told(HTTPStatus.UNPROCESSABLE_ENTITY, str(error))
    if is_quiet:
        return JSONResponse({"version": opened.version, "said": "Saved"})
    return visit.go(f"{_here(visit)}#write")


def _saved(visit: Visit) -> Opened:
    return writing.save_note(
        visit.app,
        visit.file,
        visit.draft.note,
        expected_version=visit.field("version"),
        fields=_fields(visit),
        text=visit.field("text") if "text" in visit.form else None,
    )


def _fields(visit: Visit) -> dict[str, str]:
    return {name: visit.field(name) for name in form.FIELDS if name in visit.form}


def _told(status: HTTPStatus, sentence: str) -> Response:
    return JSONResponse({"said": sentence}, status_code=status)


def _choice(visit: Visit, changed: FileChanged) -> Response:
    """Show both texts, because the file was changed underneath: nothing of either is lost."""
    kept = [(name, visit.field(name)) for name in visit.form if name not in {"token", "version"}]
    return visit.page(
        "interviews/_slug/_person/changed.html.j2",
        status=HTTPStatus.CONFLICT,
        changed=changed,
        kept=kept,
        mine=visit.field("text"),
        unsaved=writing.unsaved(visit.app, visit.file, visit.draft.note, file_text=changed.text, fields=_fields(visit)),
        here=_here(visit),
        path=visit.file,
    )


def _here(visit: Visit) -> str:
    return f"{base_of(visit)}{query_of(visit, Options.of(visit))}"


def answer(visit: Visit) -> Response:
    """Keep the answer to a question: it is meant as it stands, for as long as that text stands."""
    draft = visit.draft
    is_sending = visit.field("next") == "send"
    if is_sending:  # where it is judged for its hour
        draft = considered(visit, draft, visit.field("when"))
    drafting.answer_one(visit.app, draft, visit.field("key"))
    if is_sending:
        query = urlencode({"when": visit.field("when")} if visit.field("when") else {})
        here = query_of(visit, Options())
        return visit.go(f"{base_of(visit)}/send{here}{'&' if here else '?'}{query}")
    return visit.go(f"{_here(visit)}#checks")


def take_file(visit: Visit) -> Response:
    """Put a file that was handed in beside the interview, and bring it."""
    upload = visit.form.get("upload")
    if not isinstance(upload, UploadFile) or not upload.filename:
        raise UsageError("No file was chosen, so nothing was taken in.")
    writing.bring_file(
        visit.app,
        visit.file,
        visit.draft.note,
        filename=upload.filename,
        content=upload.file.read(),
        expected_version=visit.field("version"),
    )
    return visit.go(f"{_here(visit)}#write")


def edit(visit: Visit) -> Response:
    """Open the file in the user's own editor at a line, as the page shows the command."""
    editor = editors.editor_of(os.environ, visit.file)
    line = visit.field("line")
    if editor is None or not editor.opens_window or not (line.isdecimal() and len(line) < MAX_DIGITS):
        raise UsageError("No editor with a window of its own is named by EDITOR or VISUAL.")
    argv = editor.at(int(line)).argv
    try:
        process = subprocess.Popen(  # noqa: S603  # the user's own EDITOR, without a shell
            argv,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C is for the desk
        )
    except OSError as exc:
        raise UsageError(f"{argv[0]} cannot be started: {exc.strerror}. EDITOR names it.") from exc
    threading.Thread(target=process.wait, name="desk-editor", daemon=True).start()  # nobody else hears of its end
    return visit.go(f"{_here(visit)}#checks")
