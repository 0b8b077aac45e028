"""caniemail's data is reduced to one answer for each group: the worst of its programs' latest versions."""

from __future__ import annotations

import json

import pytest

from mailer.clients.features import DETECTORS
from mailer.clients.prepare import prepare, reduced
from mailer.clients.record import SHIPPED

NOTES = {"1": "Partial. See [the `bug`](https://a.example/x).", "2": "Only so."}


def make_raw(tested: str = "2020-02-03", **stats: dict[str, dict[str, str]]) -> bytes:
    """Return caniemail's file with these answers for `html-p`; the others were never tested."""
    bare: dict[str, object] = {"title": "x", "last_test_date": "2020-01-01", "stats": {}, "notes_by_num": None}
    one = bare | {"last_test_date": tested, "stats": {k.replace("_", "-"): v for k, v in stats.items()}}
    data = [{"slug": slug} | bare for slug in DETECTORS if slug != "html-p"]
    data.append({"slug": "html-p", **one, "notes_by_num": NOTES})
    return json.dumps({"last_update_date": "2026-05-13 14:45:41 +0000", "data": data}).encode()


def reduce_one(tested: str = "2020-02-03", **stats: dict[str, dict[str, str]]) -> dict[str, object]:
    """Return what ships of one feature with these answers."""
    found: dict[str, object] = reduced(make_raw(tested, **stats), "0.0.0")["features"]["html-p"]
    return found


@pytest.mark.parametrize(
    ("letters", "worst"), [("yyy", "y"), ("yuy", "u"), ("yua", "a"), ("nau", "n"), ("uuu", "u"), ("yay", "a")]
)
def test_the_worst_program_speaks_for_its_group(letters, worst):
    programs = dict(
        zip(("desktop-webmail", "ios", "android"), ({"2020-01": letter} for letter in letters), strict=True)
    )

    assert str(reduce_one(gmail=programs)["support"])[0] == worst


@pytest.mark.parametrize(
    ("versions", "letter"),
    [
        ({"2007": "n", "2010": "n", "2019": "y"}, "y"),
        ({"2019": "y", "2007": "n"}, "y"),
        ({"9": "n", "10": "y"}, "y"),
        ({"12.4": "n", "12.10": "y"}, "y"),
        ({"2021-09": "n", "5.2543.1": "y"}, "y"),
        ({"2019": "n", "2022-08": "y"}, "y"),
    ],
    ids=["years", "out of order", "numbers", "parts", "other scheme", "years and months"],
)
def test_the_latest_version_counts(versions, letter):
    assert str(reduce_one(outlook={"windows": versions})["support"])[1] == letter


def test_a_group_that_nobody_tested_is_unknown():
    assert reduce_one()["support"] == "u" * 7


def test_a_note_stands_alone_when_all_programs_agree():
    found = reduce_one(gmail={p: {"2020-01": "a #1 #2"} for p in ("desktop-webmail", "ios", "android")})

    assert found["notes"] == {"gmail": "Partial. See the `bug`. Only so."}


def test_a_note_names_the_programs_when_they_differ():
    found = reduce_one(
        gmail={"desktop-webmail": {"2020-01": "y"}, "ios": {"2020-01": "a #2"}, "android": {"2020-01": "a"}}
    )

    assert found["notes"] == {"gmail": "iOS: Only so. Android: partly supported."}


def test_a_number_without_a_note_says_nothing():
    assert "notes" not in reduce_one(outlook={"windows": {"2019": "a #7"}})


def test_a_date_without_its_zero_is_written_in_full():
    assert reduce_one("2024-05-1")["tested"] == "2024-05-01"


def test_what_ships_is_small():
    assert SHIPPED.stat().st_size < 80_000


def test_what_is_written_is_what_was_reduced_and_the_same_each_time(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "package.json").write_text('{"version": "9.8.7"}')
    file = tmp_path / "data/caniemail.json"
    file.write_bytes(make_raw(outlook={"windows": {"2019": "n"}}))

    prepare(file, tmp_path / "one.json")
    prepare(file, tmp_path / "two.json")

    assert (tmp_path / "one.json").read_bytes() == (tmp_path / "two.json").read_bytes()
    assert json.loads((tmp_path / "one.json").read_text()) == reduced(file.read_bytes(), "9.8.7")
