"""Apply fixes: no two that overlap at once, again until nothing changes, and only what still parses."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from nemorun_lint.diagnostic import Applicability, Diagnostic, Edit
from nemorun_lint.text import SourceText

_ROUNDS = 100

Check = Callable[[SourceText], Sequence[Diagnostic]]
Parses = Callable[[str], bool]


class OverlapError(ValueError):
    """Two edits change the same code points."""


@dataclass(frozen=True)
class Fixed:
    """What fixing a file came to.

    `text` is the new text, `applied` the diagnostics that were fixed (places as of the round that fixed them),
    `refused` those whose fix would have left something that is not Python, `remaining` what is reported on `text`.
    """

    text: str
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
    """Return the diagnostics whose fixes can be applied together, first come first served.

    Edits that only touch each other wait for the next round too: which of them comes first would be a guess.
    """
    chosen: list[Diagnostic] = []
    taken: set[Edit] = set()
    for diagnostic in sorted(diagnostics, key=lambda item: (item.start, item.end, item.code)):
        edits = diagnostic.fix.edits if diagnostic.fix and allowed(diagnostic, unsafe=unsafe) else ()
        if edits and not any(_touch(edit, other) for edit in edits for other in taken):
            chosen.append(diagnostic)
            taken.update(edits)
    return tuple(chosen)


def _touch(edit: Edit, other: Edit) -> bool:
    return edit != other and edit.start <= other.end and other.start <= edit.end


def fix(source: SourceText, check: Check, parses: Parses, *, unsafe: bool = False) -> Fixed:
    """Fix `source` until `check` offers nothing more; `check` is called on the text of every round.

    Source that does not parse as it is stays as it is.
    """
    applied: list[Diagnostic] = []
    refused: tuple[Diagnostic, ...] = ()
    diagnostics = tuple(check(source))
    if not any(allowed(item, unsafe=unsafe) for item in diagnostics) or not parses(source.text):
        return Fixed(source.text, (), (), diagnostics)
    seen = {source.text}
    for _ in range(_ROUNDS):
        text, done, refused = _round(source, choose(diagnostics, unsafe=unsafe), parses)
        if text in seen:
            break
        seen.add(text)
        applied += done
        source = with_text(source, text)
        diagnostics = tuple(check(source))
    return Fixed(source.text, tuple(applied), refused, diagnostics)


def _round(
    source: SourceText, chosen: Sequence[Diagnostic], parses: Parses
) -> tuple[str, list[Diagnostic], tuple[Diagnostic, ...]]:
    """Return the text with all of `chosen` applied; where that is no Python, with those that leave it Python."""
    text = _applied(source, chosen)
    if text is not None and parses(text):
        return text, list(chosen), ()
    done: list[Diagnostic] = []
    refused: list[Diagnostic] = []
    for diagnostic in chosen:
        text = _applied(source, [*done, diagnostic])
        (done if text is not None and parses(text) else refused).append(diagnostic)
    return _applied(source, done) or "", done, tuple(refused)


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
