"""Output formats: pure functions of diagnostics and sources."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nemorun_lint.diagnostic import Applicability, Diagnostic, Edit, Fix, Phase, Related, Severity
from nemorun_lint.outputs import FORMATS, Options, diff, statistics, summary
from nemorun_lint.outputs.full import PHASES
from nemorun_lint.outputs.snippet import Look, Region
from nemorun_lint.outputs.snippet import render as render_snippet
from nemorun_lint.outputs.style import clean, display_width, wrap
from nemorun_lint.rules.base import diagnostic_at
from nemorun_lint.text import SourceText

RECIPE = """\
import nemo_run as run

@run.autoconvert
def recipe():
    print("hello")
    return Model()
"""


def finding(text: str = RECIPE, part: str = 'print("hello")', path: str = "recipe.py", **fields: object) -> Diagnostic:
    start = text.index(part)
    given_fields = {
        "code": "NR201",
        "rule": "discarded-call",
        "message": "the call is dropped",
        "severity": Severity.ERROR,
        "phase": Phase.SILENT,
        **fields,
    }
    return diagnostic_at(SourceText(path, text), start, start + len(part), **given_fields)


def lines(name: str, *diagnostics: Diagnostic, text: str | None = RECIPE, **options: object) -> list[str]:
    source = None if text is None else SourceText("recipe.py", text)
    return list(FORMATS[name](diagnostics, lambda path: source, Options(**options)))  # type: ignore[arg-type]


def safe_fix(*edits: Edit) -> Fix:
    return Fix(Applicability.SAFE, "Remove the call", edits or (Edit(0, 1, ""),))


def snippet(text: str, region: Region, width: int = 80, **fields: object) -> list[str]:
    look = Look(gutter=1, width=width, style="error", context=0, **fields)  # type: ignore[arg-type]
    return list(render_snippet(SourceText("x.py", text), region, look))


# --- concise ---------------------------------------------------------------------------------------------------------


def test_concise_prints_nothing_for_nothing() -> None:
    assert lines("concise") == []


def test_concise_is_one_line_with_one_based_columns() -> None:
    assert lines("concise", finding()) == ["recipe.py:5:5: NR201 the call is dropped"]


@pytest.mark.parametrize(
    ("applicability", "unsafe_fixes", "mark"),
    [
        (Applicability.SAFE, False, "[*] "),
        (Applicability.UNSAFE, False, ""),
        (Applicability.UNSAFE, True, "[*] "),
        (Applicability.DISPLAY, True, ""),
    ],
)
def test_concise_marks_what_fix_would_mend(applicability: Applicability, unsafe_fixes: bool, mark: str) -> None:
    fix = Fix(applicability, "Remove", (Edit(0, 1, ""),))
    assert lines("concise", finding(fix=fix), unsafe_fixes=unsafe_fixes) == [
        f"recipe.py:5:5: NR201 {mark}the call is dropped"
    ]


def test_concise_names_the_cell_of_a_notebook() -> None:
    assert lines("concise", finding(cell=3)) == ["recipe.py:cell 3:5:5: NR201 the call is dropped"]


@pytest.mark.parametrize("name", ["concise", "full"])
def test_text_cannot_steer_the_terminal(name: str) -> None:
    text = 'x = "\x1b[2J\u202e\x07"\n'
    diagnostic = finding(text, "x", message="bad '\x1b]0;title\x07'\nsecond line", path="re\x1bcipe.py")
    printed = "\n".join(lines(name, diagnostic, text=text))
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f\u202e]", printed)


@pytest.mark.parametrize("name", ["concise", "full", "json"])
def test_no_escape_sequence_without_color(name: str) -> None:
    assert "\x1b" not in "\n".join(lines(name, finding(help="h", fix=safe_fix())))


@pytest.mark.parametrize("name", ["concise", "full"])
def test_colors_change_nothing_else(name: str) -> None:
    diagnostic = finding(help="help", fix=safe_fix(), related=(Related("recipe.py", 3, 2, "here"),))
    colored = "\n".join(lines(name, diagnostic, color=True))
    assert "\x1b" in colored
    assert re.sub("\x1b\\[[0-9;]*m", "", colored) == "\n".join(lines(name, diagnostic))


# --- full ------------------------------------------------------------------------------------------------------------


def test_full_shows_source_phase_help_fix_and_related_places() -> None:
    diagnostic = finding(
        message="the result of 'print' is not used, so autoconvert drops the call: nothing is printed",
        help="print in the function that the task runs",
        fix=safe_fix(),
        related=(Related("recipe.py", 3, 2, "autoconvert is applied here"),),
    )
    assert lines("full", diagnostic) == [
        "error[NR201]: the result of 'print' is not used, so autoconvert drops the call:",
        "  nothing is printed",
        " --> recipe.py:5:5",
        "  |",
        "4 | def recipe():",
        '5 |     print("hello")',
        "  |     ^^^^^^^^^^^^^^",
        "6 |     return Model()",
        "  |",
        " ::: recipe.py:3:2",
        "  |",
        "3 | @run.autoconvert",
        "  |  ---------------",
        "  |",
        "  = note: autoconvert is applied here",
        "  = when: nothing is raised: the job runs with the wrong thing",
        "  = help: print in the function that the task runs",
        "  = fix: Remove the call (--fix)",
        "  = rule: discarded-call (nemorun-lint rule NR201)",
        "",
    ]


def test_full_without_source_still_says_what_is_wrong() -> None:
    printed = lines("full", finding(), text=None)
    assert printed[:2] == ["error[NR201]: the call is dropped", " --> recipe.py:5:5"]


@pytest.mark.parametrize("phase", list(Phase))
def test_full_says_every_phase_in_words(phase: Phase) -> None:
    when = [line for line in lines("full", finding(phase=phase)) if "= when:" in line]
    assert when == ([] if phase is Phase.NONE else [f"  = when: {PHASES[phase]}"])


def test_full_keeps_to_80_columns_in_prose() -> None:
    words = "several words that go on and on " * 10
    printed = lines("full", finding(message=words, help=words))
    assert max(map(len, printed)) <= 80


@pytest.mark.parametrize("text", ["", "x", "\n\n", "\ufeffx = 1"])
def test_full_survives_places_outside_of_the_text(text: str) -> None:
    assert lines("full", finding(), text=text)


# --- snippets --------------------------------------------------------------------------------------------------------


def test_snippet_expands_tabs() -> None:
    assert snippet("\tx\ty = 1\n", Region(1, 4, 1, 5))[1:3] == ["1 |     x   y = 1", "  |         ^"]


def test_snippet_counts_wide_characters_twice_and_accents_not() -> None:
    assert snippet('f("模型", x)\n', Region(1, 9, 1, 10))[2] == "  |" + " " * 11 + "^"
    assert snippet("e\u0301 = x\n", Region(1, 6, 1, 7))[2] == "  |     " + "^"


def test_snippet_of_nothing_has_one_caret() -> None:
    assert snippet("x\n", Region(1, 2, 1, 2))[2] == "  |  ^"
    assert snippet("", Region(1, 1, 1, 1))[2] == "  | ^"


def test_snippet_underlines_each_line_of_a_span() -> None:
    text = "f(\n    a,\n)\nrest\n"
    printed = snippet(text, Region(1, 1, 3, 2))
    assert printed == ["  |", "1 | f(", "  | ^^", "2 |     a,", "  |     ^^", "3 | )", "  | ^", "  |"]


def test_snippet_leaves_out_the_middle_of_a_long_span() -> None:
    text = "f(\n" + "    a,\n" * 6 + ")\n"
    printed = snippet(text, Region(1, 1, 8, 2))
    assert [line.split()[0] for line in printed] == ["|", "1", "|", "2", "|", "...", "8", "|", "|"]


def test_snippet_does_not_show_a_line_that_the_span_only_reaches() -> None:
    assert len(snippet("a\nb\n", Region(1, 1, 2, 1))) == 4


@pytest.mark.parametrize("column", [1, 60, 150, 297])
def test_snippet_cuts_long_lines_around_the_caret(column: int) -> None:
    line = "".join(chr(ord("a") + index % 26) for index in range(300))
    _, source, carets, _ = snippet(line, Region(1, column, 1, column + 3))
    assert len(source) <= 80
    mark = carets.index("^")
    assert carets[mark:] == "^^^"
    assert source[mark : mark + 3] == line[column - 1 : column + 2]


LINES = st.text(st.characters(exclude_characters="\r\n"), min_size=1, max_size=200)


@given(LINES, st.data())
def test_snippet_carets_stand_under_the_span(line: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(line) - 1))
    end = data.draw(st.integers(start + 1, len(line)))
    _, source, carets, _ = snippet(line, Region(1, start + 1, 1, end + 1), width=60)
    assert display_width(source) <= 60 and display_width(carets) <= 60
    assert set(carets[4:]) <= {" ", "^"} and "^" in carets


# --- json ------------------------------------------------------------------------------------------------------------


def test_json_is_an_array_even_when_empty() -> None:
    assert lines("json") == ["[]"]


def test_json_has_every_field() -> None:
    start = RECIPE.index("    print")
    fix = safe_fix(Edit(start, start + 19, ""))
    diagnostic = finding(fix=fix, data={"construct": "If", "first": True}, help="h")
    assert json.loads("\n".join(lines("json", diagnostic))) == [
        {
            "code": "NR201",
            "rule": "discarded-call",
            "message": "the call is dropped",
            "filename": "recipe.py",
            "row": 5,
            "column": 5,
            "end_row": 5,
            "end_column": 19,
            "severity": "error",
            "phase": "silent",
            "url": diagnostic.url,
            "help": "h",
            "fix": {
                "applicability": "safe",
                "message": "Remove the call",
                "edits": [{"row": 5, "column": 1, "end_row": 6, "end_column": 1, "text": ""}],
            },
            "cell": None,
            "related": [],
            "data": {"construct": "If", "first": True},
        }
    ]


def test_json_of_several_is_one_array_in_ascii() -> None:
    printed = "\n".join(lines("json", finding(message="模型"), finding(path="\udcff.py")))
    assert printed.isascii()
    assert [item["message"] for item in json.loads(printed)] == ["模型", "the call is dropped"]


def test_json_counts_code_points() -> None:
    text = 'x = "𝛼模", bad\n'
    [item] = json.loads("\n".join(lines("json", finding(text, "bad"), text=text)))
    assert (item["column"], item["end_column"]) == (11, 14)


# --- statistics, summary, diff ---------------------------------------------------------------------------------------


def test_statistics_sort_by_count_then_code() -> None:
    found = [finding(code="NR202"), finding(), finding(fix=safe_fix()), finding(code="NR103", fix=safe_fix())]
    assert list(statistics.render(found, lambda path: None, Options())) == [
        "2  NR201  [-] discarded-call",
        "1  NR103  [*] discarded-call",
        "1  NR202      discarded-call",
    ]


def test_statistics_in_json() -> None:
    printed = "\n".join(statistics.render_json([finding()], lambda path: None, Options()))
    assert json.loads(printed) == [{"code": "NR201", "rule": "discarded-call", "count": 1, "fixable": 0}]


@dataclass
class Coverage:
    functions: int = 0
    functions_checked: int = 0
    targets: int = 0
    targets_resolved: int = 0
    unknown: dict[str, int] = field(default_factory=dict)


def test_summary_says_what_was_checked_and_what_not() -> None:
    coverage = Coverage(5, 4, 1339, 812, {"star import": 500, "depth": 27})
    found = [finding(), finding(), finding(severity=Severity.WARNING)]
    assert list(summary.render(found, 12, coverage, Options())) == [
        "Checked 12 files: 2 errors, 1 warning.",
        "4 of 5 autoconvert functions, 812 of 1,339 targets; 527 unknown: --show-unknown.",
    ]
    assert list(summary.render([], 1, coverage, Options(), show_unknown=True)) == [
        "Checked 1 file: no problems found.",
        "4 of 5 autoconvert functions, 812 of 1,339 targets.",
        "Unknown, and so not judged:",
        "  500  star import",
        "   27  depth",
    ]


def test_summary_says_when_nothing_uses_the_api() -> None:
    assert "No use of NeMo-Run" in list(summary.render([], 3, Coverage(), Options()))[1]
    assert list(summary.render([], 3, Coverage(), Options(), show_unknown=True))[-1] == "Nothing stayed unknown."


def test_summary_offers_fixes() -> None:
    unsafe = Fix(Applicability.UNSAFE, "x", (Edit(0, 1, ""),))
    found = [finding(fix=safe_fix()), finding(fix=unsafe)]
    last = list(summary.render(found, 1, Coverage(1, 1), Options()))[-1]
    assert last == "[*] 1 problem can be fixed with --fix (1 more with --unsafe-fixes)."
    last = list(summary.render(found[1:], 1, Coverage(1, 1), Options()))[-1]
    assert last == "1 problem can be fixed with --fix --unsafe-fixes."


def test_diff_of_equal_texts_is_empty() -> None:
    assert list(diff.render("x.py", "a\n", "a\n", Options())) == []


def test_diff_keeps_carriage_returns_and_form_feeds() -> None:
    assert list(diff.render("x.py", "a\r\nb\x0cc", "a\r\nb\x0cd", Options())) == [
        "--- x.py",
        "+++ x.py",
        "@@ -1,2 +1,2 @@",
        " a\r",
        "-b\x0cc",
        "\\ No newline at end of file",
        "+b\x0cd",
        "\\ No newline at end of file",
    ]


def test_wrap_never_breaks_words_or_loses_any() -> None:
    text = "a" * 100 + " bb cc"
    assert " ".join(wrap(text, 80)).split() == text.split()
    assert wrap("", 80, first="  x: ") == ["  x:"]


def test_clean_keeps_one_line() -> None:
    assert clean("a\nb\tc\x1b") == "a b c\u241b"
