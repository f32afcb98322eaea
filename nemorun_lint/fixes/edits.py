"""Edits from the spans of the IR and the source text; comments are kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from nemorun_lint.diagnostic import Edit
from nemorun_lint.text import SourceText


class Place(Protocol):
    """A span: `start` and `end` are 0-based offsets in code points, end excluded."""

    @property
    def start(self) -> int: ...  # noqa: D102

    @property
    def end(self) -> int: ...  # noqa: D102


def replaced(place: Place, text: str) -> Edit:
    """Return the edit that puts `text` in the place of `place`."""
    return Edit(place.start, place.end, text)


def renamed_keyword(source: SourceText, argument: Place, name: str) -> Edit:
    """Return the edit that renames the keyword of an argument; the span of the argument starts at its keyword."""
    end = argument.start
    while end < argument.end and not source.text[end].isspace() and source.text[end] != "=":
        end += 1
    return Edit(argument.start, end, name)


def dropped_argument(source: SourceText, arguments: Sequence[Place], index: int) -> tuple[Edit, ...]:
    """Return the edits that take `arguments[index]` out of a call, with its comma; comments around it stay."""
    argument = arguments[index]
    comma = skip_trivia(source.text, argument.end)
    if source.text[comma : comma + 1] == ",":
        if "#" in source.text[argument.end : comma]:
            return (Edit(argument.start, argument.end, ""), Edit(comma, comma + 1, ""))
        return (dropped_lines(source, argument.start, comma + 1),)
    if index and not any(end in source.text[arguments[index - 1].end : argument.start] for end in "\r\n"):
        return (Edit(arguments[index - 1].end, argument.end, ""),)
    # A comma before the closing parenthesis is fine, so the comments between the two arguments can stay.
    return (Edit(argument.start, argument.end, ""),)


def dropped_lines(source: SourceText, start: int, end: int) -> Edit:
    """Return the edit that deletes `start` up to `end`, as whole lines where nothing else stands on them.

    A comment behind it stays, on a line of its own.
    """
    text = source.text
    line_start = source.line_starts[source.position(start).row - 1]
    rest = end
    while text[rest : rest + 1] in {" ", "\t", "\f"}:
        rest += 1
    at_line_end = rest >= len(text) or text[rest] in "\r\n"
    if not at_line_end:
        return Edit(start, rest, "")
    before = text[line_start:start].rstrip()
    if before:
        return Edit(line_start + len(before), end, "")
    if text[rest : rest + 2] == "\r\n":
        return Edit(line_start, rest + 2, "")
    return Edit(line_start, min(rest + 1, len(text)), "")


def added_argument(source: SourceText, call: Place, arguments: Sequence[Place], text: str) -> Edit:
    """Return the edit that adds `text` as the last argument of `call`, in the layout of the call."""
    closing = call.end - 1
    if not arguments:
        return Edit(closing, closing, text)
    last = arguments[-1]
    comma = skip_trivia(source.text, last.end)
    if source.text[comma : comma + 1] != ",":
        return Edit(last.end, last.end, f", {text}")
    line_start = source.line_starts[source.position(closing).row - 1]
    if line_start > comma and not source.text[line_start:closing].strip():
        return Edit(line_start, line_start, f"{_indent(source, last)}{text},{source.newline}")
    return Edit(comma + 1, comma + 1, f" {text},")


def _indent(source: SourceText, place: Place) -> str:
    line = source.line(source.position(place.start).row)
    return line[: len(line) - len(line.lstrip())]


def skip_trivia(text: str, offset: int) -> int:
    """Return the offset of the next code point that is neither space, line end, backslash nor comment."""
    while offset < len(text):
        if text[offset] == "#":
            while offset < len(text) and text[offset] not in "\r\n":
                offset += 1
        elif text[offset].isspace() or text[offset] == "\\":
            offset += 1
        else:
            break
    return offset
