"""NR213: assignments to attributes of what is no Config."""

from __future__ import annotations

from collections.abc import Iterator

from nemorun_lint.diagnostic import Diagnostic, Phase
from nemorun_lint.link.misuse import LostAssignment
from nemorun_lint.rules.base import RuleContext, rule


@rule(LostAssignment, "NR213", phase=Phase.SILENT, since="0.1.0")
def lost_assignment(misuse: LostAssignment, context: RuleContext) -> Iterator[Diagnostic]:
    """Report assignments that do nothing."""
    yield context.report(
        misuse,
        f"the assignment to '{misuse.attribute}' does nothing: it is made to {misuse.owner}, and"
        f" {misuse.converter} keeps"
        " assignments to Configs only",
        help="make it outside of the function",
    )
