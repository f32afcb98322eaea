"""Apply fixes: no two that overlap at once, again until nothing changes, and only what still parses."""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from nemorun_lint.diagnostic import Applicability, Diagnostic, Edit
from nemorun_lint.text import SourceText

_ROUNDS = 50
# Fixes that offer each other new work could double the text in every round.
_LARGEST_GROWTH = 4
_ALWAYS_FINE = 10_000

Sources = Mapping[str, SourceText]
Check = Callable[[Sources], Sequence[Diagnostic]]
"""Checks the files (filename -> text) and returns what is reported on them."""
Parses = Callable[[str], bool]


class OverlapError(ValueError):
    """Two edits change the same code points."""


@dataclass(frozen=True)
class Fixed:
    """What fixing came to.

    `changed` are the files with a new text, `applied` the diagnostics that were fixed (places as of the round that
    fixed them), `refused` those whose fix would have left something that is not Python, `remaining` what is reported
    on the new texts.
    """

    changed: Sources
    applied: tuple[Diagnostic, ...]
    refused: tuple[Diagnostic, ...]
    remaining: tuple[Diagnostic, ...]


def apply_edits(text: str, edits: Iterable[Edit]) -> str:
    """Return `text` with all edits made; equal edits count once.

    Raises:
        OverlapError: two edits overlap, or one lies outside of `text`.
    """
    parts: list[str] = []
    done = 0
    for edit in sorted(dict.fromkeys(edits), key=lambda edit: (edit.start, edit.end)):
        if edit.start < done or edit.end < edit.start or edit.end > len(text):
            raise OverlapError(f"edit {edit.start}:{edit.end} overlaps another one or lies outside of the text")
        parts += (text[done : edit.start], edit.text)
        done = edit.end
    return "".join([*parts, text[done:]])


def allowed(diagnostic: Diagnostic, *, unsafe: bool) -> bool:
    """Say whether the fix of `diagnostic` may be applied; a fix that is only for display never is."""
    if diagnostic.fix is None or not diagnostic.fix.edits:
        return False
    return diagnostic.fix.applicability is Applicability.SAFE or (
        unsafe and diagnostic.fix.applicability is Applicability.UNSAFE
    )


def choose(diagnostics: Iterable[Diagnostic], *, unsafe: bool) -> tuple[Diagnostic, ...]:
    """Return the diagnostics of one file whose fixes can be applied together, first come first served.

    Edits that only touch each other wait for the next round too: which of them comes first would be a guess.
    """
    chosen: list[Diagnostic] = []
    taken: list[tuple[int, int, str]] = []
    for diagnostic in sorted(diagnostics, key=lambda item: (item.start, item.end, item.code)):
        edits = diagnostic.fix.edits if diagnostic.fix and allowed(diagnostic, unsafe=unsafe) else ()
        keys = [(edit.start, edit.end, edit.text) for edit in edits]
        if keys and not any(_touches(key, taken) for key in keys):
            chosen.append(diagnostic)
            for key in keys:
                insort(taken, key)
    return tuple(chosen)


def _touches(key: tuple[int, int, str], taken: Sequence[tuple[int, int, str]]) -> bool:
    """Say whether an edit touches another one of `taken`, which is sorted; the ends are then in order too."""
    start, end, _ = key
    index = bisect_right(taken, end, key=lambda item: item[0])
    while index and taken[index - 1][1] >= start:
        index -= 1
        if taken[index] != key:
            return True
    return False


def fix(
    sources: Sources, diagnostics: Iterable[Diagnostic], check: Check, parses: Parses, *, unsafe: bool = False
) -> Fixed:
    """Fix files until `check`, called on the new texts after every round, offers nothing more.

    `diagnostics` are those of the texts as they are. A file that does not parse as it is stays as it is.
    """
    current = {name: source for name, source in sources.items() if parses(source.text)}
    limits = {name: _LARGEST_GROWTH * len(source.text) + _ALWAYS_FINE for name, source in current.items()}
    seen = {(name, source.text) for name, source in current.items()}
    applied: list[Diagnostic] = []
    refused: list[Diagnostic] = []
    remaining = tuple(diagnostics)
    for _ in range(_ROUNDS):
        refused.clear()
        news: dict[str, SourceText] = {}
        for name, source in current.items():
            own = choose((item for item in remaining if item.filename == name), unsafe=unsafe)
            text, done, bad = _round(source, own, parses)
            refused += bad
            if (name, text) not in seen and len(text) <= limits[name]:
                seen.add((name, text))
                news[name] = with_text(source, text)
                applied += done
        if not news:
            break
        current |= news
        remaining = tuple(check(current))
    changed = {name: source for name, source in current.items() if source.text != sources[name].text}
    return Fixed(changed, tuple(applied), tuple(refused), remaining)


def _round(
    source: SourceText, chosen: Sequence[Diagnostic], parses: Parses
) -> tuple[str, list[Diagnostic], list[Diagnostic]]:
    """Return the text with all of `chosen` applied; where that is no Python, with those that leave it Python."""
    text = _applied(source, chosen)
    if text is not None and parses(text):
        return text, list(chosen), []
    done: list[Diagnostic] = []
    refused: list[Diagnostic] = []
    result = source.text
    for diagnostic in chosen:
        text = _applied(source, [*done, diagnostic])
        if text is not None and parses(text):
            done.append(diagnostic)
            result = text
        else:
            refused.append(diagnostic)
    return result, done, refused


def _applied(source: SourceText, chosen: Iterable[Diagnostic]) -> str | None:
    edits = (edit for item in chosen if item.fix is not None for edit in item.fix.edits)
    try:
        return apply_edits(source.text, [in_newlines_of(source, edit) for edit in edits])
    except OverlapError:
        return None


def in_newlines_of(source: SourceText, edit: Edit) -> Edit:
    """Return `edit` with the line ends of the file."""
    if source.newline == "\n" or "\n" not in edit.text:
        return edit
    return Edit(edit.start, edit.end, edit.text.replace("\r\n", "\n").replace("\n", source.newline))


def with_text(source: SourceText, text: str) -> SourceText:
    """Return the same file with another text."""
    return SourceText(source.path, text, source.encoding, has_bom=source.has_bom)
