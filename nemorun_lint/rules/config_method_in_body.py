"""NR217: methods of a Config, and Configs that are called."""

from __future__ import annotations

from collections.abc import Iterator

from nemorun_lint.diagnostic import Diagnostic, Phase
from nemorun_lint.link.misuse import ConfigMethod
from nemorun_lint.link.values import ConfigValue
from nemorun_lint.rules.base import RuleContext, rule


@rule(ConfigMethod, "NR217", phase=Phase.CALL, since="0.1.0")
def config_method_in_body(misuse: ConfigMethod, context: RuleContext) -> Iterator[Diagnostic]:
    """Report calls of methods of a Config, and of a Config itself."""
    receiver = misuse.callee.receiver
    made_by = receiver.callee.name if isinstance(receiver, ConfigValue) else "it"
    explicit = isinstance(receiver, ConfigValue) and receiver.explicit
    what = "does nothing to the Config" if explicit else "does not exist"
    if "." not in misuse.callee.name:
        what = "fails: a Config cannot be called"
    yield context.report(
        misuse,
        f"'{misuse.callee.name}(...)' {what}: under {misuse.converter} '{made_by}(...)' gives a Config",
        phase=Phase.SILENT if explicit else Phase.CALL,
        help="do it outside of the function, on the Config that it returns",
    )
