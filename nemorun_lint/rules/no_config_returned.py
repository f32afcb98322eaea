"""NR109: functions that return nothing with a Config."""

from __future__ import annotations

from collections.abc import Iterator

from nemorun_lint.diagnostic import Diagnostic, Phase
from nemorun_lint.link.bodies import Result
from nemorun_lint.link.findings import BadReturn
from nemorun_lint.rules.base import RuleContext, rule


@rule(BadReturn, "NR109", phase=Phase.CALL, since="0.1.0")
def no_config_returned(finding: BadReturn, context: RuleContext) -> Iterator[Diagnostic]:
    """Report functions none of whose returns can hold a Config."""
    if finding.result is not Result.NOTHING:
        return
    application = finding.application
    what = (
        f"returns a {finding.type_name}"
        if finding.type_name not in ("", "nothing", "NoneType")
        else "returns no object"
    )
    yield context.report(
        finding,
        f"the {application.converter.name} function '{application.function_name}' {what}, so there is no Config in its"
        " result: it raises TypeError",
        help="return the object that is to be configured",
    )
