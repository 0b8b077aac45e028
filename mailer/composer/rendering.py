"""Render templates in Jinja2's sandbox; the home of jinja2.

Takes a template's text and the names it may use, gives the rendered text. Values of the record come out as literal
tokens (`literals`), so that Markdown cannot misread them. Every failure is a TemplateFault with its file and line.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from jinja2 import TemplateError, TemplateSyntaxError, Undefined, nodes, pass_context
from jinja2.exceptions import SecurityError
from jinja2.sandbox import SandboxedEnvironment
from jinja2.visitor import NodeTransformer

from mailer.composer.phrases import FILTERS
from mailer.composer.substitution import printed
from mailer.errors import TemplateFault

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from jinja2 import Template
    from jinja2.runtime import Context

    from mailer.composer.literals import Literals
    from mailer.composer.templates import Source

__all__ = ["parsed", "render"]

#: The filters of Jinja2 that a sentence can need. Left out are those that build a text of any size, and `random`, which
#: would give a note another fingerprint each time.
_KEPT_FILTERS = (
    *("abs", "capitalize", "count", "d", "default", "first", "int", "last", "length", "list", "lower", "map", "max"),
    *("min", "reject", "rejectattr", "reverse", "round", "select", "selectattr", "sort", "string", "sum", "title"),
    *("trim", "truncate", "unique", "upper", "wordcount"),
)
#: Methods of a text that build one of any size.
_PADDING = frozenset(
    {"center", "expandtabs", "format", "format_map", "join", "ljust", "replace", "rjust", "translate", "zfill"}
)
_MAX_TEXT = 100_000  # characters of one value, and of a whole rendering
_MAX_STEPS = 20_000  # rounds of all loops, and calls, in one rendering
_FILE_NAME = "<mail template>"
# Names with a space in them: no template can write them.
_STEPS, _LITERALS, _LOCALE, _MEASURED = " steps", " literals", " locale", " measured"

#: What an expression of a template can raise by itself.
_RAISED = (ArithmeticError, AttributeError, LookupError, MemoryError, RecursionError, TypeError, ValueError)


def render(source: Source, names: Mapping[str, Any], literals: Literals | None, locale: str = "") -> str:
    """Return the rendered text; values become tokens of `literals`, or stand as they are when it is None.

    Raises TemplateFault for a syntax error, a name that does not exist, a value that is not recorded, what the sandbox
    forbids, and a template that runs away.
    """
    try:
        template = _compiled(source.text)
        hidden = {_STEPS: _Steps(), _LITERALS: literals, _LOCALE: locale}
        return "".join(_bounded_chunks(template.generate({**names, **hidden})))
    except TemplateSyntaxError as exc:
        raise TemplateFault(_sentence(exc), path=source.path, line=source.line(exc.lineno)) from exc
    except (TemplateError, *_RAISED) as exc:
        raise TemplateFault(_sentence(exc), path=source.path, line=source.line(_line(exc))) from exc


def _sentence(exc: Exception) -> str:
    if isinstance(exc, RecursionError):
        return "it calls itself without end; take the macro or the loop apart"
    return f"{exc.message if isinstance(exc, TemplateError) else exc}".strip() or type(exc).__name__


def _line(exc: Exception) -> int:
    """Return the template's line that raised: Jinja2 has put its lines into the traceback."""
    line, trace = 0, exc.__traceback__
    while trace:
        if trace.tb_frame.f_code.co_filename == _FILE_NAME:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def _bounded_chunks(chunks: Iterable[str]) -> Iterator[str]:
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > _MAX_TEXT:
            raise SecurityError(f"it writes more than {_MAX_TEXT:,} characters; make the loop smaller")
        yield chunk


class _Missing(Undefined):
    """A name that does not exist: a fault whatever is done with it, and the nearest name there is."""

    @property
    def _undefined_message(self) -> str:
        from difflib import get_close_matches

        name = str(self._undefined_name)
        is_field = hasattr(self._undefined_obj, "_shown")
        known = [n for n in vars(self._undefined_obj) if n[0] != "_"] if is_field else list(_NAMES)
        nearest = get_close_matches(name, known, 1)
        hint = f"did you mean “{nearest[0]}”?" if nearest else f"there are: {', '.join(known)}"
        return f"there is no name “{name}” here; {hint}"

    def _fail(self, *_: object) -> Any:
        self._fail_with_undefined_error()

    __iter__ = __str__ = __len__ = __bool__ = __eq__ = __ne__ = __hash__ = __contains__ = _fail


_NAMES = ("greeting", "person", "company", "role", "heard", "gift", "me", "interview")


class _Steps:
    """Counts what one rendering does."""

    def __init__(self) -> None:
        self.left = _MAX_STEPS

    def take(self, count: int) -> None:
        self.left -= count
        if self.left < 0:
            raise SecurityError(f"it runs away: more than {_MAX_STEPS:,} steps; make the loop smaller")


@pass_context
def _counted(context: Context, values: Any) -> list[Any]:
    """Give a loop its values, each taken from the steps that are left."""
    known = list(values)
    context[_STEPS].take(len(known) + 1)
    return known


def _measured(value: Any) -> Any:
    if hasattr(value, "__len__") and len(value) > _MAX_TEXT:
        raise SecurityError(f"a value of more than {_MAX_TEXT:,} characters is refused; shorten it")
    return value


@pass_context
def _finalized(context: Context, value: Any) -> str:
    """Turn a printed value to text; a name that does not exist fails here."""
    return str(value) if isinstance(value, Undefined) else printed(value, context[_LITERALS], context[_LOCALE])


class _Bounds(NodeTransformer):
    """Puts every loop and every `~` of a template under the bounds."""

    def visit_For(self, node: nodes.For) -> nodes.Node:  # noqa: N802  # Jinja2's naming
        node.iter = nodes.Filter(node.iter, _STEPS, [], [], None, None, lineno=node.lineno)
        return self.generic_visit(node)

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:  # noqa: N802
        return nodes.Filter(self.generic_visit(node), _MEASURED, [], [], None, None, lineno=node.lineno)


class _Environment(SandboxedEnvironment):
    """Jinja2's sandbox with sizes and steps bounded, and with nothing that changes from run to run."""

    intercepted_binops = frozenset({"+", "*", "**", "%"})

    def __init__(self) -> None:
        super().__init__(undefined=_Missing, finalize=_finalized, trim_blocks=True, lstrip_blocks=True)
        self.filters = {name: self.filters[name] for name in _KEPT_FILTERS} | dict(FILTERS)
        self.filters |= {_STEPS: _counted, _MEASURED: _measured}
        self.globals = {name: self.globals[name] for name in ("range", "namespace")}

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree: nodes.Template = _Bounds().visit(super()._parse(source, name, filename))
        return tree

    def call(self, context: Context, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        context[_STEPS].take(1)
        return _measured(super().call(context, obj, *args, **kwargs))

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        if operator == "%" and isinstance(left, str):
            raise SecurityError("“%” formats no text here; write {{ … }} where the value belongs")
        if operator == "**" and (abs(left) > _MAX_TEXT or abs(right) > 64):
            raise SecurityError("so large a power is refused; write the number")
        if operator == "*" and _product_size(left, right) > _MAX_TEXT:
            raise SecurityError(f"a value of more than {_MAX_TEXT:,} characters is refused; shorten it")
        return _measured(super().call_binop(context, operator, left, right))

    def wrap_str_format(self, value: Any) -> None:  # noqa: ARG002  # so that `is_safe_attribute` refuses str.format
        return None

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        return super().is_safe_attribute(obj, attr, value) and not (isinstance(obj, str) and attr in _PADDING)


def _product_size(left: Any, right: Any) -> int:
    """Return how long `left * right` would be; 0 when neither is a sequence."""
    sizes = [len(side) for side in (left, right) if hasattr(side, "__len__")]
    times = [side for side in (left, right) if isinstance(side, int)]
    return max(sizes, default=0) * max(times, default=0)


@functools.cache
def _environment() -> _Environment:
    return _Environment()


def parsed(text: str) -> nodes.Template:
    """Return Jinja2's reading of a template, without the bounds; raises TemplateSyntaxError."""
    return SandboxedEnvironment._parse(_environment(), text, None, None)  # noqa: SLF001  # the tree before our additions


@functools.lru_cache(maxsize=512)
def _compiled(text: str) -> Template:
    """Compile a template once in a process."""
    environment = _environment()
    code = environment.compile(text, filename=_FILE_NAME)
    return environment.template_class.from_code(environment, code, environment.make_globals(None))
