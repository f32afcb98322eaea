"""Places in the text of a module: those that astroid has, and those that it leaves to be read from the text."""

from __future__ import annotations

import ast
import re
from typing import Any

from astroid import nodes as an

from nemorun_lint.text import SourceText

_TRIVIA = re.compile(r"(?:[ \t\f\r\n]|\\\r?\n|\\\r|#[^\r\n]*)*")
_KEYWORDS = re.compile(r"(?:async|def|class|with)\b")
_IDENTIFIER = re.compile(r"\w+")


class TextPositions:
    """Places in the text of one file; all offsets are 0-based and count code points."""

    def __init__(self, source: SourceText) -> None:
        self._source = source
        self.text = source.text
        self._line_starts = source.line_starts
        self._is_ascii = source.text.isascii()

    def span(self, node: an.NodeNG | ast.AST) -> tuple[int, int]:
        """Return start and end of a node of astroid or `ast`, as offsets in code points."""
        place: Any = node
        if self._is_ascii:
            starts = self._line_starts
            return starts[place.lineno - 1] + place.col_offset, starts[place.end_lineno - 1] + place.end_col_offset
        offset = self._source.offset_of_utf8
        return offset(place.lineno, place.col_offset), offset(place.end_lineno, place.end_col_offset)

    def skip(self, offset: int) -> int:
        """Return the offset of the first token at or after `offset`."""
        match = _TRIVIA.match(self.text, offset)
        assert match is not None
        return match.end()

    def after_keywords(self, start: int) -> int:
        """Return the offset of what follows the keywords (`async def`, `class`, `with`) at `start`."""
        while match := _KEYWORDS.match(self.text, start):
            start = self.skip(match.end())
        return start

    def open_parenthesis(self, offset: int) -> int:
        """Return the offset of the first opening parenthesis after `offset`, closing ones skipped."""
        offset = self.skip(offset)
        while self.text[offset] in ")],":
            offset = self.skip(offset + 1)
        return offset

    def outer_end(self, end: int, limit: int | None) -> int:
        """Return the offset behind the closing parentheses that follow `end`, up to `limit`."""
        return (self.closers(end, limit) or [end - 1])[-1] + 1

    def closers(self, offset: int, limit: int | None) -> list[int]:
        """Offsets of the closing parentheses that follow `offset` directly, up to `limit`."""
        found = []
        offset = self.skip(offset)
        while self.text[offset : offset + 1] == ")" and (limit is None or offset < limit):
            found.append(offset)
            offset = self.skip(offset + 1)
        return found

    def openers(self, offset: int, limit: int) -> list[int]:
        """Offsets of the opening parentheses that stand between `offset` and `limit`."""
        found = []
        while self.text[offset] == "(" and offset < limit:
            found.append(offset)
            offset = self.skip(offset + 1)
        return found

    def name_end(self, start: int) -> int:
        """Return the offset behind the name at `start`."""
        match = _IDENTIFIER.match(self.text, start)
        return match.end() if match else start

    def with_parentheses(self, node: an.With) -> tuple[int, int | None]:
        """Return where the first item of a `with` can begin, and the parenthesis that closes all items, if any."""
        offset = self.after_keywords(self.span(node)[0])
        context = node.items[0][0]
        start, end = self.span(context)
        opening, own = self.openers(offset, start), self.closers(end, None)
        is_alone = self.text[self.skip(own[-1] + 1 if own else end)] == ":"
        # Around a lone item the parentheses are those of the statement, unless it could not stand without.
        needs_own = isinstance(context, (an.Yield, an.YieldFrom, an.NamedExpr))
        if len(opening) > len(own) or (opening and is_alone and not needs_own):
            return opening[0] + 1, self._closing(node)
        return offset, None

    def _closing(self, node: an.With) -> int:
        context, target = node.items[-1]
        end = self.span(target or context)[1]
        found = self.closers(end, None)
        after = self.skip(found[-1] + 1 if found else end)
        return self.skip(after + 1) if self.text[after] == "," else found[-1]
