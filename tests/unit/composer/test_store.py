"""What was composed before is taken from disk when nothing that it depends on has changed."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import pytest

from mailer.composer import Templates, compose, store
from mailer.model import Mailbox, NoteKind, Slots
from tests.factories import SENDER, make_gift, make_interview, make_note, make_person

if TYPE_CHECKING:
    from mailer.model import Interview


@pytest.fixture
def cache(tmp_path):
    return tmp_path / "cache"


def stored(cache):
    return sorted((cache / "compositions").glob("*"))


def interview(**changes: Any) -> Interview:
    person = make_person(gift=make_gift())
    return make_interview(
        note=make_note(people=(person,), source="{{ gift }} {{ company }}", gift=person.gift), **changes
    )


def composed(one, cache, me=SENDER, override=None):
    return compose(one, one.notes[0], me, Templates(override, cache))


def test_a_note_composed_before_is_the_same(cache):
    first = composed(interview(), cache)

    assert (composed(interview(), cache), len(stored(cache))) == (first, 1)


def test_a_note_composed_before_needs_no_heavy_library(cache):
    program = (
        "import sys; from pathlib import Path; from mailer.composer import Templates, compose;"
        "from tests.factories import SENDER, make_interview;"
        f"i = make_interview(); compose(i, i.notes[0], SENDER, Templates(None, Path({str(cache)!r})));"
        "print([m for m in ('markdown', 'jinja2', 'premailer', 'lxml', 'logging') if m in sys.modules])"
    )
    run = [sys.executable, "-c", program]

    subprocess.run(run, check=True, capture_output=True)
    again = subprocess.run(run, check=True, capture_output=True, text=True)

    assert again.stdout == "[]\n"


@pytest.mark.parametrize(
    "changes",
    [
        {"company": "X"},
        {"role": "X"},
        {"start": datetime(2026, 6, 12, 10, 0)},
        {"end": datetime(2026, 6, 12, 10, 0)},
        {"timezone": "Europe/Paris"},
        {"decision_expected": date(2026, 7, 1)},
        {"locale": "de"},
    ],
    ids=str,
)
def test_a_change_of_the_interview_is_composed_anew(changes, cache):
    composed(interview(), cache)
    composed(interview(**changes), cache)

    assert len(stored(cache)) == 2


@pytest.mark.parametrize(
    "changes",
    [
        {"source": "x"},
        {"source": None},
        {"subject": "x"},
        {"kind": NoteKind.FOLLOW_UP},
        {"slots": Slots(moment="x")},
        {"gift": make_gift(title="x")},
    ],
    ids=str,
)
def test_a_change_of_the_note_is_composed_anew(changes, cache):
    one = interview()
    composed(one, cache)
    composed(one._replace(notes=(one.notes[0]._replace(**changes),)), cache)

    assert len(stored(cache)) == 2


@pytest.mark.parametrize(
    "me",
    [SENDER._replace(name="x"), SENDER._replace(address="x@x.example"), Mailbox(SENDER.name, SENDER.address, "555")],
)
def test_a_change_of_the_sender_is_composed_anew(me, cache):
    composed(interview(), cache)
    composed(interview(), cache, me)

    assert len(stored(cache)) == 2


def test_a_change_of_a_template_is_composed_anew(cache, tmp_path):
    template = tmp_path / "own/gifts/article.md.j2"
    template.parent.mkdir(parents=True)
    texts = []
    for at, words in enumerate(("one", "two")):
        template.write_text(words)
        os.utime(template, ns=(at, at))
        texts.append(composed(interview(), cache, override=tmp_path / "own").text)

    assert texts == ["one Harborline Castings\n", "two Harborline Castings\n"]


@pytest.mark.parametrize(
    "damage", [b"", b"{", b"[]", b"null", b"\xff", b'{"text": 1}', b'{"text": "x"}', b"[" * 100_000]
)
def test_a_damaged_composition_is_made_anew(damage, cache):
    first = composed(interview(), cache)
    stored(cache)[0].write_bytes(damage)

    assert composed(interview(), cache) == first


def test_the_lock_of_an_editor_is_no_template(cache, tmp_path):
    (tmp_path / "own/gifts").mkdir(parents=True)
    (tmp_path / "own/gifts/.#article.md.j2").symlink_to("somebody@somewhere")

    assert composed(interview(), cache, override=tmp_path / "own") == composed(interview(), None)


def test_the_store_is_private(cache):
    composed(interview(), cache)

    assert [stat.S_IMODE(path.stat().st_mode) for path in (cache / "compositions", *stored(cache))] == [0o700, 0o600]


@pytest.mark.parametrize("kind", ["file", "missing parent of a file"])
def test_a_folder_that_cannot_be_written_costs_only_time(kind, tmp_path):
    (tmp_path / "file").write_text("")
    cache = tmp_path / "file" if kind == "file" else tmp_path / "file/cache"

    assert composed(interview(), cache).text == composed(interview(), None).text


def test_a_write_that_fails_leaves_nothing_behind(tmp_path):
    (tmp_path / "store/taken.json").mkdir(parents=True)

    store.write(tmp_path / "store/taken.json", {"a": "b"})

    assert list((tmp_path / "store").iterdir()) == [tmp_path / "store/taken.json"]


def test_what_a_killed_process_left_is_no_obstacle(tmp_path):
    folder = tmp_path / "store"
    folder.mkdir()
    (folder / f".x.json.{os.getpid()}").write_text("half")

    store.write(folder / "x.json", {"a": "b"})

    assert (store.read(folder / "x.json"), len(list(folder.iterdir()))) == ({"a": "b"}, 1)


def test_a_bulk_run_does_not_fill_the_disk(cache):
    templates = Templates(None, cache)
    for at in range(40):
        one = interview(company=f"C{at}")
        compose(one, one.notes[0], SENDER, templates)

    assert len(stored(cache)) == 32


def test_the_oldest_compositions_go(cache):
    folder = cache / "compositions"
    folder.mkdir(parents=True)
    for at in range(450):
        (folder / f"{at}.json").write_text("{}")
        os.utime(folder / f"{at}.json", (at, at))

    composed(interview(), cache)

    assert (len(stored(cache)), (folder / "449.json").exists(), (folder / "0.json").exists()) == (200, True, False)


def test_a_fault_is_not_stored(cache):
    from mailer.errors import TemplateFault

    one = make_interview(note=make_note(source="{{ x }}"))
    with pytest.raises(TemplateFault):
        composed(one, cache)

    assert not cache.exists()


def test_an_attachment_is_looked_for_each_time(cache, tmp_path):
    from mailer.model import GiftKind

    gift = make_gift(kind=GiftKind.FILE, file="a.txt")
    one = make_interview(path=tmp_path / "x.md", note=make_note(people=(make_person(gift=gift),), gift=gift))
    before = composed(one, cache).attachments
    (tmp_path / "a.txt").write_text("x")

    assert (before, len(composed(one, cache).attachments)) == ((), 1)
