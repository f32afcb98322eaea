"""NR208: callees without a signature."""

from __future__ import annotations

from collections.abc import Iterator

from nemorun_lint.diagnostic import Diagnostic, Phase
from nemorun_lint.link.misuse import NoSignature
from nemorun_lint.rules.base import RuleContext, rule


@rule(NoSignature, "NR208", phase=Phase.CALL, since="0.1.0")
def builtin_without_signature(misuse: NoSignature, context: RuleContext) -> Iterator[Diagnostic]:
    """Report callees of which no Config can be made."""
    yield context.report(
        misuse,
        f"'{misuse.callee.name}' has no signature, so {misuse.converter} cannot make a Config of the call",
        help="compute the value outside of the function",
    )
