"""Nothing of a checked project is imported or run: traps that would leave a trace lie wherever Python might look."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from tests.pages import ROOT

RECIPE = """\
import nemo_run as run
from helpers import Model, make
from raising import Other
import plugin_of_a_team


@run.autoconvert
def recipe() -> run.Config[Model]:
    print("sizes")
    return Model(make(), Other(), [i for i in range(3)])
"""
SETTINGS = """\
[build-system]
build-backend = "backend"
[tool.nemorun-lint]
python = ".venv/bin/python"
"""
TRAP = "open({trace!r}, 'a').write(__file__ + '\\n')\n"
FINDER = TRAP + "import sys\nclass Finder:\n    def find_spec(self, *_): {again}\nsys.meta_path.insert(0, Finder())\n"
SHADOWS = "astroid click fiddle flake8 libcst msgspec nemo_run pathspec platformdirs rich typeshed_client".split()
STARTS = "conftest noxfile setup sitecustomize tasks usercustomize".split()
# What the console scripts do; `python -m` puts the working directory on the path before any of our code runs.
SCRIPT = "import sys\nfrom {module} import main\nsys.exit(main())\n"
ENTRY = "nemorun_lint.frontends.flake8_plugin:Plugin"
LOCAL_PLUGIN = f"[flake8:local-plugins]\nextension =\n    NR = {ENTRY}\n"
IS_INSTALLED = any(point.value == ENTRY for point in entry_points(group="flake8.extension"))


@pytest.fixture
def trace(tmp_path: Path) -> Path:
    return tmp_path / "trace"


@pytest.fixture
def project(tmp_path: Path, trace: Path) -> Path:
    """A project full of traps, with a recipe in which there is something to find."""
    trap = TRAP.format(trace=str(trace))
    files = {
        "recipe.py": RECIPE,
        "helpers.py": f"{trap}class Model: ...\ndef make(): return 1\n",
        "raising/__init__.py": f"{trap}class Other: ...\nraise SystemExit('imported')\n",
        "plugin_of_a_team.py": FINDER.format(trace=str(trace), again=trap.strip()),
        "pyproject.toml": SETTINGS,
        "backend.py": trap,
        **{f"{name}/__init__.py": trap for name in SHADOWS},
        **{f"{name}.py": trap for name in STARTS},
        **_environment(trap),
    }
    root = _write(tmp_path / "project", files)
    interpreter = root / ".venv" / "bin" / "python"
    interpreter.write_text(f"#!/bin/sh\necho interpreter >> {trace}\n", encoding="utf-8")
    interpreter.chmod(0o755)
    return root


def _environment(trap: str) -> Mapping[str, str]:
    """The files of a virtual environment that is as hostile."""
    site = f".venv/lib/python{sys.version_info[0]}.{sys.version_info[1]}/site-packages"
    line = trap.strip().replace("__file__", "'pth'")
    return {
        ".venv/pyvenv.cfg": "version = 3.11.0\n",
        ".venv/bin/activate": "",
        f"{site}/evil.pth": f"import sys; {line}\n",
        f"{site}/__editable___team_finder.py": f"{trap}MAPPING = {{'team': '/nowhere'}}\n",
        f"{site}/fiddle/__init__.py": trap,
        f"{site}/libcst.py": trap,
        f"{site}/sitecustomize.py": trap,
        f"{site}/usercustomize.py": trap,
    }


def _write(root: Path, files: Mapping[str, str]) -> Path:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


def _script(folder: Path, module: str) -> list[str]:
    """Return how to run a console script of `module`, which has its own directory on the path, not the working one."""
    path = _write(folder, {f"run_{module.partition('.')[0]}.py": SCRIPT.format(module=module)})
    return [sys.executable, str(path / f"run_{module.partition('.')[0]}.py")]


def _run(root: Path, command: list[str], **extra: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name not in {"VIRTUAL_ENV", "CONDA_PREFIX"}}
    environment |= {"PYTHONPATH": str(ROOT), "NEMORUN_LINT_CACHE_DIR": str(root.parent / "cache"), **extra}
    done = subprocess.run(
        command, cwd=root, env=environment, input=RECIPE, capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert "Traceback" not in done.stderr
    return done


def test_the_traps_work(project: Path, trace: Path) -> None:
    _run(project, [sys.executable, "-c", "import sys; sys.path.insert(0, ''); import helpers, fiddle"])
    assert [Path(line).parent.name for line in trace.read_text().splitlines()] == ["project", "fiddle"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", ".", "--no-cache"),
        ("check", "recipe.py", "--fix", "--unsafe-fixes", "--output-format", "full"),
        ("check", ".", "--jobs", "2", "--exclude", "nothing", "--show-unknown"),
        ("check", "-", "--stdin-filename", "recipe.py"),
        ("env",),
        ("rule", "NR201"),
    ],
    ids=lambda arguments: " ".join(arguments),
)
def test_the_command_runs_nothing(project: Path, trace: Path, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    done = _run(project, [*_script(tmp_path / "bin", "nemorun_lint.__main__"), *arguments])
    assert not trace.exists(), trace.read_text()
    assert done.returncode == (1 if arguments[0] == "check" else 0), done.stderr
    if arguments[0] == "check":
        assert "NR201" in done.stdout and "NR103" in done.stdout


def test_nor_does_the_module_where_python_has_put_the_project_first(project: Path, trace: Path) -> None:
    done = _run(project, [sys.executable, "-m", "nemorun_lint", "check", ".", "--no-cache"])
    assert not trace.exists(), trace.read_text()
    assert done.returncode == 1 and "NR103" in done.stdout


def test_a_package_with_our_name_in_the_project_is_not_ours(project: Path, trace: Path, tmp_path: Path) -> None:
    trap = TRAP.format(trace=str(trace))
    _write(project, {"nemorun_lint/__init__.py": trap, "nemorun_lint/__main__.py": trap})
    done = _run(project, [*_script(tmp_path / "bin", "nemorun_lint.__main__"), "check", "."])
    assert not trace.exists(), trace.read_text()
    assert "NR103" in done.stdout


def test_an_environment_that_is_active_is_only_read(project: Path, trace: Path, tmp_path: Path) -> None:
    (project / "pyproject.toml").write_text("")
    command = [*_script(tmp_path / "bin", "nemorun_lint.__main__"), "env"]
    for name in ("VIRTUAL_ENV", "CONDA_PREFIX"):
        done = _run(project, command, **{name: str(project / ".venv")})
        assert "team: " in done.stdout
    assert not trace.exists(), trace.read_text()


@pytest.mark.parametrize("arguments", [(".",), ("-j2", "recipe.py", "helpers.py"), ("-", "--stdin-display-name=a.py")])
def test_flake8_runs_nothing(project: Path, trace: Path, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    script = _script(tmp_path / "bin", "flake8.main.cli")
    done = _run(project, [*script, *_with_plugin(tmp_path), "--select", "NR", *arguments])
    assert not trace.exists(), trace.read_text()
    assert done.returncode == 1 and "NR103" in done.stdout


def test_nor_does_the_plugin_where_python_has_put_the_project_first(project: Path, trace: Path, tmp_path: Path) -> None:
    shutil.rmtree(project / "flake8")
    done = _run(project, [sys.executable, "-m", "flake8", *_with_plugin(tmp_path), "--select", "NR", "recipe.py"])
    assert not trace.exists(), trace.read_text()
    assert done.returncode == 1 and "NR103" in done.stdout


def _with_plugin(tmp_path: Path) -> list[str]:
    """Return the options that load the plugin also where it is not installed."""
    if IS_INSTALLED:
        return []
    return ["--append-config", str(_write(tmp_path / "settings", {"plugin.cfg": LOCAL_PLUGIN}) / "plugin.cfg")]
