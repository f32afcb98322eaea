"""What every output format takes: diagnostics, the sources they point into, and options."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from nemorun_lint.diagnostic import Applicability, Diagnostic
from nemorun_lint.text import SourceText

Sources = Callable[[str], "SourceText | None"]
"""From the `filename` of a diagnostic to its text; None where it cannot be read (any more)."""


@dataclass(frozen=True)
class Options:
    """How to print; `width` is in display columns."""

    color: bool = False
    width: int = 80
    unsafe_fixes: bool = False


Format = Callable[[Sequence[Diagnostic], Sources, Options], Iterable[str]]
"""Yields lines without their line ends."""


def is_fixable(diagnostic: Diagnostic, options: Options) -> bool:
    """Say whether `--fix`, with or without `--unsafe-fixes` as in `options`, would mend it."""
    fix = diagnostic.fix
    if fix is None:
        return False
    return fix.applicability is Applicability.SAFE or (
        options.unsafe_fixes and fix.applicability is Applicability.UNSAFE
    )
