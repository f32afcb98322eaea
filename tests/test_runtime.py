"""The runtime is the judge of every page: what a page says is what the real nemo_run does."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterator

import pytest

from tests.pages import RECIPE, Block, Page, Section, mdtest_pages, rule_pages, split_expectations
from tests.runtime_judge import Judge

pytestmark = pytest.mark.skipif(importlib.util.find_spec("nemo_run") is None, reason="nemo-run is not installed")

PAGES = rule_pages()
SECTIONS = [section for page in (*PAGES, *mdtest_pages()) for section in page.sections]
WITHOUT_PROOF = frozenset({"NR997", "NR998", "NR999"})


def _pairs(example: str, proof: str) -> list[Section]:
    return [section for section in SECTIONS if section.one(example) and section.one(proof)]


@pytest.fixture(scope="module")
def judge() -> Iterator[Judge]:
    """Start one server for this module."""
    with Judge() as started:
        yield started


def _hold(judge: Judge, section: Section, example: str, proof: str) -> None:
    code, claim = section.one(example), section.one(proof)
    assert code is not None and claim is not None
    text, _ = split_expectations(code.text)
    failure = judge.run({**section.files, RECIPE: text}, claim.text)
    assert not failure, f"{section.page.name}:{claim.line}: the runtime contradicts the page\n{failure}"


@pytest.mark.parametrize("page", [page for page in PAGES if page.code not in WITHOUT_PROOF], ids=lambda page: page.code)
def test_every_bad_and_fixed_example_of_a_rule_has_a_proof(page: Page) -> None:
    assert any(section.one("bad") for section in page.sections)
    for section in page.sections:
        assert (section.one("bad") is None) == (section.one("proof") is None), section.name
        assert (section.one("fixed") is None) == (section.one("fixed-proof") is None), section.name


@pytest.mark.parametrize("section", _pairs("bad", "proof"), ids=lambda section: section.name)
def test_the_bad_example_does_what_its_page_says(judge: Judge, section: Section) -> None:
    _hold(judge, section, "bad", "proof")


@pytest.mark.parametrize("section", _pairs("fixed", "fixed-proof"), ids=lambda section: section.name)
def test_the_fixed_example_runs(judge: Judge, section: Section) -> None:
    _hold(judge, section, "fixed", "fixed-proof")


def _defines_recipe(text: str) -> bool:
    return re.search(r"^(def recipe\(|recipe = )", text, re.MULTILINE) is not None


GOOD = [(section, block) for section in SECTIONS for block in section.all("good") if _defines_recipe(block.text)]


RUNS = """\
made = recipe()
for one in made if isinstance(made, list) else [made]:
    fdl.build(one)
    serialize(one)
"""


@pytest.mark.parametrize(("section", "block"), GOOD, ids=lambda value: getattr(value, "name", ""))
def test_the_recipe_of_a_good_block_builds_and_serializes(judge: Judge, section: Section, block: Block) -> None:
    failure = judge.run({**section.files, RECIPE: block.text}, RUNS)
    assert not failure, f"{section.page.name}:{block.line}: valid code fails\n{failure}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.code)
def test_every_good_block_of_a_rule_has_a_recipe_to_run(page: Page) -> None:
    assert all(_defines_recipe(block.text) for section in page.sections for block in section.all("good"))


def test_a_false_claim_is_refuted(judge: Judge) -> None:
    files = {RECIPE: "import nemo_run as run\n\n\ndef recipe():\n    return run.Config(dict)\n"}
    assert "ValueError was not raised" in judge.run(files, "with raises(ValueError):\n    recipe()\n")
    assert "has another text" in judge.run(files, "with raises(KeyError, 'nope'):\n    {}['a']\n")
    assert judge.run(files, "assert fdl.build(recipe()) == {}\n") == ""


def test_one_piece_does_not_see_what_another_did(judge: Judge) -> None:
    assert judge.run({RECIPE: "seen = 1\n"}, "run.seen = 1\n") == ""
    assert judge.run({RECIPE: "seen = 2\n"}, "assert seen == 2 and not hasattr(run, 'seen')\n") == ""


def test_a_process_that_dies_is_reported(judge: Judge) -> None:
    assert "status" in judge.run({RECIPE: ""}, "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)\n")
