"""Part a finished plain text into greeting, body and closing, as a reader's eye does.

Takes the text (LF, blank lines between paragraphs), gives a `Letter`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from mailer.checks.words import count_words, squeeze, words

if TYPE_CHECKING:
    from collections.abc import Collection

__all__ = ["Letter", "is_same_greeting", "read_letter"]


class Letter(NamedTuple):
    """A note in its parts: `greeting` is its first line, `body` the paragraphs, `closing` what stands below them.

    `preface` is the line to somebody who passes the note on, "" when there is none.
    """

    greeting: str
    body: tuple[str, ...]
    closing: tuple[str, ...]
    preface: str = ""


def is_same_greeting(line: str, greeting: str) -> bool:
    """Tell whether a line is the stored greeting, or begins with it; white space and the last mark do not count."""
    line, greeting = squeeze(line), squeeze(greeting)
    marks = ",:;!.-–— "
    runs_on = greeting.endswith(tuple(marks)) and line.startswith(f"{greeting} ")
    return line.rstrip(marks) == greeting.rstrip(marks) or runs_on


def read_letter(text: str, *, greetings: Collection[str], sender: str, is_passed_on: bool = False) -> Letter:
    """Return the parts of a text; `greetings` are the stored ones, `sender` the sender's name.

    When the note is passed on, what stands before a stored greeting, or asks for it below, is no part of the body.
    """
    lines = "\n".join(map(str.rstrip, text.split("\n")))
    blocks = [block for block in map(str.strip, lines.split("\n\n")) if block]
    preface = []
    if is_passed_on and any(_greets(block, greetings) for block in blocks[1:3]):
        while not _greets(blocks[0], greetings):
            preface.append(blocks.pop(0))
    if not blocks:
        return Letter("", (), ())
    greeting, _, rest = blocks[0].partition("\n")
    if _greets(greeting, greetings) or _looks_like_greeting(greeting):
        blocks[0] = _after_greeting(greeting, greetings, rest)
    blocks = [block for block in blocks if block]
    if is_passed_on and blocks and _asks_to_pass_on(blocks[0]):
        preface.append(blocks.pop(0))
    body, closing = _part_closing(blocks, sender)
    return Letter(greeting, body, closing, "\n\n".join(preface))


def _asks_to_pass_on(block: str) -> bool:
    said = block.lower()
    return count_words(block) <= 40 and any(
        ask in said for ask in ("pass this on to", "pass it on to", "forward this to")
    )


def _greets(block: str, greetings: Collection[str]) -> bool:
    return any(is_same_greeting(block.partition("\n")[0], greeting) for greeting in greetings)


def _looks_like_greeting(line: str) -> bool:
    opens = line.lower().startswith(("dear ", "hi ", "hello ", "good morning", "good afternoon"))
    return line[-1:] in ",:!" and (opens or count_words(line) <= 4)


def _after_greeting(line: str, greetings: Collection[str], rest: str) -> str:
    """Return what follows the greeting: the rest of its line when the body runs on there, and the lines below."""
    known = max((g for g in map(squeeze, greetings) if squeeze(line).startswith(f"{g} ")), key=len, default="")
    run_on = squeeze(line)[len(known) :].strip() if known else ""
    return "\n".join(filter(None, (run_on, rest.strip())))


def _part_closing(blocks: list[str], sender: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return body and closing; a postscript below the closing belongs to the body."""
    postscript = [blocks.pop()] if blocks and blocks[-1].lower().startswith(("p.s", "ps:", "ps ")) else []
    end = len(blocks)
    while end > 0 and len(blocks) - end < 3 and _is_closing(blocks[end - 1], sender, is_last=end == len(blocks)):
        end -= 1
    return tuple(blocks[:end] + postscript), tuple(blocks[end:])


def _is_closing(block: str, sender: str, *, is_last: bool) -> bool:
    """Tell whether a paragraph is a formula, a name or contact lines, and no sentence."""
    lines = block.split("\n")
    if len(lines) > 6 or "://" in lines[0] or any(len(line) > 70 for line in lines) or block.startswith("- "):
        return False
    first = lines[0].rstrip()
    if first.endswith(",") and count_words(first) <= 4:
        return True
    if len(block.split()) > 12 or (len(block.split()) > 2 and block[-1] in ".!?:"):
        return False
    has_name = any(word in block for word in words(sender) if len(word) > 1)
    is_initial = len(block) <= 3 or block[-1] not in ".!?"
    return has_name or (is_last and is_initial and len(block.split()) == 1)
