"""NR105: definitions inside the function."""

from __future__ import annotations

from collections.abc import Iterator

from nemorun_lint.diagnostic import Diagnostic, Phase
from nemorun_lint.link.bodies import SyntaxOffence
from nemorun_lint.rules.base import RuleContext, report_offence, rule

_NAMES = {"FunctionDef": "nested function", "Lambda": "lambda", "ClassDef": "nested class"}
_CONSTRUCTS = _NAMES.keys()


@rule(SyntaxOffence, "NR105", phase=Phase.CALL, since="0.1.0")
def nested_definition(subject: SyntaxOffence, context: RuleContext) -> Iterator[Diagnostic]:
    """Report functions, lambdas and classes inside the function."""
    if subject.offence.construct in _CONSTRUCTS:
        yield report_offence(context, subject, _NAMES[subject.offence.construct])
