"""Judge the links of a mail.

Rules: link-elsewhere, link-unsafe, links-many.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from mailer.spam.sign import Remark, shortened

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mailer.spam.mail import Mail
    from mailer.spam.page import Link

__all__ = ["link_elsewhere", "link_unsafe", "links_many"]

#: A letter with more links than this reads like a newsletter.
_MANY = 10
#: Words of a link that name a place of the web themselves; `Node.js` and `report.pdf` do not.
_ADDRESS = re.compile(
    r"(?:https?://|www\.)\S+|[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:com|org|net|edu|gov|io|dev|app|info|eu|uk|de|fr|nl|ca|au|us)(?:/\S*)?",
    re.IGNORECASE,
)


def link_elsewhere(mail: Mail) -> Iterator[Remark]:
    """Find a link whose words name another place than it goes to (T_SPOOFED_URL)."""
    found = [link for link in mail.page.links if _is_elsewhere(link)]
    if found:
        yield Remark(
            f"a link reads as one place and goes to {_host(found[0].href)}",
            "Let its words be the address itself, or plain words.",
            shortened(found[0].text),
        )


def link_unsafe(mail: Mail) -> Iterator[Remark]:
    """Find a link that reads https and goes to http (HTTPS_HTTP_MISMATCH)."""
    for link in mail.page.links:
        if link.text.lower().startswith("https://") and link.href.lower().startswith("http://"):
            yield Remark("a link reads https and goes to http", "Link to the https address.", shortened(link.href))
            return


def links_many(mail: Mail) -> Iterator[Remark]:
    """Find more links than a letter has."""
    count = len({link.href for link in mail.page.links})
    if count > _MANY:
        yield Remark(f"the mail has {count} links", "Keep the one or two that the reader will open.")


def _is_elsewhere(link: Link) -> bool:
    if not (_ADDRESS.fullmatch(link.text) and link.href.lower().startswith(("http://", "https://"))):
        return False
    named, target = _host(link.text), _host(link.href)
    # A name in other letters is written in two ways (RFC 3492), which only a table could hold against each other.
    is_comparable = named.isascii() and target.isascii() and "xn--" not in named + target
    return is_comparable and not (_is_within(named, target) or _is_within(target, named))


def _is_within(one: str, other: str) -> bool:
    return f".{one}".endswith(f".{other}")


def _host(address: str) -> str:
    """Return a URL's host without `www.`; "" when it has none."""
    whole = address if "://" in address else f"http://{address}"
    try:
        return (urlsplit(whole).hostname or "").removeprefix("www.")
    except ValueError:
        return ""
