"""What the store does with the file system: shards, entries, removal; errors are answers, never exceptions."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator

_HEXADECIMAL = frozenset("0123456789abcdef")
_HOUR = 3600.0


def is_shard(name: str) -> bool:
    """Return whether a name is that of a shard."""
    return len(name) == 2 and _HEXADECIMAL.issuperset(name)


def shards(root: str) -> list[str]:
    """Return the paths of the shards below `root`."""
    try:
        return [os.path.join(root, name) for name in os.listdir(root) if is_shard(name)]
    except OSError:
        return []


def entries(root: str, *, abandoned_only: bool = True) -> Iterator[tuple[float, int, str]]:
    """Yield time of last use, size and path of each entry; files of dead writers come first."""
    for shard in shards(root):
        try:
            with os.scandir(shard) as listing:
                for entry in listing:
                    status = entry.stat(follow_symlinks=False)
                    if not entry.name.endswith(".tmp"):
                        yield status.st_mtime, status.st_size, entry.path
                    elif not abandoned_only or time.time() - status.st_mtime > _HOUR:
                        yield 0.0, status.st_size, entry.path
        except OSError:
            continue


def touch(path: str) -> None:
    """Set the time of last use to now."""
    try:
        os.utime(path)
    except OSError:
        return


def remove(path: str) -> bool:
    """Remove a file; return whether that worked."""
    try:
        os.remove(path)
    except OSError:
        return False
    return True


def remove_directory(path: str) -> None:
    """Remove an empty directory."""
    try:
        os.rmdir(path)
    except OSError:
        return
