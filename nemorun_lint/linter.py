"""Check one file: a kept result or a new analysis, then what settings and `# noqa` comments leave of it."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from nemorun_lint import result as results
from nemorun_lint.diagnostic import Diagnostic
from nemorun_lint.link.modules import Contents, Modules
from nemorun_lint.result import Coverage, FileResult, RawResult
from nemorun_lint.settings import Settings
from nemorun_lint.suppress import unsuppressed, unused

if TYPE_CHECKING:
    from nemorun_lint.rules.base import Rule

__all__ = ["Coverage", "FileResult", "check_file", "check_source"]


def check_file(
    modules: Modules,
    path: str,
    settings: Settings,
    rules: Iterable[Rule] | None = None,
    *,
    honour_noqa: bool = True,
) -> FileResult:
    """Check the file at `path`: every rule runs, then the settings and `# noqa` comments choose what is reported.

    With `rules` only these run, and no result is kept.
    """
    with collection_paused():
        raw = _raw_result(modules, path, settings, rules)
    reported = _choose(modules, path, raw, settings, honour_noqa)
    return FileResult(tuple(sorted(reported, key=lambda d: d.sort_key)), raw.coverage)


@contextmanager
def collection_paused() -> Iterator[None]:
    """Let Python's collector wait: it would walk the trees again and again while they are made."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _raw_result(modules: Modules, path: str, settings: Settings, rules: Iterable[Rule] | None) -> RawResult:
    contents = _contents(modules, path)
    key = None
    if rules is None and contents is not None and contents.can_store:
        key = results.key_of(modules, path, contents, settings)
        kept = results.load(modules, key)
        if kept is not None:
            named = tuple(msgspec.structs.replace(d, filename=path) for d in kept.diagnostics)
            return msgspec.structs.replace(kept, diagnostics=named)
    # Imported here: a run on kept results needs neither the linker nor the rules.
    from nemorun_lint.analysis import analyse, preview_codes
    from nemorun_lint.rules import all_rules

    modules.asked.clear()
    module = modules.checked(path)
    found, coverage = analyse(modules, module, settings, tuple(rules) if rules is not None else all_rules())
    depends_on = tuple((name, modules.stamp(name)) for name in modules.asked)
    made = RawResult(tuple(found), coverage, module.record.suppressions, preview_codes(), depends_on)
    if key is not None and not any(d.code == "NR999" for d in found):
        results.save(modules, key, made)
    return made


def _contents(modules: Modules, path: str) -> Contents | None:
    try:
        return modules.contents(path)
    except OSError:
        return None


def _choose(
    modules: Modules, path: str, raw: RawResult, settings: Settings, honour_noqa: bool
) -> tuple[Diagnostic, ...]:
    """Return what the settings select and no comment suppresses, with the comments that suppress nothing."""

    def selected(diagnostic: Diagnostic) -> bool:
        code = diagnostic.code
        wanted = settings.enabled(code, diagnostic.severity, code in raw.preview)
        return wanted and not settings.per_file_ignored(path, code)

    kept = tuple(filter(selected, raw.diagnostics))
    if not honour_noqa or not raw.suppressions:
        return kept
    judged = [one for one in unused(raw.diagnostics, raw.suppressions) if settings.enabled(one.code)]
    if judged:
        from nemorun_lint.analysis import run_rules
        from nemorun_lint.rules import all_rules

        kept += tuple(filter(selected, run_rules(modules.checked(path).source, judged, all_rules())))
    return unsuppressed(kept, raw.suppressions)


def check_source(
    text: str,
    path: str = "recipe.py",
    *,
    files: Mapping[str, str] | None = None,
    settings: Settings | None = None,
) -> tuple[Diagnostic, ...]:
    """Check `text` as the file `path`; `files` (path -> text) stand beside it."""
    chosen = settings or Settings(directory=Path.cwd())
    modules = Modules([os.getcwd()], overlays={path: text, **(files or {})}, roots=chosen.roots)
    return check_file(modules, path, chosen).diagnostics
