"""Find the comments that switch diagnostics off, exactly as flake8 7 finds them.

flake8 searches text, not comments: `# noqa` counts in a string too. It searches the physical line, where the
lines of a multi-line string or of a backslash continuation are one. Codes are compared as they are written
(`nr201` is not `NR201`), and a code switches off all codes that start with it.
"""

from __future__ import annotations

import re
import tokenize
from collections.abc import Iterable, Iterator

from nemorun_lint.ir.record import Suppression
from nemorun_lint.text import SourceText

_CODES = r"(?::\s?(?P<codes>(?:[A-Z]+[0-9]+[,\s]*)+))?"
_WORD = re.compile("noqa", re.IGNORECASE)
_INLINE = re.compile("# noqa" + _CODES, re.IGNORECASE)
# flake8 looks at the start of the line only, and leaves out the whole file whatever follows.
_FLAKE8_FILE = re.compile(r"\s*(?P<start># flake8[:=]\s*noqa)", re.IGNORECASE)
_OUR_FILE = re.compile(rf"\s*(?P<start># nemorun-lint[:=]\s*noqa\b{_CODES})(?!:)", re.IGNORECASE)
_CODE = re.compile(r"[^,\s]+")
_IGNORED_TOKENS = (tokenize.ENDMARKER, tokenize.DEDENT)
_LINE_ENDS = (tokenize.NEWLINE, tokenize.NL)

Rows = tuple[int, int]


def suppressions(source: SourceText) -> tuple[Suppression, ...]:
    """Return all suppressions of `source` in source order."""
    if not _WORD.search(source.text):
        return ()
    lines = _lines(source)
    found = [*_of_file(source, lines), *_of_lines(source, lines)]
    return tuple(sorted(found, key=lambda item: item.start))


def groups(source: SourceText) -> tuple[Rows, ...]:
    """Return first and last row (1-based) of all lines that flake8 takes for one; rows in none of them stand alone."""
    return tuple(_groups(_lines(source)))


def _lines(source: SourceText) -> list[str]:
    """Return the lines as flake8 reads them: every line end is one line feed, and the last line may have none."""
    *lines, rest = [source.line(row) for row in range(1, len(source.line_starts) + 1)]
    return [line + "\n" for line in lines] + [rest] * bool(rest)


def _of_file(source: SourceText, lines: list[str]) -> Iterator[Suppression]:
    for row, line in enumerate(lines, 1):
        if match := _FLAKE8_FILE.match(line):
            start = source.line_starts[row - 1]
            yield Suppression(0, 0, start + match.start("start"), start + match.end("start"))
        elif match := _OUR_FILE.match(line):
            yield _suppression(source, lines, (0, 0), row, match, match.start("start"))


def _of_lines(source: SourceText, lines: list[str]) -> Iterator[Suppression]:
    """Yield at most one suppression for each group of lines that flake8 takes for one line."""
    mapped = 0
    for first, last in _groups(lines):
        for row in range(mapped + 1, first):
            yield from _of_group(source, lines, (row, row))
        yield from _of_group(source, lines, (first, last))
        mapped = last
    for row in range(mapped + 1, len(lines) + 1):
        yield from _of_group(source, lines, (row, row))


def _of_group(source: SourceText, lines: list[str], rows: Rows) -> Iterator[Suppression]:
    match = _INLINE.search("".join(lines[rows[0] - 1 : rows[1]]))
    if match:
        yield _suppression(source, lines, rows, rows[0], match, match.start())


def _suppression(
    source: SourceText, lines: list[str], rows: Rows, row: int, match: re.Match[str], start: int
) -> Suppression:
    """Return what `match` says; it was found in the text of `lines` from `row` on."""
    codes = list(_CODE.finditer(match.group("codes") or ""))
    base = match.start("codes")
    starts = [_offset(source, lines, row, base + code.start()) for code in codes]
    names = tuple([code.group() for code in codes])
    end = starts[-1] + len(names[-1]) if names else _offset(source, lines, row, match.end())
    return Suppression(*rows, _offset(source, lines, row, start), end, names, tuple(starts))


def _offset(source: SourceText, lines: list[str], row: int, index: int) -> int:
    """Return the offset in the file of `index`, which counts from `row` with every line end as one code point."""
    while index >= len(lines[row - 1]) and row < len(lines):
        index -= len(lines[row - 1])
        row += 1
    return source.line_starts[row - 1] + index


def _groups(lines: list[str]) -> list[Rows]:
    """Return first and last row (1-based) of the lines that belong together; none if the text has no tokens."""
    groups: list[Rows] = []
    try:
        for first, last in _ranges(lines):
            if not groups or first > groups[-1][1]:
                groups.append((first, last))
            else:
                groups[-1] = (groups[-1][0], max(last, groups[-1][1]))
    except (tokenize.TokenError, SyntaxError):
        return []
    return groups


def _ranges(lines: Iterable[str]) -> Iterator[Rows]:
    rows: list[int] = []
    for token in tokenize.generate_tokens(iter([*lines, ""]).__next__):
        if token.type in _IGNORED_TOKENS:
            continue
        rows += (token.start[0], token.end[0])
        if token.type in _LINE_ENDS:
            yield min(rows), max(rows)
            rows = []
