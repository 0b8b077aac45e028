"""Translate a template into the program that `programs` runs, from Jinja2's own reading of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jinja2 import nodes

from mailer.composer.phrases import FILTERS
from mailer.composer.rendering import parsed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["translated"]


def translated(text: str) -> list[Any]:
    """Return the steps of a template; raises ValueError for one that does more than a program can say."""
    return list(_steps(parsed(text).body, is_top=True))


def _steps(body: Sequence[nodes.Node], *, is_top: bool = False) -> Iterator[Any]:
    for node in body:
        match node:
            case nodes.Output():
                yield from (_printed(one) for one in node.nodes)
            case nodes.If():
                yield _condition(node)
            case nodes.For(target=nodes.Name(name=name), else_=[], test=None, recursive=False):
                yield ["for", name, _value(node.iter), list(_steps(node.body))]
            case nodes.Assign(target=nodes.Name(name=name)) if is_top:
                yield ["set", name, _value(node.node)]
            case _:
                raise ValueError(f"no program has {node}")


def _printed(node: nodes.Expr) -> Any:
    return node.data if isinstance(node, nodes.TemplateData) else ["print", _value(node)]


def _condition(node: nodes.If) -> list[Any]:
    """Return an `if`; each `elif` becomes an `if` in the place of the `else` before it."""
    otherwise = list(_steps(node.else_))
    for other in reversed(node.elif_):
        otherwise = [["if", _value(other.test), list(_steps(other.body)), otherwise]]
    return ["if", _value(node.test), list(_steps(node.body)), otherwise]


def _value(node: nodes.Node) -> list[Any]:  # noqa: PLR0911  # one case for each kind
    match node:
        case nodes.Const(value=value):
            return ["const", value]
        case nodes.Name(name=name):
            return ["name", name]
        case nodes.Getattr(node=owner, attr=name):
            return ["field", _value(owner), name]
        case nodes.Getitem(node=owner, arg=at):
            return ["item", _value(owner), _value(at)]
        case nodes.List(items=items):
            return ["list", *map(_value, items)]
        case nodes.Filter(node=nodes.Expr() as inner, name=name, args=[], kwargs=[]) if name in FILTERS:
            return ["filter", name, _value(inner)]
        case nodes.And(left=left, right=right):
            return ["and", _value(left), _value(right)]
        case nodes.Or(left=left, right=right):
            return ["or", _value(left), _value(right)]
        case nodes.Not(node=inner):
            return ["not", _value(inner)]
        case _:
            raise ValueError(f"no program has {node}")
