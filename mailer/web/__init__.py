"""Show and do everything on local pages in a browser; no rule lives here.

Takes a way to start the application, gives a `Server` on loopback that answers one browser: the one that was handed a
one-time link. A page's template is found by its URL: `/interviews/SLUG` is `pages/interviews/_slug.html.j2`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mailer.web.server import Server

__all__ = ["Server"]


def __getattr__(name: str) -> object:
    """Import the server when it is first asked for (PEP 562): only two commands pay for it."""
    if name != "Server":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from mailer.web.server import Server

    return Server
