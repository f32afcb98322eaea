"""NR221: private names of a class."""

from __future__ import annotations

from collections.abc import Iterator

from nemorun_lint.diagnostic import Diagnostic, Phase
from nemorun_lint.link.misuse import MangledName
from nemorun_lint.rules.base import RuleContext, rule


@rule(MangledName, "NR221", phase=Phase.CALL, since="0.1.0")
def mangled_name(misuse: MangledName, context: RuleContext) -> Iterator[Diagnostic]:
    """Report private names, which lose their mangling."""
    yield context.report(
        misuse,
        f"'{misuse.name}' is not mangled in the function that {misuse.converter} writes: that raises AttributeError",
        help="use a name with one underscore",
    )
