"""Share the work of one outbox among the workers of many machines: DBOS Transact hands out, the ledger decides.

Takes a PostgreSQL that holds both, gives a `Member` that delivers beside others. Notes sleep in the ledger and are
handed to the engine a minute before their hour; the engine decides who runs, the ledger whether anything may be sent.
The only home of dbos and SQLAlchemy, which come with `interview-mailer[cluster]`; imported by `app.cluster` alone.
"""

from __future__ import annotations

from mailer.cluster.log import to_file
from mailer.cluster.member import Member
from mailer.cluster.pace import Pace

__all__ = ["Member", "Pace", "to_file"]
