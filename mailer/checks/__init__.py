"""Judge finished notes: one small function a rule, over the mail, the record, the clock and the history.

Takes an interview with its compositions and a `Context`, gives findings: stops, questions and hints.
"""

from __future__ import annotations

from mailer.checks.answers import answer_key
from mailer.checks.case import Context
from mailer.checks.engine import file_invalid, run, verdict
from mailer.checks.rules import RULES

__all__ = ["RULES", "Context", "answer_key", "file_invalid", "run", "verdict"]
