"""Find the features that an HTML document uses, and what each group of mail programs makes of them.

Takes the HTML of a mail as it goes out, gives one `Use` for each feature, in the order in which they first appear.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, NamedTuple

from mailer.clients import record
from mailer.clients.features import DETECTORS, HARMLESS
from mailer.clients.groups import SEVERITY, Support
from mailer.clients.markup import traits
from mailer.clients.record import Answer

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from mailer.clients.traits import Trait

__all__ = ["Answer", "Use", "examine"]


class Use(NamedTuple):
    """A feature that the HTML uses: where first (`line` from 1), and one answer for each of CLIENTS, in that order.

    `feature` is caniemail's slug, `tested` the day of its last test there. `harmless` says why nothing is lost where
    it is not supported, "" when something may be.
    """

    feature: str
    title: str
    line: int
    snippet: str
    tested: date
    answers: tuple[Answer, ...]
    harmless: str = ""

    @property
    def url(self) -> str:
        """Return the page that shows the tests."""
        return f"https://www.caniemail.com/features/{self.feature}/"

    @property
    def worst(self) -> Support:
        """Return the worst answer of all groups."""
        return max((answer.support for answer in self.answers), key=SEVERITY.index)


def examine(html: str) -> tuple[Use, ...]:
    """Return the features used, each once, in the order in which they first appear.

    What stands in comments, conditional ones too, is not looked into. HTML that is no HTML gives what can be read.
    """
    first: dict[str, Trait] = {}
    for trait in traits(html):
        for slug in _slugs().get(trait.name, ()):
            known = first.get(slug)
            if known is None or trait.line < known.line:
                first[slug] = trait
    uses = (_use(slug, trait) for slug, trait in first.items())
    return tuple(sorted(uses, key=lambda use: use.line))


def _use(slug: str, trait: Trait) -> Use:
    feature = record.features()[slug]
    return Use(
        feature=slug,
        title=feature.title,
        line=trait.line,
        snippet=trait.snippet,
        tested=feature.tested,
        answers=feature.answers,
        harmless=HARMLESS.get(slug, ""),
    )


@functools.cache
def _slugs() -> Mapping[str, tuple[str, ...]]:
    """Return the features that each trait tells of."""
    found: dict[str, tuple[str, ...]] = {}
    for slug, names in DETECTORS.items():
        for name in names:
            found[name] = (*found.get(name, ()), slug)
    return found
