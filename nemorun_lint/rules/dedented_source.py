"""NR114: source that does not parse once it is dedented."""

from __future__ import annotations

from collections.abc import Iterator

from nemorun_lint.diagnostic import Diagnostic, Phase
from nemorun_lint.link.findings import DedentedSource
from nemorun_lint.rules.base import RuleContext, rule


@rule(DedentedSource, "NR114", phase=Phase.CALL, since="0.1.0")
def dedented_source(finding: DedentedSource, context: RuleContext) -> Iterator[Diagnostic]:
    """Report lines that keep the source from being dedented."""
    converter = finding.application.converter
    yield context.report(
        finding,
        f"text left of the function's own indentation: {converter.name} dedents the source and raises IndentationError",
        help="indent the line, or move the function or the string to the level of the module",
        phase=Phase.IMPORT if converter.name == "auto_config" else Phase.CALL,
    )
