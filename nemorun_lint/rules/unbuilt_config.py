"""NR202: calls of functions that return a Config and are not converted."""

from __future__ import annotations

from collections.abc import Iterator

from nemorun_lint.diagnostic import Diagnostic, Phase
from nemorun_lint.link.misuse import UnbuiltConfig
from nemorun_lint.rules.base import RuleContext, rule


@rule(UnbuiltConfig, "NR202", phase=Phase.SILENT, since="0.1.0")
def unbuilt_config(misuse: UnbuiltConfig, context: RuleContext) -> Iterator[Diagnostic]:
    """Report calls of builders."""
    yield context.report(
        misuse,
        f"'{misuse.callee.name}' returns a Config and is not converted by {misuse.converter}: what is"
        f" built here is that"
        " Config, not the object",
        help=f"decorate '{misuse.callee.name}' with @run.autoconvert, or remove the decorator from"
        f" '{misuse.application.function_name}'",
    )
