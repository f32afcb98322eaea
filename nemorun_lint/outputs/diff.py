"""A unified diff of one file, as `--diff` prints it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nemorun_lint.outputs.base import Options
from nemorun_lint.outputs.style import paint

# The line ends of Python's tokenizer; str.splitlines would also cut at form feeds.
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")


def render(filename: str, before: str, after: str, options: Options) -> Iterator[str]:
    """Yield the lines of a diff that `patch -p0` takes; nothing where the texts are equal."""
    import difflib

    lines = difflib.unified_diff(_LINE.findall(before), _LINE.findall(after), filename, filename)
    for line in lines:
        body = line.rstrip("\r\n")
        # patch needs the carriage return of a CRLF file; the stream adds the line feed.
        kept = body + "\r" if line.endswith("\r\n") else body
        yield paint(kept, _style(line), color=options.color) if _style(line) else kept
        if body == line:
            yield "\\ No newline at end of file"


def _style(line: str) -> str:
    if line.startswith(("---", "+++")):
        return "bold"
    return {"+": "added", "-": "removed", "@": "frame"}.get(line[:1], "")
