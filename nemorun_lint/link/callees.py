"""What a class or function is to autoconvert when it is called: converted, exempt, a builder of Configs, or unknown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Union

from nemorun_lint.ir import nodes as ir
from nemorun_lint.link import known
from nemorun_lint.link.applications import Converter, Dialect, converter_of, is_functools_partial
from nemorun_lint.link.classes import ancestry, symbol_name
from nemorun_lint.link.modules import Module
from nemorun_lint.link.names import Program
from nemorun_lint.link.scopes import Scope, inner_blocks
from nemorun_lint.link.symbols import (
    ApiSymbol,
    BuiltinSymbol,
    ClassSymbol,
    FunctionSymbol,
    ParameterSymbol,
    Symbol,
    UnknownSymbol,
    ValueSymbol,
)
from nemorun_lint.link.values import Callee, CalleeKind

_MAX_DEPTH = 12
# Decorators that keep `__auto_config__` (by `functools.wraps`) or change nothing that counts.
_TRANSPARENT = frozenset(
    {
        "functools.lru_cache", "functools.cache", "functools.wraps", "typing.overload", "typing.final",
        "typing_extensions.final", "typing.no_type_check", "abc.abstractmethod", "classmethod", "staticmethod",
        "builtins.classmethod", "builtins.staticmethod", "typing_extensions.override", "typing.override",
        "contextlib.contextmanager", "typing_extensions.deprecated", "warnings.deprecated",
    }
)  # fmt: skip
_TRANSPARENT_API = frozenset({known.FACTORY, known.ENTRYPOINT})


@dataclass(frozen=True)
class Wrapping:
    """What the decorators of a function make of it.

    `converter` is that of a converted function (with an `__auto_config__` that shows outside), `opaque` names a
    decorator that is not understood, `hides` one that is known to return another function without `functools.wraps`.
    """

    converter: Converter | None = None
    exempt: bool = False
    opaque: ir.Expr | None = None
    hides: ir.Expr | None = None


def wrapping(program: Program, symbol: FunctionSymbol) -> Wrapping:
    """Return what the decorators of a function make of it, from the innermost."""
    made = Wrapping()
    for decorator in reversed(symbol.definition.decorators):
        converter = converter_of(program, symbol.module, symbol.scope, decorator)
        if converter is not None:
            made = Wrapping(converter, made.exempt, made.opaque, made.hides)
            continue
        effect = decorator_effect(program, symbol, decorator)
        if effect == "exempt":
            made = Wrapping(made.converter, True, made.opaque, made.hides)
        elif effect == "hides":
            made = Wrapping(None, False, made.opaque, decorator)
        elif effect == "unknown":
            made = Wrapping(made.converter, made.exempt, decorator, made.hides)
    return made


def decorator_effect(program: Program, symbol: FunctionSymbol, decorator: ir.Expr) -> str:
    """Return what a decorator does to a function: "transparent", "wraps", "exempt", "hides" or "unknown"."""
    expression = decorator.function if isinstance(decorator, ir.Call) else decorator
    found = program.resolve(symbol.module, symbol.scope, expression)
    if isinstance(found, ApiSymbol):
        if found.name in (known.EXEMPT, known.AUTO_UNCONFIG):
            return "exempt"
        return "transparent" if found.name in _TRANSPARENT_API else "unknown"
    if symbol_name(found) in _TRANSPARENT or _is_property_part(expression):
        return "transparent"
    if isinstance(found, FunctionSymbol):
        return _decorator_function_effect(program, found, called=isinstance(decorator, ir.Call))
    return "unknown"


def _is_property_part(expression: ir.Expr) -> bool:
    return isinstance(expression, ir.Attribute) and expression.name in ("setter", "getter", "deleter")


def _decorator_function_effect(program: Program, symbol: FunctionSymbol, *, called: bool) -> str:
    """Read a decorator: it may return its argument, a function wrapped with `functools.wraps`, or another one."""
    if symbol.module.record.is_interface or symbol.definition.decorators or not symbol.definition.parameters:
        return "unknown"
    inner = {s.name: s for s in symbol.definition.body if isinstance(s, ir.FunctionDef)}
    scope = program.inner_scope(symbol.definition, symbol.scope)
    returned = [s.value for s in returns_of(symbol.definition.body)]
    if len(returned) != 1 or not isinstance(returned[0], ir.Name):
        return "unknown"
    name = returned[0].name
    if name == symbol.definition.parameters[0].name and not called:
        return "transparent"
    if name not in inner:
        return "unknown"
    made = FunctionSymbol(symbol.module, inner[name], scope)
    if called:
        return _decorator_function_effect(program, made, called=False)
    names = [symbol_name(program.resolve(made.module, scope, undecorated(d))) for d in made.definition.decorators]
    if "functools.wraps" in names:
        return "wraps"
    return "unknown" if names else "hides"


def undecorated(decorator: ir.Expr) -> ir.Expr:
    """Return what names a decorator: its function, where it is called with options."""
    return decorator.function if isinstance(decorator, ir.Call) else decorator


def returns_of(block: tuple[ir.Statement, ...]) -> Iterator[ir.Return]:
    """Yield the return statements of a block, those of inner definitions not included."""
    for statement in block:
        if isinstance(statement, ir.Return):
            yield statement
        for _, inner in inner_blocks(statement):
            yield from returns_of(inner)


def callee_of_symbol(program: Program, symbol: Symbol, name: str) -> Callee:
    """Return what calling a symbol is to autoconvert; `name` is its spelling."""
    match symbol:
        case ApiSymbol():
            return _api_callee(symbol, name)
        case ClassSymbol():
            return _class_callee(program, symbol, name)
        case FunctionSymbol():
            return _function_callee(program, symbol, name)
        case BuiltinSymbol():
            qualified = f"builtins.{symbol.name}"
            kind = CalleeKind.CLASS if _is_builtin_class(symbol.name) else CalleeKind.FUNCTION
            return Callee(kind, name, symbol, qualified)
        case ValueSymbol():
            return _value_callee(program, symbol, name)
        case ParameterSymbol():
            return Callee(CalleeKind.UNKNOWN, name, symbol, reason="a parameter is called")
        case UnknownSymbol():
            if is_functools_partial(symbol):
                return Callee(CalleeKind.PARTIAL, name, symbol)
            return Callee(CalleeKind.UNKNOWN, name, symbol, reason=symbol.reason)
    return Callee(CalleeKind.UNKNOWN, name, symbol, reason="not callable by name")


def _is_builtin_class(name: str) -> bool:
    import builtins

    return isinstance(getattr(builtins, name, None), type)


def _api_callee(symbol: ApiSymbol, name: str) -> Callee:
    if symbol.name in known.RUN_BUILDABLES:
        return Callee(CalleeKind.RUN_BUILDABLE, name, symbol)
    if symbol.name in known.FIDDLE_BUILDABLES:
        return Callee(CalleeKind.OTHER_BUILDABLE, name, symbol)
    if symbol.name in (known.ARG_FACTORY_PARTIAL, known.INLINED_PARTIAL):
        return Callee(CalleeKind.PARTIAL, name, symbol)
    if symbol.name == known.EXEMPT:
        return Callee(CalleeKind.EXEMPT, name, symbol)
    # Other parts of NeMo-Run are classes (executors, packagers ...) and functions like any other.
    last = symbol.name.rpartition(".")[2]
    return Callee(CalleeKind.CLASS if last[:1].isupper() else CalleeKind.FUNCTION, name, symbol)


def _class_callee(program: Program, symbol: ClassSymbol, name: str) -> Callee:
    if is_functools_partial(symbol):
        return Callee(CalleeKind.PARTIAL, name, symbol)
    lineage = ancestry(program, symbol)
    if any("__auto_config__" in program.inner_scope(c.definition, c.scope).bindings for c in lineage.classes):
        return Callee(CalleeKind.EXEMPT, name, symbol)
    if lineage.names & known.BUILDABLES:
        return Callee(CalleeKind.OTHER_BUILDABLE, name, symbol)
    return Callee(CalleeKind.CLASS, name, symbol, _stdlib_name(symbol))


def _stdlib_name(symbol: Union[ClassSymbol, FunctionSymbol]) -> str:
    return symbol.qualified if symbol.module.path.endswith(".pyi") else ""


def _function_callee(program: Program, symbol: FunctionSymbol, name: str) -> Callee:
    wrapped = wrapping(program, symbol)
    if wrapped.opaque is not None:
        return Callee(CalleeKind.UNKNOWN, name, symbol, reason="a decorator that is not understood")
    if wrapped.exempt or wrapped.converter is not None:
        kind = CalleeKind.AUTOCONVERTED if wrapped.converter else CalleeKind.EXEMPT
        return Callee(kind, name, symbol)
    if wrapped.hides is None and builds_config(program, symbol):
        return Callee(CalleeKind.BUILDER, name, symbol)
    return Callee(CalleeKind.FUNCTION, name, symbol, _stdlib_name(symbol))


def _value_callee(program: Program, symbol: ValueSymbol, name: str) -> Callee:
    value = symbol.value
    if isinstance(value, ir.Lambda):
        return Callee(CalleeKind.FUNCTION, name, symbol)
    if isinstance(value, ir.Call):
        converter = converter_of(program, symbol.module, symbol.scope, value.function)
        if converter is not None:
            return Callee(CalleeKind.AUTOCONVERTED, name, symbol)
    if symbol.module.path.endswith(".pyi"):
        return Callee(CalleeKind.FUNCTION, name, symbol, f"{symbol.module.name}.{symbol.name}")
    return Callee(CalleeKind.UNKNOWN, name, symbol, reason="a value is called")


# -- builders -----------------------------------------------------------------------------------------


def builds_config(program: Program, symbol: FunctionSymbol, depth: int = 0) -> bool:
    """Whether a function that is not converted returns a Config: by reading it, or else by its annotation."""
    if symbol.definition.is_async or depth > _MAX_DEPTH:
        return False
    if symbol.module.record.is_interface:
        return annotated_config(program, symbol)
    scope = program.inner_scope(symbol.definition, symbol.scope)
    answers = [gives_config(program, symbol.module, scope, r.value, depth) for r in returns_of(symbol.definition.body)]
    if not answers or False in answers:
        return False
    return all(answers) or annotated_config(program, symbol)


def annotated_config(program: Program, symbol: FunctionSymbol) -> bool:
    """Whether the return annotation of a function names a Buildable."""
    annotation = symbol.definition.returns
    if isinstance(annotation, ir.Subscript):
        annotation = annotation.value
    if isinstance(annotation, ir.Constant) and isinstance(annotation.value, str):
        return _string_annotation_config(program, symbol, annotation.value)
    if annotation is None:
        return False
    found = program.resolve(symbol.module, symbol.scope, annotation)
    return isinstance(found, ApiSymbol) and found.name in known.BUILDABLES


def _string_annotation_config(program: Program, symbol: FunctionSymbol, text: str) -> bool:
    parts = text.partition("[")[0].strip().split(".")
    if not all(part.isidentifier() for part in parts):
        return False
    found = program.resolve_name(symbol.module, symbol.scope, parts[0])
    for part in parts[1:]:
        found = program.member(found, part)
    return isinstance(found, ApiSymbol) and found.name in known.BUILDABLES


def gives_config(program: Program, module: Module, scope: Scope, value: ir.Expr | None, depth: int = 0) -> bool | None:
    """Whether an expression in a plain function is a Config; None where that is not known."""
    if value is None or isinstance(value, (ir.Constant, ir.Sequence, ir.Mapping, ir.FormattedString, ir.Lambda)):
        return False
    if isinstance(value, (ir.Name, ir.Attribute)):
        found = program.resolve_directly(module, scope, value)
        if isinstance(found, ValueSymbol) and depth < _MAX_DEPTH:
            given = gives_config(program, found.module, found.scope, found.value, depth + 1)
            # A name from outside may be bound anew before the function runs.
            return given if found.scope is scope or given else None
        return False if isinstance(found, (ClassSymbol, FunctionSymbol)) else None
    if not isinstance(value, ir.Call):
        return None
    function = value.function.value if isinstance(value.function, ir.Subscript) else value.function
    if isinstance(function, ir.Attribute) and function.name == "clone":
        return gives_config(program, module, scope, function.value, depth) or None
    found = program.resolve(module, scope, function)
    if symbol_name(found) in ("copy.copy", "copy.deepcopy") and value.arguments:
        return gives_config(program, module, scope, value.arguments[0].value, depth) or None
    if isinstance(found, ApiSymbol):
        return found.name in known.TARGET_CALLS or None
    if isinstance(found, FunctionSymbol):
        wrapped = wrapping(program, found)
        if wrapped.opaque is not None or wrapped.hides is not None:
            return None
        if wrapped.converter is not None:
            return wrapped.converter.dialect is Dialect.NEMO_RUN
        return builds_config(program, found, depth + 1) or None
    return False if isinstance(found, (ClassSymbol, BuiltinSymbol)) else None
