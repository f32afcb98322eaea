"""Lower the statements of a libcst tree."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import libcst as cst

from nemorun_lint.ir import nodes
from nemorun_lint.ir.literals import identifier
from nemorun_lint.ir.lower_expressions import argument, expression, optional, parameters
from nemorun_lint.ir.lower_patterns import pattern
from nemorun_lint.syntax.positions import Positions

Statement = nodes.Statement
Block = tuple[Statement, ...]

_AUGMENTED: dict[type, str] = {
    cst.AddAssign: "+", cst.SubtractAssign: "-", cst.MultiplyAssign: "*", cst.DivideAssign: "/",
    cst.FloorDivideAssign: "//", cst.ModuloAssign: "%", cst.PowerAssign: "**", cst.LeftShiftAssign: "<<",
    cst.RightShiftAssign: ">>", cst.BitOrAssign: "|", cst.BitAndAssign: "&", cst.BitXorAssign: "^",
    cst.MatrixMultiplyAssign: "@",
}  # fmt: skip


def statements(items: Iterable[cst.CSTNode], at: Positions) -> Block:
    """Return the statements of lines and compound statements, in order."""
    result: list[Statement] = []
    for item in items:
        if type(item) is cst.SimpleStatementLine:
            for small in item.body:
                result.append(_STATEMENTS[type(small)](small, at))
        else:
            result.append(_STATEMENTS[type(item)](item, at))
    return tuple(result)


def _suite(suite: cst.BaseSuite, at: Positions) -> Block:
    """Return the statements of an indented block, or of the rest of a line behind a colon."""
    return statements(suite.body, at)


def _else(node: cst.Else | cst.Finally | None, at: Positions) -> Block:
    return () if node is None else statements(node.body.body, at)


def _expression(node: cst.Expr, at: Positions) -> Statement:
    return nodes.ExpressionStatement(*at.spans[id(node)], expression(node.value, at))


def _assign(node: cst.Assign, at: Positions) -> Statement:
    start, end = at.spans[id(node)]
    targets = tuple([expression(item.target, at) for item in node.targets])
    return nodes.Assign(start, end, targets, expression(node.value, at))


def _annotated_assign(node: cst.AnnAssign, at: Positions) -> Statement:
    start, end = at.spans[id(node)]
    target, annotation = expression(node.target, at), expression(node.annotation.annotation, at)
    return nodes.AnnotatedAssign(start, end, target, annotation, optional(node.value, at))


def _augmented_assign(node: cst.AugAssign, at: Positions) -> Statement:
    start, end = at.spans[id(node)]
    operator = _AUGMENTED[type(node.operator)]
    return nodes.AugmentedAssign(start, end, expression(node.target, at), operator, expression(node.value, at))


def _return(node: cst.Return, at: Positions) -> Statement:
    return nodes.Return(*at.spans[id(node)], optional(node.value, at))


def _if(node: cst.If, at: Positions) -> Statement:
    """Lower a chain of `elif` from its end, so that long ones need no deep recursion."""
    chain = [node]
    while isinstance(node.orelse, cst.If):
        node = node.orelse
        chain.append(node)
    orelse = _else(node.orelse, at) if isinstance(node.orelse, cst.Else) else ()
    for node in reversed(chain):
        start, end = at.spans[id(node)]
        orelse = (nodes.If(start, end, expression(node.test, at), _suite(node.body, at), orelse),)
    return orelse[0]


def _for(node: cst.For, at: Positions) -> Statement:
    start, end = at.spans[id(node)]
    target, iterable = expression(node.target, at), expression(node.iter, at)
    body, orelse = _suite(node.body, at), _else(node.orelse, at)
    return nodes.For(start, end, target, iterable, body, orelse, node.asynchronous is not None)


def _while(node: cst.While, at: Positions) -> Statement:
    start, end = at.spans[id(node)]
    return nodes.While(start, end, expression(node.test, at), _suite(node.body, at), _else(node.orelse, at))


def _with(node: cst.With, at: Positions) -> Statement:
    start, end = at.spans[id(node)]
    items = tuple([_with_item(item, at) for item in node.items])
    return nodes.With(start, end, items, _suite(node.body, at), node.asynchronous is not None)


def _with_item(node: cst.WithItem, at: Positions) -> nodes.WithItem:
    start, end = at.spans[id(node)]
    target = None if node.asname is None else expression(node.asname.name, at)
    return nodes.WithItem(start, end, expression(node.item, at), target)


def _try(node: cst.Try | cst.TryStar, at: Positions) -> Statement:
    start, end = at.spans[id(node)]
    body = _suite(node.body, at)
    handlers = tuple([_handler(item, at) for item in node.handlers])
    orelse, final = _else(node.orelse, at), _else(node.finalbody, at)
    return nodes.Try(start, end, body, handlers, orelse, final, isinstance(node, cst.TryStar))


def _handler(node: cst.ExceptHandler | cst.ExceptStarHandler, at: Positions) -> nodes.Handler:
    start, end = at.spans[id(node)]
    name = None if node.name is None else _dotted(node.name.name)
    return nodes.Handler(start, end, optional(node.type, at), name, _suite(node.body, at))


def _dotted(node: cst.CSTNode) -> str:
    """Return a name or a dotted name as text."""
    parts: list[str] = []
    while isinstance(node, cst.Attribute):
        parts.append(identifier(node.attr.value))
        node = node.value
    if isinstance(node, cst.Name):
        parts.append(identifier(node.value))
    return ".".join(reversed(parts))


def _raise(node: cst.Raise, at: Positions) -> Statement:
    start, end = at.spans[id(node)]
    cause = None if node.cause is None else expression(node.cause.item, at)
    return nodes.Raise(start, end, optional(node.exc, at), cause)


def _assert(node: cst.Assert, at: Positions) -> Statement:
    return nodes.Assert(*at.spans[id(node)], expression(node.test, at), optional(node.msg, at))


def _delete(node: cst.Del, at: Positions) -> Statement:
    """Lower `del`; a bare tuple is a list of targets."""
    start, end = at.spans[id(node)]
    target = expression(node.target, at)
    is_bare = isinstance(target, nodes.Sequence) and isinstance(node.target, cst.Tuple) and not node.target.lpar
    targets = target.elements if is_bare and isinstance(target, nodes.Sequence) else (target,)
    return nodes.Delete(start, end, targets)


def _match(node: cst.Match, at: Positions) -> Statement:
    start, end = at.spans[id(node)]
    return nodes.Match(start, end, expression(node.subject, at), tuple([_case(case, at) for case in node.cases]))


def _case(node: cst.MatchCase, at: Positions) -> nodes.Case:
    matched = pattern(node.pattern, at)
    end = at.spans[id(node)][1]
    return nodes.Case(matched.start, end, matched, optional(node.guard, at), _suite(node.body, at))


def _import(node: Any, at: Positions) -> Statement:
    start, end = at.spans[id(node)]
    return nodes.Import(start, end, tuple([_alias(item, at) for item in node.names]))


def _import_from(node: Any, at: Positions) -> Statement:
    start, end = at.spans[id(node)]
    module = "" if node.module is None else _dotted(node.module)
    if isinstance(node.names, cst.ImportStar):
        names: tuple[nodes.Alias, ...] = (nodes.Alias(end - 1, end, "*"),)
    else:
        names = tuple([_alias(item, at) for item in node.names])
    return nodes.ImportFrom(start, end, len(node.relative), module, names)


def _alias(node: cst.ImportAlias, at: Positions) -> nodes.Alias:
    start, end = at.spans[id(node)]
    asname = None if node.asname is None else _dotted(node.asname.name)
    return nodes.Alias(start, end, _dotted(node.name), asname)


def _function(node: cst.FunctionDef, at: Positions) -> Statement:
    start, end = at.spans[id(node)]
    return nodes.FunctionDef(
        start,
        end,
        identifier(node.name.value),
        at.spans[id(node.name)][0],
        parameters(node.params, at),
        None if node.returns is None else expression(node.returns.annotation, at),
        tuple([expression(item.decorator, at) for item in node.decorators]),
        _suite(node.body, at),
        node.asynchronous is not None,
        _type_parameters(node.type_parameters, at),
    )


def _class(node: cst.ClassDef, at: Positions) -> Statement:
    start, end = at.spans[id(node)]
    arguments = [argument(arg, at) for arg in (*node.bases, *node.keywords)]
    return nodes.ClassDef(
        start,
        end,
        identifier(node.name.value),
        at.spans[id(node.name)][0],
        tuple(arguments),
        tuple([expression(item.decorator, at) for item in node.decorators]),
        _suite(node.body, at),
        _type_parameters(node.type_parameters, at),
    )


def _type_parameters(node: cst.TypeParameters | None, at: Positions) -> tuple[nodes.TypeParameter, ...]:
    return () if node is None else tuple([_type_parameter(item, at) for item in node.params])


def _type_parameter(node: cst.TypeParam, at: Positions) -> nodes.TypeParameter:
    param = node.param
    start, end = at.spans[id(param)]
    bound = expression(param.bound, at) if isinstance(param, cst.TypeVar) and param.bound is not None else None
    default = optional(node.default, at)
    if node.default is not None and default is not None:
        end = at.outer_end(node.default)
        if node.star:
            default = nodes.Starred(at.before(node.default, "*"), end, default)
    stars = 1 if isinstance(param, cst.TypeVarTuple) else 2 if isinstance(param, cst.ParamSpec) else 0
    return nodes.TypeParameter(start, end, identifier(param.name.value), stars, bound, default)


def _scope(node: cst.Global | cst.Nonlocal, at: Positions) -> Statement:
    names = tuple([identifier(item.name.value) for item in node.names])
    return nodes.ScopeNames(*at.spans[id(node)], isinstance(node, cst.Global), names)


def _simple(node: cst.Pass | cst.Break | cst.Continue, at: Positions) -> Statement:
    return nodes.Simple(*at.spans[id(node)], type(node).__name__)


def _type_alias(node: cst.TypeAlias, at: Positions) -> Statement:
    start, end = at.spans[id(node)]
    type_parameters = _type_parameters(node.type_parameters, at)
    return nodes.TypeAlias(start, end, identifier(node.name.value), type_parameters, expression(node.value, at))


# Since libcst 1.9 (PEP 810).
_LAZY: dict[str, Callable[[Any, Positions], Statement]] = {"LazyImport": _import, "LazyImportFrom": _import_from}

_STATEMENTS: dict[type, Callable[[Any, Positions], Statement]] = {
    cst.Expr: _expression,
    cst.Assign: _assign,
    cst.AnnAssign: _annotated_assign,
    cst.AugAssign: _augmented_assign,
    cst.Return: _return,
    cst.If: _if,
    cst.For: _for,
    cst.While: _while,
    cst.With: _with,
    cst.Try: _try,
    cst.TryStar: _try,
    cst.Raise: _raise,
    cst.Assert: _assert,
    cst.Del: _delete,
    cst.Match: _match,
    cst.Import: _import,
    cst.ImportFrom: _import_from,
    **{getattr(cst, name): lower for name, lower in _LAZY.items() if hasattr(cst, name)},
    cst.FunctionDef: _function,
    cst.ClassDef: _class,
    cst.Global: _scope,
    cst.Nonlocal: _scope,
    cst.Pass: _simple,
    cst.Break: _simple,
    cst.Continue: _simple,
    cst.TypeAlias: _type_alias,
}
