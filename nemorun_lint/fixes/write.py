"""Write a changed file: whole or not at all, with its encoding, byte order mark, line ends and mode."""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
from pathlib import Path

from nemorun_lint.text import SourceText


class WriteError(OSError):
    """A file was not written; the message says why and what to do."""


def write(source: SourceText, text: str) -> None:
    """Replace the content of `source.path` by `text`; a link stays a link.

    Raises:
        WriteError: the file changed since it was read, cannot hold `text` in its encoding, or cannot be written.
    """
    target = Path(os.path.realpath(source.path))
    data = _encoded(source, text)
    try:
        _check_unchanged(source, target.read_bytes())
        if not os.access(target, os.W_OK):
            raise WriteError(f"{source.path}: not written: the file is read-only")
        _replace(target, data)
    except WriteError:
        raise
    except OSError as error:
        raise WriteError(f"{source.path}: not written: {error.strerror or error}") from error


def _check_unchanged(source: SourceText, now: bytes) -> None:
    """Equal bytes also show that decoding and encoding lose nothing of this file."""
    if now == source.encode(source.text):
        return
    reason = "the file changed while it was checked; run again"
    with contextlib.suppress(ValueError):
        if SourceText.decode(source.path, now).text == source.text:
            reason = f"text in {source.encoding} cannot be written as it stood; save the file as UTF-8 first"
    raise WriteError(f"{source.path}: not written: {reason}")


def _encoded(source: SourceText, text: str) -> bytes:
    try:
        return source.encode(text)
    except UnicodeError:
        raise WriteError(
            f"{source.path}: not written: the fix has characters that {source.encoding} cannot hold; "
            "save the file as UTF-8 first"
        ) from None


def _replace(target: Path, data: bytes) -> None:
    status = target.stat()
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".tmp", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        os.chmod(name, stat.S_IMODE(status.st_mode))
        _keep_owner(name, status)
        os.replace(name, target)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise


def _keep_owner(name: str, status: os.stat_result) -> None:
    """Give the new file the owner of the old one where the system lets us; a root shell would take it over."""
    if hasattr(os, "chown"):
        with contextlib.suppress(OSError):
            os.chown(name, status.st_uid, status.st_gid)
