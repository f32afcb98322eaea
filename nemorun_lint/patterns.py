"""Patterns as in `.gitignore`, matched against paths relative to the directory that they belong to.

Git asks for each directory on the way down and lets the last matching line decide there. The library `pathspec`
lets a line about a directory match all files below as well, which is not the same where `!` takes lines back.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from functools import cached_property, lru_cache
from typing import NamedTuple

_TOKENS = re.compile(
    r"(?P<leading>\A(?:\*\*/)+)|(?P<middle>(?:/\*\*)+(?=/))|(?P<trailing>/\*\*\Z)|(?P<star>\*+)|(?P<any>\?)|\\(?P<escaped>.)"
    r"|\[(?P<not>[!^]?)(?P<class>\]?(?:\[:\w+:\]|\\.|[^\]\\])*)\]|(?P<bad>[\[\\])|(?P<plain>.)",
    re.DOTALL,
)
_PLACES = {"leading": "(?:.*/)?", "middle": "(?:/.*)?", "trailing": "/.+", "star": "[^/]*", "any": "[^/]"}
_CLASS_TOKENS = re.compile(r"\[:(?P<named>\w+):\]|\\(?P<escaped>.)|(?P<plain>.)", re.DOTALL)
_CLASSES = {
    "alnum": "a-zA-Z0-9",
    "alpha": "a-zA-Z",
    "blank": r" \t",
    "cntrl": r"\x00-\x1f\x7f",
    "digit": "0-9",
    "graph": "!-~",
    "lower": "a-z",
    "print": " -~",
    "punct": r"!-/:-@\[-`{-~",
    "space": r"\s",
    "upper": "A-Z",
    "xdigit": "0-9a-fA-F",
}


class PatternError(ValueError):
    """A line that is no pattern."""


class _Pattern(NamedTuple):
    """One line, as an expression for relative paths."""

    expression: str
    matches: Callable[[str], object]
    includes: bool
    is_for_directories: bool


class Patterns:
    """An ordered list of patterns; the last one that matches decides, as in git.

    Paths are relative, with `/`, and without one at the end. Whoever walks a tree asks for every directory on
    the way down; `match_with_parents` does so for a path out of the blue.
    """

    def __init__(self, lines: tuple[str, ...]) -> None:
        self._lines = lines

    @staticmethod
    @lru_cache(maxsize=256)
    def of(lines: tuple[str, ...]) -> Patterns:
        """Return the patterns of `lines`, compiled once."""
        return Patterns(lines)

    def match(self, relative: str, *, is_directory: bool) -> bool | None:
        """Return True for a path that is matched, False for one that a `!` line takes back, None for neither.

        Raises:
            PatternError: one of the lines is no pattern.
        """
        matches_any, patterns = self._for_directories if is_directory else self._for_files
        # One search through all expressions at once: nearly every path is matched by none of them.
        if not matches_any(relative):
            return None
        return next((pattern.includes for pattern in patterns if pattern.matches(relative)), None)

    def match_with_parents(self, relative: str) -> bool:
        """Tell whether the file `relative` or one of the directories on the way to it is matched."""
        if self.match(relative, is_directory=False):
            return True
        slashes = (position for position, char in enumerate(relative) if char == "/")
        return any(self.match(relative[:position], is_directory=True) for position in slashes)

    @cached_property
    def _for_directories(self) -> tuple[Callable[[str], object], tuple[_Pattern, ...]]:
        return _last_first([_compiled(line) for line in self._lines])

    @cached_property
    def _for_files(self) -> tuple[Callable[[str], object], tuple[_Pattern, ...]]:
        return _last_first([pattern for pattern in map(_compiled, self._lines) if not pattern.is_for_directories])


def _last_first(patterns: list[_Pattern]) -> tuple[Callable[[str], object], tuple[_Pattern, ...]]:
    matches_any = _compile("|".join(pattern.expression for pattern in patterns) or "(?!)")
    return matches_any, tuple(reversed(patterns))


def check_pattern(line: str) -> None:
    """Check one line.

    Raises:
        PatternError: it is no pattern.
    """
    _compiled(line)


def readable_lines(text: str) -> tuple[str, ...]:
    """Return the lines of a `.gitignore` that are patterns; git passes over the others, too."""
    lines = (_without_trailing_space(line.removesuffix("\r")) for line in text.split("\n"))
    return tuple(line for line in lines if line and not line.startswith("#") and _is_pattern(line))


def relative_to(path: str, directory: str) -> str:
    """Return the absolute `path` relative to `directory` with `/`; its name alone where it lies outside."""
    prefix = directory if directory.endswith(os.sep) else directory + os.sep
    if not path.startswith(prefix):
        return os.path.basename(path)
    relative = path[len(prefix) :]
    return relative.replace(os.sep, "/") if os.sep != "/" else relative


def _without_trailing_space(line: str) -> str:
    bare = line.rstrip(" ")
    is_escaped = len(bare) != len(line) and (len(bare) - len(bare.rstrip("\\"))) % 2 == 1
    return f"{bare} " if is_escaped else bare


def _is_pattern(line: str) -> bool:
    try:
        _compiled(line)
    except PatternError:
        return False
    return True


@lru_cache(maxsize=4096)
def _compiled(line: str) -> _Pattern:
    body = line.removeprefix("!")
    path = body.removesuffix("/")
    if not path:
        raise PatternError("it names nothing")
    # Without a slash a pattern is for names at any depth.
    start = "" if "/" in path else "(?:.*/)?"
    expression = rf"{start}{_translated(path.removeprefix('/'))}\Z"
    return _Pattern(expression, _compile(expression), body == line, body.endswith("/"))


def _compile(expression: str) -> Callable[[str], object]:
    try:
        return re.compile(expression, re.DOTALL).match
    except re.error as error:
        raise PatternError(str(error)) from None


def _translated(path: str) -> str:
    return "".join(map(_translated_token, _TOKENS.finditer(path)))


def _translated_token(token: re.Match[str]) -> str:
    kind = token.lastgroup or ""
    if kind == "bad":
        raise PatternError(f"{token.group()!r} has no end")
    if kind == "class":
        return _translated_class(token)
    return _PLACES.get(kind) or re.escape(token.group(kind))


def _translated_class(token: re.Match[str]) -> str:
    parts = (_translated_member(member) for member in _CLASS_TOKENS.finditer(token.group("class")))
    return f"(?!/)[{'^' if token.group('not') else ''}{''.join(parts)}]"


def _translated_member(member: re.Match[str]) -> str:
    named = member.group("named")
    if named is None:
        plain = member.group("plain")
        return "-" if plain == "-" else re.escape(plain or member.group("escaped"))
    if named not in _CLASSES:
        raise PatternError(f"no such class: {named!r}")
    return _CLASSES[named]
