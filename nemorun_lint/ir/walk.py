"""Walk the lowered tree in the order in which Python's `ast` walks its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from nemorun_lint.ir import nodes
from nemorun_lint.ir.nodes import Node


def children(node: Node) -> Iterator[Node]:
    """Yield the direct children of `node` in `ast` field order.

    A dict gives all keys, then all values; a call its function, positional arguments (starred ones too), then
    keywords. Functions and lambdas yield parameters and defaults as the `arguments` of `ast` do (positional-only,
    positional, `*args`, keyword-only, defaults of these, `**kwargs`, other defaults), so a `Parameter` itself
    yields its annotation alone.
    """
    return iter(_CHILDREN[type(node)](node))


def walk(node: Node) -> Iterator[Node]:
    """Yield `node` and all nodes below it, parents first, in the order of `children`."""
    pending = [node]
    while pending:
        node = pending.pop()
        yield node
        pending += [*_CHILDREN[type(node)](node)][::-1]


def construct(node: Node) -> str:
    """Return the name of the class in `ast` that `node` stands for.

    A plain positional argument has none and is "Argument"; the interpolation of a template string is called
    "FormattedValue" like that of an f-string.
    """
    name = _CONSTRUCTS[type(node)]
    return name if isinstance(name, str) else name(node)


def _present(*items: Any) -> list[Node]:
    return [item for item in items if item is not None]


def _arguments(items: tuple[nodes.Argument, ...]) -> list[Node]:
    """Return positional arguments before keywords, `**` among these."""
    keywords: list[Node] = []
    result: list[Node] = []
    for item in items:
        (result if item.keyword is None and item.stars < 2 else keywords).append(item)
    return result + keywords


def _parameters(items: tuple[nodes.Parameter, ...]) -> list[Node]:
    defaults: list[Node] = []
    keyword_defaults: list[Node] = []
    result: list[Node] = []
    last: list[Node] = []
    for item in items:
        (last if item.kind == "var-keyword" else result).append(item)
        if item.default is not None:
            (keyword_defaults if item.kind == "keyword-only" else defaults).append(item.default)
    return result + keyword_defaults + last + defaults


def _function(node: nodes.FunctionDef) -> Iterable[Node]:
    parameters = _parameters(node.parameters)
    return [*parameters, *node.body, *node.decorators, *_present(node.returns), *node.type_parameters]


def _nothing(_: Node) -> Iterable[Node]:
    return ()


_Children = Callable[[Any], Iterable[Node]]

_CHILDREN: dict[type[Node], _Children] = {
    nodes.Name: _nothing,
    nodes.Attribute: lambda n: (n.value,),
    nodes.Argument: lambda n: (n.value,),
    nodes.Call: lambda n: [n.function, *_arguments(n.arguments)],
    nodes.Constant: _nothing,
    nodes.Sequence: lambda n: n.elements,
    nodes.Mapping: lambda n: [*_present(*n.keys), *n.values],
    nodes.BinaryOperation: lambda n: (n.left, n.right),
    nodes.UnaryOperation: lambda n: (n.operand,),
    nodes.BooleanOperation: lambda n: n.values,
    nodes.Comparison: lambda n: (n.left, *n.comparators),
    nodes.Conditional: lambda n: (n.test, n.body, n.orelse),
    nodes.Generator: lambda n: (n.target, n.iterable, *n.conditions),
    nodes.Comprehension: lambda n: [*_present(n.element, n.value), *n.generators],
    nodes.Parameter: lambda n: _present(n.annotation),
    nodes.Lambda: lambda n: [*_parameters(n.parameters), n.body],
    nodes.Interpolation: lambda n: _present(n.value, n.format),
    nodes.FormattedString: lambda n: n.values,
    nodes.Subscript: lambda n: (n.value, n.index),
    nodes.Slice: lambda n: _present(n.lower, n.upper, n.step),
    nodes.Starred: lambda n: (n.value,),
    nodes.Walrus: lambda n: (n.target, n.value),
    nodes.Yield: lambda n: _present(n.value),
    nodes.Await: lambda n: (n.value,),
    nodes.Assign: lambda n: (*n.targets, n.value),
    nodes.AnnotatedAssign: lambda n: _present(n.target, n.annotation, n.value),
    nodes.AugmentedAssign: lambda n: (n.target, n.value),
    nodes.ExpressionStatement: lambda n: (n.value,),
    nodes.Return: lambda n: _present(n.value),
    nodes.If: lambda n: (n.test, *n.body, *n.orelse),
    nodes.For: lambda n: (n.target, n.iterable, *n.body, *n.orelse),
    nodes.While: lambda n: (n.test, *n.body, *n.orelse),
    nodes.WithItem: lambda n: _present(n.context, n.target),
    nodes.With: lambda n: (*n.items, *n.body),
    nodes.Handler: lambda n: [*_present(n.exception), *n.body],
    nodes.Try: lambda n: (*n.body, *n.handlers, *n.orelse, *n.finalbody),
    nodes.Raise: lambda n: _present(n.exception, n.cause),
    nodes.Assert: lambda n: _present(n.test, n.message),
    nodes.Delete: lambda n: n.targets,
    nodes.Pattern: lambda n: (*n.expressions, *n.patterns),
    nodes.Case: lambda n: [n.pattern, *_present(n.guard), *n.body],
    nodes.Match: lambda n: (n.subject, *n.cases),
    nodes.Alias: _nothing,
    nodes.Import: lambda n: n.names,
    nodes.ImportFrom: lambda n: n.names,
    nodes.TypeParameter: lambda n: _present(n.bound, n.default),
    nodes.FunctionDef: _function,
    nodes.ClassDef: lambda n: [*_arguments(n.arguments), *n.body, *n.decorators, *n.type_parameters],
    nodes.ScopeNames: _nothing,
    nodes.Simple: _nothing,
    nodes.TypeAlias: lambda n: [*n.type_parameters, n.value],
}


def _argument_construct(node: nodes.Argument) -> str:
    if node.keyword is not None or node.stars == 2:
        return "keyword"
    return "Starred" if node.stars else "Argument"


def _kind(node: Any) -> str:
    return str(node.kind)


_CONSTRUCTS: dict[type[Node], str | Callable[[Any], str]] = {
    **{kind: kind.__struct_config__.tag for kind in _CHILDREN},  # type: ignore[misc]
    nodes.Name: "Name",
    nodes.Attribute: "Attribute",
    nodes.Argument: _argument_construct,
    nodes.Call: "Call",
    nodes.Constant: "Constant",
    nodes.Sequence: _kind,
    nodes.Mapping: "Dict",
    nodes.BinaryOperation: "BinOp",
    nodes.UnaryOperation: "UnaryOp",
    nodes.BooleanOperation: "BoolOp",
    nodes.Comparison: "Compare",
    nodes.Conditional: "IfExp",
    nodes.Generator: "comprehension",
    nodes.Comprehension: _kind,
    nodes.Parameter: "arg",
    nodes.Lambda: "Lambda",
    nodes.Interpolation: "FormattedValue",
    nodes.FormattedString: lambda n: "TemplateStr" if n.is_template else "JoinedStr",
    nodes.Subscript: "Subscript",
    nodes.Slice: "Slice",
    nodes.Starred: "Starred",
    nodes.Walrus: "NamedExpr",
    nodes.Yield: lambda n: "YieldFrom" if n.is_from else "Yield",
    nodes.Await: "Await",
    nodes.For: lambda n: "AsyncFor" if n.is_async else "For",
    nodes.With: lambda n: "AsyncWith" if n.is_async else "With",
    nodes.WithItem: "withitem",
    nodes.Handler: "ExceptHandler",
    nodes.Try: lambda n: "TryStar" if n.is_star else "Try",
    nodes.Pattern: _kind,
    nodes.Case: "match_case",
    nodes.Alias: "alias",
    nodes.TypeParameter: lambda n: ("TypeVar", "TypeVarTuple", "ParamSpec")[n.stars],
    nodes.FunctionDef: lambda n: "AsyncFunctionDef" if n.is_async else "FunctionDef",
    nodes.ScopeNames: lambda n: "Global" if n.is_global else "Nonlocal",
    nodes.Simple: _kind,
}
