"""`--add-noqa`: a `# noqa` comment with the codes on each line that has findings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from nemorun_lint.diagnostic import Diagnostic, Edit
from nemorun_lint.ir.record import Suppression
from nemorun_lint.text import SourceText

# Of these a comment on the line would be wrong or without effect.
_NEVER = frozenset({"NR997", "NR998", "NR999"})

LastRow = Callable[[int], int]
"""From a 1-based row to the last physical row of the string or continuation that it is part of."""


def can_be_suppressed(diagnostic: Diagnostic) -> bool:
    """Say whether a `# noqa` comment is an answer to `diagnostic`."""
    return diagnostic.code not in _NEVER


def noqa_edits(
    source: SourceText, diagnostics: Iterable[Diagnostic], suppressions: Sequence[Suppression], last_row: LastRow
) -> tuple[Edit, ...]:
    """Return the edits that suppress `diagnostics` of `source`; codes join a comment that the line already has."""
    wanted: dict[int, set[str]] = {}
    for diagnostic in filter(can_be_suppressed, diagnostics):
        wanted.setdefault(last_row(diagnostic.row), set()).add(diagnostic.code)
    edits = (_edit(source, row, sorted(codes), suppressions) for row, codes in sorted(wanted.items()))
    return tuple(edit for edit in edits if edit is not None)


def _edit(source: SourceText, row: int, codes: Sequence[str], suppressions: Sequence[Suppression]) -> Edit | None:
    # Of several comments on a line flake8 reads the first one only.
    present = next((item for item in suppressions if item.first_row <= row <= item.last_row), None)
    if present is not None:
        return _joined(present, codes)
    line = source.line(row)
    kept = line.rstrip()
    start = source.line_starts[row - 1]
    return Edit(start + len(kept), start + len(line), f"  # noqa: {', '.join(codes)}")


def _joined(present: Suppression, codes: Sequence[str]) -> Edit | None:
    """Return the edit that adds `codes` to a comment; None where it covers them already."""
    missing = [code for code in codes if not code.startswith(present.codes)]
    if not present.codes or not missing:
        return None
    end = present.code_starts[-1] + len(present.codes[-1])
    return Edit(end, end, "".join(f", {code}" for code in missing))
