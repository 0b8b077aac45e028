"""Judge the links of a mail.

Rules: bad-link, link-tracking.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailer.checks.case import Remark
from mailer.checks.words import links

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mailer.checks.case import Case

__all__ = ["bad_link", "clean_url", "host_of", "link_tracking"]

#: Services that hide where a link goes; a firm's own short path is none.
SHORTENERS = frozenset(
    """
    bit.ly tinyurl.com t.co goo.gl ow.ly is.gd buff.ly rebrand.ly lnkd.in cutt.ly rb.gy shorturl.at tiny.cc bl.ink t.ly
    v.gd soo.gd adf.ly amzn.to fb.me dlvr.it trib.al wp.me hubs.ly qr.ae tr.im kutt.it clck.ru s.id x.co u.to bitly.com
    shorte.st j.mp snip.ly tny.im urlz.fr short.io dub.sh l.facebook.com lm.facebook.com out.reddit.com
    urldefense.com urldefense.proofpoint.com
    """.split()
)
_WRAPPERS = (".safelinks.protection.outlook.com", ".list-manage.com", ".sendgrid.net")
_TRACKING = frozenset(
    """
    fbclid gclid dclid gbraid wbraid msclkid yclid twclid ttclid igshid mc_cid mc_eid _hsenc _hsmi mkt_tok vero_id
    li_fat_id oly_enc_id oly_anon_id wickedid s_cid gad_source trk trkcampaign ref_src icid cmpid srsltid
    """.split()
)
#: Endings that make a bare word a host; `Node.js` and `costs.pdf` are none.
_DOMAINS = frozenset(
    """
    com org net edu gov mil int io co ai app dev info biz me eu uk de fr at ch nl be es it pt pl se no dk fi ie us ca au
    nz jp cn in br mx za kr example test
    """.split()
)


def host_of(url: str) -> str:
    """Return the host of a URL in lower case, without user info and port; of an address its domain."""
    rest = url.partition("://")[2]
    authority = rest.replace("\\", "/").partition("/")[0].partition("?")[0].partition("#")[0]
    host = authority.rpartition("@")[2].lower()
    return host.partition("]")[0] + "]" if host.startswith("[") else host.partition(":")[0].rstrip(".")


def clean_url(url: str) -> str:
    """Return the URL without its tracking parameters; everything else stays as it is."""
    whole, hash_mark, fragment = url.partition("#")
    before, _, query = whole.partition("?")
    parameters = query.split("&")
    kept = [parameter for parameter in parameters if not _is_tracking(parameter.partition("=")[0].lower())]
    if len(kept) == len(parameters):
        return url
    return before + ("?" + "&".join(kept) if kept else "") + hash_mark + fragment


def _is_tracking(name: str) -> bool:
    return name.startswith("utm_") or name in _TRACKING


def link_tracking(case: Case) -> Iterator[Remark]:
    """Ask whether tracking parameters may go, and show the clean link."""
    for url in dict.fromkeys(links(case.text)):
        clean = clean_url(url)
        if clean != url:
            yield Remark("The link carries tracking.", f"Use {clean} instead.", url)


def bad_link(case: Case) -> Iterator[Remark]:
    """Stop links that are unsafe, private, hidden behind a shortener, or not what their text shows."""
    for url in dict.fromkeys(links(case.text)):
        problem = _problem(url)
        if problem:
            yield Remark(f"{url} {problem}.", "Use the full https address of the page itself.", url, _line(case, url))
    for path in _file_paths(case.text):
        yield Remark(f"{path} is a place on your machine.", "Attach the file, or link a public page.", path)
    for shown, target in _disguised(case.composition.html):
        yield Remark(
            f"The link shows {shown} and leads to {host_of(target) or target}.",
            "Let the text of a link show where it leads.",
            shown,
        )


def _line(case: Case, url: str) -> int:
    """Return the line of the recorded link, 0 when the link stands in the text only."""
    gift = next((gift for gift in case.note.gifts if gift.url == url), None)
    if gift is None or (case.note.source is not None and url in case.note.source):
        return 0
    return case.key_line("gift.url") if gift is case.note.reader.gift else gift.line


def _problem(url: str) -> str:
    """Return what is wrong with a URL as the rest of a sentence, "" when nothing is."""
    scheme, host = url.partition("://")[0].lower(), host_of(url)
    name = host.removeprefix("www.")
    problems = (
        (scheme == "file", "is a place on your machine"),
        (scheme != "https", "is not https"),
        ("@" in url.partition("://")[2].replace("\\", "/").partition("/")[0], "holds a user name before its host"),
        (host == "localhost" or host.endswith((".localhost", ".local")), "is your own machine"),
        (host.startswith("[") or _is_number(host), "shows a number instead of a host"),
        ("." not in host, "is no host that others can reach"),
        (name in SHORTENERS or host.endswith(_WRAPPERS), "hides where it leads"),
    )
    return next((problem for is_so, problem in problems if is_so), "")


def _is_number(host: str) -> bool:
    """Tell whether a host is an IPv4 address, in dots or as one number (decimal or 0x)."""
    return bool(host) and all(part.isdigit() or part.startswith("0x") for part in host.split("."))


def _file_paths(text: str) -> list[str]:
    """Return words that name a file on a machine: a drive letter, a server's share, `file:/`."""
    if "\\" not in text and "file:" not in text:
        return []
    tokens = (token.strip("(<[\"'“.,;") for token in text.split() if "://" not in token)
    return [t for t in tokens if t[1:3] == ":\\" or t.startswith(("\\\\", "file:/"))]


def _disguised(html: str) -> Iterator[tuple[str, str]]:
    """Yield shown text and target of the anchors whose text is a host or an address other than their target's."""
    for anchor in html.split("<a ")[1:]:
        tag, _, rest = anchor.partition(">")
        target = _unescaped(tag.partition('href="')[2].partition('"')[0])
        shown = _unescaped(_without_tags(rest.partition("</a>")[0])).strip()
        if target and _shown_place(shown) and _shown_place(shown) != _place(target):
            yield shown, target


def _without_tags(html: str) -> str:
    first, *rest = html.split("<")
    return first + "".join(part.partition(">")[2] for part in rest)


def _unescaped(html: str) -> str:
    """Return the text of HTML that this program wrote: it escapes these characters and no other."""
    for entity, character in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&#39;", "'"), ("&amp;", "&")):
        html = html.replace(entity, character)
    return html


def _place(target: str) -> str:
    """Return where a target leads: its host without `www.`, or the address of a mailto."""
    if target.lower().startswith("mailto:"):
        return target[7:].partition("?")[0].lower()
    return host_of(target).removeprefix("www.")


def _shown_place(shown: str) -> str:
    """Return the host or address that a link's text shows, "" when it shows words."""
    if not shown or any(map(str.isspace, shown)):
        return ""
    if "://" in shown:
        return host_of(shown).removeprefix("www.")
    if "@" in shown:
        return shown.lower()
    host = host_of(f"https://{shown}")
    is_host = "." in host and host.rpartition(".")[2] in _DOMAINS and (host == shown.partition("/")[0])
    return host.removeprefix("www.") if is_host or shown.startswith("www.") else ""
