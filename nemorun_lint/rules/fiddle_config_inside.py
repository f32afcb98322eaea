"""NR203: Buildables that become a Config of a Config."""

from __future__ import annotations

from collections.abc import Iterator

from nemorun_lint.diagnostic import Diagnostic, Phase
from nemorun_lint.link.misuse import InnerBuildable
from nemorun_lint.rules.base import RuleContext, rule


@rule(InnerBuildable, "NR203", phase=Phase.SILENT, since="0.1.0")
def fiddle_config_inside(misuse: InnerBuildable, context: RuleContext) -> Iterator[Diagnostic]:
    """Report Buildables that the dialect does not exempt."""
    yield context.report(
        misuse,
        f"'{misuse.callee.name}(...)' becomes a Config of a Config under {misuse.converter}: it is built to a Config,"
        " not to the object",
        help="call the class itself, or use the Config class that the decorator knows",
    )
