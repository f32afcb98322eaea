"""NR211: methods bound to an object."""

from __future__ import annotations

from collections.abc import Iterator

from nemorun_lint.diagnostic import Diagnostic, Phase
from nemorun_lint.link.misuse import BoundMethod
from nemorun_lint.rules.base import RuleContext, rule


@rule(BoundMethod, "NR211", phase=Phase.LAUNCH, since="0.1.0")
def bound_method_config(misuse: BoundMethod, context: RuleContext) -> Iterator[Diagnostic]:
    """Report calls of bound methods."""
    yield context.report(
        misuse,
        f"'{misuse.callee.name}' is a method bound to an object: a Config of it cannot be serialized for launch",
        help="call a function that makes the object and calls the method",
    )
