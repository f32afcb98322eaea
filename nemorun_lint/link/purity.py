"""Functions that only make a Config: not running them leaves no trace."""

from __future__ import annotations

from nemorun_lint.ir import nodes as ir
from nemorun_lint.ir.walk import walk
from nemorun_lint.link.callees import callee_of_symbol
from nemorun_lint.link.names import Program
from nemorun_lint.link.symbols import FunctionSymbol
from nemorun_lint.link.values import Callee, CalleeKind

_QUIET = (ir.Return, ir.Assign, ir.AnnotatedAssign, ir.ExpressionStatement, ir.Import, ir.ImportFrom)
_MAKERS = (CalleeKind.RUN_BUILDABLE, CalleeKind.OTHER_BUILDABLE, CalleeKind.AUTOCONVERTED, CalleeKind.PARTIAL)


def is_pure_builder(program: Program, callee: Callee) -> bool:
    """Whether all calls in a builder make Configs."""
    symbol = callee.symbol
    if not isinstance(symbol, FunctionSymbol) or symbol.module.record.is_interface:
        return False
    scope = program.inner_scope(symbol.definition, symbol.scope)
    for statement in symbol.definition.body:
        if not isinstance(statement, _QUIET):
            return False
        for node in walk(statement):
            if isinstance(node, ir.Call):
                called = callee_of_symbol(program, program.resolve(symbol.module, scope, node.function), "")
                if called.kind not in _MAKERS:
                    return False
    return True
