"""Put a note into the theme, its styles inlined as premailer would inline them.

Takes the note's tree, its subject and language, gives a whole document. premailer runs once for each document shape and
not once for each note: what it did is kept as a record, made of the shell (the document around the note) and of the
style for each path of elements. That is sound because

- the tree is written in the form in which lxml would write it again (`hypertext`), so nothing but styles changes;
- the theme's selectors are types, classes, ids, descendants and children, so an element's path alone decides its style;
- subject, language and direction stand where they cannot meet a selector.

A theme that does not keep to this goes through premailer with every note. The record of the built-in theme ships beside
it; `prepare` writes it.
"""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING, Any

from mailer.composer import hypertext, identity, store
from mailer.composer.hypertext import Styles
from mailer.composer.nodes import Element
from mailer.composer.page import Page
from mailer.composer.templates import BUILT_IN, Templates

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mailer.composer.nodes import Nodes

__all__ = ["SHIPPED", "dressed", "plain", "shipped_record"]

#: The record of the built-in theme.
SHIPPED = BUILT_IN / "theme" / "plain.record.json"
_LIBRARIES = ("premailer", "cssutils", "cssselect", "lxml")
_PIECES = ("lang", "dir", "subject", "content")

_STYLE_BLOCK = re.compile(r"<style([^>]*)>(.*?)</style>", re.DOTALL | re.IGNORECASE)
_CSS_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_SELECTORS = re.compile(r"([^{}]+)\{[^{}]*\}")
_NOT_BY_PATH = re.compile(r"[\[+~*:@\\]")
_TYPE = re.compile(r"[a-zA-Z][a-zA-Z0-9]*")


def dressed(nodes: Nodes, subject: str, language: str, templates: Templates) -> str:
    """Return the whole HTML document, byte for byte as `plain` gives it.

    Raises TemplateFault for a theme that does not render, or that would fetch anything (`@import`, `<link>`).
    """
    page = Page(templates, subject, language)
    record = _record(page)
    if record is None:
        return _by_premailer(page, nodes)
    try:
        return record.document(page, nodes)
    except KeyError:
        record.learn(page, nodes)
        return record.document(page, nodes)


def plain(nodes: Nodes, subject: str, language: str, templates: Templates) -> str:
    """Return the document by running premailer on it: the slow way, and the oracle of the fast one."""
    return _by_premailer(Page(templates, subject, language), nodes)


def _by_premailer(page: Page, nodes: Nodes) -> str:
    from mailer.composer.inlining import inlined

    page.refuse_reaching_out()
    return inlined(page.document(hypertext.write(nodes)))


class Record:
    """What premailer does to one theme: the shell in pieces (text, name, text, …) and the style of each path.

    `ancestors` are the tags that count in a path, None for all.
    """

    def __init__(
        self, shell: list[str], styles: dict[str, str], ancestors: list[str] | None, path: Path | None
    ) -> None:
        self._shell = shell
        self._by_path = styles
        self._ancestors = ancestors
        self._styles = Styles(styles, None if ancestors is None else frozenset(ancestors))
        self._path = path

    def document(self, page: Page, nodes: Nodes) -> str:
        """Return the shell with a note's HTML and the page's values in it; raises KeyError for an unknown path."""
        values = {**page.values, "content": hypertext.write(nodes, self._styles)}
        return "".join(values[piece] if at % 2 else piece for at, piece in enumerate(self._shell))

    def learn(self, page: Page, nodes: Nodes) -> None:
        """Run premailer on a note with elements not met before, and keep their styles."""
        from mailer.composer.inlining import marked, styles_by_path

        document = page.document(marked(hypertext.write(nodes)))
        self._by_path.update(styles_by_path(document, nodes, self._styles))
        if self._path:
            store.write(self._path, self.stored())

    def stored(self) -> dict[str, Any]:
        """Return the record as a file holds it."""
        return {"shell": self._shell, "ancestors": self._ancestors, "styles": dict(sorted(self._by_path.items()))}


_records: dict[tuple[str, Path | None], Record | None] = {}


def _record(page: Page) -> Record | None:
    """Return the theme's record from this process, the package, the cache or premailer; None when it can have none."""
    key = _key(page.html.text, page.css.text)
    if (key, page.cache) not in _records:
        page.refuse_reaching_out()
        _records[key, page.cache] = _found(key, page) if _is_recordable(page) else None
    return _records[key, page.cache]


@functools.lru_cache(maxsize=64)
def _key(html: str, css: str) -> str:
    """Return the hash of all that a record depends on: the theme and the programs that inline it."""
    from hashlib import sha256

    return sha256(f"{identity.versions(*_LIBRARIES)}\0{html}\0{css}".encode()).hexdigest()


def _found(key: str, page: Page) -> Record:
    path = page.cache / "themes" / f"{key[:32]}.json" if page.cache else None
    shipped = store.read(SHIPPED)
    if _is_sound(shipped) and shipped.get("key") == key:
        return Record(shipped["shell"], shipped["styles"], shipped["ancestors"], path)
    stored = store.read(path) if path else None
    if stored and _is_sound(stored):
        return Record(stored["shell"], stored["styles"], stored["ancestors"], path)
    return Record(_shell(page), {}, _ancestors(page), path)


def _is_sound(stored: Any) -> bool:
    """Tell whether a stored value has the form of a record."""
    match stored:
        case {"shell": list() as shell, "styles": dict() as styles, "ancestors": None | list() as ancestors}:
            texts = [*shell, *styles.values(), *(ancestors or [])]
            names = shell[1::2]
            return all(isinstance(text, str) for text in texts) and sorted(names) == sorted({*names} & {*_PIECES})
        case _:
            return False


def _is_recordable(page: Page) -> bool:
    """Tell whether an element's path alone decides its style, and the page uses its names in their plain places."""
    html = page.html.text
    subject_is_title = html.count("{{ subject }}") == html.count("<title>{{ subject }}</title>") == 1
    has_one_note = html.count("{{ content }}") == 1
    by_path = not any(_NOT_BY_PATH.search(selectors) for selectors in _selectors(page))
    return page.uses_plain_names and subject_is_title and has_one_note and by_path


def _selectors(page: Page) -> Iterator[str]:
    """Yield the text before each `{` of the style blocks that premailer reads; an at-rule counts as one."""
    for attributes, css in _STYLE_BLOCK.findall(page.html.text.replace("{{ css }}", page.css.text)):
        if "data-premailer" not in attributes and "media" not in attributes:
            bare = _CSS_COMMENT.sub(" ", css)
            yield from _SELECTORS.findall(bare)
            yield "@" if "@" in bare else ""


def _ancestors(page: Page) -> list[str] | None:
    """Return the tags that descendant selectors ask of an ancestor; None when one asks for a parent, so all count."""
    selectors = [s for group in _selectors(page) for s in group.split(",")]
    if any(">" in selector for selector in selectors):
        return None
    compounds = [compound for selector in selectors for compound in selector.split()[:-1]]
    return sorted({match[0].lower() for compound in compounds if (match := _TYPE.match(compound))})


def _shell(page: Page) -> list[str]:
    """Run premailer on a document that holds a mark for each value, and cut it at the marks."""
    from mailer.composer.inlining import inlined

    marks = {name: f"qjx{name}xjq" for name in _PIECES}
    content = marks.pop("content")
    document = inlined(page.document(f"<p>{content}</p>", **marks))
    return re.split("qjx([a-z]+)xjq", re.sub(f"<p[^>]*>{content}</p>", content, document))


def shipped_record() -> dict[str, Any]:
    """Return the record of the built-in theme, computed anew, with every element that Markdown yields in it."""
    page = Page(Templates(), "", "en")
    record = Record(_shell(page), {}, _ancestors(page), None)
    record.learn(page, tuple(_every_element(depth=4)))
    return {"key": _key(page.html.text, page.css.text), "made_with": identity.versions(*_LIBRARIES), **record.stored()}


def _every_element(depth: int) -> Iterator[Element]:
    inline = (*(Element(tag, ("x",)) for tag in ("em", "strong", "code", "a")), Element("br"))
    yield Element("pre", (Element("code", ("x",)),))
    yield Element("hr")
    for tag in ("p", "h1", "h2", "h3", "h4", "h5", "h6"):
        yield Element(tag, inline)
    if depth:
        inner = tuple(_every_element(depth - 1))
        yield Element("blockquote", inner)
        yield Element("ul", (Element("li", inline + inner),))
        yield Element("ol", (Element("li", inline + inner),))
