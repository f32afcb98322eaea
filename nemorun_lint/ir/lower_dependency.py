"""A module that only others use, lowered from an astroid tree: everything but the bodies of functions.

astroid parses here and does nothing else: no inference, no transforms, no module finder, no cache.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator, Sequence

from astroid import nodes as an
from astroid.manager import AstroidManager
from astroid.rebuilder import TreeRebuilder

from nemorun_lint.ir import nodes as ir
from nemorun_lint.ir.lower_dependency_expressions import ExpressionLowering
from nemorun_lint.ir.record import ModuleRecord
from nemorun_lint.text import SourceText


def lower_dependency(source: SourceText) -> ModuleRecord:
    """Return the record of a module without function bodies; equal to `strip_bodies(lower(source))`.

    What the running Python cannot parse (newer syntax, deep nesting, no Python at all) is left to libcst. Never raises.
    """
    try:
        body = StatementLowering(source, *_rebuild(_parsed(source.text))).module()
        return ModuleRecord(body, is_interface=True, may_have_walrus=":=" in source.text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return _lower_with_libcst(source)


def _parsed(text: str) -> ast.Module:
    with warnings.catch_warnings():
        # Odd escapes of dependencies are not ours to report.
        warnings.simplefilter("ignore")
        return ast.parse(text)


def _lower_with_libcst(source: SourceText) -> ModuleRecord:
    from nemorun_lint.ir.interface import strip_bodies
    from nemorun_lint.ir.lower import lower

    return strip_bodies(lower(source))


class _KeepingRebuilder(TreeRebuilder):  # type: ignore[misc]
    """astroid's builder, which also keeps the `ast` nodes of which astroid drops positions or parts."""

    def __init__(self) -> None:
        super().__init__(AstroidManager())
        self.origins: dict[an.NodeNG, ast.AST] = {}

    def visit(self, node: ast.AST | None, parent: an.NodeNG) -> an.NodeNG | None:
        made: an.NodeNG | None = super().visit(node, parent)
        if made is not None and isinstance(node, _KEPT):
            self.origins[made] = node
        return made


_KEPT = (ast.Import, ast.ImportFrom, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def _rebuild(tree: ast.Module) -> tuple[an.Module, dict[an.NodeNG, ast.AST]]:
    _prepare(tree)
    rebuilder = _KeepingRebuilder()
    return rebuilder.visit_module(tree, "", "", False), rebuilder.origins


def _prepare(tree: ast.Module) -> None:
    """Empty the bodies of functions; put a statement before docstrings, which astroid else takes out of bodies."""
    pending: list[ast.AST] = [tree]
    while pending:
        node = pending.pop()
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            node.body = []
            continue
        pending.extend(_parts(node))
        if isinstance(node, (ast.Module, ast.ClassDef)):
            node.body.insert(0, ast.Pass(lineno=1, col_offset=0, end_lineno=1, end_col_offset=0))


def _parts(node: ast.AST) -> Iterator[ast.AST]:
    for field in ("body", "orelse", "finalbody", "handlers", "cases"):
        yield from getattr(node, field, ())


class StatementLowering(ExpressionLowering):
    """Lowers the statements of one astroid module."""

    def __init__(self, source: SourceText, module: an.Module, origins: dict[an.NodeNG, ast.AST]) -> None:
        super().__init__(source)
        self._module = module
        self._origins = origins

    def module(self) -> tuple[ir.Statement, ...]:
        """Return the statements of the module."""
        return self.block(self._module.body[1:])

    def block(self, body: Sequence[an.NodeNG]) -> tuple[ir.Statement, ...]:
        """Return the lowered statements of a block."""
        return tuple(self.statement(node) for node in body)

    def statement(self, node: an.NodeNG) -> ir.Statement:
        """Return a lowered statement."""
        lowered: ir.Statement = getattr(self, "_statement_" + type(node).__name__.lower())(node)
        return lowered

    def _statement_expr(self, node: an.Expr) -> ir.Statement:
        return ir.ExpressionStatement(*self.span(node), self.expression(node.value))

    def _statement_assign(self, node: an.Assign) -> ir.Statement:
        return ir.Assign(*self.span(node), self.expressions(node.targets), self.expression(node.value))

    def _statement_annassign(self, node: an.AnnAssign) -> ir.Statement:
        target, annotation = self.expression(node.target), self.expression(node.annotation)
        return ir.AnnotatedAssign(*self.span(node), target, annotation, self.optional(node.value))

    def _statement_augassign(self, node: an.AugAssign) -> ir.Statement:
        target, value = self.expression(node.target), self.expression(node.value)
        return ir.AugmentedAssign(*self.span(node), target, node.op[:-1], value)

    def _statement_return(self, node: an.Return) -> ir.Statement:
        return ir.Return(*self.span(node), self.optional(node.value))

    def _statement_if(self, node: an.If) -> ir.Statement:
        return ir.If(*self.span(node), self.expression(node.test), self.block(node.body), self.block(node.orelse))

    def _statement_while(self, node: an.While) -> ir.Statement:
        return ir.While(*self.span(node), self.expression(node.test), self.block(node.body), self.block(node.orelse))

    def _statement_for(self, node: an.For) -> ir.Statement:
        target, iterable = self.expression(node.target), self.expression(node.iter)
        is_async = isinstance(node, an.AsyncFor)
        return ir.For(*self.span(node), target, iterable, self.block(node.body), self.block(node.orelse), is_async)

    _statement_asyncfor = _statement_for

    def _statement_with(self, node: an.With) -> ir.Statement:
        start, end = self.span(node)
        offset, closing = self.with_parentheses(node)
        items = []
        for context, target in node.items:
            lowered, bound = self.expression(context), self.optional(target)
            first, last = self.skip(offset), self.outer_end((bound or lowered).end, closing)
            items.append(ir.WithItem(first, last, lowered, bound))
            offset = self.skip(last) + 1
        return ir.With(start, end, tuple(items), self.block(node.body), isinstance(node, an.AsyncWith))

    _statement_asyncwith = _statement_with

    def _statement_try(self, node: an.Try | an.TryStar) -> ir.Statement:
        handlers = tuple(self._handler(handler) for handler in node.handlers)
        body, orelse, last = self.block(node.body), self.block(node.orelse), self.block(node.finalbody)
        return ir.Try(*self.span(node), body, handlers, orelse, last, isinstance(node, an.TryStar))

    _statement_trystar = _statement_try

    def _handler(self, node: an.ExceptHandler) -> ir.Handler:
        name = node.name.name if node.name else None
        return ir.Handler(*self.span(node), self.optional(node.type), name, self.block(node.body))

    def _statement_raise(self, node: an.Raise) -> ir.Statement:
        return ir.Raise(*self.span(node), self.optional(node.exc), self.optional(node.cause))

    def _statement_assert(self, node: an.Assert) -> ir.Statement:
        return ir.Assert(*self.span(node), self.expression(node.test), self.optional(node.fail))

    def _statement_delete(self, node: an.Delete) -> ir.Statement:
        return ir.Delete(*self.span(node), self.expressions(node.targets))

    def _statement_match(self, node: an.Match) -> ir.Statement:
        cases = tuple(self._case(case) for case in node.cases)
        return ir.Match(*self.span(node), self.expression(node.subject), cases)

    def _case(self, node: an.MatchCase) -> ir.Case:
        pattern, guard, body = self.pattern(node.pattern), self.optional(node.guard), self.block(node.body)
        return ir.Case(pattern.start, body[-1].end, pattern, guard, body)

    def _statement_import(self, node: an.Import) -> ir.Statement:
        return ir.Import(*self.span(node), self._aliases(node))

    def _statement_importfrom(self, node: an.ImportFrom) -> ir.Statement:
        return ir.ImportFrom(*self.span(node), node.level or 0, node.modname, self._aliases(node))

    def _aliases(self, node: an.Import | an.ImportFrom) -> tuple[ir.Alias, ...]:
        origin = self._origins[node]
        assert isinstance(origin, (ast.Import, ast.ImportFrom))
        return tuple(ir.Alias(*self.span(alias), alias.name, alias.asname) for alias in origin.names)

    def _statement_functiondef(self, node: an.FunctionDef) -> ir.Statement:
        # astroid puts a decorated function on the line of its first decorator.
        start, end = self.span(self._origins[node])
        returns, decorators = self.optional(node.returns), self._decorators(node)
        name_start, is_async = self.after_keywords(start), isinstance(node, an.AsyncFunctionDef)
        parameters, variables = self.parameters(node.args), self._type_parameters(node)
        return ir.FunctionDef(
            start, end, node.name, name_start, parameters, returns, decorators, (), is_async, variables
        )

    _statement_asyncfunctiondef = _statement_functiondef

    def _statement_classdef(self, node: an.ClassDef) -> ir.Statement:
        start, end = self.span(node)
        name_start, variables = self.after_keywords(start), self._type_parameters(node)
        arguments = self._class_arguments(node, variables[-1].end if variables else name_start + len(node.name))
        decorators, body = self._decorators(node), self.block(node.body[1:])
        return ir.ClassDef(start, end, node.name, name_start, arguments, decorators, body, variables)

    def _class_arguments(self, node: an.ClassDef, after: int) -> tuple[ir.Argument, ...]:
        origin = self._origins[node]
        assert isinstance(origin, ast.ClassDef)
        if not (origin.bases or origin.keywords):
            return ()
        # astroid keeps `metaclass=` apart, and its value only.
        keywords = iter(node.keywords)
        values = [node._metaclass if k.arg == "metaclass" else next(keywords).value for k in origin.keywords]
        named = [(self.span(k), k.arg, value) for k, value in zip(origin.keywords, values, strict=True)]
        return self.arguments(node.bases, named, self.open_parenthesis(after), None)

    def _decorators(self, node: an.FunctionDef | an.ClassDef) -> tuple[ir.Expr, ...]:
        return self.expressions(node.decorators.nodes) if node.decorators else ()

    def _type_parameters(self, node: an.FunctionDef | an.ClassDef | an.TypeAlias) -> tuple[ir.TypeParameter, ...]:
        return tuple(self._type_parameter(parameter) for parameter in node.type_params)

    def _type_parameter(self, node: an.TypeVar | an.TypeVarTuple | an.ParamSpec) -> ir.TypeParameter:
        stars = {"TypeVar": 0, "TypeVarTuple": 1, "ParamSpec": 2}[type(node).__name__]
        bound = self.optional(getattr(node, "bound", None))
        default = self.optional(getattr(node, "default_value", None))
        return ir.TypeParameter(*self.span(node), node.name.name, stars, bound, default)

    def _statement_typealias(self, node: an.TypeAlias) -> ir.Statement:
        variables, value = self._type_parameters(node), self.expression(node.value)
        return ir.TypeAlias(*self.span(node), node.name.name, variables, value)

    def _statement_global(self, node: an.Global | an.Nonlocal) -> ir.Statement:
        return ir.ScopeNames(*self.span(node), isinstance(node, an.Global), tuple(node.names))

    _statement_nonlocal = _statement_global

    def _statement_pass(self, node: an.Pass | an.Break | an.Continue) -> ir.Statement:
        return ir.Simple(*self.span(node), type(node).__name__)

    _statement_break = _statement_continue = _statement_pass
