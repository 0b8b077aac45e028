"""Tell what a spam filter would dislike about a mail, here and without the network.

Takes the bytes of a mail as they would go out, gives a `Sign` for each rule that it meets; beside them what
SpamAssassin says, where it is installed.
"""

from __future__ import annotations

from mailer.spam.rules import RULES, Rule, judge
from mailer.spam.sign import Remark, Sign
from mailer.spam.spamassassin import NOT_IN_IT, Assessment, Hit, Unanswered, ask

__all__ = ["NOT_IN_IT", "RULES", "Assessment", "Hit", "Remark", "Rule", "Sign", "Unanswered", "ask", "judge"]
