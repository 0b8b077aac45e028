"""Compose notes to bytes in one process and print notes a second: `python -m bench.compose CONTESTANT COUNT [FILE]`."""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from bench.notes import CSS, PARAGRAPHS, gift_lines, people, write_interviews, write_mailmerge


def with_mailer(folder: Path, count: int, file: str) -> float:
    """Compose and seal with the common theme and an empty cache; reading the files is not counted, nor is theirs."""
    from mailer import composer, interviews, mime
    from mailer.model import Mailbox

    notes = [
        (i, n) for path in write_interviews(folder, count, file=file) for i in [interviews.read(path)] for n in i.notes
    ]
    theme = folder / "templates" / "theme" / "plain.css"
    theme.parent.mkdir(parents=True)
    theme.write_text(CSS.replace(".note", "div.mail"), encoding="utf-8")
    templates = composer.Templates(override=folder / "templates", cache=folder / "cache")
    me = Mailbox("Ada Example", "ada@example.com")

    begin = time.perf_counter()
    for number, (interview, note) in enumerate(notes):
        composition = composer.compose(interview, note, me, templates)
        sealed = mime.seal(composition, interview, message_id=f"<{number}@example.com>")
        b"".join(mime.wire(sealed, date=None, read_payload=mime.read_from_disk))
    return count / (time.perf_counter() - begin)


def with_mailmerge(folder: Path, count: int, file: str) -> float:
    """Render with mailmerge's own class, the template loaded once."""
    from mailmerge.template_message import TemplateMessage

    template = TemplateMessage(write_mailmerge(folder, count, 0, file=file) / "mailmerge_template.txt")
    begin = time.perf_counter()
    for person in people(count):
        _, _, message = template.render(person)
        message.as_bytes()
    return count / (time.perf_counter() - begin)


def with_emails(folder: Path, count: int, file: str) -> float:
    """Build and inline with python-emails; its HTML and text are made before the clock starts."""
    import emails
    import markdown

    ready = []
    for p in people(count):
        text = "\n\n".join([f"Dear {p['first']},", PARAGRAPHS[0].format(**p), gift_lines(p["n"]), *PARAGRAPHS[1:]])
        body = markdown.markdown(text)
        html = f"<html><head><style>{CSS}</style></head><body><div class=note>{body}</div></body></html>"
        ready.append((p, html, text))
    content = (folder / file).read_bytes() if file else b""

    begin = time.perf_counter()
    for p, html, text in ready:
        message = emails.html(
            html=html,
            text=text,
            subject=f"Thank you, and a way to count evening visitors ({p['n']})",
            mail_from=("Ada Example", "ada@example.com"),
            mail_to=(p["name"], f"p{p['n']}@tidewater-libraries.example"),
        )
        message.transform(load_images=False)
        if file:
            message.attach(data=content, filename=file)
        message.as_string()
    return count / (time.perf_counter() - begin)


CONTESTANTS = {"mailer": with_mailer, "mailmerge": with_mailmerge, "emails": with_emails}


def main() -> None:
    """Run one contestant."""
    contestant, count, *file = sys.argv[1:]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if file:
            (folder / "chart.pdf").write_bytes(b"%PDF-1.4\n" + bytes(range(256)) * 400)
        print(CONTESTANTS[contestant](folder, int(count), "chart.pdf" if file else ""))


if __name__ == "__main__":
    main()
