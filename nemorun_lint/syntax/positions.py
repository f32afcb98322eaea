"""Places of libcst nodes as offsets, recorded while libcst itself writes the tree back to text."""

from __future__ import annotations

from itertools import accumulate
from typing import Any

import libcst as cst
from libcst._nodes.internal import CodegenState

Span = tuple[int, int]

_LINES = (cst.SimpleStatementLine, cst.SimpleStatementSuite)
_BLANK = " \t\f\r\n\\\ufeff"


class PositionError(ValueError):
    """The tree does not write back the text that it was parsed from, so no place in it can be trusted."""


class _Recorder(CodegenState):
    """A code generation state that notes at which token each node begins and ends.

    It counts tokens, not code points, so that adding a token is a plain `list.append`; and it is its own
    context manager, so that recording allocates nothing.
    """

    def __init__(self, module: cst.Module) -> None:
        super().__init__(module.default_indent, module.default_newline)
        self.first: dict[int, int] = {}
        self.last: dict[int, int] = {}
        self._open: list[tuple[int, Any]] = []
        # libcst calls these for every node and token: builtins are the cheapest functions there are.
        self.add_token = self.tokens.append  # type: ignore[method-assign,assignment]
        self.before_codegen = id  # type: ignore[method-assign,assignment]
        self.after_codegen = id  # type: ignore[method-assign,assignment]

    def record_syntactic_position(  # type: ignore[override]
        self, node: Any, *, start_node: Any = None, end_node: Any = None
    ) -> _Recorder:
        key = id(node)
        self.first[key] = len(self.tokens)
        # In `ast` a block ends behind the semicolon of its last line, in libcst before it.
        self._open.append((key, None if isinstance(node, _LINES) else end_node))
        return self

    __enter__ = staticmethod(int)

    def __exit__(self, *_: object) -> None:
        key, end_node = self._open.pop()
        end = None if end_node is None else self.last.get(id(end_node))
        self.last[key] = len(self.tokens) if end is None else end


class Positions:
    """Places in one parsed module.

    `spans` maps the `id()` of a node to its first and last offset (0-based code points, end excluded), without
    surrounding parentheses; it holds every expression, statement, argument, handler, pattern and import alias.
    Valid as long as the module lives.
    """

    def __init__(self, module: cst.Module, text: str) -> None:
        """Record all places of `module`.

        Raises:
            PositionError: what `module` writes back is not `text`, white space aside.
        """
        recorder = _Recorder(module)
        module._codegen(recorder)
        self.tokens: list[str] = recorder.tokens
        if "".join(self.tokens) == text:
            self.offsets = list(accumulate(map(len, self.tokens), initial=0))
        else:
            self.offsets = _aligned(self.tokens, text)
        self.first = recorder.first
        self.last = recorder.last
        self.spans = _spans(recorder, self.offsets, text)
        self._module = module

    def before(self, node: object, token: str) -> int:
        """Return the offset of the nearest `token` that stands before `node`."""
        return self.offsets[self.index_before(self.first[id(node)], token)]

    def after(self, node: object, token: str) -> int:
        """Return the offset behind the nearest `token` that follows `node`."""
        return self.offsets[self.tokens.index(token, self.last[id(node)])] + len(token)

    def outer_end(self, node: cst.BaseExpression) -> int:
        """Return the offset behind `node` and the parentheses around it."""
        index = self.last[id(node)]
        for _ in node.rpar:
            index = self.tokens.index(")", index) + 1
        return self.offsets[index - 1] + 1 if node.rpar else self.spans[id(node)][1]

    def index_before(self, index: int, token: str) -> int:
        """Return the index of the nearest `token` before the token at `index`."""
        index -= 1
        while self.tokens[index] != token:
            index -= 1
        return index


def _spans(recorder: _Recorder, offsets: list[int], text: str) -> dict[int, Span]:
    """Turn token indexes into offsets; white space after a last comma does not belong to a node."""
    last = recorder.last
    spans: dict[int, Span] = {}
    for key, first in recorder.first.items():
        end = offsets[last[key]]
        if text[end - 1 : end] <= " ":
            end = _trimmed(text, offsets[first], end)
        spans[key] = (offsets[first], end)
    return spans


def _aligned(tokens: list[str], text: str) -> list[int]:
    """Return where each token stands in `text`, which has white space that libcst lost.

    libcst drops form feeds before a statement, a leading line continuation, the space in `except E :` and others.
    """
    offsets: list[int] = []
    offset = 0
    for token in tokens:
        if token.strip(_BLANK):
            while not text.startswith(token, offset):
                if text[offset : offset + 1] not in _BLANK or offset >= len(text):
                    raise PositionError(f"the parsed tree does not reproduce the text at offset {offset}")
                offset += 1
        offsets.append(offset)
        if text.startswith(token, offset):
            offset += len(token)
    offsets.append(len(text))
    for index in range(len(tokens) - 1, -1, -1):
        if not tokens[index]:
            offsets[index] = offsets[index + 1]
    return offsets


def _trimmed(text: str, start: int, end: int) -> int:
    while end > start and text[end - 1] in _BLANK:
        end -= 1
    return end
