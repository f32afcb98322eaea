"""NR216: Configs as mappings, keys and indices."""

from __future__ import annotations

from collections.abc import Iterator

from nemorun_lint.diagnostic import Diagnostic, Phase
from nemorun_lint.link.misuse import AsMapping
from nemorun_lint.rules.base import RuleContext, rule


@rule(AsMapping, "NR216", phase=Phase.CALL, since="0.1.0")
def mapping_of_config(misuse: AsMapping, context: RuleContext) -> Iterator[Diagnostic]:
    """Report Configs that are used as a mapping, key or index."""
    yield context.report(
        misuse,
        f"'{misuse.config.callee.name}(...)' {misuse.how}, but under {misuse.converter} it is a Config: that raises",
        help="write a display such as `{...}`, or compute the value outside of the function",
    )
