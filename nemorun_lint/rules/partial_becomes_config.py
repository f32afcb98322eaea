"""NR111: partials that become Configs."""

from __future__ import annotations

from collections.abc import Iterator

from nemorun_lint.diagnostic import Applicability, Diagnostic, Edit, Fix, Phase
from nemorun_lint.ir import nodes as ir
from nemorun_lint.link.bodies import Result
from nemorun_lint.link.findings import BadReturn
from nemorun_lint.rules.base import RuleContext, rule


@rule(BadReturn, "NR111", phase=Phase.SILENT, since="0.1.0")
def partial_becomes_config(finding: BadReturn, context: RuleContext) -> Iterator[Diagnostic]:
    """Report returned partials where no Partial is asked for."""
    if finding.result is not Result.PARTIAL:
        return
    application = finding.application
    place = application.place
    fix = None
    if application.position is not None:
        fix = Fix(Applicability.UNSAFE, "add `partial=True` to the decorator", (_with_partial(context, place),))
    yield context.report(
        finding,
        f"the partial that '{application.function_name}' returns becomes a Config: it is called when"
        f" the config is built,"
        " instead of by whoever gets it",
        help="decorate the function with `@run.autoconvert(partial=True)`",
        fix=fix,
    )


def _with_partial(context: RuleContext, decorator: ir.Expr) -> Edit:
    """Return the edit that adds `partial=True`, or turns `partial=False` round."""
    if not isinstance(decorator, ir.Call):
        return Edit(decorator.end, decorator.end, "(partial=True)")
    for argument in decorator.arguments:
        if argument.keyword == "partial":
            return Edit(argument.value.start, argument.value.end, "True")
    inside = context.text.text[: decorator.end - 1].rstrip()
    separator = "" if not decorator.arguments else " " if inside.endswith(",") else ", "
    return Edit(decorator.end - 1, decorator.end - 1, f"{separator}partial=True")
