"""Kill the process that delivers, between any two steps, and see what a new one makes of it."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from mailer.database import Database
from mailer.model import State
from mailer.outbox import Outbox
from tests.parts.deliver.victim import STEPS
from tests.smtp_server import Silence, SmtpServer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from tests.smtp_server import Behaviour

    Script = Mapping[str, Behaviour | Sequence[Behaviour | None]]

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="kill -9")


def start(home: Path, server: SmtpServer, step: str = "") -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "tests.parts.deliver.victim", home, str(server.port), step])


def accepted(server: SmtpServer) -> Counter[str]:
    """Count the mails that the server took responsibility for by their Message-ID."""
    found = (line for m in server.messages for line in m.content.decode().splitlines()[:9])
    return Counter(line.split()[1] for line in found if line.startswith("Message-ID:"))


def states(home: Path) -> dict[str, State]:
    with Database(home) as database:
        return {entry.message_id: entry.state for entry in Outbox(database).list()}


#: What becomes of the first note when the process dies at a step: its state in the end, how often it was accepted.
ENDS = {
    "queueing": (State.SENT, 1),
    "queued": (State.SENT, 1),
    "claimed": (State.SENT, 1),
    "connected": (State.SENT, 1),
    "body": (State.SENT, 1),
    "gate": (State.SENT, 1),
    "passed": (State.UNCERTAIN, 0),
    "reply": (State.UNCERTAIN, 1),
    "settled": (State.SENT, 1),
}


def test_every_step_of_the_line_has_its_end():
    assert set(ENDS) == set(STEPS) - {""}


@pytest.mark.parametrize(("step", "end"), ENDS.items())
def test_after_a_kill_nothing_is_lost_or_sent_twice_and_at_most_the_note_in_flight_is_uncertain(
    home: Path, step: str, end: tuple[State, int]
):
    with SmtpServer() as server:
        assert start(home, server, step).wait() == -signal.SIGKILL
        assert start(home, server).wait() == 0

    state, times = end
    assert states(home) == {"<0@example.com>": state, "<1@example.com>": State.SENT, "<2@example.com>": State.SENT}
    assert (
        accepted(server) == Counter({"<0@example.com>": times, "<1@example.com>": 1, "<2@example.com>": 1}) - Counter()
    )


def test_a_kill_between_the_dot_and_its_reply_leaves_the_note_uncertain_and_accepted_once(home: Path):
    with SmtpServer({"dot": [Silence(accept=True)]}) as server:
        victim = start(home, server)
        server.wait_until(lambda s: len(s.messages) == 1)
        victim.kill()
        victim.wait()
        assert start(home, server).wait() == 0

    assert states(home)["<0@example.com>"] is State.UNCERTAIN
    assert set(accepted(server).values()) == {1}
    assert len(server.messages) == 3


def test_a_note_that_died_with_its_process_tells_so(home: Path):
    with SmtpServer() as server:
        start(home, server, "body").wait()
        start(home, server).wait()

    with Database(home) as database:
        outbox = Outbox(database)
        events = outbox.events(outbox.get("p0").id)
    assert [event.to_state for event in events] == [
        State.SCHEDULED, State.CLAIMED, State.SCHEDULED, State.CLAIMED, State.TRANSMITTING, State.SENT,
    ]  # fmt: skip
    assert events[2].detail == "its process died before the final dot"
    assert events[3].detail.startswith("try 2, ")
