"""Take a text apart: words, sentences, links, and how far two words are from each other.

Takes and gives plain strings. Everything here works on text in NFC with straight apostrophes (`straighten`).
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from mailer.checks.vocabulary import COMMON, TITLES

__all__ = [
    "ProperWord",
    "addresses",
    "count_unspaced",
    "count_words",
    "cut_links",
    "fold",
    "is_within",
    "links",
    "proper_words",
    "sentences",
    "squeeze",
    "stems",
    "straighten",
    "words",
]

#: How many texts are remembered taken apart: several rules ask for the same few.
_KEPT = 256
#: Letters, with marks that NFC cannot compose and an apostrophe inside; hyphens part two words.
_WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|[\u0300-\u036f])*(?:'[^\W\d_]+)*")
_SENTENCE_END = re.compile(r"[.!?][\"')\]”»]*\s+")
_APOSTROPHES = {0x2018: "'", 0x2019: "'", 0x201B: "'", 0x2BC: "'"}
#: Letters that Unicode does not decompose, as people type them who lack the key.
_PLAIN = {"ß": "ss", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"}


def straighten(text: str) -> str:
    """Return the text in NFC with curly apostrophes made straight."""
    if text.isascii():
        return text
    import unicodedata

    return unicodedata.normalize("NFC", text).translate(_APOSTROPHES)


def squeeze(text: str) -> str:
    """Return the text with every run of white space, no-break spaces too, as one space."""
    return " ".join(text.split())


def fold(word: str) -> str:
    """Return the word in lower case and bare letters: `Núñez` and `Nunez` fold alike, `Groß` and `Gross` too."""
    lowered = word.lower()
    if lowered.isascii():
        return lowered
    import unicodedata

    plain = "".join(_PLAIN.get(letter, letter) for letter in lowered)
    return "".join(c for c in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(c))


def words(text: str) -> list[str]:
    """Return the words of a text as written, digits and punctuation left out."""
    return _WORD.findall(text)


@lru_cache(_KEPT)
def stems(text: str) -> frozenset[str]:
    """Return the content words: four letters or more, lower-cased, no common word, cut to five letters.

    A possessive or a contraction counts as its first part; links and addresses do not count.
    """
    plain = cut_links(text).lower()
    parts = [word.partition("'")[0] for word in words(plain)] if "'" in plain else words(plain)
    return frozenset([part[:5] for part in parts if len(part) >= 4 and part not in COMMON])


@lru_cache(_KEPT)
def count_words(text: str) -> int:
    """Count the words of a text without its links; scripts that write no spaces count two characters as a word."""
    tokens = [t for t in cut_links(text).split() if t.isalnum() or any(map(str.isalnum, t))]
    return len(tokens) + count_unspaced(text) // 2


def count_unspaced(text: str) -> int:
    """Count the characters of scripts that write no spaces between words: Chinese, Japanese, Thai."""
    return 0 if text.isascii() else sum("\u3040" <= c <= "\u9fff" or "\u0e00" <= c <= "\u0e7f" for c in text)


def _is_link(token: str) -> bool:
    return "://" in token or "@" in token or token.lower().startswith(("www.", "mailto:"))


@lru_cache(_KEPT)
def cut_links(text: str) -> str:
    """Return the text without its URLs and addresses, line by line; the punctuation after one stays."""
    if not any(mark in text for mark in ("://", "@", "www.", "mailto:")):
        return text
    return "\n".join(" ".join(map(_without_link, line.split())) for line in text.split("\n"))


def _without_link(token: str) -> str:
    if not _is_link(token):
        return token
    return token[-1] if token[-1] in ".!?," else ""


def _trimmed(token: str) -> str:
    token = token.lstrip("(<[{\"'“‘«").rstrip(".,;:!?>}\"'”’»")
    for opening, closing in ("()", "[]"):
        while token.endswith(closing) and token.count(closing) > token.count(opening):
            token = token[:-1].rstrip(".,;:!?")
    return token


def links(text: str) -> list[str]:
    """Return the URLs of a plain text in order, without the punctuation that surrounds them."""
    found = []
    for token in text.split() if "://" in text else ():
        mark = start = token.find("://")
        while start > 0 and (token[start - 1].isalnum() or token[start - 1] in "+-."):
            start -= 1
        if start < mark and token[start].isalpha():
            found.append(_trimmed(token[start:]))
    return found


def addresses(text: str) -> list[str]:
    """Return the e-mail addresses of a plain text, lower-cased."""
    return [_trimmed(token).lower().removeprefix("mailto:") for token in text.split() if "@" in token]


@lru_cache(_KEPT)
def sentences(text: str) -> tuple[str, ...]:
    """Return the sentences of a text; a line end ends one, the stop of a title or an initial does not."""
    found = []
    for line in text.split("\n"):
        start = 0
        for match in _SENTENCE_END.finditer(line):
            last = line[start : match.start()].rpartition(" ")[2]
            if match[0][0] == "." and (last.lower() in TITLES or len(last) == 1 or "." in last):
                continue
            found.append(line[start : match.end()].strip())
            start = match.end()
        found.append(line[start:].strip())
    return tuple(filter(None, found))


def is_within(a: str, b: str, limit: int) -> bool:
    """Tell whether `a` becomes `b` by at most `limit` letters put in, left out, changed or swapped with the next."""
    if abs(len(a) - len(b)) > limit:
        return False
    same = 0
    for x, y in zip(a, b, strict=False):
        if x != y:
            break
        same += 1
    a, b = a[same:], b[same:]
    if not (a and b):
        return len(a) + len(b) <= limit
    if not limit:
        return False
    left = limit - 1
    return (
        is_within(a[1:], b[1:], left)
        or is_within(a[1:], b, left)
        or is_within(a, b[1:], left)
        or (a[:2] == b[1::-1] and is_within(a[2:], b[2:], left))
    )


class ProperWord(NamedTuple):
    """A word with a capital, without its possessive; whether it opens a sentence; the capitalised words beside it.

    `before` and `after` are "" when there is none, or a mark parts it from this one.
    """

    word: str
    is_first: bool
    before: str
    after: str


def proper_words(text: str) -> tuple[ProperWord, ...]:
    """Return the capitalised words of a text, links cut out before; what a hyphen joins are two words."""
    found = []
    for line in text.split("\n"):
        tokens = line.replace("-", " - ").split()
        for at, token in enumerate(tokens):
            word = _bare(token)
            if word[:1].isupper():
                found.append(ProperWord(word, _opens(tokens, at), _before(tokens, at), _after(tokens, at)))
    return tuple(found)


_MARKS = " \t.,;:!?()[]<>\"'“”„«»‘’*…–—-"


def _bare(token: str) -> str:
    return token.strip(_MARKS).removesuffix("'s").removesuffix("'S")


def _before(tokens: list[str], at: int) -> str:
    """Return the capitalised word before one, a hyphen skipped."""
    at -= 2 if at > 1 and tokens[at - 1] == "-" else 1
    word = _bare(tokens[at]) if at >= 0 and not _ends(tokens[at]) else ""
    return word if word[:1].isupper() else ""


def _after(tokens: list[str], at: int) -> str:
    """Return the capitalised word after one, a hyphen skipped."""
    is_parted = _ends(tokens[at])
    at += 2 if at + 1 < len(tokens) and tokens[at + 1] == "-" else 1
    word = _bare(tokens[at]) if at < len(tokens) and not is_parted else ""
    return word if word[:1].isupper() else ""


def _ends(token: str) -> bool:
    """Tell whether a mark after the word parts it from the next; the full stop of a title or an initial does not."""
    return token[-1] in ",;:!?)" or (token[-1] == "." and not _is_short_form(token))


def _is_short_form(token: str) -> bool:
    bare = token.strip(_MARKS)
    return bare.lower() in TITLES or len(bare) == 1 or "." in bare


def _opens(tokens: list[str], at: int) -> bool:
    """Tell whether a word opens a sentence: nothing but marks before it, or a mark that ends a sentence."""
    while at > 0 and not tokens[at - 1].strip(_MARKS) and tokens[at - 1][-1] not in ".!?:":
        at -= 1
    if not at:
        return True
    before = tokens[at - 1].rstrip("\"')]”»")
    return before[-1:] in {"!", "?", ":"} or (before[-1:] == "." and not _is_short_form(before))
