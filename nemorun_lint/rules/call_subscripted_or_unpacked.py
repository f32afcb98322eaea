"""NR207: Configs that are subscripted, unpacked or iterated."""

from __future__ import annotations

from collections.abc import Iterator

from nemorun_lint.diagnostic import Diagnostic, Phase
from nemorun_lint.link.misuse import Indexed
from nemorun_lint.rules.base import RuleContext, rule


@rule(Indexed, "NR207", phase=Phase.SILENT, since="0.1.0")
def call_subscripted_or_unpacked(misuse: Indexed, context: RuleContext) -> Iterator[Diagnostic]:
    """Report Configs whose parts are taken."""
    yield context.report(
        misuse,
        f"'{misuse.config.callee.name}(...)' {misuse.how}, but under {misuse.converter} it is a Config: that takes the"
        " arguments of the call, not its result",
        help="take the part outside of the function, or in a function that you call here",
    )
