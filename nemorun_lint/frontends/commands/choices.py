"""What `nemorun-lint check` was asked for, and the request that this makes to the project."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from nemorun_lint.frontends.commands.terminal import Failure

if TYPE_CHECKING:
    from nemorun_lint.project import Request
    from nemorun_lint.settings import SettingsFinder
    from nemorun_lint.text import SourceText

STDIN = "-"


@dataclass(frozen=True, kw_only=True)
class Choices:
    """The arguments and options of `check`, as click gives them."""

    paths: tuple[str, ...]
    stdin_filename: str | None
    select: tuple[str, ...]
    ignore: tuple[str, ...]
    extend_select: tuple[str, ...]
    extend_ignore: tuple[str, ...]
    per_file_ignores: tuple[str, ...]
    preview: bool | None
    noqa: bool
    exclude: tuple[str, ...]
    extend_exclude: tuple[str, ...]
    force_exclude: bool | None
    python: str | None
    search_paths: tuple[str, ...]
    config: str | None
    fix: bool
    unsafe_fixes: bool
    diff: bool
    add_noqa: bool
    output_format: str | None
    statistics: bool
    show_unknown: bool
    quiet: bool
    color: str
    exit_zero: bool
    error_on_warning: bool | None
    jobs: int | None
    cache: bool
    cache_dir: str | None

    @property
    def reads_stdin(self) -> bool:
        """Whether standard input is what is checked."""
        return STDIN in self.paths

    def check(self) -> None:
        """Refuse options that do not go together.

        Raises:
            click.UsageError: naming them.
        """
        if self.reads_stdin and len(self.paths) > 1:
            raise click.UsageError("'-' (standard input) cannot be checked together with other paths.")
        if self.stdin_filename is not None and not self.reads_stdin:
            raise click.UsageError("--stdin-filename needs '-' as PATH.")
        modes = [name for name, on in [("--fix", self.fix), ("--diff", self.diff), ("--add-noqa", self.add_noqa)] if on]
        if len(modes) > 1:
            raise click.UsageError(f"{' and '.join(modes)} cannot be used together.")
        if self.add_noqa and (self.reads_stdin or not self.noqa):
            raise click.UsageError("--add-noqa can be used neither with standard input nor with --no-noqa.")


def finder_of(choices: Choices) -> SettingsFinder:
    """Return the settings by directory, with the options on top.

    Raises:
        SettingsError: an option or the file that --config names cannot be used.
    """
    from pathlib import Path

    from nemorun_lint.settings import Settings, SettingsFinder, override

    overrides = dict(_overrides(choices))
    # Once now: a wrong option is told even where no file is found that it would hold for.
    override(Settings(directory=Path.cwd()), _known_codes, **overrides)
    return SettingsFinder(choices.config, _known_codes, overrides=overrides)


def request_of(choices: Choices, finder: SettingsFinder, stdin: SourceText | None) -> Request:
    """Return what the project has to check."""
    from nemorun_lint.project import Request

    return Request(
        paths=(stdin.path,) if stdin is not None else choices.paths or (".",),
        finder=finder,
        overlays={stdin.path: overlay(stdin)} if stdin is not None else {},
        python=choices.python,
        jobs=choices.jobs,
        use_store=choices.cache,
        honour_noqa=choices.noqa,
    )


def overlay(source: SourceText) -> str:
    """Return a text as overlays take it: with its byte order mark."""
    return ("\ufeff" if source.has_bom else "") + source.text


def stdin_source(choices: Choices) -> SourceText | None:
    """Read standard input where that is what is checked.

    Raises:
        Failure: it is not text.
    """
    from nemorun_lint.text import DecodeError, SourceText

    if not choices.reads_stdin:
        return None
    try:
        return SourceText.decode(choices.stdin_filename or STDIN, sys.stdin.buffer.read())
    except DecodeError as error:
        raise Failure(f"{choices.stdin_filename or 'standard input'}: {error}") from None


def _overrides(choices: Choices) -> Iterable[tuple[str, Any]]:
    for name in ("select", "ignore", "extend_select", "extend_ignore", "exclude", "extend_exclude"):
        items = [part.strip() for item in getattr(choices, name) for part in item.split(",") if part.strip()]
        if items:
            yield name, items
    if choices.search_paths:
        yield "search_paths", choices.search_paths
    if choices.per_file_ignores:
        yield "per_file_ignores", _per_file_ignores(choices.per_file_ignores)
    for name in ("preview", "force_exclude", "error_on_warning", "cache_dir"):
        if getattr(choices, name) is not None:
            yield name, getattr(choices, name)


def _per_file_ignores(items: Iterable[str]) -> Mapping[str, list[str]]:
    table: dict[str, list[str]] = {}
    for item in items:
        # From the right: a pattern may start with the letter of a drive.
        pattern, _, codes = item.rpartition(":")
        if not pattern or not codes.strip():
            wanted = "PATTERN:CODE[,CODE], such as 'tests/*:NR2'"
            raise click.UsageError(f"--per-file-ignores takes {wanted}, not {item!r}.")
        table.setdefault(pattern.strip(), []).extend(code.strip() for code in codes.split(",") if code.strip())
    return table


def _known_codes() -> Mapping[str, str]:
    from nemorun_lint.rules import all_rules

    return {rule.name: rule.code for rule in all_rules()}
