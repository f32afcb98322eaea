"""Evaluate the expressions of a converted body: what is a Config, and where plain Python would have the object."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from nemorun_lint.ir import nodes as ir
from nemorun_lint.link import operations, plain
from nemorun_lint.link.attributes import instance_attribute, load_attribute
from nemorun_lint.link.calls import evaluate_call
from nemorun_lint.link.frame import Frame, escape
from nemorun_lint.link.misuse import AsMapping, Indexed, MangledName
from nemorun_lint.link.references import value_of_symbol
from nemorun_lint.link.unpacking import named_tuple_fields, unpacked
from nemorun_lint.link.values import (
    MISSING,
    ConfigValue,
    InstanceValue,
    ItemsValue,
    PlainValue,
    ReferenceValue,
    UnknownValue,
    Value,
)


def evaluate(frame: Frame, expression: ir.Expr) -> Value:
    """Return what an expression gives after conversion; mistakes are noted in the frame."""
    handler = _HANDLERS.get(type(expression))
    return UnknownValue() if handler is None else handler(frame, expression)


def _name(frame: Frame, node: ir.Name) -> Value:
    held = frame.names.held.get(node.name)
    if held is not None:
        return held
    return value_of_symbol(frame, frame.program.resolve_directly(frame.module, frame.scope, node))


def _attribute(frame: Frame, node: ir.Attribute) -> Value:
    if frame.application.in_class and node.name.startswith("__") and not node.name.endswith("__"):
        frame.report(MangledName(node, frame.application, node.name))
        return UnknownValue("mangled name")
    owner = frame.evaluate(node.value)
    if isinstance(owner, ReferenceValue):
        return value_of_symbol(frame, frame.program.member(owner.symbol, node.name))
    if isinstance(owner, ConfigValue):
        return load_attribute(frame, node, owner)
    if isinstance(owner, InstanceValue):
        return instance_attribute(frame, owner, node.name)
    return UnknownValue("attribute of a value")


def _sequence(frame: Frame, node: ir.Sequence) -> Value:
    items: list[Value] | None = []
    for element in node.elements:
        if isinstance(element, ir.Starred):
            spread = unpacked(frame, element.value, frame.evaluate(element.value))
            items = None if items is None or spread is None else items + spread
            continue
        value = frame.evaluate(element)
        if node.kind == "Set":
            _check_key(frame, element, value, "is put into a set")
        escape(frame, value)
        if items is not None:
            items.append(value)
    return ItemsValue(node.kind.lower(), items)


def _mapping(frame: Frame, node: ir.Mapping) -> Value:
    keys: list[Value] = []
    values: list[Value] = []
    complete = True
    for key in node.keys:
        if key is not None:
            keys.append(frame.evaluate(key))
            _check_key(frame, key, keys[-1], "is a key of a dict")
    for key, value_node in zip(node.keys, node.values, strict=True):
        value = frame.evaluate(value_node)
        if key is None:
            complete = False
            if isinstance(value, ConfigValue):
                frame.report_config(AsMapping, value_node, value, "is unpacked with `**`")
        values.append(escape(frame, value))
    return ItemsValue("dict", values, keys) if complete else ItemsValue("dict", None)


def _check_key(frame: Frame, node: ir.Expr, value: Value, how: str) -> None:
    if isinstance(value, ConfigValue):
        frame.report_config(AsMapping, node, value, how)


def _subscript(frame: Frame, node: ir.Subscript) -> Value:
    owner = frame.evaluate(node.value)
    index = frame.evaluate(node.index)
    return subscripted(frame, node, owner, index)


def subscripted(frame: Frame, node: ir.Subscript, owner: Value, index: Value) -> Value:
    """Return what `owner[index]` gives."""
    fields = named_tuple_fields(frame, owner) if isinstance(owner, ConfigValue) else None
    if fields is not None and not isinstance(node.index, ir.Slice):
        return _item(ItemsValue("tuple", fields), plain.known_of(index))
    if isinstance(owner, ConfigValue):
        kind = AsMapping if isinstance(plain.known_of(index), str) else Indexed
        frame.report_config(kind, node.value, owner, "is subscripted")
        return UnknownValue("part of a config")
    if isinstance(index, ConfigValue) and isinstance(owner, (ItemsValue, PlainValue)):
        frame.report_config(AsMapping, node.index, index, "is used as an index")
    return _item(owner, plain.known_of(index))


def _item(owner: Value, index: Any) -> Value:
    if not isinstance(owner, ItemsValue) or owner.items is None or index is MISSING:
        return UnknownValue("part of a value")
    if owner.type_name == "dict":
        for key, value in zip(owner.keys or (), owner.items, strict=True):
            if plain.known_of(key) == index:
                return value
    elif isinstance(index, int) and -len(owner.items) <= index < len(owner.items):
        return owner.items[index]
    return UnknownValue("part of a value")


def _slice(frame: Frame, node: ir.Slice) -> Value:
    for part in (node.lower, node.upper, node.step):
        if part is not None:
            value = frame.evaluate(part)
            if isinstance(value, ConfigValue):
                frame.report_config(AsMapping, part, value, "is used as an index")
    return UnknownValue("slice")


def _formatted(frame: Frame, node: ir.FormattedString) -> Value:
    for part in node.values:
        if isinstance(part, ir.Interpolation):
            value = frame.evaluate(part.value)
            if not node.is_template:
                operations.check_formatted(frame, part.value, value, "is formatted into a string")
            if part.format is not None:
                frame.evaluate(part.format)
    return PlainValue("str")


def _conditional(frame: Frame, node: ir.Conditional) -> Value:
    operations.test(frame, node.test)
    frame.evaluate(node.body)
    frame.evaluate(node.orelse)
    return UnknownValue("conditional expression")


def _comprehension(frame: Frame, node: ir.Comprehension) -> Value:
    outer = frame.names
    frame.names = outer.copy()
    for generator in node.generators:
        iterable = frame.evaluate(generator.iterable)
        if isinstance(iterable, ConfigValue):
            frame.report_config(Indexed, generator.iterable, iterable, "is iterated over")
        for name in _target_names(generator.target):
            frame.names.held[name] = UnknownValue("loop variable")
        for condition in generator.conditions:
            operations.test(frame, condition)
    _each(frame, (node.element, node.value))
    frame.names = outer
    return ItemsValue({"SetComp": "set", "DictComp": "dict"}.get(node.kind, "list"), None)


def _target_names(target: ir.Expr) -> Iterable[str]:
    if isinstance(target, ir.Name):
        yield target.name
    elif isinstance(target, ir.Sequence):
        for element in target.elements:
            yield from _target_names(element)
    elif isinstance(target, ir.Starred):
        yield from _target_names(target.value)


def _walrus(frame: Frame, node: ir.Walrus) -> Value:
    value = frame.evaluate(node.value)
    if isinstance(node.target, ir.Name):
        frame.names.held[node.target.name] = value
    return value


def _each(frame: Frame, parts: Iterable[ir.Expr | None]) -> Value:
    for part in parts:
        if part is not None:
            frame.evaluate(part)
    return UnknownValue("not followed")


_HANDLERS: dict[type[ir.Node], Callable[[Frame, Any], Value]] = {
    ir.Name: _name,
    ir.Attribute: _attribute,
    ir.Constant: lambda _, node: plain.of_constant(node),
    ir.Call: evaluate_call,
    ir.Sequence: _sequence,
    ir.Mapping: _mapping,
    ir.Subscript: _subscript,
    ir.Slice: _slice,
    ir.FormattedString: _formatted,
    ir.Conditional: _conditional,
    ir.Comprehension: _comprehension,
    ir.Walrus: _walrus,
    ir.BinaryOperation: operations.binary_operation,
    ir.UnaryOperation: operations.unary_operation,
    ir.BooleanOperation: operations.boolean_operation,
    ir.Comparison: operations.comparison,
    ir.Starred: lambda frame, node: _each(frame, (node.value,)),
    ir.Await: lambda frame, node: _each(frame, (node.value,)),
    ir.Yield: lambda frame, node: _each(frame, (node.value,)),
}
