"""The flake8 plugin: says what `check` says, where `check` says it, and costs nothing where there is nothing to say."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from importlib.metadata import entry_points
from pathlib import Path
from typing import NamedTuple

import pytest

from nemorun_lint import settings as our_settings
from nemorun_lint.frontends import flake8_plugin
from nemorun_lint.frontends.flake8_plugin import Choices, Plugin
from nemorun_lint.frontends.flake8_session import Session, is_excluded
from nemorun_lint.rules import all_rules
from nemorun_lint.settings import Settings
from tests.pages import ROOT, mdtest_pages, rule_pages, split_expectations

FORMAT = "%(path)s\t%(row)d\t%(col)d\t%(code)s\t%(text)s"
ENTRY = "nemorun_lint.frontends.flake8_plugin:Plugin"
LOCAL_PLUGIN = f"[flake8:local-plugins]\nextension =\n    NR = {ENTRY}\n"
IS_INSTALLED = any(point.value == ENTRY for point in entry_points(group="flake8.extension"))

RECIPE = """\
from dataclasses import dataclass

import nemo_run as run


@dataclass
class LlamaConfig:
    hidden_size: int = 2048


@run.autoconvert
def recipe(größe: int = 4096) -> LlamaConfig:
    "🧡"; print("hidden size")
    if größe:
        größe = 2
    return LlamaConfig(hidden_size=größe)
"""
PRINT, CONTROL = ("NR201", 13, 10), ("NR101", 14, 5)


class Finding(NamedTuple):
    """A finding as both programs print it: 1-based row and column."""

    path: str
    row: int
    column: int
    code: str
    message: str


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write(tmp_path / "project", {"pyproject.toml": "", "recipe.py": RECIPE})


def write(root: Path, files: Mapping[str, str]) -> Path:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")
    return root


def environment(root: Path) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), "NEMORUN_LINT_CACHE_DIR": str(root.parent / "cache")}


def run_flake8(root: Path, *arguments: str, text: str | None = None) -> subprocess.CompletedProcess[str]:
    """Run flake8 in `root`, with the plugin also where it is on the path but not installed."""
    command = [sys.executable, "-m", "flake8", "--format", FORMAT, *arguments]
    if not IS_INSTALLED:
        extra = write(root.parent, {"plugin.cfg": LOCAL_PLUGIN}) / "plugin.cfg"
        command += ["--append-config", str(extra)]
    return subprocess.run(
        command,
        cwd=root,
        env=environment(root),
        input=text,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def flake8(root: Path, *arguments: str, text: str | None = None) -> list[Finding]:
    """Return what flake8 finds, which must not go wrong otherwise."""
    done = run_flake8(root, "--select", "NR", *(arguments or (".",)), text=text)
    assert done.returncode in (0, 1), done.stderr
    assert not done.stderr
    return sorted(read(done.stdout))


def read(output: str) -> Iterator[Finding]:
    for line in output.splitlines():
        path, row, column, code, message = line.split("\t")
        yield Finding(os.path.normpath(path), int(row), int(column), code, message)


def check(root: Path, *arguments: str, text: str | None = None) -> list[Finding]:
    command = [sys.executable, "-m", "nemorun_lint", "check", "--output-format", "json", *(arguments or (".",))]
    done = subprocess.run(
        command,
        cwd=root,
        env=environment(root),
        input=text,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode in (0, 1), done.stderr
    return sorted(
        Finding(os.path.normpath(item["filename"]), item["row"], item["column"], item["code"], item["message"])
        for item in json.loads(done.stdout)
    )


def places(found: list[Finding]) -> list[tuple[str, int, int]]:
    return [(item.code, item.row, item.column) for item in sorted(found, key=lambda item: item[1:])]


# -- nothing to say


def test_a_file_that_does_not_mention_the_api_imports_nothing() -> None:
    program = (
        "import sys; before = set(sys.modules)\n"
        "from nemorun_lint.frontends.flake8_plugin import Plugin\n"
        "assert list(Plugin(None, 'x.py', ['import os\\n'] * 100).run()) == []\n"
        "print(*sorted(name for name in set(sys.modules) - before if '.' not in name or 'nemorun' in name))"
    )
    done = subprocess.run(
        [sys.executable, "-S", "-c", program],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = set(done.stdout.split())
    assert {name for name in loaded if name.startswith("nemorun_lint")} == {
        "nemorun_lint",
        "nemorun_lint.frontends",
        "nemorun_lint.frontends.flake8_plugin",
    }
    assert loaded - sys.stdlib_module_names <= {name for name in loaded if name.startswith("nemorun_lint")}


def test_names_agree_with_the_rooms_that_are_imported_late() -> None:
    assert set(flake8_plugin._SETTINGS_FILES) == set(our_settings.FILES)
    assert Settings(directory=Path.cwd()).roots == flake8_plugin._ROOTS
    assert sorted(flake8_plugin._codes()) == [rule.code for rule in all_rules()]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("import os\n", "no mention"),
        ("import nemo_runner\n", "a longer word"),
        ("# nemo_run is mentioned, no more\n", "a comment"),
        ("", "an empty file"),
    ],
)
def test_silent(tmp_path: Path, text: str, why: str) -> None:
    root = write(tmp_path / "project", {"recipe.py": text})
    assert flake8(root) == [], why


def test_a_syntax_error_is_left_to_flake8(project: Path) -> None:
    write(project, {"broken.py": "import nemo_run\ndef f(:\n"})
    assert flake8(project, "broken.py") == []
    assert "E999" in run_flake8(project, "broken.py").stdout


# -- the same as `check`


def test_columns_count_code_points(project: Path) -> None:
    found = flake8(project)
    assert places(found) == [PRINT, CONTROL]
    assert found == check(project)


def test_same_on_all_fixtures_and_examples(tmp_path: Path) -> None:
    root = tmp_path / "project"
    for number, text in enumerate(sorted({text for text, _ in blocks()})):
        write(root / f"block{number}", {"pyproject.toml": "", "recipe.py": text})
    for number, (text, beside) in enumerate(blocks()):
        if beside:
            write(root / f"beside{number}", {"pyproject.toml": "", "recipe.py": text, **beside})
    for folder in ("fixtures", "examples"):
        for path in (ROOT / folder).rglob("*"):
            if path.suffix in (".py", ".toml", ".cfg") and path.is_file():
                write(root / folder, {str(path.relative_to(ROOT / folder)): path.read_text(encoding="utf-8")})
    found = flake8(root)
    assert len(found) > 100
    assert found == check(root)


def blocks() -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the blocks of all pages that this Python parses, with the files beside them."""
    for page in (*rule_pages(), *mdtest_pages()):
        for section in page.sections:
            beside = {name: split_expectations(text)[0] for name, text in section.files.items()}
            for block in section.blocks:
                text = split_expectations(block.text)[0]
                if block.kind in ("bad", "fixed", "good") and all(map(parses, (text, *beside.values()))):
                    yield text, beside


def parses(text: str) -> bool:
    try:
        ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return False
    return True


def test_same_with_line_ends_of_windows_and_a_byte_order_mark(project: Path) -> None:
    write(project, {"recipe.py": "\ufeff" + RECIPE.replace("\n", "\r\n")})
    assert places(flake8(project)) == [PRINT, CONTROL]
    assert flake8(project) == check(project)


def test_same_on_standard_input(project: Path) -> None:
    write(project, {"recipe.py": "import nemo_run\n", "values.py": "def size():\n    return 1\n"})
    found = flake8(project, "-", "--stdin-display-name", "recipe.py", text=RECIPE)
    assert places(found) == [PRINT, CONTROL]
    assert found == check(project, "-", "--stdin-filename", "recipe.py", text=RECIPE)


def test_standard_input_without_a_name(project: Path) -> None:
    assert places(flake8(project, "-", text=RECIPE)) == [PRINT, CONTROL]


def test_imports_of_the_project_are_followed(tmp_path: Path) -> None:
    helper = (
        "import nemo_run as run\n\n\nclass Adam:\n    pass\n\n\n"
        "def optimizer() -> run.Config[Adam]:\n    return run.Config(Adam)\n"
    )
    recipe = (
        "import nemo_run as run\n\nfrom pkg.helpers import optimizer\n\n\n"
        "class Model:\n    def __init__(self, optimizer):\n        self.optimizer = optimizer\n\n\n"
        "@run.autoconvert\ndef recipe() -> Model:\n    return Model(optimizer=optimizer())\n"
    )
    root = write(tmp_path / "project", {"setup.py": "", "pkg/__init__.py": "", "pkg/helpers.py": helper})
    write(root, {"pkg/recipe.py": recipe})
    found = flake8(root)
    assert [item.code for item in found] == ["NR202"]
    assert found == check(root)


@pytest.mark.parametrize(
    ("comment", "codes"),
    [
        ("", ["NR101"]),
        ("  # noqa", []),
        ("  # NOQA:NR101", []),
        ("  # noqa: NR1", []),
        ("  # noqa: E501, NR101", []),
        ("  # noqa: NR2", ["NR101", "NR997"]),
        ("  # noqa: nr101", ["NR101"]),
        ("  # noqa : NR201", []),
    ],
)
def test_noqa(tmp_path: Path, comment: str, codes: list[str]) -> None:
    text = RECIPE.replace('    "🧡"; print("hidden size")\n', "").replace("if größe:", f"if größe:{comment}")
    root = write(
        tmp_path / "project",
        {"recipe.py": text, "pyproject.toml": '[tool.nemorun-lint]\nextend-select = ["NR997"]\n'},
    )
    found = flake8(root)
    assert [item.code for item in found] == codes
    assert found == check(root)


@pytest.mark.parametrize("comment", ["# nemorun-lint: noqa", "# flake8: noqa", "# nemorun-lint: noqa: NR1, NR201"])
def test_comment_for_the_whole_file(project: Path, comment: str) -> None:
    write(project, {"recipe.py": f"{comment}\n{RECIPE}"})
    assert flake8(project) == check(project) == []


def test_disable_noqa(project: Path) -> None:
    write(project, {"recipe.py": f"# nemorun-lint: noqa\n{RECIPE}".replace("if größe:", "if größe:  # noqa")})
    found = flake8(project, "--disable-noqa", ".")
    assert [item.code for item in found] == ["NR201", "NR101"]
    assert found == check(project, "--no-noqa", ".")


# -- settings and options


def test_our_settings_come_first(project: Path) -> None:
    write(project, {"pyproject.toml": '[tool.nemorun-lint]\nignore = ["NR201"]\n', "legacy/recipe.py": RECIPE})
    write(project, {"legacy/.nemorun-lint.toml": 'per-file-ignores = { "recipe.py" = ["NR1"] }\n'})
    found = flake8(project)
    assert [(item.path, item.code) for item in found] == [
        (os.path.join("legacy", "recipe.py"), "NR201"),
        ("recipe.py", "NR101"),
    ]
    assert found == check(project)


def test_excluded_files(project: Path) -> None:
    write(project, {"pyproject.toml": '[tool.nemorun-lint]\nexclude = ["legacy"]\n', "legacy/recipe.py": RECIPE})
    assert {item.path for item in flake8(project)} == {"recipe.py"}
    named = flake8(project, os.path.join("legacy", "recipe.py"))
    assert places(named) == [PRINT, CONTROL]
    assert named == check(project, os.path.join("legacy", "recipe.py"))


@pytest.mark.parametrize(
    ("tops", "force", "expected"),
    [
        (("/p",), False, True),
        (("/p/old/deep",), False, False),
        (("/p/old",), False, False),
        (("/p", "/p/old"), False, False),
        (("/p/old/deep/x.py",), False, False),
        (("/p/old/deep/x.py",), True, True),
        (("/elsewhere",), False, False),
        ((), False, False),
    ],
)
def test_excluded(tops: tuple[str, ...], force: bool, expected: bool) -> None:
    settings = Settings(directory=Path("/p"), exclude=("old",), force_exclude=force)
    assert is_excluded("/p/old/deep/x.py", tops, settings) is expected


@pytest.mark.parametrize(
    ("arguments", "codes"),
    [
        ((), ["NR201", "NR101"]),
        (("--nemorun-select", "NR1"), ["NR101"]),
        (("--nemorun-select", "control-flow"), ["NR101"]),
        (("--nemorun-ignore", "NR1,NR9"), ["NR201"]),
        (("--nemorun-extend-ignore=discarded-call",), ["NR101"]),
        (("--extend-ignore", "NR101"), ["NR201"]),
        (("--per-file-ignores", "recipe.py:NR2"), ["NR101"]),
    ],
)
def test_options(project: Path, arguments: tuple[str, ...], codes: list[str]) -> None:
    assert [item.code for item in sorted(flake8(project, *arguments, "."), key=lambda item: item.row)] == codes


def test_options_in_the_configuration_of_flake8(project: Path) -> None:
    write(project, {".flake8": "[flake8]\nnemorun-ignore = NR101\nnemorun_no_cache = true\nnemorun-cache-dir = here\n"})
    assert places(flake8(project)) == [PRINT]
    assert not (project / "here").exists()


def test_cache_directory(project: Path) -> None:
    flake8(project, "--nemorun-cache-dir", "here", ".")
    assert any((project / "here").iterdir())
    assert not (project.parent / "cache").exists()


def test_another_settings_file(project: Path) -> None:
    write(project, {"other.toml": 'ignore = ["NR2"]\n'})
    assert places(flake8(project, "--nemorun-config", "other.toml", ".")) == [CONTROL]


def test_further_roots_and_aliases(tmp_path: Path) -> None:
    text = RECIPE.replace("import nemo_run as run", "import mycompany.cfg as run")
    settings = '[tool.nemorun-lint.api-aliases]\n"mycompany.cfg.autoconvert" = "nemo_run.autoconvert"\n'
    root = write(tmp_path / "project", {"recipe.py": text, "pyproject.toml": "[tool.nemorun-lint]\n"})
    assert flake8(root) == check(root) == []
    write(root, {"pyproject.toml": settings})
    assert places(flake8(root)) == [PRINT, CONTROL]
    assert flake8(root) == check(root)


def test_roots_that_leave_ours_out(project: Path) -> None:
    write(project, {"pyproject.toml": '[tool.nemorun-lint]\nroots = ["mycompany"]\n'})
    assert flake8(project) == check(project) == []


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_jobs(project: Path, jobs: str) -> None:
    write(project, {f"recipe{number}.py": RECIPE for number in range(3)})
    found = flake8(project, "--jobs", jobs, "--nemorun-ignore", "NR1", ".")
    assert [(item.path, item.code) for item in found] == [
        (name, "NR201") for name in ("recipe.py", "recipe0.py", "recipe1.py", "recipe2.py")
    ]


def test_options_reach_workers_that_are_not_forked(project: Path) -> None:
    write(project, {"other.py": RECIPE, "plugin.cfg": "" if IS_INSTALLED else LOCAL_PLUGIN})
    program = (
        "import multiprocessing, sys; multiprocessing.set_start_method('spawn')\n"
        "from flake8.main.cli import main; sys.exit(main(sys.argv[1:]))"
    )
    arguments = [
        "-j2",
        "--append-config",
        "plugin.cfg",
        "--select",
        "NR",
        "--nemorun-ignore",
        "NR1",
        "--format",
        FORMAT,
    ]
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments, "."],
        cwd=project,
        env=environment(project),
        capture_output=True,
        text=True,
        check=False,
    )
    assert not done.stderr
    assert [item.code for item in read(done.stdout)] == ["NR201", "NR201"]


# -- what goes wrong


@pytest.mark.parametrize(
    "arguments", [("--nemorun-select", "NR20x"), ("--nemorun-config", "none.toml"), ("--nemorun-ignore", "contol-flow")]
)
def test_a_wrong_option_ends_flake8(project: Path, arguments: tuple[str, ...]) -> None:
    done = run_flake8(project, *arguments, ".")
    assert done.returncode == 2
    assert "flake8: error: " in done.stderr
    assert "Traceback" not in done.stderr


def test_an_environment_that_is_not_there(project: Path) -> None:
    (found,) = flake8(project, "--nemorun-python", "/nowhere", ".")
    assert (found.code, found.row, found.column) == ("NR999", 1, 1)
    assert "/nowhere does not exist" in found.message


def test_wrong_settings(project: Path) -> None:
    write(project, {"pyproject.toml": "[tool.nemorun-lint]\nslect = []\n", "other.py": "import os\n"})
    (found,) = flake8(project)
    assert (found.path, found.code, found.row, found.column) == ("recipe.py", "NR999", 1, 1)
    assert "unknown key 'slect' (did you mean 'select'?)" in found.message


@pytest.mark.parametrize("error", [RuntimeError("two\nlines"), RecursionError(), AssertionError(), MemoryError()])
def test_never_an_exception(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*arguments: object, **keywords: object) -> None:
        raise error

    monkeypatch.setattr(Plugin, "session", Session(Choices()))
    monkeypatch.setattr(Session, "check", fail)
    ((row, column, text, kind),) = Plugin(None, "recipe.py", RECIPE.splitlines(keepends=True)).run()
    assert (row, column, kind) == (1, 0, Plugin)
    assert text.startswith(f"NR999 internal error, please report it: {type(error).__name__}")
    assert "\n" not in text


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (("--select=E,F",), "--select=E,F switches all NR codes off; add NR to it"),
        (("--ignore=N",), "--ignore=N switches all NR codes off, for it matches NR; name longer codes such as N8"),
        (("--extend-ignore=NR",), "--extend-ignore=NR switches all NR codes off"),
    ],
)
def test_hint_when_flake8_switches_all_off(project: Path, arguments: tuple[str, ...], hint: str) -> None:
    write(project, {"other.py": RECIPE})
    done = run_flake8(project, "-j2", *arguments, ".")
    assert done.stderr == f"nemorun-lint: flake8's own {hint}\n"
    assert "NR" not in done.stdout


@pytest.mark.parametrize(
    "arguments",
    [(), ("--select=E,NR2",), ("--select=N",), ("--ignore=N8",), ("--ignore=N", "--select=NR"), ("--ignore=NR1",)],
)
def test_no_hint_where_some_codes_are_left(project: Path, arguments: tuple[str, ...]) -> None:
    done = run_flake8(project, *arguments, ".")
    assert not done.stderr
    assert "NR2" in done.stdout
