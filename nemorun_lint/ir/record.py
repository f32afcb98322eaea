"""The record of one module: all that later stages know of a file, made from its bytes alone."""

from __future__ import annotations

import msgspec

from nemorun_lint.ir.nodes import Statement

# Raised whenever the meaning or the shape of a record changes: old store entries become misses.
SCHEMA = 3


class SyntaxProblem(msgspec.Struct, frozen=True, array_like=True):
    """Why a file could not be read as Python; `offset` is 0-based in code points.

    `is_error` is false where the file may be valid and it is this tool that cannot read it.
    """

    message: str
    offset: int
    is_error: bool = True


class Suppression(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A `# noqa` comment; `codes` is empty for all codes.

    `first_row` and `last_row` are the 1-based physical lines that it covers, as flake8 counts them (the lines
    of a multi-line string or of a backslash continuation count as one; 0 and 0 for the whole file). `start`
    and `end` are the offsets of the comment from its `#`, `code_starts` those of the single codes.
    """

    first_row: int
    last_row: int
    start: int
    end: int
    codes: tuple[str, ...] = ()
    code_starts: tuple[int, ...] = ()


class ModuleRecord(msgspec.Struct, frozen=True, array_like=True):
    """One module, lowered.

    `is_interface` is true where the bodies of functions were dropped (dependencies). With a
    `syntax_error`, `body` is empty. `may_have_walrus` is false where `:=` stands nowhere in the text.
    """

    body: tuple[Statement, ...] = ()
    suppressions: tuple[Suppression, ...] = ()
    syntax_error: SyntaxProblem | None = None
    is_interface: bool = False
    may_have_walrus: bool = True
