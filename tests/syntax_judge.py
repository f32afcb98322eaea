"""The judge of syntax: fiddle's own transformer, on functions cut out of files as the run time does, nothing imported.

A function is what `inspect.getsource` and `textwrap.dedent` make of it; a lambda what libcst writes for its node.
Places are mapped back to the file. Before Python 3.12 `ast` misplaces nodes inside f-strings: for an offence
there the text at our span must parse to the very expression that the transformer rejects, which asks for more than
a place does.
"""

import ast
import dataclasses
import functools
import inspect
import re
import sys
import textwrap
import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from unittest import mock

import libcst
from fiddle._src.experimental import auto_config

from nemorun_lint.ir import lower as lowering
from nemorun_lint.ir import nodes
from nemorun_lint.ir.record import ModuleRecord
from nemorun_lint.ir.walk import walk
from nemorun_lint.link.judge import attribute_targets, dotted_patterns, judge_function
from nemorun_lint.link.source import dedent_problem, parses_alone
from nemorun_lint.linter import check_source
from nemorun_lint.text import DecodeError, SourceText

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda

_MESSAGES = {
    "Nested": "FunctionDef",
    "Lambda": "Lambda",
    "Class": "ClassDef",
    "Async": "AsyncFunctionDef",
}
_LAYOUT = frozenset({"lpar", "rpar", "header", "footer", "leading_lines", "lines_after_decorators", "comma", "equal"})
# Nodes of libcst whose fields do not stand in the order of the source.
_ORDER = {
    "ClassDef": ("decorators", "type_parameters", "bases", "keywords", "body"),
    "ExceptHandler": ("type", "body"),
    "ExceptStarHandler": ("type", "body"),
    "FunctionDef": ("decorators", "type_parameters", "params", "returns", "body"),
    "IfExp": ("body", "test", "orelse"),
    "MatchCase": ("pattern", "guard", "body"),
    "Parameters": ("posonly_params", "params", "star_arg", "kwonly_params", "star_kwarg"),
}
# `inspect.findsource` goes up to a line that looks like a definition (until Python 3.13).
_DEFINITION = re.compile(r"^(\s*def\s)|(\s*async\s+def\s)|(.*(?<!\w)lambda(:|\s))|^(\s*@)")


# libcst takes most of the time, so its tree is shared with the lowering.
_parse = functools.lru_cache(maxsize=1)(lowering.parse)


@dataclass(frozen=True)
class Verdict:
    """What becomes of a function: `kind` is "fine", "rejected", "crash" (an attribute as target or in
    a pattern: the changed tree does not compile), "misordered" (its decorators) or
    "unparsable".

    `row` is 1-based in the file and `column` 0-based in UTF-8 bytes, as in `ast`.
    """

    kind: str
    construct: str = ""
    row: int = 0
    column: int = 0


@dataclass
class Tally:
    """Counts of one run, the functions that were judged differently, and the files that one side alone could read."""

    counts: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    alone: list[str] = field(default_factory=list)

    @property
    def functions(self) -> int:
        """Functions and lambdas judged without control flow; all others were judged twice."""
        return self.counts["functions"] + self.counts["lambdas"]


class _Transformer(auto_config._AutoConfigNodeTransformer):
    """The transformer; it keeps the node that it complains of."""

    offender: ast.AST | None = None

    def _location_for(self, node: ast.AST) -> Any:
        self.offender = node
        return super()._location_for(node)


@dataclass(frozen=True)
class _Cut:
    """The source that the transformer gets, and its rows in the file: (row, bytes cut off at the left) for each."""

    source: str
    places: tuple[tuple[int, int], ...]


def judge_file(path: str, data: bytes, tally: Tally, *, share: int = 7) -> None:
    """Compare all functions of a file; each `share`-th also with control flow allowed and cut by `inspect`."""
    tree, text, body = _read(path, data, tally)
    if tree is None or body is None:
        return
    theirs = list(_functions(tree))
    ours = [
        node for statement in body for node in walk(statement) if isinstance(node, (nodes.FunctionDef, nodes.Lambda))
    ]
    if [_name(node) for node in theirs] != [_name(node) for node in ours]:
        tally.wrong.append(f"{path}: the functions are not the same")
        return
    lines = _lines(text.text)
    lambdas = _lambda_cuts(text, ours)
    for index, (their, our) in enumerate(zip(theirs, ours, strict=True)):
        cut = lambdas[id(our)] if isinstance(our, nodes.Lambda) else _cut(lines, their, exact=False)
        tally.counts["lambdas" if isinstance(our, nodes.Lambda) else "functions"] += 1
        for allow in (False, True) if index % share == 0 else (False,):
            _compare(tally, text, our, cut, allow)
        if index % share == 0 and not isinstance(our, nodes.Lambda):
            tally.counts["cut by inspect"] += 1
            _compare(tally, text, our, _cut(lines, their, exact=True), False)


def _read(path: str, data: bytes, tally: Tally) -> tuple[ast.Module | None, SourceText, Any]:
    """Parse a file twice; files that only one side reads are counted."""
    tree = None
    text, body, record = SourceText(path, ""), None, ModuleRecord()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            tree = ast.parse(data)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            tally.counts["files not read by ast"] += 1
    try:
        text = SourceText.decode(path, data)
        with mock.patch.object(lowering, "parse", _parse):
            record = lowering.lower(text)
        body = record.body if record.syntax_error is None else None
    except DecodeError:
        pass
    tally.counts["files"] += 1
    if body is None:
        tally.counts["files not read by us"] += 1
    if (tree is None) != (body is None):
        tally.counts["files read by one side alone"] += 1
        reason = record.syntax_error.message if body is None and record.syntax_error else "not valid for ast"
        tally.alone.append(f"{path}: {reason}")
    return tree, text, body


def _functions(tree: ast.AST) -> Iterator[FunctionNode]:
    """Yield functions and lambdas, parents first, in the order of the fields, as `ir.walk` does."""
    stack = [tree]
    while stack:
        node = stack.pop()
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            yield node
        stack += [*ast.iter_child_nodes(node)][::-1]


def _name(node: Any) -> str:
    return getattr(node, "name", "<lambda>")


def _lines(text: str) -> list[str]:
    """The lines as `linecache` reads them."""
    return [line + "\n" for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")]


def _cut(lines: list[str], node: Any, *, exact: bool) -> _Cut:
    """Cut a function out; `exact` as `inspect` does it, else by its end in the tree, which is much faster."""
    first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)]) - 1
    while sys.version_info < (3, 13) and first > 0 and not _DEFINITION.match(lines[first]):
        first -= 1
    block = inspect.getblock(lines[first:]) if exact else lines[first : node.end_lineno]
    source = "".join(block)
    dedented = textwrap.dedent(source)
    rows = zip(source.split("\n"), dedented.split("\n"), strict=True)
    return _Cut(dedented, tuple((first + 1 + row, len(old) - len(new)) for row, (old, new) in enumerate(rows)))


def _lambda_cuts(text: SourceText, ours: list[Any]) -> dict[int, _Cut]:
    """What libcst writes for each lambda, with its own parentheses."""
    lambdas = sorted((node for node in ours if isinstance(node, nodes.Lambda)), key=lambda node: node.start)
    if not lambdas:
        return {}
    found = list(_lambda_nodes(_parse("".join(_lines(text.text))[:-1])))
    assert len(found) == len(lambdas), text.path
    return {
        id(our): _lambda_cut(text, our, libcst.Module(body=[node]).code)
        for our, node in zip(lambdas, found, strict=True)
    }  # type: ignore[list-item]


def _lambda_nodes(tree: libcst.CSTNode) -> Iterator[libcst.Lambda]:
    """Yield the lambdas in the order of the source (`children` visits white space, too: slow)."""
    stack: list[Any] = [tree]
    while stack:
        node = stack.pop()
        if isinstance(node, libcst.Lambda):
            yield node
        parts = node if isinstance(node, (list, tuple)) else [getattr(node, name) for name in _fields(type(node))]
        stack += [part for part in reversed(parts) if isinstance(part, (list, tuple, libcst.CSTNode))]


@functools.cache
def _fields(kind: type[Any]) -> tuple[str, ...]:
    """The fields of a node that can hold a lambda, in the order of the source."""
    names = [one.name for one in dataclasses.fields(kind)]
    return _ORDER.get(kind.__name__) or tuple(
        name for name in names if "whitespace" not in name and name not in _LAYOUT
    )


def _lambda_cut(text: SourceText, our: nodes.Lambda, code: str) -> _Cut:
    """Find the place of `code`; libcst leaves out the indent of the block in rows that continue inside brackets."""
    row = text.position(our.start).row
    rows = code.split("\n")
    for match in re.finditer(r"\blambda\b", code):
        above = code.count("\n", 0, match.start())
        before = match.start() if not above else len(text.line(row - above)) - len(rows[0])
        first = text.position(our.start).column - 1 - before if not above else before
        shifts = [_shift(text.line(row - above + n), line) for n, line in enumerate(rows) if n]
        if text.line(row - above)[max(first, 0) :].startswith(rows[0]) and None not in shifts:
            start = len(text.line(row - above)[:first].encode())
            return _Cut(code, tuple((row - above + n, shift or 0) for n, shift in enumerate([start, *shifts])))
    raise AssertionError(f"{text.path}: {code!r} is not at its place")


def _shift(line: str, part: str) -> int | None:
    """Return how much white space stands in `line` before `part`; None where it does not stand there."""
    space = len(line) - len(line.lstrip(" \t\f"))
    return next((shift for shift in range(space + 1) if line.startswith(part, shift)), None)


def _compare(tally: Tally, text: SourceText, our: Any, cut: _Cut, allow: bool) -> None:
    theirs, offender = their_verdict(cut, allow)
    ours = _misordered(text, our) if theirs.kind == "misordered" else our_verdict(text, our, allow)
    tally.counts[f"{theirs.kind} {theirs.construct}".strip()] += 1
    if ours == theirs or (
        ours.kind == theirs.kind == "rejected" and _same_in_string(text, our, cut, ours, offender, allow)
    ):
        return
    place = text.position(our.start)
    tally.wrong.append(
        f"{text.path}:{place.row}: {_name(our)} allow={allow}\n  transformer: {theirs}\n  linter:      {ours}"
    )


def their_verdict(cut: _Cut, allow: bool) -> tuple[Verdict, ast.AST | None]:
    """Return what the transformer says of a function, and the node that it complains of."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(cut.source)
    except SyntaxError:
        return Verdict("unparsable"), None
    transformer = _Transformer(cut.source, "", 1, allow_control_flow=allow)
    can_crash = _can_crash(tree)
    try:
        changed = transformer.visit(tree)
    except AssertionError as error:
        if "Reorder decorators" not in str(error):
            raise
        return Verdict("misordered"), None
    except auto_config.UnsupportedLanguageConstructError as error:
        node: Any = transformer.offender
        row, shift = cut.places[node.lineno - 1]
        first = str(error.msg).split()[0]
        construct = _MESSAGES.get(first) or re.findall(r"\((\w+)\)", str(error.msg))[0]
        return Verdict("rejected", construct, row, node.col_offset + shift), node
    return Verdict("crash" if can_crash and _crashes(changed) else "fine"), None


def _can_crash(tree: ast.AST) -> bool:
    """Whether compiling is worth its time: an attribute stands among targets or in a pattern."""
    return any(isinstance(part, ast.Attribute) for node in ast.walk(tree) for part in _delicate_parts(node))


def _delicate_parts(node: ast.AST) -> list[ast.expr]:
    if isinstance(node, ast.Assign):
        return [p for t in node.targets for p in (t.elts if isinstance(t, (ast.Tuple, ast.List)) else [t])]
    if isinstance(node, ast.MatchClass):
        return [node.cls]
    if isinstance(node, ast.MatchMapping):
        return node.keys
    return [node.value] if isinstance(node, ast.MatchValue) else []


def _crashes(tree: ast.AST) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(ast.fix_missing_locations(tree), "", "exec")  # type: ignore[arg-type]
    except ValueError:
        return True
    except SyntaxError:
        pass  # found after the check of the tree: `nonlocal` without the function around it
    return False


def our_verdict(text: SourceText, our: Any, allow: bool) -> Verdict:
    """Return what the linter says of the same function."""
    is_lambda = isinstance(our, nodes.Lambda)
    if not parses_alone(text, our) if is_lambda else dedent_problem(text, our) is not None:
        return Verdict("unparsable")
    offences = judge_function(our, allow_control_flow=allow)
    if offences:
        assert [offence.first for offence in offences] == [True] + [False] * (len(offences) - 1)
        start = offences[0].node.start
        return Verdict("rejected", offences[0].construct, text.position(start).row, text.utf8_column(start))
    return Verdict("crash" if attribute_targets(our) or dotted_patterns(our) else "fine")


def _misordered(text: SourceText, our: nodes.FunctionDef) -> Verdict:
    """Return what the rule on decorators says: which function they are is known to the whole check only."""
    rows = range(text.position(our.decorators[0].start).row, text.position(our.start).row + 1)
    found = check_source(text.text, text.path)
    return Verdict("misordered" if any(one.code == "NR107" and one.row in rows for one in found) else "fine")


def _same_in_string(text: SourceText, our: Any, cut: _Cut, ours: Verdict, offender: Any, allow: bool) -> bool:
    """Whether the offender stands in an f-string, and our span holds the same expression (Python < 3.12)."""
    if sys.version_info >= (3, 12) or not any(_is_within(offender, tree) for tree in ast.walk(ast.parse(cut.source))):
        return False
    node = judge_function(our, allow_control_flow=allow)[0].node
    mine = ast.parse(f"({text.text[node.start : node.end]})", mode="eval").body
    return ours.construct == type(offender).__name__ and ast.dump(mine) == ast.dump(offender)


def _is_within(offender: Any, string: ast.AST) -> bool:
    if not isinstance(string, ast.JoinedStr):
        return False
    wanted = ast.dump(offender, include_attributes=True)
    return any(
        type(node) is type(offender) and ast.dump(node, include_attributes=True) == wanted for node in ast.walk(string)
    )
