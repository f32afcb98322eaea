"""What a converter is applied to, and between which other decorators."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from nemorun_lint.ir import nodes as ir
from nemorun_lint.link import known
from nemorun_lint.link.applications import Application, Dialect, converter_of, is_functools_partial
from nemorun_lint.link.callees import (
    annotated_config,
    callee_of_symbol,
    decorator_effect,
    undecorated,
    wrapping,
)
from nemorun_lint.link.classes import ancestry, find_member, is_stub, symbol_name
from nemorun_lint.link.findings import DecoratorOrder, Finding, NotConvertible, UndecoratedWrapper
from nemorun_lint.link.index import Index
from nemorun_lint.link.names import Program
from nemorun_lint.link.source import parses_alone
from nemorun_lint.link.symbols import ApiSymbol, BuiltinSymbol, ClassSymbol, FunctionSymbol, ValueSymbol
from nemorun_lint.link.values import CalleeKind

# -- what it is applied to ----------------------------------------------------------------------------


def not_convertible(program: Program, application: Application, index: Index) -> Iterator[Finding]:
    """Yield a finding where the target of an application cannot be converted."""
    place = application.argument or application.place
    what, raises = _unconvertible(program, application)
    if what:
        yield NotConvertible(application, place.start, place.end, what, raises)
    target = application.target
    if isinstance(target, ir.Lambda):
        text = application.module.source
        if not parses_alone(text, target):
            what = "a lambda over several lines without parentheses of its own"
            yield NotConvertible(application, target.start, target.end, what, "SyntaxError")
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
        made = _made_by_class(program, application, application.target.decorators[application.position + 1 :])
        if made:
            return made, "ValueError"
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


def _made_by_class(program: Program, application: Application, below: Sequence[ir.Expr]) -> str:
    """Return what the decorator directly below makes, where that is an object of a class of the program."""
    symbol = program.resolve(application.module, application.scope, below[0]) if below else None
    if not isinstance(symbol, ClassSymbol) or is_stub(symbol) or not find_member(program, symbol, "__call__"):
        return ""
    lineage = ancestry(program, symbol)
    if (
        not lineage.complete
        or lineage.names & {"staticmethod", "classmethod"}
        or find_member(program, symbol, "__new__")
    ):
        return ""
    return f"an object of '{symbol.name}'"


def _instance(program: Program, application: Application, argument: ir.Expr | None) -> str:
    """Return what an argument is that is an object of a class of the program, or a method bound to one.

    "" for others.
    """
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


def decorator_problems(program: Program, application: Application, target: ir.FunctionDef) -> Iterator[Finding]:
    """Yield the decorators of a function that stand in the wrong order."""
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
        has_target = isinstance(decorator, ir.Call) and any(a.keyword in ("target", None) for a in decorator.arguments)
        when = "function is called" if has_target or annotated_config(program, function) else "module is imported"
        why = f"raises ValueError when the {when}"
        return DecoratorOrder(application, place.start, place.end, place, decorator, "factory", why, next_to)
    if isinstance(symbol, FunctionSymbol):
        effect = decorator_effect(program, function, decorator)
        if effect == "hides":
            return UndecoratedWrapper(application, place.start, place.end)
        if effect == "wraps":
            why = "raises ValueError when the function is called"
            return DecoratorOrder(application, place.start, place.end, place, decorator, symbol.name, why, False)
    return None
