"""Parse a text with libcst: the only place that calls its parser."""

from __future__ import annotations

import ast
import re
import warnings

import libcst

from nemorun_lint.text import SourceText

UNREADABLE = "valid Python of a form that the parser (libcst) cannot read"

_PLACE = re.compile(
    r"^(?:parser|tokenizer) error: (?:error at (?P<row>\d+):(?P<column>\d+): )?(?P<reason>.*)", re.DOTALL
)
_LONGEST_REASON = 60


class SyntaxProblemError(ValueError):
    """The text cannot be read as Python; `offset` is 0-based in code points."""

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset


def parse(text: str) -> libcst.Module:
    """Return the tree of `text`, which must not nest too deeply (see `nesting`).

    Raises:
        SyntaxProblemError: `text` cannot be parsed, for whatever reason.
        RecursionError: it nests more deeply than Python's recursion limit allows here.
    """
    if "\0" in text:
        # libcst takes them inside of strings.
        raise SyntaxProblemError("source code cannot contain null bytes", text.index("\0"))
    try:
        return libcst.parse_module(text)
    except (RecursionError, MemoryError, KeyboardInterrupt, SystemExit):
        raise
    except UnicodeEncodeError as error:
        raise SyntaxProblemError("a lone surrogate is not a character", error.start) from None
    except libcst.ParserSyntaxError as error:
        raise _problem(text, error.message) from None
    except BaseException as error:  # Panics of the native parser are no Exceptions.
        raise SyntaxProblemError(f"the parser failed: {type(error).__name__}: {error}", 0) from None


def _problem(text: str, message: str) -> SyntaxProblemError:
    match = _PLACE.match(message)
    row, column, reason = match.group("row", "column", "reason") if match else (None, None, message)
    own = _python_error(text)
    if own is not None and (row is None or _is_the_same(own, int(row))):
        return SyntaxProblemError(own.msg, _offset(text, own.lineno or 1, own.offset or 1))
    if own is None:
        reason = UNREADABLE
    elif len(reason) > _LONGEST_REASON:
        reason = "invalid syntax"
    return SyntaxProblemError(reason, _offset(text, int(row or 1), int(column or 1)))


def _is_the_same(own: SyntaxError, row: int) -> bool:
    """Say whether Python means what libcst met in `row`, and not syntax that is only too new for it.

    Python says more, and where it starts; libcst says where the next token ends, which may be a line later.
    """
    return (own.lineno or 1) >= row - 1 or "never closed" in own.msg or "unterminated" in own.msg


def _python_error(text: str) -> SyntaxError | None:
    """Return why the running Python rejects `text`, None if it does not; the tokenizer of libcst names no place."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(text)
    except SyntaxError as error:
        return error
    except (ValueError, RecursionError, MemoryError) as error:
        return SyntaxError(str(error), ("", 1, 1, ""))
    return None


def _offset(text: str, row: int, column: int) -> int:
    """Return the offset of a 1-based row and column, inside of the text whatever they are."""
    source = SourceText("", text)
    row = min(max(row, 1), len(source.line_starts))
    return min(source.offset(row, max(column, 1)), len(text))
