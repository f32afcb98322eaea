"""NR220: callees that cannot be serialized."""

from __future__ import annotations

from collections.abc import Iterator

from nemorun_lint.diagnostic import Diagnostic, Phase
from nemorun_lint.link.misuse import Unserializable
from nemorun_lint.rules.base import RuleContext, rule


@rule(Unserializable, "NR220", phase=Phase.LAUNCH, since="0.1.0")
def unserializable_callee(misuse: Unserializable, context: RuleContext) -> Iterator[Diagnostic]:
    """Report callees that cannot be sent to the job."""
    yield context.report(
        misuse,
        f"'{misuse.callee.name}(...)' becomes a Config of '{misuse.callee.name}', which cannot be"
        f" serialized for launch",
        help="compute the value outside of the function and pass it in",
    )
