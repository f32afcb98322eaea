"""Output formats: pure functions from diagnostics to lines, one file a format."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from nemorun_lint.outputs import concise, full, json
from nemorun_lint.outputs.base import Format, Options, Sources

FORMATS: Mapping[str, Format] = MappingProxyType(
    {"concise": concise.render, "full": full.render, "json": json.render},
)

__all__ = ["FORMATS", "Format", "Options", "Sources"]
