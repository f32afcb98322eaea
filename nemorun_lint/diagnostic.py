"""What a rule reports: a diagnostic with its severity, phase, fix and related places."""

from __future__ import annotations

from enum import Enum
from typing import Any

import msgspec

DOCUMENTATION_URL = "https://github.com/nemorun-lint/nemorun-lint/blob/main/nemorun_lint/rules/{file}"


class Severity(str, Enum):
    """How bad it is; only errors make `check` exit with 1 unless asked otherwise."""

    ERROR = "error"
    WARNING = "warning"
    HINT = "hint"


class Phase(str, Enum):
    """When the mistake strikes, cheapest first."""

    IMPORT = "import"
    CALL = "call"
    CONSTRUCT = "construct"
    LAUNCH = "launch"
    BUILD = "build"
    SILENT = "silent"
    NONE = "none"


class Applicability(str, Enum):
    """How far a fix can be trusted: `safe` keeps the meaning, `unsafe` may change it, `display` is only shown."""

    SAFE = "safe"
    UNSAFE = "unsafe"
    DISPLAY = "display"


class Edit(msgspec.Struct, frozen=True):
    """Replace the code points from offset `start` up to `end` (0-based, end excluded) by `text`."""

    start: int
    end: int
    text: str


class Fix(msgspec.Struct, frozen=True):
    """Edits of one file that belong together; applied all or not at all."""

    applicability: Applicability
    message: str
    edits: tuple[Edit, ...]


class Related(msgspec.Struct, frozen=True):
    """Another place that explains a diagnostic; `row` and `column` are 1-based and count code points."""

    filename: str
    row: int
    column: int
    message: str


class Diagnostic(msgspec.Struct, frozen=True):
    """One finding.

    `row`, `column`, `end_row` and `end_column` are 1-based; columns count code points and `end_column`
    is one past the last. `start` and `end` are the same as 0-based offsets into the decoded text.
    """

    code: str
    rule: str
    message: str
    filename: str
    row: int
    column: int
    end_row: int
    end_column: int
    start: int
    end: int
    severity: Severity
    phase: Phase = Phase.NONE
    help: str | None = None
    fix: Fix | None = None
    related: tuple[Related, ...] = ()
    cell: int | None = None
    data: dict[str, Any] = {}

    @property
    def url(self) -> str:
        """Address of the rule's page."""
        return DOCUMENTATION_URL.format(file=self.rule.replace("-", "_") + ".md")

    @property
    def sort_key(self) -> tuple[str, int, int, int, str, str]:
        """Order of printing: file, cell, place, code."""
        return (self.filename, self.cell or 0, self.row, self.column, self.code, self.message)
