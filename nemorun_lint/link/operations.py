"""Operators, comparisons and tests in a converted body: where a Config does not do what the object would."""

from __future__ import annotations

from typing import Any

from nemorun_lint.ir import nodes as ir
from nemorun_lint.link import plain
from nemorun_lint.link.classes import ancestry, dataclass_decorator, defines_any, is_enum
from nemorun_lint.link.frame import Frame, consume, escape, first_config
from nemorun_lint.link.misuse import Condition, InString, Operand
from nemorun_lint.link.purity import is_pure_builder
from nemorun_lint.link.unpacking import named_tuple_fields
from nemorun_lint.link.values import (
    MISSING,
    CalleeKind,
    ConfigValue,
    InstanceValue,
    ItemsValue,
    PlainValue,
    ReferenceValue,
    UnknownValue,
    Value,
)

_ORDER = frozenset({"<", "<=", ">", ">="})
_TRUTH = frozenset({"__bool__", "__len__"})
_EQUALITY = frozenset({"__eq__"})
_COMPARING_BASES = frozenset({"typing.NamedTuple", "str", "int", "float", "bytes", "tuple", "list", "dict", "set"})


def binary_operation(frame: Frame, node: ir.BinaryOperation) -> Value:
    """Return what `left operator right` gives."""
    return operate(
        frame, node, node.operator, (node.left, frame.evaluate(node.left)), (node.right, frame.evaluate(node.right))
    )


def operate(
    frame: Frame, node: ir.Node, operator: str, one: tuple[ir.Expr, Value], other: tuple[ir.Expr, Value]
) -> Value:
    """Return what an operator gives for two operands, each with its place."""
    (left_node, left), (right_node, right) = one, other
    if operator == "%" and isinstance(left, PlainValue) and left.type_name == "str":
        check_formatted(frame, right_node, right, "is formatted with `%`")
        return PlainValue("str")
    # An instance of a class may define the operator for anything.
    for place, value, partner in ((left_node, left, right), (right_node, right, left)):
        if isinstance(value, ConfigValue) and not isinstance(partner, (InstanceValue, ReferenceValue)):
            frame.report_config(Operand, place, value, f"is an operand of `{operator}`")
            return UnknownValue("operand")
    return _plain_result(operator, left, right)


def check_formatted(frame: Frame, node: ir.Expr, value: Value, how: str) -> None:
    """Note a Config in a string; one that was written as such gives the same text in plain Python."""
    config = _converted_part(value)
    if config is not None:
        frame.report_config(InString, node, config, how)


def _converted_part(value: Value) -> ConfigValue | None:
    """Return the first Config in a value that plain Python would not have there."""
    if isinstance(value, ConfigValue):
        if not value.explicit or value.callee.kind is CalleeKind.OTHER_BUILDABLE:
            return value
        parts = [*(value.positionals or ()), *(value.keywords or {}).values()]
    else:
        parts = (value.items or []) if isinstance(value, ItemsValue) else []
    return next((found for part in parts if (found := _converted_part(part)) is not None), None)


def _plain_result(operator: str, left: Value, right: Value) -> Value:
    if operator == "+" and isinstance(left, ItemsValue) and isinstance(right, ItemsValue):
        if left.type_name == right.type_name and left.items is not None and right.items is not None:
            return ItemsValue(left.type_name, left.items + right.items)
    if isinstance(left, ItemsValue):
        return ItemsValue(left.type_name, None)
    result = plain.binary(operator, plain.known_of(left), plain.known_of(right))
    if result is not MISSING:
        return PlainValue(type(result).__name__, result)
    if isinstance(left, PlainValue) and isinstance(right, PlainValue) and left.type_name == right.type_name:
        return PlainValue(left.type_name if operator in ("+", "-", "*") else "")
    return UnknownValue("result of an operator")


def unary_operation(frame: Frame, node: ir.UnaryOperation) -> Value:
    """Return what `operator operand` gives."""
    if node.operator == "not":
        value = test(frame, node.operand)
        return PlainValue("bool", MISSING if value is MISSING else not value)
    value_of = frame.evaluate(node.operand)
    if isinstance(value_of, ConfigValue):
        frame.report_config(Operand, node.operand, value_of, f"is the operand of `{node.operator}`")
        return UnknownValue("operand")
    known = plain.known_of(value_of)
    if node.operator == "-" and isinstance(known, (int, float)):
        return PlainValue(type(known).__name__, -known)
    return UnknownValue("result of an operator")


def test(frame: Frame, node: ir.Expr) -> Any:
    """Evaluate an expression as a condition; return its truth after conversion, or MISSING."""
    value = frame.evaluate(node)
    check_truth(frame, node, value)
    return truth_of(value)


def truth_of(value: Value) -> Any:
    """Return the truth of a value after conversion, or MISSING."""
    if isinstance(value, ConfigValue):
        return True
    known = plain.known_of(value)
    if known is not MISSING:
        return bool(known)
    if isinstance(value, ItemsValue) and value.items is not None:
        return bool(value.items)
    return MISSING


def check_truth(frame: Frame, node: ir.Expr, value: Value) -> None:
    """Note a mistake where a Config is tested that stands for something that can be false."""
    consume(frame, node, value)
    if isinstance(value, ConfigValue) and not value.explicit and not _is_true(frame, value):
        frame.report_config(Condition, node, value, "is tested for truth")


def _is_true(frame: Frame, value: ConfigValue) -> bool:
    """Whether plain Python would find the object true as well (or nothing is known of it)."""
    if value.plain is not MISSING:
        return bool(value.plain)
    symbol = value.target_class
    if symbol is not None:
        lineage = ancestry(frame.program, symbol)
        return not lineage.complete or not defines_any(frame.program, symbol, _TRUTH)
    if value.callee.kind is CalleeKind.BUILDER:
        return is_pure_builder(frame.program, value.callee)
    return value.partial or value.callee.kind in (CalleeKind.AUTOCONVERTED, CalleeKind.UNKNOWN)


def boolean_operation(frame: Frame, node: ir.BooleanOperation) -> Value:
    """Return what a chain of `and` or `or` gives; its last operand is not tested."""
    wanted = node.operator == "or"
    result: Value | None = None
    for operand in node.values[:-1]:
        value = frame.evaluate(operand)
        check_truth(frame, operand, value)
        truth = truth_of(value)
        if result is None and truth is not (not wanted):
            result = value if truth is wanted else _one_of_several(frame, value)
    last = frame.evaluate(node.values[-1])
    if result is None or isinstance(result, UnknownValue):
        return last if result is None else _one_of_several(frame, last)
    return result


def _one_of_several(frame: Frame, value: Value) -> UnknownValue:
    escape(frame, value)
    return UnknownValue("one of several")


def comparison(frame: Frame, node: ir.Comparison) -> Value:
    """Return what a chain of comparisons gives."""
    left_node, left = node.left, frame.evaluate(node.left)
    results: list[Any] = []
    for operator, right_node in zip(node.operators, node.comparators, strict=True):
        right = frame.evaluate(right_node)
        results.append(_compare(frame, operator, (left_node, left), (right_node, right)))
        left_node, left = right_node, right
    if MISSING in results:
        return PlainValue("bool", False if False in results else MISSING)
    return PlainValue("bool", all(results))


def _compare(frame: Frame, operator: str, one: tuple[ir.Expr, Value], other: tuple[ir.Expr, Value]) -> Any:
    """Return the truth of one comparison after conversion, or MISSING."""
    left, right = one[1], other[1]
    configs = [(place, value) for place, value in (one, other) if isinstance(value, ConfigValue)]
    for place, value in configs:
        consume(frame, place, value)
    in_plain = plain.compare(operator, plain.known_of(left), plain.known_of(right))
    if not configs:
        return in_plain
    place, config = configs[0]
    if operator in _ORDER:
        frame.report_config(Operand, place, config, f"is an operand of `{operator}`")
        return MISSING
    if all(value.explicit for _, value in configs):
        return MISSING
    converted = _converted(operator, left, right)
    if in_plain is MISSING and _agrees(frame, operator, left, right):
        return MISSING
    if in_plain is MISSING or in_plain != converted:
        frame.report_config(Condition, place, config, f"is compared with `{operator}`")
    return converted


def _converted(operator: str, left: Value, right: Value) -> Any:
    """Return the truth of a comparison with a Config, or MISSING."""
    if operator in ("in", "not in"):
        if isinstance(left, ConfigValue) and not isinstance(right, ConfigValue):
            return operator == "not in" if first_config(right) is None else MISSING
        if isinstance(right, ConfigValue) and right.positionals is not None:
            inside = [plain.compare("==", plain.known_of(left), plain.known_of(v)) for v in right.positionals]
            return MISSING if MISSING in inside else (True in inside) == (operator == "in")
        return MISSING
    if isinstance(left, ConfigValue) and isinstance(right, ConfigValue):
        return (operator in ("is", "==")) if left is right else MISSING
    return operator in ("is not", "!=")


def _agrees(frame: Frame, operator: str, left: Value, right: Value) -> bool:
    """Whether a comparison that cannot be computed comes out alike in plain Python, or nothing can be said."""
    if left is right:
        return True
    both = [value for value in (left, right) if isinstance(value, ConfigValue)]
    if operator in ("is", "is not"):
        return all(_is_object(frame, value) for value in both)
    if operator in ("in", "not in") and isinstance(right, ConfigValue):
        return named_tuple_fields(frame, right) is not None
    if operator in ("in", "not in"):
        parts = right.items if isinstance(right, ItemsValue) and right.items is not None else None
        return parts is None or all(_agrees(frame, "==", left, part) for part in parts)
    if len(both) == 2:
        return all(_compares_fields(frame, value) for value in both)
    return all(_never_equals(frame, value) for value in both)


def _is_object(frame: Frame, value: ConfigValue) -> bool:
    """Whether a call gives an object that is never None, and running it leaves no trace."""
    kind = value.callee.kind
    if kind is CalleeKind.BUILDER:
        return is_pure_builder(frame.program, value.callee)
    return value.explicit or value.partial or kind not in (CalleeKind.FUNCTION, CalleeKind.METHOD)


def _compares_fields(frame: Frame, value: ConfigValue) -> bool:
    """Whether objects of a Config's class compare by their fields, as Configs do by their arguments."""
    symbol = value.target_class
    if symbol is None:
        return value.callee.kind in (CalleeKind.AUTOCONVERTED, CalleeKind.UNKNOWN)
    decorator = dataclass_decorator(frame.program, symbol)
    return decorator is not None or not ancestry(frame.program, symbol).complete


def _never_equals(frame: Frame, value: ConfigValue) -> bool:
    """Whether an object of a Config's class equals nothing of another kind (or nothing is known of it)."""
    if value.explicit or value.partial:
        return True
    symbol = value.target_class
    if symbol is None:
        return value.callee.kind in (CalleeKind.AUTOCONVERTED, CalleeKind.UNKNOWN)
    lineage = ancestry(frame.program, symbol)
    if lineage.names & _COMPARING_BASES or is_enum(lineage):
        return False
    return not lineage.complete or not defines_any(frame.program, symbol, _EQUALITY)
