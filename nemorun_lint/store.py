"""The store: lowered modules on disk, found by the content of their files, shared by processes and branches."""

from __future__ import annotations

import errno
import os
import sys
import time
from collections.abc import Mapping
from functools import cache
from hashlib import blake2b
from importlib.util import find_spec
from pathlib import Path

import msgspec

import nemorun_lint
from nemorun_lint.ir.record import SCHEMA, ModuleRecord
from nemorun_lint.store_files import entries as entries_of
from nemorun_lint.store_files import is_shard, remove, remove_directory, shards, touch

MAX_BYTES = 256 * 1024 * 1024
_CHECKSUM_SIZE = 16
_DAY = 86400.0
_HOUR = 3600.0
_PARSERS = ("libcst", "astroid")
_TAG_TEXT = b"Signature: 8a477f597d28d172789f06886806bc55\n# A cache of nemorun-lint; it can be removed at any time.\n"
_MARKS = {"CACHEDIR.TAG": _TAG_TEXT, ".gitignore": b"*\n"}
_STAMP = "pruned"
# After one of these no later write of the run can succeed: trying again would only cost time.
_HOPELESS = frozenset({errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EPERM, errno.EDQUOT, errno.ENOTDIR, errno.EEXIST})
_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(ModuleRecord)


def default_directory(environ: Mapping[str, str] = os.environ) -> Path:
    """Return the directory of the store: NEMORUN_LINT_CACHE_DIR, else the user's cache directory of the system."""
    named = environ.get("NEMORUN_LINT_CACHE_DIR")
    if named:
        return Path(named)
    import platformdirs

    return Path(platformdirs.user_cache_dir("nemorun-lint", appauthor=False))


class Store:
    """Records by content; without a `directory` nothing is kept and every `get` is a miss.

    Damaged entries and errors of the file system are misses, never exceptions. `hits`, `misses` and
    `writes` count what this object did.
    """

    def __init__(self, directory: Path | None, *, max_bytes: int = MAX_BYTES) -> None:
        self.directory = directory
        self.max_bytes = max_bytes
        self.hits = 0
        self.misses = 0
        self.writes = 0
        self._root = None if directory is None else os.path.abspath(directory)
        self._can_write = directory is not None
        self._written_bytes = 0
        self._was_pruned = False
        self.shards: set[str] = set()

    def get(self, data: bytes, kind: str) -> ModuleRecord | None:
        """Return the record of a file with the bytes `data`, or None; `kind` is "full" or "interface"."""
        record = None if self._root is None else self._read(self._path(data, kind))
        if record is None:
            self.misses += 1
        else:
            self.hits += 1
        return record

    def put(self, data: bytes, kind: str, record: ModuleRecord) -> None:
        """Keep `record` for the bytes `data`; gives up silently where it cannot be written."""
        if self._root is None or not self._can_write:
            return
        try:
            payload = _ENCODER.encode(record)
        except (msgspec.MsgspecError, RecursionError, ValueError, OverflowError):
            return
        self._write(self._path(data, kind), _checksum(payload) + payload)

    def get_result(self, key: bytes) -> bytes | None:
        """Return what was kept under a key that names everything that it depends on, or None."""
        return None if self._root is None else self._read_payload(self._path(key, "result"))

    def put_result(self, key: bytes, payload: bytes) -> None:
        """Keep the payload for a key; gives up silently where it cannot be written."""
        if self._root is not None and self._can_write:
            self._write(self._path(key, "result"), _checksum(payload) + payload)

    def prune(self, *, force: bool = False) -> int:
        """Remove the entries unused for longest until the store fits `max_bytes`; return how many.

        Looks at most once a run, and only where this run wrote, unless `force` is true.
        """
        if self._root is None or not (force or self._pruning_is_due()):
            return 0
        self._was_pruned = True
        entries = sorted(entries_of(self._root))
        total = sum(size for _, size, _ in entries)
        limit = self.max_bytes if total <= self.max_bytes else self.max_bytes * 4 // 5
        removed = 0
        for _, size, path in entries:
            if total <= limit:
                break
            removed += remove(path)
            total -= size
        self._stamp()
        return removed

    def clean(self) -> int:
        """Remove every entry and the store's own files; return the number of entries. Other files stay."""
        if self._root is None:
            return 0
        removed = sum(remove(path) for _, _, path in list(entries_of(self._root, abandoned_only=False)))
        for shard in shards(self._root):
            remove_directory(shard)
        for name in (*_MARKS, _STAMP):
            if _is_ours(os.path.join(self._root, name)):
                remove(os.path.join(self._root, name))
        remove_directory(self._root)
        self.shards.clear()
        return removed

    def _path(self, data: bytes, kind: str) -> str:
        assert self._root is not None
        key = blake2b(data, digest_size=20, key=_version(kind)).hexdigest()
        return os.path.join(self._root, key[:2], key[2:])

    def _read(self, path: str) -> ModuleRecord | None:
        payload = self._read_payload(path)
        if payload is None:
            return None
        try:
            return _DECODER.decode(payload)
        except (msgspec.MsgspecError, RecursionError):
            remove(path)
            return None

    def _read_payload(self, path: str) -> bytes | None:
        try:
            with open(path, "rb", buffering=0) as file:
                content = file.readall()
                used = os.fstat(file.fileno()).st_mtime
        except OSError:
            return None
        payload = content[_CHECKSUM_SIZE:]
        if content[:_CHECKSUM_SIZE] != _checksum(payload):
            remove(path)
            return None
        if time.time() - used > _DAY:
            touch(path)
        return payload

    def _write(self, path: str, content: bytes) -> None:
        # Random, not the process id: containers that share a store have the same ids.
        temporary = f"{path}.{os.urandom(6).hex()}.tmp"
        try:
            self._make_shard(os.path.dirname(path))
            with open(temporary, "xb", buffering=0) as file:
                if file.write(content) != len(content):
                    raise OSError(errno.ENOSPC, "short write")
        except OSError as error:
            self._can_write = error.errno not in _HOPELESS
            # Perhaps another process has cleaned the store.
            self.shards.discard(os.path.dirname(path))
            remove(temporary)
            return
        try:
            os.replace(temporary, path)
        except OSError:
            # On Windows: another process reads the entry, which then is as good as this one.
            remove(temporary)
            return
        self.writes += 1
        self._written_bytes += len(content)

    def _make_shard(self, shard: str) -> None:
        if shard in self.shards:
            return
        assert self._root is not None
        if not os.path.isdir(self._root):
            os.makedirs(self._root, exist_ok=True)
        if not self.shards:
            self._mark(self._root)
        os.makedirs(shard, exist_ok=True)
        self.shards.add(shard)

    def _mark(self, root: str) -> None:
        # Only a directory that holds nothing else: `--cache-dir .` must not make git ignore a project.
        present = set(os.listdir(root))
        if any(name not in _MARKS and name != _STAMP and not is_shard(name) for name in present):
            return
        for name in _MARKS.keys() - present:
            try:
                with open(os.path.join(root, name), "xb") as file:
                    file.write(_MARKS[name])
            except FileExistsError:
                continue

    def _pruning_is_due(self) -> bool:
        if self._was_pruned or not self.writes:
            return False
        if self._written_bytes > self.max_bytes // 16:
            return True
        try:
            return time.time() - os.stat(os.path.join(str(self._root), _STAMP)).st_mtime > _HOUR
        except OSError:
            return True

    def _stamp(self) -> None:
        try:
            with open(os.path.join(str(self._root), _STAMP), "wb"):
                pass
        except OSError:
            return


@cache
def _version(kind: str) -> bytes:
    """Everything beside a file's bytes that its record depends on, as a key of at most 64 bytes."""
    digest = blake2b(digest_size=32)
    parts = (kind, str(SCHEMA), nemorun_lint.__version__, *map(_parser_version, _PARSERS), str(sys.version_info[:2]))
    for part in parts:
        digest.update(part.encode() + b"\0")
    # The code itself: while it is being developed, its version number stands still.
    package = os.path.dirname(nemorun_lint.__file__)
    for room in ("syntax", "ir") if kind != "result" else ("syntax", "ir", "link", "rules", ""):
        for path, status in _sources(os.path.join(package, room)):
            digest.update(f"{path}:{status.st_size}:{status.st_mtime_ns}".encode())
    return digest.digest()


def _sources(directory: str) -> list[tuple[str, os.stat_result]]:
    with os.scandir(directory) as listing:
        return sorted((e.name, e.stat()) for e in listing if e.name.endswith((".py", ".json")))


def _parser_version(distribution: str) -> str:
    """The version of a parser without importing it; `importlib.metadata` alone would cost 25 ms."""
    spec = find_spec(distribution)
    if spec is None or spec.origin is None:
        return ""
    prefix = distribution + "-"
    for entry in os.listdir(os.path.dirname(os.path.dirname(spec.origin))):
        if entry.startswith(prefix) and entry.endswith((".dist-info", ".egg-info")):
            return entry
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(distribution)
    except PackageNotFoundError:
        return ""


def _checksum(payload: bytes) -> bytes:
    return blake2b(payload, digest_size=_CHECKSUM_SIZE).digest()


def _is_ours(path: str) -> bool:
    name = os.path.basename(path)
    try:
        with open(path, "rb") as file:
            return file.read(1024) == _MARKS.get(name, b"")
    except OSError:
        return False
