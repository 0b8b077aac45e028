"""Mark the words that findings speak of, where they stand in a note.

Takes the html or the text of a note and (label, excerpt) pairs, gives the same with each excerpt found marked by its
label. An excerpt is looked for as the checks quote it: in NFC, with straight apostrophes and single spaces.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from html import escape, unescape
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from mailer.preview.elements import INLINE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

__all__ = ["Marked", "marked_html", "marked_text"]

#: Comments, declarations and tags as browsers cut them (WHATWG HTML 13.2.5); one that never ends takes all the rest.
#: No quantifier gives back what it took, so that hostile input costs one pass.
_MARKUP = re.compile(
    r"""<!--(?:-?>|.*?(?:--!?>|\Z))
      | <[!?][^>]*+(?:>|\Z)
      | </[a-z][^>]*+(?:>|\Z)
      | <[a-z][^\s/>]*+
        (?: [\s/]++
          | [^\s/>][^\s/>=]*+ (?: \s*+=\s*+ (?: "[^"]*+(?:"|\Z) | '[^']*+(?:'|\Z) | [^\s>"'][^\s>]*+ | (?=>|\Z) ) )?+
        )*+ (?:>|\Z)
      | </[^>]*+(?:>|\Z)""",
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_NAME = re.compile(r"</?([a-zA-Z][^\s/>]*)")
#: Elements whose content is no markup, and those whose text nobody reads in the letter.
_RAW = frozenset({"iframe", "noembed", "noframes", "script", "style", "textarea", "title", "xmp"})
_NOT_LETTER = frozenset({"head", "template", "noscript", "select", "svg", "math"})
_REFERENCE = re.compile(r"&(?:#[xX][0-9a-fA-F]+|#[0-9]+|[A-Za-z][A-Za-z0-9]*);?")
#: The sign of a list item or a quote before its words, and the address after a link's words (composer.plaintext).
_TEXT_ONLY = re.compile(r"(?:(?<= )|^)(?:-|>+|\d{1,3}\.) (?=\S)| <(?:https?://)?[^\s<>]+>")
_APOSTROPHES = {0x2018: "'", 0x2019: "'", 0x201B: "'", 0x2BC: "'"}


class Marked(NamedTuple):
    """The html with its marks, and the labels whose words were found in it, in the order they were given."""

    html: str
    found: tuple[str, ...]


class _Char(NamedTuple):
    """A character as it is compared, from `start` to `end` of the source; a break between blocks has no length."""

    said: str
    start: int
    end: int


def marked_html(html: str, excerpts: Sequence[tuple[str, str]]) -> Marked:
    """Wrap each excerpt in `<mark data-n="LABEL">…</mark>`, once for every text node that it runs through.

    Excerpts are (label, excerpt) pairs. Without the marks the html is the very one that came in; nothing is marked in
    the head, in comments or in scripts. Where two excerpts overlap the first has the words: one that is covered whole
    counts as found and has no mark. One that stands there several times is marked at the first.
    """
    nodes = tuple(_text_nodes(html))
    chars = tuple(_squeezed(char for start, end in nodes for char in _html_chars(html, start, end)))
    found, owners = _owners(chars, excerpts)
    spans = (span for start, end in nodes for span in _spans(html, start, end, owners))
    pieces, at = [], 0
    for start, end, number in spans:
        label = escape(excerpts[number][0])
        pieces += [html[at:start], f'<mark data-n="{label}">', html[start:end], "</mark>"]
        at = end
    return Marked("".join((*pieces, html[at:])), found)


def marked_text(text: str, excerpts: Sequence[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Return a text in pieces (words, label), the label "" for what no excerpt speaks of; joined they are the text."""
    chars = tuple(_squeezed(_clusters((char, at, at + 1) for at, char in enumerate(text))))
    _, owners = _owners(chars, excerpts)
    pieces, at = [], 0
    for start, end, number in _spans(text, 0, len(text), owners):
        pieces += [(text[at:start], ""), (text[start:end], excerpts[number][0])]
        at = end
    return tuple(piece for piece in (*pieces, (text[at:], "")) if piece[0])


# --- finding ---------------------------------------------------------------------------------------------------------


def _owners(
    chars: Sequence[_Char], excerpts: Sequence[tuple[str, str]]
) -> tuple[tuple[str, ...], tuple[tuple[_Char, int], ...]]:
    """Return the labels that were found, and each character that belongs to an excerpt with the excerpt's number."""
    said = "".join(char.said for char in chars)
    found: list[str] = []
    owners: dict[int, int] = {}
    for number, (label, excerpt) in enumerate(excerpts):
        places = ((_place(said, wanted), len(wanted)) for wanted in _forms(excerpt))
        at, length = next((place for place in places if place[0] >= 0), (-1, 0))
        if at >= 0:
            found.append(label)
            owners = dict.fromkeys(range(at, at + length), number) | owners
    return tuple(dict.fromkeys(found)), tuple((chars[at], owners[at]) for at in sorted(owners))


def _forms(excerpt: str) -> Iterator[str]:
    """Yield an excerpt as it is compared, then without what the text part alone writes: bullets, bars, addresses."""
    plain = " ".join(unicodedata.normalize("NFC", excerpt).translate(_APOSTROPHES).split())
    yield plain
    yield _TEXT_ONLY.sub("", plain)


def _place(said: str, wanted: str) -> int:
    """Return where the words stand first, whole words before parts of words; -1 when they do not."""
    if not wanted:
        return -1
    before, after = (r"(?<!\w)" if wanted[0].isalnum() else ""), (r"(?!\w)" if wanted[-1].isalnum() else "")
    whole = re.search(before + re.escape(wanted) + after, said)
    return whole.start() if whole else said.find(wanted)


def _spans(source: str, start: int, end: int, owners: Sequence[tuple[_Char, int]]) -> Iterator[tuple[int, int, int]]:
    """Yield (from, to, number of the excerpt) within a text node, never overlapping and never white space alone."""
    from bisect import bisect_left

    first = bisect_left(owners, start, key=lambda owner: owner[0].start)
    last = bisect_left(owners, end, key=lambda owner: owner[0].start)
    at = start
    for number, group in groupby(owners[first:last], key=lambda owner: owner[1]):
        places = [char for char, _ in group if char.start < char.end]
        begin, finish = (max(places[0].start, at), places[-1].end) if places else (at, at)
        if source[begin:finish].strip():
            yield begin, finish, number
            at = finish


# --- the source, character by character ------------------------------------------------------------------------------


def _text_nodes(html: str) -> Iterator[tuple[int, int]]:
    """Yield the runs of text that are read in the letter; an empty one stands where a block parts two words."""
    at, unread = 0, ""
    while at < len(html):
        markup = _MARKUP.search(html, at)
        start = markup.start() if markup else len(html)
        if start > at and not unread:
            yield at, start
        if markup is None:
            return
        at = markup.end()
        name, is_end = _tag(markup[0])
        if name in _RAW and not is_end:
            at = _end_of_raw(html, at, name)
        elif name in _NOT_LETTER and not unread and not is_end:
            unread = name
        elif (is_end and name == unread) or (name == "body" and unread == "head"):
            unread = ""
        if name and name not in INLINE:
            yield at, at


def _tag(markup: str) -> tuple[str, bool]:
    name = _NAME.match(markup)
    return (name[1].lower() if name else "", markup.startswith("</"))


def _end_of_raw(html: str, at: int, name: str) -> int:
    end = re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE).search(html, at)
    return end.start() if end else len(html)


def _html_chars(html: str, start: int, end: int) -> Iterator[_Char]:
    if start == end:
        return iter((_Char(" ", start, start),))
    return _clusters(_unescaped(html, start, end))


def _unescaped(html: str, start: int, end: int) -> Iterator[tuple[str, int, int]]:
    """Yield each character of a text node with its place; all of a character reference counts as one place."""
    at = start
    while at < end:
        reference = _REFERENCE.match(html, at, end) if html[at] == "&" else None
        said = unescape(reference[0]) if reference else ""
        if reference and said != reference[0]:
            yield from ((char, at, reference.end()) for char in said)
            at = reference.end()
        else:
            yield html[at], at, at + 1
            at += 1


def _clusters(chars: Iterable[tuple[str, int, int]]) -> Iterator[_Char]:
    """Yield characters in NFC with straight apostrophes; what was composed of several has the place of them all."""
    held, start, end = "", 0, 0
    for char, begin, finish in chars:
        if held and not char.isascii() and _joins(unicodedata.normalize("NFC", held)[-1], char):
            held, end = held + char, finish
        else:
            yield from _composed(held, start, end)
            held, start, end = char, begin, finish
    yield from _composed(held, start, end)


@lru_cache(4096)
def _joins(before: str, char: str) -> bool:
    """Tell whether a character may change form behind another (UAX 15): a mark, or a part of a Hangul syllable."""
    together, apart = before + char, unicodedata.normalize("NFC", before) + unicodedata.normalize("NFC", char)
    return bool(unicodedata.combining(char)) or unicodedata.normalize("NFC", together) != apart


def _composed(held: str, start: int, end: int) -> Iterator[_Char]:
    for char in held if held.isascii() else unicodedata.normalize("NFC", held).translate(_APOSTROPHES):
        yield _Char(char, start, end)


def _squeezed(chars: Iterable[_Char]) -> Iterator[_Char]:
    """Yield every run of white space as one space, in the place of its first."""
    was_space = False
    for char in chars:
        is_space = char.said.isspace()
        if not (is_space and was_space):
            yield _Char(" ", char.start, char.end) if is_space else char
        was_space = is_space
