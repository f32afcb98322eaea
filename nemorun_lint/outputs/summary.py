"""The last lines of a run: what was checked, what was found, what stayed unknown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from nemorun_lint.diagnostic import Applicability, Diagnostic, Severity
from nemorun_lint.outputs.base import Options, is_fixable
from nemorun_lint.outputs.style import clean, counted, wrap


class Coverage(Protocol):
    """What the linter counts in a run."""

    @property
    def functions(self) -> int: ...  # noqa: D102

    @property
    def functions_checked(self) -> int: ...  # noqa: D102

    @property
    def targets(self) -> int: ...  # noqa: D102

    @property
    def targets_resolved(self) -> int: ...  # noqa: D102

    @property
    def unknown(self) -> Mapping[str, int]: ...  # noqa: D102


def render(
    diagnostics: Sequence[Diagnostic], files: int, coverage: Coverage, options: Options, *, show_unknown: bool = False
) -> Iterator[str]:
    """Yield the summary: files and findings, then coverage, then what `--fix` could mend."""
    yield f"Checked {counted(files, 'file')}: {findings(diagnostics)}."
    unknown = sum(coverage.unknown.values())
    yield from _coverage(coverage, "" if show_unknown else f"; {unknown:,} unknown: --show-unknown" if unknown else "")
    yield from _fixes(diagnostics, options)
    if show_unknown:
        yield from _unknown(coverage.unknown, options.width)


def findings(diagnostics: Sequence[Diagnostic]) -> str:
    """Return "3 errors, 1 warning", or "no problems found"."""
    counts = dict.fromkeys(Severity, 0)
    for diagnostic in diagnostics:
        counts[diagnostic.severity] += 1
    return ", ".join(counted(n, severity.value) for severity, n in counts.items() if n) or "no problems found"


def _coverage(coverage: Coverage, unknown: str) -> Iterator[str]:
    if not coverage.functions and not coverage.targets:
        yield f"No use of NeMo-Run or Fiddle configs in them{unknown}."
        return
    parts = []
    if coverage.functions:
        parts.append(f"{coverage.functions_checked:,} of {counted(coverage.functions, 'autoconvert function')}")
    if coverage.targets:
        parts.append(f"{coverage.targets_resolved:,} of {counted(coverage.targets, 'target')}")
    yield f"{', '.join(parts)}{unknown}."


def _fixes(diagnostics: Sequence[Diagnostic], options: Options) -> Iterator[str]:
    ready = sum(is_fixable(diagnostic, options) for diagnostic in diagnostics)
    more = 0 if options.unsafe_fixes else sum(map(_has_unsafe_fix, diagnostics))
    if ready:
        also = f" ({more:,} more with --unsafe-fixes)" if more else ""
        yield f"[*] {counted(ready, 'problem')} can be fixed with --fix{also}."
    elif more:
        yield f"{counted(more, 'problem')} can be fixed with --fix --unsafe-fixes."


def _has_unsafe_fix(diagnostic: Diagnostic) -> bool:
    return diagnostic.fix is not None and diagnostic.fix.applicability is Applicability.UNSAFE


def _unknown(reasons: Mapping[str, int], width: int) -> Iterator[str]:
    if not reasons:
        yield "Nothing stayed unknown."
        return
    yield "Unknown, and so not judged:"
    digits = max(len(f"{count:,}") for count in reasons.values())
    for reason, count in sorted(reasons.items(), key=lambda item: (-item[1], item[0])):
        yield from wrap(clean(reason), width, first=f"  {count:{digits},}  ", rest=" " * (digits + 4))
