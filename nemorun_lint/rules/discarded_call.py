"""NR201: calls whose result nobody takes."""

from __future__ import annotations

from collections.abc import Iterator

from nemorun_lint.diagnostic import Diagnostic, Phase
from nemorun_lint.link.misuse import DiscardedCall
from nemorun_lint.rules.base import RuleContext, rule


@rule(DiscardedCall, "NR201", phase=Phase.SILENT, since="0.1.0")
def discarded_call(misuse: DiscardedCall, context: RuleContext) -> Iterator[Diagnostic]:
    """Report calls that are statements."""
    yield context.report(
        misuse,
        f"'{misuse.callee.name}(...)' is never executed: {misuse.converter} makes a Config of it, and"
        f" nothing uses that",
        help="do it outside of the function, or build the value in an expression",
    )
