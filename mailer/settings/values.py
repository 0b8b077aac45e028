"""Read the words of one setting: text in, typed value out, ValueError with what was expected instead.

An error's text follows the value in a sentence (`“70000” is no port; expected ...`) and never repeats it.
"""

from __future__ import annotations

import unicodedata
from datetime import date, timedelta
from pathlib import Path

from mailer.model import Auth, Mailbox, Rate, Secret, Security
from mailer.workdays import Holidays

__all__ = [
    "account_name",
    "auth",
    "command",
    "duration",
    "folder",
    "has_password",
    "holidays",
    "host",
    "line",
    "mailbox",
    "mailbox_text",
    "outbox",
    "port",
    "rate",
    "secret",
    "security",
    "system_timezone",
    "timezone",
    "weekend",
    "yes_no",
]

#: RFC 5321 4.5.3.1, octets.
MAX_LOCAL_PART = 64
MAX_DOMAIN = 255
MAX_LABEL = 63

SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
LONGEST_S = 366 * 86400

PERIODS_S = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}
MOST_A_PERIOD = 1_000_000

#: Characters that would turn the words around on a screen (Unicode's bidirectional overrides and isolates).
TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")

#: RFC 5322 3.2.3 `specials` that part a list or a comment from a name; the dot is in many names, (she/her) in some.
PARTING = frozenset('<>@,;:\\"[]')
ATEXT_MARKS = frozenset("!#$%&'*+-/=?^_`{|}~.")
HOST_MARKS = frozenset("-_")


def line(text: str) -> str:
    """Read one line of any script, without control characters."""
    for character in text:
        if character in TURNING or unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"}:
            raise ValueError(f"has the control character U+{ord(character):04X}; expected one plain line")
    return text.strip()


def secret(text: str) -> Secret:
    """Read a password as it stands, spaces and all; it holds no NUL (RFC 4616 2)."""
    if "\0" in text:
        raise ValueError("has a NUL in it; expected the password alone")
    return Secret(text)


def mailbox(text: str) -> Mailbox:
    """Read `Ada Example <ada@example.com>` or a bare address. Source: RFC 5322 3.4, RFC 6532."""
    text = line(text)
    if not text.endswith(">"):
        return Mailbox("", _address(text))
    name, opening, address = text[:-1].rpartition("<")
    if not opening:
        raise ValueError("has “>” without “<”; expected Name <name@example.com>")
    return Mailbox(_display_name(name.strip()), _address(address.strip()))


def mailbox_text(mailbox: Mailbox) -> str:
    """Write a name and address so that `mailbox` reads them back."""
    name = mailbox.name
    if not PARTING.isdisjoint(name):
        name = '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return f"{name} <{mailbox.address}>".lstrip()


def _display_name(name: str) -> str:
    if len(name) > 1 and name[0] == name[-1] == '"':
        return _unquoted(name[1:-1])
    if not PARTING.isdisjoint(name):
        raise ValueError('has a mark in its name that needs quotes; expected "Example, Ada" <name@example.com>')
    return name


def _unquoted(inner: str) -> str:
    """Take the backslashes out of a quoted-string's inside (RFC 5322 3.2.4)."""
    characters = iter(inner)
    plain = []
    for character in characters:
        if character == '"':
            raise ValueError('has a quote inside the name; expected it as \\"')
        plain.append(next(characters, "\\") if character == "\\" else character)
    return "".join(plain).strip()


def _address(text: str) -> str:
    local, at, domain = text.rpartition("@")
    if not at or not local or not domain:
        raise ValueError("is no mail address; expected Name <name@example.com>")
    if not _is_dot_atom(local) or len(local.encode()) > MAX_LOCAL_PART:
        raise ValueError("has no proper name before the @; expected Name <name@example.com>")
    if not _is_host_name(domain):
        raise ValueError("has no proper domain after the @; expected Name <name@example.com>")
    return f"{local}@{domain}"


def _is_dot_atom(text: str) -> bool:
    """Tell whether this is a `dot-atom-text` (RFC 5322 3.2.3) with the letters of RFC 6531 3.3."""
    right = all(c in ATEXT_MARKS or c.isalnum() or unicodedata.category(c)[0] in "LMN" for c in text)
    return right and all(text.split("."))


def _is_host_name(text: str) -> bool:
    labels = text.split(".")
    return len(text.encode()) <= MAX_DOMAIN and all(
        0 < len(label) <= MAX_LABEL
        and label[0] != "-"
        and label[-1] != "-"
        and all(c in HOST_MARKS or unicodedata.category(c)[0] in "LMN" for c in label)
        for label in labels
    )


def host(text: str) -> str:
    """Read a host name or an IP address; gives it in lower case, ASCII (IDNA), without the final dot."""
    bare = line(text).lower().removesuffix(".")
    if "://" in bare or "/" in bare:
        raise ValueError("is a URL; expected a host name such as smtp.example.com")
    if bare.count(":") == 1:
        raise ValueError("names a port too; expected the host alone, the port belongs to MAILER_SMTP_PORT")
    if ":" in bare:
        return _ip6(bare.removeprefix("[").removesuffix("]"))
    if not _is_host_name(bare):
        raise ValueError("is no host name; expected one such as smtp.example.com")
    return bare if bare.isascii() else _a_label(bare)


def _ip6(text: str) -> str:
    import ipaddress

    try:
        return str(ipaddress.IPv6Address(text))
    except ValueError:
        raise ValueError("is no IPv6 address; expected a host name such as smtp.example.com") from None


def _a_label(name: str) -> str:
    import idna

    try:
        return idna.encode(name, uts46=True).decode("ascii")
    except idna.IDNAError:
        raise ValueError("is no host name (IDNA); expected one such as smtp.example.com") from None


def port(text: str) -> int:
    """Read a TCP port."""
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:6]) <= 65535):
        raise ValueError("is no port; expected a whole number from 1 to 65535")
    return int(text)


def security(text: str) -> Security:
    """Read how the connection is protected."""
    try:
        return Security(text.lower())
    except ValueError:
        raise ValueError("is no kind of protection; expected tls, starttls or (this machine only) none") from None


def auth(text: str) -> Auth:
    """Read how the user signs in."""
    if text.lower() == "oauth2":
        raise ValueError(
            "is a browser sign-in, which this version cannot do yet; expected password (an app password) or none"
        )
    try:
        return Auth(text.lower())
    except ValueError:
        raise ValueError("is no way to sign in; expected password or (this machine only) none") from None


def command(text: str) -> tuple[str, ...]:
    """Read a command and its arguments, quoted as in a POSIX shell; no shell ever sees them."""
    import shlex

    try:
        words = tuple(shlex.split(line(text)))
    except ValueError as exc:
        raise ValueError(f"cannot be parted into words ({exc}); expected such as: pass show mail/ada") from None
    if not words:
        raise ValueError("is no command; expected such as: pass show mail/ada")
    return words


def folder(text: str) -> Path:
    """Read a path, ~ expanded; a relative one is below the folder of whoever wrote it."""
    try:
        return Path(line(text)).expanduser()
    except RuntimeError:
        raise ValueError("names the home of a user who has none; expected a path") from None


def outbox(text: str) -> Path | Secret:
    """Read where the outbox is: a path as `folder` reads it, or the URL of a PostgreSQL, which may hold a password."""
    if "://" not in text:
        if text.lower().startswith(
            ("postgres:", "postgresql:")
        ):  # may hold a password, so it is no name of a file to be shown
            raise ValueError("is neither a file nor a postgresql:// URL")
        return folder(text)
    from mailer.database import address

    url = line(text)
    address.read(url)
    return Secret(url)


def has_password(url: str) -> bool:
    """Tell whether the URL of an outbox holds a password; one that does not read is refused elsewhere."""
    from mailer.database import address

    try:
        return bool(address.read(url).secrets)
    except ValueError:
        return False


def duration(text: str) -> timedelta:
    """Read `90s`, `12h` or `1h30m`: days d, hours h, minutes m, seconds s; above zero, a year at most."""
    total_s = 0
    digits = ""
    for character in text.replace(" ", ""):
        if character.isascii() and character.isdigit() and len(digits) < 9:
            digits += character
        elif digits and character in SECONDS:
            total_s += int(digits) * SECONDS[character]
            digits = ""
        else:
            raise ValueError("is no length of time; expected such as 60s, 15m, 12h or 2d")
    if digits or not 0 < total_s <= LONGEST_S:
        raise ValueError("is no length of time up to a year, with its unit; expected such as 60s, 15m, 12h or 2d")
    return timedelta(seconds=total_s)


def rate(text: str) -> tuple[Rate, ...]:
    """Read `20/minute`, or several parted by commas, of which all hold; `none` is no limit."""
    if text.strip().lower() == "none":
        return ()
    return tuple(_rate(part) for part in text.split(","))


def _rate(text: str) -> Rate:
    count, _, period = text.replace(" ", "").lower().partition("/")
    if not (count.isascii() and count.isdigit() and 0 < int(count[:9]) <= MOST_A_PERIOD and period in PERIODS_S):
        raise ValueError(
            "is no rate; expected a number and second, minute, hour or day, such as 20/minute or 20/minute, 400/day,"
            " or none"
        )
    return Rate(int(count), PERIODS_S[period])


def account_name(text: str) -> str:
    """Read the name of an account; it is a file's name too, on systems that tell capitals apart and on others."""
    name = line(text)
    marks = name.replace("-", "").replace("_", "")
    if not (marks.isascii() and marks.isalnum() and name == name.lower() and name[0].isalnum() and len(name) <= 40):
        raise ValueError("is no name of an account; expected up to 40 small letters, digits, - and _, such as work")
    return name


def yes_no(text: str) -> bool:
    """Read `yes` or `no`, in any case."""
    try:
        return {"yes": True, "no": False}[text.strip().lower()]
    except KeyError:
        raise ValueError("is neither; expected yes or no") from None


def weekend(text: str) -> frozenset[int]:
    """Read days of the week, `fri, sat`, as numbers (Monday is 0); not all seven."""
    names = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    numbers = {short: number for number, name in enumerate(names) for short in (name, name[:3])}
    words = line(text).lower().replace(",", " ").split()
    if not words or not set(words) <= set(numbers):
        raise ValueError("is no list of days; expected such as: fri, sat")
    days = frozenset(numbers[word] for word in words)
    if len(days) == len(names):
        raise ValueError("leaves no day to work; expected such as: sat, sun")
    return days


def holidays(text: str) -> Holidays:
    """Read dates and regions (ISO 3166), `2026-12-24, US, DE-BY`; which regions there are is found out when asked."""
    dates: set[date] = set()
    regions: dict[str, None] = {}
    for item in filter(None, map(str.strip, line(text).split(","))):
        country, _, part = item.partition("-")
        if item[:1].isdigit():
            dates.add(_date(item))
        elif country.isalpha() and item.isascii() and 2 <= len(country) <= 3 and len(part) <= 10:
            regions[item.upper()] = None
        else:
            raise ValueError("has a part that is no date and no region; expected such as: 2026-12-24, US, DE-BY")
    return Holidays(frozenset(dates), tuple(regions))


def _date(text: str) -> date:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.isoformat() != text:  # ISO 8601 has other forms
        raise ValueError("has a date that does not exist; expected such as 2026-12-24")
    return found


def timezone(text: str) -> str:
    """Read an IANA zone that this machine knows."""
    import zoneinfo

    name = line(text)
    try:
        zoneinfo.ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # unknown; a path or such; a folder of zones
        from difflib import get_close_matches

        near = get_close_matches(name.replace(" ", "_"), sorted(zoneinfo.available_timezones()), n=1, cutoff=0.5)
        hint = f"; did you mean {near[0]}?" if near else ""
        raise ValueError(f"is no time zone; expected an IANA name such as Europe/Berlin{hint}") from None
    return name


def system_timezone(tz: str, localtime: Path = Path("/etc/localtime")) -> str:
    """Name this machine's zone: what `tz` (the variable TZ) says, else where `localtime` leads, else UTC."""
    if tz:
        try:
            return timezone(tz.removeprefix(":"))
        except ValueError:
            return "UTC"
    try:
        return str(localtime.readlink()).partition("zoneinfo/")[2] or "UTC"
    except OSError:  # absent, a copy rather than a link, or Windows
        return "UTC"
