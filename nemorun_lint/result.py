"""The result of checking one file, and its cache: valid as long as the file and all that it was linked with stay."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import TYPE_CHECKING

import msgspec

from nemorun_lint.diagnostic import Diagnostic
from nemorun_lint.ir.record import Suppression
from nemorun_lint.settings import Settings

if TYPE_CHECKING:
    from nemorun_lint.link.modules import Contents, Modules


@dataclass(frozen=True)
class Coverage:
    """How much could be judged; `unknown` counts the reasons why the rest could not."""

    functions: int = 0
    functions_checked: int = 0
    targets: int = 0
    targets_resolved: int = 0
    unknown: Mapping[str, int] = field(default_factory=dict)

    def __add__(self, other: Coverage) -> Coverage:
        return Coverage(
            self.functions + other.functions,
            self.functions_checked + other.functions_checked,
            self.targets + other.targets,
            self.targets_resolved + other.targets_resolved,
            dict(Counter(self.unknown) + Counter(other.unknown)),
        )


@dataclass(frozen=True)
class FileResult:
    """The diagnostics of one file, in order, and what was covered."""

    diagnostics: tuple[Diagnostic, ...]
    coverage: Coverage


class RawResult(msgspec.Struct, frozen=True, array_like=True):
    """What the analysis of a file gave, before settings and comments choose.

    `preview` are the codes of the rules in preview, `depends_on` the modules that were asked for, with their stamps.
    """

    diagnostics: tuple[Diagnostic, ...]
    coverage: Coverage
    suppressions: tuple[Suppression, ...] = ()
    preview: tuple[str, ...] = ()
    depends_on: tuple[tuple[str, str], ...] = ()


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(RawResult)


def key_of(modules: Modules, path: str, contents: Contents, settings: Settings) -> bytes:
    """Return what the result of a file depends on, beside the other modules of the program."""
    digest = blake2b(contents.data, digest_size=32)
    digest.update(repr((modules.name_of(path), modules.made_of, settings.api_aliases)).encode("utf-8", "surrogatepass"))
    return digest.digest()


def load(modules: Modules, key: bytes) -> RawResult | None:
    """Return the kept result for a key, None where there is none or another module has changed since."""
    payload = modules.store.get_result(key)
    if payload is None:
        return None
    try:
        result = _DECODER.decode(payload)
    except (msgspec.MsgspecError, RecursionError):
        return None
    return result if all(modules.stamp(name) == stamp for name, stamp in result.depends_on) else None


def save(modules: Modules, key: bytes, result: RawResult) -> None:
    """Keep a result."""
    try:
        payload = _ENCODER.encode(result)
    except (msgspec.MsgspecError, RecursionError, ValueError, OverflowError):
        return
    modules.store.put_result(key, payload)
