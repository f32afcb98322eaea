"""NR999: errors of nemorun-lint itself."""

from __future__ import annotations

from collections.abc import Iterator

from nemorun_lint.diagnostic import Diagnostic, Phase
from nemorun_lint.rules.base import InternalError, RuleContext, rule


@rule(InternalError, "NR999", phase=Phase.NONE, since="0.1.0")
def internal_error(error: InternalError, context: RuleContext) -> Iterator[Diagnostic]:
    """Report that a part of nemorun-lint failed on a file; the rest of the run is not affected."""
    yield context.report(
        error,
        f"{error.where} failed: {error.text}",
        help="this is a bug of nemorun-lint: please report it, with the code that shows it",
    )
