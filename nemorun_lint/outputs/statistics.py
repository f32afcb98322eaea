"""How often each rule reported something, the most frequent first."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence

from nemorun_lint.diagnostic import Diagnostic
from nemorun_lint.outputs.base import Options, Sources, is_fixable
from nemorun_lint.outputs.style import paint


def render(diagnostics: Sequence[Diagnostic], sources: Sources, options: Options) -> Iterator[str]:
    """Yield `count  code  [*] rule` for each rule; `[*]` where `--fix` mends all of its findings, `[-]` some."""
    fixable = _fixable(diagnostics, options)
    rows = _counted(diagnostics)
    digits = max((len(f"{count:,}") for _, _, count in rows), default=1)
    marked = any(fixable.values())
    for code, rule, count in rows:
        mark = "    " if marked else ""
        if fixable[code]:
            mark = "[*] " if fixable[code] == count else "[-] "
        yield f"{count:{digits},}  {paint(code, 'bold', color=options.color)}  {mark}{rule}"


def render_json(diagnostics: Sequence[Diagnostic], sources: Sources, options: Options) -> Iterator[str]:
    """Yield a JSON array of `{code, rule, count, fixable}`."""
    fixable = _fixable(diagnostics, options)
    rows = [
        {"code": code, "rule": rule, "count": count, "fixable": fixable[code]}
        for code, rule, count in _counted(diagnostics)
    ]
    yield json.dumps(rows, indent=2)


def _fixable(diagnostics: Sequence[Diagnostic], options: Options) -> Counter[str]:
    return Counter(diagnostic.code for diagnostic in diagnostics if is_fixable(diagnostic, options))


def _counted(diagnostics: Sequence[Diagnostic]) -> list[tuple[str, str, int]]:
    counts = Counter((diagnostic.code, diagnostic.rule) for diagnostic in diagnostics)
    return sorted(((*key, count) for key, count in counts.items()), key=lambda row: (-row[2], row[0]))
