"""What an expression in the body of a converted function can be, in plain Python and after conversion."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Union

from nemorun_lint.ir import nodes as ir
from nemorun_lint.link.symbols import ClassSymbol, FunctionSymbol, Symbol


class _Missing(Enum):
    MISSING = "missing"


# Stands for a Python value that is not known; None is a value.
MISSING = _Missing.MISSING


class CalleeKind(Enum):
    """What is called, as far as conversion goes."""

    CLASS = "class"
    FUNCTION = "function"
    BUILDER = "builder"
    METHOD = "method"
    AUTOCONVERTED = "autoconverted"
    EXEMPT = "exempt"
    RUN_BUILDABLE = "run buildable"
    OTHER_BUILDABLE = "other buildable"
    PARTIAL = "partial"
    CONFIG = "config"
    CONFIG_METHOD = "method of a config"
    UNKNOWN = "unknown"


@dataclass(frozen=True, eq=False)
class Callee:
    """What a call calls.

    `name` is its spelling for messages, `qualified` the dotted origin of standard library callables (else ""),
    `receiver` the value that a method is bound to, `reason` why an unknown one is unknown.
    """

    kind: CalleeKind
    name: str
    symbol: Symbol | None = None
    qualified: str = ""
    receiver: Value | None = None
    reason: str = ""


@dataclass(frozen=True, eq=False)
class UnknownValue:
    """Anything."""

    reason: str = ""


@dataclass(frozen=True, eq=False)
class PlainValue:
    """A value that is no Config and holds none; `known` is the value itself where it is certain.

    `type_name` is the name of a builtin type, or "".
    """

    type_name: str = ""
    known: Any = MISSING


@dataclass(eq=False)
class ItemsValue:
    """A display: a list, tuple, set or dict (`type_name`) whose parts may be Configs; None where they are not known."""

    type_name: str
    items: list[Value] | None
    keys: list[Value] | None = None


@dataclass(frozen=True, eq=False)
class InstanceValue:
    """An instance of a class of the program that is not a Config."""

    symbol: ClassSymbol


@dataclass(frozen=True, eq=False)
class ReferenceValue:
    """A class, function, module or name of the API itself."""

    symbol: Symbol


@dataclass(eq=False)
class ConfigValue:
    """A Config or Partial that a call in the body gives.

    `explicit` ones were written as such (`run.Config(...)`) or come from a converted function; `target` is what
    gets configured. `keywords` (None where not known) and `positionals` are the arguments. `plain` is what the
    same call gives in plain Python where that is certain.
    """

    node: ir.Node
    callee: Callee
    target: Symbol | None
    keywords: dict[str, Value] | None
    positionals: list[Value] | None
    partial: bool = False
    explicit: bool = False
    plain: Any = MISSING

    @property
    def target_class(self) -> ClassSymbol | None:
        """The class that gets configured, where it is one of the program."""
        return self.target if isinstance(self.target, ClassSymbol) else None

    @property
    def target_function(self) -> FunctionSymbol | None:
        """The function that gets configured, where it is one of the program."""
        return self.target if isinstance(self.target, FunctionSymbol) else None


Value = Union[UnknownValue, PlainValue, ItemsValue, InstanceValue, ReferenceValue, ConfigValue]


@dataclass(eq=False)
class Names:
    """The local names of a body at one point, with what they hold."""

    held: dict[str, Value] = field(default_factory=dict)

    def copy(self) -> Names:
        """Return a copy that can change on its own."""
        return Names(dict(self.held))

    def join(self, others: list[Names]) -> list[Value]:
        """Keep what all of `others` hold alike; what they do not becomes unknown, and is returned."""
        lost: list[Value] = []
        names = {name for other in others for name in other.held}
        for name in names:
            values = [other.held.get(name) for other in others]
            first = values[0]
            same = first is not None and all(value is first for value in values[1:])
            if not same:
                lost += [value for value in values if value is not None]
            self.held[name] = first if same and first is not None else UnknownValue("differs between branches")
        return lost


def value_of_type(name: str) -> Value:
    """Return a value of a builtin type of which nothing else is known."""
    if name in ("list", "tuple", "set", "dict", "frozenset"):
        return ItemsValue(name, None)
    return PlainValue(name) if name in ("str", "int", "float", "bool", "bytes", "complex") else UnknownValue("a value")


def holds_config(value: Value) -> bool | None:
    """Whether a value is a Config or a container with one; None where that is not known."""
    if isinstance(value, ConfigValue):
        return True
    if isinstance(value, UnknownValue):
        return None
    if isinstance(value, ItemsValue):
        if value.items is None:
            return None
        answers = [holds_config(item) for item in value.items]
        return True if True in answers else (None if None in answers else False)
    return False
