"""NR110: containers that cannot be converted."""

from __future__ import annotations

from collections.abc import Iterator

from nemorun_lint.diagnostic import Diagnostic, Phase
from nemorun_lint.link.bodies import Result
from nemorun_lint.link.findings import BadReturn
from nemorun_lint.rules.base import RuleContext, rule


@rule(BadReturn, "NR110", phase=Phase.CALL, since="0.1.0")
def container_returned(finding: BadReturn, context: RuleContext) -> Iterator[Diagnostic]:
    """Report returned containers that cannot be converted."""
    if finding.result is not Result.CONTAINER:
        return
    application = finding.application
    what = "a list with other things than Configs in it" if finding.type_name == "list" else f"a {finding.type_name}"
    yield context.report(
        finding,
        f"the {application.converter.name} function '{application.function_name}' returns {what}:"
        f" only a single object or"
        " a list of objects can be converted, so it raises TypeError",
        help="return one object, or write one function for each",
    )
