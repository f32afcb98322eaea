"""Symbols to values: what a name from outside of a body holds when the body runs."""

from __future__ import annotations

from nemorun_lint.ir import nodes as ir
from nemorun_lint.link import known, plain
from nemorun_lint.link.callees import callee_of_symbol, gives_config, returns_of, wrapping
from nemorun_lint.link.classes import ancestry, is_enum, is_stub
from nemorun_lint.link.frame import Frame
from nemorun_lint.link.symbols import (
    ApiSymbol,
    BuiltinSymbol,
    ClassSymbol,
    FunctionSymbol,
    InstanceSymbol,
    ModuleSymbol,
    Symbol,
    UnknownSymbol,
    ValueSymbol,
)
from nemorun_lint.link.values import (
    Callee,
    CalleeKind,
    ConfigValue,
    InstanceValue,
    ItemsValue,
    PlainValue,
    ReferenceValue,
    UnknownValue,
    Value,
)

_MAX_DEPTH = 10
_ANYTHING = frozenset({"typing.Any", "typing_extensions.Any"})


def value_of_symbol(frame: Frame, symbol: Symbol, depth: int = 0) -> Value:
    """Return the value of a name that is not local to the body."""
    if isinstance(symbol, (ApiSymbol, ModuleSymbol, FunctionSymbol, ClassSymbol, BuiltinSymbol)):
        return ReferenceValue(symbol)
    if isinstance(symbol, InstanceSymbol):
        return InstanceValue(symbol.symbol)
    if isinstance(symbol, ValueSymbol) and depth < _MAX_DEPTH:
        return _value(frame, symbol, depth)
    return UnknownValue(symbol.reason if isinstance(symbol, UnknownSymbol) else "parameter")


def _value(frame: Frame, symbol: ValueSymbol, depth: int) -> Value:
    # The members of a class may be fields, enum members or descriptors.
    if symbol.scope.is_class:
        return _class_attribute(frame, symbol)
    node = symbol.value
    match node:
        case ir.Constant():
            return _later() if node.kind == "NoneType" else plain.of_constant(node)
        case ir.FormattedString():
            return PlainValue("str")
        case ir.Sequence():
            return ItemsValue(node.kind.lower(), _literals(node.elements))
        case ir.Mapping():
            values = _literals(node.values)
            return ItemsValue("dict", values, None if values is None else [PlainValue() for _ in values])
        case ir.Call():
            return _called(frame, symbol, node)
        case ir.Name() | ir.Attribute():
            found = frame.program.resolve_directly(symbol.module, symbol.scope, node)
            return value_of_symbol(frame, found, depth + 1)
    return UnknownValue("a value from outside")


def _later() -> Value:
    """Return what a name holds whose None stands for something that is set later."""
    return UnknownValue("None, or set later")


def _class_attribute(frame: Frame, symbol: ValueSymbol) -> Value:
    owner = symbol.scope.owner
    if isinstance(owner, ir.ClassDef) and symbol.scope.parent is not None:
        made = frame.program.definition(symbol.module, symbol.scope.parent, owner)
        if isinstance(made, ClassSymbol) and is_enum(ancestry(frame.program, made)):
            return InstanceValue(made)
    return UnknownValue("class attribute")


def _literals(nodes: tuple[ir.Expr, ...]) -> list[Value] | None:
    """Return the items of a display of literals. It may be changed later, so that only their types are known."""
    if not nodes or not all(isinstance(node, ir.Constant) for node in nodes):
        return None
    constants = (node for node in nodes if isinstance(node, ir.Constant))
    return [_later() if node.kind == "NoneType" else PlainValue(node.kind) for node in constants]


def _called(frame: Frame, symbol: ValueSymbol, call: ir.Call) -> Value:
    """Return what a module-level call gives: plain Python runs there."""
    program = frame.program
    function = program.resolve(symbol.module, symbol.scope, call.function)
    callee = callee_of_symbol(program, function, symbol.name)
    if callee.kind is CalleeKind.CLASS and isinstance(callee.symbol, ClassSymbol) and not callee.qualified:
        return InstanceValue(callee.symbol)
    if callee.kind in (CalleeKind.RUN_BUILDABLE, CalleeKind.OTHER_BUILDABLE):
        target = None
        if call.arguments and call.arguments[0].keyword is None:
            target = program.resolve(symbol.module, symbol.scope, call.arguments[0].value)
        partial = isinstance(function, ApiSymbol) and function.name in known.PARTIALS
        return ConfigValue(call, callee, target, None, None, partial, explicit=True)
    return declared_result(frame, callee)


def declared_result(frame: Frame, callee: Callee) -> Value:
    """Return what plain Python gets from a function by its return annotation: an instance of a class, or unknown."""
    symbol = callee.symbol
    if not isinstance(symbol, FunctionSymbol) or callee.kind is not CalleeKind.FUNCTION:
        return UnknownValue("the result of a call")
    returned = symbol.definition.returns
    if isinstance(returned, (ir.Name, ir.Attribute)):
        found = frame.program.resolve(symbol.module, symbol.scope, returned)
        if isinstance(found, ClassSymbol) and found.qualified not in _ANYTHING:
            if not wrapping(frame.program, symbol).opaque and not _may_give_config(frame, symbol):
                return InstanceValue(found)
        if isinstance(found, BuiltinSymbol) and found.name != "object":
            return PlainValue(found.name)
    return UnknownValue("the result of a call")


def _may_give_config(frame: Frame, symbol: FunctionSymbol) -> bool:
    """Whether a function in a module that uses the API may return a Config, whatever its annotation says."""
    if symbol.module.record.is_interface or is_stub(symbol):
        return False
    scope = frame.program.inner_scope(symbol.definition, symbol.scope)
    returned = [statement.value for statement in returns_of(symbol.definition.body)]
    return any(gives_config(frame.program, symbol.module, scope, value) is not False for value in returned)
