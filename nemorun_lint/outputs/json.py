"""A JSON array of objects, one a diagnostic; rows and columns are 1-based, columns count code points."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from nemorun_lint.diagnostic import Diagnostic, Edit, Fix
from nemorun_lint.outputs.base import Options, Sources
from nemorun_lint.text import SourceText


def render(diagnostics: Sequence[Diagnostic], sources: Sources, options: Options) -> Iterator[str]:
    """Yield the lines of one JSON array, an object a line; ASCII only, so that any encoding of the stream does."""
    if not diagnostics:
        yield "[]"
        return
    yield "["
    last = len(diagnostics) - 1
    for number, diagnostic in enumerate(diagnostics):
        yield "  " + json.dumps(as_object(diagnostic, sources)) + ("" if number == last else ",")
    yield "]"


def as_object(diagnostic: Diagnostic, sources: Sources) -> dict[str, Any]:
    """Return the JSON object of one diagnostic."""
    return {
        "code": diagnostic.code,
        "rule": diagnostic.rule,
        "message": diagnostic.message,
        "filename": diagnostic.filename,
        "row": diagnostic.row,
        "column": diagnostic.column,
        "end_row": diagnostic.end_row,
        "end_column": diagnostic.end_column,
        "severity": diagnostic.severity.value,
        "phase": diagnostic.phase.value,
        "url": diagnostic.url,
        "help": diagnostic.help,
        "fix": _fix(diagnostic.fix, diagnostic.filename, sources),
        "cell": diagnostic.cell,
        "related": [
            {"filename": other.filename, "row": other.row, "column": other.column, "message": other.message}
            for other in diagnostic.related
        ],
        "data": diagnostic.data,
    }


def _fix(fix: Fix | None, filename: str, sources: Sources) -> dict[str, Any] | None:
    source = sources(filename) if fix is not None else None
    if fix is None or source is None:
        return None
    return {
        "applicability": fix.applicability.value,
        "message": fix.message,
        "edits": [_edit(edit, source) for edit in fix.edits],
    }


def _edit(edit: Edit, source: SourceText) -> dict[str, Any]:
    first, last = source.position(edit.start), source.position(edit.end)
    return {
        "row": first.row,
        "column": first.column,
        "end_row": last.row,
        "end_column": last.column,
        "text": edit.text,
    }
