"""NR222: attributes without a value."""

from __future__ import annotations

from collections.abc import Iterator

from nemorun_lint.diagnostic import Diagnostic, Phase
from nemorun_lint.link.misuse import UnsetAttribute
from nemorun_lint.rules.base import RuleContext, rule


@rule(UnsetAttribute, "NR222", phase=Phase.CALL, since="0.1.0")
def unset_attribute_read(misuse: UnsetAttribute, context: RuleContext) -> Iterator[Diagnostic]:
    """Report reads of attributes that have no value, and writes of unknown ones."""
    yield context.report(
        misuse,
        f"attribute '{misuse.attribute}' of '{misuse.config.callee.name}(...)' {misuse.how}, but {misuse.why}: under"
        f" {misuse.converter} that is a Config, not the object",
        help="pass the value as an argument of the call",
    )
