"""Projects: which files are found, what happens to those that cannot be read, and the worker processes."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
import types
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nemorun_lint import workers
from nemorun_lint.diagnostic import Diagnostic, Severity
from nemorun_lint.environment import EnvironmentProblemError
from nemorun_lint.project import Report, Request, check_project, read, with_target
from nemorun_lint.settings import Settings, SettingsError, SettingsFinder
from nemorun_lint.walk import Walk, walk

API = "import nemo_run as run\n"
AS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0


def tree(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "project"
    (root / ".git").mkdir(parents=True)
    monkeypatch.chdir(root)
    return root


def walked(*paths: str, **overrides: Any) -> Walk:
    return walk(paths or (".",), SettingsFinder(overrides=overrides))


def names(*paths: str, **overrides: Any) -> list[str]:
    found = walked(*paths, **overrides)
    assert not found.errors
    return [file.path.replace(os.sep, "/") for file in found.files]


# -- files that are not found


def test_other_files_and_the_usual_directories_are_passed_over(project: Path) -> None:
    usual = (".venv", "venv", "build", "node_modules", "a/__pycache__", "x.egg-info", "lib/site-packages", ".tox")
    tree(project, {f"{directory}/a.py": API for directory in usual})
    tree(project, {"a.pyi": API, "a.txt": API, "script": API, "b.py/c.py": API, "d.py": API})
    assert names() == ["b.py/c.py", "d.py"]


def test_exclude_is_relative_to_the_settings(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tree(project, dict.fromkeys(("a/gen/x.py", "gen/x.py", "old/x.py", "old/keep.py", "y_pb2.py", "z.py"), API))
    patterns = ["/gen", "old/x.py", "*_pb2.py"]
    (project / "nemorun-lint.toml").write_text(f"extend-exclude = {patterns}\n", encoding="utf-8")
    assert names() == ["a/gen/x.py", "old/keep.py", "z.py"]
    monkeypatch.chdir(project / "a")
    assert names("..") == ["../a/gen/x.py", "../old/keep.py", "../z.py"]
    assert names("../gen") == ["../gen/x.py"]


def test_exclude_replaces_the_usual_ones(project: Path) -> None:
    tree(project, {"build/a.py": API, "b/a.py": API})
    assert names(exclude=["b"]) == ["build/a.py"]


def test_nested_settings_have_their_own_excludes(project: Path) -> None:
    tree(project, {"one/gen/a.py": API, "two/gen/a.py": API, "one/nemorun-lint.toml": "extend-exclude = ['gen']\n"})
    found = walked()
    assert [file.path for file in found.files] == [os.path.join("two", "gen", "a.py")]


def test_named_files_are_checked_unless_forced(project: Path) -> None:
    tree(project, {".gitignore": "b.py\n", "build/a.py": API, "b.py": API, "script": API, "c.pyi": API})
    named = ["build/a.py", "b.py", "script", "c.pyi"]
    assert names(*named) == named
    assert names(*named, force_exclude=True) == named[1:]
    assert names("build") == ["build/a.py"]
    assert names("build", force_exclude=True) == []


def test_paths_that_cannot_be_walked_are_told(project: Path) -> None:
    tree(project, {"a.py": API})
    found = walked("none", "a.py", "nul\0")
    assert [error.partition(":")[0] for error in found.errors] == ["none", "nul\0"]
    assert [file.path for file in found.files] == ["a.py"]


@pytest.mark.skipif(AS_ROOT or os.name == "nt", reason="nothing is unreadable")
def test_unreadable_directory_is_told(project: Path) -> None:
    tree(project, {"secret/a.py": API, "b.py": API})
    (project / "secret").chmod(0)
    try:
        found = walked()
    finally:
        (project / "secret").chmod(0o755)
    assert found.errors == ("secret: Permission denied",)
    assert [file.path for file in found.files] == ["b.py"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names")
def test_what_is_no_regular_file(project: Path) -> None:
    os.mkfifo(project / "pipe.py")
    (project / "broken.py").symlink_to("none")
    assert names() == []
    assert walked("pipe.py").errors == ("pipe.py: Not a file or directory",)


def test_links(project: Path) -> None:
    tree(project, {"a/real.py": API, "b/other.py": API})
    (project / "a" / "loop").symlink_to("..")
    (project / "a" / "again.py").symlink_to("real.py")
    (project / "linked").symlink_to("b")
    outside = tree(project.parent / "outside", {"far.py": API})
    (project / "one.py").symlink_to(outside / "far.py")
    (project / "two.py").symlink_to(outside / "far.py")
    (project / "self.py").symlink_to("self.py")
    assert names() == ["a/real.py", "b/other.py", "one.py"]
    assert names("linked") == ["linked/other.py"]
    assert names("a/again.py", "a", "a/real.py") == ["a/again.py"]


def test_order_and_names_as_shown(project: Path) -> None:
    tree(project, dict.fromkeys(("b.py", "a/z.py", "a.py", "c/d/e.py"), API))
    assert names() == ["a/z.py", "a.py", "b.py", "c/d/e.py"]
    assert names("./c/", "./b.py", ".", "b.py") == ["c/d/e.py", "b.py", "a/z.py", "a.py"]
    assert names(str(project / "c")) == [(project / "c/d/e.py").as_posix()]


# -- .gitignore


def test_gitignore_can_be_switched_off(project: Path) -> None:
    tree(project, {".gitignore": "a.py\n", "a.py": API})
    assert names() == []
    assert names(respect_gitignore=False) == ["a.py"]


def test_gitignore_above_the_repository_does_not_count(project: Path) -> None:
    tree(project.parent, {".gitignore": "*.py\n"})
    tree(project, {"a.py": API, "sub/.git/config": "", "sub/b.py": API, ".gitignore": "sub/*.py\n"})
    assert names() == ["a.py", "sub/b.py"]


def test_gitignore_above_the_named_directory_counts(project: Path) -> None:
    tree(project, {".gitignore": "gen_*.py\n/out\n", "a/b/gen_x.py": API, "a/b/x.py": API, "out/y.py": API})
    assert names("a/b") == ["a/b/x.py"]
    assert names("out") == ["out/y.py"]


def test_gitignore_without_a_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tree(tmp_path / "x", {".gitignore": "a.py\n", "a.py": API, "b/a.py": API, "b/c.py": API}))
    assert names() == ["b/c.py"]
    assert names("b") == ["b/c.py"]


def test_bad_lines_of_a_gitignore_are_passed_over(project: Path) -> None:
    tree(project, {"a.py": API, "b.py": API})
    (project / ".gitignore").write_bytes(b"\xef\xbb\xbfa.py\r\n!\n/\n[\nx\\\n\xff\n")
    assert names() == ["b.py"]


IGNORES = {
    "white list": {".gitignore": "*\n!*/\n!*.py\n/b/*.py\n"},
    "taken back": {".gitignore": "*.py\n!keep.py\n"},
    "below an ignored directory nothing comes back": {".gitignore": "a/\n!a/keep.py\n"},
    "deeper files win": {".gitignore": "*.py\n", "a/.gitignore": "!*.py\n", "a/c/.gitignore": "keep.py\n"},
    "anchored": {".gitignore": "/keep.py\na/c\n", "a/.gitignore": "/x.py\n"},
    "stars": {".gitignore": "**/c/*.py\na/**/x.py\n"},
    "directories only": {".gitignore": "c/\nx.py/\n"},
    "classes, spaces and escapes": {".gitignore": "[kx]*.py  \n\\#*\n# keep.py\nfoo bar\\ \n"},
    "info": {".git/info/exclude": "keep.py\n", ".gitignore": "!a/keep.py\n"},
    "question marks": {".gitignore": "?.py\n!a/c/?.py\n"},
    "contents taken back": {".gitignore": "a/*\n!a/c/\n"},
}
FILES = [f"{directory}{name}" for directory in ("", "a/", "a/c/", "b/") for name in ("keep.py", "x.py", "y1.py")]


def git_files(root: Path) -> list[str]:
    command = ["git", "-c", "core.excludesFile=", "ls-files", "-o", "--exclude-standard", "--", "*.py"]
    found = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    return sorted(found.stdout.splitlines())


@pytest.mark.skipif(shutil.which("git") is None, reason="git is the judge")
@pytest.mark.parametrize("ignores", IGNORES.values(), ids=IGNORES)
def test_gitignore_means_what_git_says(project: Path, ignores: dict[str, str]) -> None:
    subprocess.run(["git", "init", "-q"], cwd=project, check=True)
    tree(project, dict.fromkeys(FILES, API) | ignores)
    assert sorted(names()) == git_files(project)


LINES = st.builds(
    "".join,
    st.tuples(
        st.sampled_from(["", "!", "/", "!/"]),
        st.sampled_from(["a", "*", "**", "c", "b*", "a/c", "**/c", "a/*"]),
        st.sampled_from(["", "/", "/*", "/*.py", "/x.py", "/**", "/**/x.py"]),
    ),
)


@pytest.mark.skipif(shutil.which("git") is None, reason="git is the judge")
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(LINES, max_size=4), st.lists(LINES, max_size=2))
def test_any_gitignore_means_what_git_says(project: Path, top: list[str], below: list[str]) -> None:
    if not (project / ".git" / "HEAD").exists():
        subprocess.run(["git", "init", "-q"], cwd=project, check=True)
        tree(project, dict.fromkeys(FILES, API))
    tree(project, {".gitignore": "\n".join(top), "a/.gitignore": "\n".join(below)})
    assert sorted(names()) == git_files(project)


# -- a run


class Covered(NamedTuple):
    """Stands for the linter's Coverage."""

    functions: int = 0

    def __add__(self, other: Covered) -> Covered:  # type: ignore[override]
        return Covered(self.functions + other.functions)


class Outcome(NamedTuple):
    """Stands for the linter's FileResult."""

    diagnostics: Sequence[Diagnostic]
    coverage: Covered


def finding(path: str, message: str = "found") -> Diagnostic:
    return Diagnostic("NR201", "discarded-call", message, path, 1, 1, 1, 2, 0, 1, Severity.ERROR)


def check_file(modules: Any, path: str, settings: Settings, **options: Any) -> Outcome:
    """Stands for the linter: does what the file's name says, and counts each file as a parse."""
    name = os.path.basename(path)
    if name.startswith("raises"):
        raise ValueError("a bug")
    if name.startswith("dies"):
        os._exit(3)
    modules.parsed_full += 1
    return Outcome([finding(path, f"{settings.target_nemo_run} {name}")], Covered(1))


@pytest.fixture
def linter(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    fake = types.ModuleType("nemorun_lint.linter")
    vars(fake).update(
        check_file=check_file, Coverage=Covered, FileResult=Outcome, collection_paused=contextlib.nullcontext
    )
    monkeypatch.setitem(sys.modules, "nemorun_lint.linter", fake)
    monkeypatch.setenv("NEMORUN_LINT_CACHE_DIR", str(tmp_path / "store"))


def checked(*paths: str, **values: Any) -> Report:
    values.setdefault("finder", SettingsFinder())
    return check_project(Request(**{"paths": paths or (".",), **values}))


pytest_linter = pytest.mark.usefixtures("linter")


@pytest_linter
def test_nothing_to_check(project: Path) -> None:
    tree(project, {"a.py": "import os\n", "b.py": "my_nemo_run_x = 1\n"})
    report = checked()
    assert (report.diagnostics, report.files_seen, report.files_checked, report.errors) == ((), 2, 0, ())


@pytest_linter
def test_unusable_settings_or_environment_end_the_run(project: Path) -> None:
    tree(project, {"a.py": "", "sub/nemorun-lint.toml": "jobs = 'x'\n"})
    with pytest.raises(EnvironmentProblemError):
        checked("a.py", python="/none")
    with pytest.raises(SettingsError, match="'jobs'"):
        checked()


@pytest_linter
def test_errors_of_a_file_do_not_end_the_run(project: Path) -> None:
    tree(project, {"b.py": API, "raises.py": API, "z.py": API})
    report = checked("none.py", ".")
    assert [(d.code, d.filename) for d in report.diagnostics] == [
        ("NR201", "b.py"),
        ("NR999", "raises.py"),
        ("NR201", "z.py"),
    ]
    assert "ValueError: a bug" in report.diagnostics[1].message
    assert report.errors == ("none.py: No such file or directory",)


@pytest_linter
@pytest.mark.skipif(AS_ROOT or os.name == "nt", reason="nothing is unreadable")
def test_unreadable_file(project: Path) -> None:
    tree(project, {"a.py": API})
    (project / "a.py").chmod(0)
    (found,) = checked().diagnostics
    assert (found.code, found.message) == ("NR998", "the file cannot be read: Permission denied")
    assert not checked(finder=SettingsFinder(overrides={"ignore": ["NR998"]})).diagnostics


@pytest_linter
def test_file_that_vanishes(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tree(project, {"a.py": API})

    def vanished(path: str) -> bytes:
        raise FileNotFoundError(2, "No such file or directory", path)

    monkeypatch.setattr("nemorun_lint.project.read", vanished)
    assert [(d.code, d.message) for d in checked().diagnostics] == [
        ("NR998", "the file cannot be read: No such file or directory")
    ]


@pytest_linter
def test_overlays_stand_for_files(project: Path) -> None:
    tree(project, {"a.py": "", "b.py": API})
    report = checked(overlays={"./a.py": API, "b.py": "", "<stdin>": API}, paths=("<stdin>", "."))
    assert [d.filename for d in report.diagnostics] == ["<stdin>", "a.py"]
    forced = SettingsFinder(overrides={"force_exclude": True})
    assert checked(overlays={"build/x.py": API}, paths=("build/x.py",), finder=forced).files_seen == 0


@pytest_linter
def test_progress_and_sum(project: Path) -> None:
    tree(project, {f"{number}.py": API for number in range(5)})
    steps: list[tuple[int, int]] = []
    report = check_project(Request(paths=(".",), finder=SettingsFinder()), lambda *step: steps.append(step))
    assert steps == [(number, 5) for number in range(1, 6)]
    assert (report.coverage.functions, report.files_checked) == (5, 5)


@pytest_linter
def test_target_is_the_installed_version(project: Path) -> None:
    tree(project, {"a.py": API, ".venv/pyvenv.cfg": "version = 3.11.1\n"})
    (project / ".venv/lib/python3.11/site-packages/nemo_run-0.12.0.dist-info").mkdir(parents=True)
    assert [d.message for d in checked(environ={}).diagnostics] == ["0.12.0 a.py"]
    own = SettingsFinder(overrides={"target_nemo_run": "0.10"})
    assert [d.message for d in checked(environ={}, finder=own).diagnostics] == ["0.10 a.py"]


def test_target_stays_auto_where_nothing_is_installed(project: Path) -> None:
    from nemorun_lint.environment import choose

    unset = Settings(directory=project)
    assert with_target(unset, choose(None, project_root=project, environ={})) is unset


def test_read_takes_whole_files_of_any_size(tmp_path: Path) -> None:
    for size in (0, 1, 3 << 20):
        (tmp_path / "a").write_bytes(b"x" * size)
        assert len(read(str(tmp_path / "a"))) == size
    if os.path.exists("/proc/self/status"):
        assert read("/proc/self/status").startswith(b"Name:")


# -- workers


@pytest_linter
@pytest.mark.skipif(sys.platform != "linux", reason="the stand-in reaches a worker by fork only")
@pytest.mark.parametrize("jobs", [1, 2, 5])
def test_workers_give_the_same_as_one_process(project: Path, jobs: int) -> None:
    tree(project, {f"{number:02}.py": API for number in range(60)} | {"raises.py": API})
    assert checked(jobs=jobs) == checked(jobs=1)


@pytest_linter
@pytest.mark.skipif(sys.platform != "linux", reason="the stand-in reaches a worker by fork only")
def test_a_worker_that_dies_costs_one_file(project: Path) -> None:
    tree(
        project,
        {f"{number:02}.py": API for number in range(40)} | {"20dies.py": API, "dies_a.py": API, "dies_b.py": API},
    )
    report = checked(jobs=2)
    crashed = [d for d in report.diagnostics if d.code == "NR999"]
    assert [d.filename for d in crashed] == ["dies_a.py", "dies_b.py"]
    assert "exit code 3" in crashed[0].message
    assert len(report.diagnostics) == 43


def square(number: int) -> int:
    if number == 13:
        os._exit(1)
    return number * number


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_every_item_is_answered_once(monkeypatch: pytest.MonkeyPatch, method: str) -> None:
    if method == "fork" and sys.platform != "linux":
        pytest.skip("fork is for Linux")
    monkeypatch.setattr(workers, "_start_method", lambda: method)
    with closing(workers.run(square, range(20), 3)) as results:
        answers = dict(results)
    assert answers == {number: number * number for number in range(20)} | {13: workers.Crash(1)}


def sleepy(number: int) -> int:
    time.sleep(60 if number else 0)
    return os.getpid()


def is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.skipif(os.name == "nt", reason="signals of Unix")
def test_closing_ends_the_workers_at_once() -> None:
    with closing(workers.run(sleepy, range(2), 2)) as results:
        _, process = next(results)
        assert isinstance(process, int)
    assert not is_running(process)


INTERRUPTED = """
import os, sys, time
from contextlib import closing
from nemorun_lint import workers

def work(number):
    time.sleep(60 if number > 1 else 0)
    return os.getpid()

try:
    with closing(workers.run(work, range(8), 2)) as results:
        for _, process in results:
            print(process, flush=True)
except KeyboardInterrupt:
    sys.exit(130)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the work reaches a worker by fork only")
def test_ctrl_c_ends_all_at_once() -> None:
    program = [sys.executable, "-c", INTERRUPTED]
    with subprocess.Popen(
        program, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as run:
        assert run.stdout
        process = int(run.stdout.readline())
        os.killpg(run.pid, signal.SIGINT)
        _, errors = run.communicate(timeout=20)
    assert (run.returncode, errors) == (130, "")
    assert not is_running(process)
