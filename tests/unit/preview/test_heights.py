"""A frame made as tall as the estimate shows a whole note, without much empty paper below it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.preview import height_px

GOLDEN = Path(__file__).parents[1] / "composer" / "golden"

#: Heights of the page at 375 and 640 px, as Chromium 156 laid it out with Liberation Sans (of Arial's metrics).
SEEN = [
    ("01-nurse.nguyen", 721, 473),
    ("01-nurse.obrien", 608, 451),
    ("02-teacher.adebayo", 653, 473),
    ("02-teacher.whitcombe", 668, 511),
    ("04-software-engineer.iyer", 631, 473),
    ("04-software-engineer.raman", 631, 451),
    ("04-software-engineer.wojcik", 747, 612),
    ("05-quality-manager.nunez", 586, 451),
    ("05-quality-manager.vanderberg", 653, 518),
    ("07-accountant.celik", 608, 473),
    ("07-accountant.gross", 676, 473),
    ("09-sales-rep.achterberg", 496, 406),
    ("09-sales-rep.fitzgerald", 773, 548),
    ("10-designer.kim", 631, 473),
    ("10-designer.sato", 608, 451),
    ("12-policy-analyst.dsouza", 653, 451),
]


@pytest.mark.parametrize(("name", "narrow_px", "wide_px"), SEEN)
def test_a_note_fits_and_leaves_little_over(name: str, narrow_px: int, wide_px: int) -> None:
    html = (GOLDEN / f"{name}.html").read_text()

    assert narrow_px <= height_px(html, 375) <= narrow_px * 1.2
    assert wide_px <= height_px(html, 640) <= wide_px * 1.2


def page(body: str) -> str:
    return f"<html><head><title>{'unseen ' * 99}</title></head><body>{body}</body></html>"


def test_what_stands_in_the_head_takes_no_room() -> None:
    assert height_px(page("<p>Hi</p>"), 375) == height_px("<p>Hi</p>", 375)


def test_a_break_takes_a_line() -> None:
    assert height_px("<p>a<br>b<br><br>c</p>", 375) - height_px("<p>a</p>", 375) >= 3 * 22


def test_a_narrower_frame_is_taller() -> None:
    assert height_px("<p>" + "word " * 99 + "</p>", 320) > height_px("<p>" + "word " * 99 + "</p>", 640)


def test_wide_characters_take_more_room() -> None:
    assert height_px("<p>" + "面" * 200 + "</p>", 375) > 1.5 * height_px("<p>" + "a" * 200 + "</p>", 375)


def test_an_address_longer_than_the_line_is_counted_as_several() -> None:
    assert height_px("<p>" + "x" * 500 + "</p>", 375) > 10 * 22


def test_code_keeps_its_lines() -> None:
    assert height_px("<pre>a\nb\nc\n</pre>", 375) - height_px("<pre>a</pre>", 375) >= 2 * 22


@given(st.text(alphabet="<>/pbrulie \n\"a面😀'"), st.integers(0, 5000))
def test_whatever_is_given_has_a_height(html: str, width_px: int) -> None:
    assert height_px(html, width_px) > 0
