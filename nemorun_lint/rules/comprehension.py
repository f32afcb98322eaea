"""NR103: comprehensions and generator expressions."""

from __future__ import annotations

from collections.abc import Iterator

from nemorun_lint.diagnostic import Diagnostic, Phase
from nemorun_lint.link.bodies import SyntaxOffence
from nemorun_lint.rules.base import RuleContext, report_offence, rule

_NAMES = {
    "ListComp": "list comprehension",
    "SetComp": "set comprehension",
    "DictComp": "dict comprehension",
    "GeneratorExp": "generator expression",
}
_CONSTRUCTS = _NAMES.keys()


@rule(SyntaxOffence, "NR103", phase=Phase.CALL, since="0.1.0")
def comprehension(subject: SyntaxOffence, context: RuleContext) -> Iterator[Diagnostic]:
    """Report comprehensions and generator expressions."""
    if subject.offence.construct in _CONSTRUCTS:
        yield report_offence(context, subject, _NAMES[subject.offence.construct])
