"""Colours, display widths and harmless text for a terminal."""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Mapping
from types import MappingProxyType

from nemorun_lint.diagnostic import Severity

TAB_STOP = 4
_SGR: Mapping[str, str] = MappingProxyType(
    {
        "error": "1;31",
        "warning": "1;33",
        "hint": "1;36",
        "bold": "1",
        "frame": "1;34",
        "added": "32",
        "removed": "31",
        "fix": "36",
    },
)


def paint(text: str, style: str | Severity, *, color: bool) -> str:
    """Return `text` between the escape sequences of `style`, or unchanged without `color`."""
    if not color or not text:
        return text
    name = style.value if isinstance(style, Severity) else style
    return f"\x1b[{_SGR[name]}m{text}\x1b[0m"


def cell_width(character: str) -> int:
    """Return how many terminal columns a printable character takes: 0, 1 or 2."""
    if character.isascii():
        return 1
    if unicodedata.combining(character) or unicodedata.category(character) in {"Mn", "Me"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def display_width(text: str) -> int:
    """Return the terminal columns of `text`, which holds no tabs and no control characters."""
    return len(text) if text.isascii() else sum(map(cell_width, text))


def printable(character: str) -> str:
    """Return `character`, or a visible stand-in for one that could steer the terminal or reorder the line."""
    if character.isprintable():
        return character
    if character < "\x20":
        return chr(0x2400 + ord(character))
    return "\u2421" if character == "\x7f" else "\ufffd"


def clean(text: str) -> str:
    """Return `text` on one line and without characters that steer a terminal."""
    if text.isprintable():
        return text
    return "".join(" " if character in "\t\r\n\x0b\x0c" else printable(character) for character in text)


def wrap(text: str, width: int, *, first: str = "", rest: str = "") -> list[str]:
    """Return `text` cut at spaces into lines of `width` columns, behind the prefixes `first` and `rest`."""
    return textwrap.wrap(
        clean(text),
        max(width, 40),
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    ) or [first.rstrip()]


def counted(number: int, noun: str) -> str:
    """Return "1 error", "2 errors", "1,339 errors"."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
