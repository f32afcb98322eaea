"""One walk over a module: its calls and definitions, each with the scope that it stands in."""

from __future__ import annotations

from dataclasses import dataclass, field

from nemorun_lint.ir import nodes as ir
from nemorun_lint.link.names import Program
from nemorun_lint.link.scopes import Scope


@dataclass
class Index:
    """What later stages look for in a module, in source order."""

    calls: list[tuple[ir.Call, Scope]] = field(default_factory=list)
    functions: list[tuple[ir.FunctionDef, Scope]] = field(default_factory=list)
    classes: list[tuple[ir.ClassDef, Scope]] = field(default_factory=list)
    lambdas: list[tuple[ir.Lambda, Scope]] = field(default_factory=list)


def index_of(program: Program, body: tuple[ir.Statement, ...], scope: Scope) -> Index:
    """Return the index of a module with the statements `body` and the scope `scope`."""
    walker = _Walker(program)
    walker.many(body, scope)
    return walker.index


class _Walker:
    def __init__(self, program: Program) -> None:
        self.index = Index()
        self._program = program

    def many(self, values: tuple[ir.Node | None, ...], scope: Scope) -> None:
        for value in values:
            if value is not None:
                self.visit(value, scope)

    def visit(self, node: ir.Node, scope: Scope) -> None:
        kind = type(node)
        if kind is ir.Name or kind is ir.Constant:
            return
        if kind is ir.Call:
            self.index.calls.append((node, scope))  # type: ignore[arg-type]
        elif isinstance(node, ir.FunctionDef):
            self._function(node, scope)
            return
        elif isinstance(node, ir.ClassDef):
            self._class(node, scope)
            return
        elif isinstance(node, ir.Lambda):
            self.index.lambdas.append((node, scope))
            self._parameters(node.parameters, scope)
            self.visit(node.body, self._program.inner_scope(node, scope))
            return
        elif isinstance(node, ir.Comprehension):
            self._comprehension(node, scope)
            return
        self._parts(node, scope)

    def _parts(self, node: ir.Node, scope: Scope) -> None:
        for name in node.__struct_fields__:
            value = getattr(node, name)
            if isinstance(value, ir.Node):
                self.visit(value, scope)
            elif value.__class__ is tuple:
                for part in value:
                    if isinstance(part, ir.Node):
                        self.visit(part, scope)

    def _parameters(self, parameters: tuple[ir.Parameter, ...], scope: Scope) -> None:
        for parameter in parameters:
            self.many((parameter.annotation, parameter.default), scope)

    def _function(self, node: ir.FunctionDef, scope: Scope) -> None:
        self.index.functions.append((node, scope))
        self.many(node.decorators, scope)
        self._parameters(node.parameters, scope)
        if node.returns is not None:
            self.visit(node.returns, scope)
        self.many(node.body, self._program.inner_scope(node, scope))

    def _class(self, node: ir.ClassDef, scope: Scope) -> None:
        self.index.classes.append((node, scope))
        self.many(node.decorators, scope)
        self.many(node.arguments, scope)
        self.many(node.body, self._program.inner_scope(node, scope))

    def _comprehension(self, node: ir.Comprehension, scope: Scope) -> None:
        inner = self._program.inner_scope(node, scope)
        self.visit(node.generators[0].iterable, scope)
        for position, generator in enumerate(node.generators):
            if position:
                self.visit(generator.iterable, inner)
            self.many((generator.target, *generator.conditions), inner)
        self.many((node.element, node.value), inner)
