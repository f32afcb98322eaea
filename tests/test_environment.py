"""The environment of the checked project: the order of choice, and hostile files that must stay unread or unrun."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import pytest

from nemorun_lint.environment import Environment, EnvironmentProblemError, choose
from nemorun_lint.environment_files import editable_modules, read_prefix

TRACE = "import pathlib; pathlib.Path({path!r}).touch()\n"


def make_venv(
    directory: Path, *, version: str = "3.11", nemo_run: str | None = None, system: str = "false", home: str = "/none"
) -> Path:
    """Make what a venv is on the disk, without a Python in it; return its site-packages."""
    site = directory / "lib" / f"python{version}" / "site-packages"
    site.mkdir(parents=True)
    (directory / "bin").mkdir()
    (directory / "bin" / "python").touch()
    text = f"home = {home}\ninclude-system-site-packages = {system}\nversion = {version}.7\n"
    (directory / "pyvenv.cfg").write_text(text, encoding="utf-8")
    if nemo_run:
        install(site, nemo_run)
    return site


def install(site: Path, version: str) -> None:
    (site / "nemo_run").mkdir()
    information = site / f"nemo_run-{version}.dist-info"
    information.mkdir()
    (information / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: nemo_run\nVersion: {version}\n", encoding="utf-8"
    )


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    (root / ".git").mkdir(parents=True)
    return root


def chosen(project: Path, python: str | None = None, **values: object) -> Environment:
    values = {"environ": {}, "own_prefix": "/linter", **values}
    return choose(python, project_root=project, **values)  # type: ignore[arg-type]


def test_none(project: Path) -> None:
    found = chosen(project)
    assert found.reason.startswith("none found")
    assert (found.search_paths, found.site_paths, found.interpreter) == ((project,), (), None)
    assert [line.rpartition(": ")[2] for line in found.considered] == ["no such directory"] * 2


BROKEN = {
    "missing": ("no/such/python", "does not exist"),
    "missing command": ("no-such-python-at-all", "no file or command 'no-such-python-at-all'"),
    "directory without packages": ("empty", "no site-packages in it"),
    "no program": ("text", "cannot be run"),
    "no Python": ("/bin/true", "does not answer as Python"),
}


@pytest.mark.parametrize(("name", "message"), BROKEN.values(), ids=BROKEN)
@pytest.mark.skipif(os.name == "nt", reason="programs of Unix")
def test_named_interpreters_that_cannot_be_used(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    (tmp_path / "text").write_text("hello", encoding="utf-8")
    with pytest.raises(EnvironmentProblemError, match=message) as caught:
        chosen(project, name)
    assert str(caught.value).startswith("--python: ")


@pytest.mark.skipif(os.name == "nt", reason="needs a script")
def test_an_interpreter_that_the_project_names_is_never_run(project: Path, tmp_path: Path) -> None:
    program = tmp_path / "tool" / "bin" / "python"
    program.parent.mkdir(parents=True)
    program.write_text(f"#!/bin/sh\ntouch {tmp_path}/trace\n", encoding="utf-8")
    program.chmod(0o755)
    with pytest.raises(EnvironmentProblemError, match="the setting 'python': no site-packages beside"):
        chosen(project, setting=str(program))
    make_venv(tmp_path / "env")
    (tmp_path / "env/bin/python").write_text(f"#!/bin/sh\ntouch {tmp_path}/trace\n", encoding="utf-8")
    (tmp_path / "env/bin/python").chmod(0o755)
    for named in ({"python": str(tmp_path / "env/bin/python")}, {"setting": str(tmp_path / "env/bin/python")}):
        assert chosen(project, **named).python_version == (3, 11)
    assert not (tmp_path / "trace").exists()


@pytest.mark.skipif(os.name == "nt", reason="needs a script")
def test_an_interpreter_that_is_silent_for_too_long(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nemorun_lint.environment._PATIENCE_SECONDS", 0.1)
    program = tmp_path / "python"
    program.write_text("#!/bin/sh\nexec sleep 20\n", encoding="utf-8")
    program.chmod(0o755)
    with pytest.raises(EnvironmentProblemError, match="gave no answer"):
        chosen(project, str(program))


def test_nothing_in_the_environment_is_run(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trace = tmp_path / "trace"
    hostile = TRACE.format(path=str(trace))
    site = make_venv(project / ".venv", nemo_run="0.11.1")
    (site / "evil.pth").write_text(hostile + f"import sys;{hostile}", encoding="utf-8")
    for name in (
        "sitecustomize.py",
        "usercustomize.py",
        "sysconfig.py",
        "nemo_run/__init__.py",
        "__editable___evil_finder.py",
    ):
        (site / name).write_text(hostile + "MAPPING: dict[str, str] = {'evil': '/evil'}\n", encoding="utf-8")
        (tmp_path / Path(name).name).write_text(hostile, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert chosen(project).editable == (("evil", os.path.normpath("/evil")),)
    base = str(Path(sys.base_prefix, "bin", "python3")) if os.name != "nt" else sys.executable
    assert chosen(project, base).python_version == sys.version_info[:2]
    assert not trace.exists()


def test_order_of_choice(project: Path, tmp_path: Path) -> None:
    for name in ("named", "set", "active", "conda"):
        make_venv(tmp_path / name)
    environ = {"VIRTUAL_ENV": str(tmp_path / "active"), "CONDA_PREFIX": str(tmp_path / "conda")}

    def site(**values: object) -> str:
        found = chosen(project, environ=environ, **values)  # type: ignore[arg-type]
        return found.site_paths[0].relative_to(tmp_path).as_posix().partition("/lib/")[0]

    assert site() == "active"
    make_venv(project / "venv")
    assert site() == "project/venv"
    make_venv(project / ".venv")
    assert site() == "project/.venv"
    assert site(setting=str(tmp_path / "set")) == "set"
    assert site(setting=str(tmp_path / "set"), python=str(tmp_path / "named")) == "named"
    del environ["VIRTUAL_ENV"]
    assert chosen(tmp_path / "set", environ=environ).reason == f"CONDA_PREFIX ({tmp_path / 'conda'})"


def test_the_linters_own_environment_counts_only_with_nemo_run(project: Path, tmp_path: Path) -> None:
    site = make_venv(tmp_path / "hook")
    values: dict[str, Any] = {"environ": {"VIRTUAL_ENV": str(tmp_path / "hook")}, "own_prefix": str(tmp_path / "hook")}
    found = chosen(project, **values)
    assert not found.site_paths
    assert found.considered[-1].endswith("the linter's own environment, without nemo_run")
    install(site, "0.11.1")
    assert (chosen(project, **values).site_paths, chosen(project, **values).nemo_run_version) == ((site,), "0.11.1")


def test_broken_environments_are_passed_over(project: Path, tmp_path: Path) -> None:
    (project / ".venv").mkdir()
    (project / "venv" / "lib" / "python3.11" / "site-packages").mkdir(parents=True)
    found = chosen(project, environ={"VIRTUAL_ENV": str(tmp_path / "gone"), "CONDA_PREFIX": ""})
    assert not found.site_paths
    assert found.considered == (
        f"{project / '.venv'}: no site-packages in it",
        f"{project / 'venv'}: neither pyvenv.cfg nor conda-meta in it",
        f"VIRTUAL_ENV ({tmp_path / 'gone'}): no such directory",
    )


def test_environment_above_a_package_of_a_monorepo(project: Path) -> None:
    site = make_venv(project / ".venv")
    package = project / "packages" / "a"
    package.mkdir(parents=True)
    assert chosen(package).site_paths == (site,)


def test_environment_above_the_repository_is_not_ours(project: Path, tmp_path: Path) -> None:
    make_venv(tmp_path / ".venv")
    assert not chosen(project).site_paths


def test_first_party_paths(project: Path, tmp_path: Path) -> None:
    (project / "src").mkdir()
    found = chosen(project, search_paths=("lib", str(tmp_path)))
    assert found.search_paths == (project, project / "src", project / "lib", tmp_path)


def test_pth_files_as_text(project: Path, tmp_path: Path) -> None:
    site = make_venv(project / ".venv")
    for name in ("one", "two", "three"):
        (tmp_path / name).mkdir()
    (site / "local").mkdir()
    lines = f"# {tmp_path / 'two'}\n\n{tmp_path / 'one'}  \r\nlocal\nimport os\nimport\tos\n/no/such\nnul\0\n"
    lines += f"{tmp_path / 'one'}\n"
    (site / "a.pth").write_bytes(b"\xef\xbb\xbf" + lines.encode())
    (site / "__editable__.three-1.0.pth").write_text(f"{tmp_path / 'three'}", encoding="utf-8")
    (site / "z.pth").write_bytes(b"\xff\xfe\n")
    (site / "directory.pth").mkdir()
    (site / ".hidden.pth").write_text(f"{tmp_path / 'two'}\n", encoding="utf-8")
    assert chosen(project).site_paths == (site, tmp_path / "three", tmp_path / "one", site / "local")


FINDERS = {
    "annotated": ("import sys\nMAPPING: dict[str, str] = {'a': '/x/a', 'b.c': '/y'}\n", [("a", "/x/a"), ("b.c", "/y")]),
    "plain": ("MAPPING = {'a': '/x/a'}\nNAMESPACES = {}\n", [("a", "/x/a")]),
    "called": ("MAPPING = dict(a=open('/trace', 'w'))\n", []),
    "mixed": ("MAPPING = {'a': 1, 2: '/x', 'no name': '/x', 'b': '/b'}\n", [("b", "/b")]),
    "list": ("MAPPING = ['a']\n", []),
    "unhashable": ("MAPPING = {[]: 'a'}\n", []),
    "no Python": ("MAPPING = {\n", []),
    "nul": ("MAPPING = {'a': '/a'}\0\n", []),
    "deep": ("MAPPING = " + "(" * 5000 + ")" * 5000, []),
    "in a function": ("def f():\n    MAPPING = {'a': '/x'}\n", []),
}


@pytest.mark.parametrize(("text", "expected"), FINDERS.values(), ids=FINDERS)
def test_finders_of_editable_installs(tmp_path: Path, text: str, expected: list[tuple[str, str]]) -> None:
    (tmp_path / "__editable___pkg_1_0_finder.py").write_text(text, encoding="utf-8")
    assert list(editable_modules(str(tmp_path))) == [(name, os.path.normpath(path)) for name, path in expected]


def test_versions_as_text(project: Path) -> None:
    site = make_venv(project / ".venv")
    assert chosen(project).nemo_run_version is None
    (site / "nemo_run-0.12.0rc1.dist-info").mkdir()
    (site / "nemo_run_extra-9.dist-info").mkdir()
    (site / "Fiddle-0.3.0-py3.11.egg-info").mkdir()
    found = chosen(project)
    assert (found.nemo_run_version, found.fiddle_version) == ("0.12.0rc1", "0.3.0")


def test_system_packages_where_the_venv_includes_them(project: Path, tmp_path: Path) -> None:
    system = tmp_path / "base" / "lib" / "python3.12" / "site-packages"
    system.mkdir(parents=True)
    install(system, "0.10.0")
    home = str(tmp_path / "base" / "bin")
    site = make_venv(project / ".venv", version="3.12", system="true", home=home)
    assert (chosen(project).site_paths, chosen(project).nemo_run_version) == ((site, system), "0.10.0")


def test_layouts(tmp_path: Path) -> None:
    windows = tmp_path / "windows"
    (windows / "Lib" / "site-packages").mkdir(parents=True)
    (windows / "Scripts").mkdir()
    (windows / "Scripts" / "python.exe").touch()
    (windows / "pyvenv.cfg").write_text("HOME = C:\\Python\nversion_info = 3.13.0.final.0\n", encoding="utf-8")
    found = read_prefix(str(windows))
    assert found and found.python_version == (3, 13) and found.interpreter == str(windows / "Scripts" / "python.exe")
    conda = tmp_path / "conda"
    (conda / "lib" / "python3.10" / "site-packages").mkdir(parents=True)
    (conda / "lib" / "python3.1").mkdir()
    (conda / "conda-meta").mkdir()
    (conda / "conda-meta" / "python-3.10.4-h1.json").touch()
    found = read_prefix(str(conda))
    assert found and (found.python_version, len(found.site_directories)) == ((3, 10), 1)


def test_lib64_that_is_a_link_counts_once(project: Path) -> None:
    site = make_venv(project / ".venv")
    (project / ".venv" / "lib64").symlink_to("lib")
    assert chosen(project).site_paths == (site,)
