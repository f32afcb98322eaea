"""Every page is a test: the linter must report what its comments expect, and nothing else."""

from __future__ import annotations

import functools
import re
from pathlib import Path

import pytest

from nemorun_lint.diagnostic import Applicability, Diagnostic
from nemorun_lint.linter import check_source
from nemorun_lint.settings import Settings
from tests.pages import (
    MDTEST,
    RECIPE,
    RULES,
    Block,
    Expected,
    Page,
    PageError,
    Section,
    mdtest_pages,
    parse_page,
    rule_pages,
    split_expectations,
)

PAGES = rule_pages()
CASES = [(page, section) for page in (*PAGES, *mdtest_pages()) for section in page.sections]
# The linter's own rules are off by default or need a broken linter.
SWITCHED_ON = ("NR997",)
PROSE_ONLY = frozenset({"NR999"})


def _settings(page: Page) -> Settings:
    return Settings(directory=Path.cwd(), extend_select=tuple(code for code in SWITCHED_ON if code == page.code))


@functools.cache
def _check(page: Page, section: Section, text: str) -> tuple[Diagnostic, ...]:
    return check_source(text, RECIPE, files=section.files, settings=_settings(page))


def _place(section: Section, block: Block, found: tuple[Diagnostic, ...]) -> str:
    lines = [f"{one.row}:{one.column} {one.code} {one.message}" for one in found]
    return "\n".join([f"{section.page.name}:{block.line} ({section.title}) reports:", *lines])


def _blocks(*kinds: str) -> list[tuple[Page, Section, Block]]:
    return [(page, section, block) for page, section in CASES for kind in kinds for block in section.all(kind)]


def _ids(value: object) -> str:
    if isinstance(value, Section):
        return value.name
    return f"line {value.line}" if isinstance(value, Block) else ""


@pytest.mark.parametrize(("page", "section", "block"), _blocks("bad"), ids=_ids)
def test_the_bad_example_gives_the_expected_diagnostics(page: Page, section: Section, block: Block) -> None:
    text, expected = split_expectations(block.text)
    found = _check(page, section, text)
    assert sorted(Expected(one.row, one.code) for one in found) == list(expected), _place(section, block, found)
    for wanted in expected:
        messages = [one.message for one in found if (one.row, one.code) == (wanted.row, wanted.code)]
        assert any(wanted.part in message for message in messages), _place(section, block, found)


@pytest.mark.parametrize(("page", "section", "block"), _blocks("fixed", "good"), ids=_ids)
def test_valid_code_gives_no_diagnostic(page: Page, section: Section, block: Block) -> None:
    found = _check(page, section, block.text)
    assert not found, _place(section, block, found)


MENDED = [case for case in _blocks("bad") if case[1].one("fixed")]


@pytest.mark.parametrize(("page", "section", "block"), MENDED, ids=_ids)
def test_the_fix_gives_the_fixed_example(page: Page, section: Section, block: Block) -> None:
    text, _ = split_expectations(block.text)
    fixes = [one.fix for one in _check(page, section, text) if one.fix]
    fixes = [fix for fix in fixes if fix.applicability != Applicability.DISPLAY]
    fixed = section.one("fixed")
    if not fixes or fixed is None:
        return
    edits = sorted((edit for fix in fixes for edit in fix.edits), key=lambda edit: (edit.start, edit.end), reverse=True)
    for edit in edits:
        text = text[: edit.start] + edit.text + text[edit.end :]
    assert text == fixed.text


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.path.stem)
def test_the_page_tells_how_safe_its_fix_is(page: Page) -> None:
    told = set(re.findall(r"This fix is (safe|unsafe)", " ".join(page.text.split())))
    cases = [(section, block) for section in page.sections for block in section.all("bad")]
    found = [one for section, block in cases for one in _check(page, section, split_expectations(block.text)[0])]
    assert {one.fix.applicability.value for one in found if one.fix} == told


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.path.stem)
def test_the_page_has_the_usual_parts(page: Page) -> None:
    assert page.name.replace("-", "_") == page.path.stem
    paragraphs = page.text.split("\n\n")
    assert paragraphs[0].count("\n") == 0 and not paragraphs[1].startswith("#")
    assert paragraphs[1].count(". ") == 0, "the summary is one sentence"
    headings = [line for line in page.text.splitlines() if line.startswith("## ")]
    assert headings[0] == "## What happens"
    assert "## How to mend it" in headings
    assert page.code in PROSE_ONLY or "## Example" in headings


@pytest.mark.parametrize("page", [page for page in PAGES if page.code not in PROSE_ONLY], ids=lambda page: page.code)
def test_the_bad_examples_show_the_page_s_own_rule_and_no_other(page: Page) -> None:
    blocks = [block for section in page.sections for block in section.all("bad")]
    assert {one.code for block in blocks for one in split_expectations(block.text)[1]} == {page.code}


def test_no_code_is_used_twice() -> None:
    codes = [page.code for page in PAGES]
    assert len(codes) == len(set(codes)) and all(codes)


def test_there_are_pages_and_edge_cases() -> None:
    assert any(RULES.glob("*.md")) and any(MDTEST.rglob("*.md"))


def test_an_open_fence_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "page.md"
    path.write_text("# NR101 x\n\n```py bad\nx\n")
    with pytest.raises(PageError, match="page.md:3: the fence is never closed"):
        parse_page(path)


def test_an_unknown_kind_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "page.md"
    path.write_text("```py wrong\nx\n```\n")
    with pytest.raises(PageError, match="page.md:1: unknown kind of block: 'wrong'"):
        parse_page(path)


def test_expectations_speak_of_their_own_or_the_next_line() -> None:
    text = 'a  # error: NR201 "x; y"; NR202\n    # error: NR203\nb  # kept\n'
    assert split_expectations(text) == (
        "a\nb  # kept\n",
        (Expected(1, "NR201", "x; y"), Expected(1, "NR202"), Expected(2, "NR203")),
    )


def test_a_comment_that_cannot_be_read_is_an_error() -> None:
    with pytest.raises(PageError, match="cannot read"):
        split_expectations("a  # error: NR201 nonsense\n")
