"""The linter and fiddle's own transformer agree on every function of the standard library and of site-packages."""

from __future__ import annotations

import gc
import random
import re
import sys
import sysconfig
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from program_generator import module
from syntax_judge import Tally, judge_file

from nemorun_lint.text import SourceText

# Each shard judges at least its share, so all of them together the whole.
FUNCTIONS = 100_000
GENERATED = 10_000
SHARDS = 12
GENERATED_SHARDS = 4


@pytest.fixture(autouse=True)
def _deep_and_quick() -> Iterator[None]:
    """Let deep trees through; libcst makes many objects and no cycles, so the collector would take half of the time."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(20_000)
    gc.disable()
    yield
    gc.enable()
    sys.setrecursionlimit(limit)


@cache
def installed_files() -> tuple[Path, ...]:
    """A tenth in random order, then those with the most functions for their length: half of the time."""
    paths = sysconfig.get_paths()
    library = [p for p in Path(paths["stdlib"]).rglob("*.py") if "site-packages" not in p.parts]
    files = sorted({*library, *Path(paths["purelib"]).rglob("*.py")})
    random.Random(2).shuffle(files)
    first = len(files) // 10
    return (*files[:first], *sorted(files[first:], key=_bytes_a_function))


def _bytes_a_function(path: Path) -> float:
    data = path.read_bytes()
    return (len(data) + 2000) / (len(re.findall(rb"\bdef\b|\blambda\b", data)) + 0.01)


def _report(record: Callable[[str, object], None], tally: Tally, title: str) -> None:
    """Hand the counts to the summary of the run (`conftest.py`) and fail on any difference."""
    counts = {"judged": tally.functions, "judged differently": len(tally.wrong), **tally.counts}
    record("judge", (f"syntax judge, {title}", counts))
    print(*(f"read by one side alone: {line}" for line in tally.alone), sep="\n")
    assert not tally.wrong, "\n".join(tally.wrong[:10])


@pytest.mark.parametrize("shard", range(SHARDS))
def test_installed_functions(shard: int, record_property: Callable[[str, object], None]) -> None:
    tally = Tally()
    quota = FUNCTIONS // SHARDS + 1
    for path in installed_files()[shard::SHARDS]:
        if tally.functions >= quota:
            break
        judge_file(str(path), path.read_bytes(), tally, share=15)
        if tally.counts["files"] % 50 == 0:
            gc.collect()
    _report(record_property, tally, "installed functions")
    assert tally.functions >= quota, "fewer functions are installed than the judge needs"


@pytest.mark.parametrize("shard", range(GENERATED_SHARDS))
def test_generated_functions(shard: int, record_property: Callable[[str, object], None]) -> None:
    tally = Tally()
    quota = GENERATED // GENERATED_SHARDS
    for seed in range(shard, 10_000, GENERATED_SHARDS):
        if tally.functions >= quota:
            break
        judge_file(f"generated {seed}", module(seed, 40).encode(), tally, share=4)
        gc.collect()
    _report(record_property, tally, "generated functions")
    assert not tally.alone
    assert tally.functions >= quota


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(min_value=10_000), st.sampled_from(["\n", "\r\n", "\r"]), st.sampled_from(["utf-8", "utf-8-sig"]))
def test_line_ends_and_byte_order_marks_change_nothing(seed: int, newline: str, encoding: str) -> None:
    tally = Tally()
    judge_file(f"generated {seed}", module(seed, 2).replace("\n", newline).encode(encoding), tally, share=1)
    assert not tally.wrong, "\n".join(tally.wrong)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        pytest.param("def f(x):\n    return m(x)", "fine", id="plain"),
        pytest.param("def f():\n    return (lambda: a)()(1)", "fine", id="callee"),
        pytest.param("@d(lambda: [i for i in a])\ndef f():\n    return m()", "fine", id="decorator"),
        pytest.param("def f():\n    m.a = 5", "fine", id="attribute-alone"),
        pytest.param("def f():\n    *m.a, b = c", "fine", id="starred-attribute"),
        pytest.param("def f():\n    m.a, b = c", "crash", id="attribute-in-tuple"),
        pytest.param("def f():\n    match a:\n        case b.C:\n            pass", "crash", id="attribute-in-pattern"),
        pytest.param("class C:\n    def f(self):\n        '''\ntext'''", "unparsable", id="text-at-column-0"),
        pytest.param("x = f(lambda a: a\n      + 1)", "unparsable", id="lambda-of-two-rows"),
        pytest.param("x = (lambda a: a\n      + 1)", "fine", id="lambda-of-two-rows-in-parentheses"),
        pytest.param(
            "if a:\n    x = f(\n        lambda: [\n            b if c else d])", "rejected IfExp", id="lambda-in-block"
        ),
    ],
)
def test_the_judge_sees(text: str, kind: str) -> None:
    tally = Tally()
    judge_file("sample", text.encode(), tally, share=10)
    assert kind in tally.counts
    assert not tally.wrong


def test_a_difference_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    tally = Tally()
    monkeypatch.setattr(SourceText, "utf8_column", lambda self, offset: 0)
    judge_file("sample", b"def f():\n    return a if b else c", tally)
    assert len(tally.wrong) == 2
