"""The state of the interpreter in one body: names, what was found so far, and how to evaluate."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from nemorun_lint.ir import nodes as ir
from nemorun_lint.link.applications import Application, Converter, Dialect
from nemorun_lint.link.misuse import CallMisuse, ConfigMisuse, Misuse
from nemorun_lint.link.modules import Module
from nemorun_lint.link.names import Program
from nemorun_lint.link.scopes import Scope
from nemorun_lint.link.values import ConfigValue, ItemsValue, Names, Value


@dataclass(eq=False)
class Frame:
    """One body under interpretation.

    `unknown` collects why callees are unknown; `spent` the calls whose Config was misused, so that what would go
    wrong with them later does not matter any more, `escaped` those whose Config becomes a part of something;
    `escaped_parameters` are the parameters whose value does so.
    """

    program: Program
    application: Application
    scope: Scope
    evaluator: Callable[[Frame, ir.Expr], Value]
    names: Names = field(default_factory=Names)
    misuses: list[Misuse] = field(default_factory=list)
    returns: list[tuple[ir.Node, Value]] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    spent: set[int] = field(default_factory=set)
    escaped: set[int] = field(default_factory=set)
    parameters: dict[str, Value] = field(default_factory=dict)
    escaped_parameters: set[str] = field(default_factory=set)

    @property
    def module(self) -> Module:
        """The module of the body."""
        return self.application.module

    @property
    def converter(self) -> Converter:
        """The converter with its options."""
        return self.application.converter

    @property
    def is_fiddle(self) -> bool:
        """Whether fiddle's own auto_config does the conversion."""
        return self.converter.dialect is Dialect.FIDDLE

    def evaluate(self, expression: ir.Expr) -> Value:
        """Return what an expression of the body gives."""
        return self.evaluator(self, expression)

    def report(self, misuse: Misuse) -> None:
        """Note a mistake."""
        self.misuses.append(misuse)
        if isinstance(misuse, ConfigMisuse):
            self.spent.add(id(misuse.config.node))

    def report_call(self, kind: type[CallMisuse], node: ir.Node, *details: object) -> None:
        """Note a mistake about a callee."""
        self.report(kind(node, self.application, *details))  # type: ignore[arg-type]

    def report_config(self, kind: type[ConfigMisuse], node: ir.Node, value: Value, how: str, *details: object) -> bool:
        """Note a misuse of `value` where it is a Config or holds one directly; return whether it is."""
        config = first_config(value)
        if config is None:
            return False
        self.report(kind(node, self.application, config, how, *details))
        return True


def escape(frame: Frame, value: Value) -> Value:
    """Note that a value becomes a part of something else, or the result; return it."""
    if isinstance(value, ConfigValue):
        frame.escaped.add(id(value.node))
    elif isinstance(value, ItemsValue):
        for item in value.items or ():
            escape(frame, item)
    else:
        frame.escaped_parameters.update(name for name, held in frame.parameters.items() if held is value)
    return value


def consume(frame: Frame, node: ir.Expr, value: Value) -> None:
    """Note that a Config written at `node` ends there: what would go wrong with it later does not matter."""
    if isinstance(value, ConfigValue) and value.node is node:
        frame.spent.add(id(node))


def first_config(value: Value) -> ConfigValue | None:
    """Return the value itself if it is a Config, or the first Config inside a display."""
    if isinstance(value, ConfigValue):
        return value
    if isinstance(value, ItemsValue):
        for item in value.items or ():
            found = first_config(item)
            if found is not None:
                return found
    return None
