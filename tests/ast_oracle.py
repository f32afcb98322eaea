"""Judge of the lowering: Python's own `ast` turned into the same nodes by independent code."""

from __future__ import annotations

import ast
import re
import sys
import unicodedata
import warnings
from collections.abc import Iterable
from typing import Any

from nemorun_lint.ir import nodes
from nemorun_lint.text import SourceText

HAS_REAL_PLACES_IN_STRINGS = sys.version_info >= (3, 12)

# `ast` gives no place to these (or, for a plain argument, has no such node).
PLACELESS = (nodes.WithItem, nodes.Generator, nodes.Case)

_BINARY = {
    "Add": "+", "Sub": "-", "Mult": "*", "Div": "/", "FloorDiv": "//", "Mod": "%", "Pow": "**", "LShift": "<<",
    "RShift": ">>", "BitOr": "|", "BitAnd": "&", "BitXor": "^", "MatMult": "@", "Not": "not", "USub": "-", "UAdd": "+",
    "Invert": "~", "And": "and", "Or": "or", "Eq": "==", "NotEq": "!=", "Lt": "<", "LtE": "<=", "Gt": ">", "GtE": ">=",
    "In": "in", "NotIn": "not in", "Is": "is", "IsNot": "is not",
}  # fmt: skip


def parsed(text: str) -> ast.Module:
    """Return Python's own tree; warnings about odd escapes are not the matter here."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(text)


def oracle(text: str) -> tuple[nodes.Statement, ...]:
    """Return the statements of `text` as Python parses them."""
    return Converter(SourceText("", text)).block(parsed(text).body)


def plain(node: Any, *, with_places: bool = True) -> Any:
    """Return `node` as nested tuples to compare, without the places that `ast` does not know."""
    if isinstance(node, tuple):
        return tuple([plain(item, with_places=with_places) for item in node])
    if not isinstance(node, nodes.Node):
        return repr(node) if isinstance(node, float) else node
    has_place = with_places and not isinstance(node, PLACELESS)
    if isinstance(node, nodes.FormattedString) and not HAS_REAL_PLACES_IN_STRINGS:
        with_places = False
    names = [name for name in node.__struct_fields__ if name not in ("start", "end", "name_start")]
    fields = [plain(getattr(node, name), with_places=with_places) for name in names]
    return (type(node).__name__, (node.start, node.end) if has_place else None, *fields)


class Converter:
    """Converts `ast` nodes; names of methods are the class names of `ast`."""

    def __init__(self, source: SourceText) -> None:
        self.source = source
        self.text = source.text

    def span(self, node: Any) -> tuple[int, int]:
        if not hasattr(node, "lineno"):
            return 0, 0
        offset = self.source.offset_of_utf8
        try:
            return offset(node.lineno, node.col_offset), offset(node.end_lineno, node.end_col_offset)
        except IndexError:  # Python < 3.12 inside of formatted strings
            return 0, 0

    def __call__(self, node: Any) -> Any:
        if node is None:
            return None
        return getattr(self, type(node).__name__)(node, *self.span(node))

    def block(self, items: Iterable[Any]) -> tuple[Any, ...]:
        return tuple([self(item) for item in items])

    # -- expressions

    def Name(self, n: Any, s: int, e: int) -> Any:
        return nodes.Name(s, e, n.id)

    def Constant(self, n: Any, s: int, e: int) -> Any:
        kind, value = type(n.value).__name__, n.value
        if kind in ("ellipsis", "complex"):
            value = None
        elif kind == "bytes":
            value = value.decode("latin-1")
        elif kind == "int" and value >= 2**64 or kind == "str" and re.search("[\ud800-\udfff]", value):
            value = None
        return nodes.Constant(s, e, kind, value)

    def Attribute(self, n: Any, s: int, e: int) -> Any:
        return nodes.Attribute(s, e, self(n.value), n.attr, 0)

    def arguments_of(self, positional: list[Any], keywords: list[Any]) -> tuple[Any, ...]:
        result = []
        for item in positional:
            s, e = self.span(item)
            starred = isinstance(item, ast.Starred)
            if starred:
                result.append(nodes.Argument(s, e, self(item.value), None, 1))
            else:
                s, e = self.outer(s, e, item)
                result.append(nodes.Argument(s, e, self(item)))
        for item in keywords:
            s, e = self.span(item)
            result.append(nodes.Argument(s, e, self(item.value), item.arg, 0 if item.arg else 2))
        return tuple(sorted(result, key=lambda item: item.value.start))

    def outer(self, s: int, e: int, node: Any) -> tuple[int, int]:
        """Widen a place by the parentheses around it, which `ast` leaves out; blind to comments between them."""
        while True:
            before = re.search(r"\(\s*$", self.text[max(0, s - 200) : s])
            after = re.match(r"\s*\)", self.text[e:])
            if not before or not after or self.is_call(self.text[: s - len(before.group())], e + after.end()):
                return s, e
            s, e = s - len(before.group()), e + after.end()

    def is_call(self, head: str, end: int) -> bool:
        return (head[-200:].rstrip()[-1:] or "=") not in "(,=*" and not head.endswith(("=", ","))

    def Call(self, n: Any, s: int, e: int) -> Any:
        return nodes.Call(s, e, self(n.func), self.arguments_of(n.args, n.keywords))

    def List(self, n: Any, s: int, e: int) -> Any:
        return nodes.Sequence(s, e, type(n).__name__, self.block(n.elts))

    Tuple = Set = List

    def Dict(self, n: Any, s: int, e: int) -> Any:
        return nodes.Mapping(s, e, self.block(n.keys), self.block(n.values))

    def BinOp(self, n: Any, s: int, e: int) -> Any:
        return nodes.BinaryOperation(s, e, self(n.left), _BINARY[type(n.op).__name__], self(n.right))

    def UnaryOp(self, n: Any, s: int, e: int) -> Any:
        return nodes.UnaryOperation(s, e, _BINARY[type(n.op).__name__], self(n.operand))

    def BoolOp(self, n: Any, s: int, e: int) -> Any:
        return nodes.BooleanOperation(s, e, _BINARY[type(n.op).__name__], self.block(n.values))

    def Compare(self, n: Any, s: int, e: int) -> Any:
        operators = tuple(_BINARY[type(op).__name__] for op in n.ops)
        return nodes.Comparison(s, e, self(n.left), operators, self.block(n.comparators))

    def IfExp(self, n: Any, s: int, e: int) -> Any:
        return nodes.Conditional(s, e, self(n.test), self(n.body), self(n.orelse))

    def comprehension(self, n: Any, s: int, e: int) -> Any:
        return nodes.Generator(s, e, self(n.target), self(n.iter), self.block(n.ifs), bool(n.is_async))

    def ListComp(self, n: Any, s: int, e: int) -> Any:
        return nodes.Comprehension(s, e, type(n).__name__, self(n.elt), None, self.block(n.generators))

    SetComp = GeneratorExp = ListComp

    def DictComp(self, n: Any, s: int, e: int) -> Any:
        return nodes.Comprehension(s, e, "DictComp", self(n.key), self(n.value), self.block(n.generators))

    def parameters(self, a: ast.arguments) -> tuple[Any, ...]:
        positional = [*a.posonlyargs, *a.args]
        defaults = [None] * (len(positional) - len(a.defaults)) + list(a.defaults)
        kinds = ["positional-only"] * len(a.posonlyargs) + ["positional"] * len(a.args)
        rows = list(zip(positional, kinds, defaults, strict=True))
        rows += [(a.vararg, "var-positional", None)] if a.vararg else []
        rows += [(arg, "keyword-only", default) for arg, default in zip(a.kwonlyargs, a.kw_defaults, strict=True)]
        rows += [(a.kwarg, "var-keyword", None)] if a.kwarg else []
        return tuple([self.parameter(*row) for row in rows])

    def parameter(self, a: ast.arg, kind: str, default: Any) -> Any:
        s = self.span(a)[0]
        e = s + len(identifier_at(self.text, s))
        return nodes.Parameter(s, e, a.arg, kind, self(a.annotation), self(default))

    def Lambda(self, n: Any, s: int, e: int) -> Any:
        return nodes.Lambda(s, e, self.parameters(n.args), self(n.body))

    def JoinedStr(self, n: Any, s: int, e: int) -> Any:
        return nodes.FormattedString(s, e, self.block(n.values), type(n).__name__ == "TemplateStr")

    TemplateStr = JoinedStr

    def FormattedValue(self, n: Any, s: int, e: int) -> Any:
        conversion = None if n.conversion == -1 else chr(n.conversion)
        return nodes.Interpolation(s, e, self(n.value), conversion, self(n.format_spec))

    Interpolation = FormattedValue

    def Subscript(self, n: Any, s: int, e: int) -> Any:
        return nodes.Subscript(s, e, self(n.value), self(n.slice))

    def Slice(self, n: Any, s: int, e: int) -> Any:
        return nodes.Slice(s, e, self(n.lower), self(n.upper), self(n.step))

    def Starred(self, n: Any, s: int, e: int) -> Any:
        return nodes.Starred(s, e, self(n.value))

    def NamedExpr(self, n: Any, s: int, e: int) -> Any:
        return nodes.Walrus(s, e, self(n.target), self(n.value))

    def Yield(self, n: Any, s: int, e: int) -> Any:
        return nodes.Yield(s, e, self(n.value), isinstance(n, ast.YieldFrom))

    YieldFrom = Yield

    def Await(self, n: Any, s: int, e: int) -> Any:
        return nodes.Await(s, e, self(n.value))

    # -- statements

    def Assign(self, n: Any, s: int, e: int) -> Any:
        return nodes.Assign(s, e, self.block(n.targets), self(n.value))

    def AnnAssign(self, n: Any, s: int, e: int) -> Any:
        return nodes.AnnotatedAssign(s, e, self(n.target), self(n.annotation), self(n.value))

    def AugAssign(self, n: Any, s: int, e: int) -> Any:
        return nodes.AugmentedAssign(s, e, self(n.target), _BINARY[type(n.op).__name__], self(n.value))

    def Expr(self, n: Any, s: int, e: int) -> Any:
        return nodes.ExpressionStatement(s, e, self(n.value))

    def Return(self, n: Any, s: int, e: int) -> Any:
        return nodes.Return(s, e, self(n.value))

    def If(self, n: Any, s: int, e: int) -> Any:
        return nodes.If(s, e, self(n.test), self.block(n.body), self.block(n.orelse))

    def For(self, n: Any, s: int, e: int) -> Any:
        target, iterable = self(n.target), self(n.iter)
        is_async = isinstance(n, ast.AsyncFor)
        return nodes.For(s, e, target, iterable, self.block(n.body), self.block(n.orelse), is_async)

    AsyncFor = For

    def While(self, n: Any, s: int, e: int) -> Any:
        return nodes.While(s, e, self(n.test), self.block(n.body), self.block(n.orelse))

    def withitem(self, n: Any, s: int, e: int) -> Any:
        return nodes.WithItem(s, e, self(n.context_expr), self(n.optional_vars))

    def With(self, n: Any, s: int, e: int) -> Any:
        return nodes.With(s, e, self.block(n.items), self.block(n.body), isinstance(n, ast.AsyncWith))

    AsyncWith = With

    def ExceptHandler(self, n: Any, s: int, e: int) -> Any:
        return nodes.Handler(s, e, self(n.type), n.name, self.block(n.body))

    def Try(self, n: Any, s: int, e: int) -> Any:
        blocks = [self.block(items) for items in (n.body, n.handlers, n.orelse, n.finalbody)]
        return nodes.Try(s, e, *blocks, type(n).__name__ == "TryStar")

    TryStar = Try

    def Raise(self, n: Any, s: int, e: int) -> Any:
        return nodes.Raise(s, e, self(n.exc), self(n.cause))

    def Assert(self, n: Any, s: int, e: int) -> Any:
        return nodes.Assert(s, e, self(n.test), self(n.msg))

    def Delete(self, n: Any, s: int, e: int) -> Any:
        return nodes.Delete(s, e, self.block(n.targets))

    def Match(self, n: Any, s: int, e: int) -> Any:
        return nodes.Match(s, e, self(n.subject), self.block(n.cases))

    def match_case(self, n: Any, s: int, e: int) -> Any:
        return nodes.Case(s, e, self(n.pattern), self(n.guard), self.block(n.body))

    def MatchValue(self, n: Any, s: int, e: int) -> Any:
        return nodes.Pattern(s, e, "MatchValue", (self(n.value),))

    def MatchSingleton(self, n: Any, s: int, e: int) -> Any:
        constant = nodes.Constant(s, e, type(n.value).__name__, n.value)
        return nodes.Pattern(s, e, "MatchSingleton", (constant,))

    def MatchSequence(self, n: Any, s: int, e: int) -> Any:
        return nodes.Pattern(s, e, type(n).__name__, (), self.block(n.patterns))

    MatchOr = MatchSequence

    def MatchStar(self, n: Any, s: int, e: int) -> Any:
        return nodes.Pattern(s, e, "MatchStar", (), (), (n.name,) if n.name else ())

    def MatchMapping(self, n: Any, s: int, e: int) -> Any:
        names = (n.rest,) if n.rest else ()
        return nodes.Pattern(s, e, "MatchMapping", self.block(n.keys), self.block(n.patterns), names)

    def MatchClass(self, n: Any, s: int, e: int) -> Any:
        return nodes.Pattern(s, e, "MatchClass", (self(n.cls),), self.block([*n.patterns, *n.kwd_patterns]))

    def MatchAs(self, n: Any, s: int, e: int) -> Any:
        parts = (self(n.pattern),) if n.pattern else ()
        return nodes.Pattern(s, e, "MatchAs", (), parts, (n.name,) if n.name else ())

    def alias(self, n: Any, s: int, e: int) -> Any:
        return nodes.Alias(s, e, n.name, n.asname)

    def Import(self, n: Any, s: int, e: int) -> Any:
        return nodes.Import(s, e, self.block(n.names))

    def ImportFrom(self, n: Any, s: int, e: int) -> Any:
        return nodes.ImportFrom(s, e, n.level, n.module or "", self.block(n.names))

    def FunctionDef(self, n: Any, s: int, e: int) -> Any:
        parameters, returns, decorators = self.parameters(n.args), self(n.returns), self.block(n.decorator_list)
        types = self.block(getattr(n, "type_params", ()))
        is_async = isinstance(n, ast.AsyncFunctionDef)
        body = self.block(n.body)
        return nodes.FunctionDef(s, e, n.name, 0, parameters, returns, decorators, body, is_async, types)

    AsyncFunctionDef = FunctionDef

    def ClassDef(self, n: Any, s: int, e: int) -> Any:
        arguments = self.arguments_of(n.bases, n.keywords)
        decorators, types = self.block(n.decorator_list), self.block(getattr(n, "type_params", ()))
        return nodes.ClassDef(s, e, n.name, 0, arguments, decorators, self.block(n.body), types)

    def TypeVar(self, n: Any, s: int, e: int) -> Any:
        stars = ("TypeVar", "TypeVarTuple", "ParamSpec").index(type(n).__name__)
        bound, default = getattr(n, "bound", None), getattr(n, "default_value", None)
        return nodes.TypeParameter(s, e, n.name, stars, self(bound), self(default))

    TypeVarTuple = ParamSpec = TypeVar

    def Global(self, n: Any, s: int, e: int) -> Any:
        return nodes.ScopeNames(s, e, isinstance(n, ast.Global), tuple(n.names))

    Nonlocal = Global

    def Pass(self, n: Any, s: int, e: int) -> Any:
        return nodes.Simple(s, e, type(n).__name__)

    Break = Continue = Pass

    def TypeAlias(self, n: Any, s: int, e: int) -> Any:
        return nodes.TypeAlias(s, e, n.name.id, self.block(n.type_params), self(n.value))


def named_places(node: Any, text: str) -> Iterable[tuple[str, str]]:
    """Yield every name that has a `name_start` with the text at that place, which must be equal."""
    for item in everything(node):
        if isinstance(item, (nodes.Attribute, nodes.FunctionDef, nodes.ClassDef)):
            yield item.name, unicodedata.normalize("NFKC", identifier_at(text, item.name_start))


def identifier_at(text: str, start: int) -> str:
    """Return the identifier that starts at `start`; it may hold marks that a regular expression's words do not."""
    end = start
    while end < len(text) and text[start : end + 1].isidentifier():
        end += 1
    return text[start:end]


def everything(node: Any) -> Iterable[nodes.Node]:
    """Yield all nodes below a node or a tuple of nodes, by its fields."""
    pending = [node]
    while pending:
        item = pending.pop()
        if isinstance(item, nodes.Node):
            yield item
            pending += [getattr(item, name) for name in item.__struct_fields__]
        elif isinstance(item, tuple):
            pending += item
