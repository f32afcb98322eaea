"""Bad input of every kind gets a clear message and an exit code, never a traceback, a hang or a half-written file."""

from __future__ import annotations

import codecs
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from nemorun_lint.fixes.write import WriteError, write
from nemorun_lint.frontends.cli import cli
from nemorun_lint.ir.lower import lower
from nemorun_lint.syntax.nesting import LARGEST, is_too_large
from nemorun_lint.text import SourceText
from tests.pages import ROOT

HEAD = "import nemo_run as run\n"
BAD = f"""{HEAD}

class Model:
    def __init__(self, a=1):
        self.a = a


@run.autoconvert
def recipe() -> run.Config[Model]:
    return Model(a=[i for i in range(3)])
"""
MENDABLE = BAD.replace("return Model(a=[i for i in range(3)])", "return run.Config(Model)")
UTF8_MARK = codecs.BOM_UTF8
NO_ROOM = Path("/dev/full")


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty project as the working directory, with a cache of its own."""
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "pyproject.toml").write_text("")
    monkeypatch.chdir(folder)
    for name in ("FORCE_COLOR", "VIRTUAL_ENV", "CONDA_PREFIX"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NEMORUN_LINT_CACHE_DIR", str(tmp_path / "cache"))
    return folder


def lint(*arguments: str, stdin: str | bytes | None = None) -> Result:
    result = CliRunner().invoke(cli, arguments, input=stdin, prog_name="nemorun-lint")
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def in_shell(line: str) -> subprocess.CompletedProcess[str]:
    """Run a shell's line in which $LINT is the command."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "LINT": f"{sys.executable} -m nemorun_lint"}
    return subprocess.run(["sh", "-c", line], capture_output=True, text=True, env=environment, check=False)


# -- what files may hold


@pytest.mark.parametrize(
    ("data", "place", "message"),
    [
        (b"import nemo_run\ndef f(:\n", "2:7", "invalid syntax"),
        (b"import nemo_run\nx = (\n\n\ny = 1\n", "2:5", "'(' was never closed"),
        (b"import nemo_run\nx = '''\nabc\n", "2:5", "unterminated triple-quoted string literal"),
        (b"import nemo_run\nif x\n    pass\n", "2:5", "expected ':'"),
        (b"import nemo_run\nx = 'a\0b'\n", "2:7", "source code cannot contain null bytes"),
        (b"import nemo_run\n\0\n", "2:1", "source code cannot contain null bytes"),
        (b"import nemo_run\n\n# \xe9\n", "1:1", "not valid utf-8: byte 0xe9 in line 3, and no encoding is declared"),
        (b"# coding: ascii\nimport nemo_run\n# \xe9\n", "1:1", "not valid ascii: byte 0xe9 in line 3"),
        (b"# coding: nonsense\nimport nemo_run\n", "1:1", "unknown encoding 'nonsense'"),
        (b"# coding: hex\nimport nemo_run\n", "1:1", "unknown encoding 'hex'"),
        (UTF8_MARK + b"# coding: latin-1\nimport nemo_run\n", "1:1", "a byte order mark of UTF-8, but the encoding"),
        (b"\x7fELF nemo_run \xf5\xff\x00" * 50, "1:1", "not valid utf-8: byte 0xf5 in line 1"),
    ],
)
def test_files_that_are_no_python(data: bytes, place: str, message: str) -> None:
    Path("a.py").write_bytes(data)
    result = lint("check", "-q")
    assert result.exit_code == 1
    assert result.stdout.startswith(f"a.py:{place}: NR998 {message}")
    assert result.stdout.count("\n") == 1 and not result.stderr


@pytest.mark.parametrize(
    "data",
    [
        BAD.encode(),
        BAD.replace("\n", "\r\n").encode(),
        BAD.replace("\n", "\r").encode(),
        BAD.replace("\n", "\r\n", 4).encode(),
        BAD.replace("    ", "\t").encode(),
        BAD.replace("\n\n\n", "\n\f\n\n").encode(),
        BAD.rstrip("\n").encode(),
        BAD.replace("Model", "模型").encode(),
        UTF8_MARK + BAD.encode(),
        UTF8_MARK + b"# coding: utf-8\n" + BAD.encode(),
        b"# coding: latin-1\n# \xe9\n" + BAD.encode(),
        b"# coding: utf-7\n" + BAD.encode(),
        BAD.replace("(a=", f"('{'x' * 30_000}', a=").encode(),
        BAD.replace("(a=", "('\x1b[31m\x07😀', a=").encode(),
    ],
    ids="lf crlf cr mixed tabs formfeeds no-end wide mark mark-and-coding latin1 utf7 long control".split(),
)
@pytest.mark.parametrize("mode", ["concise", "full", "json"])
def test_any_way_to_write_a_file(data: bytes, mode: str) -> None:
    Path("a.py").write_bytes(data)
    result = lint("check", "--output-format", mode, "--no-cache")
    assert result.exit_code == 1
    assert "NR103" in result.stdout and "\x1b" not in result.stdout and "\x07" not in result.stdout
    lint("check", "--add-noqa", "-q")
    changed = Path("a.py").read_bytes()
    assert changed.count(b"\r") == data.count(b"\r") and changed[:3] == data[:3]
    assert lint("check", "-q").exit_code == 0


@pytest.mark.parametrize(
    "expression",
    ["[" * 300 + "]" * 300, "(" * 5000 + ")" * 5000, "-" * 9000 + "1", "x" + ".a" * 9000, "1" + "+1" * 9000],
    ids="lists parentheses signs attributes sum".split(),
)
def test_what_is_nested_too_deeply_is_said(expression: str) -> None:
    Path("deep.py").write_text(f"{HEAD}x = {expression}\n")
    result = lint("check", "-q")
    assert result.exit_code == 0
    assert result.stdout == "deep.py:1:1: NR998 not checked: nested too deeply\n"


def test_what_python_takes_is_not_nested_too_deeply() -> None:
    for text in ("[" * 190 + "]" * 190, "f(" * 90 + ")" * 90):
        assert lower(SourceText("", f"x = {text}\n")).syntax_error is None


def test_what_is_too_large_is_said() -> None:
    Path("large.py").write_text(f"{HEAD}x = [{'1, ' * (LARGEST // 2)}]\n")
    result = lint("check", "-q")
    assert result.exit_code == 0
    assert result.stdout.startswith("large.py:1:1: NR998 not checked: too large")


def test_long_strings_and_comments_are_not_large() -> None:
    words = "a, " * LARGEST
    assert not is_too_large(f"x = '{words}'\n# {words}\ny = '''{words}\n'''\n")
    assert is_too_large(words)


def test_modules_in_circles() -> None:
    files = {
        "a.py": f"{HEAD}from b import *\nfrom b import f as h\nclass P(Q): ...\n{_recipe('P')}",
        "b.py": f"{HEAD}from a import *\nfrom c import *\nfrom a import h as f\nclass Q(P): ...\n{_recipe('Q')}",
        "c.py": "import c, c.x\nfrom . import c\nfrom .. import x\nfrom ..... import y\nfrom c import *\n",
        "d.py": f"{HEAD}class D(D): ...\nclass E(F): ...\nclass F(E): ...\nx = y\ny = x\n@y\n{_recipe('F')}",
        "raising/__init__.py": "raise SystemExit('imported')\nclass R: ...\n",
        "e.py": f"{HEAD}from raising import R\n{_recipe('R')}",
    }
    _write(files)
    result = lint("check", "-q")
    assert [line.split()[:2] for line in result.stdout.splitlines()] == [
        ["a.py:7:14:", "NR103"],
        ["b.py:8:14:", "NR103"],
        ["d.py:10:14:", "NR103"],
        ["e.py:5:14:", "NR103"],
    ]


def _recipe(name: str) -> str:
    return f"@run.autoconvert\ndef recipe() -> run.Config[{name}]:\n    return {name}([i for i in range(3)])\n"


def _write(files: Mapping[str, str]) -> None:
    for name, text in files.items():
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(text, encoding="utf-8")


# -- names and places


@pytest.mark.skipif(os.name == "nt", reason="such names cannot be given there")
@pytest.mark.parametrize("name", [b"a b.py", b"a\nb.py", b"a\xff.py", b"a\x1b[31m.py", b"-q.py", "ä宽😀.py".encode()])
def test_odd_names_of_files(name: bytes) -> None:
    try:
        Path(os.fsdecode(name)).write_text(MENDABLE)
    except OSError:
        pytest.skip("the file system has no such names")
    for mode in ("concise", "full", "json"):
        result = lint("check", "--output-format", mode, "-q")
        assert result.exit_code == 0 and "NR112" in result.stdout
        assert "\x1b" not in result.stdout
    assert result.stdout.count('"filename"') == 1
    lint("check", "--fix", "--unsafe-fixes")
    assert "autoconvert" not in Path(os.fsdecode(name)).read_text()


@pytest.mark.parametrize("arguments", [("a.ipynb",), ("-", "--stdin-filename", "a.ipynb")])
def test_notebooks_are_refused(arguments: tuple[str, ...]) -> None:
    Path("a.ipynb").write_text('{"cells": [{"cell_type": "code", "source": ["import nemo_run"]}]}')
    result = lint("check", *arguments, stdin="import nemo_run\n")
    assert result.exit_code == 2
    assert "error: a.ipynb: Notebooks are not checked" in result.stderr


def test_an_empty_path_is_not_the_working_directory() -> None:
    result = lint("check", "")
    assert result.exit_code == 2
    assert result.stderr == "error: '': No such file or directory\n"


def test_links_in_circles() -> None:
    _write({"a.py": BAD, "deep/b.py": BAD})
    try:
        os.symlink("..", "deep/up", target_is_directory=True)
        os.symlink("self.py", "self.py")
        os.symlink("nowhere.py", "dangling.py")
    except OSError:
        pytest.skip("no links here")
    result = lint("check", "-q")
    assert [line.partition(":")[0] for line in result.stdout.splitlines()] == ["a.py", os.path.join("deep", "b.py")]
    assert lint("check", "self.py").exit_code == 2


def test_rules_by_prefix() -> None:
    result = lint("rule", "NR10")
    assert result.exit_code == 2
    assert "'NR10' is no rule but a prefix of" in result.stderr and "NR101, NR102" in result.stderr


# -- settings


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("selct = ['NR1']", "unknown key 'selct' (did you mean 'select'?)"),
        ("select = ['NR1O1']", "'select' has an unknown code or rule name 'NR1O1'"),
        ("select = 'NR1'", "'select' must be a list of strings, not 'NR1'"),
        ("jobs = true", "'jobs' must be a whole number of at least 1, not True"),
        ("jobs = = 2", "not TOML"),
        ("per-file-ignores = ['NR1']", "'per-file-ignores' must be a table"),
        ("python = 'nowhere/bin/python'", "does not exist"),
    ],
)
def test_settings_that_cannot_be_used(text: str, message: str) -> None:
    _write({"sub/pyproject.toml": f"[tool.nemorun-lint]\n{text}\n", "sub/a.py": BAD, "b.py": BAD})
    result = lint("check")
    assert result.exit_code == 2 and not result.stdout
    assert result.stderr.startswith("error: ") and message in result.stderr
    assert result.stderr.count("\n") == 1


def test_nested_settings_of_a_monorepo() -> None:
    _write(
        {
            "pyproject.toml": '[tool.nemorun-lint]\nignore = ["NR103"]\n',
            "a.py": BAD,
            "one/.nemorun-lint.toml": 'select = ["comprehension"]\n',
            "one/deep/a.py": BAD,
            "two/pyproject.toml": "[tool.other]\n",
            "two/a.py": BAD,
        }
    )
    assert [line.partition(":")[0] for line in lint("check", "-q").stdout.splitlines()] == [
        os.path.join("one", "deep", "a.py")
    ]


# -- streams and disks


def test_a_cache_that_is_a_file() -> None:
    _write({"a.py": BAD, "cache": "mine"})
    assert lint("check", "--cache-dir", "cache").exit_code == 1
    assert lint("cache", "size", "--cache-dir", "cache").stdout == "0 files, 0 bytes\n"
    assert lint("cache", "clean", "--cache-dir", "cache").exit_code == 0
    assert Path("cache").read_text() == "mine"


def test_a_cache_in_the_project_spoils_nothing() -> None:
    _write({"a.py": BAD, "ab/keep.py": BAD, "ab/c": "mine"})
    assert lint("check", "-q", "--cache-dir", ".").stdout.count("NR103") == 2
    assert not Path(".gitignore").exists()


@pytest.mark.skipif(not NO_ROOM.exists(), reason="only Linux has a full disk at hand")
@pytest.mark.parametrize("arguments", ["check", "check --output-format json", "rule --all", "--help"])
def test_standard_output_on_a_full_disk(arguments: str) -> None:
    _write({"a.py": BAD})
    done = in_shell(f"$LINT {arguments} > {NO_ROOM}")
    assert done.returncode == 2
    assert done.stderr == "error: the output could not be written: No space left on device\n"


@pytest.mark.skipif(os.name == "nt", reason="needs a shell of Unix")
@pytest.mark.parametrize(
    ("line", "code"),
    [("$LINT check a.py >&-", 1), ("$LINT check a.py 2>&-", 1), ("$LINT check - <&-", 0), ("$LINT --version >&-", 0)],
)
def test_closed_streams(line: str, code: int) -> None:
    _write({"a.py": BAD})
    done = in_shell(line)
    assert done.returncode == code
    assert not done.stderr


@pytest.mark.skipif(os.name == "nt", reason="a directory in use cannot go there")
def test_a_working_directory_that_is_gone() -> None:
    done = in_shell("mkdir gone && cd gone && rmdir ../gone && $LINT check")
    assert done.returncode == 2
    assert done.stderr == "error: the working directory does not exist any more\n"


def test_a_full_disk_leaves_the_file_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_room(*_: object) -> None:
        raise OSError(28, "No space left on device")

    _write({"a.py": MENDABLE})
    monkeypatch.setattr("nemorun_lint.fixes.write.os.replace", no_room)
    for options in (("--fix", "--unsafe-fixes"), ("--add-noqa",)):
        result = lint("check", "--no-cache", *options)
        assert result.exit_code == 2
        assert "error: a.py: not written: No space left on device" in result.stderr
    assert Path("a.py").read_text() == MENDABLE
    assert sorted(os.listdir()) == ["a.py", "pyproject.toml"]


def test_an_encoding_that_cannot_be_written_back() -> None:
    text = f"# coding: unicode_escape\n{HEAD}x = 'a\\u0041'\n"
    Path("a.py").write_text(text)
    source = SourceText.decode("a.py", text.encode())
    with pytest.raises(WriteError, match="text in unicode_escape cannot be written as it stood"):
        write(source, source.text + "y = 1\n")
    Path("a.py").write_text(text + "z = 1\n")
    with pytest.raises(WriteError, match="the file changed while it was checked"):
        write(source, source.text + "y = 1\n")


def test_two_runs_at_once_on_one_cache() -> None:
    _write({f"m{number}.py": BAD.replace("Model", f"Model{number}") for number in range(60)})
    command = [sys.executable, "-m", "nemorun_lint", "check", "-q", "--jobs", "2"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    runs = [
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
        for _ in range(2)
    ]
    outputs = [run.communicate(timeout=60) for run in runs]
    assert outputs[0] == outputs[1] == (lint("check", "-q", "--no-cache").stdout, "")
    assert outputs[0][0].count("NR103") == 60


@pytest.mark.parametrize("columns", ["1", "20", "40"])
def test_narrow_terminals(columns: str, monkeypatch: pytest.MonkeyPatch) -> None:
    _write({"a.py": BAD.replace("(a=", "('宽😀é', a=")})
    monkeypatch.setenv("COLUMNS", columns)
    monkeypatch.setattr("nemorun_lint.frontends.commands.checking.width_of", lambda stream: int(columns))
    result = lint("check", "--output-format", "full", "--color", "always")
    assert result.exit_code == 1 and "NR103" in result.stdout and "^" in result.stdout


def test_nothing_to_fix_names_what_is_left_for_unsafe_fixes() -> None:
    _write({"a.py": MENDABLE})
    result = lint("check", "--diff")
    assert result.exit_code == 0
    assert result.stderr == "Nothing to fix; 1 problem with --unsafe-fixes.\n"
