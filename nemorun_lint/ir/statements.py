"""The values that statements are lowered to: frozen, and shaped like those of Python's `ast`."""

from __future__ import annotations

from typing import Union

from nemorun_lint.ir.expressions import Argument, Expr, Node, Parameter


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
