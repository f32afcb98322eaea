"""What a run costs in work, not in time: files parsed, modules imported."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from nemorun_lint.ir.record import ModuleRecord
from nemorun_lint.link import modules as modules_room
from nemorun_lint.link.modules import Modules
from nemorun_lint.project import Report, Request, check_project
from nemorun_lint.settings import Settings, SettingsFinder
from nemorun_lint.store import Store

PARSERS = {"libcst", "astroid"}
COMMAND_LINE = {"click", "rich"}
REPOSITORY = Path(__file__).resolve().parents[1]
FILES = {
    "pyproject.toml": "",
    "recipes/__init__.py": "",
    "recipes/model.py": """
        from dataclasses import dataclass
        import nemo_run as run
        from recipes.parts import Part, load

        @dataclass
        class Model:
            part: Part
            size: int = 1

        @run.autoconvert
        def model() -> Model:
            return Model(part=Part(2), size=load() + 1)
        """,
    "recipes/train.py": """
        import nemo_run as run
        from recipes.model import Model, model
        from recipes.parts import Part

        @run.autoconvert
        def train() -> Model:
            if True:
                pass
            return Model(part=Part(1))

        def configured() -> run.Config[Model]:
            return run.Config(Model, part=run.Config(Part, 1))
        """,
    "recipes/parts.py": """
        class Part:
            def __init__(self, width: int) -> None:
                self.width = width

        def load() -> int:
            return 1
        """,
    "recipes/unrelated.py": "import os\n",
}
WARM_RUN = """
import json, os, sys
before = set(sys.modules)
from nemorun_lint.project import Request, check_project
from nemorun_lint.settings import SettingsFinder
report = check_project(Request(paths=(sys.argv[1],), finder=SettingsFinder(), jobs=1, environ=dict(os.environ)))
print(json.dumps({"codes": [found.code for found in report.diagnostics], "modules": sorted(set(sys.modules) - before)}))
"""
COMMAND = """
import json, sys
from nemorun_lint.__main__ import main
before = set(sys.modules)
sys.argv = ["nemorun-lint", *json.loads(sys.argv[1]), *sys.argv[2:]]
code = main()
print()
print(json.dumps({"codes": [str(code)], "modules": sorted(set(sys.modules) - before)}))
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    for name, text in FILES.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(line[8:] for line in text.splitlines()) if "\n  " in text else text, encoding="utf-8")
    return root


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """Every (kind, file name) that is lowered from source from here on."""
    done: list[tuple[str, str]] = []
    lower = Modules._lower

    def counting(self: Modules, contents: modules_room.Contents, kind: str) -> ModuleRecord:
        done.append((kind, os.path.basename(contents.path)))
        return lower(self, contents, kind)

    monkeypatch.setattr(Modules, "_lower", counting)
    return done


def environment(tmp_path: Path) -> dict[str, str]:
    return {"NEMORUN_LINT_CACHE_DIR": str(tmp_path / "store"), "PATH": os.environ.get("PATH", "")}


def run(project: Path, environ: Mapping[str, str], jobs: int = 1, *, use_store: bool = True) -> Report:
    finder = SettingsFinder()
    return check_project(Request(paths=(str(project),), finder=finder, jobs=jobs, environ=environ, use_store=use_store))


def of_project(parsed: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Leave out the stubs of the standard library."""
    return [(kind, name) for kind, name in parsed if f"recipes/{name}" in FILES]


def warm_modules(project: Path, tmp_path: Path, *arguments: str) -> dict[str, list[str]]:
    """Check in a fresh process whose store is filled, and return what it found and imported."""
    environ = environment(tmp_path)
    run(project, environ)
    command = [sys.executable, *arguments, str(project)]
    environ["PYTHONPATH"] = str(REPOSITORY)
    done = subprocess.run(command, capture_output=True, text=True, env=environ, check=False)
    assert done.returncode == 0, done.stderr
    answer: dict[str, list[str]] = json.loads(done.stdout.splitlines()[-1])
    return answer


def tops(modules: list[str]) -> set[str]:
    return {name.partition(".")[0] for name in modules}


def test_a_file_that_does_not_mention_the_api_is_not_parsed(project: Path, tmp_path: Path, parsed: list) -> None:
    report = run(project, environment(tmp_path))
    assert "unrelated.py" not in [name for _, name in parsed]
    assert (report.files_seen, report.files_checked) == (5, 2)


def test_a_cold_run_parses_each_file_once(project: Path, tmp_path: Path, parsed: list) -> None:
    run(project, environment(tmp_path))
    assert sorted(of_project(parsed)) == [("full", "model.py"), ("full", "train.py"), ("interface", "parts.py")]
    assert len(parsed) == len(set(parsed))


def test_a_run_without_a_store_parses_each_file_once(project: Path, tmp_path: Path, parsed: list) -> None:
    run(project, environment(tmp_path), use_store=False)
    assert len(of_project(parsed)) == 3
    assert not (tmp_path / "store").exists()


def test_a_warm_run_parses_nothing_and_finds_the_same(project: Path, tmp_path: Path, parsed: list) -> None:
    cold = run(project, environment(tmp_path))
    parsed.clear()
    warm = run(project, environment(tmp_path))
    assert parsed == []
    assert warm == cold
    assert {found.code for found in warm.diagnostics} >= {"NR101", "NR205"}


def test_after_an_edit_only_the_edited_file_is_parsed(project: Path, tmp_path: Path, parsed: list) -> None:
    run(project, environment(tmp_path))
    parsed.clear()
    path = project / "recipes" / "train.py"
    path.write_text(path.read_text(encoding="utf-8") + "\n# edited\n", encoding="utf-8")
    run(project, environment(tmp_path))
    assert parsed == [("full", "train.py")]


def test_the_counters_of_modules_tell_the_same(project: Path, tmp_path: Path) -> None:
    from nemorun_lint.linter import check_file

    def counters() -> tuple[int, int]:
        modules = Modules([project], store=Store(tmp_path / "store"), stdlib=False)
        for name in ("model.py", "train.py"):
            check_file(modules, str(project / "recipes" / name), Settings(directory=project))
        return modules.parsed_full, modules.parsed_interface

    assert counters() == (2, 1)
    assert counters() == (0, 0)


@pytest.mark.parametrize("use_store", [True, False])
def test_two_jobs_find_the_same_as_one(tmp_path: Path, use_store: bool) -> None:
    root = tmp_path / "many"
    root.mkdir()
    for number in range(40):
        body = "    if x:\n        pass\n" if number % 3 == 0 else ""
        text = f"import nemo_run as run\n\n\n@run.autoconvert\ndef f(x={number}):\n{body}    return dict(a=x)\n"
        (root / f"recipe_{number}.py").write_text(text, encoding="utf-8")
    environ = environment(tmp_path)
    one = run(root, environ, 1, use_store=False)
    two = run(root, environ, 2, use_store=use_store)
    assert two == one
    assert sum(found.code == "NR101" for found in one.diagnostics) == 14


def test_a_warm_run_imports_no_parser_and_no_command_line(project: Path, tmp_path: Path) -> None:
    answer = warm_modules(project, tmp_path, "-c", WARM_RUN)
    assert "NR101" in answer["codes"]
    assert tops(answer["modules"]) & (PARSERS | COMMAND_LINE) == set()
    # Neither a pool of processes is started.
    assert tops(answer["modules"]) & {"multiprocessing", "concurrent"} == set()


def test_a_warm_check_from_the_command_line_needs_click_alone(project: Path, tmp_path: Path) -> None:
    answer = warm_modules(project, tmp_path, "-c", COMMAND, json.dumps(["check", "--jobs", "1"]))
    assert answer["codes"] == ["1"]
    assert tops(answer["modules"]) & (PARSERS | COMMAND_LINE) == {"click"}


def test_the_version_needs_nothing(project: Path, tmp_path: Path) -> None:
    version = COMMAND.replace("*sys.argv[2:]", "'--version'")
    answer = warm_modules(project, tmp_path, "-c", version, "[]")
    assert tops(answer["modules"]) & (PARSERS | COMMAND_LINE | {"msgspec", "flake8"}) == set()
