"""Iterate over values of a converted body: what a star, an unpacking or a loop takes out of them."""

from __future__ import annotations

from nemorun_lint.ir import nodes as ir
from nemorun_lint.link.classes import ancestry, is_named_tuple
from nemorun_lint.link.frame import Frame
from nemorun_lint.link.misuse import Indexed
from nemorun_lint.link.values import ConfigValue, ItemsValue, Value


def unpacked(frame: Frame, node: ir.Expr, value: Value, how: str = "is unpacked") -> list[Value] | None:
    """Return the parts that iterating over `value` gives, None where they are not known; a Config is a mistake."""
    if isinstance(value, ConfigValue):
        fields = named_tuple_fields(frame, value)
        if fields is None:
            frame.report_config(Indexed, node, value, how)
        return fields
    if isinstance(value, ItemsValue) and value.type_name != "dict":
        return value.items
    return None


def named_tuple_fields(frame: Frame, value: ConfigValue) -> list[Value] | None:
    """Return the fields of a Config of a named tuple that gives them all: iterating over the Config gives these too."""
    symbol = value.target_class
    if symbol is None or value.positionals is None or value.keywords is None:
        return None
    if not is_named_tuple(ancestry(frame.program, symbol)):
        return None
    names = [
        s.target.name
        for s in symbol.definition.body
        if isinstance(s, ir.AnnotatedAssign) and isinstance(s.target, ir.Name)
    ]
    given = {**dict(zip(names, value.positionals, strict=False)), **value.keywords}
    return [given[name] for name in names] if names and given.keys() == set(names) else None
