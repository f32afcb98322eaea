"""Reads the Markdown pages that are documentation, examples and tests at once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parent.parent
RULES = ROOT / "nemorun_lint" / "rules"
MDTEST = ROOT / "fixtures" / "mdtest"
RECIPE = "recipe.py"

_HEADING = re.compile(r"#{1,6} +(?P<title>.+)")
_FENCE = re.compile(r"(?P<ticks>`{3,}) *(?P<info>.*)")
_TITLE = re.compile(r"# (?P<code>NR\d+) (?P<name>[a-z0-9-]+)")
_COMMENT = re.compile(r"(?P<gap>\s*)# error: (?P<wanted>NR\d+.*)$")
_WANTED = re.compile(r'(?P<code>NR\d+)(?: +"(?P<part>[^"]*)")? *(?:;|$) *')
_KINDS = frozenset({"bad", "proof", "fixed", "fixed-proof", "good"})
_CONTINUES = frozenset({"fixed", "fixed-proof"})


class PageError(Exception):
    """A page that does not follow the format; the text names file and line."""


@dataclass(frozen=True)
class Block:
    """A fenced block: `kind` is a word of the info string or `file=NAME`, `line` is that of its fence (1-based)."""

    kind: str
    text: str
    line: int


@dataclass(frozen=True, order=True)
class Expected:
    """A diagnostic that must start on `row` (1-based, of the text without the `# error:` comments)."""

    row: int
    code: str
    part: str = field(default="", compare=False)


@dataclass(frozen=True)
class Section:
    """The blocks under one heading: a small project whose checked file is `recipe.py`."""

    page: Path
    title: str
    blocks: tuple[Block, ...]

    @property
    def name(self) -> str:
        """What the tests are called by: the page and the heading."""
        return f"{self.page.stem}: {self.title}"

    @property
    def files(self) -> dict[str, str]:
        """The further files beside `recipe.py`, by name."""
        return {block.kind.partition("=")[2]: block.text for block in self.blocks if block.kind.startswith("file=")}

    def all(self, kind: str) -> tuple[Block, ...]:
        """Return the blocks of one kind."""
        return tuple(block for block in self.blocks if block.kind == kind)

    def one(self, kind: str) -> Block | None:
        """Return the only block of a kind, None where there is none; two are a `PageError`."""
        found = self.all(kind)
        if len(found) > 1:
            raise PageError(f"{self.page}:{found[1].line}: a second `{kind}` block under one heading")
        return found[0] if found else None


@dataclass(frozen=True)
class Page:
    """A Markdown page; `code` and `name` are empty where its title names no rule."""

    path: Path
    code: str
    name: str
    text: str
    sections: tuple[Section, ...]


def split_expectations(text: str) -> tuple[str, tuple[Expected, ...]]:
    """Return the text without its `# error:` comments, and what they expect.

    A comment at the end of a line speaks of that line; a comment that stands alone speaks of the next line
    (needed where the line cannot carry a comment) and is dropped with its line.
    """
    lines: list[str] = []
    expected: list[Expected] = []
    for line in text.splitlines():
        found = _COMMENT.search(line)
        if found is None:
            lines.append(line)
            continue
        before = line[: found.start()]
        expected += [Expected(len(lines) + 1, *wanted) for wanted in _wanted(found["wanted"])]
        if before.strip():
            lines.append(before)
    return "\n".join(lines) + "\n", tuple(sorted(expected))


def _wanted(comment: str) -> Iterator[tuple[str, str]]:
    end = 0
    while end < len(comment):
        found = _WANTED.match(comment, end)
        if found is None:
            raise PageError(f"cannot read the expectation {comment!r}")
        yield found["code"], found["part"] or ""
        end = found.end()


def parse_page(path: Path) -> Page:
    """Read one page; a block of unknown kind or an open fence is a `PageError`."""
    text = path.read_text(encoding="utf-8")
    title = _TITLE.match(text)
    return Page(
        path, title["code"] if title else "", title["name"] if title else "", text, tuple(_sections(path, text))
    )


def _sections(path: Path, text: str) -> Iterator[Section]:
    """Yield what stands under each heading; a heading whose first block is `fixed` goes on with the section before."""
    heading, blocks, pending = path.stem, list[Block](), ""
    for item in _items(path, text):
        if isinstance(item, str):
            pending = item
            continue
        if pending and item.kind not in _CONTINUES:
            if blocks:
                yield Section(path, heading, tuple(blocks))
            heading, blocks = pending, []
        pending = ""
        blocks.append(item)
    if blocks:
        yield Section(path, heading, tuple(blocks))


def _items(path: Path, text: str) -> Iterator[str | Block]:
    """Yield headings (as text) and the Python blocks that have a kind."""
    lines = enumerate(text.splitlines(), start=1)
    for number, line in lines:
        fence = _FENCE.fullmatch(line)
        if fence is None:
            heading = _HEADING.fullmatch(line)
            if heading:
                yield heading["title"]
            continue
        body = list[str]()
        for _, inner in lines:
            if inner.rstrip() == fence["ticks"]:
                break
            body.append(inner)
        else:
            raise PageError(f"{path}:{number}: the fence is never closed")
        language, _, kind = fence["info"].partition(" ")
        if language == "py":
            yield Block(_kind(path, number, kind.strip()), "\n".join(body) + "\n", number)


def _kind(path: Path, number: int, kind: str) -> str:
    if kind in _KINDS or kind.startswith("file="):
        return kind
    raise PageError(f"{path}:{number}: unknown kind of block: {kind!r}")


def rule_pages() -> tuple[Page, ...]:
    """Return the pages of all rules, in the order of their file names."""
    return tuple(parse_page(path) for path in sorted(RULES.glob("*.md")))


def mdtest_pages() -> tuple[Page, ...]:
    """Return the pages with the edge cases."""
    return tuple(parse_page(path) for path in sorted(MDTEST.rglob("*.md")))
