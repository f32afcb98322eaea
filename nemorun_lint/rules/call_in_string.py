"""NR204: Configs in strings."""

from __future__ import annotations

from collections.abc import Iterator

from nemorun_lint.diagnostic import Diagnostic, Phase
from nemorun_lint.link.misuse import InString
from nemorun_lint.rules.base import RuleContext, rule


@rule(InString, "NR204", phase=Phase.SILENT, since="0.1.0")
def call_in_string(misuse: InString, context: RuleContext) -> Iterator[Diagnostic]:
    """Report Configs that are formatted into a string."""
    yield context.report(
        misuse,
        f"'{misuse.config.callee.name}(...)' {misuse.how}, but under {misuse.converter} it is a"
        f" Config: the text becomes"
        f" '<Config[{misuse.config.callee.name}()]>'",
        help="compute the text outside of the function and pass it in",
    )
