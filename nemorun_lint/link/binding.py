"""Bind the targets of assignments in a converted body: names, items and unpackings."""

from __future__ import annotations

from typing import Any

from nemorun_lint.ir import nodes as ir
from nemorun_lint.link import plain
from nemorun_lint.link.frame import Frame, escape
from nemorun_lint.link.misuse import AsMapping, Indexed
from nemorun_lint.link.resolve_callee import plain_value
from nemorun_lint.link.unpacking import unpacked
from nemorun_lint.link.values import MISSING, ConfigValue, ItemsValue, UnknownValue, Value


def bind(frame: Frame, target: ir.Expr, value: Value, source: ir.Expr, *, visited: bool = True) -> None:
    """Bind a target that is no attribute to a value; `source` is where the value comes from.

    `visited` is false inside of a tuple, where the transformer does not look.
    """
    if isinstance(target, ir.Name):
        frame.names.held[target.name] = value
    elif isinstance(target, ir.Subscript):
        _store_item(frame, target, value, visited=visited)
    elif isinstance(target, ir.Starred):
        bind(frame, target.value, UnknownValue("rest of an unpacking"), source)
    elif isinstance(target, ir.Sequence):
        _unpack(frame, target, value, source)


def _unpack(frame: Frame, target: ir.Sequence, value: Value, source: ir.Expr) -> None:
    parts = unpacked(frame, source, value)
    starred = any(isinstance(element, ir.Starred) for element in target.elements)
    fits = parts is not None and len(parts) == len(target.elements) and not starred
    for position, element in enumerate(target.elements):
        part = parts[position] if parts is not None and fits else UnknownValue("part of an unpacking")
        if not isinstance(element, ir.Attribute):
            bind(frame, element, part, source, visited=False)


def _store_item(frame: Frame, target: ir.Subscript, value: Value, *, visited: bool) -> None:
    escape(frame, value)
    owner = frame.evaluate(target.value) if visited else plain_value(frame, target.value)
    index = frame.evaluate(target.index) if visited else UnknownValue("not rewritten")
    known = plain.known_of(index)
    if isinstance(owner, ConfigValue):
        kind = Indexed if known is MISSING or isinstance(known, int) else AsMapping
        frame.report_config(kind, target.value, owner, "is assigned an item")
    elif isinstance(owner, ItemsValue):
        if isinstance(index, ConfigValue):
            frame.report_config(AsMapping, target.index, index, "is used as an index")
        _replace_item(owner, index, known, value)


def _replace_item(owner: ItemsValue, index: Value, known: Any, value: Value) -> None:
    if owner.items is None or known is MISSING:
        owner.items = None
    elif owner.type_name == "dict" and owner.keys is not None:
        for position, key in enumerate(owner.keys):
            if plain.known_of(key) == known:
                owner.items[position] = value
                return
        owner.keys.append(index)
        owner.items.append(value)
    elif isinstance(known, int) and -len(owner.items) <= known < len(owner.items):
        owner.items[known] = value


def delete_item(frame: Frame, target: ir.Subscript) -> None:
    """Follow `del target`."""
    owner = frame.evaluate(target.value)
    frame.evaluate(target.index)
    if isinstance(owner, ConfigValue):
        frame.report_config(Indexed, target.value, owner, "has an item deleted")
    elif isinstance(owner, ItemsValue):
        owner.items = None
