"""NR214: objects as defaults."""

from __future__ import annotations

from collections.abc import Iterator

from nemorun_lint.diagnostic import Diagnostic, Phase
from nemorun_lint.link.misuse import ObjectDefault
from nemorun_lint.rules.base import RuleContext, rule


@rule(ObjectDefault, "NR214", phase=Phase.LAUNCH, since="0.1.0")
def object_as_default(misuse: ObjectDefault, context: RuleContext) -> Iterator[Diagnostic]:
    """Report defaults that are objects."""
    yield context.report(
        misuse,
        f"the default of '{misuse.parameter}' is an object of '{misuse.made_by}', made by Python: the"
        f" Config holds it and"
        " cannot be serialized for launch",
        help="make the default None or a value, and the object in the body",
    )
