"""Give the letter itself, in a sealed frame or as a file, and what is attached; open its links when asked."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.responses import HTMLResponse, Response

from mailer import preview
from mailer.app import looking
from mailer.errors import EntryNotFound
from mailer.web.guard import MAIL_POLICY, PAGE_POLICY_NAME
from mailer.web.note import Options, base_of, query_of
from mailer.web.opened_links import links_of

if TYPE_CHECKING:
    from mailer.web.desk import Visit

__all__ = ["attached", "eml", "letter", "open_links"]


#: How the marks look that are put into the letter for its frame alone, each with the number of its remark.
MARK_STYLE = (
    "<style>mark{background:#f3dfa8;color:#24211c;border-radius:2px}"
    "mark::after{content:attr(data-n);font-size:.7em;vertical-align:super;padding-left:.15em}</style>"
)


def letter(visit: Visit) -> Response:
    """Show the HTML part in its frame: byte for byte, or with marks at the words that remarks speak of."""
    options = Options.of(visit)
    seen = looking.look(visit.app, visit.draft)
    html = looking.letter(seen, with_marks=options.marks == "shown")
    if html != seen.draft.composition.html:
        html = html.replace("</head>", f"{MARK_STYLE}</head>", 1)
    images = "data:" if options.images == "shown" else "'none'"
    return HTMLResponse(html, headers={PAGE_POLICY_NAME: MAIL_POLICY.format(images=images)})


def eml(visit: Visit) -> Response:
    """Give the mail as it would go out now."""
    draft = visit.draft
    raw = looking.wire(visit.app, looking.look(visit.app, draft))
    return _file(raw, f"{draft.interview.id}-{draft.note.people[0].id}.eml")


def attached(visit: Visit) -> Response:
    """Give what is attached, by its place among the attachments and never by its name."""
    raw = looking.wire(visit.app, looking.look(visit.app, visit.draft))
    files, index = preview.read(raw).attachments, visit.path["index"]
    file = next((file for number, file in enumerate(files) if str(number) == index), None)
    if file is None:
        raise EntryNotFound("The mail has no such attachment any more.")
    return _file(preview.content_at(raw, file.number) or b"", file.filename)


def _file(content: bytes, filename: str) -> Response:
    """Return a download that no browser shows in place (RFC 6266 4)."""
    plain = re.sub(r"[^A-Za-z0-9._-]", "-", filename) or "file"
    disposition = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(filename, safe='')}"
    return Response(content, media_type="application/octet-stream", headers={"content-disposition": disposition})


def open_links(visit: Visit) -> Response:
    """Open each link of the letter once, because somebody asked for it."""
    seen = looking.look(visit.app, visit.draft)
    visit.desk.links.open_all([link.href for link in links_of(seen)])
    return visit.go(f"{base_of(visit)}{query_of(visit, Options.of(visit), tab='links')}#look")
