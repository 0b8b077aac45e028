"""What keeps all due notes waiting is kept once, from when it began until it is over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailer.model import Trouble
from tests.parts.outbox.ledger import LATER, NOW, put

if TYPE_CHECKING:
    from mailer.outbox import Outbox

LOCKED = Trouble("password", "the keyring is locked; unlock it", NOW)


def test_trouble_is_kept_until_it_is_over(outbox: Outbox):
    assert outbox.record_trouble(LOCKED) == LOCKED
    assert outbox.trouble() == LOCKED
    assert outbox.clear_trouble() == LOCKED
    assert outbox.trouble() is None
    assert outbox.clear_trouble() is None


def test_the_same_kind_keeps_the_hour_when_it_began(outbox: Outbox):
    outbox.record_trouble(LOCKED)
    other_words = Trouble("password", "the keyring did not answer", LATER)

    assert outbox.record_trouble(other_words) == other_words._replace(since=NOW)
    assert outbox.trouble() == other_words._replace(since=NOW)


def test_another_kind_begins_anew(outbox: Outbox):
    outbox.record_trouble(LOCKED)
    refused = Trouble("login", "the server refuses the login", LATER)

    assert outbox.record_trouble(refused) == refused


def test_each_account_has_its_own_trouble(outbox: Outbox):
    outbox.record_trouble(LOCKED._replace(account="work"))

    assert outbox.trouble() is None
    assert outbox.trouble("work") == LOCKED._replace(account="work")


def test_how_many_are_due_is_counted_up_to_a_limit(outbox: Outbox):
    for n in range(3):
        put(outbox, f"p{n}", due=NOW)
    put(outbox, "later", due=LATER)

    assert (outbox.due(NOW, limit=2), outbox.due(NOW, limit=9)) == (2, 3)


def test_what_is_due_is_counted_and_claimed_for_its_account_alone(outbox: Outbox):
    put(outbox, "main", due=NOW)
    put(outbox, "other", due=NOW, account="work")

    assert [outbox.due(NOW, limit=9, account=name) for name in ("", "work", "home")] == [1, 1, 0]
    claimed = outbox.claim(now=NOW, owner="w:1", account="work")
    assert claimed is not None
    assert claimed.person == "other"
    assert outbox.claim(now=NOW, owner="w:1", account="work") is None


def test_the_troubles_of_all_accounts_are_listed(outbox: Outbox):
    outbox.record_trouble(LOCKED)
    outbox.record_trouble(LOCKED._replace(account="work"))

    assert outbox.troubles() == (LOCKED, LOCKED._replace(account="work"))
