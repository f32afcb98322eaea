"""Lower the expressions of a libcst tree."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import libcst as cst

from nemorun_lint.ir import nodes
from nemorun_lint.ir.literals import floating, identifier, integer
from nemorun_lint.ir.lower_parts import generators, index, with_parentheses
from nemorun_lint.ir.lower_strings import concatenated, formatted, simple_string
from nemorun_lint.syntax.positions import Positions

Expr = nodes.Expr

_NAMED_CONSTANTS: dict[str, tuple[str, bool | None]] = {
    "None": ("NoneType", None),
    "True": ("bool", True),
    "False": ("bool", False),
}
_OPERATORS: dict[type, str] = {
    cst.Add: "+", cst.Subtract: "-", cst.Multiply: "*", cst.Divide: "/", cst.FloorDivide: "//", cst.Modulo: "%",
    cst.Power: "**", cst.LeftShift: "<<", cst.RightShift: ">>", cst.BitOr: "|", cst.BitAnd: "&", cst.BitXor: "^",
    cst.MatrixMultiply: "@", cst.Not: "not", cst.Minus: "-", cst.Plus: "+", cst.BitInvert: "~",
    cst.And: "and", cst.Or: "or", cst.Equal: "==", cst.NotEqual: "!=", cst.LessThan: "<", cst.LessThanEqual: "<=",
    cst.GreaterThan: ">", cst.GreaterThanEqual: ">=", cst.In: "in", cst.NotIn: "not in", cst.Is: "is",
    cst.IsNot: "is not",
}  # fmt: skip


def expression(node: cst.CSTNode, at: Positions) -> Expr:
    """Return `node` lowered; it must be an expression."""
    return _EXPRESSIONS[type(node)](node, at)


def optional(node: cst.CSTNode | None, at: Positions) -> Expr | None:
    """Return `node` lowered, or None for None."""
    return None if node is None else _EXPRESSIONS[type(node)](node, at)


def argument(node: cst.Arg, at: Positions) -> nodes.Argument:
    """Return one argument of a call or of a class statement."""
    start, end = at.spans[id(node)]
    value = expression(node.value, at)
    if end < value.end:  # A generator as the only argument: its parentheses are those of the call.
        start, end = value.start, value.end
    keyword = node.keyword
    return nodes.Argument(start, end, value, None if keyword is None else identifier(keyword.value), len(node.star))


def parameters(node: cst.Parameters, at: Positions) -> tuple[nodes.Parameter, ...]:
    """Return all parameters in source order."""
    result = [_parameter(param, "positional-only", at) for param in node.posonly_params]
    result += [_parameter(param, "positional", at) for param in node.params]
    if isinstance(node.star_arg, cst.Param):
        result.append(_parameter(node.star_arg, "var-positional", at))
    result += [_parameter(param, "keyword-only", at) for param in node.kwonly_params]
    if node.star_kwarg is not None:
        result.append(_parameter(node.star_kwarg, "var-keyword", at))
    return tuple(result)


def _parameter(node: cst.Param, kind: str, at: Positions) -> nodes.Parameter:
    start, end = at.spans[id(node.name)]
    annotation = None if node.annotation is None else expression(node.annotation.annotation, at)
    return nodes.Parameter(start, end, identifier(node.name.value), kind, annotation, optional(node.default, at))


def _name(node: cst.Name, at: Positions) -> Expr:
    start, end = at.spans[id(node)]
    constant = _NAMED_CONSTANTS.get(node.value)
    if constant is None:
        return nodes.Name(start, end, identifier(node.value))
    return nodes.Constant(start, end, *constant)


def _integer(node: cst.Integer, at: Positions) -> Expr:
    return nodes.Constant(*at.spans[id(node)], "int", integer(node.value))


def _float(node: cst.Float, at: Positions) -> Expr:
    return nodes.Constant(*at.spans[id(node)], "float", floating(node.value))


def _imaginary(node: cst.Imaginary, at: Positions) -> Expr:
    return nodes.Constant(*at.spans[id(node)], "complex")


def _ellipsis(node: cst.Ellipsis, at: Positions) -> Expr:
    return nodes.Constant(*at.spans[id(node)], "ellipsis")


def _attribute(node: cst.Attribute, at: Positions) -> Expr:
    start, end = at.spans[id(node)]
    attr = node.attr
    return nodes.Attribute(start, end, expression(node.value, at), identifier(attr.value), at.spans[id(attr)][0])


def _call(node: cst.Call, at: Positions) -> Expr:
    start, end = at.spans[id(node)]
    function = expression(node.func, at)
    return nodes.Call(start, end, function, tuple([argument(arg, at) for arg in node.args]))


def _elements(items: Iterable[cst.BaseElement], at: Positions) -> tuple[Expr, ...]:
    return tuple([expression(item if type(item) is cst.StarredElement else item.value, at) for item in items])


def _list(node: cst.List, at: Positions) -> Expr:
    return nodes.Sequence(*at.spans[id(node)], "List", _elements(node.elements, at))


def _set(node: cst.Set, at: Positions) -> Expr:
    return nodes.Sequence(*at.spans[id(node)], "Set", _elements(node.elements, at))


def _tuple(node: cst.Tuple, at: Positions) -> Expr:
    start, end = with_parentheses(node, at) if node.lpar else at.spans[id(node)]
    return nodes.Sequence(start, end, "Tuple", _elements(node.elements, at))


def _starred(node: cst.StarredElement, at: Positions) -> Expr:
    return nodes.Starred(*at.spans[id(node)], expression(node.value, at))


def _dict(node: cst.Dict, at: Positions) -> Expr:
    keys: list[Expr | None] = []
    values: list[Expr] = []
    for item in node.elements:
        keys.append(expression(item.key, at) if isinstance(item, cst.DictElement) else None)
        values.append(expression(item.value, at))
    return nodes.Mapping(*at.spans[id(node)], tuple(keys), tuple(values))


def _binary(node: cst.BinaryOperation, at: Positions) -> Expr:
    """Lower from the innermost left operand outwards, so that long sums need no deep recursion."""
    chain = [node]
    while isinstance(node.left, cst.BinaryOperation):
        node = node.left
        chain.append(node)
    result = expression(node.left, at)
    for node in reversed(chain):
        start, end = at.spans[id(node)]
        result = nodes.BinaryOperation(start, end, result, _OPERATORS[type(node.operator)], expression(node.right, at))
    return result


def _unary(node: cst.UnaryOperation, at: Positions) -> Expr:
    start, end = at.spans[id(node)]
    return nodes.UnaryOperation(start, end, _OPERATORS[type(node.operator)], expression(node.expression, at))


def _boolean(node: cst.BooleanOperation, at: Positions) -> Expr:
    """Flatten a chain of one operator as `ast` does: whatever has own parentheses stays a node of its own."""
    start, end = at.spans[id(node)]
    operator = type(node.operator)
    operands: list[cst.BaseExpression] = []
    pending: list[cst.BaseExpression] = [node]
    while pending:
        item = pending.pop()
        if (
            isinstance(item, cst.BooleanOperation)
            and type(item.operator) is operator
            and (item is node or not item.lpar)
        ):
            pending += (item.right, item.left)
        else:
            operands.append(item)
    return nodes.BooleanOperation(start, end, _OPERATORS[operator], tuple([expression(item, at) for item in operands]))


def _comparison(node: cst.Comparison, at: Positions) -> Expr:
    start, end = at.spans[id(node)]
    operators = tuple([_OPERATORS[type(item.operator)] for item in node.comparisons])
    left = expression(node.left, at)
    return nodes.Comparison(
        start, end, left, operators, tuple([expression(i.comparator, at) for i in node.comparisons])
    )


def _conditional(node: cst.IfExp, at: Positions) -> Expr:
    start, end = at.spans[id(node)]
    body = expression(node.body, at)
    return nodes.Conditional(start, end, expression(node.test, at), body, expression(node.orelse, at))


def _lambda(node: cst.Lambda, at: Positions) -> Expr:
    return nodes.Lambda(*at.spans[id(node)], parameters(node.params, at), expression(node.body, at))


def _comprehension(kind: str) -> Callable[[Any, Positions], Expr]:
    def lower(node: cst.BaseSimpleComp, at: Positions) -> Expr:
        start, end = at.spans[id(node)]
        element = expression(node.elt, at)
        return nodes.Comprehension(start, end, kind, element, None, generators(node.for_in, at, expression))

    return lower


def _generator_expression(node: cst.GeneratorExp, at: Positions) -> Expr:
    start, end = with_parentheses(node, at)
    element = expression(node.elt, at)
    return nodes.Comprehension(start, end, "GeneratorExp", element, None, generators(node.for_in, at, expression))


def _dict_comprehension(node: cst.DictComp, at: Positions) -> Expr:
    start, end = at.spans[id(node)]
    key, value = expression(node.key, at), expression(node.value, at)
    return nodes.Comprehension(start, end, "DictComp", key, value, generators(node.for_in, at, expression))


def _starred_dict_comprehension(node: Any, at: Positions) -> Expr:
    """Lower `{**value for ...}`: as in `ast`, the mapping is the element and there is no value."""
    start, end = at.spans[id(node)]
    element = expression(node.value, at)
    return nodes.Comprehension(start, end, "DictComp", element, None, generators(node.for_in, at, expression))


def _subscript(node: cst.Subscript, at: Positions) -> Expr:
    start, end = at.spans[id(node)]
    return nodes.Subscript(start, end, expression(node.value, at), index(node.slice, at, expression))


def _walrus(node: cst.NamedExpr, at: Positions) -> Expr:
    start, end = at.spans[id(node)]
    return nodes.Walrus(start, end, expression(node.target, at), expression(node.value, at))


def _yield(node: cst.Yield, at: Positions) -> Expr:
    start, end = at.spans[id(node)]
    value = node.value
    if isinstance(value, cst.From):
        return nodes.Yield(start, end, expression(value.item, at), True)
    return nodes.Yield(start, end, optional(value, at))


def _await(node: cst.Await, at: Positions) -> Expr:
    return nodes.Await(*at.spans[id(node)], expression(node.expression, at))


def _formatted(node: Any, at: Positions) -> Expr:
    return formatted([node], at, expression)


def _concatenated(node: cst.ConcatenatedString, at: Positions) -> Expr:
    return concatenated(node, at, expression)


_EXPRESSIONS: dict[type, Callable[[Any, Positions], Expr]] = {
    cst.Name: _name,
    cst.Integer: _integer,
    cst.Float: _float,
    cst.Imaginary: _imaginary,
    cst.Ellipsis: _ellipsis,
    cst.SimpleString: simple_string,
    cst.ConcatenatedString: _concatenated,
    cst.FormattedString: _formatted,
    cst.TemplatedString: _formatted,
    cst.Attribute: _attribute,
    cst.Call: _call,
    cst.List: _list,
    cst.Set: _set,
    cst.Tuple: _tuple,
    cst.StarredElement: _starred,
    cst.Dict: _dict,
    cst.BinaryOperation: _binary,
    cst.UnaryOperation: _unary,
    cst.BooleanOperation: _boolean,
    cst.Comparison: _comparison,
    cst.IfExp: _conditional,
    cst.Lambda: _lambda,
    cst.ListComp: _comprehension("ListComp"),
    cst.SetComp: _comprehension("SetComp"),
    cst.GeneratorExp: _generator_expression,
    cst.DictComp: _dict_comprehension,
    cst.Subscript: _subscript,
    cst.NamedExpr: _walrus,
    cst.Yield: _yield,
    cst.Await: _await,
}

if hasattr(cst, "StarredDictComp"):  # Since libcst 1.9 (PEP 798).
    _EXPRESSIONS[cst.StarredDictComp] = _starred_dict_comprehension
