"""What an expression of a program can refer to, once names are resolved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Union

from nemorun_lint.ir import nodes as ir
from nemorun_lint.link.scopes import Scope

if TYPE_CHECKING:
    from nemorun_lint.link.modules import Module


@dataclass(frozen=True)
class ApiSymbol:
    """A name of NeMo-Run or Fiddle (or a module of theirs), by its one spelling; see `known`."""

    name: str


@dataclass(frozen=True)
class ModuleSymbol:
    """A module of the checked project or its environment."""

    name: str


@dataclass(frozen=True, eq=False)
class FunctionSymbol:
    """A function; `owner` is the class that it is a method of, `scope` the one that it is defined in."""

    module: Module
    definition: ir.FunctionDef
    scope: Scope
    owner: ClassSymbol | None = None

    @property
    def name(self) -> str:
        """The function's name, behind that of its class."""
        return f"{self.owner.name}.{self.definition.name}" if self.owner else self.definition.name

    @property
    def qualified(self) -> str:
        """Module and name, with dots."""
        return f"{self.module.name}.{self.name}"


@dataclass(frozen=True, eq=False)
class ClassSymbol:
    """A class; `scope` is the one that it is defined in."""

    module: Module
    definition: ir.ClassDef
    scope: Scope

    @property
    def name(self) -> str:
        """The class's name."""
        return self.definition.name

    @property
    def qualified(self) -> str:
        """Module and name, with dots."""
        return f"{self.module.name}.{self.name}"


@dataclass(frozen=True)
class BuiltinSymbol:
    """A name of Python's `builtins`."""

    name: str


@dataclass(frozen=True, eq=False)
class ValueSymbol:
    """A name bound to the value of an expression, at module or class level or once in a function."""

    module: Module
    scope: Scope
    name: str
    value: ir.Expr


@dataclass(frozen=True, eq=False)
class InstanceSymbol:
    """A name that a stub declares to hold an instance of a class."""

    symbol: ClassSymbol
    name: str


@dataclass(frozen=True, eq=False)
class ParameterSymbol:
    """A parameter of a function."""

    module: Module
    scope: Scope
    parameter: ir.Parameter


@dataclass(frozen=True)
class UnknownSymbol:
    """Nothing that can be known, with the reason."""

    reason: str
    name: str = ""


Symbol = Union[
    ApiSymbol,
    ModuleSymbol,
    FunctionSymbol,
    ClassSymbol,
    BuiltinSymbol,
    ValueSymbol,
    InstanceSymbol,
    ParameterSymbol,
    UnknownSymbol,
]


def same_symbol(one: Symbol, other: Symbol) -> bool:
    """Whether two symbols are the same thing."""
    if isinstance(one, (ApiSymbol, ModuleSymbol, BuiltinSymbol)):
        return one == other
    return one is other
