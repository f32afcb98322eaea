"""What is wrong with an application as a whole: its decorators, its target, the source, defaults, what it returns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from nemorun_lint.ir import nodes as ir
from nemorun_lint.ir.walk import walk
from nemorun_lint.link.applications import Application, Dialect
from nemorun_lint.link.bodies import Body, Result, result_of
from nemorun_lint.link.callees import callee_of_symbol, wrapping
from nemorun_lint.link.classes import ancestry
from nemorun_lint.link.decorators import decorator_problems, not_convertible
from nemorun_lint.link.findings import (
    AttributeTarget,
    BadReturn,
    DedentedSource,
    DedentedString,
    DottedPattern,
    Finding,
    RedundantAutoconvert,
)
from nemorun_lint.link.index import Index
from nemorun_lint.link.judge import attribute_targets, dotted_patterns
from nemorun_lint.link.misuse import ObjectDefault
from nemorun_lint.link.names import Program
from nemorun_lint.link.scopes import Scope
from nemorun_lint.link.source import changed_strings, dedent_problem
from nemorun_lint.link.symbols import ClassSymbol, FunctionSymbol
from nemorun_lint.link.values import CalleeKind, ConfigValue
from nemorun_lint.text import SourceText


def findings(program: Program, body: Body, index: Index) -> Iterator[object]:
    """Yield what is wrong with the application of a body as a whole."""
    application, target = body.application, body.application.target
    if application.converter.unknown is not None:
        return
    yield from not_convertible(program, application, index)
    if isinstance(target, ir.FunctionDef):
        yield from decorator_problems(program, application, target)
        yield from _source(application.module.source, application, target)
        yield from _defaults(program, application, target, body.kept)
    if isinstance(target, (ir.FunctionDef, ir.Lambda)):
        for attribute in attribute_targets(target):
            yield AttributeTarget(application, attribute.start, attribute.end)
        for attribute in dotted_patterns(target):
            yield DottedPattern(application, attribute.start, attribute.end)
        yield from _returns(application, body)
        yield from _redundant(program, body, index)


# -- source and defaults ------------------------------------------------------------------------------


def _source(text: SourceText, application: Application, target: ir.FunctionDef) -> Iterator[Finding]:
    problem = dedent_problem(text, target)
    if problem is not None:
        # A string is marked at its start: the line itself can stand inside of it.
        start, end = problem.start, problem.end
        for node in walk(target):
            if isinstance(node, (ir.Constant, ir.FormattedString)) and node.start < problem.start < node.end:
                start, end = node.start, node.end
        yield DedentedSource(application, start, end)
        return
    for node in changed_strings(text, target):
        if not _is_dedented_anyway(target, node):
            yield DedentedString(application, node.start, node.end)


def _is_dedented_anyway(target: ir.FunctionDef, node: ir.Node) -> bool:
    """Whether a string is an argument of `textwrap.dedent` or `inspect.cleandoc`."""
    for call in walk(target):
        if isinstance(call, ir.Call) and isinstance(call.function, (ir.Name, ir.Attribute)):
            if call.function.name in ("dedent", "cleandoc") and any(a.value is node for a in call.arguments):
                return True
    return False


# Classes whose instances can be serialized.
_VALUE_BASES = frozenset(
    {"enum.Enum", "typing.NamedTuple", "NamedTuple", "typing_extensions.NamedTuple", "Enum", "collections.defaultdict"}
)


def _defaults(
    program: Program, application: Application, target: ir.FunctionDef, used: frozenset[str]
) -> Iterator[ObjectDefault]:
    if application.converter.dialect is not Dialect.NEMO_RUN:
        return
    for parameter in target.parameters:
        default = parameter.default
        if isinstance(default, ir.Call) and parameter.name in used:
            symbol = program.resolve(application.module, application.scope, default.function)
            if isinstance(symbol, ClassSymbol) and _makes_objects(program, symbol):
                yield ObjectDefault(default, application, parameter.name, symbol.name)


def _makes_objects(program: Program, symbol: ClassSymbol) -> bool:
    lineage = ancestry(program, symbol)
    callee = callee_of_symbol(program, symbol, symbol.name)
    return callee.kind is CalleeKind.CLASS and lineage.complete and not lineage.names & _VALUE_BASES


# -- returns ------------------------------------------------------------------------------------------


def _returns(application: Application, body: Body) -> Iterator[Finding]:
    if isinstance(application.target, ir.FunctionDef) and application.target.is_async:
        return
    results = [(node, value, result_of(value)) for node, value in body.returns]
    if not results:
        yields = any(o.offence.construct in ("Yield", "YieldFrom") for o in body.offences)
        if not yields and not _is_abstract(application.target):
            yield BadReturn(application, body.start, body.end, Result.NOTHING, "nothing")
        return
    is_nemo = application.converter.dialect is Dialect.NEMO_RUN
    if all(result is Result.NOTHING for _, _, result in results) and not application.converter.any_result:
        for node, value, _ in results:
            yield BadReturn(application, node.start, node.end, Result.NOTHING, getattr(value, "type_name", ""))
    for node, value, result in results if is_nemo else ():
        if result is Result.CONTAINER or (result is Result.PARTIAL and not application.converter.partial):
            yield BadReturn(application, node.start, node.end, result, getattr(value, "type_name", "dict"))


def _is_abstract(target: object) -> bool:
    """Whether a function is only a declaration, or never returns because it raises."""
    if not isinstance(target, ir.FunctionDef):
        return True
    names = {d.name for d in target.decorators if isinstance(d, (ir.Name, ir.Attribute))}
    values = [s.value for s in target.body if isinstance(s, ir.ExpressionStatement)]
    if len(values) == len(target.body) and any(isinstance(v, ir.Constant) and v.kind == "ellipsis" for v in values):
        return True
    return bool(names & {"abstractmethod", "overload"}) or any(isinstance(s, ir.Raise) for s in walk(target))


def _redundant(program: Program, body: Body, index: Index) -> Iterator[Finding]:
    application, target = body.application, body.application.target
    if application.converter.dialect is Dialect.FIDDLE or application.converter.partial:
        return
    if not isinstance(target, ir.FunctionDef) or application.position is None or not body.returns:
        return
    if not all(_is_run_config(value) for _, value in body.returns) or not _only_buildables(
        program, application, target
    ):
        return
    if _called_by_converted(program, application, index):
        return
    yield RedundantAutoconvert(application, application.place.start, application.place.end)


def _is_run_config(value: object) -> bool:
    return (
        isinstance(value, ConfigValue)
        and value.explicit
        and value.callee.kind is CalleeKind.RUN_BUILDABLE
        and not value.partial
    )


def _only_buildables(program: Program, application: Application, target: ir.FunctionDef) -> bool:
    """Whether every call in a body is exempt, so that the decorator changes none."""
    scope = program.inner_scope(target, application.scope)
    for statement in target.body:
        for node in walk(statement):
            if isinstance(node, ir.Call):
                symbol = program.resolve(application.module, scope, node.function)
                if callee_of_symbol(program, symbol, "").kind not in (
                    CalleeKind.RUN_BUILDABLE,
                    CalleeKind.AUTOCONVERTED,
                ):
                    return False
    return True


def _called_by_converted(program: Program, application: Application, index: Index) -> bool:
    """Whether another converted function of the file calls this one: it relies on the decorator."""
    converted = [
        (function, scope)
        for function, scope in index.functions
        if wrapping(program, FunctionSymbol(application.module, function, scope)).converter is not None
    ]
    return any(
        isinstance(node, ir.Call) and _names_target(program, application, program.inner_scope(function, scope), node)
        for function, scope in converted
        for node in _walk_all(function.body)
    )


def _walk_all(block: Iterable[ir.Statement]) -> Iterator[ir.Node]:
    for statement in block:
        yield from walk(statement)


def _names_target(program: Program, application: Application, scope: Scope, call: ir.Call) -> bool:
    symbol = program.resolve(application.module, scope, call.function)
    return isinstance(symbol, FunctionSymbol) and symbol.definition is application.target
