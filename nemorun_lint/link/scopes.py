"""Scopes of one module: which names each function, class and comprehension binds, and where."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from typing import Union

from nemorun_lint.ir import nodes as ir

ScopeOwner = Union[ir.FunctionDef, ir.ClassDef, ir.Lambda, ir.Comprehension, None]


class BindingKind(Enum):
    """How a name gets its value."""

    IMPORT = "import"
    DEFINITION = "definition"
    VALUE = "value"
    PARAMETER = "parameter"
    OTHER = "other"


@dataclass(frozen=True)
class Binding:
    """One place that binds a name.

    `node` is the Import, ImportFrom, definition, assigned value or parameter; `alias` goes with imports.
    `fallback` tells that the place runs only when another one failed or is seen by type checkers alone.
    `conditional` tells that the place may not run.
    """

    kind: BindingKind
    node: ir.Node
    alias: ir.Alias | None = None
    fallback: bool = False
    conditional: bool = False


@dataclass(eq=False)
class Scope:
    """A scope with the bindings of its names; `owner` is None for the module."""

    owner: ScopeOwner
    parent: Scope | None
    block: tuple[ir.Statement, ...] = ()
    may_have_walrus: bool = True
    outer_names: frozenset[str] = field(default=frozenset())
    global_names: frozenset[str] = field(default=frozenset())

    @cached_property
    def bindings(self) -> dict[str, list[Binding]]:
        """Bindings by name, in source order."""
        found: dict[str, list[Binding]] = {}
        for name, binding in _bindings_of(self):
            found.setdefault(name, []).append(binding)
        return found

    @cached_property
    def set_by_functions(self) -> frozenset[str]:
        """The names that inner functions bind: those that they declare as `global` or `nonlocal`."""
        if self.is_class:
            return frozenset()
        return frozenset(_declared_names(self.block, is_global=self.is_module))

    @property
    def is_class(self) -> bool:
        """Whether it is the scope of a class body."""
        return isinstance(self.owner, ir.ClassDef)

    @property
    def is_module(self) -> bool:
        """Whether it is the module's own scope."""
        return self.parent is None

    @property
    def module(self) -> Scope:
        """The scope of the module."""
        scope = self
        while scope.parent is not None:
            scope = scope.parent
        return scope

    def lookup(self, name: str) -> tuple[Scope, list[Binding]] | None:
        """Return the scope that binds `name` for code in this scope, with the bindings; None for builtins."""
        scope: Scope | None = self
        while scope is not None:
            visible = scope is self or not scope.is_class
            if visible and name in scope.global_names:
                scope = scope.module
            if visible and name not in scope.outer_names and name in scope.bindings:
                return scope, scope.bindings[name]
            scope = scope.parent
        return None


def module_scope(body: tuple[ir.Statement, ...], *, may_have_walrus: bool = True) -> Scope:
    """Return the scope of a module with the given statements."""
    return Scope(None, None, body, may_have_walrus)


def child_scope(owner: ScopeOwner, parent: Scope) -> Scope:
    """Return the scope that `owner` opens inside `parent`."""
    if isinstance(owner, (ir.FunctionDef, ir.ClassDef)):
        declared = [s for s in _statements(owner.body) if isinstance(s, ir.ScopeNames)]
        outer = frozenset(name for s in declared for name in s.names)
        globals_ = frozenset(name for s in declared if s.is_global for name in s.names)
        return Scope(owner, parent, owner.body, parent.may_have_walrus, outer, globals_)
    return Scope(owner, parent, (), parent.may_have_walrus)


def _statements(block: tuple[ir.Statement, ...]) -> Iterator[ir.Statement]:
    """Yield the statements of a block and of the blocks inside it, definitions not entered."""
    for statement in block:
        yield statement
        for _, inner in inner_blocks(statement):
            yield from _statements(inner)


def _declared_names(block: tuple[ir.Statement, ...], *, is_global: bool) -> Iterator[str]:
    for statement in _statements(block):
        if isinstance(statement, (ir.FunctionDef, ir.ClassDef)):
            yield from _declared_names(statement.body, is_global=is_global)
        elif isinstance(statement, ir.ScopeNames) and statement.is_global is is_global:
            yield from statement.names


def inner_blocks(statement: ir.Statement) -> Iterator[tuple[str, tuple[ir.Statement, ...]]]:
    """Yield the blocks inside a compound statement, with their part ("body", "orelse", "handler", "final", "case")."""
    match statement:
        case ir.If() | ir.For() | ir.While():
            yield "body", statement.body
            yield "orelse", statement.orelse
        case ir.With():
            yield "body", statement.body
        case ir.Try():
            yield "body", statement.body
            for handler in statement.handlers:
                yield "handler", handler.body
            yield "orelse", statement.orelse
            yield "final", statement.finalbody
        case ir.Match():
            for case_ in statement.cases:
                yield "case", case_.body


def _bindings_of(scope: Scope) -> Iterator[tuple[str, Binding]]:
    owner = scope.owner
    if isinstance(owner, (ir.FunctionDef, ir.Lambda)):
        for parameter in owner.parameters:
            yield parameter.name, Binding(BindingKind.PARAMETER, parameter)
    if isinstance(owner, ir.Lambda):
        yield from _walrus_names(owner.body)
    elif isinstance(owner, ir.Comprehension):
        for generator in owner.generators:
            yield from _target_names(generator.target)
    else:
        yield from _block_bindings(scope.block, fallback=False, conditional=False)
        if scope.may_have_walrus:
            yield from _block_walrus_names(scope.block)


def _block_bindings(
    block: tuple[ir.Statement, ...], *, fallback: bool, conditional: bool
) -> Iterator[tuple[str, Binding]]:
    for statement in block:
        for name, binding in _statement_bindings(statement):
            yield name, Binding(binding.kind, binding.node, binding.alias, fallback, conditional)
        for part, inner in inner_blocks(statement):
            yield from _block_bindings(
                inner,
                fallback=fallback or part == "handler" or _is_type_checking(statement, part),
                conditional=conditional or _may_not_run(statement, part),
            )


def _may_not_run(statement: ir.Statement, part: str) -> bool:
    return not (isinstance(statement, (ir.With, ir.Try)) and part != "handler")


def _is_type_checking(statement: ir.Statement, part: str) -> bool:
    if not isinstance(statement, ir.If) or part != "body":
        return False
    test = statement.test
    name = test.name if isinstance(test, (ir.Name, ir.Attribute)) else ""
    return name == "TYPE_CHECKING"


def _statement_bindings(statement: ir.Statement) -> Iterator[tuple[str, Binding]]:
    match statement:
        case ir.Import():
            for alias in statement.names:
                yield alias.asname or alias.name.partition(".")[0], Binding(BindingKind.IMPORT, statement, alias)
        case ir.ImportFrom():
            for alias in statement.names:
                yield alias.asname or alias.name, Binding(BindingKind.IMPORT, statement, alias)
        case ir.FunctionDef() | ir.ClassDef():
            yield statement.name, Binding(BindingKind.DEFINITION, statement)
        case ir.Assign():
            for target in statement.targets:
                yield from _target_names(target, statement.value)
        case ir.AnnotatedAssign():
            # A bare annotation makes the name local all the same.
            if statement.value is None and isinstance(statement.target, ir.Name):
                yield statement.target.name, Binding(BindingKind.OTHER, statement)
            else:
                yield from _target_names(statement.target, statement.value)
        case ir.AugmentedAssign():
            yield from _target_names(statement.target)
        case ir.For():
            yield from _target_names(statement.target)
        case ir.With():
            for item in statement.items:
                if item.target is not None:
                    yield from _target_names(item.target)
        case ir.Try():
            for handler in statement.handlers:
                if handler.name is not None:
                    yield handler.name, Binding(BindingKind.OTHER, handler)
        case ir.Match():
            for case_ in statement.cases:
                yield from _pattern_names(case_.pattern)
        case ir.TypeAlias():
            yield statement.name, Binding(BindingKind.OTHER, statement)
        case ir.Delete():
            for target in statement.targets:
                yield from _target_names(target)


def _block_walrus_names(block: tuple[ir.Statement, ...]) -> Iterator[tuple[str, Binding]]:
    for statement in _statements(block):
        for expression in _expressions(statement):
            for name, binding in _walrus_names(expression):
                yield name, Binding(binding.kind, binding.node, conditional=True)


def _target_names(target: ir.Expr, value: ir.Expr | None = None) -> Iterator[tuple[str, Binding]]:
    match target:
        case ir.Name():
            kind = BindingKind.VALUE if value is not None else BindingKind.OTHER
            yield target.name, Binding(kind, value if value is not None else target)
        case ir.Sequence():
            for element in target.elements:
                yield from _target_names(element)
        case ir.Starred():
            yield from _target_names(target.value)


def _pattern_names(pattern: ir.Pattern) -> Iterator[tuple[str, Binding]]:
    for name in pattern.names:
        yield name, Binding(BindingKind.OTHER, pattern)
    for inner in pattern.patterns:
        yield from _pattern_names(inner)


def _expressions(statement: ir.Statement) -> Iterator[ir.Expr]:
    """Yield the expressions of a statement that can hold a walrus."""
    match statement:
        case ir.Assign() | ir.AugmentedAssign() | ir.ExpressionStatement():
            yield statement.value
        case ir.AnnotatedAssign() | ir.Return():
            if statement.value is not None:
                yield statement.value
        case ir.If() | ir.While() | ir.Assert():
            yield statement.test
        case ir.For():
            yield statement.iterable
        case ir.Match():
            yield statement.subject
        case ir.With():
            for item in statement.items:
                yield item.context


def _walrus_names(expression: ir.Expr) -> Iterator[tuple[str, Binding]]:
    stack: list[ir.Node] = [expression]
    while stack:
        node = stack.pop()
        if isinstance(node, ir.Walrus):
            yield from _target_names(node.target, node.value)
        if isinstance(node, ir.Lambda):
            continue
        stack.extend(_parts(node))


def _parts(node: ir.Node) -> Iterator[ir.Node]:
    for name in node.__struct_fields__[2:]:
        value = getattr(node, name)
        if isinstance(value, ir.Node):
            yield value
        elif isinstance(value, tuple):
            yield from (part for part in value if isinstance(part, ir.Node))
