"""NR209: reads of the machine, the clock or chance."""

from __future__ import annotations

from collections.abc import Iterator

from nemorun_lint.diagnostic import Diagnostic, Phase, Severity
from nemorun_lint.link.misuse import EnvironmentRead
from nemorun_lint.rules.base import RuleContext, rule


@rule(EnvironmentRead, "NR209", severity=Severity.WARNING, phase=Phase.SILENT, since="0.1.0")
def deferred_environment_read(misuse: EnvironmentRead, context: RuleContext) -> Iterator[Diagnostic]:
    """Report reads that happen where the config is built; those that cannot be sent there fail at launch."""
    also = "" if misuse.serializable else ", and cannot be serialized for launch"
    yield context.report(
        misuse,
        f"'{misuse.callee.name}(...)' is called where the job runs, not where it is launched{also}",
        help="read the value outside of the function and pass it in",
    )
