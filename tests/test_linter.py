"""The analysis of a file as a whole: deep trees, broken rules, mistakes reported once."""

from __future__ import annotations

from pathlib import Path

import pytest

from nemorun_lint.diagnostic import Diagnostic, Phase
from nemorun_lint.link.misuse import DiscardedCall
from nemorun_lint.link.modules import Modules
from nemorun_lint.linter import check_file, check_source
from nemorun_lint.rules import all_rules
from nemorun_lint.rules.base import Rule, RuleContext
from nemorun_lint.settings import Settings

BODY = "import nemo_run as run\n\n\n@run.autoconvert\ndef recipe():\n    print('x')\n    x = {}\n    return set([x])\n"


@pytest.mark.parametrize(
    "deep",
    ["1" + " + 1" * 600, "a" + ".a" * 700, "a" + "()" * 700, "f(" * 190 + ")" * 190, "- " * 700 + "1"],
    ids=["sum", "attributes", "calls", "nested calls", "signs"],
)
def test_deep_trees_are_analysed(deep: str) -> None:
    codes = [d.code for d in check_source(BODY.format(deep))]
    assert "NR999" not in codes and "NR201" in codes


def test_a_deep_module_that_is_imported(tmp_path: Path) -> None:
    helper = "import nemo_run as run\nx = " + "1" + " + 1" * 900 + "\n\n\ndef make():\n    return run.Config(dict)\n"
    text = (
        BODY.format("1" + " + 1" * 900)
        .replace("set([x])", "make()")
        .replace("run\n", "run\nfrom helper import make\n", 1)
    )
    assert [d.code for d in check_source(text, files={"helper.py": helper})] == ["NR201", "NR202"]


def test_a_broken_rule_becomes_a_diagnostic_and_the_others_run(tmp_path: Path) -> None:
    def broken(subject: DiscardedCall, context: RuleContext) -> list[Diagnostic]:
        raise KeyError("oops")

    rule = Rule(
        "NR290", "broken", DiscardedCall, all_rules()[0].severity, Phase.CALL, "0.1.0", False, broken, Path("x.md")
    )
    modules = Modules([tmp_path], overlays={str(tmp_path / "recipe.py"): BODY.format("1")})
    found = check_file(modules, str(tmp_path / "recipe.py"), Settings(directory=tmp_path), [*all_rules(), rule])
    codes = [d.code for d in found.diagnostics]
    assert "NR201" in codes and "NR999" in codes
    (problem,) = (d for d in found.diagnostics if d.code == "NR999")
    assert "NR290 broken" in problem.message and "KeyError" in problem.message and problem.row == 6


def test_a_function_that_is_converted_twice_reports_once() -> None:
    text = "import nemo_run as run\n\n\ndef f():\n    print(1)\n    return set()\n\n\n"
    text += "a = run.autoconvert(f)\nb = run.autoconvert(f)\n"
    assert [d.code for d in check_source(text)] == ["NR201"]
