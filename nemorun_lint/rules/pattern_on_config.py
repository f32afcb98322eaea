"""NR215: Configs in `match`."""

from __future__ import annotations

from collections.abc import Iterator

from nemorun_lint.diagnostic import Diagnostic, Phase
from nemorun_lint.link.misuse import Matched
from nemorun_lint.rules.base import RuleContext, rule


@rule(Matched, "NR215", phase=Phase.SILENT, since="0.1.0")
def pattern_on_config(misuse: Matched, context: RuleContext) -> Iterator[Diagnostic]:
    """Report Configs that are matched against patterns."""
    yield context.report(
        misuse,
        f"'{misuse.config.callee.name}(...)' {misuse.how}, but under {misuse.converter} it is a"
        f" Config: no pattern matches it",
        help="decide outside of the function, or in a function that you call here",
    )
