"""NR101: control flow statements."""

from __future__ import annotations

from collections.abc import Iterator

from nemorun_lint.diagnostic import Diagnostic, Phase
from nemorun_lint.link.bodies import SyntaxOffence
from nemorun_lint.rules.base import RuleContext, report_offence, rule

_CONSTRUCTS = frozenset({"For", "While", "If", "Try", "Raise", "With"})


@rule(SyntaxOffence, "NR101", phase=Phase.CALL, since="0.1.0")
def control_flow(subject: SyntaxOffence, context: RuleContext) -> Iterator[Diagnostic]:
    """Report control flow statements."""
    if subject.offence.construct in _CONSTRUCTS:
        yield report_offence(context, subject, f"`{subject.offence.construct.lower()}` statement")
