"""The house: who may import whom, how long things may be, and that every rule has its page."""

from __future__ import annotations

import ast
import os
import re
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from nemorun_lint.rules import all_rules

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "nemorun_lint"
MODULES = sorted(PACKAGE.rglob("*.py"))
FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)
# The names of directories and modules that say nothing about what is in them.
NAMELESS = {"utils", "util", "helpers", "helper", "common", "misc"}
# By library: where it may be imported, as regular expressions for paths in the package.
ROOMS = {
    "libcst": r"syntax/\w+|ir/lower(?!_dependency)\w*",
    "astroid": r"ir/lower_dependency\w*",
    "pygls": r"frontends/server",
    "nemo_run": r"(?!)",
    "fiddle": r"(?!)",
    "click": r"frontends/(?:cli|commands/\w+)",
    "rich": r"frontends/commands/\w+",
    "flake8": r"frontends/flake8_plugin",
    "typeshed_client": r"link/stdlib",
}

by_path = pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())


def name_of(path: Path) -> str:
    return path.relative_to(PACKAGE).with_suffix("").as_posix()


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imported(path: Path) -> Iterator[str]:
    """Yield the absolute names of all modules that are imported anywhere in a file."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Yield name and number of lines (decorators left out) of each function."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, FUNCTION):
            yield node.name, (node.end_lineno or node.lineno) - node.lineno + 1


def test_contracts_of_import_linter() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as run; run()", "--no-cache"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@by_path
def test_libraries_stay_in_their_rooms(path: Path) -> None:
    for module in imported(path):
        library = module.partition(".")[0]
        if library in ROOMS:
            assert re.fullmatch(ROOMS[library], name_of(path)), f"{library} in {name_of(path)}"


@by_path
def test_names_say_what_is_in_them(path: Path) -> None:
    assert NAMELESS.isdisjoint(name_of(path).split("/"))


@by_path
def test_length(path: Path) -> None:
    lines = len(path.read_text(encoding="utf-8").splitlines())
    is_rule = path.parent.name == "rules" and path.name not in ("base.py", "__init__.py")
    assert lines <= (120 if is_rule else 300)
    assert [(name, length) for name, length in functions(path) if length > 50] == []


def test_functions_are_short_for_the_most_part() -> None:
    assert statistics.median(length for path in MODULES for _, length in functions(path)) <= 8


@by_path
def test_docstring_of_the_module(path: Path) -> None:
    docstring = ast.get_docstring(tree_of(path), clean=False)
    assert docstring
    first, _, rest = docstring.partition("\n")
    assert first.endswith((".", "`"))
    assert not rest or rest.startswith("\n"), "the first line stands for itself"


@pytest.mark.parametrize("path", [path for path in MODULES if path.parent.name == "rules"], ids=lambda path: path.stem)
def test_rules_do_not_know_each_other(path: Path) -> None:
    if path.stem == "__init__":
        return
    rooms = {module for module in imported(path) if module.startswith("nemorun_lint.rules")}
    assert all(module.startswith("nemorun_lint.rules.base") for module in rooms)


def test_rules_and_pages_come_in_pairs() -> None:
    rules = PACKAGE / "rules"
    pages = {path.stem for path in rules.glob("*.md")}
    assert pages == {path.stem for path in rules.glob("*.py")} - {"__init__", "base"}
    assert pages == {rule.page.stem for rule in all_rules()}


def test_a_page_names_its_rule() -> None:
    for rule in all_rules():
        assert rule.text.startswith(f"# {rule.code} {rule.name}\n\n")


def test_codes_and_names_are_used_once() -> None:
    codes, names = [rule.code for rule in all_rules()], [rule.name for rule in all_rules()]
    assert len(set(codes)) == len(codes)
    assert len(set(names)) == len(names)


def test_nothing_is_unpickled() -> None:
    assert [name_of(path) for path in MODULES if {"pickle", "shelve", "marshal"} & set(imported(path))] == []


def test_the_package_is_typed() -> None:
    assert (PACKAGE / "py.typed").exists()
