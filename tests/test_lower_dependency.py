"""The astroid lowering of dependencies equals the libcst lowering without function bodies."""

from __future__ import annotations

import re
import sys
import sysconfig
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nemorun_lint.ir import lower_dependency as subject
from nemorun_lint.ir import nodes as ir
from nemorun_lint.ir.interface import strip_bodies
from nemorun_lint.ir.lower import lower
from nemorun_lint.ir.lower_dependency import lower_dependency
from nemorun_lint.ir.record import ModuleRecord
from nemorun_lint.text import SourceText

STANDARD_LIBRARY = Path(sysconfig.get_paths()["stdlib"])
FILES = sorted(STANDARD_LIBRARY.glob("*.py"))[::3] + [
    STANDARD_LIBRARY / name
    for name in ("typing.py", "enum.py", "dataclasses.py", "asyncio/tasks.py", "concurrent/futures/_base.py")
]
# A definition whose header stands in one line; as a class its statements count as an interface.
DEFINITION = re.compile(r"^([ \t]*)(?:async )?def (\w+)\([^\n]*\)[^\n(]*:[ \t]*(\r?)$", re.MULTILINE)

SNIPPETS = r'''
x = 1;
===
with a: pass
===
with (a): pass
===
with (a), b: pass
===
with (a, b): pass
===
with (a as b): pass
===
with (a as b, c as (d), (e) as f,): pass
===
with ((a)): pass
===
with ((a) as b), c: pass
===
with (a) as b, (c) as (d): pass
===
with (yield): pass
===
with (x := f()): pass
===
with (a, *b): pass
===
with (a, b) as c: pass
===
with ((a), (b)): pass
===
with (a,): pass
===
with f((1)) as (x.y), (g): pass
===
with (a)(b), (c).d as e: pass
===
with (
  # c (
  a # )
  as b, # (
): pass
===
async with (a as b): pass
===
class é(ñ.ó, metaclass=ü, **kw): "dóc"; x = "é"; y = z
===
class A((B), (C),): pass
===
class A((B)): ("doc")
===
class A(
  B # )
  , # (
  (C)
  ): pass
===
class A(*b, metaclass=(M), x=1, **k): pass
===
("doc")
===
f((a), (b), *(c), d=(e), **(g))
===
print(*a, b, *c, k=1, *d)
===
g(f(((a))))
===
f(x for x in y)
===
f((x for x in (y) if (z)), 1)
===
(f)((a), )
===
(f)(  # x (
 (  # )
 a)
 # )
 )
===
[(a) for (b) in (c) if (d) if (e) for f in g]
===
{(a): (b) for c, d in ((e))}
===
x = [i async for i in (y)]
===
a . b . \
 c
===
def f(a, /, b: int = (1), *c: "x", d=2, e, **k: {}) -> (int): return 1
===
@(a)
@b.c(d)
async  def \
  f ( ): pass
===
@a
class  \
 X : pass
===
x[1:2, ::3]; x[(1):(2)]; x[1,]; x[:]; x[(1,2)]
===
del (a), b
===
del (a, b)
===
from . import (a as b, c)
from .. x.y import *
import a.b as c, d
===
try: pass
except (A) as e: pass
else: pass
finally: pass
===
match (x):
    case (A(1, y=2) | [a, *b] | {"k": v, **r}) if (z): pass
    case None | True | -1 | 1+2j | a.b | "s" "t": pass
    case (a, b) as c: pass
    case (((1))): pass
    case {**r}: pass
    case A(): pass
    case [*_]: pass
    case _: pass
===
x = lambda a, *b, c=1, **d: (a)
===
x = f"a{b!r:>{w}}" "c" f"{d=}"
===
x = 1 if (a) else (b); y = not (a) in b; z = a < (b) < c
===
x: (int) = (1)
===
x += (yield)
===
x = a and b and (c and d) or e
===
x = 0xFFFFFFFFFFFFFFFF, 2**64, 18446744073709551616, 1e999, 1j, ..., b"\xff", "\ud800", True, None
===
if a: pass
elif b: pass
else: pass
===
while (a): break
else: continue
===
for (a), b in (c): pass
else: pass
===
global a, b
===
assert (a), (b)
===
raise (a) from (b)
===
x = (a := 1), *b, {**(a), "b": (c)}
===
x = await (a), (yield (b))
===
class A:
    """d"""
    def f(self):
        class B: pass
    if x:
        def g(): yield
===
x = "\N{DIGIT ONE}" """a
b"""
===
type X[T: int, *Ts, **P] = int
===
def f[T](x: T) -> T: pass
===
try: pass
except* A: pass
'''.strip("\n").split("\n===\n")

BAD = {
    "nothing behind the equals sign": "x = \n",
    "an unclosed bracket": "f(\n",
    "a null byte": "x = 1\0\n",
    "a lone surrogate": "x = '\ud800'\n(",
    "Python 2": "print 'a'\n",
    "bad indentation": "if x:\n  a\n b\n",
    "nested too deeply": "-" * 100_000 + "1",
    "a parameter in parentheses": "def f((a)): pass\n",
}


def difference(one: object, other: object, inside_string: bool = False, path: str = "") -> str:
    """The first place where two values differ; positions inside of formatted strings are not compared.

    Before Python 3.12 `ast`, and so astroid, has no true positions there.
    """
    if type(one) is not type(other):
        return f"{path}: {one!r:.200} != {other!r:.200}"
    if isinstance(one, tuple) and isinstance(other, tuple):
        if len(one) != len(other):
            return f"{path}: {len(one)} != {len(other)} parts"
        pairs = enumerate(zip(one, other, strict=True))
        parts = (difference(a, b, inside_string, f"{path}[{i}]") for i, (a, b) in pairs)
        return next(filter(None, parts), "")
    if isinstance(one, msgspec.Struct):
        return _struct_difference(one, other, inside_string, path)
    return "" if one == other else f"{path}: {one!r:.200} != {other!r:.200}"


def _struct_difference(one: msgspec.Struct, other: object, inside_string: bool, path: str) -> str:
    skipped = ("start", "end", "name_start") if inside_string else ()
    inside_string = inside_string or isinstance(one, ir.FormattedString)
    for field in one.__struct_fields__:
        if field not in skipped:
            place = f"{path}.{type(one).__name__}@{getattr(one, 'start', '')}.{field}"
            found = difference(getattr(one, field), getattr(other, field), inside_string, place)
            if found:
                return found
    return ""


def both(text: str) -> tuple[ModuleRecord, ModuleRecord]:
    source = SourceText("module.py", text)
    return lower_dependency(source), strip_bodies(lower(source))


def assert_equal(text: str) -> None:
    assert difference(*both(text)) == ""


@pytest.fixture
def no_libcst(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make it an error to leave the work to libcst."""

    def fail(source: SourceText) -> ModuleRecord:
        raise AssertionError(f"{source.path} was left to libcst")

    monkeypatch.setattr(subject, "_lower_with_libcst", fail)


@pytest.mark.parametrize("text", BAD.values(), ids=BAD.keys())
def test_bad_python_is_a_syntax_error_and_no_exception(text: str) -> None:
    record = lower_dependency(SourceText("bad.py", text))
    assert record.is_interface
    assert record.body == ()
    assert record.syntax_error is not None


def test_an_empty_module() -> None:
    assert lower_dependency(SourceText("empty.py", "")) == ModuleRecord(is_interface=True, may_have_walrus=False)


@pytest.mark.parametrize("text", ["(" * 3000 + ")" * 3000, "x = " + " + ".join(["1"] * 2_000), "a" + ".b" * 500])
def test_deep_nesting_is_no_exception(text: str) -> None:
    assert lower_dependency(SourceText("deep.py", text)).is_interface


def test_odd_escapes_give_no_warning(recwarn: pytest.WarningsRecorder) -> None:
    lower_dependency(SourceText("escape.py", "x = '\\d'\n"))
    assert not recwarn.list


@pytest.mark.parametrize("text", SNIPPETS)
def test_snippets_equal(text: str) -> None:
    assert_equal(text)
    assert_equal(text + "\n")
    assert_equal(text.replace("\n", "\r\n"))


@pytest.mark.parametrize("text", SNIPPETS)
def test_snippets_equal_behind_wide_characters(text: str) -> None:
    assert_equal("# 𝔞é\n\f\nx = 'é𝔞'\n" + text)


@given(st.lists(st.sampled_from(SNIPPETS), min_size=1, max_size=4), st.sampled_from(["if x:", "class A:", "try:"]))
@settings(max_examples=60, deadline=None)
def test_nested_snippets_equal(snippets: list[str], header: str) -> None:
    # Indenting changes a multi-line string; and `ast` counts a last semicolon to the block around it, libcst does not.
    single = [text for text in snippets if '"""a' not in text and not text.endswith(";")]
    block = "\n".join([f"{header}  # é", "    'é'", *("    " + line for text in single for line in text.split("\n"))])
    assert_equal(block + ("\nfinally: pass\n" if header == "try:" else "\n"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_standard_library_equal(path: Path, no_libcst: None) -> None:
    source = SourceText.decode(str(path), path.read_bytes())
    assert difference(lower_dependency(source), strip_bodies(lower(source))) == ""


@pytest.mark.parametrize("path", FILES[::4], ids=lambda path: path.name)
def test_standard_library_with_functions_as_classes_equal(path: Path, no_libcst: None) -> None:
    text = SourceText.decode(str(path), path.read_bytes()).text
    assert_equal(DEFINITION.sub(r"\1class \2:\3", text))


def test_bodies_are_dropped_and_their_definitions_too() -> None:
    (function,) = lower_dependency(SourceText("a.py", "def f():\n    def g(): pass\n    return g\n")).body
    assert isinstance(function, ir.FunctionDef)
    assert function.body == ()


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="the running Python parses it")
def test_newer_syntax_than_the_running_python_is_left_to_libcst() -> None:
    (alias,) = lower_dependency(SourceText("a.py", "type X = int\n")).body
    assert isinstance(alias, ir.TypeAlias)


def test_astroid_neither_infers_nor_imports_nor_remembers(monkeypatch: pytest.MonkeyPatch) -> None:
    from astroid import nodes as an
    from astroid.manager import AstroidManager

    def fail(*_: object, **__: object) -> None:
        raise AssertionError("not parsing only")

    monkeypatch.setattr(an.NodeNG, "infer", fail)
    monkeypatch.setattr(AstroidManager, "ast_from_module_name", fail)
    monkeypatch.setattr(AstroidManager, "cache_module", fail)
    path, cached = list(sys.path), dict(AstroidManager().astroid_cache)
    text = "from os import *\nimport json\nclass A(json.X, metaclass=B):\n    x = json.loads('1')\n    x.y = 1\n"
    assert len(lower_dependency(SourceText("a.py", text)).body) == 3
    assert sys.path == path
    assert AstroidManager().astroid_cache == cached
