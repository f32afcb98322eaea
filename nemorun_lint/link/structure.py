"""What is wrong with an application as a whole: its decorators, its target, the source, defaults, what it returns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from nemorun_lint.ir import nodes as ir
from nemorun_lint.ir.walk import children, walk
from nemorun_lint.link import known
from nemorun_lint.link.applications import Application, Dialect, converter_of, is_functools_partial
from nemorun_lint.link.bodies import Body, Result, result_of
from nemorun_lint.link.callees import callee_of_symbol, decorator_effect, returns_of, undecorated, wrapping
from nemorun_lint.link.classes import ancestry, symbol_name
from nemorun_lint.link.index import Index
from nemorun_lint.link.judge import attribute_targets
from nemorun_lint.link.misuse import ObjectDefault
from nemorun_lint.link.names import Program
from nemorun_lint.link.source import changed_strings, dedent_problem
from nemorun_lint.link.symbols import ApiSymbol, BuiltinSymbol, ClassSymbol, FunctionSymbol, ValueSymbol
from nemorun_lint.link.values import CalleeKind, ConfigValue
from nemorun_lint.text import SourceText


@dataclass(frozen=True, eq=False)
class Finding:
    """Something about an application, with a place: 0-based offsets in code points."""

    application: Application
    start: int
    end: int


@dataclass(frozen=True, eq=False)
class DecoratorOrder(Finding):
    """Two decorators in the wrong order: `upper` stands directly or somewhere above `lower`; `why` says what happens."""

    upper: ir.Expr
    lower: ir.Expr
    name: str
    why: str
    can_swap: bool


class UndecoratedWrapper(Finding):
    """The converter is applied to a wrapper that hides the function."""


@dataclass(frozen=True, eq=False)
class NotConvertible(Finding):
    """The converter is applied to something that it cannot convert."""

    what: str
    raises: str


class RedundantAutoconvert(Finding):
    """The function gives a run.Config without the decorator."""


class AttributeTarget(Finding):
    """An attribute target that crashes the transformer."""


class DedentedSource(Finding):
    """The source of the function does not parse once it is dedented."""


class DedentedString(Finding):
    """A string loses spaces when the source of the function is dedented."""


@dataclass(frozen=True, eq=False)
class BadReturn(Finding):
    """A return whose value cannot be made into a Config, or is made into the wrong one."""

    result: Result
    type_name: str


def findings(program: Program, body: Body, index: Index) -> Iterator[object]:
    """Yield what is wrong with the application of a body as a whole."""
    application, target = body.application, body.application.target
    if application.converter.unknown is not None:
        return
    yield from _not_convertible(program, application, index)
    if isinstance(target, ir.FunctionDef):
        yield from _decorators(program, application, target)
        yield from _source(application.module.source, application, target)
        yield from _defaults(program, application, target)
    if isinstance(target, (ir.FunctionDef, ir.Lambda)):
        for attribute in attribute_targets(target):
            yield AttributeTarget(application, attribute.start, attribute.end)
        yield from _returns(application, body)
        yield from _redundant(program, body, index)


# -- what it is applied to ----------------------------------------------------------------------------


def _not_convertible(program: Program, application: Application, index: Index) -> Iterator[Finding]:
    place = application.argument or application.place
    what, raises = _unconvertible(program, application)
    if what:
        yield NotConvertible(application, place.start, place.end, what, raises)
    target = application.target
    if isinstance(target, ir.Lambda):
        text = application.module.source
        row = text.position(target.start).row
        sharing = [other for other, _ in index.lambdas if text.position(other.start).row == row]
        if len(sharing) > 1:
            what = "a lambda that shares its line with another"
            yield NotConvertible(application, target.start, target.end, what, "ValueError")


def _unconvertible(program: Program, application: Application) -> tuple[str, str]:
    symbol = application.symbol
    if isinstance(application.target, ir.ClassDef) or isinstance(symbol, ClassSymbol):
        return "a class", "ValueError"
    if isinstance(symbol, BuiltinSymbol):
        return f"the builtin '{symbol.name}'", "ValueError"
    if isinstance(application.target, ir.FunctionDef) and application.position is not None:
        for decorator in application.target.decorators[application.position + 1 :]:
            name = symbol_name(program.resolve(application.module, application.scope, undecorated(decorator)))
            if name in ("functools.lru_cache", "functools.cache"):
                return f"a {name} object", "ValueError"
    argument = application.argument
    if isinstance(argument, ir.Call):
        called = program.resolve(application.module, application.scope, argument.function)
        if is_functools_partial(called):
            return "a functools.partial object", "ValueError"
    made = _instance(program, application, argument)
    if made:
        return made, "ValueError"
    if isinstance(argument, (ir.Constant, ir.Sequence, ir.Mapping, ir.FormattedString)):
        return "a value that is no function", "ValueError"
    return "", ""


def _instance(program: Program, application: Application, argument: ir.Expr | None) -> str:
    """Return what an argument is that is an object of a class of the program, or a method bound to one; "" for others."""
    is_method = isinstance(argument, ir.Attribute)
    owner = argument.value if isinstance(argument, ir.Attribute) else argument
    if not isinstance(owner, ir.Name):
        return ""
    symbol = program.resolve(application.module, application.scope, owner)
    if not isinstance(symbol, ValueSymbol) or not isinstance(symbol.value, ir.Call):
        return ""
    made = program.resolve(symbol.module, symbol.scope, symbol.value.function)
    if not isinstance(made, ClassSymbol) or callee_of_symbol(program, made, "").kind is not CalleeKind.CLASS:
        return ""
    return f"a method bound to an object of '{made.name}'" if is_method else f"an object of '{made.name}'"


# -- decorators ---------------------------------------------------------------------------------------


def _decorators(program: Program, application: Application, target: ir.FunctionDef) -> Iterator[Finding]:
    function = FunctionSymbol(application.module, target, application.scope)
    if application.position is None:
        if wrapping(program, function).converter is not None:
            place = application.place
            why = "raises ValueError when the function is called"
            yield DecoratorOrder(application, place.start, place.end, place, place, "a converted function", why, False)
        return
    for position, decorator in enumerate(target.decorators):
        if position < application.position:
            yield from _above(program, application, function, decorator)
        elif position > application.position:
            found = _below(program, application, function, decorator, position)
            if found is not None:
                yield found
                return


def _above(
    program: Program, application: Application, function: FunctionSymbol, decorator: ir.Expr
) -> Iterator[Finding]:
    name = symbol_name(program.resolve(function.module, function.scope, decorator))
    if application.converter.dialect is Dialect.FIDDLE and name in ("classmethod", "staticmethod"):
        # fiddle looks for a decorator that is spelled auto_config, whatever it is.
        if _spelled_auto_config(application.place):
            place = application.place
            why = "raises AssertionError when the module is imported"
            yield DecoratorOrder(application, place.start, place.end, decorator, place, name, why, False)


def _spelled_auto_config(decorator: ir.Expr) -> bool:
    expression = decorator.function if isinstance(decorator, ir.Call) else decorator
    return isinstance(expression, (ir.Name, ir.Attribute)) and expression.name == "auto_config"


def _below(
    program: Program, application: Application, function: FunctionSymbol, decorator: ir.Expr, position: int
) -> Finding | None:
    place = application.place
    expression = decorator.function if isinstance(decorator, ir.Call) else decorator
    symbol = program.resolve(function.module, function.scope, expression)
    next_to = position == (application.position or 0) + 1
    if converter_of(program, function.module, function.scope, decorator) is not None:
        why = "raises ValueError when the function is called"
        return DecoratorOrder(application, place.start, place.end, place, decorator, "another converter", why, False)
    is_nemo = application.converter.dialect is Dialect.NEMO_RUN
    if symbol_name(symbol) == "classmethod":
        if not is_nemo:
            return None
        why = "raises TypeError when the method is called"
        return DecoratorOrder(application, place.start, place.end, place, decorator, "classmethod", why, next_to)
    if isinstance(symbol, ApiSymbol) and symbol.name == known.FACTORY and is_nemo:
        why = "raises ValueError when the function is called"
        return DecoratorOrder(application, place.start, place.end, place, decorator, "factory", why, next_to)
    if isinstance(symbol, FunctionSymbol):
        effect = decorator_effect(program, function, decorator)
        if effect == "hides":
            return UndecoratedWrapper(application, place.start, place.end)
        if effect == "transparent" and _wraps(symbol):
            why = "raises ValueError when the function is called"
            return DecoratorOrder(application, place.start, place.end, place, decorator, symbol.name, why, False)
    return None


def _wraps(symbol: FunctionSymbol) -> bool:
    """Whether a decorator of the program makes a wrapper: it does not return what it is given."""
    returned = [r.value for r in returns_of(symbol.definition.body)]
    first = symbol.definition.parameters[0].name if symbol.definition.parameters else ""
    return bool(returned) and not any(isinstance(value, ir.Name) and value.name == first for value in returned)


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
_VALUE_BASES = frozenset({"enum.Enum", "typing.NamedTuple", "NamedTuple", "typing_extensions.NamedTuple", "Enum"})


def _defaults(program: Program, application: Application, target: ir.FunctionDef) -> Iterator[ObjectDefault]:
    if application.converter.dialect is not Dialect.NEMO_RUN:
        return
    used = set(_used_whole(target))
    for parameter in target.parameters:
        default = parameter.default
        if isinstance(default, ir.Call) and parameter.name in used:
            symbol = program.resolve(application.module, application.scope, default.function)
            if isinstance(symbol, ClassSymbol) and _makes_objects(program, symbol):
                yield ObjectDefault(default, application, parameter.name, symbol.name)


def _used_whole(target: ir.FunctionDef) -> Iterator[str]:
    """Yield the names that a body uses otherwise than for an attribute or item of what they hold."""
    for node in _walk_all(target.body):
        parts = (child for child in children(node) if isinstance(child, ir.Name))
        for part in parts:
            if not (isinstance(node, (ir.Attribute, ir.Subscript)) and part is node.value):
                yield part.name


def _makes_objects(program: Program, symbol: ClassSymbol) -> bool:
    lineage = ancestry(program, symbol)
    callee = callee_of_symbol(program, symbol, symbol.name)
    return callee.kind is CalleeKind.CLASS and lineage.complete and not lineage.names & _VALUE_BASES


# -- returns ------------------------------------------------------------------------------------------


def _returns(application: Application, body: Body) -> Iterator[Finding]:
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
    return bool(names & {"abstractmethod", "overload"}) or any(isinstance(s, ir.Raise) for s in walk(target))


def _redundant(program: Program, body: Body, index: Index) -> Iterator[Finding]:
    application, target = body.application, body.application.target
    if application.converter.dialect is Dialect.FIDDLE or application.converter.partial:
        return
    if not isinstance(target, ir.FunctionDef) or application.position is None or not body.returns:
        return
    if not all(_is_run_config(value) for _, value in body.returns) or not _only_buildables(program, application, target):
        return
    if _called_by_converted(program, application, index):
        return
    yield RedundantAutoconvert(application, application.place.start, application.place.end)


def _is_run_config(value: object) -> bool:
    return isinstance(value, ConfigValue) and value.explicit and value.callee.kind is CalleeKind.RUN_BUILDABLE and not value.partial


def _only_buildables(program: Program, application: Application, target: ir.FunctionDef) -> bool:
    """Whether every call in a body is exempt, so that the decorator changes none."""
    scope = program.inner_scope(target, application.scope)
    for statement in target.body:
        for node in walk(statement):
            if isinstance(node, ir.Call):
                symbol = program.resolve(application.module, scope, node.function)
                if callee_of_symbol(program, symbol, "").kind not in (CalleeKind.RUN_BUILDABLE, CalleeKind.AUTOCONVERTED):
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


def _names_target(program: Program, application: Application, scope: object, call: ir.Call) -> bool:
    symbol = program.resolve(application.module, scope, call.function)  # type: ignore[arg-type]
    return isinstance(symbol, FunctionSymbol) and symbol.definition is application.target
