"""Run the body of a converted function on abstract values, statement by statement, and note what goes wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from nemorun_lint.ir import nodes as ir
from nemorun_lint.link import operations
from nemorun_lint.link.applications import Application
from nemorun_lint.link.attributes import delete_attribute, store_attribute, store_unhandled
from nemorun_lint.link.binding import bind, delete_item
from nemorun_lint.link.branches import Snapshot
from nemorun_lint.link.calls import check_discarded, evaluate_call
from nemorun_lint.link.expressions import evaluate
from nemorun_lint.link.frame import Frame, consume, escape
from nemorun_lint.link.misuse import Indexed, Matched
from nemorun_lint.link.names import Program
from nemorun_lint.link.scopes import module_scope
from nemorun_lint.link.symbols import BuiltinSymbol, ClassSymbol
from nemorun_lint.link.values import (
    CalleeKind,
    ConfigValue,
    InstanceValue,
    ItemsValue,
    Names,
    PlainValue,
    ReferenceValue,
    UnknownValue,
    Value,
    value_of_type,
)


def interpret(program: Program, application: Application) -> Frame:
    """Run the body of an application's target; return the frame with all that was found."""
    target = application.target
    if not isinstance(target, (ir.FunctionDef, ir.Lambda)):
        raise TypeError("only functions and lambdas have a body to run")
    frame = Frame(program, application, program.inner_scope(target, application.scope), evaluate)
    for position, parameter in enumerate(target.parameters):
        frame.names.held[parameter.name] = _parameter_value(frame, target, position)
    frame.parameters = dict(frame.names.held)
    if isinstance(target, ir.Lambda):
        frame.returns.append((target.body, escape(frame, frame.evaluate(target.body))))
    else:
        run_block(frame, target.body)
    return frame


def _parameter_value(frame: Frame, target: ir.FunctionDef | ir.Lambda, position: int) -> Value:
    """Return what a parameter holds: something unknown, but for the first one of a method."""
    scope = frame.application.scope
    if position == 0 and isinstance(scope.owner, ir.ClassDef) and scope.parent is not None:
        owner = frame.program.definition(frame.module, scope.parent, scope.owner)
        names = {d.name for d in frame.application.decorators if isinstance(d, ir.Name)}
        if isinstance(owner, ClassSymbol) and "staticmethod" not in names:
            return ReferenceValue(owner) if "classmethod" in names else InstanceValue(owner)
    if target.parameters[position].kind == "var-positional":
        return ItemsValue("tuple", None)
    if target.parameters[position].kind == "var-keyword":
        return ItemsValue("dict", None)
    return _annotated_value(frame, target.parameters[position])


def _annotated_value(frame: Frame, parameter: ir.Parameter) -> Value:
    """Return what the annotation of a parameter says, where that is a builtin type.

    Other ones may be given as Configs.
    """
    annotation = parameter.annotation
    if isinstance(annotation, ir.Subscript):
        annotation = annotation.value
    if isinstance(annotation, (ir.Name, ir.Attribute)):
        symbol = frame.program.resolve(frame.module, frame.application.scope, annotation)
        if isinstance(symbol, BuiltinSymbol):
            return value_of_type(symbol.name)
    return UnknownValue("a parameter")


def run_block(frame: Frame, block: Iterable[ir.Statement]) -> None:
    """Run the statements of a block."""
    for statement in block:
        handler = _HANDLERS.get(type(statement))
        if handler is not None:
            handler(frame, statement)


# -- simple statements --------------------------------------------------------------------------------


def _expression(frame: Frame, node: ir.ExpressionStatement) -> None:
    if isinstance(node.value, ir.Call):
        evaluate_call(frame, node.value, is_statement=True)
    else:
        _discard(frame, frame.evaluate(node.value))


def _discard(frame: Frame, value: Value) -> None:
    """Note the calls in a display that nobody takes."""
    if isinstance(value, ConfigValue) and isinstance(value.node, ir.Call) and not value.explicit and not value.partial:
        check_discarded(frame, value.node, value.callee)
    elif isinstance(value, ItemsValue):
        for item in value.items or ():
            _discard(frame, item)


def _return(frame: Frame, node: ir.Return) -> None:
    value: Value = PlainValue("NoneType", None) if node.value is None else frame.evaluate(node.value)
    frame.returns.append((node.value or node, escape(frame, value)))


def _assign(frame: Frame, node: ir.Assign) -> None:
    value = frame.evaluate(node.value)
    for target in node.targets:
        if isinstance(target, ir.Attribute):
            store_attribute(frame, target, value)
        else:
            bind(frame, target, value, node.value)


def _annotated(frame: Frame, node: ir.AnnotatedAssign) -> None:
    if node.value is None:
        return
    value = frame.evaluate(node.value)
    if isinstance(node.target, ir.Attribute):
        store_unhandled(frame, node.target, value, reads=False)
    else:
        bind(frame, node.target, value, node.value)


def _augmented(frame: Frame, node: ir.AugmentedAssign) -> None:
    value = frame.evaluate(node.value)
    if isinstance(node.target, ir.Attribute):
        store_unhandled(frame, node.target, UnknownValue("result of an operator"), reads=True)
        return
    current = frame.evaluate(node.target)
    result = operations.operate(frame, node, node.operator, (node.target, current), (node.value, value))
    if isinstance(node.target, ir.Name):
        frame.names.held[node.target.name] = result


def _assert(frame: Frame, node: ir.Assert) -> None:
    # The message is made when the assertion fails; what goes wrong in it does not matter then.
    operations.test(frame, node.test)


def _delete(frame: Frame, node: ir.Delete) -> None:
    for target in node.targets:
        if isinstance(target, ir.Name):
            frame.names.held.pop(target.name, None)
        elif isinstance(target, ir.Attribute):
            delete_attribute(frame, target)
        elif isinstance(target, ir.Subscript):
            delete_item(frame, target)


def _raise(frame: Frame, node: ir.Raise) -> None:
    for part in (node.exception, node.cause):
        if part is not None:
            frame.evaluate(part)


# -- compound statements ------------------------------------------------------------------------------


def _branches(frame: Frame, blocks: Iterable[Iterable[ir.Statement]], *, may_skip: bool) -> None:
    """Run alternative blocks, each from the same names, and join what they leave."""
    before = frame.names
    snapshot = Snapshot(before.held.values())
    after: list[Names] = []
    for block in ((), *blocks) if may_skip else tuple(blocks):
        snapshot.restore()
        frame.names = before.copy()
        run_block(frame, block)
        after.append(frame.names)
        snapshot.end_branch()
    frame.names = before
    for value in [*before.join(after), *snapshot.join()] if after else ():
        escape(frame, value)


def _if(frame: Frame, node: ir.If) -> None:
    operations.test(frame, node.test)
    _branches(frame, (node.body, node.orelse), may_skip=False)


def _for(frame: Frame, node: ir.For) -> None:
    iterable = frame.evaluate(node.iterable)
    if isinstance(iterable, ConfigValue):
        frame.report_config(Indexed, node.iterable, iterable, "is iterated over")
    _forget(frame, node)
    bind(frame, node.target, UnknownValue("loop variable"), ir.Constant(0, 0, "NoneType"))
    _branches(frame, (node.body, node.orelse), may_skip=True)


def _while(frame: Frame, node: ir.While) -> None:
    _forget(frame, node)
    operations.test(frame, node.test)
    _branches(frame, (node.body, node.orelse), may_skip=True)


def _forget(frame: Frame, node: ir.For | ir.While) -> None:
    """What a loop assigns is not known at its start."""
    for name in module_scope((node,)).bindings:
        frame.names.held[name] = UnknownValue("assigned in a loop")


def _with(frame: Frame, node: ir.With) -> None:
    for item in node.items:
        frame.evaluate(item.context)
        if item.target is not None and not isinstance(item.target, ir.Attribute):
            bind(frame, item.target, UnknownValue("target of with"), item.context)
    run_block(frame, node.body)


def _try(frame: Frame, node: ir.Try) -> None:
    _branches(frame, ((*node.body, *node.orelse), *(h.body for h in node.handlers)), may_skip=True)
    run_block(frame, node.finalbody)


def _match(frame: Frame, node: ir.Match) -> None:
    subject = frame.evaluate(node.subject)
    written = isinstance(subject, ConfigValue) and subject.callee.kind is CalleeKind.RUN_BUILDABLE
    if isinstance(subject, ConfigValue) and not written and not all(_captures(case.pattern) for case in node.cases):
        frame.report_config(Matched, node.subject, subject, "is matched")
    if not any(_captures(case.pattern) and case.pattern.names for case in node.cases):
        consume(frame, node.subject, subject)
    for case in node.cases:
        for name in _captured_names(case.pattern):
            frame.names.held[name] = subject if _captures(case.pattern) else UnknownValue("captured")
        if case.guard is not None:
            operations.test(frame, case.guard)
    _branches(frame, tuple(case.body for case in node.cases), may_skip=not _captures(node.cases[-1].pattern))


def _captures(pattern: ir.Pattern) -> bool:
    """Whether a pattern is a plain name or `_`, which matches anything."""
    return pattern.kind == "MatchAs" and not pattern.patterns


def _captured_names(pattern: ir.Pattern) -> Iterable[str]:
    yield from pattern.names
    for inner in pattern.patterns:
        yield from _captured_names(inner)


def _import(frame: Frame, node: ir.Import | ir.ImportFrom) -> None:
    for alias in node.names:
        frame.names.held.pop(alias.asname or alias.name.partition(".")[0], None)


_HANDLERS: dict[type[ir.Node], Callable[[Frame, Any], None]] = {
    ir.ExpressionStatement: _expression,
    ir.Return: _return,
    ir.Assign: _assign,
    ir.AnnotatedAssign: _annotated,
    ir.AugmentedAssign: _augmented,
    ir.Assert: _assert,
    ir.Delete: _delete,
    ir.Raise: _raise,
    ir.If: _if,
    ir.For: _for,
    ir.While: _while,
    ir.With: _with,
    ir.Try: _try,
    ir.Match: _match,
    ir.Import: _import,
    ir.ImportFrom: _import,
}
