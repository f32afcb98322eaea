"""What goes wrong in the body of a converted function: one class a mistake, made by the interpreter, taken by rules."""

from __future__ import annotations

from dataclasses import dataclass

from nemorun_lint.ir import nodes as ir
from nemorun_lint.link.applications import Application
from nemorun_lint.link.values import Callee, ConfigValue


@dataclass(frozen=True, eq=False)
class Misuse:
    """A mistake at `node`, in the function of `application`."""

    node: ir.Node
    application: Application

    @property
    def start(self) -> int:
        """0-based offset of the place, in code points."""
        return self.node.start

    @property
    def end(self) -> int:
        """0-based offset behind the place, in code points."""
        return self.node.end

    @property
    def converter(self) -> str:
        """The name of the decorator for messages."""
        return self.application.converter.name


@dataclass(frozen=True, eq=False)
class CallMisuse(Misuse):
    """A mistake about what is called."""

    callee: Callee


class DiscardedCall(CallMisuse):
    """The call is a statement: it becomes a Config that nobody keeps."""


class UnbuiltConfig(CallMisuse):
    """The callee returns a Config and is not converted: its result is built to a Config, not to the thing."""


class InnerBuildable(CallMisuse):
    """A Buildable that the dialect does not exempt is called: it becomes a Config of a Config."""


class NoSignature(CallMisuse):
    """The callee has no signature: no Config can be made of it."""


@dataclass(frozen=True, eq=False)
class EnvironmentRead(CallMisuse):
    """The callee reads the machine, the clock or chance: it does so where the config is built."""

    serializable: bool


class EagerCallee(CallMisuse):
    """An object is made in the callee expression: right away, instead of when the config is built."""


class BoundMethod(CallMisuse):
    """The callee is a method bound to an object: the Config of it cannot be serialized."""


class Unserializable(CallMisuse):
    """The callee cannot be serialized."""


class ConfigMethod(CallMisuse):
    """A method of a Config is called, or a Config itself."""


@dataclass(frozen=True, eq=False)
class ConfigMisuse(Misuse):
    """A Config is used where plain Python has the object; `how` tells the use for messages."""

    config: ConfigValue
    how: str


class InString(ConfigMisuse):
    """A Config is formatted into a string."""


class Operand(ConfigMisuse):
    """A Config is an operand: that raises."""


class Condition(ConfigMisuse):
    """A Config is compared or tested for truth."""


class Indexed(ConfigMisuse):
    """A Config is subscripted or unpacked: that takes its own arguments."""


class AsMapping(ConfigMisuse):
    """A Config is used as a mapping, key or index: that raises."""


class Matched(ConfigMisuse):
    """A Config is the subject of a pattern that it cannot match."""


@dataclass(frozen=True, eq=False)
class ForeignAttribute(ConfigMisuse):
    """An attribute of a Config whose target is not a dataclass is read or written."""

    attribute: str


@dataclass(frozen=True, eq=False)
class UnsetAttribute(ConfigMisuse):
    """An attribute without a value is read from a Config of a dataclass, or an unknown one written.

    `why` it has none.
    """

    attribute: str
    why: str


@dataclass(frozen=True, eq=False)
class LostAssignment(Misuse):
    """An attribute of something that is no Config is assigned: nothing happens."""

    attribute: str
    owner: str


@dataclass(frozen=True, eq=False)
class ObjectDefault(Misuse):
    """The default of a parameter is an object, made by Python and not as a Config."""

    parameter: str
    made_by: str


@dataclass(frozen=True, eq=False)
class MangledName(Misuse):
    """A private name of a class: it is not mangled in the rewritten function."""

    name: str
