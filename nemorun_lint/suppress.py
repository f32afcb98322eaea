"""Apply `# noqa` comments to diagnostics, as flake8 does, and find those that suppress nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from nemorun_lint.diagnostic import Diagnostic
from nemorun_lint.ir.record import Suppression

FAMILY = "NR"


@dataclass(frozen=True)
class UnusedSuppression:
    """A code in a `# noqa` comment that suppresses nothing; 0-based offsets in code points."""

    code: str
    start: int
    end: int


def covers(suppression: Suppression, diagnostic: Diagnostic) -> bool:
    """Whether a comment suppresses a diagnostic: by its first line and the start of its code."""
    on_line = suppression.first_row == 0 or suppression.first_row <= diagnostic.row <= suppression.last_row
    return on_line and (not suppression.codes or any(diagnostic.code.startswith(code) for code in suppression.codes))


def unsuppressed(diagnostics: Iterable[Diagnostic], suppressions: tuple[Suppression, ...]) -> tuple[Diagnostic, ...]:
    """Return the diagnostics that no comment suppresses."""
    return tuple(d for d in diagnostics if not any(covers(s, d) for s in suppressions))


def unused(diagnostics: Iterable[Diagnostic], suppressions: tuple[Suppression, ...]) -> Iterator[UnusedSuppression]:
    """Yield the codes of ours that suppress none of the diagnostics; comments without codes are left alone."""
    found = list(diagnostics)
    for suppression in suppressions:
        for code, start in zip(suppression.codes, suppression.code_starts, strict=True):
            one = Suppression(suppression.first_row, suppression.last_row, start, start, (code,), (start,))
            if code.startswith(FAMILY) and not any(covers(one, diagnostic) for diagnostic in found):
                yield UnusedSuppression(code, start, start + len(code))
