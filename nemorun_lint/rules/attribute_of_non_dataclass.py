"""NR212: attributes of Configs of what is no dataclass."""

from __future__ import annotations

from collections.abc import Iterator

from nemorun_lint.diagnostic import Diagnostic, Phase
from nemorun_lint.link.misuse import ForeignAttribute
from nemorun_lint.rules.base import RuleContext, rule

_WHERE_TOLD = "for dataclasses only, with experimental_allow_dataclass_attribute_access=True"


@rule(ForeignAttribute, "NR212", phase=Phase.CALL, since="0.1.0")
def attribute_of_non_dataclass(misuse: ForeignAttribute, context: RuleContext) -> Iterator[Diagnostic]:
    """Report attributes of Configs whose target is no dataclass."""
    made_by = misuse.config.callee.name
    allowed = misuse.application.converter.allow_dataclass_access
    why = f"for dataclasses only, and '{made_by}' is none" if allowed else _WHERE_TOLD
    yield context.report(
        misuse,
        f"attribute '{misuse.attribute}' of '{made_by}(...)' {misuse.how}: {misuse.converter} allows that {why}",
        help="pass the value as an argument instead, or return `run.Config` without the decorator",
    )
