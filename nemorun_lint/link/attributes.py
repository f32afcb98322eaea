"""Attributes of Configs in a converted body: what fiddle's load and save handlers allow."""

from __future__ import annotations

from nemorun_lint.ir import nodes as ir
from nemorun_lint.link import plain
from nemorun_lint.link.classes import Field, ancestry, fields_of, find_member, is_dataclass
from nemorun_lint.link.frame import Frame
from nemorun_lint.link.misuse import ForeignAttribute, LostAssignment, UnsetAttribute
from nemorun_lint.link.symbols import BuiltinSymbol, ClassSymbol, FunctionSymbol, ModuleSymbol
from nemorun_lint.link.values import (
    ConfigValue,
    InstanceValue,
    ItemsValue,
    PlainValue,
    ReferenceValue,
    UnknownValue,
    Value,
)


def load_attribute(frame: Frame, node: ir.Attribute, owner: ConfigValue, *, handled: bool = True) -> Value:
    """Return what reading `node` from a Config gives.

    `handled` is false where the read does not go through fiddle's handler (in a callee, by `+=`): then targets that
    are no dataclasses are allowed.
    """
    if node.name.startswith("__"):
        return UnknownValue("special attribute")
    given = _given(frame, owner, node.name)
    if handled and is_foreign(frame, owner):
        frame.report_config(ForeignAttribute, node, owner, "is read", node.name, False)
        return UnknownValue("attribute of a config")
    if given is not None:
        return given
    symbol = owner.target_class
    if owner.keywords is None or symbol is None or not is_dataclass(frame.program, symbol):
        return UnknownValue("attribute of a config")
    return _unset(frame, node, owner, symbol)


def _unset(frame: Frame, node: ir.Attribute, owner: ConfigValue, symbol: ClassSymbol) -> Value:
    field = fields_of(frame.program, symbol).get(node.name)
    why = _why_unset(frame, symbol, field, node.name)
    if why:
        frame.report_config(UnsetAttribute, node, owner, "is read", node.name, why)
    elif field is not None and isinstance(field.default, ir.Constant):
        return plain.of_constant(field.default)
    return UnknownValue("default of a field")


def _why_unset(frame: Frame, symbol: ClassSymbol, field: Field | None, name: str) -> str:
    if has_own_init(frame, symbol):
        return ""
    if field is not None:
        if field.factory:
            return "its default is made by a default_factory"
        return "" if field.has_value else "it has no default and is not set"
    if not ancestry(frame.program, symbol).complete:
        return ""
    return "it is no field" if find_member(frame.program, symbol, name) else "there is no such field"


def has_own_init(frame: Frame, symbol: ClassSymbol) -> bool:
    """Whether the parameters of a dataclass are not its fields, because a class of its own defines `__init__`."""
    lineage = ancestry(frame.program, symbol).classes
    return any("__init__" in frame.program.inner_scope(c.definition, c.scope).bindings for c in lineage)


def _given(frame: Frame, owner: ConfigValue, name: str) -> Value | None:
    """Return the argument that a call in the body gave for an attribute."""
    if owner.keywords and name in owner.keywords:
        return owner.keywords[name]
    symbol = owner.target_class
    if not owner.positionals or symbol is None or has_own_init(frame, symbol):
        return None
    names = [field.name for field in fields_of(frame.program, symbol).values() if field.in_init]
    position = names.index(name) if name in names else len(owner.positionals)
    return owner.positionals[position] if position < len(owner.positionals) else None


def is_foreign(frame: Frame, owner: ConfigValue) -> bool:
    """Whether fiddle refuses to read and write attributes of a Config: its target is known to be no dataclass."""
    if not frame.converter.allow_dataclass_access:
        return True
    target = owner.target
    if isinstance(target, (FunctionSymbol, BuiltinSymbol)):
        return True
    return isinstance(target, ClassSymbol) and is_dataclass(frame.program, target) is False


def store_attribute(frame: Frame, target: ir.Attribute, value: Value) -> None:
    """Follow the assignment of an attribute, by the save handler."""
    owner = frame.evaluate(target.value)
    if isinstance(owner, ConfigValue):
        if is_foreign(frame, owner):
            frame.report_config(ForeignAttribute, target, owner, "is written", target.name, True)
        else:
            _store(frame, target, owner, value)
        return
    description = _described(owner)
    if description:
        frame.report(LostAssignment(target, frame.application, target.name, description))


def _store(frame: Frame, target: ir.Attribute, owner: ConfigValue, value: Value) -> None:
    symbol = owner.target_class
    if symbol is not None and is_dataclass(frame.program, symbol) and not has_own_init(frame, symbol):
        field = fields_of(frame.program, symbol).get(target.name)
        unknown = field is None and ancestry(frame.program, symbol).complete
        if unknown or (field is not None and not field.in_init):
            why = "there is no such parameter"
            frame.report_config(UnsetAttribute, target, owner, "is written", target.name, why)
            return
    if owner.keywords is not None:
        owner.keywords[target.name] = value


def store_unhandled(frame: Frame, target: ir.Attribute, value: Value, *, reads: bool) -> None:
    """Follow `target += value` (`reads`) or `target: T = value`: these go past the handlers."""
    owner = frame.evaluate(target.value)
    if isinstance(owner, ConfigValue):
        if reads:
            load_attribute(frame, target, owner, handled=False)
        if owner.keywords is not None:
            owner.keywords[target.name] = value


def _described(owner: Value) -> str:
    """Return what an object that is no Config is, for messages; "" where it may be one."""
    if isinstance(owner, InstanceValue):
        return f"an instance of {owner.symbol.name}"
    if isinstance(owner, ReferenceValue):
        kinds = {ClassSymbol: "a class", FunctionSymbol: "a function", ModuleSymbol: "a module"}
        return kinds.get(type(owner.symbol), "")
    if isinstance(owner, (PlainValue, ItemsValue)):
        return f"a {owner.type_name}" if owner.type_name else ""
    return ""
