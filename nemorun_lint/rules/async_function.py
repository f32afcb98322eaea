"""NR106: async functions."""

from __future__ import annotations

from collections.abc import Iterator

from nemorun_lint.diagnostic import Diagnostic, Phase
from nemorun_lint.link.bodies import SyntaxOffence
from nemorun_lint.rules.base import RuleContext, report_offence, rule


@rule(SyntaxOffence, "NR106", phase=Phase.CALL, since="0.1.0")
def async_function(subject: SyntaxOffence, context: RuleContext) -> Iterator[Diagnostic]:
    """Report async functions, the converted one and those inside it."""
    if subject.offence.construct == "AsyncFunctionDef":
        yield report_offence(context, subject, "async function")
