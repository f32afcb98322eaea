"""The command line, run as users run it: in a process of its own where streams matter, else in this one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import nemorun_lint
from nemorun_lint.frontends import cli as cli_module
from nemorun_lint.frontends.cli import cli, run
from nemorun_lint.frontends.commands import checking
from nemorun_lint.frontends.commands.new_rule import next_code
from nemorun_lint.frontends.commands.terminal import wants_color
from nemorun_lint.rules import all_rules

ROOT = Path(nemorun_lint.__file__).parents[1]
BAD = """\
import nemo_run as run


class Model:
    def __init__(self, a=1):
        self.a = a


@run.autoconvert
def recipe() -> run.Config[Model]:
    return Model(a=[i for i in range(3)])
"""
WARNS = """\
import nemo_run as run


class Model:
    def __init__(self, a=1):
        self.a = a


@run.autoconvert  # because
def other() -> run.Config[Model]:
    return run.Config(Model, a=1)
"""
GOOD = "import nemo_run as run\n\ndef task(): ...\n\nx = run.Partial(task)\n"


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty project as the working directory, with a cache of its own."""
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "pyproject.toml").write_text("")
    monkeypatch.chdir(folder)
    for name in ("NO_COLOR", "FORCE_COLOR", "VIRTUAL_ENV", "CONDA_PREFIX"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NEMORUN_LINT_CACHE_DIR", str(tmp_path / "cache"))
    return folder


def lint(*arguments: str, stdin: str | bytes | None = None) -> Result:
    return CliRunner().invoke(cli, arguments, input=stdin, prog_name="nemorun-lint")


def process(*arguments: str) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "nemorun_lint", *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment)


def in_python(code: str) -> str:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.check_output([sys.executable, "-c", code], env=environment, text=True)


# --- what is checked, and the exit codes -----------------------------------------------------------------------------


def test_nothing_to_check_is_said_and_clean() -> None:
    result = lint("check")
    assert result.exit_code == 0
    assert result.stdout.startswith("Nothing to check: no Python files in .\n")


def test_clean_files_are_clean(project: Path) -> None:
    (project / "a.py").write_text(GOOD)
    result = lint("check")
    assert result.exit_code == 0
    assert result.stdout.startswith("Checked 1 file: no problems found.\n")


def test_findings_exit_with_1(project: Path) -> None:
    (project / "a.py").write_text(BAD)
    result = lint("check")
    assert result.exit_code == 1
    assert result.stdout.startswith("a.py:11:20: NR103 ")
    assert "Checked 1 file: 1 error.\n1 of 1 autoconvert function" in result.stdout
    assert result.stderr == ""


@pytest.mark.parametrize(
    ("options", "code"),
    [((), 0), (("--error-on-warning",), 1), (("--error-on-warning", "--exit-zero"), 0), (("--ignore", "NR112"), 0)],
)
def test_warnings_count_only_when_asked(project: Path, options: tuple[str, ...], code: int) -> None:
    (project / "a.py").write_text(WARNS)
    assert lint("check", *options).exit_code == code


def test_error_on_warning_in_the_settings(project: Path) -> None:
    (project / "a.py").write_text(WARNS)
    (project / "pyproject.toml").write_text("[tool.nemorun-lint]\nerror-on-warning = true\n")
    assert lint("check").exit_code == 1


def test_a_missing_path_is_told_and_the_rest_checked(project: Path) -> None:
    (project / "a.py").write_text(BAD)
    result = lint("check", "a.py", "missing.py")
    assert result.exit_code == 2
    assert result.stderr == "error: missing.py: No such file or directory\n"
    assert "a.py:11:20: NR103" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (("--select", "NR2O1"), "command line: 'select' has an unknown code or rule name 'NR2O1' (did you mean"),
        (("--ignore", "comprehensoin"), "(did you mean 'comprehension'?)"),
        (("--config", "missing.toml"), "missing.toml: cannot be read"),
        (("--python", "no-such-python"), "--python: no file or command 'no-such-python'"),
        (("--per-file-ignores", "NR2"), "--per-file-ignores takes PATTERN:CODE"),
        (("--jobs", "0"), "--jobs"),
        (("-", "a.py"), "'-' (standard input) cannot be checked together with other paths"),
        (("--stdin-filename", "x.py"), "--stdin-filename needs '-'"),
        (("--fix", "--diff"), "--fix and --diff cannot be used together"),
        (("--add-noqa", "--no-noqa"), "--add-noqa"),
        (("--no-such-option",), "No such option"),
    ],
)
def test_bad_usage_exits_with_2_and_says_why(arguments: tuple[str, ...], text: str) -> None:
    result = lint("check", *arguments, stdin="")
    assert result.exit_code == 2
    assert text in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        ("[tool.nemorun-lint]\nselct = ['NR']\n", "unknown key 'selct' (did you mean 'select'?)"),
        ("[tool.nemorun-lint\n", "pyproject.toml:1: not TOML"),
    ],
)
def test_bad_settings_exit_with_2_and_name_the_file(project: Path, settings: str, text: str) -> None:
    (project / "pyproject.toml").write_text(settings)
    (project / "a.py").write_text(GOOD)
    result = lint("check")
    assert result.exit_code == 2
    assert text in result.stderr and "pyproject.toml" in result.stderr


def test_a_path_without_check_and_a_misspelt_command_are_understood(project: Path) -> None:
    (project / "a.py").write_text(GOOD)
    assert "Did you mean 'nemorun-lint check a.py'?" in lint("a.py").stderr
    result = lint("chekc")
    assert result.exit_code == 2 and "Did you mean 'check'?" in result.stderr


# --- standard input --------------------------------------------------------------------------------------------------


def test_standard_input_is_checked_under_its_name() -> None:
    result = lint("check", "-", "--stdin-filename", "src/x.py", stdin=BAD)
    assert result.exit_code == 1
    assert result.stdout.startswith("src/x.py:11:20: NR103")


def test_standard_input_without_a_name() -> None:
    assert lint("check", "-", stdin=BAD).stdout.startswith("-:11:20: NR103")


def test_standard_input_that_is_no_text() -> None:
    result = lint("check", "-", stdin=b"\xff\xfe")
    assert result.exit_code == 2 and result.stderr.startswith("error: standard input: not valid utf-8")


def test_standard_input_is_fixed_to_standard_output() -> None:
    result = lint("check", "-", "--fix", "--unsafe-fixes", stdin=WARNS.replace("  # because", ""))
    assert result.stdout == WARNS.replace("@run.autoconvert  # because\n", "")
    assert "Fixed 1 problem in 1 file: NR112 redundant-autoconvert." in result.stderr


# --- output ----------------------------------------------------------------------------------------------------------


def test_json_is_alone_on_standard_output(project: Path) -> None:
    (project / "a.py").write_text(BAD)
    result = lint("check", "--output-format", "json")
    [found] = json.loads(result.stdout)
    assert (found["code"], found["row"], found["column"]) == ("NR103", 11, 20)
    assert found["data"] == {"construct": "ListComp", "first": True}
    assert result.stderr.startswith("Checked 1 file: 1 error.")


@pytest.mark.parametrize("extra", [(), ("missing.py",)])
def test_json_of_nothing_is_an_array(extra: tuple[str, ...]) -> None:
    result = lint("check", "--output-format", "json", *extra)
    assert json.loads(result.stdout) == []
    assert result.stderr


def test_full_shows_carets(project: Path) -> None:
    (project / "a.py").write_text(BAD)
    printed = lint("check", "--output-format", "full").stdout
    assert "   |                    ^^^^^^^^^^^^^^^^^^^^^\n" in printed
    assert "  = when: raises when the function is called\n" in printed


def test_quiet_prints_findings_only(project: Path) -> None:
    (project / "a.py").write_text(BAD)
    assert len(lint("check", "--quiet").stdout.splitlines()) == 1
    (project / "a.py").write_text(GOOD)
    assert lint("check", "-q").output == ""


def test_the_format_of_the_settings_holds_until_the_option(project: Path) -> None:
    (project / "pyproject.toml").write_text('[tool.nemorun-lint]\noutput-format = "json"\n')
    (project / "a.py").write_text(BAD)
    assert json.loads(lint("check").stdout)
    assert lint("check", "--output-format", "concise").stdout.startswith("a.py:11")


def test_statistics_replace_the_findings(project: Path) -> None:
    (project / "a.py").write_text(BAD)
    result = lint("check", "--statistics")
    assert result.exit_code == 1
    assert result.stdout.startswith("1  NR103  comprehension\nChecked 1 file")
    assert json.loads(lint("check", "--statistics", "--output-format", "json").stdout)[0]["count"] == 1


def test_show_unknown_prints_reasons(project: Path) -> None:
    (project / "a.py").write_text("import nemo_run as run\nfrom gone import T\nc = run.Config(T)\n")
    assert "1 unknown: --show-unknown" in lint("check").stdout
    assert "Unknown, and so not judged:\n  1  " in lint("check", "--show-unknown").stdout


def test_noqa_is_honoured_unless_asked_otherwise(project: Path) -> None:
    (project / "a.py").write_text(BAD.replace("range(3)])", "range(3)])  # noqa: NR103"))
    assert lint("check").exit_code == 0
    assert lint("check", "--no-noqa").exit_code == 1


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (("--select", "NR2"), 0),
        (("--select", "NR2,comprehension"), 1),
        (("--per-file-ignores", "a.py:NR1"), 0),
        (("--per-file-ignores", "b.py:NR1"), 1),
        (("--extend-exclude", "a.py"), 0),
        (("--extend-ignore", "NR103"), 0),
        (("--no-cache",), 1),
        (("--jobs", "1"), 1),
    ],
)
def test_options_reach_the_run(project: Path, options: tuple[str, ...], code: int) -> None:
    (project / "a.py").write_text(BAD)
    assert lint("check", *options).exit_code == code


@pytest.mark.parametrize(
    ("variables", "choice", "expected"),
    [
        ({}, "auto", False),
        ({}, "always", True),
        ({"FORCE_COLOR": "1"}, "auto", True),
        ({"FORCE_COLOR": "1"}, "never", False),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, "auto", False),
        ({"FORCE_COLOR": "0"}, "auto", False),
    ],
)
def test_color(monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], choice: str, expected: bool) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    with open(os.devnull, "w") as pipe:
        assert wants_color(pipe, choice) is expected


# --- fixing ----------------------------------------------------------------------------------------------------------


def test_unsafe_fixes_are_not_made_unasked(project: Path) -> None:
    (project / "a.py").write_text(WARNS)
    result = lint("check", "--fix")
    assert (project / "a.py").read_text() == WARNS
    assert "1 problem can be fixed with --fix --unsafe-fixes." in result.stdout


def test_fix_writes_and_reports_what_is_left(project: Path) -> None:
    (project / "a.py").write_bytes(WARNS.replace("\n", "\r\n").encode())
    (project / "b.py").write_text(BAD)
    result = lint("check", "--fix", "--unsafe-fixes")
    fixed = (project / "a.py").read_bytes()
    assert b"autoconvert" not in fixed and fixed.count(b"\r\n") == fixed.count(b"\n")
    assert "Fixed 1 problem in 1 file: NR112 redundant-autoconvert.\n" in result.stdout
    assert "b.py:11:20" in result.stdout and "a.py" not in result.stdout
    assert result.exit_code == 1


def test_diff_shows_and_writes_nothing(project: Path) -> None:
    (project / "a.py").write_text(WARNS)
    result = lint("check", "--diff", "--unsafe-fixes")
    assert result.exit_code == 1
    assert "\n-@run.autoconvert" in result.stdout
    assert (project / "a.py").read_text() == WARNS
    assert lint("check", "--diff").exit_code == 0


def test_add_noqa_suppresses_everything_once(project: Path) -> None:
    text = BAD.replace("range(3)])", 'range(3)],\n        **{"""\n""": (x for x in ())})')
    (project / "a.py").write_text(text)
    (project / "b.py").write_text(WARNS)
    result = lint("check", "--add-noqa")
    assert (result.exit_code, result.stderr) == (0, "")
    assert "in 2 files with '# noqa' comments" in result.stdout
    assert "# because  # noqa: NR112" in (project / "b.py").read_text()
    once = (project / "a.py").read_text()
    assert "range(3)],  # noqa: NR103\n" in once and "})  # noqa: NR103" in once
    after = lint("check")
    assert after.exit_code == 0 and "no problems found" in after.stdout
    lint("check", "--add-noqa")
    assert (project / "a.py").read_text() == once


# --- the other commands ----------------------------------------------------------------------------------------------


def test_rule_prints_the_page_by_code_and_by_name() -> None:
    page = lint("rule", "nr103").stdout
    assert page.startswith("# NR103 comprehension\n")
    assert lint("rule", "comprehension").stdout == page


@pytest.mark.parametrize("name", ["NR1033", "comprehensoin"])
def test_rule_names_the_nearest_of_an_unknown_one(name: str) -> None:
    result = lint("rule", name)
    assert result.exit_code == 2 and "did you mean NR103 comprehension?" in result.stderr


def test_rule_lists_all_rules() -> None:
    rules = all_rules()
    table = lint("rule").stdout
    assert all(f"{rule.code} {rule.name} (" in table for rule in rules)
    assert max(map(len, table.splitlines())) <= 80
    assert len(lint("rule", "--output-format", "markdown").stdout.splitlines()) == len(rules) + 2
    listed = json.loads(lint("rule", "--output-format", "json").stdout)
    assert [item["code"] for item in listed] == [rule.code for rule in rules]
    assert lint("rule", "--all").stdout.count("## What happens") >= len(rules) - 3


def test_new_rule_writes_a_pair_that_works_and_never_overwrites(tmp_path: Path) -> None:
    rules = tmp_path / "checkout" / "nemorun_lint" / "rules"
    rules.mkdir(parents=True)
    (rules / "base.py").touch()
    (rules / "old.py").write_text('@rule(X, "NR207")\n')
    options = ("--checkout", str(tmp_path / "checkout"))
    assert "is not a source checkout" in lint("new-rule", "bad-thing", *options).stderr
    (tmp_path / "checkout" / "pyproject.toml").touch()
    assert lint("new-rule", "bad-thing", *options).exit_code == 0
    assert (rules / "bad_thing.md").read_text().startswith("# NR208 bad-thing\n\nTODO")
    compile((rules / "bad_thing.py").read_text(), "bad_thing.py", "exec")
    before = (rules / "bad_thing.py").read_bytes()
    again = lint("new-rule", "bad-thing", *options)
    assert again.exit_code == 2 and "exists already; nothing was written" in again.stderr
    assert (rules / "bad_thing.py").read_bytes() == before
    assert [next_code(family, rules) for family in ("NR2", "NR3", "NR9")] == ["NR209", "NR301", "NR901"]


@pytest.mark.parametrize("name", ["Bad", "bad_thing", "base", "yield", "bad--thing", "../x"])
def test_new_rule_refuses_bad_names(name: str) -> None:
    assert lint("new-rule", name).exit_code == 2


def test_cache_commands(project: Path, tmp_path: Path) -> None:
    assert lint("cache", "path").stdout.strip() == str(tmp_path / "cache")
    assert lint("cache", "size").stdout == "0 files, 0 bytes\n"
    (project / "a.py").write_text(GOOD)
    lint("check")
    assert not lint("cache", "size").stdout.startswith("0 files")
    assert lint("cache", "clean").stdout.startswith("Removed ")
    assert lint("cache", "size").stdout == "0 files, 0 bytes\n"


def test_env_tells_what_was_chosen_and_what_was_passed_over(project: Path) -> None:
    (project / ".venv").mkdir()
    printed = lint("env").stdout
    assert f"Project root:  {project}" in printed
    assert "none found" in printed and ".venv: no site-packages in it" in printed
    assert lint("env", "missing").exit_code == 2
    assert lint("env", "--python", "no-such-python").exit_code == 2


@pytest.mark.parametrize("command", [(), ("check",), ("rule",), ("env",), ("cache",), ("new-rule",)])
def test_help_fits_80_columns(command: tuple[str, ...]) -> None:
    result = lint(*command, "--help")
    assert result.exit_code == 0
    assert max(map(len, result.stdout.splitlines())) <= 80


# --- how a run ends --------------------------------------------------------------------------------------------------


def test_version_imports_nothing_heavy() -> None:
    code = (
        "import sys; sys.argv = ['nemorun-lint', '--version']\n"
        "from nemorun_lint.__main__ import main; main()\n"
        "print({'click', 'libcst', 'astroid', 'rich', 'pathspec', 'msgspec'} & set(sys.modules))"
    )
    printed = in_python(code)
    assert printed.split("\n")[:2] == [f"nemorun-lint {nemorun_lint.__version__}", "set()"]


def test_the_command_line_starts_without_the_parsers() -> None:
    code = (
        "import sys, nemorun_lint.frontends.cli\n"
        "print({'libcst', 'astroid', 'rich', 'pathspec', 'msgspec'} & set(sys.modules))"
    )
    printed = in_python(code)
    assert printed == "set()\n"


def test_a_closed_pipe_ends_quietly() -> None:
    child = process("rule", "--all")
    assert child.stdout is not None and child.stderr is not None
    child.stdout.close()
    assert child.stderr.read() == b""
    assert child.wait() == cli_module.EXIT_CLOSED_PIPE
    child.stderr.close()


def test_interrupt_exits_with_130(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupt(*_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(checking, "run", interrupt)
    assert run(["check"]) == cli_module.EXIT_INTERRUPTED == 130
    assert capsys.readouterr().err.strip() == "interrupted"


def test_a_bug_of_ours_exits_with_2(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError("boom")

    monkeypatch.setattr(cli_module.cli, "main", fail)
    assert run([]) == 2
    assert "this is a bug in nemorun-lint" in capsys.readouterr().err


def test_names_that_the_stream_cannot_encode_are_printed_escaped(project: Path) -> None:
    (project / "模.py").write_text(BAD)
    child = subprocess.run(
        [sys.executable, "-m", "nemorun_lint", "check"],
        capture_output=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "ascii"},
        check=False,
    )
    assert child.returncode == 1
    assert child.stdout.startswith(b"\\u6a21.py:11:20")
