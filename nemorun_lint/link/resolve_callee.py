"""Which callee the function part of a call names: an expression that runs as plain Python, past conversion."""

from __future__ import annotations

from nemorun_lint.ir import nodes as ir
from nemorun_lint.link import known
from nemorun_lint.link.callees import callee_of_symbol, gives_config, returns_of
from nemorun_lint.link.classes import find_member, symbol_name
from nemorun_lint.link.frame import Frame
from nemorun_lint.link.references import declared_result, value_of_symbol
from nemorun_lint.link.symbols import (
    ApiSymbol,
    BuiltinSymbol,
    ClassSymbol,
    FunctionSymbol,
    Symbol,
    UnknownSymbol,
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


def spelled(node: ir.Expr) -> str:
    """Return a short spelling of a callee for messages."""
    match node:
        case ir.Name():
            return node.name
        case ir.Attribute():
            return f"{spelled(node.value)}.{node.name}"
        case ir.Call():
            return f"{spelled(node.function)}(...)"
        case ir.Subscript():
            return f"{spelled(node.value)}[...]"
        case ir.Constant():
            return repr(node.value) if isinstance(node.value, (str, int)) and len(str(node.value)) < 20 else "..."
        case ir.Lambda():
            return "lambda"
    return "..."


def callee_of(frame: Frame, function: ir.Expr) -> Callee:
    """Return what is called."""
    name = spelled(function)
    if isinstance(function, ir.Attribute):
        return _attribute_callee(frame, function, name)
    if isinstance(function, ir.Name):
        return _callee_of_value(frame, frame.evaluate(function), name, function)
    if isinstance(function, ir.Subscript):
        symbol = frame.program.resolve(frame.module, frame.scope, function.value)
        if isinstance(symbol, ApiSymbol) and symbol.name in known.BUILDABLES:
            return Callee(CalleeKind.OTHER_BUILDABLE, name, symbol)
        return Callee(CalleeKind.UNKNOWN, name, reason="a subscript is called")
    if isinstance(function, ir.Call):
        inner = callee_of(frame, function.function)
        if inner.kind is CalleeKind.EXEMPT and isinstance(inner.symbol, ApiSymbol):
            return Callee(CalleeKind.EXEMPT, name, inner.symbol)
        return _result_callee(frame, function, inner, name)
    if isinstance(function, ir.Lambda):
        return _lambda_callee(frame, function, name)
    return Callee(CalleeKind.UNKNOWN, name, reason="a computed callee")


def _result_callee(frame: Frame, function: ir.Call, inner: Callee, name: str) -> Callee:
    """Return what the result of a call is when it is called: an instance, or the class that a function returns."""
    value = _plain_result(frame, function, inner)
    if isinstance(value, InstanceValue):
        return _instance_method(frame, value, "__call__", name)
    symbol = inner.symbol
    if isinstance(symbol, FunctionSymbol) and inner.kind is CalleeKind.FUNCTION:
        scope = frame.program.inner_scope(symbol.definition, symbol.scope)
        returned = [r.value for r in returns_of(symbol.definition.body)]
        if len(returned) == 1 and isinstance(returned[0], ir.Name):
            found = frame.program.resolve(symbol.module, scope, returned[0])
            if isinstance(found, (ClassSymbol, FunctionSymbol)):
                return callee_of_symbol(frame.program, found, name)
    return Callee(CalleeKind.UNKNOWN, name, reason="the result of a call is called")


def _lambda_callee(frame: Frame, function: ir.Lambda, name: str) -> Callee:
    scope = frame.program.inner_scope(function, frame.scope)
    gives = gives_config(frame.program, frame.module, scope, function.body)
    return Callee(CalleeKind.BUILDER if gives else CalleeKind.FUNCTION, name)


def _callee_of_value(frame: Frame, value: Value, name: str, node: ir.Expr) -> Callee:
    if isinstance(value, ReferenceValue):
        return callee_of_symbol(frame.program, value.symbol, name)
    if isinstance(value, ConfigValue):
        return Callee(CalleeKind.CONFIG, name, receiver=value)
    if isinstance(node, ir.Name) and node.name not in frame.names.held:
        symbol = frame.program.resolve(frame.module, frame.scope, node)
        return callee_of_symbol(frame.program, symbol, name)
    reason = value.reason if isinstance(value, UnknownValue) and value.reason else "a value is called"
    return Callee(CalleeKind.UNKNOWN, name, reason=reason)


def _attribute_callee(frame: Frame, node: ir.Attribute, name: str) -> Callee:
    receiver = plain_value(frame, node.value)
    if isinstance(receiver, ReferenceValue):
        return callee_of_symbol(frame.program, _member(frame, receiver.symbol, node.name), name)
    if isinstance(receiver, ConfigValue):
        return _config_attribute(frame, receiver, node.name, name)
    if isinstance(receiver, InstanceValue):
        return _instance_method(frame, receiver, node.name, name)
    if isinstance(receiver, (PlainValue, ItemsValue)) and receiver.type_name:
        return Callee(CalleeKind.METHOD, name, None, f"builtins.{receiver.type_name}.{node.name}", receiver)
    reason = receiver.reason if isinstance(receiver, UnknownValue) else ""
    return Callee(CalleeKind.UNKNOWN, name, reason=f"method of {reason}" if reason else "method of a value")


def _member(frame: Frame, owner: Symbol, name: str) -> Symbol:
    if isinstance(owner, ClassSymbol):
        found = find_member(frame.program, owner, name)
        return found if found is not None else UnknownSymbol("no such member", f"{owner.name}.{name}")
    if isinstance(owner, BuiltinSymbol):
        return BuiltinSymbol(f"{owner.name}.{name}")
    return frame.program.member(owner, name)


def _config_attribute(frame: Frame, receiver: ConfigValue, attribute: str, name: str) -> Callee:
    given = (receiver.keywords or {}).get(attribute)
    if given is not None:
        return _callee_of_value(frame, given, name, ir.Constant(0, 0, "NoneType"))
    if receiver.keywords is None and not receiver.explicit:
        return Callee(CalleeKind.UNKNOWN, name, reason="method of a config")
    return Callee(CalleeKind.CONFIG_METHOD, name, receiver=receiver)


def _instance_method(frame: Frame, receiver: InstanceValue, attribute: str, name: str) -> Callee:
    found = find_member(frame.program, receiver.symbol, attribute)
    if not isinstance(found, FunctionSymbol):
        return Callee(CalleeKind.UNKNOWN, name, reason="method of an instance that is not found")
    callee = callee_of_symbol(frame.program, found, name)
    if callee.kind not in (CalleeKind.FUNCTION, CalleeKind.BUILDER) or _is_static(frame, found):
        return callee
    return Callee(CalleeKind.METHOD, name, found, callee.qualified, receiver)


def _is_static(frame: Frame, symbol: FunctionSymbol) -> bool:
    for decorator in symbol.definition.decorators:
        found = frame.program.resolve(symbol.module, symbol.scope, decorator)
        if symbol_name(found) in ("classmethod", "staticmethod"):
            return True
    return False


def plain_value(frame: Frame, node: ir.Expr) -> Value:
    """Evaluate a part of a callee: names hold what they hold, but calls are made by plain Python."""
    if isinstance(node, ir.Attribute):
        return _plain_attribute(frame, node)
    if isinstance(node, ir.Call):
        return _plain_call(frame, node)
    if isinstance(node, (ir.Name, ir.Constant)):
        return frame.evaluate(node)
    if isinstance(node, (ir.Sequence, ir.Mapping)):
        return ItemsValue(node.kind.lower() if isinstance(node, ir.Sequence) else "dict", None)
    if isinstance(node, ir.FormattedString):
        return PlainValue("str")
    return UnknownValue("a computed value")


def _plain_attribute(frame: Frame, node: ir.Attribute) -> Value:
    owner = plain_value(frame, node.value)
    if isinstance(owner, ReferenceValue):
        return value_of_symbol(frame, _member(frame, owner.symbol, node.name))
    if isinstance(owner, ConfigValue) and owner.keywords and node.name in owner.keywords:
        return owner.keywords[node.name]
    return UnknownValue("attribute of a value")


def _plain_call(frame: Frame, node: ir.Call) -> Value:
    return _plain_result(frame, node, callee_of(frame, node.function))


def _plain_result(frame: Frame, node: ir.Call, callee: Callee) -> Value:
    symbol = callee.symbol
    if callee.kind is CalleeKind.CLASS and isinstance(symbol, ClassSymbol):
        return InstanceValue(symbol)
    if callee.kind is CalleeKind.CLASS and isinstance(symbol, BuiltinSymbol) and symbol.name != "type":
        return PlainValue(symbol.name)
    if callee.kind is CalleeKind.AUTOCONVERTED and isinstance(symbol, FunctionSymbol):
        target = returned_target(frame, symbol)
        return (
            UnknownValue("config") if target is None else ConfigValue(node, callee, target, None, None, explicit=True)
        )
    if callee.kind is CalleeKind.RUN_BUILDABLE and node.arguments:
        configured = frame.program.resolve(frame.module, frame.scope, node.arguments[0].value)
        return ConfigValue(node, callee, configured, None, None, explicit=True)
    return declared_result(frame, callee)


def gives_partial(frame: Frame, symbol: FunctionSymbol) -> bool:
    """Whether every return of a function makes one partial: then a converter with `partial=True` gives a Partial."""
    scope = frame.program.inner_scope(symbol.definition, symbol.scope)
    values = [statement.value for statement in returns_of(symbol.definition.body)]
    called = [value.function for value in values if isinstance(value, ir.Call)]
    found = (frame.program.resolve(symbol.module, scope, function) for function in called)
    kinds = {callee_of_symbol(frame.program, each, "").kind for each in found}
    return bool(values) and len(called) == len(values) and kinds == {CalleeKind.PARTIAL}


def returned_target(frame: Frame, symbol: FunctionSymbol) -> Symbol | None:
    """Return the class or function that a converted function configures at the root, where all its returns agree."""
    scope = frame.program.inner_scope(symbol.definition, symbol.scope)
    targets: list[Symbol | None] = []
    for statement in returns_of(symbol.definition.body):
        if not isinstance(statement.value, ir.Call):
            return None
        found = frame.program.resolve(symbol.module, scope, statement.value.function)
        callee = callee_of_symbol(frame.program, found, "")
        targets.append(found if callee.kind in (CalleeKind.CLASS, CalleeKind.FUNCTION) else None)
    return targets[0] if targets and all(target is targets[0] for target in targets) else None
