"""The table of standard library callables, measured again on the Python and the fiddle that are installed."""

from __future__ import annotations

import builtins
import importlib
import sys
import types
from collections.abc import Iterator
from typing import Any

import pytest

from nemorun_lint.link import stdlib

measured_here = pytest.mark.skipif(sys.version_info[:2] != (3, 11), reason="the table was measured with Python 3.11")

# Fiddle's own names in its list; they are known by the table of the API.
FIDDLES_OWN = {
    "fiddle._src.building.build",
    "fiddle._src.config.Config",
    "fiddle._src.partial.Partial",
    "fiddle._src.experimental.autobuilders.autobuilders.Registry.config",
}


def listed(table: dict[str, str]) -> Iterator[tuple[str, Any]]:
    for module, names in table.items():
        for name in names.split():
            found = getattr(importlib.import_module(module), name, None)
            if found is not None:
                yield f"{module}.{name}", found


def without_signature(target: object) -> bool:
    from fiddle._src import signatures

    return not signatures.has_signature(target)


@measured_here
def test_callables_without_a_signature() -> None:
    wrong = [name for name, found in listed(stdlib.facts().no_signature) if not without_signature(found)]
    assert wrong == []
    assert stdlib.has_signature("builtins.print") and not stdlib.has_signature("builtins.max")


@measured_here
@pytest.mark.parametrize("name", [n for n in dir(builtins) if callable(getattr(builtins, n)) and not n.startswith("_")])
def test_every_builtin(name: str) -> None:
    if name in {"exit", "quit", "help", "license", "credits", "copyright"}:
        pytest.skip("put there by `site`")
    assert stdlib.has_signature(f"builtins.{name}") != without_signature(getattr(builtins, name))


@measured_here
@pytest.mark.parametrize(
    "value", ["", b"", [], {}, set(), frozenset(), (), 1, 1.0, True], ids=lambda v: type(v).__name__
)
def test_methods_of_builtin_types(value: object) -> None:
    for name in dir(value):
        method = getattr(value, name)
        if callable(method) and not name.startswith("_"):
            assert stdlib.method_has_signature(type(value).__name__, name) != without_signature(method), name


@measured_here
def test_callables_that_cannot_be_serialized() -> None:
    from fiddle.experimental import serialization

    for name, found in listed(stdlib.facts().unserializable):
        with pytest.raises(Exception, match=r"."):
            serialization.dump_json([found])
        assert not stdlib.is_serializable(name)
    for name in ("builtins.dict", "builtins.list", "builtins.tuple", "builtins.set", "os.path.join", "os.getenv"):
        assert stdlib.is_serializable(name)


def test_the_exempt_set_is_that_of_the_installed_fiddle() -> None:
    from fiddle._src.experimental import auto_config_policy as policy

    theirs = {f"{one.__module__ or 'builtins'}.{one.__qualname__}" for one in policy.V1_SKIPLIST} - FIDDLES_OWN
    # A method of a type in C does not name its module.
    theirs = {name.replace("builtins.chain.", "itertools.chain.") for name in theirs}
    assert theirs == stdlib._FIDDLE_EXEMPT
    names = sorted(one.__name__ for one in policy.BUILTIN_LIST if hasattr(one, "__name__"))
    assert stdlib.facts().fiddle_exempt["builtins"].split() == names


@measured_here
def test_functions_in_c() -> None:
    kinds = (types.BuiltinFunctionType, types.MethodWrapperType)
    assert [name for name, found in listed(stdlib.facts().builtin) if not isinstance(found, kinds)] == []


@pytest.mark.parametrize(
    ("name", "reads"),
    [
        ("os.getenv", True),
        ("posixpath.exists", True),
        ("datetime.datetime.now", True),
        ("pathlib.Path.home", True),
        ("platform.node", True),
        ("os.path.join", False),
        ("datetime.datetime", False),
        ("pathlib.Path", False),
        ("mylib.os.getenv", False),
        ("getenv", False),
    ],
)
def test_reads_of_the_environment(name: str, reads: bool) -> None:
    assert stdlib.reads_environment(name) is reads
