"""Judge the end of a run: nothing lost, nothing accepted twice, nothing uncertain without a reason."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from mailer.model import State

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tests.crashes.server import FaultyServer, Log, Transaction

__all__ = ["Report", "judge"]


class Report(NamedTuple):
    """What became of the notes; `violations` are sentences, none when all is well."""

    seed: int
    notes: int
    kills: int
    in_flight_at_kills: int
    points_of_kills: Mapping[str, int]
    faults: Mapping[str, int]
    states: Mapping[str, int]
    lost: int
    doubled: int
    seconds: float
    violations: tuple[str, ...]


def judge(
    ends: Mapping[str, State],
    servers: Sequence[FaultyServer],
    log: Log,
    *,
    connections: int,
    seed: int,
    seconds: float,
) -> Report:
    """Hold the ledger's end against what the servers saw; each worker had so many connections."""
    lost = [m for m, state in ends.items() if state not in {State.SENT, State.UNCERTAIN}]
    lost += [m for m, state in ends.items() if state is State.SENT and m not in log.accepted]
    doubled = [message_id for message_id, times in log.accepted.items() if times > 1]
    uncertain = {message_id for message_id, state in ends.items() if state is State.UNCERTAIN}
    violations = (
        *(f"lost: {message_id} is {ends[message_id]}" for message_id in lost),
        *(f"accepted {log.accepted[message_id]} times: {message_id}" for message_id in doubled),
        *(f"accepted, yet {ends[m]}: {m}" for m in log.accepted if ends[m] not in {State.SENT, State.UNCERTAIN}),
        *_without_reason(uncertain, servers, connections),
    )
    return Report(
        seed=seed,
        notes=len(ends),
        kills=sum(len(server.kills) for server in servers),
        in_flight_at_kills=sum(_had_one_in_flight(server, life) for server in servers for life in server.kills),
        points_of_kills=dict(log.points_of_kills),
        faults=dict(log.faults),
        states=dict(Counter(str(state) for state in ends.values())),
        lost=len(lost),
        doubled=len(doubled),
        seconds=seconds,
        violations=violations,
    )


def _had_one_in_flight(server: FaultyServer, life: int) -> bool:
    """Tell whether a note was under way on some connection when the worker was killed."""
    return any(c.was_killed and c.transactions for c in server.connections if c.life == life)


def _without_reason(uncertain: set[str], servers: Sequence[FaultyServer], connections: int) -> Iterator[str]:
    """Name what is uncertain but was not in flight at a kill or a lost reply; one note a connection may have been."""
    tries = sorted((t for s in servers for c in s.connections for t in c.transactions), key=lambda t: t.began)
    last_tries = {f"<{each.address}>": each for each in tries}
    blamed: Counter[tuple[FaultyServer, int]] = Counter()
    for message_id in sorted(uncertain):
        last = last_tries.get(message_id)
        if last is None:
            yield f"uncertain, yet no server ever saw it: {message_id}"
        elif _was_in_flight(last) or _was_unrecorded(last, connections):
            blamed[last.connection.server, last.connection.life] += 1
        elif last.was_answered or not last.connection.was_cut:
            yield f"uncertain, yet neither a kill nor a lost reply met it: {message_id} {last}"
    for (_, life), times in blamed.items():
        if times > connections:
            yield f"{times} notes are uncertain by the one kill of worker {life}"


def _was_in_flight(last: Transaction) -> bool:
    """Tell whether the worker was killed between the note's RCPT and the reply to its dot."""
    return last.connection.was_killed and not last.was_answered and last is last.connection.transactions[-1]


def _was_unrecorded(answered: Transaction, connections: int) -> bool:
    """Tell whether an answered note may have been in flight for its worker when that was killed.

    A worker records a reply with the next note's gate: the note is the last one of its connection, or the last but one.
    Where the connection had ended, the worker was killed before it had made many more.
    """
    mine = answered.connection
    if mine.life not in mine.server.kills or answered not in mine.transactions[-2:]:
        return False
    newer = [c for c in mine.server.connections if c.life == mine.life and c.began > mine.ended]
    return answered.was_answered and len(newer) <= 2 * connections
