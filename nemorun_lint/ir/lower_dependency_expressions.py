"""Expressions and patterns of an astroid tree, lowered; the positions that astroid lacks are read from the text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from astroid import nodes as an

from nemorun_lint.ir import nodes as ir
from nemorun_lint.ir.lower_dependency_positions import TextPositions

_STORABLE_INTEGERS = range(-(2**63), 2**64)

Keyword = tuple[tuple[int, int], "str | None", an.NodeNG]


class ExpressionLowering(TextPositions):
    """Lowers the expressions of one file."""

    # -- expressions --------------------------------------------------------------------------------

    def expression(self, node: an.NodeNG) -> ir.Expr:
        """Return a lowered expression."""
        lowered: ir.Expr = getattr(self, "_expression_" + type(node).__name__.lower())(node)
        return lowered

    def optional(self, node: an.NodeNG | None) -> ir.Expr | None:
        """Return a lowered expression, or None for none."""
        return None if node is None else self.expression(node)

    def expressions(self, nodes: Sequence[an.NodeNG]) -> tuple[ir.Expr, ...]:
        """Return lowered expressions."""
        return tuple(self.expression(node) for node in nodes)

    def _expression_name(self, node: an.Name | an.AssignName | an.DelName) -> ir.Expr:
        return ir.Name(*self.span(node), node.name)

    _expression_assignname = _expression_delname = _expression_name

    def _expression_attribute(self, node: an.Attribute | an.AssignAttr | an.DelAttr) -> ir.Expr:
        start, end = self.span(node)
        return ir.Attribute(start, end, self.expression(node.expr), node.attrname, self._attribute_name(node, end))

    _expression_assignattr = _expression_delattr = _expression_attribute

    def _attribute_name(self, node: an.Attribute | an.AssignAttr | an.DelAttr, end: int) -> int:
        start = end - len(node.attrname)
        while start > 0 and not self.text[start:end].isidentifier():
            start += 1
        # Python normalises names (NFKC), so that their length in the text can be another one.
        while self.text[start - 1 : end].isidentifier():
            start -= 1
        return start

    def _expression_const(self, node: an.Const) -> ir.Expr:
        return ir.Constant(*self.span(node), type(node.value).__name__, _storable(node.value))

    def _expression_list(self, node: an.List | an.Tuple | an.Set) -> ir.Expr:
        return ir.Sequence(*self.span(node), type(node).__name__, self.expressions(node.elts))

    _expression_tuple = _expression_set = _expression_list

    def _expression_dict(self, node: an.Dict) -> ir.Expr:
        keys = tuple(None if isinstance(key, an.DictUnpack) else self.expression(key) for key, _ in node.items)
        return ir.Mapping(*self.span(node), keys, tuple(self.expression(value) for _, value in node.items))

    def _expression_binop(self, node: an.BinOp) -> ir.Expr:
        return ir.BinaryOperation(*self.span(node), self.expression(node.left), node.op, self.expression(node.right))

    def _expression_unaryop(self, node: an.UnaryOp) -> ir.Expr:
        return ir.UnaryOperation(*self.span(node), node.op, self.expression(node.operand))

    def _expression_boolop(self, node: an.BoolOp) -> ir.Expr:
        return ir.BooleanOperation(*self.span(node), node.op, self.expressions(node.values))

    def _expression_compare(self, node: an.Compare) -> ir.Expr:
        operators = tuple(operator for operator, _ in node.ops)
        comparators = tuple(self.expression(comparator) for _, comparator in node.ops)
        return ir.Comparison(*self.span(node), self.expression(node.left), operators, comparators)

    def _expression_ifexp(self, node: an.IfExp) -> ir.Expr:
        test, body, orelse = self.expression(node.test), self.expression(node.body), self.expression(node.orelse)
        return ir.Conditional(*self.span(node), test, body, orelse)

    def _expression_subscript(self, node: an.Subscript) -> ir.Expr:
        return ir.Subscript(*self.span(node), self.expression(node.value), self.expression(node.slice))

    def _expression_slice(self, node: an.Slice) -> ir.Expr:
        lower, upper, step = self.optional(node.lower), self.optional(node.upper), self.optional(node.step)
        return ir.Slice(*self.span(node), lower, upper, step)

    def _expression_starred(self, node: an.Starred) -> ir.Expr:
        return ir.Starred(*self.span(node), self.expression(node.value))

    def _expression_namedexpr(self, node: an.NamedExpr) -> ir.Expr:
        return ir.Walrus(*self.span(node), self.expression(node.target), self.expression(node.value))

    def _expression_yield(self, node: an.Yield | an.YieldFrom) -> ir.Expr:
        return ir.Yield(*self.span(node), self.optional(node.value), isinstance(node, an.YieldFrom))

    _expression_yieldfrom = _expression_yield

    def _expression_await(self, node: an.Await) -> ir.Expr:
        return ir.Await(*self.span(node), self.expression(node.value))

    def _expression_lambda(self, node: an.Lambda) -> ir.Expr:
        return ir.Lambda(*self.span(node), self.parameters(node.args), self.expression(node.body))

    # -- formatted strings --------------------------------------------------------------------------

    def _expression_joinedstr(self, node: an.JoinedStr) -> ir.Expr:
        return self._formatted(node)

    def _expression_templatestr(self, node: an.NodeNG) -> ir.Expr:
        return self._formatted(node, is_template=True)

    def _formatted(self, node: Any, *, is_template: bool = False) -> ir.FormattedString:
        values = tuple(self._formatted_part(value) for value in node.values)
        return ir.FormattedString(*self.span(node), values, is_template)

    def _formatted_part(self, node: Any) -> ir.Constant | ir.Interpolation:
        if isinstance(node, an.Const):
            return ir.Constant(*self.span(node), type(node.value).__name__, _storable(node.value))
        conversion = chr(node.conversion) if node.conversion >= 0 else None
        inner = None if node.format_spec is None else self._formatted(node.format_spec)
        return ir.Interpolation(*self.span(node), self.expression(node.value), conversion, inner)

    # -- calls --------------------------------------------------------------------------------------

    def _expression_call(self, node: an.Call) -> ir.Expr:
        (start, end), function = self.span(node), self.expression(node.func)
        named = [(self.span(keyword), keyword.arg, keyword.value) for keyword in node.keywords]
        arguments: tuple[ir.Argument, ...] = ()
        if node.args or named:
            arguments = self.arguments(node.args, named, self.open_parenthesis(function.end), end - 1)
        return ir.Call(start, end, function, arguments)

    def arguments(
        self, positional: Sequence[an.NodeNG], named: Sequence[Keyword], opening: int, closing: int | None
    ) -> tuple[ir.Argument, ...]:
        """Return lowered arguments in source order; without `closing` the last parenthesis closes them."""
        found = [self._positional(node) for node in positional]
        for (start, end), name, value in named:
            found.append(ir.Argument(start, end, self.expression(value), name, 0 if name else 2))
        found.sort(key=lambda argument: argument.start)
        placed, offset = [], opening + 1
        for argument in found:
            argument = self._with_parentheses(argument, self.skip(offset), closing)
            placed.append(argument)
            offset = self.skip(argument.end) + 1
        return tuple(placed)

    def _positional(self, node: an.NodeNG) -> ir.Argument:
        start, end = self.span(node)
        if isinstance(node, an.Starred):
            return ir.Argument(start, end, self.expression(node.value), None, 1)
        return ir.Argument(start, end, self.expression(node))

    def _with_parentheses(self, argument: ir.Argument, start: int, closing: int | None) -> ir.Argument:
        """`argument` with the parentheses around its value; `ast` leaves them out where it has no star or keyword."""
        if argument.keyword or argument.stars or start >= argument.start:
            return argument
        closers = self.closers(argument.end, closing)
        if closing is None and self.text[self.skip(closers[-1] + 1)] != ",":
            closers.pop()
        return ir.Argument(start, closers[-1] + 1, argument.value)

    def parameters(self, node: an.Arguments) -> tuple[ir.Parameter, ...]:
        """Return lowered parameters in source order."""
        first, plain, named = node.posonlyargs, node.args or [], node.kwonlyargs
        missing: list[an.NodeNG | None] = [None] * (len(first) + len(plain) - len(node.defaults or ()))
        defaults = [*missing, *(node.defaults or ())]
        kinds = ["positional-only"] * len(first) + ["positional"] * len(plain)
        annotations = [*node.posonlyargs_annotations, *node.annotations]
        found = [self._parameter(*part) for part in zip([*first, *plain], kinds, annotations, defaults, strict=False)]
        if node.vararg_node:
            found.append(self._parameter(node.vararg_node, "var-positional", node.varargannotation, None))
        for part in zip(named, node.kwonlyargs_annotations, node.kw_defaults or (), strict=False):
            found.append(self._parameter(part[0], "keyword-only", part[1], part[2]))
        if node.kwarg_node:
            found.append(self._parameter(node.kwarg_node, "var-keyword", node.kwargannotation, None))
        return tuple(found)

    def _parameter(
        self, node: an.AssignName, kind: str, annotation: an.NodeNG | None, default: an.NodeNG | None
    ) -> ir.Parameter:
        start = self.span(node)[0]
        end = self.name_end(start)
        return ir.Parameter(start, end, node.name, kind, self.optional(annotation), self.optional(default))

    # -- comprehensions -----------------------------------------------------------------------------

    def _expression_listcomp(self, node: an.ListComp | an.SetComp | an.GeneratorExp) -> ir.Expr:
        return self._comprehension(node, node.elt, None)

    _expression_setcomp = _expression_generatorexp = _expression_listcomp

    def _expression_dictcomp(self, node: an.DictComp) -> ir.Expr:
        return self._comprehension(node, node.key, node.value)

    def _comprehension(self, node: Any, element: an.NodeNG, value: an.NodeNG | None) -> ir.Comprehension:
        (start, end), lowered, second = self.span(node), self.expression(element), self.optional(value)
        generators: list[ir.Generator] = []
        for generator in node.generators:
            previous = generators[-1].end if generators else (second or lowered).end
            generators.append(self._generator(generator, previous, end - 1))
        return ir.Comprehension(start, end, type(node).__name__, lowered, second, tuple(generators))

    def _generator(self, node: an.Comprehension, previous: int, limit: int) -> ir.Generator:
        start = self.skip(self.outer_end(previous, limit))
        target, iterable = self.expression(node.target), self.expression(node.iter)
        conditions = self.expressions(node.ifs)
        end = self.outer_end(conditions[-1].end if conditions else iterable.end, limit)
        return ir.Generator(start, end, target, iterable, conditions, bool(node.is_async))

    # -- patterns -----------------------------------------------------------------------------------

    def pattern(self, node: Any) -> ir.Pattern:
        """Return a lowered pattern."""
        kind = type(node).__name__
        parts = [*self._part(node, "pattern"), *getattr(node, "patterns", ()), *getattr(node, "kwd_patterns", ())]
        bound = getattr(node, "rest" if kind == "MatchMapping" else "name", None)
        names = (bound.name,) if bound is not None else ()
        patterns = tuple(self.pattern(part) for part in parts)
        return ir.Pattern(*self.span(node), kind, self._pattern_expressions(node), patterns, names)

    def _part(self, node: Any, name: str) -> list[Any]:
        part = getattr(node, name, None)
        return [] if part is None else [part]

    def _pattern_expressions(self, node: Any) -> tuple[ir.Expr, ...]:
        if isinstance(node, an.MatchSingleton):
            return (ir.Constant(*self.span(node), type(node.value).__name__, node.value),)
        return self.expressions([*self._part(node, "cls"), *getattr(node, "keys", ()), *self._part(node, "value")])


def _storable(value: Any) -> None | bool | int | float | str:
    """Return the value of a literal as far as the store can keep it; see `nodes.Constant`."""
    if isinstance(value, bytes):
        return value.decode("latin-1")
    if isinstance(value, str):
        return value if value.isascii() or not any("\ud800" <= c <= "\udfff" for c in value) else None
    if isinstance(value, (bool, float)):
        return value
    return value if isinstance(value, int) and value in _STORABLE_INTEGERS else None
