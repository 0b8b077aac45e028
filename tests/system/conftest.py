"""Share one Postfix among the tests of a run: it takes seconds to start and nothing to keep."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.conftest import SCENARIOS
from tests.system.postfix import running_postfix

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.system.postfix import Postfix

ADDRESS = re.compile(r"^\s*email: (\S+@\S+)", re.MULTILINE)

#: Known to Postfix beside the readers of the scenarios.
OTHER_RECIPIENTS = (
    "reader@harborline-castings.example",
    "jörg.müller@kupferberg-soehne.example",
)


@pytest.fixture(scope="session")
def postfix() -> Iterator[Postfix]:
    """Run a Postfix that knows every reader of the scenarios."""
    addresses = {a for file in SCENARIOS.glob("*.md") for a in ADDRESS.findall(file.read_text("utf-8"))}
    with running_postfix([*sorted(addresses), *OTHER_RECIPIENTS]) as server:
        yield server
