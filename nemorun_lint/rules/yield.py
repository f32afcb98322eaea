"""NR104: yield."""

from __future__ import annotations

from collections.abc import Iterator

from nemorun_lint.diagnostic import Diagnostic, Phase
from nemorun_lint.link.bodies import SyntaxOffence
from nemorun_lint.rules.base import RuleContext, report_offence, rule

_CONSTRUCTS = frozenset({"Yield", "YieldFrom"})


@rule(SyntaxOffence, "NR104", phase=Phase.CALL, since="0.1.0")
def yield_expression(subject: SyntaxOffence, context: RuleContext) -> Iterator[Diagnostic]:
    """Report yields."""
    if subject.offence.construct in _CONSTRUCTS:
        yield report_offence(
            context, subject, "`yield from`" if subject.offence.construct == "YieldFrom" else "`yield`"
        )
