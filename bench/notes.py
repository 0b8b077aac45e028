"""Write the same note for every contestant: an interview file, a mailmerge project, and HTML for python-emails."""

from __future__ import annotations

import csv
from pathlib import Path

__all__ = ["CSS", "PARAGRAPHS", "gift_lines", "people", "write_interviews", "write_mailmerge"]

FIRST = ("Maren", "Tomás", "Aiko", "Willem", "Siobhán", "Priya", "Łukasz", "Dana", "Zoë", "Hanna")
LAST = ("Holt", "Etxeberria", "Brandt", "van der Berg", "O'Brien", "Raman", "Wójcik", "Fitzgerald", "Çelik", "Tesfaye")

PARAGRAPHS = (
    "Thank you for opening the branch early yesterday, and for showing me shelf {n} of lost umbrellas.",
    "If you have a better count by now, just leave it.",
    (
        "I'd like to run your evenings because you want to know who comes before you decide how long to stay open. "
        "If the hours we kept at my last branch would help, write to me here and I'll send them."
    ),
)

#: One theme for everybody who inlines: 45 rules, three thousand characters, as designed newsletters have them.
CSS = Path(__file__).with_name("theme.css").read_text(encoding="utf-8")

HEADER = """---
company: Tidewater Libraries
role: Evening Branch Manager
start: 2026-10-14 {hour:02d}:{minute:02d}
timezone: America/Halifax
locale: en-CA
people:
"""

PERSON = """  - id: p{n}
    name: {name}
    greeting: Dear {first},
    role: "{n}"
    email: p{n}@tidewater-libraries.example
    heard: The evening hours cost us the most, and I can't show the council who comes at {n} past six.
    gift:
      kind: {kind}
      title: Counting evening visitors with two clickers and a calendar, part {n}
{target}
      minutes: 5
      access: free, no login
      read_on: 2026-10-14
      why: It ends with the one-page table that their council asked for.
    subject: Thank you, and a way to count evening visitors ({n})
"""


def people(count: int) -> list[dict[str, str]]:
    """Return `count` invented readers."""
    return [
        {"n": str(n), "first": FIRST[n % 10], "name": f"{FIRST[n % 10]} {LAST[n // 10 % 10]}"}
        for n in range(1, count + 1)
    ]


def gift_lines(n: str) -> str:
    """Return the gift paragraph as a peer without gifts has to have it written out."""
    return (
        f"You said that the evening hours cost you the most and you can't show the council who comes at {n} past six. "
        "This may be of use: it ends with the one-page table that their council asked for.\n\n"
        f"Counting evening visitors with two clickers and a calendar, part {n} (article, 5 minutes, free, no login)\n"
        f"<https://branch-notes.example/two-clickers/{n}>"
    )


def write_interviews(folder: Path, count: int, *, file: str = "") -> list[Path]:
    """Write `count` notes as interview files of at most 50 people; with `file` each note brings that file."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    everyone = people(count)
    for number in range(0, count, 50):
        group = everyone[number : number + 50]
        text = HEADER.format(hour=9 + number // 50 // 60, minute=number // 50 % 60)
        for p in group:
            target = f"      file: {file}" if file else f"      url: https://branch-notes.example/two-clickers/{p['n']}"
            text += PERSON.format(**p, kind="file" if file else "article", target=target)
        text += "---\n"
        for p in group:
            first, *rest = PARAGRAPHS
            first = first.replace("{n}", "{{ person.role }}")
            body = "\n\n".join(["{{ greeting }}", first, "{{ gift }}", *rest, "Warmly,\n{{ me.name }}"])
            text += f"\n## p{p['n']}\n\n{body}\n"
        path = folder / f"bench-{number // 50:03d}.md"
        path.write_text(text, encoding="utf-8")
        paths.append(path)
    return paths


def write_mailmerge(folder: Path, count: int, port: int, *, file: str = "") -> Path:
    """Write a mailmerge project of `count` notes that hands in at `port` on loopback."""
    folder.mkdir(parents=True, exist_ok=True)
    body = "\n\n".join(
        [
            "Dear {{first}},",
            PARAGRAPHS[0].replace("{n}", "{{n}}"),
            gift_lines("{{n}}"),
            *PARAGRAPHS[1:],
            "Warmly,\nAda Example",
        ]
    )
    attachment = f"ATTACHMENT: {file}\n" if file else ""
    (folder / "mailmerge_template.txt").write_text(
        "TO: {{name}} <p{{n}}@tidewater-libraries.example>\nFROM: Ada Example <ada@example.com>\n"
        "SUBJECT: Thank you, and a way to count evening visitors ({{n}})\n"
        f"{attachment}CONTENT-TYPE: text/markdown\n\n{body}\n",
        encoding="utf-8",
    )
    with (folder / "mailmerge_database.csv").open("w", newline="", encoding="utf-8") as database:
        writer = csv.DictWriter(database, ["n", "first", "name"])
        writer.writeheader()
        writer.writerows(people(count))
    (folder / "mailmerge_server.conf").write_text(f"[smtp_server]\nhost = 127.0.0.1\nport = {port}\n", encoding="utf-8")
    return folder
