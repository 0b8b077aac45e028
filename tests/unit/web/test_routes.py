"""Every error that a page can meet has an answer of its own, and every page an address of its own."""

from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING

import mailer
from mailer.errors import MailerError
from mailer.web.routes import PAGES, STATUSES

if TYPE_CHECKING:
    from collections.abc import Iterator


def below(kind: type[MailerError]) -> Iterator[type[MailerError]]:
    for child in kind.__subclasses__():
        yield child
        yield from below(child)


def every_error() -> set[type[MailerError]]:
    for module in pkgutil.walk_packages(mailer.__path__, "mailer."):
        if not module.name.startswith(("mailer.cluster", "mailer.__main__")):  # the cluster's libraries are an extra
            importlib.import_module(module.name)
    return {kind for kind in below(MailerError) if kind.__module__.startswith("mailer.")}


def test_every_error_has_a_status():
    nameless = {kind for kind in every_error() if not any(parent in STATUSES for parent in kind.__mro__)}

    assert nameless == set()


def test_every_status_is_that_of_a_failure_and_of_an_error_that_there_is():
    assert set(STATUSES) <= every_error()
    assert all(status >= 400 for status in STATUSES.values())


def test_every_page_has_an_address_of_its_own_and_does_something():
    urls = [url for url, *_ in PAGES]

    assert len(set(urls)) == len(urls)
    assert all(show or act for _, show, act in PAGES)
