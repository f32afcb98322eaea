"""Generated bodies, run for real: the culprit is blamed where the meaning changes, and nothing elsewhere."""

from __future__ import annotations

import gc
import logging
import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import body_vocabulary as vocabulary
import pytest
from body_generator import USES, VALUES, Body, Use, Value, products, write_module
from meaning_judge import Outcome, built, difference, judge, load

from nemorun_lint.diagnostic import Diagnostic, Severity
from nemorun_lint.linter import check_source

BODIES = 10_000
SHARDS = 8
MODULE = 250

# Rules about launch, and rules about where a value is read: the built objects are equal there.
ELSEWHERE = frozenset({"NR209", "NR210", "NR211", "NR214", "NR218", "NR220"})
HIDDEN = frozenset({"run", "functools", "logging", "Callable", "dataclass", "field", "Enum", "Any", "ClassVar"})
NAMES = sorted(
    {name for name in vars(vocabulary) if not name.startswith("_")}
    - HIDDEN
    - {"NamedTuple", "Optional", "event", "reset"}
)


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Without the warnings of the run time about conversions; the collector would take a quarter of the time."""
    root = logging.getLogger()
    level = root.level
    root.setLevel(logging.ERROR)
    gc.disable()
    yield
    gc.enable()
    root.setLevel(level)


@cache
def pairs() -> tuple[tuple[Value, Use] | None, ...]:
    """All products, then bodies that are valid throughout, shuffled."""
    chosen: list[tuple[Value, Use] | None] = list(products())
    chosen += [None] * max(BODIES // 4, BODIES + BODIES // 20 - len(chosen))
    random.Random(7).shuffle(chosen)
    return tuple(chosen)


@dataclass(frozen=True)
class Judged:
    """One body with what it did and what the linter said of it."""

    body: Body
    outcome: Outcome
    errors: tuple[Diagnostic, ...]

    @property
    def problem(self) -> str:
        """What is wrong with the diagnostics; "" where they are as they must be."""
        counted = [one for one in self.errors if one.code not in ELSEWHERE]
        if self.outcome.verdict == "equal":
            return f"false alarm {counted[0].code}" if counted else ""
        stray = [one for one in counted if not self.body.culprits & set(range(one.row, one.end_row + 1))]
        if stray:
            return f"{stray[0].code} beside the culprit"
        return "" if counted or self.body.opaque else "missed"

    def __str__(self) -> str:
        said = [f"    {one.row - self.body.first_row + 1}:{one.column} {one.code} {one.message}" for one in self.errors]
        return "\n".join([f"{self.problem} [{self.body.feature}] {self.outcome}", self.body.text, *said])


def _judged(seed: int, chosen: tuple[tuple[Value, Use] | None, ...], directory: Path) -> Iterator[Judged]:
    text, bodies = write_module(seed, list(chosen), NAMES)
    name = f"generated_bodies_{seed}"
    found = check_source(text, f"{name}.py", files={"body_vocabulary.py": Path(vocabulary.__file__).read_text("utf-8")})
    module = load(text, name, directory)
    for body in bodies:
        rows = range(body.first_row, body.first_row + body.text.count("\n") + 1)
        errors = (one for one in found if one.row in rows and one.severity is Severity.ERROR)
        yield Judged(body, judge(module, body), tuple(one for one in errors if one.code.startswith(("NR1", "NR2"))))


@pytest.mark.parametrize("shard", range(SHARDS))
def test_generated_bodies(shard: int, tmp_path: Path, record_property: Callable[[str, object], None]) -> None:
    chosen = pairs()[shard::SHARDS]
    counts: Counter[str] = Counter()
    wrong: list[Judged] = []
    for start in range(0, len(chosen), MODULE):
        for one in _judged(shard * 1000 + start, chosen[start : start + MODULE], tmp_path):
            counts[one.outcome.verdict] += 1
            if one.outcome.verdict != "invalid" and one.problem:
                wrong.append(one)
        gc.collect()
    judged = sum(counts.values()) - counts["invalid"]
    record_property("judge", ("meaning judge", {"judged": judged, "judged differently": len(wrong), **counts}))
    summary = Counter(one.problem for one in wrong)
    assert not wrong, f"{dict(summary)}\n\n" + "\n\n".join(
        map(str, sorted(wrong, key=lambda one: len(one.body.text))[:5])
    )
    assert judged >= BODIES // SHARDS


def test_every_value_and_every_use_takes_part() -> None:
    seen = list(products())
    assert {value.text for value, _ in seen} == {value.text for value in VALUES}
    assert {use.name for _, use in seen} == {use.name for use in USES}


def test_what_is_built_is_compared_by_structure() -> None:
    inner, plain, bare = vocabulary.Inner, vocabulary.Plain, vocabulary.Bare
    assert not difference([plain(inner(1)), float("nan")], [plain(inner(1)), float("nan")])
    assert difference(bare(1), bare(2))
    assert difference(inner(1), vocabulary.Child(1))
    assert difference({"a": 1}, {"a": 1, "b": 2})
    assert difference([vocabulary.CONFIG], built([vocabulary.CONFIG]))
    assert not difference(inner(9), built([vocabulary.CONFIG])[0])
