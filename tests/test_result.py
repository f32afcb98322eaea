"""Kept results: used while nothing changed, dropped when the file, its neighbours or the settings did."""

from __future__ import annotations

from pathlib import Path

import pytest

from nemorun_lint.link.modules import Modules
from nemorun_lint.linter import check_file
from nemorun_lint.settings import Settings
from nemorun_lint.store import Store

RECIPE = """import nemo_run as run
from helpers import make


@run.autoconvert
def recipe():
    return make()
"""
PLAIN = "class Thing:\n    pass\n\n\ndef make():\n    return Thing()\n"
BUILDER = "import nemo_run as run\n\n\nclass Thing:\n    pass\n\n\ndef make():\n    return run.Config(Thing)\n"


def codes(directory: Path, *, store: bool = True, **options: object) -> tuple[list[str], int]:
    """The codes that a new process would find, and how many modules it parsed."""
    modules = Modules([directory], store=Store(directory / "store" if store else None))
    settings = Settings(directory=directory, **options)  # type: ignore[arg-type]
    result = check_file(modules, str(directory / "recipe.py"), settings)
    return [d.code for d in result.diagnostics], modules.parsed_full + modules.parsed_interface


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "recipe.py").write_text(RECIPE)
    (tmp_path / "helpers.py").write_text(PLAIN)
    return tmp_path


def test_a_second_run_parses_nothing_and_finds_the_same(project: Path) -> None:
    (project / "helpers.py").write_text(BUILDER)
    first, parsed = codes(project)
    assert first == ["NR202"] and parsed >= 2
    assert codes(project) == (["NR202"], 0)


def test_a_changed_neighbour_changes_the_result(project: Path) -> None:
    assert codes(project)[0] == []
    (project / "helpers.py").write_text(BUILDER)
    assert codes(project)[0] == ["NR202"]


def test_a_neighbour_that_appears_or_goes_changes_the_result(project: Path) -> None:
    (project / "helpers.py").unlink()
    assert codes(project)[0] == []
    (project / "helpers.py").write_text(BUILDER)
    assert codes(project)[0] == ["NR202"]
    (project / "helpers.py").unlink()
    assert codes(project)[0] == []


def test_the_choice_of_codes_is_made_on_kept_results(project: Path) -> None:
    (project / "helpers.py").write_text(BUILDER)
    assert codes(project)[0] == ["NR202"]
    assert codes(project, ignore=("NR2",)) == ([], 0)


def test_comments_are_honoured_on_kept_results(project: Path) -> None:
    (project / "helpers.py").write_text(BUILDER)
    (project / "recipe.py").write_text(RECIPE.replace("return make()", "return make()  # noqa: NR202, NR201"))
    assert codes(project)[0] == ["NR997"]
    assert codes(project)[0] == ["NR997"]


def test_aliases_are_part_of_the_key(project: Path) -> None:
    (project / "recipe.py").write_text(
        "from wrap import auto\n\n\n@auto\ndef recipe():\n    print(1)\n    return set()\n"
    )
    assert codes(project)[0] == []
    assert codes(project, api_aliases=(("wrap.auto", "nemo_run.autoconvert"),))[0] == ["NR201"]


def test_the_path_is_that_of_the_run(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (project / "helpers.py").write_text(BUILDER)
    codes(project)
    monkeypatch.chdir(project)
    modules = Modules([project], store=Store(project / "store"))
    (found,) = check_file(modules, "recipe.py", Settings(directory=project)).diagnostics
    assert found.filename == "recipe.py" and modules.parsed_full == 0


def test_a_damaged_result_is_a_miss(project: Path) -> None:
    (project / "helpers.py").write_text(BUILDER)
    codes(project)
    for entry in (project / "store").glob("??/*"):
        entry.write_bytes(b"garbage")
    assert codes(project)[0] == ["NR202"]
