"""Edits, their application to a fixed point, writing, and `# noqa` comments."""

from __future__ import annotations

import ast
import os
import stat
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nemorun_lint.diagnostic import Applicability, Diagnostic, Edit, Fix, Severity
from nemorun_lint.fixes.apply import Fixed, OverlapError, allowed, apply_edits, choose, fix
from nemorun_lint.fixes.edits import added_argument, dropped_argument, dropped_lines, renamed_keyword, replaced
from nemorun_lint.fixes.noqa import noqa_edits
from nemorun_lint.fixes.write import WriteError, write
from nemorun_lint.ir.record import Suppression
from nemorun_lint.rules.base import diagnostic_at
from nemorun_lint.text import SourceText


def parses(text: str) -> bool:
    try:
        ast.parse(text)
    except (SyntaxError, ValueError):
        return False
    return True


def finding(
    source: SourceText,
    start: int,
    end: int,
    *edits: Edit,
    applicability: Applicability = Applicability.SAFE,
    code: str = "NR112",
) -> Diagnostic:
    made = Fix(applicability, "mend", edits)
    return diagnostic_at(source, start, end, code=code, rule="r", message="m", severity=Severity.ERROR, fix=made)


def replacing(old: str, new: str, **fields: object) -> Callable[[SourceText], Sequence[Diagnostic]]:
    """A rule that reports every `old` and offers `new`."""

    def check(source: SourceText) -> list[Diagnostic]:
        found = []
        start = source.text.find(old)
        while start >= 0:
            end = start + len(old)
            found.append(finding(source, start, end, Edit(start, end, new), **fields))  # type: ignore[arg-type]
            start = source.text.find(old, end)
        return found

    return check


# --- applying edits --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "edits",
    [
        pytest.param((Edit(0, 3, ""), Edit(2, 4, "")), id="overlap"),
        pytest.param((Edit(0, 5, ""), Edit(1, 2, "")), id="inside"),
        pytest.param((Edit(3, 2, ""),), id="backwards"),
        pytest.param((Edit(0, 99, ""),), id="beyond the end"),
        pytest.param((Edit(-1, 1, ""),), id="before the start"),
    ],
)
def test_bad_edits_are_refused(edits: tuple[Edit, ...]) -> None:
    with pytest.raises(OverlapError):
        apply_edits("abcdef", edits)


def test_edits_are_applied_in_order_of_place_and_once() -> None:
    edits = (Edit(4, 5, "E"), Edit(0, 1, "A"), Edit(2, 2, "+"), Edit(2, 2, "+"))
    assert apply_edits("abcdef", edits) == "Ab+cdEf"


@given(st.text(max_size=30), st.data())
def test_edits_that_replace_by_the_same_change_nothing(text: str, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.sets(st.integers(0, len(text)), max_size=6)))
    edits = [Edit(start, end, text[start:end]) for start, end in zip(cuts[::2], cuts[1::2], strict=False)]
    assert apply_edits(text, edits) == text


def test_only_safe_fixes_without_leave() -> None:
    source = SourceText("x.py", "x")
    for applicability, unsafe, expected in [
        (Applicability.SAFE, False, True),
        (Applicability.UNSAFE, False, False),
        (Applicability.UNSAFE, True, True),
        (Applicability.DISPLAY, True, False),
    ]:
        item = finding(source, 0, 1, Edit(0, 1, ""), applicability=applicability)
        assert allowed(item, unsafe=unsafe) is expected
    assert not allowed(finding(source, 0, 1), unsafe=True)


def test_overlapping_and_touching_fixes_wait() -> None:
    source = SourceText("x.py", "abcdef")
    first = finding(source, 0, 2, Edit(0, 2, "x"))
    overlapping = finding(source, 1, 3, Edit(1, 3, "y"))
    touching = finding(source, 2, 4, Edit(2, 4, "z"))
    apart = finding(source, 5, 6, Edit(5, 6, "w"))
    assert choose([apart, touching, overlapping, first], unsafe=False) == (first, apart)


def test_fixes_that_share_an_edit_go_together() -> None:
    source = SourceText("x.py", "abcdef")
    shared = Edit(0, 0, "import x\n")
    first, second = finding(source, 2, 3, shared, Edit(2, 3, "X")), finding(source, 4, 5, shared, Edit(4, 5, "Y"))
    assert choose([first, second], unsafe=False) == (first, second)
    assert apply_edits("abcdef", (*first.fix.edits, *second.fix.edits)) == "import x\nabXdYf"  # type: ignore[union-attr]


# --- to a fixed point ------------------------------------------------------------------------------------------------


def fixed(text: str, check: Callable[[SourceText], Sequence[Diagnostic]], **options: bool) -> tuple[str, Fixed]:
    """Fix one file; `check` is a rule for one source."""

    def check_all(sources: Mapping[str, SourceText]) -> list[Diagnostic]:
        return [item for source in sources.values() for item in check(source)]

    sources = {"x.py": SourceText("x.py", text)}
    result = fix(sources, check_all(sources), check_all, parses, **options)
    return (result.changed["x.py"].text if result.changed else text), result


def test_nothing_to_fix_leaves_the_text() -> None:
    assert fixed("x = 1\n", lambda _: []) == ("x = 1\n", Fixed({}, (), (), ()))


def test_source_that_does_not_parse_is_left_alone() -> None:
    text, result = fixed("def (bad\n", replacing("bad", "good"))
    assert text == "def (bad\n" and not result.applied and result.remaining


def test_a_fix_that_breaks_the_syntax_is_refused_and_the_others_made() -> None:
    def check(source: SourceText) -> list[Diagnostic]:
        return [*replacing("bad", "good")(source), *replacing("worse", "1 +")(source)]

    text, result = fixed("bad = 1\nworse = 2\n", check)
    assert text == "good = 1\nworse = 2\n"
    assert [len(result.applied), len(result.refused), len(result.remaining)] == [1, 1, 1]


def test_fixes_are_repeated_until_nothing_is_left() -> None:
    text, result = fixed("aaaa\n", replacing("aa", "a"))
    assert text == "a\n"
    assert not result.remaining
    assert len(result.applied) == 3


def test_fixes_that_undo_each_other_end() -> None:
    def check(source: SourceText) -> list[Diagnostic]:
        return [*replacing("a", "b")(source), *replacing("b", "a")(source)]

    assert fixed("a\n", check)[0] == "b\n"


def test_fixes_that_never_end_are_stopped() -> None:
    text, result = fixed("x\n", replacing("x\n", "x\nx\n"))
    assert parses(text) and result.remaining
    assert len(text) < 100_000


def test_unsafe_fixes_wait_to_be_asked_for() -> None:
    check = replacing("a", "b", applicability=Applicability.UNSAFE)
    assert fixed("a\n", check)[0] == "a\n"
    assert fixed("a\n", check, unsafe=True)[0] == "b\n"


def test_fixing_is_idempotent() -> None:
    once, _ = fixed("aaaa\n", replacing("aa", "a"))
    assert fixed(once, replacing("aa", "a"))[0] == once


def test_files_are_fixed_together_and_others_left_alone() -> None:
    sources = {name: SourceText(name, text) for name, text in [("a.py", "bad\n"), ("b.py", "fine\n")]}
    calls = []

    def check(current: Mapping[str, SourceText]) -> list[Diagnostic]:
        calls.append({name: source.text for name, source in current.items()})
        return [item for source in current.values() for item in replacing("bad", "good")(source)]

    result = fix(sources, check(sources), check, parses)
    assert list(result.changed) == ["a.py"]
    assert calls[1:] == [{"a.py": "good\n", "b.py": "fine\n"}]


def test_edits_take_the_line_ends_of_the_file() -> None:
    assert fixed("a = 1\r\n", replacing("a", "b = 2\nc"))[0] == "b = 2\r\nc = 1\r\n"


# --- writing ---------------------------------------------------------------------------------------------------------


def read(path: Path) -> SourceText:
    return SourceText.decode(str(path), path.read_bytes())


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"x = 1\r\n# \xc3\xa9\r\n", id="crlf"),
        pytest.param(b"\xef\xbb\xbfx = 1\n", id="bom"),
        pytest.param(b"# coding: latin-1\nx = 1  # \xe9\n", id="latin-1"),
        pytest.param(b"x = 1", id="no newline at the end"),
        pytest.param(b"x = 1\rdel x\r\n\x0c\n", id="mixed"),
    ],
)
def test_writing_keeps_all_other_bytes(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "x.py"
    path.write_bytes(data)
    source = read(path)
    write(source, source.text.replace("x = 1", "x = 2"))
    assert path.read_bytes() == data.replace(b"x = 1", b"x = 2")
    assert os.listdir(tmp_path) == ["x.py"]


@pytest.mark.skipif(os.name == "nt", reason="modes and links of POSIX")
def test_writing_keeps_mode_and_links(tmp_path: Path) -> None:
    path = tmp_path / "x.py"
    path.write_text("x = 1\n")
    path.chmod(0o751)
    link = tmp_path / "link.py"
    link.symlink_to(path)
    write(read(link), "x = 2\n")
    assert link.is_symlink() and path.read_text() == "x = 2\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o751


def test_a_file_that_changed_meanwhile_is_not_written(tmp_path: Path) -> None:
    path = tmp_path / "x.py"
    path.write_text("x = 1\n")
    source = read(path)
    path.write_text("x = 3\n")
    with pytest.raises(WriteError, match="changed while it was checked"):
        write(source, "x = 2\n")
    assert path.read_text() == "x = 3\n"


def test_text_that_the_encoding_cannot_hold_is_not_written(tmp_path: Path) -> None:
    path = tmp_path / "x.py"
    path.write_bytes(b"# coding: latin-1\n")
    with pytest.raises(WriteError, match="latin-1"):
        write(read(path), "# coding: latin-1\nx = '模'\n")
    assert path.read_bytes() == b"# coding: latin-1\n"


def test_a_failed_write_leaves_no_temporary_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "x.py"
    path.write_text("x = 1\n")

    def fail(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(WriteError, match="Permission denied"):
        write(read(path), "x = 2\n")
    assert os.listdir(tmp_path) == ["x.py"] and path.read_text() == "x = 1\n"


# --- building edits --------------------------------------------------------------------------------------------------


def spans(text: str) -> tuple[SourceText, Edit, list[Edit]]:
    """The source, the first call of it and its arguments; an Edit serves as a span."""
    source = SourceText("x.py", text)
    call = next(node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call))

    def span(node: ast.expr | ast.keyword) -> Edit:
        return Edit(
            source.offset_of_utf8(node.lineno, node.col_offset),
            source.offset_of_utf8(node.end_lineno or 0, node.end_col_offset or 0),
            "",
        )

    arguments = sorted([*map(span, call.args), *map(span, call.keywords)], key=lambda edit: edit.start)
    return source, span(call), arguments


@pytest.mark.parametrize(
    ("before", "index", "after"),
    [
        ("f(a)", 0, "f()"),
        ("f(a, b)", 0, "f(b)"),
        ("f(a, b)", 1, "f(a)"),
        ("f(a, b, )", 1, "f(a, )"),
        ("f(a, b=1, *c)", 1, "f(a, *c)"),
        ("f(\n    a,\n    b,\n)", 0, "f(\n    b,\n)"),
        ("f(\n    a,\n    b,\n)", 1, "f(\n    a,\n)"),
        ("f(\n    a,\n    b\n)", 1, "f(\n    a,\n    \n)"),
        ("f(a,  # why\n  b)", 0, "f(# why\n  b)"),
        ("f(a,  # why\n  b)", 1, "f(a,  # why\n  )"),
        ("f(a,\n  b  # why\n  , c)", 1, "f(a,\n    # why\n   c)"),
        ("f(x, a,\n  b)", 1, "f(x,\n  b)"),
        ("f('模', b)", 0, "f(b)"),
        ("f(\r\n    a,\r\n    b,\r\n)", 0, "f(\r\n    b,\r\n)"),
    ],
)
def test_dropped_argument(before: str, index: int, after: str) -> None:
    source, _, arguments = spans(before)
    result = apply_edits(before, dropped_argument(source, arguments, index))
    assert result == after
    assert parses(result)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("f()", "f(n=1)"),
        ("f( )", "f( n=1)"),
        ("f(a)", "f(a, n=1)"),
        ("f(a,)", "f(a, n=1,)"),
        ("f(\n    a,\n)", "f(\n    a,\n    n=1,\n)"),
        ("f(\n    a,  # why\n)", "f(\n    a,  # why\n    n=1,\n)"),
        ("f(\n    a\n)", "f(\n    a, n=1\n)"),
        ("f(\r\n  a,\r\n)", "f(\r\n  a,\r\n  n=1,\r\n)"),
    ],
)
def test_added_argument(before: str, after: str) -> None:
    source, call, arguments = spans(before)
    assert apply_edits(before, [added_argument(source, call, arguments, "n=1")]) == after
    assert parses(after)


@pytest.mark.parametrize(("before", "after"), [("f(bad=1)", "f(good=1)"), ("f(a, bad = 1)", "f(a, good = 1)")])
def test_renamed_keyword(before: str, after: str) -> None:
    source, _, arguments = spans(before)
    assert apply_edits(before, [renamed_keyword(source, arguments[-1], "good")]) == after


@pytest.mark.parametrize(
    ("before", "part", "after"),
    [
        ("@a\n@b\ndef f(): ...\n", "@b", "@a\ndef f(): ...\n"),
        ("  @a  \r\n  def f(): ...\r\n", "@a", "  def f(): ...\r\n"),
        ("@a  # why\ndef f(): ...\n", "@a", "# why\ndef f(): ...\n"),
        ("x\ny", "y", "x\n"),
        ("x; y\n", "y", "x;\n"),
    ],
)
def test_dropped_lines(before: str, part: str, after: str) -> None:
    start = before.index(part)
    edit = dropped_lines(SourceText("x.py", before), start, start + len(part))
    assert apply_edits(before, [edit]) == after


def test_replaced() -> None:
    assert replaced(Edit(1, 2, ""), "x") == Edit(1, 2, "x")


# --- noqa comments ---------------------------------------------------------------------------------------------------


def noqa(
    text: str,
    *places: tuple[int, str],
    present: Sequence[Suppression] = (),
    last: dict[int, int] | None = None,
) -> str:
    source = SourceText("x.py", text)
    found = [finding(source, source.offset(row, 1), source.offset(row, 1), code=code) for row, code in places]
    return apply_edits(text, noqa_edits(source, found, present, lambda row: (last or {}).get(row, row)))


def test_noqa_of_nothing_is_nothing() -> None:
    assert noqa("x\n") == "x\n"


@pytest.mark.parametrize("code", ["NR997", "NR998", "NR999"])
def test_noqa_is_no_answer_to_the_tools_own_codes(code: str) -> None:
    assert noqa("x\n", (1, code)) == "x\n"


def test_noqa_joins_the_codes_of_a_line() -> None:
    assert noqa("x  \r\ny", (1, "NR202"), (1, "NR101"), (1, "NR202"), (2, "NR101")) == (
        "x  # noqa: NR101, NR202\r\ny  # noqa: NR101"
    )


def test_noqa_goes_behind_a_comment() -> None:
    assert noqa("x  # why\n", (1, "NR101")) == "x  # why  # noqa: NR101\n"


def test_noqa_goes_to_the_last_line_of_a_string() -> None:
    assert noqa('x = """\na\n"""\n', (1, "NR101"), (2, "NR102"), last={1: 3, 2: 3}) == (
        'x = """\na\n"""  # noqa: NR101, NR102\n'
    )


@pytest.mark.parametrize(
    ("codes", "result"),
    [
        (("E501",), "x  # noqa: E501, NR101 because\n"),
        (("NR101",), "x  # noqa: NR101 because\n"),
        (("NR1",), "x  # noqa: NR1 because\n"),
        ((), "x  # noqa because\n"),
    ],
)
def test_noqa_joins_a_comment_that_is_there(codes: tuple[str, ...], result: str) -> None:
    text = f"x  # noqa: {codes[0]} because\n" if codes else "x  # noqa because\n"
    comment = Suppression(1, 1, 3, len(text) - 1, codes, (11,) if codes else ())
    assert noqa(text, (1, "NR101"), present=[comment]) == result
