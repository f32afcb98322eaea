"""Names to what they mean, within a module and across modules; nothing is imported."""

from __future__ import annotations

from pathlib import Path

import pytest

from nemorun_lint.ir import nodes as ir
from nemorun_lint.link.modules import Modules
from nemorun_lint.link.names import Program, absolute_module
from nemorun_lint.link.symbols import (
    ApiSymbol,
    BuiltinSymbol,
    ClassSymbol,
    FunctionSymbol,
    ModuleSymbol,
    ParameterSymbol,
    Symbol,
    UnknownSymbol,
    ValueSymbol,
)


def program(tmp_path: Path, **files: str) -> Program:
    """A program of overlays; `pkg__a` is the file pkg/a.py, `pkg__INIT` pkg/__init__.py."""
    paths = {name: name.replace("__", "/").replace("INIT", "__init__") + ".py" for name in files}
    overlays = {str(tmp_path / paths[name]): text for name, text in files.items()}
    return Program(Modules([tmp_path], overlays=overlays))


def meaning(tmp_path: Path, name: str, **files: str) -> Symbol:
    made = program(tmp_path, **files)
    module = made.modules.checked(str(tmp_path / "main.py"))
    scope = made.scope_of(module)
    first, *rest = name.split(".")
    expression: ir.Expr = ir.Name(0, 0, first)
    for part in rest:
        expression = ir.Attribute(0, 0, expression, part, 0)
    return made.resolve_directly(module, scope, expression)


@pytest.mark.parametrize(
    ("text", "name", "api"),
    [
        ("import nemo_run as run", "run.autoconvert", "nemo_run.autoconvert"),
        ("import nemo_run", "nemo_run.api.autoconvert", "nemo_run.autoconvert"),
        ("from nemo_run import autoconvert as ac", "ac", "nemo_run.autoconvert"),
        ("from nemo_run.config import Config", "Config", "nemo_run.Config"),
        ("import nemo_run.config", "nemo_run.config.Partial", "nemo_run.Partial"),
        ("import fiddle as fdl", "fdl.Config", "fiddle.Config"),
        ("from fiddle.experimental import auto_config", "auto_config.auto_config", "fiddle.auto_config"),
        ("from fiddle.experimental.auto_config import auto_config as a", "a", "fiddle.auto_config"),
        ("from fiddle._src.experimental.auto_config import exempt", "exempt", "fiddle.exempt"),
        ("import nemo_run as run\ncli = run.cli", "cli.factory", "nemo_run.cli.factory"),
        ("try:\n    import nemo_run as run\nexcept ImportError:\n    run = None", "run.Config", "nemo_run.Config"),
        ("if TYPE_CHECKING:\n    run = 1\nelse:\n    import nemo_run as run", "run.Config", "nemo_run.Config"),
    ],
)
def test_spellings_of_the_api(tmp_path: Path, text: str, name: str, api: str) -> None:
    assert meaning(tmp_path, name, main=text) == ApiSymbol(api)


@pytest.mark.parametrize(
    "text",
    [
        "run = object()",
        "import nemo_run_extra as run",
        "from mylib import nemo_run as run",
        "import nemo_run as run\nrun = other()",
        "import nemo_run as run\nfor run in []: pass",
    ],
)
def test_other_things_of_the_same_name(tmp_path: Path, text: str) -> None:
    assert not isinstance(meaning(tmp_path, "run", main=text), ApiSymbol)


def test_re_exports_at_any_depth(tmp_path: Path) -> None:
    symbol = meaning(
        tmp_path,
        "Thing",
        main="from pkg import Thing",
        pkg__INIT="from .a import Thing",
        pkg__a="from pkg.b import Other as Thing",
        pkg__b="from .c import *",
        pkg__c="class Other: pass",
    )
    assert isinstance(symbol, ClassSymbol) and symbol.qualified == "pkg.c.Other"


def test_submodules_and_names_of_packages(tmp_path: Path) -> None:
    files = {"pkg__INIT": "value = 1", "pkg__sub": "def f(): pass"}
    assert meaning(tmp_path, "sub", main="from pkg import sub", **files) == ModuleSymbol("pkg.sub")
    assert isinstance(meaning(tmp_path, "pkg.sub.f", main="import pkg.sub", **files), FunctionSymbol)
    assert isinstance(meaning(tmp_path, "value", main="from pkg import value", **files), ValueSymbol)


@pytest.mark.parametrize(
    "files",
    [
        {"main": "from a import x", "a": "from b import x", "b": "from a import x"},
        {"main": "from a import *", "a": "from b import *", "b": "from a import *"},
        {"main": "from main import x"},
        {"main": "x = y\ny = x"},
        {"main": "class x(x): pass"},
        {"main": "from .. import x"},
        {"main": "from nowhere import x"},
        {"main": "from a import x", "a": "def __getattr__(name): ..."},
        {"main": "from a import x", "a": "raise RuntimeError"},
        {"main": "from a import x", "a": "this is no Python"},
    ],
    ids=str,
)
def test_circles_and_dead_ends(tmp_path: Path, files: dict[str, str]) -> None:
    symbol = meaning(tmp_path, "x", **files)
    assert isinstance(symbol, (UnknownSymbol, ClassSymbol, ValueSymbol))


def test_alternatives_must_agree(tmp_path: Path) -> None:
    text = "if a:\n    def f(): return 1\nelse:\n    def f(): return 2"
    assert isinstance(meaning(tmp_path, "f", main=text), UnknownSymbol)
    # The last sure one counts.
    assert isinstance(meaning(tmp_path, "f", main=text + "\ndef f(): return 3"), FunctionSymbol)


def test_builtins_and_what_hides_them(tmp_path: Path) -> None:
    assert meaning(tmp_path, "len", main="") == BuiltinSymbol("len")
    assert isinstance(meaning(tmp_path, "len", main="def len(x): ..."), FunctionSymbol)
    assert meaning(tmp_path, "print", main="from nowhere import *") == BuiltinSymbol("print")


def test_scopes(tmp_path: Path) -> None:
    text = "x = 1\nclass C:\n    x = 2\n    def f(self, y):\n        def g():\n            return x, y\n"
    made = program(tmp_path, main=text)
    module = made.modules.checked(str(tmp_path / "main.py"))
    outer = made.scope_of(module)
    class_ = module.record.body[1]
    method = class_.body[1]  # type: ignore[union-attr]
    inner = method.body[0]
    scope = outer
    for owner in (class_, method, inner):
        scope = made.inner_scope(owner, scope)  # type: ignore[arg-type]
    symbol = made.resolve_name(module, scope, "x")
    # A class body is no scope for what is inside of its methods.
    assert isinstance(symbol, ValueSymbol) and symbol.scope is outer
    assert isinstance(made.resolve_name(module, scope, "y"), ParameterSymbol)


def test_aliases_of_a_team(tmp_path: Path) -> None:
    overlays = {str(tmp_path / "main.py"): "from acme.cfg import C", str(tmp_path / "acme/cfg.py"): "class C: pass"}
    made = Program(Modules([tmp_path], overlays=overlays), {"acme.cfg.C": "nemo_run.Config"})
    module = made.modules.checked(str(tmp_path / "main.py"))
    assert made.resolve_name(module, made.scope_of(module), "C") == ApiSymbol("nemo_run.Config")


@pytest.mark.parametrize(
    ("name", "package", "text", "expected"),
    [
        ("a.b.c", False, "from . import x", "a.b"),
        ("a.b.c", False, "from .d import x", "a.b.d"),
        ("a.b.c", False, "from ..d import x", "a.d"),
        ("a.b", True, "from . import x", "a.b"),
        ("a.b", True, "from ..c import x", "a.c"),
        ("a", False, "from . import x", None),
        ("a", False, "from .. import x", None),
        ("a.b", False, "from ... import x", None),
    ],
)
def test_relative_imports(tmp_path: Path, name: str, package: bool, text: str, expected: str | None) -> None:
    path = tmp_path / ("/".join(name.split(".")) + ("/__init__.py" if package else ".py"))
    module = Modules([tmp_path], overlays={str(path): text}).checked(str(path))
    assert module.name == name
    assert absolute_module(module, module.record.body[0]) == expected  # type: ignore[arg-type]
