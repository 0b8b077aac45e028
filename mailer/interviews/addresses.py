"""Decide whether a text is one e-mail address that a server will take.

Takes text, gives "" or the words that say what is wrong with it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["fault_of"]

#: Lengths in octets (RFC 5321 4.5.3.1.1, 4.5.3.1.2; 254 is the path of 256 without its angle brackets; RFC 1035 2.3.4).
MAX_LOCAL, MAX_DOMAIN, MAX_ADDRESS, MAX_LABEL = 64, 255, 254, 63
LETTERS_AND_DIGITS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
#: RFC 5322 3.2.3; characters beyond ASCII are added by RFC 6532 3.2.
ATEXT = LETTERS_AND_DIGITS | frozenset("!#$%&'*+-/=?^_`{|}~")
#: The contextual characters of IDNA that are no letter: middle dot, keraia, geresh, gershayim, katakana middle dot.
IDNA_MARKS = frozenset("·͵׳״・")


def fault_of(address: str) -> str:
    """Return what is wrong with an address, "" when nothing is.

    Accepted is a dot-atom, one `@`, and a domain of two labels or more (or `localhost`), non-ASCII characters allowed
    on both sides (RFC 6531 3.3). Quoted local parts, comments and address literals are refused: no interviewer has
    one, and a typing slip looks like one.
    """
    local, at, domain = address.partition("@")
    if not at:
        return "it has no @"
    if "@" in domain:
        return "it has more than one @"
    return _fault_of_length(local, domain) or _fault_of_local(local) or _fault_of_domain(domain)


def _fault_of_length(local: str, domain: str) -> str:
    sizes = len(local.encode()), len(domain.encode())
    if not all(sizes):
        return "nothing stands before or after the @"
    if sizes[0] > MAX_LOCAL:
        return f"more than {MAX_LOCAL} bytes stand before the @"
    if sizes[1] > MAX_DOMAIN or sum(sizes) + 1 > MAX_ADDRESS:
        return f"it is longer than {MAX_ADDRESS} bytes"
    return ""


def _fault_of_local(local: str) -> str:
    if local.startswith(".") or local.endswith(".") or ".." in local:
        return "a dot stands at the edge of the part before the @, or two in a row"
    return _fault_of_characters(c for c in local if not (c in ATEXT or c == "." or (c > "\x7f" and _is_visible(c))))


def _fault_of_domain(domain: str) -> str:
    labels = domain.split(".")
    if len(labels) < 2 and domain.lower() != "localhost":
        return "the part after the @ has no dot"
    if labels[-1].isdecimal():
        return "the part after the @ is a number, not a name"
    for label in labels:
        if not label or len(label.encode()) > MAX_LABEL or label.startswith("-") or label.endswith("-"):
            return "a name between dots after the @ is empty, too long, or has a hyphen at its edge"
    wrong = (c for c in domain if not (c in LETTERS_AND_DIGITS or c in "-." or (c > "\x7f" and _is_of_label(c))))
    return _fault_of_characters(wrong)


def _fault_of_characters(wrong: Iterator[str]) -> str:
    character = next(wrong, "")
    if not character:
        return ""
    return f"the character {_named(character)} cannot be in it; write the address alone, without name or brackets"


def _named(character: str) -> str:
    if character == " ":
        return "space"
    return f"“{character}”" if character.isprintable() else f"U+{ord(character):04X}"


def _is_visible(character: str) -> bool:
    """Tell whether a character is neither space, control, format mark, private, nor unassigned."""
    from unicodedata import category

    return category(character)[0] not in "ZC"


def _is_of_label(character: str) -> bool:
    """Tell whether a character may stand in a domain label: a letter, mark or digit, or one of IDNA's few others."""
    from unicodedata import category

    return category(character)[0] in "LM" or category(character) == "Nd" or character in IDNA_MARKS
