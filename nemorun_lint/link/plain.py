"""What plain Python gives for literals and for builtins without side effects: exact, or missing."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from nemorun_lint.ir import nodes as ir
from nemorun_lint.link.values import MISSING, ConfigValue, ItemsValue, PlainValue, Value

_MAX_SIZE = 10_000
_BUILDERS: dict[str, Callable[[list[Any]], Any]] = {"list": list, "tuple": tuple, "set": set}
_FUNCTIONS: dict[str, Callable[..., Any]] = {
    f"builtins.{function.__name__}": function
    for function in (
        abs, all, any, bool, bytes, dict, divmod, float, frozenset, int, len, list, max, min, ord, round, set, sorted,
        str, sum, tuple,
    )
}  # fmt: skip
_BINARY: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "//": operator.floordiv,
    "%": operator.mod,
}
_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "in": lambda left, right: left in right,
    "not in": lambda left, right: left not in right,
}
# `is` means something for these only.
_SINGLETONS = (None, True, False, ...)


def of_constant(node: ir.Constant) -> PlainValue:
    """Return the value of a literal."""
    if node.kind == "bytes" and isinstance(node.value, str):
        return PlainValue("bytes", node.value.encode("latin-1"))
    if node.value is None and node.kind != "NoneType":
        return PlainValue(node.kind)
    return PlainValue(node.kind, node.value)


def known_of(value: Value) -> Any:
    """Return what a value is in plain Python, or MISSING."""
    if isinstance(value, PlainValue):
        return value.known
    if isinstance(value, ConfigValue):
        return value.plain
    if isinstance(value, ItemsValue) and value.items is not None:
        return _known_items(value.type_name, value.items, value.keys)
    return MISSING


def _known_items(type_name: str, items: list[Value], keys: list[Value] | None) -> Any:
    values = [known_of(item) for item in items]
    names = [known_of(key) for key in keys or ()]
    if any(value is MISSING for value in [*values, *names]):
        return MISSING
    if type_name == "dict":
        return _attempt(lambda: dict(zip(names, values, strict=True)))
    return _attempt(lambda: _BUILDERS[type_name](values))


def call_builtin(qualified: str, positionals: list[Value], keywords: dict[str, Value]) -> Any:
    """Return the result of a builtin without side effects on known arguments, or MISSING."""
    function = _FUNCTIONS.get(qualified)
    arguments = [known_of(value) for value in positionals]
    named = {name: known_of(value) for name, value in keywords.items()}
    if function is None or any(value is MISSING or _is_large(value) for value in [*arguments, *named.values()]):
        return MISSING
    if function is bytes and arguments and isinstance(arguments[0], int):
        return MISSING
    return _attempt(lambda: function(*arguments, **named))


def binary(operator_: str, left: Any, right: Any) -> Any:
    """Return the result of an operator on known operands, or MISSING."""
    function = _BINARY.get(operator_)
    if function is None or left is MISSING or right is MISSING or _is_large(left) or _is_large(right):
        return MISSING
    if operator_ == "*" and not isinstance(left, (float, bool)) and not isinstance(right, (float, bool)):
        if isinstance(left, int) != isinstance(right, int):
            return MISSING
    if operator_ == "%" and isinstance(left, (str, bytes)):
        return MISSING
    return _attempt(lambda: function(left, right))


def compare(operator_: str, left: Any, right: Any) -> Any:
    """Return the result of a comparison of known operands, or MISSING."""
    if left is MISSING or right is MISSING:
        return MISSING
    if operator_ in ("is", "is not"):
        if not any(value is single for value in (left, right) for single in _SINGLETONS):
            return MISSING
        return (left is right) == (operator_ == "is")
    return _attempt(lambda: _COMPARE[operator_](left, right))


def _is_large(value: Any) -> bool:
    if isinstance(value, int):
        return value.bit_length() > 64
    return hasattr(value, "__len__") and len(value) > _MAX_SIZE


def _attempt(compute: Callable[[], Any]) -> Any:
    """Return what `compute` gives; MISSING where Python raises, for then plain Python raises as well."""
    try:
        return compute()
    except Exception:  # any exception of any builtin
        return MISSING
