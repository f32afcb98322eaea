"""NR218: autoconvert on a wrapper without functools.wraps."""

from __future__ import annotations

from collections.abc import Iterator

from nemorun_lint.diagnostic import Diagnostic, Phase
from nemorun_lint.link.findings import UndecoratedWrapper
from nemorun_lint.rules.base import RuleContext, rule


@rule(UndecoratedWrapper, "NR218", phase=Phase.LAUNCH, since="0.1.0")
def undecorated_wrapper(finding: UndecoratedWrapper, context: RuleContext) -> Iterator[Diagnostic]:
    """Report converters above a decorator without functools.wraps."""
    application = finding.application
    yield context.report(
        finding,
        f"@{application.converter.name} converts the wrapper, not '{application.function_name}': the"
        f" decorator below does"
        " not use functools.wraps, and the Config cannot be serialized for launch",
        help=f"put @{application.converter.name} below the other decorator",
    )
