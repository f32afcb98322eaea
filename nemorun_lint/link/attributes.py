"""Attributes of Configs in a converted body: what fiddle's load and save handlers allow."""

from __future__ import annotations

from nemorun_lint.ir import nodes as ir
from nemorun_lint.link import plain
from nemorun_lint.link.classes import Field, ancestry, fields_of, find_member, is_dataclass, is_enum
from nemorun_lint.link.frame import Frame, escape
from nemorun_lint.link.misuse import ForeignAttribute, LostAssignment, UnsetAttribute
from nemorun_lint.link.resolve_callee import plain_value
from nemorun_lint.link.symbols import BuiltinSymbol, ClassSymbol, FunctionSymbol, ModuleSymbol
from nemorun_lint.link.values import (
    CalleeKind,
    ConfigValue,
    InstanceValue,
    ItemsValue,
    PlainValue,
    ReferenceValue,
    UnknownValue,
    Value,
    value_of_type,
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
        frame.report_config(ForeignAttribute, node, owner, "is read", node.name)
        return UnknownValue("attribute of a config")
    if given is not None:
        return given
    if _reject_for_function(frame, node, owner, "is read"):
        return UnknownValue("attribute of a config")
    symbol = owner.target_class
    if symbol is None or not is_dataclass(frame.program, symbol):
        return UnknownValue("attribute of a config")
    if owner.keywords is None:
        return field_value(frame, symbol, node.name)
    return _unset(frame, node, owner, symbol)


def field_value(frame: Frame, symbol: ClassSymbol, name: str) -> Value:
    """Return what the annotation of a dataclass field says of its value, where that is a builtin type."""
    field = fields_of(frame.program, symbol).get(name)
    if field is None or not isinstance(field.annotation, ir.Name):
        return UnknownValue("attribute")
    found = frame.program.resolve(field.owner.module, field.owner.scope, field.annotation)
    return value_of_type(found.name) if isinstance(found, BuiltinSymbol) else UnknownValue("attribute")


def instance_attribute(frame: Frame, owner: InstanceValue, name: str) -> Value:
    """Return what reading an attribute of an object of the program gives."""
    if is_enum(ancestry(frame.program, owner.symbol)):
        return PlainValue() if name in ("value", "name") else UnknownValue("attribute of an enum")
    member = find_member(frame.program, owner.symbol, name)
    if isinstance(member, FunctionSymbol) and not member.definition.decorators:
        return PlainValue("method")
    return field_value(frame, owner.symbol, name)


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
        if not field.in_init:
            return "it is no parameter"
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
    if not ancestry(frame.program, symbol).complete:
        return UnknownValue("a field of a class with an unknown base")
    fields = fields_of(frame.program, symbol).values()
    names = [field.name for field in fields if field.in_init and not field.keyword_only]
    position = names.index(name) if name in names else len(owner.positionals)
    return owner.positionals[position] if position < len(owner.positionals) else None


def is_foreign(frame: Frame, owner: ConfigValue) -> bool:
    """Whether fiddle refuses to read and write attributes of a Config: its target is known to be no dataclass."""
    if not frame.converter.allow_dataclass_access:
        return True
    target = owner.target
    if target is None and owner.callee.kind is CalleeKind.OTHER_BUILDABLE:
        return True
    if isinstance(target, (FunctionSymbol, BuiltinSymbol)):
        return True
    return isinstance(target, ClassSymbol) and is_dataclass(frame.program, target) is False


def store_attribute(frame: Frame, target: ir.Attribute, value: Value) -> None:
    """Follow the assignment of an attribute, by the save handler."""
    escape(frame, value)
    # The call handler does not see a call here: plain Python makes it, and the assignment is lost there as well.
    calls_plainly = not isinstance(target.value, (ir.Name, ir.Attribute))
    owner = plain_value(frame, target.value) if calls_plainly else frame.evaluate(target.value)
    if calls_plainly and not isinstance(owner, ConfigValue):
        return
    if isinstance(owner, ConfigValue):
        if is_foreign(frame, owner):
            frame.report_config(ForeignAttribute, target, owner, "is written", target.name)
        else:
            _store(frame, target, owner, value)
        return
    description = _described(owner)
    if description:
        frame.report(LostAssignment(target, frame.application, target.name, description))


def _store(frame: Frame, target: ir.Attribute, owner: ConfigValue, value: Value) -> None:
    if not _reject_unknown(frame, target, owner) and owner.keywords is not None:
        owner.keywords[target.name] = value


def _reject_unknown(frame: Frame, target: ir.Attribute, owner: ConfigValue) -> bool:
    """Note the write of an attribute that is no parameter of a dataclass; return whether it is one."""
    if _reject_for_function(frame, target, owner, "is written"):
        return True
    symbol = owner.target_class
    if symbol is None or not is_dataclass(frame.program, symbol) or has_own_init(frame, symbol):
        return False
    field = fields_of(frame.program, symbol).get(target.name)
    unknown = field is None and ancestry(frame.program, symbol).complete
    if not unknown and (field is None or field.in_init):
        return False
    why = "there is no such parameter"
    frame.report_config(UnsetAttribute, target, owner, "is written", target.name, why)
    return True


def store_unhandled(frame: Frame, target: ir.Attribute, value: Value, *, reads: bool) -> None:
    """Follow `target += value` (`reads`) or `target: T = value`: these go past the handlers."""
    escape(frame, value)
    owner = frame.evaluate(target.value)
    if isinstance(owner, ConfigValue):
        if reads:
            load_attribute(frame, target, owner, handled=False)
        _store(frame, target, owner, value)


def _reject_for_function(frame: Frame, node: ir.Attribute, owner: ConfigValue, how: str) -> bool:
    """Note an attribute that is no parameter of the function that a Config calls; return whether it is one."""
    symbol = owner.target_function
    if symbol is None or symbol.owner is not None or symbol.definition.decorators:
        return False
    parameters = symbol.definition.parameters
    if any(p.name == node.name or p.kind == "var-keyword" for p in parameters):
        return False
    frame.report_config(UnsetAttribute, node, owner, how, node.name, "there is no such parameter")
    return True


def delete_attribute(frame: Frame, target: ir.Attribute) -> None:
    """Follow `del target`: on a Config that unsets the argument, so that the object gets its default."""
    owner = frame.evaluate(target.value)
    if isinstance(owner, ConfigValue):
        if owner.keywords is not None:
            owner.keywords.pop(target.name, None)
        if not owner.explicit and not _has_class_default(frame, owner, target.name):
            why = "that only unsets the argument"
            frame.report_config(UnsetAttribute, target, owner, "is deleted", target.name, why)


def _has_class_default(frame: Frame, owner: ConfigValue, name: str) -> bool:
    """Whether an object without the attribute still has it, from the class: the default of a dataclass field."""
    symbol = owner.target_class
    field = fields_of(frame.program, symbol).get(name) if symbol is not None else None
    return field is not None and field.has_value


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
