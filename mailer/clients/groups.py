"""Name the groups of mail programs that are told apart, and what support is.

Takes nothing, gives the table of groups and the words for an answer.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final, NamedTuple

__all__ = ["CLIENTS", "SEVERITY", "Client", "Support"]


class Support(StrEnum):
    """What a mail program makes of a feature; `unknown` means that nobody tested it."""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"
    UNKNOWN = "unknown"


#: From the best answer to the worst: of several programs in a group the worst speaks for it.
SEVERITY: Final = (Support.YES, Support.UNKNOWN, Support.PARTLY, Support.NO)


class Client(NamedTuple):
    """A group of mail programs; `platforms` are (family, platform, name) as caniemail keeps them."""

    id: str
    name: str
    platforms: tuple[tuple[str, str, str], ...]


#: In the order in which they are shown. Left out: Gmail in a telephone's browser, which hardly anybody uses; Windows
#: Mail, which ended in 2024; Outlook for the Mac, which is neither of the two. New Outlook for Windows is outlook.com
#: in a frame; the telephone apps read the same mailboxes. Thunderbird is one program on every system.
CLIENTS: Final = (
    Client(
        "gmail",
        "Gmail",
        (("gmail", "desktop-webmail", "web"), ("gmail", "ios", "iOS"), ("gmail", "android", "Android")),
    ),
    Client("outlook-classic", "Outlook classic (Windows)", (("outlook", "windows", "Windows"),)),
    Client(
        "outlook",
        "New Outlook and outlook.com",
        (("outlook", "outlook-com", "web"), ("outlook", "ios", "iOS"), ("outlook", "android", "Android")),
    ),
    Client("apple-mail", "Apple Mail", (("apple-mail", "macos", "macOS"), ("apple-mail", "ios", "iOS"))),
    Client(
        "yahoo",
        "Yahoo Mail",
        (("yahoo", "desktop-webmail", "web"), ("yahoo", "ios", "iOS"), ("yahoo", "android", "Android")),
    ),
    Client("thunderbird", "Thunderbird", (("thunderbird", "macos", "macOS"), ("thunderbird", "windows", "Windows"))),
    Client(
        "proton",
        "Proton Mail",
        (("protonmail", "desktop-webmail", "web"), ("protonmail", "ios", "iOS"), ("protonmail", "android", "Android")),
    ),
)
