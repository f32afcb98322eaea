"""Modules by name and path, as Python's import system finds them, without importing anything."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from nemorun_lint.ir import nodes as ir
from nemorun_lint.link.finder import Finder, StandardLibrary
from nemorun_lint.link.modules import Module, Modules
from nemorun_lint.store import Store

BODY = "def f():\n    return 1\n"


def tree(root: Path, files: Mapping[str, str]) -> Path:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def modules(root: Path, *site: Path, **options: Any) -> Modules:
    return Modules([root], site, **{"stdlib": False, **options})


def path_of(module: Module | None, root: Path) -> str | None:
    return None if module is None else Path(module.path).relative_to(root).as_posix()


# -- what is not found ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["", ".", "a.", ".a", "a..b", "nothing", "a.nothing", "a.b.c", "a/b", "a\0b", "..", "a.__init__.x"]
)
def test_no_such_module(tmp_path: Path, name: str) -> None:
    found = modules(tree(tmp_path, {"a/__init__.py": "", "a/b.py": ""}))
    assert found.load(name) is None
    assert found.problem(name) == "not found"


@pytest.mark.parametrize("name", ["nemo_run", "nemo_run.api", "fiddle.experimental.auto_config"])
def test_the_api_is_never_read(tmp_path: Path, name: str) -> None:
    found = modules(tree(tmp_path, {"nemo_run/__init__.py": "", "nemo_run/api.py": "", "fiddle/__init__.py": ""}))
    assert found.load(name) is None
    assert found.problem(name) == "known by table"
    assert found.loaded == 0


def test_a_checked_file_of_the_api_is_read(tmp_path: Path) -> None:
    found = modules(tree(tmp_path, {"nemo_run/__init__.py": "", "nemo_run/api.py": BODY}))
    assert found.checked(str(tmp_path / "nemo_run" / "api.py")).name == "nemo_run.api"


def test_a_missing_search_path(tmp_path: Path) -> None:
    assert modules(tmp_path / "nowhere").load("a") is None


@pytest.mark.parametrize(
    "name", ["a.cpython-311-x86_64-linux-gnu.so", "a.pyd", "a.abi3.so", "a/__init__.cpython-311-darwin.so"]
)
def test_a_compiled_module_has_no_source(tmp_path: Path, name: str) -> None:
    found = modules(tree(tmp_path, {name: ""}))
    assert found.load("a") is None
    assert found.problem("a") == "no source"


def test_a_directory_named_like_a_file(tmp_path: Path) -> None:
    (tmp_path / "a.py").mkdir()
    (tmp_path / "b" / "__init__.py").mkdir(parents=True)
    found = modules(tmp_path)
    assert (found.load("a"), found.problem("a")) == (None, "not found")
    assert (found.load("b"), found.problem("b")) == (None, None)
    assert found.checked(str(tmp_path / "a.py")).record.syntax_error is not None


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="no symbolic links")
def test_loops_of_links(tmp_path: Path) -> None:
    (tmp_path / "a.py").symlink_to(tmp_path / "b.py")
    (tmp_path / "b.py").symlink_to(tmp_path / "a.py")
    (tmp_path / "loop").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "c.py").write_text(BODY)
    found = modules(tmp_path)
    assert found.load("a") is None
    assert found.load("loop.loop.c") is found.load("c")
    assert found.checked(str(tmp_path / "a.py")).record.syntax_error is not None


def test_an_unreadable_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = modules(tree(tmp_path, {"a.py": BODY}))
    monkeypatch.setattr(Modules, "_read", lambda *_: (_ for _ in ()).throw(PermissionError(13, "Permission denied")))
    assert found.load("a") is None
    assert found.problem("a") == "unreadable: Permission denied"
    checked = found.checked(str(tmp_path / "a.py"))
    assert checked.record.syntax_error is not None
    assert checked.record.syntax_error.message == "the file cannot be read: Permission denied"
    assert checked.source.text == ""


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"x = '\xff'\n", "not valid utf-8"),
        (b"# coding: nonsense\n", "unknown encoding"),
        (b"x = \n", ""),
    ],
)
def test_what_is_no_python(tmp_path: Path, data: bytes, reason: str) -> None:
    (tmp_path / "a.py").write_bytes(data)
    found = modules(tmp_path, store=Store(tmp_path / "cache"))
    for _ in range(2):
        assert found.load("a") is None
        assert str(found.problem("a")).startswith(f"unreadable: {reason}")
        found = modules(tmp_path, store=Store(tmp_path / "cache"))
    checked = found.checked(str(tmp_path / "a.py"))
    assert checked.record.syntax_error is not None
    assert checked.record.body == ()
    assert checked.source.path == str(tmp_path / "a.py")


def test_a_missing_checked_file(tmp_path: Path) -> None:
    assert modules(tmp_path).checked(str(tmp_path / "a.py")).record.syntax_error is not None


def test_nothing_is_imported(tmp_path: Path) -> None:
    tree(tmp_path, {"planted/__init__.py": "raise SystemExit", "planted/a.py": "raise SystemExit"})
    before = dict(sys.modules)
    assert modules(tmp_path).load("planted.a") is not None
    assert "planted" not in sys.modules.keys() - before.keys()


# -- what is found ----------------------------------------------------------------------------------

LAYOUTS: dict[str, tuple[list[str], str, str | None]] = {
    "a module": (["one/a.py"], "a", "one/a.py"),
    "a package before a module": (["one/a.py", "one/a/__init__.py"], "a", "one/a/__init__.py"),
    "a module before a namespace package": (["one/a/b.py", "one/a.py"], "a", "one/a.py"),
    "the first search path": (["one/a.py", "two/a.py"], "a", "one/a.py"),
    "a module of a later path before a namespace package": (["one/a/b.py", "two/a.py"], "a", "two/a.py"),
    "a namespace package over two paths": (["one/a/b.py", "two/a/c.py"], "a.c", "two/a/c.py"),
    "a package hides a namespace portion": (["one/a/b.py", "two/a/__init__.py"], "a.b", None),
    "a submodule": (["one/a/__init__.py", "one/a/b/__init__.py", "one/a/b/c.py"], "a.b.c", "one/a/b/c.py"),
    "a nested namespace package": (["one/a/__init__.py", "one/a/b/c.py"], "a.b.c", "one/a/b/c.py"),
}
STUBS: dict[str, tuple[list[str], str, str | None]] = {
    "a stub": (["one/a.pyi"], "a", "one/a.pyi"),
    "the source before its stub": (["one/a.pyi", "one/a.py"], "a", "one/a.py"),
    "a package of stubs": (["one/a/__init__.pyi", "one/a/b.pyi"], "a.b", "one/a/b.pyi"),
    "the stub of a compiled module": (["one/a.so", "one/a.pyi"], "a", "one/a.pyi"),
    "a stub package": (["one/a-stubs/__init__.pyi", "one/a-stubs/b.pyi"], "a.b", "one/a-stubs/b.pyi"),
    "the source before the stub package": (["one/a-stubs/__init__.pyi", "two/a/__init__.py"], "a", "two/a/__init__.py"),
    "the stub package for what is compiled": (
        ["one/a-stubs/__init__.pyi", "one/a-stubs/b.pyi", "two/a/__init__.py", "two/a/b.so"],
        "a.b",
        "one/a-stubs/b.pyi",
    ),
    "the source beside a stub package": (
        ["one/a-stubs/__init__.pyi", "one/a/__init__.py", "one/a/s/__init__.py", "one/a/s/m.py"],
        "a.s.m",
        "one/a/s/m.py",
    ),
}


@pytest.mark.parametrize(("files", "name", "expected"), [*LAYOUTS.values(), *STUBS.values()], ids=[*LAYOUTS, *STUBS])
def test_layouts(tmp_path: Path, files: list[str], name: str, expected: str | None) -> None:
    tree(tmp_path, dict.fromkeys(files, BODY))
    found = Modules([tmp_path / "one"], [tmp_path / "two"], stdlib=False)
    assert path_of(found.load(name), tmp_path) == expected


@pytest.mark.parametrize(("files", "name", "expected"), LAYOUTS.values(), ids=LAYOUTS)
def test_layouts_are_as_python_sees_them(tmp_path: Path, files: list[str], name: str, expected: str | None) -> None:
    tree(tmp_path, dict.fromkeys(files, BODY))
    code = (
        "import sys, importlib.util\nsys.path[:0] = sys.argv[2:]\n"
        "try: print(importlib.util.find_spec(sys.argv[1]).origin)\nexcept Exception: print(None)"
    )
    command = [sys.executable, "-S", "-c", code, name, str(tmp_path / "one"), str(tmp_path / "two")]
    shown = subprocess.run(command, capture_output=True, text=True, check=True, cwd=tmp_path).stdout.strip()
    assert shown == ("None" if expected is None else str(tmp_path / expected))


def test_a_namespace_package_has_no_code_and_no_problem(tmp_path: Path) -> None:
    found = modules(tree(tmp_path, {"a/b.py": ""}))
    assert (found.load("a"), found.problem("a")) == (None, None)


@pytest.mark.parametrize("line", ["__path__ = __import__('pkgutil').extend_path(__path__, __name__)", ""])
def test_a_package_that_spreads_over_the_search_path(tmp_path: Path, line: str) -> None:
    tree(tmp_path, {"one/a/__init__.py": line, "two/a/__init__.py": line, "two/a/b.py": ""})
    found = Modules([tmp_path / "one"], [tmp_path / "two"], stdlib=False)
    assert path_of(found.load("a.b"), tmp_path) == ("two/a/b.py" if line else None)


def test_what_a_module_says_of_itself(tmp_path: Path) -> None:
    found = modules(tree(tmp_path, {"a/__init__.py": "é = 1\n", "a/b.py": BODY}))
    package, module = found.load("a"), found.load("a.b")
    assert package is not None and module is not None
    assert (package.name, package.is_package, package.is_checked) == ("a", True, False)
    assert (module.name, module.is_package, module.path) == ("a.b", False, str(tmp_path / "a" / "b.py"))
    assert package.source.text == "é = 1\n"
    assert found.load("a") is package
    assert (found.loaded, found.parsed_interface, found.parsed_full) == (2, 2, 0)


# -- bodies -----------------------------------------------------------------------------------------


def has_bodies(module: Module | None) -> bool:
    assert module is not None
    function = module.record.body[-1]
    assert isinstance(function, ir.FunctionDef)
    return bool(function.body)


def test_bodies_are_kept_where_the_api_may_be_used(tmp_path: Path) -> None:
    tree(tmp_path, {"a.py": BODY, "b.py": "import nemo_run\n" + BODY, "c.py": "import mycompany\n" + BODY})
    found = modules(tmp_path)
    assert [has_bodies(found.load(name)) for name in "abc"] == [False, True, False]
    assert (found.parsed_full, found.parsed_interface) == (1, 2)
    assert has_bodies(modules(tmp_path, roots=("mycompany",)).load("c"))


@pytest.mark.parametrize("first", ["load", "checked"])
def test_a_file_that_is_checked_and_imported_is_one_module(tmp_path: Path, first: str) -> None:
    found = modules(tree(tmp_path, {"a.py": BODY}))
    loaded = found.load("a") if first == "load" else None
    checked = found.checked(str(tmp_path / "a.py"))
    assert found.load("a") is checked
    assert loaded in (None, checked)
    assert checked.is_checked
    assert has_bodies(checked)
    assert found.checked(str(tmp_path / "a.py")) is checked
    assert found.loaded == 1


def test_a_warm_run_parses_nothing(tmp_path: Path) -> None:
    tree(tmp_path, {"a.py": BODY, "b.py": "import nemo_run\n"})
    for parsed in (1, 0):
        found = modules(tmp_path, store=Store(tmp_path / "cache"))
        found.load("a"), found.load("b")
        assert (found.parsed_full, found.parsed_interface, found.loaded) == (parsed, parsed, 2)


def test_a_warm_run_imports_no_parser(tmp_path: Path) -> None:
    tree(tmp_path, {"a.py": BODY, "b.py": "import nemo_run, typing\n"})
    code = (
        "import sys\nfrom pathlib import Path\nfrom nemorun_lint.link.modules import Modules\n"
        "from nemorun_lint.store import Store\nroot = Path(sys.argv[1])\n"
        "found = Modules([root], store=Store(root / 'cache'))\n"
        "print([found.load(n) is not None for n in ('a', 'b', 'typing')],"
        "sorted({'libcst', 'astroid', 'typeshed_client', 'importlib.metadata'} & set(sys.modules)))"
    )
    for shown in ("'astroid', ", "[]"):
        output = subprocess.run(
            [sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True
        ).stdout
        assert output.startswith("[True, True, True]")
        assert shown in output


# -- overlays ---------------------------------------------------------------------------------------


def test_overlays_win_over_the_disk(tmp_path: Path) -> None:
    tree(tmp_path, {"a.py": "on_disk = 1\n"})
    file = str(tmp_path / "a.py")
    found = modules(tmp_path, overlays={file: "import nemo_run\n"}, store=Store(tmp_path / "cache"))
    module = found.load("a")
    assert module is found.checked(file)
    assert module.source.text == "import nemo_run\n"
    assert isinstance(module.record.body[0], ir.Import)


def test_overlays_of_files_that_are_not_on_the_disk(tmp_path: Path) -> None:
    new = tmp_path / "pkg" / "sub"
    found = modules(tmp_path, overlays={str(new / "__init__.py"): "", str(new / "mod.py"): BODY})
    module = found.load("pkg.sub.mod")
    assert module is not None
    assert module.name == found.name_of(str(new / "mod.py")) == "pkg.sub.mod"
    assert has_bodies(found.checked(str(new / "mod.py")))


def test_an_overlay_by_a_relative_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    module = modules(tmp_path, overlays={"a.py": BODY}).checked("a.py")
    assert (module.source.path, module.path, module.name) == ("a.py", str(tmp_path / "a.py"), "a")
    assert has_bodies(module)


@pytest.mark.parametrize(
    "text", ["\ufeffx = 'é'\n", "# coding: latin-1\nx = '€'\n", "# coding: no\nx = 1\n", "x = 1\r\n"]
)
def test_the_text_of_an_overlay_is_taken_as_it_is(tmp_path: Path, text: str) -> None:
    for _ in range(2):
        found = modules(tmp_path, overlays={str(tmp_path / "a.py"): text}, store=Store(tmp_path / "cache"))
        module = found.checked(str(tmp_path / "a.py"))
        assert module.source.text == text.removeprefix("\ufeff")
        assert len(module.record.body) == 1


def test_an_overlay_and_a_file_with_other_text_do_not_share_a_record(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_bytes("# coding: latin-1\nx = 'é'\n".encode("latin-1"))
    (tmp_path / "b.py").write_bytes("# coding: latin-1\nx = 'é'\n".encode())
    overlays = {str(tmp_path / "c.py"): "# coding: latin-1\nx = 'é'\n"}
    found = modules(tmp_path, overlays=overlays, store=Store(tmp_path / "cache"))
    values = [found.checked(str(tmp_path / f"{name}.py")).record.body[0].value.value for name in "abc"]  # type: ignore[union-attr]
    assert values == ["é", "Ã©", "é"]


# -- names of paths ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("root/a.py", "a"),
        ("root/a/__init__.py", "a"),
        ("root/a/__main__.py", "a.__main__"),
        ("root/__main__.py", "__main__"),
        ("root/a/b.pyi", "a.b"),
        ("root/a-stubs/b.pyi", "a.b"),
        ("root/src/a/b.py", "a.b"),
        ("root/my-script.py", "my-script"),
        ("site/a/b.py", "a.b"),
        ("out/lone.py", "lone"),
        ("out/pkg/sub/m.py", "pkg.sub.m"),
        ("out/pkg/sub/__init__.py", "pkg.sub"),
        ("out/plain/__init__.py", "plain"),
        ("inside/__init__.py", "inside"),
    ],
)
def test_the_name_of_a_path(tmp_path: Path, path: str, name: str) -> None:
    tree(tmp_path, dict.fromkeys(["out/pkg/__init__.py", "out/pkg/sub/__init__.py", "inside/__init__.py", path], ""))
    roots = [tmp_path / "root", tmp_path / "root" / "src", tmp_path / "inside"]
    found = Modules(roots, [tmp_path / "site"], stdlib=False)
    assert found.name_of(str(tmp_path / path)) == name


# -- the standard library ---------------------------------------------------------------------------


def test_the_standard_library_comes_between_project_and_environment(tmp_path: Path) -> None:
    tree(tmp_path, {"one/json.py": BODY, "two/typing.py": BODY, "two/other.py": BODY, "one/enum/x.txt": ""})
    found = Modules([tmp_path / "one"], [tmp_path / "two"])
    assert path_of(found.load("json"), tmp_path) == "one/json.py"
    assert path_of(found.load("other"), tmp_path) == "two/other.py"
    for name in ("typing", "enum"):
        module = found.load(name)
        assert module is not None
        assert module.path.endswith(f"{name}.pyi")


@pytest.mark.parametrize("version", [(3, 10), (3, 13)])
def test_the_stubs_are_those_of_typeshed_client(version: tuple[int, int]) -> None:
    from typeshed_client.finder import get_search_context, get_stub_file

    library = StandardLibrary(version)
    finder = Finder([], [], library)
    context = get_search_context(search_path=[], version=version)
    # Submodules with a span of their own are left out: typeshed_client looks at that of the package only.
    names = "os os.path sys asyncio.tasks distutils.core imp tomllib collections.abc asyncio.nothing nothing _ast"
    for name in [*names.split(), "zoneinfo", "xml.dom"]:
        expected = get_stub_file(name, search_context=context)
        found = finder.find(name)
        assert (found and found.file) == (expected and str(expected)), name


@pytest.mark.parametrize(("version", "is_there"), [((3, 10), False), ((3, 11), True)])
def test_submodules_of_the_standard_library_have_their_own_span(version: tuple[int, int], is_there: bool) -> None:
    assert (Finder([], [], StandardLibrary(version)).find("asyncio.taskgroups") is not None) == is_there


def test_without_the_stubs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr("nemorun_lint.link.finder.find_spec", lambda name: None)
    assert Modules([]).load("typing") is None


def test_each_directory_is_listed_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    listed: list[str] = []
    real = os.scandir
    monkeypatch.setattr(os, "scandir", lambda path: (listed.append(str(path)), real(path))[1])
    found = modules(tree(tmp_path, {f"pkg/sub/m{number}.py": "" for number in range(5)}))
    for number in range(10):
        found.load(f"pkg.sub.m{number}"), found.load(f"nothing{number}"), found.load(f"pkg.no{number}.x")
    assert sorted(listed) == sorted({str(tmp_path), str(tmp_path / "pkg"), str(tmp_path / "pkg" / "sub")})


def test_a_script_finds_the_modules_beside_it(tmp_path: Path) -> None:
    from nemorun_lint.linter import check_file
    from nemorun_lint.settings import Settings

    scripts = tmp_path / "scripts"
    scripts.mkdir()
    (scripts / "common.py").write_text("import nemo_run as run\nclass T: pass\ndef make():\n    return run.Config(T)\n")
    recipe = scripts / "recipe.py"
    recipe.write_text(
        "import nemo_run as run\nfrom common import make\n@run.autoconvert\ndef r():\n    return make()\n"
    )

    def codes() -> list[str]:
        modules = Modules([tmp_path])
        return [d.code for d in check_file(modules, str(recipe), Settings(directory=tmp_path)).diagnostics]

    assert codes() == ["NR202"]
    # In a package an absolute import does not find its neighbours.
    (scripts / "__init__.py").write_text("")
    assert codes() == []
