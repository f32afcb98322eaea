"""Lower string literals: plain, formatted, template and adjacent ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import libcst as cst

from nemorun_lint.ir import nodes
from nemorun_lint.ir.literals import decoded, string
from nemorun_lint.syntax.positions import Positions

Lower = Callable[[cst.CSTNode, Positions], nodes.Expr]
Piece = nodes.Constant | nodes.Interpolation


def simple_string(node: cst.SimpleString, at: Positions) -> nodes.Constant:
    """Return a plain string or bytes literal."""
    start, end = at.spans[id(node)]
    return nodes.Constant(start, end, *string(node.value))


def concatenated(node: cst.ConcatenatedString, at: Positions, lower: Lower) -> nodes.Expr:
    """Return adjacent literals as one constant, or one formatted string if any of them is formatted."""
    literals = _literals(node)
    if any(not isinstance(literal, cst.SimpleString) for literal in literals):
        return formatted(literals, at, lower, at.spans[id(node)])
    start, end = at.spans[id(node)]
    parts = [string(literal.value) for literal in literals]
    return nodes.Constant(start, end, parts[0][0], _joined([value for _, value in parts]))


def formatted(
    literals: Sequence[Any], at: Positions, lower: Lower, span: tuple[int, int] | None = None
) -> nodes.FormattedString:
    """Return adjacent literals as one formatted string; text that touches is one constant, as in `ast`."""
    pieces: list[Piece] = []
    for literal in literals:
        if isinstance(literal, cst.SimpleString):
            pieces.append(simple_string(literal, at))
        else:
            reader = _Reader(at, lower, is_raw="r" in literal.start.lower(), index=at.first[id(literal)] + 1)
            pieces += reader.parts(literal.parts)
    start, end = span or at.spans[id(literals[0])]
    is_template = any(isinstance(literal, cst.TemplatedString) for literal in literals)
    return nodes.FormattedString(start, end, tuple(_merged(pieces)), is_template)


def _literals(node: cst.ConcatenatedString) -> list[Any]:
    result: list[Any] = []
    rest: Any = node
    while isinstance(rest, cst.ConcatenatedString):
        result.append(rest.left)
        rest = rest.right
    return [*result, rest]


def _merged(pieces: list[Piece]) -> Iterator[Piece]:
    """Join constants that follow each other and drop empty ones."""
    texts: list[nodes.Constant] = []
    for piece in pieces:
        if isinstance(piece, nodes.Constant):
            texts.append(piece)
            continue
        yield from _one(texts)
        texts = []
        yield piece
    yield from _one(texts)


def _one(texts: list[nodes.Constant]) -> Iterator[nodes.Constant]:
    value = _joined([text.value for text in texts])
    if value != "":
        yield nodes.Constant(texts[0].start, texts[-1].end, "str", value)


def _joined(values: Sequence[Any]) -> str | None:
    return None if None in values else "".join(values)


class _Reader:
    """Reads the parts of one formatted string in step with the tokens that libcst wrote for them.

    libcst notes no places inside of formatted strings apart from those of expressions, so `index` keeps the
    token that comes next.
    """

    def __init__(self, at: Positions, lower: Lower, *, is_raw: bool, index: int) -> None:
        self.at = at
        self.lower = lower
        self.is_raw = is_raw
        self.index = index

    def parts(self, parts: Sequence[Any]) -> list[Piece]:
        """Return text and interpolations in source order."""
        result: list[Piece] = []
        for part in parts:
            if isinstance(part, (cst.FormattedStringText, cst.TemplatedStringText)):
                result.append(self._text(part.value))
            else:
                result += self._interpolation(part)
        return result

    def _text(self, text: str) -> nodes.Constant:
        start, end = self.at.offsets[self.index : self.index + 2]
        self.index += 1
        value = decoded(text.replace("{{", "{").replace("}}", "}"), is_raw=self.is_raw)
        return nodes.Constant(start, end, "str", value)

    def _interpolation(self, part: Any) -> Iterator[Piece]:
        first = self.index
        value = self.lower(part.expression, self.at)
        self.index = self._skip_to(self.at.last[id(part.expression)], ("!", ":", "}"))
        conversion = part.conversion
        label = None if part.equal is None else self._label(first)
        if part.equal is not None and conversion is None and part.format_spec is None:
            conversion = "r"
        if part.conversion is not None:
            self.index += 2
        spec = None if part.format_spec is None else self._format(part.format_spec)
        self.index += 1
        if label is not None:
            yield label
        yield nodes.Interpolation(self.at.offsets[first], self.at.offsets[self.index], value, conversion, spec)

    def _label(self, first: int) -> nodes.Constant:
        """Return the text that `{value=}` prints before the value."""
        start, end = self.at.offsets[first + 1], self.at.offsets[self.index]
        text = "".join(self.at.tokens[first + 1 : self.index])
        return nodes.Constant(start, end, "str", decoded(text, is_raw=True))

    def _format(self, parts: Sequence[Any]) -> nodes.FormattedString:
        start = self.at.offsets[self.index]
        self.index += 1
        values = tuple(_merged(self.parts(parts)))
        return nodes.FormattedString(start, self.at.offsets[self.index], values)

    def _skip_to(self, index: int, tokens: tuple[str, ...]) -> int:
        while self.at.tokens[index] not in tokens:
            index += 1
        return index
