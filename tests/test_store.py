"""The store: every fault is a miss, what is written is read back, and it stays below its size."""

from __future__ import annotations

import builtins
import errno
import multiprocessing
import os
import time
from pathlib import Path
from typing import Any
from unittest.mock import MagicMock

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nemorun_lint import store as subject
from nemorun_lint.ir import nodes as ir
from nemorun_lint.ir.record import ModuleRecord, Suppression, SyntaxProblem
from nemorun_lint.store import Store, default_directory

DATA = b"x = 1\n"
RECORD = ModuleRecord(
    body=(ir.Assign(0, 5, (ir.Name(0, 1, "x"),), ir.Constant(4, 5, "int", 1)),),
    suppressions=(Suppression(1, 1, 3, 9, ("NR101",), (5,)),),
    syntax_error=SyntaxProblem("none", 0),
)


def entries(directory: Path) -> list[Path]:
    return sorted(path for path in directory.glob("??/*") if path.is_file())


def filled(directory: Path, count: int = 1) -> Store:
    store = Store(directory)
    for number in range(count):
        store.put(b"%d" % number if number else DATA, "full", RECORD)
    assert store.writes == count
    return store


# -- misses -----------------------------------------------------------------------------------------


def test_no_directory_keeps_nothing() -> None:
    store = Store(None)
    store.put(DATA, "full", RECORD)
    assert store.get(DATA, "full") is None
    assert (store.hits, store.misses, store.writes) == (0, 1, 0)
    assert (store.prune(force=True), store.clean()) == (0, 0)


def test_other_bytes_and_other_kind_are_misses(tmp_path: Path) -> None:
    store = filled(tmp_path)
    assert store.get(DATA + b" ", "full") is None
    assert store.get(DATA, "interface") is None
    assert store.misses == 2


@pytest.mark.parametrize(
    "damage",
    {
        "emptied": lambda content: b"",
        "truncated": lambda content: content[: len(content) // 2],
        "one byte short": lambda content: content[:-1],
        "longer": lambda content: content + b"\0",
        "garbage": lambda content: os.urandom(len(content)),
        "one bit turned": lambda content: content[:-3] + bytes([content[-3] ^ 1]) + content[-2:],
        "sound msgpack of another shape": lambda content: sealed(b"\x93\x01\x02\x03"),
        "no msgpack": lambda content: sealed(b"\xc1"),
        "deep nesting": lambda content: sealed(b"\x91" * 100_000),
    }.items(),
    ids=lambda item: item[0],
)
def test_a_damaged_entry_is_a_miss_and_removed(tmp_path: Path, damage: tuple[str, Any]) -> None:
    filled(tmp_path)
    (entry,) = entries(tmp_path)
    entry.write_bytes(damage[1](entry.read_bytes()))
    store = Store(tmp_path)
    assert store.get(DATA, "full") is None
    assert entries(tmp_path) == []
    store.put(DATA, "full", RECORD)
    assert store.get(DATA, "full") == RECORD


def sealed(payload: bytes) -> bytes:
    return subject._checksum(payload) + payload


@given(content=st.binary(max_size=200), seal=st.booleans())
@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_content_raises(tmp_path: Path, content: bytes, seal: bool) -> None:
    filled(tmp_path)
    (entry,) = entries(tmp_path)
    entry.write_bytes(sealed(content) if seal else content)
    record = Store(tmp_path).get(DATA, "full")
    assert record is None or (seal and isinstance(record, ModuleRecord))


def test_results_are_kept_by_key(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.put_result(b"key", b"payload")
    assert Store(tmp_path).get_result(b"key") == b"payload"
    assert Store(tmp_path).get_result(b"other") is None
    assert Store(None).get_result(b"key") is None


@pytest.mark.parametrize("name", ["SCHEMA", "_PARSERS"])
def test_another_schema_or_parser_is_a_miss(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    filled(tmp_path)
    monkeypatch.setattr(subject, name, {"SCHEMA": subject.SCHEMA + 1, "_PARSERS": ("msgspec",)}[name])
    subject._version.cache_clear()
    try:
        assert Store(tmp_path).get(DATA, "full") is None
    finally:
        subject._version.cache_clear()


def test_an_entry_that_is_a_directory_is_a_miss(tmp_path: Path) -> None:
    filled(tmp_path)
    (entry,) = entries(tmp_path)
    entry.unlink()
    entry.mkdir()
    store = Store(tmp_path)
    store.put(DATA, "full", RECORD)
    assert store.get(DATA, "full") is None
    assert entries(tmp_path) == []


@pytest.mark.parametrize("below", ["", "cache"])
def test_a_file_where_the_directory_should_be(tmp_path: Path, below: str) -> None:
    (tmp_path / "file").write_text("mine")
    store = Store(tmp_path / "file" / below)
    store.put(DATA, "full", RECORD)
    assert store.get(DATA, "full") is None
    assert (tmp_path / "file").read_text() == "mine"


# -- faults of the file system ----------------------------------------------------------------------


def failing_open(number: int) -> Any:
    real = builtins.open

    def fail(path: Any, mode: str = "r", *rest: Any, **named: Any) -> Any:
        if "r" not in mode:
            raise OSError(number, os.strerror(number), path)
        return real(path, mode, *rest, **named)

    return fail


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES])
def test_a_full_or_read_only_disk_is_read_but_not_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    filled(tmp_path)
    monkeypatch.setattr(builtins, "open", failing_open(number))
    store = Store(tmp_path)
    store.put(b"other", "full", RECORD)
    assert store.get(DATA, "full") == RECORD
    assert store.writes == 0
    monkeypatch.undo()
    store.put(b"other", "full", RECORD)
    assert store.writes == 0, "the run does not try again"
    assert len(entries(tmp_path)) == 1


def test_a_short_write_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = MagicMock()
    file.__enter__.return_value.write.return_value = 1
    real = builtins.open

    def replaced(path: Any, *rest: Any, **named: Any) -> Any:
        return file if str(path).endswith(".tmp") else real(path, *rest, **named)

    monkeypatch.setattr(builtins, "open", replaced)
    store = filled_silently(tmp_path)
    assert store.writes == 0
    assert entries(tmp_path) == []


def filled_silently(directory: Path) -> Store:
    store = Store(directory)
    store.put(DATA, "full", RECORD)
    return store


def test_replacing_an_open_file_on_windows_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(source: str, target: str) -> None:
        raise PermissionError(errno.EACCES, "Access is denied", target)

    filled(tmp_path)
    before = entries(tmp_path)
    monkeypatch.setattr(os, "replace", fail)
    store = filled_silently(tmp_path)
    assert store.writes == 0
    assert entries(tmp_path) == before, "no temporary file is left"
    monkeypatch.undo()
    store.put(b"other", "full", RECORD)
    assert store.writes == 1, "the next entry is tried"


def test_a_damaged_entry_that_cannot_be_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(path: str) -> None:
        raise PermissionError(errno.EACCES, "Access is denied", path)

    filled(tmp_path)
    entries(tmp_path)[0].write_bytes(b"garbage")
    monkeypatch.setattr(os, "remove", fail)
    assert Store(tmp_path).get(DATA, "full") is None


def test_a_record_that_cannot_be_encoded_is_not_kept(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.put(DATA, "full", ModuleRecord(body=(ir.ExpressionStatement(0, 1, ir.Name(0, 1, "\ud800")),)))
    assert store.get(DATA, "full") is None
    assert store.writes == 0


# -- hits -------------------------------------------------------------------------------------------


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    filled(tmp_path / "a" / "b")
    store = Store(tmp_path / "a" / "b")
    assert store.get(DATA, "full") == RECORD
    assert (store.hits, store.misses, store.writes) == (1, 0, 0)


def test_a_new_directory_is_marked_as_a_cache(tmp_path: Path) -> None:
    filled(tmp_path / "cache")
    assert (tmp_path / "cache" / ".gitignore").read_text() == "*\n"
    assert (tmp_path / "cache" / "CACHEDIR.TAG").read_text().startswith("Signature: 8a477f597d28d172789f06886806bc55")


def test_a_directory_with_other_files_is_not_hidden_from_git(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text("x = 1\n")
    filled(tmp_path)
    assert not (tmp_path / ".gitignore").exists()


def test_the_default_directory() -> None:
    assert default_directory({"NEMORUN_LINT_CACHE_DIR": "/some/where"}) == Path("/some/where")
    assert "nemorun-lint" in str(default_directory({"NEMORUN_LINT_CACHE_DIR": ""}))


def _write_and_read(directory: str, seed: int) -> int:
    store = Store(Path(directory))
    wrong = 0
    for number in range(60):
        data = b"%d" % ((number * (seed + 1)) % 20)
        record = ModuleRecord(body=(ir.Simple(0, len(data), data.decode()),))
        store.put(data, "full", record)
        found = store.get(data, "full")
        wrong += found is not None and found != record
    return wrong


def test_several_processes_at_once(tmp_path: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(3) as pool:
        assert pool.starmap(_write_and_read, [(str(tmp_path), seed) for seed in range(3)]) == [0, 0, 0]
    assert len(entries(tmp_path)) == 20


def test_a_store_cleaned_by_another_process_is_made_again(tmp_path: Path) -> None:
    store = filled(tmp_path / "cache")
    Store(tmp_path / "cache").clean()
    store.put(DATA, "full", RECORD)
    store.put(DATA, "full", RECORD)
    assert store.get(DATA, "full") == RECORD


# -- size -------------------------------------------------------------------------------------------


def test_pruning_removes_what_was_unused_for_longest(tmp_path: Path) -> None:
    filled(tmp_path, 10)
    now = time.time()
    files = entries(tmp_path)
    for age, path in enumerate(files):
        os.utime(path, (now - age * 1000, now - age * 1000))
    size = files[0].stat().st_size
    store = Store(tmp_path, max_bytes=size * 5 + 10)
    assert store.prune(force=True) == 6
    assert entries(tmp_path) == sorted(files[:4])


def test_nothing_is_pruned_below_the_size(tmp_path: Path) -> None:
    store = filled(tmp_path, 3)
    assert store.prune(force=True) == 0
    assert len(entries(tmp_path)) == 3


def test_a_run_that_wrote_nothing_does_not_look(tmp_path: Path) -> None:
    filled(tmp_path, 3)
    store = Store(tmp_path, max_bytes=1)
    assert store.prune() == 0
    store.put(b"new", "full", RECORD)
    assert store.prune() == 4
    store.put(b"newer", "full", RECORD)
    assert store.prune() == 0, "once a run"


def test_a_store_that_was_pruned_just_now_is_left_alone(tmp_path: Path) -> None:
    filled(tmp_path, 2).prune()
    store = filled_silently(tmp_path)
    store.max_bytes = store._written_bytes * 16
    assert store.prune() == 0
    os.utime(tmp_path / "pruned", (0, 0))
    store.max_bytes = 1
    assert store.prune() == 2


def test_files_of_dead_writers_go_first(tmp_path: Path) -> None:
    filled(tmp_path)
    (entry,) = entries(tmp_path)
    old, young = entry.with_name("0.tmp"), entry.with_name("1.tmp")
    for path in (old, young):
        path.write_bytes(b"half")
    os.utime(old, (0, 0))
    Store(tmp_path, max_bytes=entry.stat().st_size).prune(force=True)
    assert not old.exists()
    assert young.exists(), "its writer may be alive"


def test_reading_makes_an_old_entry_young(tmp_path: Path) -> None:
    filled(tmp_path)
    (entry,) = entries(tmp_path)
    os.utime(entry, (0, 0))
    assert Store(tmp_path).get(DATA, "full") == RECORD
    assert time.time() - entry.stat().st_mtime < 100


def test_cleaning_removes_the_store_and_nothing_else(tmp_path: Path) -> None:
    store = filled(tmp_path / "cache", 3)
    (tmp_path / "cache" / "mine.txt").write_text("mine")
    assert store.clean() == 3
    assert [path.name for path in (tmp_path / "cache").iterdir()] == ["mine.txt"]
    (tmp_path / "cache" / "mine.txt").unlink()
    store.put(DATA, "full", RECORD)
    assert store.get(DATA, "full") == RECORD
    store.clean()
    assert not (tmp_path / "cache").exists()
