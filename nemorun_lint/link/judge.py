"""What fiddle's transformer does with the syntax of an autoconvert function: which nodes it rejects, in its own order.

Follows `fiddle._src.experimental.auto_config._AutoConfigNodeTransformer` (fiddle 0.3): the callee of a call,
decorators and most assignment targets are not visited; a definition inside the function is rejected whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Union

from nemorun_lint.ir import nodes as ir
from nemorun_lint.ir.walk import children, construct

Converted = Union[ir.FunctionDef, ir.Lambda]

_ALWAYS_REJECTED = frozenset({"Try", "With", "Yield", "YieldFrom"})
_CONTROL_FLOW = frozenset({"For", "While", "If", "IfExp", "ListComp", "SetComp", "DictComp", "GeneratorExp", "Raise"})
_DEFINITIONS = (ir.FunctionDef, ir.ClassDef, ir.Lambda)
_PARAMETER_ORDER = ("positional-only", "positional", "var-positional", "keyword-only")


@dataclass(frozen=True)
class Offence:
    """A node that the transformer rejects.

    `construct` is its class name in `ast`, `first` marks the one that raises.
    """

    node: ir.Node
    construct: str
    first: bool


def judge_function(definition: Converted, *, allow_control_flow: bool = False) -> tuple[Offence, ...]:
    """Return all offences of a function or lambda, in the order in which the transformer meets them."""
    rejected = _ALWAYS_REJECTED if allow_control_flow else _ALWAYS_REJECTED | _CONTROL_FLOW
    found = list(_Visitor(rejected).function(definition))
    return tuple(Offence(node, name, position == 0) for position, (node, name) in enumerate(found))


def attribute_targets(definition: Converted) -> tuple[ir.Attribute, ...]:
    """Return the attributes in tuple targets or among several targets: they crash the transformer."""
    found: list[ir.Attribute] = []
    for statement in visited_statements(definition):
        if isinstance(statement, ir.Assign):
            found.extend(_crashing_targets(statement))
    return tuple(found)


def dotted_patterns(definition: Converted) -> tuple[ir.Attribute, ...]:
    """Return the dotted names in patterns: the transformer rewrites them, and then the function does not compile."""
    return tuple(
        expression
        for node in visited_nodes(definition)
        if isinstance(node, ir.Pattern)
        for expression in node.expressions
        if isinstance(expression, ir.Attribute)
    )


def visited_statements(definition: Converted) -> Iterator[ir.Statement]:
    """Yield the statements of a function that the transformer reaches, those inside blocks included."""
    if isinstance(definition, ir.FunctionDef):
        yield from _block_statements(definition.body)


def visited_nodes(definition: Converted) -> Iterator[ir.Node]:
    """Yield every node that the transformer visits, offences included, in its order."""
    yield from _Visitor(frozenset()).nodes(_parts_of(definition))


def _block_statements(nodes: Iterable[ir.Node]) -> Iterator[ir.Statement]:
    for node in nodes:
        if isinstance(node, (ir.FunctionDef, ir.ClassDef)):
            continue
        if isinstance(node, ir.Statement.__args__):  # type: ignore[attr-defined]
            yield node
            yield from _block_statements(children(node))
        elif isinstance(node, (ir.Handler, ir.Case)):
            yield from _block_statements(children(node))


def _crashing_targets(statement: ir.Assign) -> Iterator[ir.Attribute]:
    for target in statement.targets:
        if isinstance(target, ir.Attribute) and len(statement.targets) > 1:
            yield target
        elif isinstance(target, ir.Sequence):
            yield from (element for element in target.elements if isinstance(element, ir.Attribute))


def _parts_of(definition: Converted) -> Iterator[ir.Node]:
    """Yield what the transformer visits of a definition, in the order of the fields of `ast.arguments`."""
    yield from _parameter_parts(definition.parameters)
    if isinstance(definition, ir.Lambda):
        yield definition.body
        return
    yield from definition.body
    if definition.returns is not None:
        yield definition.returns
    yield from definition.type_parameters


def _parameter_parts(parameters: tuple[ir.Parameter, ...]) -> Iterator[ir.Node]:
    def annotations(kind: str) -> Iterator[ir.Node]:
        yield from (p.annotation for p in parameters if p.kind == kind and p.annotation is not None)

    def defaults(*kinds: str) -> Iterator[ir.Node]:
        yield from (p.default for p in parameters if p.kind in kinds and p.default is not None)

    for kind in _PARAMETER_ORDER:
        yield from annotations(kind)
    yield from defaults("keyword-only")
    yield from annotations("var-keyword")
    yield from defaults("positional-only", "positional")


class _Visitor:
    def __init__(self, rejected: frozenset[str]) -> None:
        self._rejected = rejected

    def function(self, definition: Converted) -> Iterator[tuple[ir.Node, str]]:
        if isinstance(definition, ir.FunctionDef) and definition.is_async:
            yield definition, construct(definition)
            return
        for node in self.nodes(_parts_of(definition)):
            if isinstance(node, _DEFINITIONS) or construct(node) in self._rejected:
                yield node, construct(node)

    def nodes(self, parts: Iterable[ir.Node]) -> Iterator[ir.Node]:
        stack = [iter(parts)]
        while stack:
            node = next(stack[-1], None)
            if node is None:
                stack.pop()
                continue
            yield node
            if not isinstance(node, _DEFINITIONS):
                stack.append(_visited_children(node))


def _visited_children(node: ir.Node) -> Iterator[ir.Node]:
    if isinstance(node, ir.Call):
        yield from (argument.value for argument in node.arguments if argument.keyword is None and argument.stars < 2)
        yield from (argument.value for argument in node.arguments if argument.keyword or argument.stars == 2)
    elif isinstance(node, ir.Assign):
        yield node.value
        for target in node.targets:
            yield from _visited_of_target(target)
    else:
        yield from children(node)


def _visited_of_target(target: ir.Expr) -> Iterator[ir.Node]:
    if isinstance(target, ir.Attribute):
        yield from _visited_of_attribute(target)
    elif isinstance(target, ir.Subscript):
        yield target.value
        yield target.index
    elif isinstance(target, ir.Sequence):
        for element in target.elements:
            if isinstance(element, ir.Attribute):
                yield from _visited_of_attribute(element)


def _visited_of_attribute(target: ir.Attribute) -> Iterator[ir.Node]:
    # `a.b.c = v`: of the object `a.b` only `a` is visited; the object `f(x)` of `f(x).c = v` is not.
    if isinstance(target.value, ir.Attribute):
        yield target.value.value
