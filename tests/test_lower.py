"""Lowering: Python's own `ast` is the judge, for trees and for places."""

from __future__ import annotations

import ast
import sys
import unicodedata
from pathlib import Path
from typing import Any

import hypothesmith
import msgspec
import pytest
from ast_oracle import HAS_REAL_PLACES_IN_STRINGS, everything, named_places, oracle, parsed, plain
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lower_samples import SNIPPETS, sample_files

from nemorun_lint.ir import nodes
from nemorun_lint.ir.lower import TOO_DEEP, TOO_LARGE, lower
from nemorun_lint.ir.record import ModuleRecord
from nemorun_lint.syntax.module import UNREADABLE
from nemorun_lint.syntax.nesting import DEEPEST, HARMLESS, nesting
from nemorun_lint.text import DecodeError, SourceText

CANNOT_READ = UNREADABLE


def lowered(text: str) -> ModuleRecord:
    return lower(SourceText("", text))


def check(text: str) -> None:
    """Compare with `ast`; skip what the running Python cannot parse and what libcst says it cannot."""
    try:
        expected = oracle(text)
    except (SyntaxError, ValueError):
        return
    record = lowered(text)
    if record.syntax_error is not None and record.syntax_error.message.startswith(CANNOT_READ):
        return
    assert record.syntax_error is None
    assert plain(record.body) == plain(expected)
    for name, written in named_places(record.body, text):
        assert name == written
    if not HAS_REAL_PLACES_IN_STRINGS:
        check_inside_of_strings(record, text)


def check_inside_of_strings(record: ModuleRecord, text: str) -> None:
    """The text at the place of an interpolated value must be an expression of the same kind."""
    for node in everything(record.body):
        if isinstance(node, nodes.Interpolation):
            value = node.value
            again = oracle(f"({text[value.start : value.end]})")[0]
            assert isinstance(again, nodes.ExpressionStatement)
            assert plain(again.value, with_places=False) == plain(value, with_places=False)
            assert text[node.start] == "{" and text[node.end - 1] == "}"


@pytest.mark.parametrize("text", SNIPPETS)
def test_equals_ast(text: str) -> None:
    check(text)


@pytest.mark.parametrize("text", SNIPPETS)
def test_is_read_whatever_the_running_python(text: str) -> None:
    assert lowered(text).syntax_error is None


@pytest.mark.parametrize("text", SNIPPETS)
@pytest.mark.parametrize("newline", ["\r\n", "\r"])
def test_equals_ast_with_other_newlines(text: str, newline: str) -> None:
    check(text.replace("\r\n", "\n").replace("\n", newline))


def test_equals_ast_on_the_standard_library() -> None:
    for path in sample_files(150):
        try:
            source = SourceText.decode(str(path), path.read_bytes())
        except DecodeError:
            continue
        check(source.text)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(hypothesmith.from_node())
def test_equals_ast_on_generated_programs(text: str) -> None:
    check(text)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from([*SNIPPETS, "(", ")", "'", '"""', "\\", "\0", "\ufeff", "\ud800", "\t", "\r", "{"]), max_size=3
    )
)
def test_never_raises(parts: list[str]) -> None:
    record = lowered("\n".join(parts))
    if record.syntax_error is not None:
        assert record.body == ()
        assert 0 <= record.syntax_error.offset <= len("\n".join(parts))


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(SNIPPETS), st.integers(0, 200), st.integers(0, 3))
def test_never_raises_on_damaged_code(text: str, start: int, length: int) -> None:
    lowered(text[:start] + text[start + length :])


@pytest.mark.parametrize("text", SNIPPETS)
def test_children_stand_inside_of_their_parents(text: str) -> None:
    for node in everything(lowered(text).body):
        assert 0 <= node.start <= node.end <= len(text)
        for name in node.__struct_fields__:
            for child in _nodes(getattr(node, name)):
                if name not in ("annotation", "default", "decorators"):
                    assert node.start <= child.start <= child.end <= node.end, (name, node)


def _nodes(value: Any) -> list[nodes.Node]:
    if isinstance(value, nodes.Node):
        return [value]
    return [item for item in value if isinstance(item, nodes.Node)] if isinstance(value, tuple) else []


@pytest.mark.parametrize("text", SNIPPETS)
def test_a_record_survives_the_store(text: str) -> None:
    record = lowered(text + "\n# noqa: NR201\n")
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(record), type=ModuleRecord) == record


# -- bad input --------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["", "\n", "   ", "\t\n", "# x", "# x\n\n\n", "\r", "\r\n\r\n", "\x0c\n", "\\\n\n"])
def test_nothing_is_nothing(text: str) -> None:
    assert lowered(text).body == ()
    assert lowered(text).syntax_error is None


@pytest.mark.parametrize(
    ("text", "offset"),
    [
        ("print 'x'\n", 6),
        ("x = 1\nexec 'y' in z\n", 11),
        ("x = (\n", 6),
        ("def f(:\n", 6),
        ("x = '\n", 4),
        ("é = 1; ü = = 2", 11),
        ("x = 1\r\ny = = 2\r\n", 11),
        ("x = 1\0", 5),
        ("x = '\ud800'\n", 5),
        ("raise E, 'x'\n", 7),
        ("if x:\n    y\n  z\n", 15),
        ("<<<<<<< HEAD\n", 0),
        ("x = 0777\n", 4),
    ],
)
def test_bad_syntax_has_a_message_and_a_place(text: str, offset: int) -> None:
    record = lowered(text)
    assert record.body == ()
    assert record.syntax_error is not None
    assert record.syntax_error.message
    assert abs(record.syntax_error.offset - offset) <= 12, record.syntax_error


def test_bad_syntax_keeps_suppressions() -> None:
    assert len(lowered("x = (  # noqa\n").suppressions) == 1


@pytest.mark.parametrize("text", ["class A(b=1, *c): pass\n", "(x): int = 1\n(no_such): int\n"])
def test_what_libcst_cannot_read_says_so(text: str) -> None:
    ast.parse(text)
    record = lowered(text)
    assert record.syntax_error is None or record.syntax_error.message.startswith(CANNOT_READ)


DEEP = {
    "sum": "x = " + "a + " * 1000 + "b",
    "boolean": "x = " + "a and " * 1000 + "b",
    "elif": "if a: pass\n" + "elif b: pass\n" * 1000,
    "brackets": "x = " + "(" * 180 + ")" * 180,
    "lists": "x = " + "[" * 180 + "]" * 180,
    "attributes": "x = a" + ".b" * 900,
    "calls": "x = a" + "()" * 400,
    "not": "x = " + "not " * 400 + "a",
    "strings": "x = (" + "'a' " * 1000 + ")",
    "conditional": "x = " + "a if b else " * 300 + "c",
    "blocks": "".join(" " * level + "if a:\n" for level in range(90)) + " " * 90 + "pass",
}


@pytest.mark.parametrize("name", DEEP)
def test_deep_nesting_is_read(name: str) -> None:
    limit = sys.getrecursionlimit()
    record = lowered(DEEP[name])
    assert record.syntax_error is None
    assert len(record.body) == 1
    assert sys.getrecursionlimit() == limit


@pytest.mark.parametrize(
    "text",
    [
        "x = " + "(" * 100_000,
        "x = " + "(" * 100_000 + ")" * 100_000,
        "x = " + "-" * 100_000 + "a",
        "x = " + "a + " * 100_000 + "b",
        "x = " + "not " * 100_000 + "a",
        "x = " + "lambda: " * 100_000 + "a",
        "x = (" + "a.b(c, d)\n + " * 100_000 + "b)",
        "x = a" + "[0]" * 100_000,
        "if a: pass\n" + "elif b: pass\n" * 100_000,
        "f'" + "{x:" * 20_000 + "}" * 20_000 + "'",
    ],
    ids=["open", "parens", "minus", "sum", "not", "lambda", "lines", "subscripts", "elif", "fstring"],
)
def test_too_deep_nesting_is_a_diagnostic_not_a_crash(text: str) -> None:
    problem = lowered(text).syntax_error
    assert problem is not None
    assert problem.message in (TOO_DEEP, TOO_LARGE)


def test_large_data_is_not_deep() -> None:
    assert nesting("x = [\n" + "    -1, 'a' + 'b', f(x, -y),\n" * 20_000 + "]\n") == HARMLESS
    assert nesting("x = '" + "(" * 5000 + "'\ny = 1  # " + "[" * 5000 + "\n") <= DEEPEST
    assert nesting("x = a.b(c)\n" * 20_000) == HARMLESS


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(SNIPPETS))
def test_nesting_is_never_underestimated_by_much(text: str) -> None:
    assert nesting(text) == HARMLESS


def test_forms_newer_than_any_running_python() -> None:
    record = lowered("x = {**a for a in b}, [*a for a in b]\nlazy import c\nlazy from d import e\n")
    assert record.syntax_error is None
    assert [type(item).__name__ for item in record.body] == ["Assign", "Import", "ImportFrom"]


def test_a_failure_of_our_own_is_a_diagnostic(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nemorun_lint.ir.lower.statements", lambda *_: {}["gone"])
    problem = lowered("x = 1").syntax_error
    assert problem is not None
    assert problem.message == "cannot be lowered: KeyError: 'gone'"


def test_names_are_normalised_as_python_does() -> None:
    (statement,) = lowered("ﬁ = 1\n").body
    assert isinstance(statement, nodes.Assign)
    assert isinstance(statement.targets[0], nodes.Name)
    assert statement.targets[0].name == unicodedata.normalize("NFKC", "ﬁ") == "fi"


def test_parses_what_is_newer_than_the_running_python(tmp_path: Path) -> None:
    record = lowered("type A[T = int] = list[T]\nx = f'{a['b']}'\ntry: a\nexcept* B: c\n")
    assert record.syntax_error is None
    assert [type(item).__name__ for item in record.body] == ["TypeAlias", "Assign", "Try"]
    assert parsed("x")
