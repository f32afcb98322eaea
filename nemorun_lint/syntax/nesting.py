"""Estimate how large and deep a tree will be: libcst's parser ends the process where its stack or memory ends."""

from __future__ import annotations

import re
import sys
import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

# Nesting that every parser and default stack takes: no need to look closer.
HARMLESS = 400
# What a thread with `DEEP_STACK` bytes of stack takes with room to spare (measured: under 3 kB a level in the parser).
DEEPEST = 3000
DEEP_STACK = 128 << 20
# Python itself takes no more; the memory that libcst's parser needs grows with their square.
MOST_BRACKETS = 200
# Tokens; of each the tree takes 3 kB and 20 microseconds. A script of 40,000 lines is still below.
LARGEST = 500_000
TOO_DEEP = "nested too deeply"
_THREAD = "nemorun-lint-deep"
# Python frames of libcst's code generation a level, with room to spare.
_FRAMES = 12
_LOCK = threading.Lock()

_MARKS = b"([{)]},;\n+-*/%&|^~@<>.!:'\""
_OTHERS = bytes(set(range(256)) - set(_MARKS))
_INNERMOST = re.compile(rb"[(\[{][^()\[\]{}]*[)\]}]")
_WORDS = ("and ", "or ", "not ", "if ", "else ", "elif ", "lambda", "await ", "for ", "in ", "is ")
_WORD_OR_MARK = re.compile(r"\w+|[^\w\s]")
_QUIET = r"""
      \#[^\r\n]*
      | (?:\b[rRuUbB]{1,2})? (?: \"{3}(?:\\.|[^\\])*?\"{3} | '{3}(?:\\.|[^\\])*?'{3}
                                 | "(?:\\.|[^"\\\r\n])*" | '(?:\\.|[^'\\\r\n])*' )
"""
_STRING = re.compile(_QUIET, re.VERBOSE | re.DOTALL)
_TOKEN = re.compile(
    rf"(?P<skip> {_QUIET} )"
    r"""
    | (?P<open> [(\[{] )
    | (?P<close> [)\]}] )
    | (?P<reset> [,;] )
    | (?P<line> \r\n?|\n )
    | (?P<marks> [-+*/%&|^~@<>.!]+ )
    | (?P<word> \b(?:and|or|not|if|else|lambda|await|for|in|is)\b )
    | (?P<elif> \belif\b )
    """,
    re.VERBOSE | re.DOTALL,
)


def nesting(text: str) -> int:
    """Return an upper bound of how deeply the tree of `text` nests; `HARMLESS` stands for anything up to that.

    Chains of operators count as well: the tree of `a + b + c` is two levels deep. More than `MOST_BRACKETS`
    brackets inside of each other are deeper than `DEEPEST`.
    """
    if _rough(text) <= HARMLESS:
        return HARMLESS
    scan = _Scan()
    deepest = scan.run(text)
    return DEEPEST + deepest if scan.brackets > MOST_BRACKETS else max(HARMLESS, deepest)


def is_too_large(text: str) -> bool:
    """Say whether `text` has more than `LARGEST` tokens; strings and comments count as one each."""
    if len(text) <= LARGEST:
        return False
    return sum(1 for _ in _WORD_OR_MARK.finditer(_STRING.sub("0", text))) > LARGEST


def _rough(text: str) -> int:
    """Return a far too high bound, which is below `HARMLESS` for nearly all files, in microseconds.

    What stands in strings and comments counts too. The innermost brackets are taken away again and again, so
    the sum of the longest chains of all rounds is a bound for the chains on any path.
    """
    total = sum([text.count(word) for word in _WORDS])
    marks = text.encode("ascii", "replace").translate(None, _OTHERS)
    if total + len(marks) <= MOST_BRACKETS:
        return 0
    rounds = 0
    while total <= HARMLESS and rounds <= MOST_BRACKETS:
        rounds += 1
        groups = _INNERMOST.findall(marks)
        if not groups:
            return total + max(map(len, re.split(rb"[,;\n]", marks)))
        total += 1 + max([max(map(len, group.split(b","))) for group in groups])
        marks = _INNERMOST.sub(b".", marks)
    return max(total, HARMLESS + 1)


class _Scan:
    """One pass over the tokens of a text; `depth` is how deep the place just read may be."""

    def __init__(self) -> None:
        self.levels = [0]
        self.depth = 0
        self.deepest = 0
        self.elifs = 0
        self.brackets = 0

    def run(self, text: str) -> int:
        for match in _TOKEN.finditer(text):
            kind = match.lastgroup
            if kind == "open":
                self.levels.append(0)
                self.depth += 1
                self.brackets = max(self.brackets, len(self.levels) - 1)
            elif kind == "close" and len(self.levels) > 1:
                self.depth -= self.levels.pop() + 1
                self.deeper()
            elif kind == "reset" or (kind == "line" and len(self.levels) == 1):
                self.depth -= self.levels[-1]
                self.levels[-1] = 0
            elif kind == "skip":
                # Format specifications nest inside of formatted strings.
                self.deepest = max(self.deepest, self.depth + match.group().count("{"))
                self.deeper()
            elif kind == "word":
                self.deeper()
            elif kind == "marks":
                self.deeper(len(match.group()))
            elif kind == "elif":
                self.elifs += 1
            if self.depth > self.deepest:
                self.deepest = self.depth
        return self.deepest + self.elifs

    def deeper(self, levels: int = 1) -> None:
        self.levels[-1] += levels
        self.depth += levels


def with_deep_stack(function: Callable[[], T]) -> T:
    """Return what `function` returns; run in a thread with room for `DEEPEST` levels.

    Raises:
        RecursionError: even that was not enough.
        Exception: whatever `function` raises.
    """
    if threading.current_thread().name == _THREAD:
        return function()
    results: list[T] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            results.append(function())
        except BaseException as error:
            errors.append(error)

    # Stack size and recursion limit belong to the process: one thread at a time changes them.
    with _LOCK:
        _run(run)
    if errors:
        raise errors[0]
    return results[0]


def _run(target: Callable[[], None]) -> None:
    size, limit = threading.stack_size(DEEP_STACK), sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, DEEPEST * _FRAMES))
    try:
        thread = threading.Thread(target=target, name=_THREAD)
        thread.start()
        threading.stack_size(size)
        thread.join()
    finally:
        threading.stack_size(size)
        sys.setrecursionlimit(limit)
