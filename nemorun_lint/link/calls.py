"""Calls in a converted body: what the call handler makes of them, and what is wrong with that."""

from __future__ import annotations

from nemorun_lint.ir import nodes as ir
from nemorun_lint.link import known, plain, stdlib
from nemorun_lint.link.applications import Dialect
from nemorun_lint.link.callees import callee_of_symbol, wrapping
from nemorun_lint.link.classes import ancestry
from nemorun_lint.link.frame import Frame, escape
from nemorun_lint.link.misuse import (
    AsMapping,
    BoundMethod,
    ConfigMethod,
    DiscardedCall,
    EagerCallee,
    EnvironmentRead,
    InnerBuildable,
    InString,
    NoSignature,
    UnbuiltConfig,
    Unserializable,
)
from nemorun_lint.link.purity import is_pure_builder
from nemorun_lint.link.resolve_callee import callee_of, gives_partial, returned_target, spelled
from nemorun_lint.link.symbols import ApiSymbol, ClassSymbol, FunctionSymbol, Symbol
from nemorun_lint.link.unpacking import unpacked
from nemorun_lint.link.values import (
    MISSING,
    Callee,
    CalleeKind,
    ConfigValue,
    ReferenceValue,
    UnknownValue,
    Value,
)

_CONVERTED = frozenset({CalleeKind.CLASS, CalleeKind.FUNCTION, CalleeKind.BUILDER, CalleeKind.METHOD})


class Arguments:
    """The evaluated arguments of a call; None where stars hide them."""

    def __init__(self, frame: Frame, call: ir.Call) -> None:
        self.positionals: list[Value] | None = []
        self.keywords: dict[str, Value] | None = {}
        for argument in call.arguments:
            if argument.keyword is None:
                self._positional(frame, argument)
        for argument in call.arguments:
            if argument.keyword is not None:
                value = escape(frame, frame.evaluate(argument.value))
                if self.keywords is not None:
                    self.keywords[argument.keyword] = value

    def _positional(self, frame: Frame, argument: ir.Argument) -> None:
        value = escape(frame, frame.evaluate(argument.value))
        if argument.stars == 0:
            if self.positionals is not None:
                self.positionals.append(value)
        elif argument.stars == 1:
            parts = unpacked(frame, argument.value, value, "is unpacked with `*`")
            self.positionals = None if self.positionals is None or parts is None else self.positionals + parts
        else:
            if isinstance(value, ConfigValue):
                frame.report_config(AsMapping, argument.value, value, "is unpacked with `**`")
            self.keywords = None

    def without_first(self) -> list[Value] | None:
        """The positional arguments behind the first."""
        return None if self.positionals is None else self.positionals[1:]


def evaluate_call(frame: Frame, call: ir.Call, *, is_statement: bool = False) -> Value:
    """Return what a call gives after conversion; `is_statement` where nobody takes the result."""
    callee = callee_of(frame, call.function)
    arguments = Arguments(frame, call)
    if callee.kind in (CalleeKind.CONFIG, CalleeKind.CONFIG_METHOD):
        frame.report_call(ConfigMethod, call, callee)
        return UnknownValue("method of a config")
    if callee.kind is CalleeKind.RUN_BUILDABLE and not frame.is_fiddle:
        return _explicit(frame, call, callee, arguments)
    if callee.kind in (CalleeKind.RUN_BUILDABLE, CalleeKind.OTHER_BUILDABLE):
        return _inner_buildable(frame, call, callee, arguments)
    if callee.kind is CalleeKind.PARTIAL:
        return _partial(frame, call, callee, arguments)
    if callee.kind is CalleeKind.AUTOCONVERTED:
        return _autoconverted(frame, call, callee)
    if callee.kind in _CONVERTED:
        return _converted(frame, call, callee, arguments, is_statement)
    if callee.kind is CalleeKind.UNKNOWN:
        frame.unknown.append(callee.reason)
        _check_eager(frame, call)
    return UnknownValue(callee.reason)


def _explicit(frame: Frame, call: ir.Call, callee: Callee, arguments: Arguments) -> Value:
    """`run.Config(...)` in the body of an autoconvert function: it is one already."""
    target = _first_symbol(arguments)
    partial = isinstance(callee.symbol, ApiSymbol) and callee.symbol.name in known.PARTIALS
    keywords = arguments.keywords
    return ConfigValue(call, callee, target, keywords, arguments.without_first(), partial, explicit=True)


def _first_symbol(arguments: Arguments) -> Symbol | None:
    if arguments.positionals:
        first = arguments.positionals[0]
        return first.symbol if isinstance(first, ReferenceValue) else None
    return None


def _inner_buildable(frame: Frame, call: ir.Call, callee: Callee, arguments: Arguments) -> Value:
    name = callee.symbol.name if isinstance(callee.symbol, ApiSymbol) else ""
    if frame.is_fiddle and name in (known.FIDDLE_CONFIG, known.FIDDLE_PARTIAL):
        return _explicit(frame, call, callee, arguments)
    frame.report_call(InnerBuildable, call, callee)
    return ConfigValue(call, callee, None, None, None, explicit=True)


def _partial(frame: Frame, call: ir.Call, callee: Callee, arguments: Arguments) -> Value:
    first = arguments.positionals[0] if arguments.positionals else None
    if isinstance(first, ConfigValue) and first.partial:
        return ConfigValue(call, callee, first.target, None, None, partial=True)
    target = _first_symbol(arguments)
    if target is not None:
        configured = callee_of_symbol(frame.program, target, spelled(call.arguments[0].value))
        if not _has_signature(configured):
            frame.report_call(NoSignature, call, configured)
        elif configured.qualified and not stdlib.is_serializable(configured.qualified) and not frame.is_fiddle:
            frame.report_call(Unserializable, call, configured)
    return ConfigValue(call, callee, target, arguments.keywords, arguments.without_first(), partial=True)


def _autoconverted(frame: Frame, call: ir.Call, callee: Callee) -> Value:
    """A converted function gives the Config of what it returns, with unknown arguments."""
    symbol = callee.symbol
    if not isinstance(symbol, FunctionSymbol):
        return UnknownValue("a converted function")
    wrapped = wrapping(frame.program, symbol)
    converter = wrapped.converter
    if frame.is_fiddle and converter is not None and converter.dialect is Dialect.NEMO_RUN:
        # To fiddle's own policy it is a function like any other; it returns a Config.
        frame.report_call(UnbuiltConfig, call, callee)
        return ConfigValue(call, callee, symbol, None, None)
    found = returned_target(frame, symbol)
    partial = converter is not None and converter.partial
    if found is None and not (partial and gives_partial(frame, symbol)):
        return UnknownValue("what a converted function returns")
    return ConfigValue(call, callee, found, None, None, partial, explicit=True)


def _converted(frame: Frame, call: ir.Call, callee: Callee, arguments: Arguments, is_statement: bool) -> Value:
    if frame.is_fiddle and _exempt_under_fiddle(callee):
        if callee.qualified in ("builtins.str.format", "builtins.str.format_map"):
            _check_format(frame, call, arguments)
        return UnknownValue("called right away")
    computed = MISSING
    if arguments.positionals is not None and arguments.keywords is not None:
        computed = plain.call_builtin(callee.qualified, arguments.positionals, arguments.keywords)
    target = callee.symbol if callee.kind is not CalleeKind.METHOD else None
    value = ConfigValue(call, callee, target, arguments.keywords, arguments.positionals, plain=computed)
    _check_callee(frame, call, callee, is_statement)
    return value


def _check_format(frame: Frame, call: ir.Call, arguments: Arguments) -> None:
    for value in [*(arguments.positionals or ()), *(arguments.keywords or {}).values()]:
        if isinstance(value, ConfigValue):
            frame.report_config(InString, call, value, "is formatted into a string")
            return


def _exempt_under_fiddle(callee: Callee) -> bool:
    """Whether fiddle's own policy calls the callee: builtins, C functions and methods of builtin types."""
    if callee.kind is CalleeKind.METHOD:
        return callee.qualified.startswith("builtins.") or stdlib.is_exempt_under_fiddle(callee.qualified)
    return bool(callee.qualified) and stdlib.is_exempt_under_fiddle(callee.qualified)


def _check_callee(frame: Frame, call: ir.Call, callee: Callee, is_statement: bool) -> None:
    """Note the one worst thing that is wrong with making a Config of a callee."""
    if not _has_signature(callee):
        frame.report_call(NoSignature, call, callee)
    elif is_statement:
        check_discarded(frame, call, callee)
    elif callee.kind is CalleeKind.BUILDER:
        frame.report_call(UnbuiltConfig, call, callee)
    elif not frame.is_fiddle:
        _check_launch(frame, call, callee)


def check_discarded(frame: Frame, call: ir.Call, callee: Callee) -> None:
    """Note a call whose Config nobody takes, unless running it would leave no trace."""
    frame.spent.add(id(call))
    if _has_effect(frame, callee):
        frame.report_call(DiscardedCall, call, callee)


def _has_signature(callee: Callee) -> bool:
    if not callee.qualified:
        return True
    if callee.kind is CalleeKind.METHOD:
        type_name, _, method = callee.qualified.removeprefix("builtins.").rpartition(".")
        return stdlib.method_has_signature(type_name, method)
    return stdlib.has_signature(callee.qualified)


def _has_effect(frame: Frame, callee: Callee) -> bool:
    """Whether dropping a call may change anything: not so for data classes and pure builtins."""
    module, _, name = callee.qualified.rpartition(".")
    if module == "builtins" and name in stdlib.PURE_BUILTINS:
        return False
    symbol = callee.symbol
    if callee.kind is CalleeKind.BUILDER:
        return not is_pure_builder(frame.program, callee)
    if callee.kind is not CalleeKind.CLASS:
        return True
    if not isinstance(symbol, ClassSymbol):
        return not callee.qualified
    lineage = ancestry(frame.program, symbol)
    if not lineage.complete:
        return False
    hooks = {"__post_init__", "__init__", "__new__"}
    own = any(hooks & frame.program.inner_scope(c.definition, c.scope).bindings.keys() for c in lineage.classes)
    return own and not callee.qualified


def _check_launch(frame: Frame, call: ir.Call, callee: Callee) -> None:
    """Note what goes wrong with a Config that builds: where its value is read, and whether it can be sent."""
    if callee.kind is CalleeKind.METHOD and not stdlib.reads_environment(callee.qualified):
        frame.report_call(BoundMethod, call, callee)
    elif callee.qualified and stdlib.reads_environment(callee.qualified):
        frame.report_call(EnvironmentRead, call, callee, stdlib.is_serializable(callee.qualified))
    elif callee.qualified and not stdlib.is_serializable(callee.qualified):
        frame.report_call(Unserializable, call, callee)


def _check_eager(frame: Frame, call: ir.Call) -> None:
    """Note a function of the program that is called to find out what to call: it runs when the config is made."""
    inner = call.function
    if not frame.is_fiddle and isinstance(inner, ir.Call):
        callee = callee_of(frame, inner.function)
        if callee.kind is CalleeKind.FUNCTION and not callee.qualified:
            frame.report_call(EagerCallee, inner, callee)
