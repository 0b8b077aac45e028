"""Read a server's replies and say what each means for the delivery.

Takes the lines of a reply, gives a `Reply`; takes a reply or a failure of the line, gives the `DeliveryError`. Pure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailer.errors import OutcomeUnknown, Permanent, Stage, Temporary
from mailer.model import Reply

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mailer.errors import DeliveryError

__all__ = ["BadReply", "clean", "is_last_line", "lost", "parse_reply", "refused"]

#: Characters of a reply that are kept; providers' advice with its links takes about 300.
MAX_TEXT = 500

#: What stands where a server repeated a credential.
HIDDEN = "[hidden]"

#: What a person can do about a refusal for good, where the stage alone says it.
ADVICE = {
    Stage.AUTH: "Check the user name and the password.",
    Stage.MAIL: "Check that this account may send as this address.",
    Stage.RCPT: "Check the address.",
}


class BadReply(ValueError):
    """What the server said is no SMTP reply; the text says why, and repeats none of it."""


def is_last_line(line: bytes) -> bool:
    """Tell whether a reply ends with this line; raise BadReply for one that no reply can hold.

    Source: RFC 5321 4.2.1. The bare code without a text is accepted, as the RFC asks of clients.
    """
    if not (len(line) >= 3 and line[:3].isdigit() and line[:1] in b"2345" and line[3:4] in (b"", b" ", b"-")):
        raise BadReply("an answer without a reply code")
    return line[3:4] != b"-"


def parse_reply(lines: Sequence[bytes], stage: Stage, *, hidden: Iterable[str] = ()) -> Reply:
    """Make a reply of its lines (without line ends), the enhanced code parted from the text.

    The text is one line, free of control characters and of every string in `hidden`, and at most 500 characters.
    Raises BadReply when the lines do not belong to one reply. Source: RFC 5321 4.2.1, RFC 2034, RFC 3463.
    """
    codes = {line[:3] for line in lines}
    if len(codes) != 1:
        raise BadReply("an answer of several codes in one")
    code = int(codes.pop())
    texts = [line[4:].decode("utf-8", "replace") for line in lines]
    enhanced = _enhanced(texts[0], code)
    return Reply(code, enhanced, clean(" ".join(_without(enhanced, text) for text in texts), hidden), stage.value)


def clean(text: str, hidden: Iterable[str] = ()) -> str:
    """Return the text in one printable line of at most 500 characters, `hidden` strings taken out."""
    for secret in hidden:
        text = text.replace(secret, HIDDEN)
    if not text.isprintable():
        text = "".join(c if c.isprintable() else " " for c in text)
    line = " ".join(text.split())
    return line if len(line) <= MAX_TEXT else line[: MAX_TEXT - 1] + "…"


def refused(reply: Reply, *, where: str, what: str) -> DeliveryError:
    """Return the error for a reply other than the wanted one: 5yz is for good, all else worth another try.

    `what` says what the server would not take ("the recipient ada@example.com"). Source: RFC 5321 4.2.1.
    """
    stage = Stage(reply.stage)
    kind: type[DeliveryError]
    shown = " ".join(part for part in (str(reply.code), reply.enhanced, reply.text) if part)
    if reply.code < 400:
        return lost(stage, where=where, why=f"gave an answer out of place to {what} ({shown})")
    if reply.code < 500:
        kind, problem = Temporary, f"{where} cannot take {what} now: {shown}. Try again later."
    else:
        kind, problem = Permanent, f"{where} refuses {what}: {shown}. {ADVICE.get(stage, '')}".rstrip()
    return kind(problem, stage=stage, code=reply.code, enhanced=reply.enhanced, text=reply.text)


def lost(stage: Stage, *, where: str, why: str) -> DeliveryError:
    """Return the error for a conversation that broke off: outcome unknown from the dot on, before it temporary."""
    if stage is Stage.DOT:
        return OutcomeUnknown(
            f"{where} {why} after it had got the whole mail: whether it took it, nobody knows. "
            "Look in the Sent folder or ask the reader, then settle the entry.",
            stage=stage,
        )
    return Temporary(f"{where} {why} (stage {stage}). Nothing was sent; try again later.", stage=stage)


def _enhanced(text: str, code: int) -> str:
    """Return the enhanced status code that the text begins with, "" when it has none of the reply's own class."""
    word = text.split(maxsplit=1)[0] if text.strip() else ""
    numbers = word.split(".")
    is_code = len(numbers) == 3 and all(n.isascii() and n.isdigit() and len(n) <= 3 for n in numbers)
    return word if is_code and numbers[0] == str(code)[0] else ""


def _without(enhanced: str, text: str) -> str:
    """Return the line without the enhanced code that servers repeat at the start of each."""
    return text.lstrip().removeprefix(enhanced) if enhanced else text
