"""The values a module is lowered to: one frozen tree, shaped like Python's `ast`.

Every node carries `start` and `end`: 0-based offsets in code points into the decoded text, end excluded,
without surrounding parentheses, at the same places as `ast` puts them (a parenthesised generator
expression starts at its parenthesis). The class names of `ast` are kept in `construct()`.
"""

from __future__ import annotations

from typing import Union

import msgspec


class Node(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A node of the tree, with its place in the text."""

    start: int
    end: int


# -- expressions ------------------------------------------------------------------------------------


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

# -- statements -------------------------------------------------------------------------------------


class Assign(Node, frozen=True, tag="Assign"):
    """`target = target = value`."""

    targets: tuple[Expr, ...]
    value: Expr


class AnnotatedAssign(Node, frozen=True, tag="AnnAssign"):
    """`target: annotation = value`."""

    target: Expr
    annotation: Expr
    value: Union[Expr, None]


class AugmentedAssign(Node, frozen=True, tag="AugAssign"):
    """`target operator= value`; `operator` without the `=`."""

    target: Expr
    operator: str
    value: Expr


class ExpressionStatement(Node, frozen=True, tag="Expr"):
    """An expression used as a statement."""

    value: Expr


class Return(Node, frozen=True, tag="Return"):
    """`return value`."""

    value: Union[Expr, None]


class If(Node, frozen=True, tag="If"):
    """`if`; an `elif` is an `If` alone in `orelse`, starting at its keyword."""

    test: Expr
    body: tuple[Statement, ...]
    orelse: tuple[Statement, ...]


class For(Node, frozen=True, tag="For"):
    """`for target in iterable`."""

    target: Expr
    iterable: Expr
    body: tuple[Statement, ...]
    orelse: tuple[Statement, ...]
    is_async: bool = False


class While(Node, frozen=True, tag="While"):
    """`while test`."""

    test: Expr
    body: tuple[Statement, ...]
    orelse: tuple[Statement, ...]


class WithItem(Node, frozen=True, tag="wi"):
    """`context as target`."""

    context: Expr
    target: Union[Expr, None]


class With(Node, frozen=True, tag="With"):
    """`with item, item`."""

    items: tuple[WithItem, ...]
    body: tuple[Statement, ...]
    is_async: bool = False


class Handler(Node, frozen=True, tag="eh"):
    """`except exception as name`."""

    exception: Union[Expr, None]
    name: str | None
    body: tuple[Statement, ...]


class Try(Node, frozen=True, tag="Try"):
    """`try`; `is_star` for `except*`."""

    body: tuple[Statement, ...]
    handlers: tuple[Handler, ...]
    orelse: tuple[Statement, ...]
    finalbody: tuple[Statement, ...]
    is_star: bool = False


class Raise(Node, frozen=True, tag="Raise"):
    """`raise exception from cause`."""

    exception: Union[Expr, None]
    cause: Union[Expr, None]


class Assert(Node, frozen=True, tag="Assert"):
    """`assert test, message`."""

    test: Expr
    message: Union[Expr, None]


class Delete(Node, frozen=True, tag="Delete"):
    """`del target, target`."""

    targets: tuple[Expr, ...]


class Pattern(Node, frozen=True, tag="pt"):
    """A pattern; `kind` is the class name in `ast` (MatchValue, MatchAs ...).

    `expressions` are the values, classes and keys in it, `names` what it binds, `patterns` its parts.
    """

    kind: str
    expressions: tuple[Expr, ...] = ()
    patterns: tuple[Pattern, ...] = ()
    names: tuple[str, ...] = ()


class Case(Node, frozen=True, tag="mc"):
    """`case pattern if guard`; spans the pattern up to the end of the body."""

    pattern: Pattern
    guard: Union[Expr, None]
    body: tuple[Statement, ...]


class Match(Node, frozen=True, tag="Match"):
    """`match subject`."""

    subject: Expr
    cases: tuple[Case, ...]


class Alias(Node, frozen=True, tag="al"):
    """`name as asname` of an import; `name` is dotted, or `*`."""

    name: str
    asname: str | None = None


class Import(Node, frozen=True, tag="Import"):
    """`import name as asname, ...`."""

    names: tuple[Alias, ...]


class ImportFrom(Node, frozen=True, tag="ImportFrom"):
    """`from ...module import names`; `level` counts the leading dots, `module` is "" where there is none."""

    level: int
    module: str
    names: tuple[Alias, ...]


class TypeParameter(Node, frozen=True, tag="tp"):
    """A type parameter of PEP 695; `stars` is 1 for TypeVarTuple, 2 for ParamSpec."""

    name: str
    stars: int = 0
    bound: Union[Expr, None] = None
    default: Union[Expr, None] = None


class FunctionDef(Node, frozen=True, tag="FunctionDef"):
    """`def name(...)`; starts at `def` (or `async`), as in `ast`; decorators stand before it.

    In a module that was lowered for its interface only, `body` is empty.
    """

    name: str
    name_start: int
    parameters: tuple[Parameter, ...]
    returns: Union[Expr, None]
    decorators: tuple[Expr, ...]
    body: tuple[Statement, ...]
    is_async: bool = False
    type_parameters: tuple[TypeParameter, ...] = ()


class ClassDef(Node, frozen=True, tag="ClassDef"):
    """`class name(...)`; starts at `class`; bases and keywords are `arguments` in source order."""

    name: str
    name_start: int
    arguments: tuple[Argument, ...]
    decorators: tuple[Expr, ...]
    body: tuple[Statement, ...]
    type_parameters: tuple[TypeParameter, ...] = ()


class ScopeNames(Node, frozen=True, tag="Scope"):
    """`global names` or `nonlocal names`."""

    is_global: bool
    names: tuple[str, ...]


class Simple(Node, frozen=True, tag="Simple"):
    """`pass`, `break` or `continue`; `kind` is the class name in `ast`."""

    kind: str


class TypeAlias(Node, frozen=True, tag="TypeAlias"):
    """`type name[...] = value`."""

    name: str
    type_parameters: tuple[TypeParameter, ...]
    value: Expr


Statement = Union[
    Assign,
    AnnotatedAssign,
    AugmentedAssign,
    ExpressionStatement,
    Return,
    If,
    For,
    While,
    With,
    Try,
    Raise,
    Assert,
    Delete,
    Match,
    Import,
    ImportFrom,
    FunctionDef,
    ClassDef,
    ScopeNames,
    Simple,
    TypeAlias,
]

Definition = Union[FunctionDef, ClassDef]
