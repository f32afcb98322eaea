"""Suppressions: flake8 itself is the judge."""

from __future__ import annotations

import argparse
import io
import tokenize

import pytest
from flake8.processor import FileProcessor
from flake8.violation import Violation
from hypothesis import given, settings
from hypothesis import strategies as st

from nemorun_lint.ir.record import Suppression
from nemorun_lint.syntax.suppression import suppressions
from nemorun_lint.text import SourceText

CODES = ("NR201", "NR2", "NR101", "E501")


def found(text: str) -> tuple[Suppression, ...]:
    return suppressions(SourceText("", text))


def is_off(items: tuple[Suppression, ...], row: int, code: str) -> bool:
    return any(
        (item.first_row <= row <= item.last_row or item.first_row == 0)
        and (not item.codes or code.startswith(item.codes))
        for item in items
    )


def flake8_says(text: str, row: int, code: str) -> bool:
    lines = io.StringIO(text, newline=None).readlines()
    options = argparse.Namespace(
        hang_closing=False, indent_size=4, max_line_length=79, max_doc_length=None, verbose=0, disable_noqa=False
    )
    processor = FileProcessor("file.py", options, lines)
    if processor.should_ignore_file():
        return True
    line = processor.noqa_line_for(row)
    if line is None:  # flake8 asks `linecache` then.
        line = lines[row - 1] if row <= len(lines) else ""
    return Violation(code, "file.py", row, 1, "", line).is_inline_ignored(False)


def agree(text: str) -> None:
    items = found(text)
    for row in range(1, len(io.StringIO(text, newline=None).readlines()) + 1):
        for code in CODES:
            assert is_off(items, row, code) == flake8_says(text, row, code), (text, row, code, items)


@pytest.mark.parametrize(
    "text", ["", "x = 1\n", "#noqa\n", "#  noqa\n", "# no qa\n", "noqa\n", "# nemorun-lint: off\n"]
)
def test_nothing_is_found(text: str) -> None:
    assert found(text) == ()


SNIPPETS = [
    "x = 1  # noqa\ny = 2\n",
    "x = 1  # NoQA:NR201,E501\n",
    "x = 1  # noqa: NR201 E501\n",
    "x = 1  # noqa : NR201\n",
    "x = 1  # noqa:  NR201\n",
    "x = 1  # noqa: nr201\n",
    "x = 1  # noqa: because\n",
    "x = 1  # noqa: NR2\n",
    "x = 1  # noqa: NR201E501\n",
    "x = 1  # noqa:NR201 # noqa\n",
    "x = [\n  1,  # noqa\n  2,\n]\n",
    'x = """\n a\n # noqa: NR201\n"""\ny = 1\n',
    'x = """\n a\n"""  # noqa: NR201\ny = 1\n',
    'f("""\n a\n""", 2,  # noqa\n  3)\n',
    'x = """ # noqa:\nNR201 """\n',
    "x = 1 + \\\n  2  # noqa: NR101\n",
    "# flake8: noqa\nx = 1\n",
    "# flake8: noqa: NR201\nx = 1\n",
    "x = 1  # flake8: noqa\n",
    "  # FLAKE8=NOQA\n",
    "'''\n# flake8: noqa\n'''\n",
    "x = (  # noqa\n",
    "x = '''  # noqa\nfoo\n",
    "x = 1 # noqa",
    "if x:\n    y  # noqa\n  z\n",
    "def f():\n\ty = 1 # noqa\n\n\n# noqa\n",
    "x = 1  # noqa\r\ny = '''\r\n # noqa: NR201\r\n'''\r\n",
    "x = 1  # noqa\ry = 2\r",
    "x = f'''{\n1} # noqa: NR201\n'''\n",
    "é = '# noqa'\n",
    "x = 1 \\\n",
    "\x0c\nx = 1  # noqa\n",
]


@pytest.mark.parametrize("text", SNIPPETS)
def test_agrees_with_flake8(text: str) -> None:
    agree(text)


PARTS = [
    "# noqa",
    "# noqa: ",
    "NR201",
    ", ",
    "x = 1",
    "\n",
    "\r\n",
    '"""',
    "'",
    "(",
    ")",
    "\\\n",
    "# flake8: noqa",
    " ",
    "    ",
    "if x:",
    "é",
]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(PARTS), max_size=14).map("".join))
def test_agrees_with_flake8_on_anything(text: str) -> None:
    agree(text)


def test_places_are_offsets_into_the_text() -> None:
    text = "x = '''\r\né # noqa: NR201, NR3 \r\n'''\r\n# nemorun-lint: noqa: NR1\r\n"
    inline, whole = found(text)
    assert text[inline.start : inline.end] == "# noqa: NR201, NR3"
    assert [text[start:].split()[0] for start in inline.code_starts] == ["NR201,", "NR3"]
    assert (inline.first_row, inline.last_row) == (1, 3)
    assert text[whole.start : whole.end] == "# nemorun-lint: noqa: NR1"
    assert (whole.first_row, whole.last_row, whole.codes) == (0, 0, ("NR1",))


@pytest.mark.parametrize(
    ("line", "codes"),
    [
        ("# nemorun-lint: noqa", ((),)),
        ("  # nemorun-lint: NOQA:NR201 NR3", (("NR201", "NR3"),)),
        ("# nemorun-lint: noqa: whatever", ()),
        ("# nemorun-lint: noqable", ()),
        ("x = 1  # nemorun-lint: noqa", ()),
    ],
)
def test_our_own_comment_for_the_whole_file(line: str, codes: tuple[tuple[str, ...], ...]) -> None:
    assert tuple(item.codes for item in found(line + "\nx = 1\n")) == codes


def test_text_without_tokens_is_read_line_by_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: object) -> object:
        raise tokenize.TokenError("no")

    monkeypatch.setattr(tokenize, "generate_tokens", fail)
    assert [item.first_row for item in found("x\n# noqa\n")] == [2]
