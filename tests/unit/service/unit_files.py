"""Read systemd's unit files as systemd does, so that what is rendered is parsed back by another hand.

Source: systemd.syntax(7), and “Quoting” and “Command lines” of systemd.service(5).
"""

from __future__ import annotations

__all__ = ["arguments", "environment", "sections", "words"]

PLAIN_ESCAPES = {"\\": "\\", '"': '"', "'": "'", "n": "\n", "t": "\t", "s": " "}


def sections(text: str) -> dict[str, list[tuple[str, str]]]:
    """Return each section's assignments in order."""
    found: dict[str, list[tuple[str, str]]] = {}
    for line in text.split("\n"):
        if line.startswith("["):
            found[line.strip("[]")] = []
        elif line and line[0] not in "#;":
            name, _, value = line.partition("=")
            found[list(found)[-1]].append((name, value))
    return found


def words(value: str) -> list[str]:
    """Part a value into words: quotes taken off, escapes and specifiers resolved; only `%%` is one here."""
    found, word, quote, characters = [], "", "", iter(value)
    is_word = False
    for character in characters:
        if character == "\\":
            word += _escape(characters)
        elif quote or character in "\"'":
            quote, is_word = ("", True) if character == quote else (quote or character, True)
            word += character if quote and character != quote else ""
        elif character == " ":
            found += [word] if is_word or word else []
            word, is_word = "", False
        else:
            word += character
    assert not quote
    return [_without_specifiers(found_word) for found_word in [*found, *([word] if is_word or word else [])]]


def _escape(characters) -> str:
    mark = next(characters)
    if mark == "x":
        return chr(int(next(characters) + next(characters), 16))
    return PLAIN_ESCAPES[mark]


def _without_specifiers(word: str) -> str:
    assert "%" not in word.replace("%%", "")
    return word.replace("%%", "%")


def arguments(value: str) -> list[str]:
    """Return the argument list of an ExecStart; without the prefix “:” a dollar sign would begin a variable."""
    found = words(value)
    if found[0].startswith(":"):
        found[0] = found[0][1:]
    else:
        assert not any("$" in word for word in found)
    return found


def environment(value: str) -> dict[str, str]:
    """Return what an Environment assigns."""
    return dict(word.partition("=")[::2] for word in words(value))
