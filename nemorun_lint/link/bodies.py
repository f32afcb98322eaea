"""All that is known of one converted function: what the transformer rejects, what its calls do, what it returns."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from nemorun_lint.ir import nodes as ir
from nemorun_lint.link.applications import Application
from nemorun_lint.link.frame import Frame
from nemorun_lint.link.interpreter import interpret
from nemorun_lint.link.judge import Offence, judge_function
from nemorun_lint.link.misuse import (
    BoundMethod,
    EagerCallee,
    EnvironmentRead,
    InnerBuildable,
    Misuse,
    UnbuiltConfig,
    Unserializable,
)
from nemorun_lint.link.names import Program
from nemorun_lint.link.values import ConfigValue, ItemsValue, UnknownValue, Value

# What goes wrong only with a Config that becomes a part of the result.
_LATER = (BoundMethod, EagerCallee, EnvironmentRead, InnerBuildable, UnbuiltConfig, Unserializable)


class Result(Enum):
    """What a return gives, as far as conversion of the result goes."""

    CONFIG = "a Config"
    PARTIAL = "a Partial"
    CONFIGS = "a list of Configs"
    CONTAINER = "a container"
    NOTHING = "nothing with a Config"
    UNKNOWN = "unknown"


@dataclass(frozen=True, eq=False)
class SyntaxOffence:
    """One node that the transformer rejects in the target of an application."""

    application: Application
    offence: Offence

    @property
    def start(self) -> int:
        """0-based offset of the node, in code points."""
        return self.offence.node.start

    @property
    def end(self) -> int:
        """0-based offset behind the node, in code points."""
        return self.offence.node.end


@dataclass(frozen=True, eq=False)
class Body:
    """A converted function with its analysis; `unknown` are the reasons why callees in it are not known.

    `kept` are the parameters whose value becomes a part of the result.
    """

    application: Application
    offences: tuple[SyntaxOffence, ...] = ()
    misuses: tuple[Misuse, ...] = ()
    returns: tuple[tuple[ir.Node, Value], ...] = ()
    unknown: tuple[str, ...] = ()
    kept: frozenset[str] = frozenset()

    @property
    def start(self) -> int:
        """0-based offset of the name of the function (of the lambda), in code points."""
        target = self.application.target
        if isinstance(target, ir.FunctionDef):
            return target.name_start
        return self.application.place.start if target is None else target.start

    @property
    def end(self) -> int:
        """0-based offset behind the name, in code points."""
        target = self.application.target
        if isinstance(target, ir.FunctionDef):
            return target.name_start + len(target.name)
        return self.application.place.end if target is None else target.end


def body_of(program: Program, application: Application) -> Body:
    """Analyse the target of an application; nothing is said where its options are not known."""
    target, converter = application.target, application.converter
    if converter.unknown is not None:
        return Body(application, unknown=(converter.unknown,))
    if not isinstance(target, (ir.FunctionDef, ir.Lambda)):
        return Body(application, unknown=() if target is not None else ("the function is not in this file",))
    found = judge_function(target, allow_control_flow=converter.allow_control_flow)
    offences = tuple(SyntaxOffence(application, offence) for offence in found)
    frame = interpret(program, application)
    rejected = [(offence.node.start, offence.node.end) for offence in found]
    misuses = tuple(m for m in frame.misuses if _counts(m, frame) and not _inside(m, rejected))
    kept = frozenset(frame.escaped_parameters)
    return Body(application, offences, misuses, tuple(frame.returns), tuple(frame.unknown), kept)


def _counts(misuse: Misuse, frame: Frame) -> bool:
    """A Config that is misused or used up never becomes a part of the result."""
    if not isinstance(misuse, _LATER) or isinstance(misuse, EagerCallee):
        return True
    return id(misuse.node) in frame.escaped and id(misuse.node) not in frame.spent


def _inside(misuse: Misuse, spans: list[tuple[int, int]]) -> bool:
    return any(start <= misuse.start and misuse.end <= end for start, end in spans)


def result_of(value: Value) -> Result:
    """Return what the conversion of a returned value makes of it."""
    if isinstance(value, ConfigValue):
        if value.callee.qualified == "builtins.dict":
            return Result.CONTAINER  # run.Config cannot be made of the Config of a dict
        return Result.PARTIAL if value.partial else Result.CONFIG
    if isinstance(value, UnknownValue):
        return Result.UNKNOWN
    if not isinstance(value, ItemsValue):
        return Result.NOTHING
    return _result_of_items(value)


def _result_of_items(value: ItemsValue) -> Result:
    if value.items is None:
        return Result.UNKNOWN if value.type_name == "list" else Result.CONTAINER
    results = {result_of(item) for item in value.items}
    if results <= {Result.NOTHING}:
        return Result.NOTHING
    if value.type_name != "list" or any(isinstance(item, ItemsValue) for item in value.items):
        return Result.CONTAINER
    # A list that holds anything but Buildables cannot be converted, whatever an unknown item of it is.
    if not results <= {Result.CONFIG, Result.PARTIAL, Result.UNKNOWN}:
        return Result.CONTAINER
    if Result.UNKNOWN in results:
        return Result.UNKNOWN
    return Result.PARTIAL if Result.PARTIAL in results else Result.CONFIGS
