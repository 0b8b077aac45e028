"""Keep the durable list of notes to be sent and of what became of each: the ledger, its states, and who is alive."""

from __future__ import annotations

from mailer.outbox.ledger import Outbox
from mailer.outbox.liveness import Liveness, Worker
from mailer.outbox.lock_files import LockFiles
from mailer.outbox.transitions import OPEN

__all__ = ["OPEN", "Liveness", "LockFiles", "Outbox", "Worker"]
