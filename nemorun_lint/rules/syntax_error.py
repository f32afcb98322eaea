"""NR998: files that cannot be read as Python."""

from __future__ import annotations

from collections.abc import Iterator

from nemorun_lint.diagnostic import Diagnostic, Phase, Severity
from nemorun_lint.ir.record import SyntaxProblem
from nemorun_lint.rules.base import RuleContext, Span, rule


@rule(SyntaxProblem, "NR998", phase=Phase.NONE, since="0.1.0")
def syntax_error(problem: SyntaxProblem, context: RuleContext) -> Iterator[Diagnostic]:
    """Report the first thing that keeps a file from being read."""
    place = Span(problem.offset, problem.offset)
    if problem.is_error:
        yield context.report(place, problem.message)
    else:
        yield context.report(place, f"not checked: {problem.message}", severity=Severity.WARNING)
