"""Source lines with carets, by display columns: tabs expanded, wide characters counted, long lines cut."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from nemorun_lint.outputs.style import TAB_STOP, cell_width, paint, printable
from nemorun_lint.text import SourceText

_ELLIPSIS = "..."
_LONGEST = 5


@dataclass(frozen=True)
class Region:
    """A place in a source: rows and columns 1-based, columns in code points, `end_column` one past the last."""

    row: int
    column: int
    end_row: int
    end_column: int


@dataclass(frozen=True)
class Look:
    """How a snippet is drawn: `gutter` is the width of the row numbers, `width` that of a whole line."""

    gutter: int
    width: int
    style: str
    caret: str = "^"
    color: bool = False
    context: int = 1


def render(source: SourceText, region: Region, look: Look) -> Iterator[str]:
    """Yield the lines of `region`, underlined, between lines of context."""
    rows = len(source.line_starts)
    first = min(max(region.row, 1), rows)
    last = min(max(region.end_row - (region.end_column <= 1), first), rows)
    yield _frame(look, "", "")
    for row in _before(source, first, look.context):
        yield _frame(look, str(row), _cut(_cells(source.line(row)), 0, 0, _room(look))[0])
    for shown in _shown(first, last):
        if shown is None:
            yield paint(_ELLIPSIS.rjust(look.gutter + 2), "frame", color=look.color)
        else:
            yield from _underlined(source, shown, region, look)
    for row in _after(source, last, look.context):
        yield _frame(look, str(row), _cut(_cells(source.line(row)), 0, 0, _room(look))[0])
    yield _frame(look, "", "")


def _before(source: SourceText, row: int, context: int) -> range:
    start = max(row - context, 1)
    while start < row and not source.line(start).strip():
        start += 1
    return range(start, row)


def _after(source: SourceText, row: int, context: int) -> range:
    stop = min(row + context, len(source.line_starts))
    while stop > row and not source.line(stop).strip():
        stop -= 1
    return range(row + 1, stop + 1)


def _shown(first: int, last: int) -> list[int | None]:
    if last - first < _LONGEST:
        return list(range(first, last + 1))
    return [first, first + 1, None, last]


def _frame(look: Look, number: str, text: str) -> str:
    frame = paint(f"{number:>{look.gutter}} |", "frame", color=look.color)
    return f"{frame} {text}".rstrip()


def _room(look: Look) -> int:
    return max(look.width - look.gutter - 3, 20)


def _underlined(source: SourceText, row: int, region: Region, look: Look) -> Iterator[str]:
    line = source.line(row)
    start, end = _columns(line, row, region)
    cells = _cells(line)
    left = sum(width for _, width in cells[:start])
    marked = max(sum(width for _, width in cells[start:end]), 1)
    text, offset = _cut(cells, left, marked, _room(look))
    yield _frame(look, str(row), text)
    length = max(min(marked, _room(look) - (left - offset)), 1)
    yield _frame(look, "", " " * (left - offset) + paint(look.caret * length, look.style, color=look.color))


def _columns(line: str, row: int, region: Region) -> tuple[int, int]:
    """Return what of `line` is in `region`, 0-based; of inner lines all but the indent."""
    start = region.column - 1 if row == region.row else len(line) - len(line.lstrip())
    end = region.end_column - 1 if row == region.end_row else len(line.rstrip())
    start = min(max(start, 0), len(line))
    return start, min(max(end, start), len(line))


def _cells(line: str) -> list[tuple[str, int]]:
    """Return what to print for each code point of `line`, with its display width."""
    cells: list[tuple[str, int]] = []
    column = 0
    for character in line:
        if character == "\t":
            text = " " * (TAB_STOP - column % TAB_STOP)
            cells.append((text, len(text)))
        else:
            text = printable(character)
            cells.append((text, cell_width(text)))
        column += cells[-1][1]
    return cells


def _cut(cells: list[tuple[str, int]], left: int, marked: int, room: int) -> tuple[str, int]:
    """Return the part of a line that holds the mark in `room` columns, and how far it is shifted to the left."""
    if sum(width for _, width in cells) <= room:
        return "".join(text for text, _ in cells), 0
    inner = room - 2 * len(_ELLIPSIS)
    begin = 0 if left + marked <= room - len(_ELLIPSIS) else max(left - max(inner - marked, inner // 4) // 2, 0)
    if begin <= len(_ELLIPSIS):
        return _take(cells, 0, room - len(_ELLIPSIS)), 0
    # The ellipsis takes the place of the first columns, so the shift is smaller by its width.
    return _ELLIPSIS + _take(cells, begin, begin + inner), begin - len(_ELLIPSIS)


def _take(cells: list[tuple[str, int]], begin: int, end: int) -> str:
    """Return the text between two display columns; half of a wide character becomes a space."""
    parts: list[str] = []
    column = 0
    for text, width in cells:
        inside = min(column + width, end) - max(column, begin)
        if begin <= column and column + width <= end:
            parts.append(text)
        elif inside > 0:
            parts.append(" " * inside)
        column += width
    rest = column > end
    return "".join(parts) + (_ELLIPSIS if rest else "")
