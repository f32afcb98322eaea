"""Settings: what is refused, which file holds, how codes are chosen, what the command line changes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nemorun_lint.diagnostic import Severity
from nemorun_lint.patterns import PatternError, Patterns, check_pattern
from nemorun_lint.settings import Settings, SettingsError, SettingsFinder, load, override

NAMES = {"discarded-call": "NR201", "unbuilt-config": "NR202", "unused-suppression": "NR997", "yield": "NR104"}


def write(directory: Path, text: str, name: str = "pyproject.toml") -> Path:
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / name
    path.write_text(text, encoding="utf-8")
    return path


def table(body: str) -> str:
    return f"[project]\nname = 'x'\n\n[tool.nemorun-lint]\n{body}\n"


def made(**values: object) -> Settings:
    return Settings(directory=Path("/project"), **values)  # type: ignore[arg-type]


WRONG = {
    "unknown key, near": ("selct = ['NR']", ["unknown key 'selct'", "did you mean 'select'?"]),
    "unknown key, far": ("zzzzzz = 1", ["unknown key 'zzzzzz'"]),
    "snake case": ("extend_select = ['NR']", ["unknown key 'extend_select'", "'extend-select'"]),
    "unknown code": ("select = ['NR299']", ["'select'", "'NR299'", "did you mean 'NR2"]),
    "unknown prefix": ("ignore = ['NR8']", ["'ignore'", "'NR8'"]),
    "another tool's code": ("ignore = ['E501']", ["'ignore'", "'E501'"]),
    "unknown name": ("extend-ignore = ['discard-call']", ["'extend-ignore'", "did you mean 'discarded-call'?"]),
    "unknown code by file": (
        "[tool.nemorun-lint.per-file-ignores]\n'tests/*' = ['NR7']",
        ["'per-file-ignores.tests/*'", "'NR7'"],
    ),
    "string for a list": ("select = 'NR'", ["'select' must be a list of strings", "'NR'"]),
    "number in a list": ("select = [1]", ["'select' must be a list of strings"]),
    "string for a flag": ("preview = 'yes'", ["'preview' must be true or false"]),
    "no jobs": ("jobs = 0", ["'jobs' must be a whole number of at least 1"]),
    "true jobs": ("jobs = true", ["'jobs' must be a whole number"]),
    "unknown format": ("output-format = 'ful'", ["'output-format' must be one of", "did you mean 'full'?"]),
    "list for a format": ("output-format = ['full']", ["'output-format' must be one of"]),
    "bad version": ("target-nemo-run = '0.x'", ["'target-nemo-run' must be \"auto\" or a version"]),
    "number for a version": ("target-nemo-run = 0.11", ["'target-nemo-run'", "0.11"]),
    "list for a table": ("per-file-ignores = []", ["'per-file-ignores' must be a table"]),
    "unknown api": ("api-aliases = {'my.Config' = 'nemo_run.Confg'}", ["'api-aliases.my.Config'", "'nemo_run.Config'"]),
    "alias no name": (
        "api-aliases = {'my-cfg' = 'nemo_run.Config'}",
        ["'api-aliases' must be a dotted name", "my-cfg"],
    ),
    "bad root": ("roots = ['a b']", ["'roots' must be a dotted name"]),
    "empty path": ("cache-dir = ''", ["'cache-dir' must be a string that is not empty"]),
    "bad pattern": ("exclude = ['a\\']", ["'exclude' has a bad pattern"]),
}


@pytest.mark.parametrize(("body", "parts"), WRONG.values(), ids=WRONG)
def test_wrong_settings_name_file_key_and_nearest_name(tmp_path: Path, body: str, parts: list[str]) -> None:
    path = write(tmp_path, table(body))
    with pytest.raises(SettingsError) as caught:
        load(path, NAMES, {"nemo_run.Config", "nemo_run.Partial"})
    assert str(path) in str(caught.value)
    for part in parts:
        assert part in str(caught.value)


def test_bad_toml_names_the_line(tmp_path: Path) -> None:
    path = write(tmp_path, table("select = [\n  'NR'\nignore = 3"))
    with pytest.raises(SettingsError, match=r"pyproject\.toml:\d+: not TOML: "):
        load(path)


def test_bytes_that_are_no_utf8(tmp_path: Path) -> None:
    path = tmp_path / "nemorun-lint.toml"
    path.write_bytes(b"preview = true\ncache-dir = '\xff'\n")
    with pytest.raises(SettingsError, match=r"nemorun-lint\.toml:2: not UTF-8"):
        load(path)


def test_config_that_is_missing_a_directory_or_without_table(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        SettingsFinder(tmp_path / "none.toml")
    with pytest.raises(SettingsError, match="cannot be read"):
        SettingsFinder(tmp_path)
    with pytest.raises(SettingsError, match=r"no table \[tool\.nemorun-lint\]"):
        SettingsFinder(write(tmp_path, "[tool.ruff]\n"))
    with pytest.raises(SettingsError, match="must be a table"):
        load(write(tmp_path, "[tool]\nnemorun-lint = 3\n"))


def test_mistakes_of_other_tools_files_are_not_ours(tmp_path: Path) -> None:
    write(tmp_path, "this is [no TOML")
    assert SettingsFinder().for_file(tmp_path / "a.py").source is None


def test_every_key_is_read(tmp_path: Path) -> None:
    body = """
select = ["NR1", "discarded-call"]
ignore = ["nr104"]
extend-select = ["NR997"]
extend-ignore = ["unbuilt-config"]
preview = true
exclude = ["gen"]
extend-exclude = ["old/*.py"]
force-exclude = true
respect-gitignore = false
output-format = "json"
jobs = 3
cache-dir = "cache"
python = "../env/bin/python"
search-paths = ["lib", "/abs"]
roots = ["nemo_run", "mycompany.cfg"]
target-nemo-run = "0.11.1"
error-on-warning = true
[tool.nemorun-lint.per-file-ignores]
"tests/*" = ["NR2"]
[tool.nemorun-lint.api-aliases]
"mycompany.cfg.Config" = "nemo_run.Config"
"""
    path = write(tmp_path, table(body))
    read = load(path, NAMES, {"nemo_run.Config"})
    expected = Settings(
        directory=tmp_path,
        source=path,
        select=("NR1", "NR201"),
        ignore=("NR104",),
        extend_select=("NR997",),
        extend_ignore=("NR202",),
        per_file_ignores=(("tests/*", ("NR2",)),),
        preview=True,
        exclude=("gen",),
        extend_exclude=("old/*.py",),
        force_exclude=True,
        respect_gitignore=False,
        output_format="json",
        jobs=3,
        cache_dir=str(tmp_path / "cache"),
        python=str(tmp_path.parent / "env/bin/python"),
        search_paths=(str(tmp_path / "lib"), os.path.abspath("/abs")),
        roots=("nemo_run", "mycompany.cfg"),
        api_aliases=(("mycompany.cfg.Config", "nemo_run.Config"),),
        target_nemo_run="0.11.1",
        error_on_warning=True,
    )
    assert read == expected
    assert read.prefilter_roots == ("nemo_run", "mycompany.cfg", "mycompany")


def test_names_are_asked_for_only_where_a_code_is_named(tmp_path: Path) -> None:
    def names() -> dict[str, str]:
        raise AssertionError("the rules were loaded")

    assert load(write(tmp_path, table("select = ['NR']\njobs = 2")), names).jobs == 2


def test_nearest_file_wins_whole(tmp_path: Path) -> None:
    write(tmp_path, table("preview = true\njobs = 7"))
    write(tmp_path / "a", "[tool.ruff]\n")
    write(tmp_path / "b", table("jobs = 2"))
    finder = SettingsFinder()
    assert finder.for_file(tmp_path / "a" / "x.py").jobs == 7
    nearest = finder.for_file(tmp_path / "b" / "c" / "x.py")
    assert (nearest.jobs, nearest.preview, nearest.directory) == (2, False, tmp_path / "b")


def test_files_of_settings_alone_win_over_the_project_file(tmp_path: Path) -> None:
    write(tmp_path, table("jobs = 1"))
    assert SettingsFinder().for_file(tmp_path / "x.py").jobs == 1
    write(tmp_path, "jobs = 2", "nemorun-lint.toml")
    assert SettingsFinder().for_file(tmp_path / "x.py").jobs == 2
    write(tmp_path, "jobs = 3", ".nemorun-lint.toml")
    assert SettingsFinder().for_file(tmp_path / "x.py").jobs == 3
    assert SettingsFinder(tmp_path / "pyproject.toml").for_file("/elsewhere/x.py").jobs == 1


def test_byte_order_mark_and_windows_line_ends(tmp_path: Path) -> None:
    path = tmp_path / "nemorun-lint.toml"
    path.write_bytes(b"\xef\xbb\xbfjobs = 4\r\npreview = true\r\n")
    assert (load(path).jobs, load(path).preview) == (4, True)


def test_project_root_of_nested_projects(tmp_path: Path) -> None:
    write(tmp_path, table("jobs = 2"))
    (tmp_path / ".git").mkdir()
    write(tmp_path / "packages/a", "[project]\n")
    (tmp_path / "packages/a/src/a").mkdir(parents=True)
    finder = SettingsFinder()
    place = finder.place(str(tmp_path / "packages/a/src/a"))
    assert (place.root, place.settings.directory) == (str(tmp_path / "packages/a"), tmp_path)
    top = finder.place(str(tmp_path))
    assert finder.below(top, str(tmp_path / "packages/a"), ["pyproject.toml", "src"]) == finder.place(
        str(tmp_path / "packages/a")
    )
    assert finder.below(top, str(tmp_path / "packages"), ["a"]) is top


def test_package_without_a_project_starts_above_its_top(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "site" / "top" / "inner"
    package.mkdir(parents=True)
    for directory in (package, package.parent):
        (directory / "__init__.py").touch()
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert SettingsFinder().place(str(package)).root == str(tmp_path / "site")
    monkeypatch.chdir(tmp_path)
    assert SettingsFinder().place(str(package)).root == str(tmp_path)


ENABLED = {
    "family": (made(), "NR201", Severity.ERROR, False, True),
    "hint under the family": (made(), "NR901", Severity.HINT, False, False),
    "hint chosen": (made(extend_select=("NR9",)), "NR901", Severity.HINT, False, True),
    "preview off": (made(), "NR301", Severity.ERROR, True, False),
    "preview on": (made(preview=True), "NR301", Severity.ERROR, True, True),
    "preview under a prefix": (made(select=("NR3",)), "NR301", Severity.ERROR, True, False),
    "preview by its code": (made(extend_select=("NR301",)), "NR301", Severity.ERROR, True, True),
    "hint needs more than preview": (made(preview=True), "NR901", Severity.HINT, True, False),
    "longer ignore": (made(ignore=("NR2",)), "NR201", Severity.ERROR, False, False),
    "longer select": (made(extend_select=("NR201",), ignore=("NR2",)), "NR201", Severity.ERROR, False, True),
    "a draw is ignored": (made(select=("NR2",), extend_ignore=("NR2",)), "NR201", Severity.ERROR, False, False),
    "not chosen": (made(select=("NR1",)), "NR201", Severity.ERROR, False, False),
    "unchecked files are told": (made(select=("NR1",)), "NR998", Severity.ERROR, False, True),
    "unless ignored": (made(select=("NR1",), ignore=("NR998",)), "NR998", Severity.ERROR, False, False),
}


@pytest.mark.parametrize(("settings", "code", "severity", "preview", "expected"), ENABLED.values(), ids=ENABLED)
def test_enabled(settings: Settings, code: str, severity: Severity, preview: bool, expected: bool) -> None:
    assert settings.enabled(code, severity, preview) is expected


PREFIXES = st.lists(st.sampled_from(["NR", "NR1", "NR2", "NR20", "NR201", "NR202"]), max_size=4).map(tuple)


@given(PREFIXES, PREFIXES)
def test_longest_prefix_decides(select: tuple[str, ...], ignore: tuple[str, ...]) -> None:
    lengths = [max([0, *(len(p) for p in prefixes if "NR201".startswith(p))]) for prefixes in (select, ignore)]
    assert made(select=select, ignore=ignore).enabled("NR201") is (lengths[0] > lengths[1])


def test_per_file_ignores(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ignores = (("tests/", ("NR2",)), ("gen_*.py", ("NR1", "NR201")), ("!src/**", ("NR4",)))
    settings = Settings(directory=tmp_path, per_file_ignores=ignores)
    assert settings.per_file_ignored(tmp_path / "tests/deep/a.py", "NR201")
    assert not settings.per_file_ignored(tmp_path / "tests/deep/a.py", "NR101")
    assert settings.per_file_ignored(tmp_path / "src/gen_x.py", "NR104")
    assert not settings.per_file_ignored(tmp_path / "src/a.py", "NR401")
    assert settings.per_file_ignored(tmp_path / "other/a.py", "NR401")
    assert not settings.per_file_ignored("/elsewhere/tests/a.py", "NR201")
    monkeypatch.chdir(tmp_path)
    assert settings.per_file_ignored("tests/a.py", "NR202")


def test_override_adds_or_replaces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    start = made(ignore=("NR2",), extend_select=("NR9",), search_paths=("/lib",), jobs=3)
    assert override(start) is start
    assert override(start, jobs=None) is start
    changed = override(start, NAMES, extend_select=["yield"], search_paths=["here"], jobs=1)
    assert changed.extend_select == ("NR9", "NR104")
    assert changed.search_paths == ("/lib", str(tmp_path / "here"))
    assert (changed.jobs, changed.ignore) == (1, ("NR2",))
    assert override(start, select=["NR2"]).enabled("NR201")
    both = override(start, select=["NR2"], ignore=["NR201"])
    assert (both.enabled("NR201"), both.enabled("NR202")) == (False, True)
    with pytest.raises(SettingsError, match="command line: unknown key 'slect'"):
        override(start, slect=["NR"])
    with pytest.raises(SettingsError, match="flake8: 'select' has an unknown code"):
        override(start, NAMES, origin="flake8", select=["NR777"])


def test_overrides_hold_everywhere(tmp_path: Path) -> None:
    write(tmp_path, table("ignore = ['NR1']"))
    finder = SettingsFinder(overrides={"select": ["NR1"], "jobs": 2})
    for path in (tmp_path / "a.py", Path("/elsewhere/a.py")):
        assert (finder.for_file(path).select, finder.for_file(path).ignore, finder.for_file(path).jobs) == (
            ("NR1",),
            (),
            2,
        )


def test_python_setting_may_be_a_command(tmp_path: Path) -> None:
    assert load(write(tmp_path, table("python = 'python3.11'"))).python == "python3.11"
    (tmp_path / "env").mkdir()
    assert load(write(tmp_path, table("python = 'env'"))).python == str(tmp_path / "env")


def test_patterns_know_negation_and_plain_names() -> None:
    plain = Patterns(("build", "*.egg-info"))
    assert plain.match("a/build", is_directory=True) and plain.match("x.egg-info", is_directory=True)
    assert plain.match("a/builder", is_directory=True) is None
    mixed = Patterns(("build", "!keep/build", "/top/*.py"))
    assert mixed.match("a/build", is_directory=True) is True
    assert mixed.match("keep/build", is_directory=True) is False
    assert mixed.match("top/a.py", is_directory=False) is True
    assert mixed.match("b/top/a.py", is_directory=False) is None


def test_nothing_heavy_is_imported() -> None:
    program = """
import sys
from nemorun_lint.settings import SettingsFinder
SettingsFinder().for_file("/nowhere/a.py")
heavy = {"pathspec", "difflib", "libcst", "astroid", "nemorun_lint.rules", "asyncio"}
sys.exit(" ".join(heavy & set(sys.modules)) or 0)
"""
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (answer.returncode, answer.stderr) == (0, "")


CLASSES = {
    "[[:digit:]x].py": ("7.py", "y.py"),
    "[!a-c].py": ("d.py", "b.py"),
    "[]-]": ("]", "a"),
    r"\!x": ("!x", "x"),
    "a[^/]b": ("acb", "a/b"),
}


@pytest.mark.parametrize(("line", "paths"), CLASSES.items(), ids=CLASSES)
def test_classes_in_patterns(line: str, paths: tuple[str, str]) -> None:
    answers = [Patterns((line,)).match(path, is_directory=False) for path in paths]
    assert answers == [True, None]


@pytest.mark.parametrize("line", ["", "/", "!", "[a", "a\\", "[[:nope:]]", "[z-a]"])
def test_lines_that_are_no_patterns(line: str) -> None:
    with pytest.raises(PatternError):
        check_pattern(line)
