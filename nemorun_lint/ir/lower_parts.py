"""Lower the parts of comprehensions and subscripts, which `ast` places where libcst does not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import libcst as cst

from nemorun_lint.ir import nodes
from nemorun_lint.syntax.positions import Positions

Expr = nodes.Expr
Lower = Callable[[cst.CSTNode, Positions], Expr]


def with_parentheses(node: cst.CSTNode, at: Positions) -> tuple[int, int]:
    """Return the place of `node` with the innermost parentheses around it."""
    return at.before(node, "("), at.after(node, ")")


def generators(node: cst.CompFor | None, at: Positions, lower: Lower) -> tuple[nodes.Generator, ...]:
    """Return all `for` clauses of a comprehension."""
    result = []
    while node is not None:
        result.append(_generator(node, at, lower))
        node = node.inner_for_in
    return tuple(result)


def _generator(node: cst.CompFor, at: Positions, lower: Lower) -> nodes.Generator:
    target, iterable = lower(node.target, at), lower(node.iter, at)
    conditions = tuple([lower(item.test, at) for item in node.ifs])
    is_async = node.asynchronous is not None
    start = at.spans[id(node.asynchronous)][0] if is_async else at.before(node.target, "for")
    last = node.ifs[-1].test if node.ifs else node.iter
    return nodes.Generator(start, at.outer_end(last), target, iterable, conditions, is_async)


def index(items: Sequence[cst.SubscriptElement], at: Positions, lower: Lower) -> Expr:
    """Return the index of a subscript; a comma or a star makes it a tuple."""
    elements = tuple([_element(item, at, lower) for item in items])
    last = items[-1]
    has_comma = isinstance(last.comma, cst.Comma)
    if len(elements) == 1 and not has_comma and not isinstance(elements[0], nodes.Starred):
        return elements[0]
    end = at.after(last, ",") if has_comma else at.spans[id(last)][1]
    return nodes.Sequence(at.spans[id(items[0])][0], end, "Tuple", elements)


def _element(item: cst.SubscriptElement, at: Positions, lower: Lower) -> Expr:
    part: Any = item.slice
    if isinstance(part, cst.Slice):
        return _slice(item, part, at, lower)
    value = lower(part.value, at)
    return value if part.star is None else nodes.Starred(*at.spans[id(item)], value)


def _slice(item: cst.SubscriptElement, part: cst.Slice, at: Positions, lower: Lower) -> Expr:
    start, end = at.spans[id(item)]
    low, high, step = [None if bound is None else lower(bound, at) for bound in (part.lower, part.upper, part.step)]
    if low is None:
        start = at.offsets[at.tokens.index(":", at.first[id(item)])]
    if step is None and (high is None or isinstance(part.second_colon, cst.Colon)):
        end = at.offsets[at.index_before(at.last[id(item)], ":")] + 1
    return nodes.Slice(start, end, low, high, step)
