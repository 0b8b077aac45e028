"""Hold the format's keys in the order in which a file lists them, for the tools that write one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailer.interviews.entries import GIFT_KEYS, KEYS_OF_KIND, PERSON_KEYS, PLAN_KEYS
from mailer.interviews.fields import known_as
from mailer.interviews.reading import TOP_KEYS

if TYPE_CHECKING:
    from mailer.interviews.splicing import Step

__all__ = ["fault_of", "order_of"]

_LISTS = frozenset({"people", "heard", "more", "items"})
_ORDERS: dict[str, tuple[str, ...]] = {
    "": TOP_KEYS,
    "people": PERSON_KEYS,
    "via": ("name", "email"),
    "gift": (*GIFT_KEYS[:2], *(key for keys in KEYS_OF_KIND.values() for key in keys), *GIFT_KEYS[2:]),
    "contact": ("name", "email", "phone", "consent"),
    "items": ("name", "url", "note"),
    "more": ("kind", *PLAN_KEYS),
}


def order_of(steps: tuple[Step, ...]) -> tuple[str, ...]:
    """Return the keys of the mapping at these steps, in order; none for a place that holds no mapping."""
    name = next((step for step in reversed(steps) if isinstance(step, str)), "")
    return _ORDERS.get(name, ())


def fault_of(steps: tuple[Step, ...]) -> str:
    """Return what is wrong with a path into an interview file, "" when the format has each key where it stands."""
    for depth, step in enumerate(steps):
        above = steps[:depth]
        if isinstance(step, int):
            if not above or above[-1] not in _LISTS:
                return f"[{step}] is asked for in what is no list"
        elif step not in order_of(above):
            return f"unknown key “{step}”{known_as(step, order_of(above))}"
        elif above and above[-1] in _LISTS:
            return f"“{step}” needs the number of an item before it, such as [0]"
    return ""
