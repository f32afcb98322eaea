"""Lower the patterns of `match` statements of a libcst tree."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import libcst as cst

from nemorun_lint.ir.literals import identifier
from nemorun_lint.ir.lower_expressions import expression
from nemorun_lint.ir.nodes import Pattern
from nemorun_lint.syntax.positions import Positions


def pattern(node: cst.CSTNode, at: Positions) -> Pattern:
    """Return `node` lowered; it must be a pattern."""
    return _PATTERNS[type(node)](node, at)


def _value(node: cst.MatchValue, at: Positions) -> Pattern:
    value = expression(node.value, at)
    return Pattern(value.start, value.end, "MatchValue", (value,))


def _singleton(node: cst.MatchSingleton, at: Positions) -> Pattern:
    value = expression(node.value, at)
    return Pattern(value.start, value.end, "MatchSingleton", (value,))


def _element(node: Any, at: Positions) -> Pattern:
    """Return one element of a sequence, of an alternative or of a class pattern."""
    if isinstance(node, cst.MatchStar):
        return _star(node, at)
    return pattern(node.pattern if isinstance(node, cst.MatchOrElement) else node.value, at)


def _star(node: cst.MatchStar, at: Positions) -> Pattern:
    first = at.first[id(node)]
    end = at.offsets[at.tokens.index("_", first)] + 1 if node.name is None else at.spans[id(node.name)][1]
    return Pattern(at.offsets[first], end, "MatchStar", (), (), _bound(node.name))


def _bound(name: cst.Name | None) -> tuple[str, ...]:
    """Return what a capture binds: `_` binds nothing."""
    return () if name is None or name.value == "_" else (identifier(name.value),)


def _sequence(node: cst.MatchList | cst.MatchTuple, at: Positions) -> Pattern:
    start, end = at.spans[id(node)]
    if node.lpar and not (isinstance(node, cst.MatchList) and node.lbracket is not None):
        start, end = at.before(node, "("), at.after(node, ")")
    return Pattern(start, end, "MatchSequence", (), tuple([_element(item, at) for item in node.patterns]))


def _mapping(node: cst.MatchMapping, at: Positions) -> Pattern:
    start, end = at.spans[id(node)]
    keys = tuple([expression(item.key, at) for item in node.elements])
    parts = tuple([pattern(item.pattern, at) for item in node.elements])
    return Pattern(start, end, "MatchMapping", keys, parts, _bound(node.rest))


def _class(node: cst.MatchClass, at: Positions) -> Pattern:
    start, end = at.spans[id(node)]
    parts = [_element(item, at) for item in node.patterns] + [pattern(item.pattern, at) for item in node.kwds]
    return Pattern(start, end, "MatchClass", (expression(node.cls, at),), tuple(parts))


def _as(node: cst.MatchAs, at: Positions) -> Pattern:
    start, end = at.spans[id(node)]
    parts = () if node.pattern is None else (pattern(node.pattern, at),)
    return Pattern(start, end, "MatchAs", (), parts, _bound(node.name))


def _or(node: cst.MatchOr, at: Positions) -> Pattern:
    start, end = at.spans[id(node)]
    return Pattern(start, end, "MatchOr", (), tuple([_element(item, at) for item in node.patterns]))


_PATTERNS: dict[type, Callable[[Any, Positions], Pattern]] = {
    cst.MatchValue: _value,
    cst.MatchSingleton: _singleton,
    cst.MatchList: _sequence,
    cst.MatchTuple: _sequence,
    cst.MatchMapping: _mapping,
    cst.MatchClass: _class,
    cst.MatchAs: _as,
    cst.MatchOr: _or,
}
