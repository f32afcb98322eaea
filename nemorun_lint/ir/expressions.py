"""The values that expressions are lowered to: frozen, and shaped like those of Python's `ast`."""

from __future__ import annotations

from typing import Union

import msgspec


class Node(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A node of the tree, with its place in the text."""

    start: int
    end: int


class Name(Node, frozen=True, tag="n"):
    """A plain name, read or bound."""

    name: str


class Attribute(Node, frozen=True, tag="a"):
    """`value.name`; `name_start` is the offset of the name."""

    value: Expr
    name: str
    name_start: int


class Argument(Node, frozen=True, tag="arg"):
    """An argument of a call or of a class statement; `stars` is 1 for `*x`, 2 for `**x`, else 0.

    The span runs from the star or keyword to the end of the value (its parentheses included).
    """

    value: Expr
    keyword: str | None = None
    stars: int = 0


class Call(Node, frozen=True, tag="c"):
    """A call; arguments stand in source order. The closing parenthesis is at `end - 1`."""

    function: Expr
    arguments: tuple[Argument, ...]


class Constant(Node, frozen=True, tag="k"):
    """A literal.

    `kind` is the name of its type ("str", "bytes", "int", "float", "complex", "bool", "NoneType", "ellipsis").

    `value` is None where it cannot be stored (ellipsis, complex, integers beyond 64 bits, lone surrogates);
    the value of bytes is a string of the same code points (Latin-1).
    """

    kind: str
    value: Union[None, bool, int, float, str] = None


class Sequence(Node, frozen=True, tag="q"):
    """A display of elements; `kind` is "List", "Tuple" or "Set". The span of a bare tuple is that of its elements."""

    kind: str
    elements: tuple[Expr, ...]


class Mapping(Node, frozen=True, tag="d"):
    """A dict display; a key of None stands for `**value`."""

    keys: tuple[Union[Expr, None], ...]
    values: tuple[Expr, ...]


class BinaryOperation(Node, frozen=True, tag="b"):
    """`left operator right`, for example `+` or `//`."""

    left: Expr
    operator: str
    right: Expr


class UnaryOperation(Node, frozen=True, tag="u"):
    """`operator operand`: `not`, `-`, `+` or `~`."""

    operator: str
    operand: Expr


class BooleanOperation(Node, frozen=True, tag="o"):
    """`a and b and c`: one node for a chain of the same operator, as in `ast`."""

    operator: str
    values: tuple[Expr, ...]


class Comparison(Node, frozen=True, tag="p"):
    """`left op comparator op comparator ...`; operators as in Python (`not in`, `is not`)."""

    left: Expr
    operators: tuple[str, ...]
    comparators: tuple[Expr, ...]


class Conditional(Node, frozen=True, tag="i"):
    """`body if test else orelse`."""

    test: Expr
    body: Expr
    orelse: Expr


class Generator(Node, frozen=True, tag="g"):
    """One `for target in iterable if condition ...` of a comprehension."""

    target: Expr
    iterable: Expr
    conditions: tuple[Expr, ...]
    is_async: bool = False


class Comprehension(Node, frozen=True, tag="h"):
    """A comprehension; `kind` is "ListComp", "SetComp", "DictComp" or "GeneratorExp"; `value` for DictComp only."""

    kind: str
    element: Expr
    value: Union[Expr, None]
    generators: tuple[Generator, ...]


class Parameter(Node, frozen=True, tag="par"):
    """A parameter; `kind` is "positional-only", "positional", "var-positional", "keyword-only" or "var-keyword".

    The span is that of the name (with annotation and default: see those).
    """

    name: str
    kind: str
    annotation: Union[Expr, None] = None
    default: Union[Expr, None] = None


class Lambda(Node, frozen=True, tag="l"):
    """A lambda."""

    parameters: tuple[Parameter, ...]
    body: Expr


class Interpolation(Node, frozen=True, tag="fv"):
    """`{value!conversion:format}` inside a formatted string; `format` is a formatted string or None."""

    value: Expr
    conversion: str | None
    format: Union[FormattedString, None]


class FormattedString(Node, frozen=True, tag="f"):
    """An f-string (or, with `is_template`, a t-string); adjacent strings are one node, as in `ast`.

    `values` holds the interpolations and, as constants, the text between them.
    """

    values: tuple[Union[Constant, Interpolation], ...]
    is_template: bool = False


class Subscript(Node, frozen=True, tag="s"):
    """`value[index]`; several indices are a tuple."""

    value: Expr
    index: Expr


class Slice(Node, frozen=True, tag="sl"):
    """`lower:upper:step` inside a subscript."""

    lower: Union[Expr, None]
    upper: Union[Expr, None]
    step: Union[Expr, None]


class Starred(Node, frozen=True, tag="st"):
    """`*value` outside of a call's arguments."""

    value: Expr


class Walrus(Node, frozen=True, tag="w"):
    """`(target := value)`."""

    target: Expr
    value: Expr


class Yield(Node, frozen=True, tag="y"):
    """`yield value`, or `yield from value`."""

    value: Union[Expr, None]
    is_from: bool = False


class Await(Node, frozen=True, tag="aw"):
    """`await value`."""

    value: Expr


Expr = Union[
    Name,
    Attribute,
    Call,
    Constant,
    Sequence,
    Mapping,
    BinaryOperation,
    UnaryOperation,
    BooleanOperation,
    Comparison,
    Conditional,
    Comprehension,
    Lambda,
    FormattedString,
    Subscript,
    Slice,
    Starred,
    Walrus,
    Yield,
    Await,
]
