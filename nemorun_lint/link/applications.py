"""Where autoconvert and auto_config are applied: as a decorator, or as a call on a function or lambda."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum
from typing import Union

from nemorun_lint.ir import nodes as ir
from nemorun_lint.link import known
from nemorun_lint.link.index import Index
from nemorun_lint.link.judge import Converted
from nemorun_lint.link.modules import Module
from nemorun_lint.link.names import Program
from nemorun_lint.link.scopes import Scope
from nemorun_lint.link.symbols import ApiSymbol, ClassSymbol, FunctionSymbol, Symbol, UnknownSymbol, ValueSymbol


class Dialect(Enum):
    """Whose rules hold: NeMo-Run's autoconvert or fiddle's own auto_config."""

    NEMO_RUN = "run.autoconvert"
    FIDDLE = "auto_config"


@dataclass(frozen=True)
class Converter:
    """A decorator that rewrites functions, with its options.

    `unknown` gives the reason why the options cannot be read; then nothing is said about meaning.
    """

    dialect: Dialect
    partial: bool = False
    allow_control_flow: bool = False
    allow_dataclass_access: bool = True
    any_result: bool = False
    unknown: str | None = None

    @property
    def name(self) -> str:
        """How the decorator is called in messages."""
        return self.dialect.value


@dataclass(frozen=True, eq=False)
class Application:
    """One use of a converter.

    `place` is the decorator or the call, `target` what it is applied to where that is a definition or lambda
    of this module (in `scope`), and `symbol` what it is applied to otherwise.
    `position` is the index of the decorator from the top, None for calls.
    """

    module: Module
    converter: Converter
    place: ir.Expr
    target: Union[Converted, ir.ClassDef, None]
    scope: Scope
    position: int | None = None
    symbol: Symbol | None = None
    argument: ir.Expr | None = None

    @property
    def function_name(self) -> str:
        """The name of the function for messages."""
        if isinstance(self.target, (ir.FunctionDef, ir.ClassDef)):
            return self.target.name
        return "<lambda>"

    @property
    def decorators(self) -> tuple[ir.Expr, ...]:
        """All decorators of the target, from the top."""
        return () if self.target is None or isinstance(self.target, ir.Lambda) else self.target.decorators

    @property
    def in_class(self) -> bool:
        """Whether the target is defined in a class body."""
        return self.scope.is_class


def applications(program: Program, module: Module, index: Index) -> Iterator[Application]:
    """Yield the applications in a module: decorators first, then calls, each in source order."""
    definitions: list[tuple[ir.FunctionDef | ir.ClassDef, Scope]] = [*index.functions, *index.classes]
    decorators: set[int] = set()
    for definition, scope in sorted(definitions, key=lambda pair: pair[0].start):
        for position, decorator in enumerate(definition.decorators):
            converter = converter_of(program, module, scope, decorator)
            decorators.update(id(node) for node in _chain(decorator))
            if converter is not None:
                yield Application(module, converter, decorator, definition, scope, position)
    for call, scope in index.calls:
        if id(call) not in decorators:
            made = _call_application(program, module, scope, call)
            if made is not None:
                yield made


def _chain(expression: ir.Expr) -> Iterator[ir.Expr]:
    yield expression
    while isinstance(expression, ir.Call):
        expression = expression.function
        yield expression


def _call_application(program: Program, module: Module, scope: Scope, call: ir.Call) -> Application | None:
    converter = converter_of(program, module, scope, call.function)
    if converter is None:
        return None
    argument = function_argument(call)
    if argument is None:
        return None
    if isinstance(call.function, (ir.Name, ir.Attribute)):
        converter = _with_options(converter, call)
    if isinstance(argument, ir.Lambda):
        return Application(module, converter, call, argument, scope, argument=argument)
    symbol = program.resolve(module, scope, argument)
    if isinstance(symbol, FunctionSymbol) and symbol.module is module and symbol.owner is None:
        return Application(module, converter, call, symbol.definition, symbol.scope, None, symbol, argument)
    if isinstance(symbol, ValueSymbol) and isinstance(symbol.value, ir.Lambda) and symbol.module is module:
        return Application(module, converter, call, symbol.value, symbol.scope, None, symbol, argument)
    return Application(module, converter, call, None, scope, None, symbol, argument)


def function_argument(call: ir.Call) -> ir.Expr | None:
    """Return the argument for the parameter `fn` of a converter, None where it is not given."""
    for argument in call.arguments:
        if argument.stars:
            return None
        if argument.keyword is None or argument.keyword == "fn":
            value = argument.value
            return None if isinstance(value, ir.Constant) and value.kind == "NoneType" else value
    return None


def converter_of(program: Program, module: Module, scope: Scope, expression: ir.Expr) -> Converter | None:
    """Return the converter that an expression is: a name for it, or a call that sets its options."""
    symbol = program.resolve(module, scope, expression)
    if isinstance(symbol, ApiSymbol):
        return _CONVERTERS.get(symbol.name)
    if isinstance(symbol, ValueSymbol) and isinstance(symbol.value, ir.Call) and symbol.value is not expression:
        return converter_of(program, symbol.module, symbol.scope, symbol.value)
    if isinstance(symbol, FunctionSymbol) or not isinstance(expression, ir.Call):
        return None
    return _configured(program, module, scope, expression)


def _configured(program: Program, module: Module, scope: Scope, call: ir.Call) -> Converter | None:
    """Return the converter that a call makes: `autoconvert(partial=True)` or `functools.partial(autoconvert, ...)`."""
    if is_functools_partial(program.resolve(module, scope, call.function)):
        inner = call.arguments[0] if call.arguments else None
        if inner is None or inner.stars or inner.keyword:
            return None
        base = converter_of(program, module, scope, inner.value)
        return None if base is None else _with_options(base, call)
    base = converter_of(program, module, scope, call.function)
    if base is None or function_argument(call) is not None:
        return None
    return _with_options(base, call)


_CONVERTERS = {
    known.AUTOCONVERT: Converter(Dialect.NEMO_RUN),
    known.AUTO_CONFIG: Converter(Dialect.FIDDLE, allow_dataclass_access=False),
}
_OPTIONS = {
    "partial": "partial",
    "experimental_allow_control_flow": "allow_control_flow",
    "experimental_allow_dataclass_attribute_access": "allow_dataclass_access",
}
# Options that change which calls are converted, or into what.
_OPAQUE_OPTIONS = frozenset({"to_buildable_fn", "experimental_exemption_policy", "experimental_config_types"})


def _with_options(converter: Converter, call: ir.Call) -> Converter:
    for argument in call.arguments:
        keyword, value = argument.keyword, argument.value
        if argument.stars or keyword in _OPAQUE_OPTIONS:
            converter = replace(converter, unknown=f"options of {converter.name}")
        elif keyword in _OPTIONS:
            literal = value.value if isinstance(value, ir.Constant) and value.kind == "bool" else None
            if literal is None:
                converter = replace(converter, unknown=f"options of {converter.name}")
            else:
                converter = replace(converter, **{_OPTIONS[keyword]: bool(literal)})  # type: ignore[arg-type]
        elif keyword == "experimental_result_must_contain_buildable":
            converter = replace(converter, any_result=True)
    return converter


def is_functools_partial(symbol: Symbol) -> bool:
    """Whether a symbol is `functools.partial`, found or only named."""
    if isinstance(symbol, ClassSymbol):
        return symbol.qualified == "functools.partial"
    return isinstance(symbol, UnknownSymbol) and symbol.name == "functools.partial"
