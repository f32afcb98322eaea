"""What `inspect.getsource` and `textwrap.dedent` make of a function: the source that autoconvert sees."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from nemorun_lint.ir import nodes as ir
from nemorun_lint.ir.walk import walk
from nemorun_lint.text import SourceText

_INDENT = re.compile(r"[ \t]*")


@dataclass(frozen=True)
class DedentProblem:
    """A line that keeps the source from being dedented as far as its first line; offsets in code points."""

    start: int
    end: int
    row: int


def dedent_problem(text: SourceText, definition: ir.FunctionDef) -> DedentProblem | None:
    """Return the first line of a function that is indented less than its first one: then the source does not parse."""
    rows = _rows(text, definition)
    margin = _indent(text.line(rows[0]))
    for row in rows[1:]:
        line = text.line(row)
        if line.strip(" \t") and not line.startswith(margin):
            start = text.offset(row, 1)
            return DedentProblem(start, start + len(line), row)
    return None


_KEYWORD = re.compile(r"(?:return|yield|in|and|or|not|if|else|await|assert|del|from|is|lambda)$")


def parses_alone(text: SourceText, definition: ir.Lambda) -> bool:
    """Whether a lambda can be read by itself, as fiddle does: over several lines only in parentheses of its own."""
    if "\n" not in text.text[definition.start : definition.end]:
        return True
    before = text.text[: definition.start].rstrip()
    behind = text.text[definition.end :].lstrip()
    outer = before[:-1].rstrip(" \t")
    is_call = bool(re.search(r"[\w)\]]$", outer)) and not _KEYWORD.search(outer)
    if before.endswith("(") and behind.startswith(")") and not is_call:
        return True
    try:
        ast.parse(text.text[definition.start : definition.end])
    except SyntaxError:
        return False
    return True


def changed_strings(text: SourceText, definition: ir.FunctionDef) -> Iterator[ir.Constant | ir.FormattedString]:
    """Yield the strings of several lines that lose spaces when the source of the function is dedented.

    Docstrings and other strings that nobody takes are passed over.
    """
    margin = _indent(text.line(_rows(text, definition)[0]))
    unused = {id(s.value) for s in walk(definition) if isinstance(s, ir.ExpressionStatement)}
    for node in walk(definition):
        if not isinstance(node, (ir.Constant, ir.FormattedString)) or id(node) in unused:
            continue
        source = text.text[node.start : node.end]
        if (
            "\n" in source
            and _dedented(source, margin) != source
            and _value(source) != _value(_dedented(source, margin))
        ):
            yield node


def _rows(text: SourceText, definition: ir.FunctionDef) -> range:
    """Return the 1-based rows of a function, decorators included."""
    first = min([definition.start, *(decorator.start for decorator in definition.decorators)])
    return range(text.position(first).row, text.position(definition.end).row + 1)


def _indent(line: str) -> str:
    match = _INDENT.match(line)
    return match.group() if match else ""


def _dedented(source: str, margin: str) -> str:
    """Return a part of the source as `textwrap.dedent` leaves it; its first line keeps what is before it."""
    first, *rest = source.split("\n")
    return "\n".join([first, *("" if not line.strip(" \t") else line.removeprefix(margin) for line in rest)])


def _value(source: str) -> str:
    """Return what a string expression says, so that two can be compared; "" where this Python cannot read it."""
    try:
        return ast.dump(ast.parse(f"({source})", mode="eval"))
    except (SyntaxError, ValueError):
        return ""
