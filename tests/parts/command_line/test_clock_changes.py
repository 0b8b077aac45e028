"""A queued note keeps its wall time when the system's time-zone database is upgraded before its hour.

One command queues by the rules of one database, another delivers by those of the next.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import TZPATH

from tests.zone_files import write_zone

if TYPE_CHECKING:
    from tests.parts.command_line.conftest import Desk
    from tests.smtp_server import SmtpServer

ZONE = "Atlantis/Port"


def place(desk: Desk) -> None:
    """Let the employer be there."""
    desk.edit("timezone: America/Detroit", f"timezone: {ZONE}")


def install(desk: Desk, rules: str) -> None:
    """Put the zone's file into a database of the desk's own, in front of the machine's."""
    tree = desk.folder / "zones"
    write_zone(tree, ZONE, rules)
    desk.environment["PYTHONTZPATH"] = ":".join([str(tree), *map(str, map(Path, TZPATH))])


def queue_for(desk: Desk, wall: datetime) -> None:
    place(desk)
    queued = desk.run("queue", "harborline.md", "--at", f"{wall:%Y-%m-%d %H:%M:%S}", "--yes")
    assert queued.status == 0, queued.err


def entry_of(desk: Desk) -> Any:
    (entry,) = desk.run("outbox", "--json").json["entries"]
    return entry


def test_a_note_whose_wall_time_has_come_by_the_new_rules_is_sent(desk: Desk, server: SmtpServer) -> None:
    install(desk, "ONE-1")
    soon = datetime.now(tz=UTC).replace(microsecond=0) + timedelta(minutes=30)
    queue_for(desk, soon.replace(tzinfo=None) + timedelta(hours=1))
    before = entry_of(desk)
    assert desk.run("worker", "--once").status == 0
    assert server.messages == []

    install(desk, "TWO-2")
    assert desk.run("worker", "--once").status == 0

    after = entry_of(desk)
    assert (before["due_utc"], after["due_utc"]) == (soon.isoformat(), (soon - timedelta(hours=1)).isoformat())
    assert (after["state"], after["due_local"], len(server.messages)) == ("sent", before["due_local"], 1)


def test_a_note_whose_wall_time_has_not_come_by_the_new_rules_waits(desk: Desk, server: SmtpServer) -> None:
    install(desk, "TWO-2")
    place(desk)
    desk.run("queue", "harborline.md", "--at", "now", "--yes")

    install(desk, "ONE-1")
    assert desk.run("worker", "--once").status == 0

    entry = entry_of(desk)
    assert (entry["state"], server.messages) == ("scheduled", [])
    assert f"the clocks of {ZONE} changed:" in desk.run("outbox", "show", entry["id"]).out
