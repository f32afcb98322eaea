"""What can be wrong with an application as a whole: one class a mistake, taken by rules."""

from __future__ import annotations

from dataclasses import dataclass

from nemorun_lint.ir import nodes as ir
from nemorun_lint.link.applications import Application
from nemorun_lint.link.bodies import Result


@dataclass(frozen=True, eq=False)
class Finding:
    """Something about an application, with a place: 0-based offsets in code points."""

    application: Application
    start: int
    end: int


@dataclass(frozen=True, eq=False)
class DecoratorOrder(Finding):
    """Two decorators in the wrong order: `upper` stands directly or somewhere above `lower`.

    `why` says what happens.
    """

    upper: ir.Expr
    lower: ir.Expr
    name: str
    why: str
    can_swap: bool


class UndecoratedWrapper(Finding):
    """The converter is applied to a wrapper that hides the function."""


@dataclass(frozen=True, eq=False)
class NotConvertible(Finding):
    """The converter is applied to something that it cannot convert."""

    what: str
    raises: str


class RedundantAutoconvert(Finding):
    """The function gives a run.Config without the decorator."""


class AttributeTarget(Finding):
    """An attribute target that crashes the transformer."""


class DottedPattern(Finding):
    """A dotted name in a pattern of `match`: the rewritten function does not compile."""


class DedentedSource(Finding):
    """The source of the function does not parse once it is dedented."""


class DedentedString(Finding):
    """A string loses spaces when the source of the function is dedented."""


@dataclass(frozen=True, eq=False)
class BadReturn(Finding):
    """A return whose value cannot be made into a Config, or is made into the wrong one."""

    result: Result
    type_name: str
