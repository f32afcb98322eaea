"""NR102: conditional expressions."""

from __future__ import annotations

from collections.abc import Iterator

from nemorun_lint.diagnostic import Diagnostic, Phase
from nemorun_lint.link.bodies import SyntaxOffence
from nemorun_lint.rules.base import RuleContext, report_offence, rule

_CONSTRUCTS = frozenset({"IfExp"})


@rule(SyntaxOffence, "NR102", phase=Phase.CALL, since="0.1.0")
def conditional_expression(subject: SyntaxOffence, context: RuleContext) -> Iterator[Diagnostic]:
    """Report `a if b else c`."""
    if subject.offence.construct in _CONSTRUCTS:
        yield report_offence(context, subject, "conditional expression")
