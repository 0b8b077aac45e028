"""Run a built-in template from its prepared program, without importing Jinja2.

The import of Jinja2 would be a third of the time of a whole command. `prepare` has Jinja2 parse the built-in templates
and writes what they do as plain lists into `templates/programs.json`, each under the hash of its text, so a template
that was changed is Jinja2's again. Jinja2's output is the oracle of the tests.

    step        "text" | ["print", value] | ["set", name, value]
                | ["if", value, steps, steps] | ["for", name, value, steps]
    value       ["const", x] | ["name", x] | ["field", value, x] | ["item", value, value] | ["list", value, …]
                | ["filter", x, value] | ["and" | "or", value, value] | ["not", value]
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from mailer.composer import store
from mailer.composer.phrases import FILTERS
from mailer.composer.record import Fields
from mailer.composer.templates import BUILT_IN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["SHIPPED", "key", "program", "run"]

SHIPPED = BUILT_IN / "programs.json"


@functools.lru_cache(maxsize=128)
def key(text: str) -> str:
    """Return the name of a template's program."""
    from hashlib import sha256

    return sha256(text.encode()).hexdigest()


@functools.cache
def _shipped() -> dict[str, list[Any]]:
    stored = store.read(SHIPPED)
    return stored if isinstance(stored, dict) else {}


def program(text: str) -> list[Any] | None:
    """Return the steps of a built-in template, None for any other text."""
    return _shipped().get(key(text))


def run(steps: list[Any], names: dict[str, Any], printed: Callable[[Any], str]) -> Iterator[str]:
    """Yield the text of each step; `printed` turns a value to text.

    Raises KeyError for a name that does not exist and whatever a filter raises: the caller then asks Jinja2.
    """
    for step in steps:
        match step:
            case str():
                yield step
            case ["print", value]:
                yield printed(_value(value, names))
            case ["if", value, then, otherwise]:
                yield from run(then if _value(value, names) else otherwise, names, printed)
            case ["for", name, value, inner]:
                for one in _value(value, names):
                    yield from run(inner, {**names, name: one}, printed)
            case ["set", name, value]:
                names = {**names, name: _value(value, names)}


def _value(value: list[Any], names: dict[str, Any]) -> Any:  # noqa: PLR0911  # one case for each kind
    match value:
        case ["const", constant]:
            return constant
        case ["name", name]:
            return names[name]
        case ["field", owner, name]:
            return _field(_value(owner, names), name)
        case ["item", owner, at]:
            return _value(owner, names)[_value(at, names)]
        case ["list", *values]:
            return [_value(one, names) for one in values]
        case ["filter", name, inner]:
            return FILTERS[name](_value(inner, names))
        case ["and", left, right]:
            return _value(left, names) and _value(right, names)
        case ["or", left, right]:
            return _value(left, names) or _value(right, names)
        case _:
            return not _value(value[1], names)


def _field(owner: Any, name: str) -> Any:
    if not isinstance(owner, Fields):
        raise KeyError(name)
    return vars(owner)[name]
