"""Source text of a file: decoded once, and every column unit converted here and nowhere else."""

from __future__ import annotations

import codecs
import re
from bisect import bisect_right
from functools import cached_property
from typing import NamedTuple

_CODING = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_BLANK = re.compile(rb"^[ \t\f]*(?:#.*)?$")
# The line ends of Python's tokenizer: form feeds, NEL and U+2028 do not end a line.
_NEWLINE = re.compile(r"\r\n|\r|\n")


class DecodeError(ValueError):
    """The bytes of a file are not text in the encoding that they declare."""


class Position(NamedTuple):
    """A place in a file: `row` is 1-based, `column` 1-based and counts code points."""

    row: int
    column: int


class SourceText:
    """The decoded text of one file.

    `text` has no byte order mark; line ends are as in the file. Offsets are 0-based and count code
    points of `text`.
    """

    def __init__(self, path: str, text: str, encoding: str = "utf-8", *, has_bom: bool = False) -> None:
        self.path = path
        self.text = text
        self.encoding = encoding
        self.has_bom = has_bom

    @classmethod
    def decode(cls, path: str, data: bytes) -> SourceText:
        """Decode `data` as Python would: byte order mark, then PEP 263 comment, then UTF-8.

        Raises:
            DecodeError: the bytes are not text in that encoding, or the encoding is unknown.
        """
        has_bom = data.startswith(codecs.BOM_UTF8)
        body = data[3:] if has_bom else data
        declared = declared_encoding(body)
        encoding = declared or "utf-8"
        try:
            if has_bom and not codecs.lookup(encoding).name.startswith("utf-8"):
                raise DecodeError(f"a byte order mark of UTF-8, but the encoding {encoding!r} is declared")
            text = body.decode(encoding)
        except LookupError:
            raise DecodeError(f"unknown encoding {encoding!r}") from None
        except UnicodeError as error:
            raise DecodeError(_undecodable(body, encoding, error, is_declared=declared is not None)) from None
        return cls(path, text, encoding, has_bom=has_bom)

    def encode(self, text: str) -> bytes:
        """Return the bytes of `text` in this file's encoding, with its byte order mark."""
        return (codecs.BOM_UTF8 if self.has_bom else b"") + text.encode(self.encoding)

    @cached_property
    def line_starts(self) -> list[int]:
        """Offset of the first code point of each line."""
        return [0, *(match.end() for match in _NEWLINE.finditer(self.text))]

    @property
    def newline(self) -> str:
        """The line end that the file uses first, `\\n` where it has none."""
        match = _NEWLINE.search(self.text)
        return match.group() if match else "\n"

    def position(self, offset: int) -> Position:
        """Return the place of `offset`; offsets beyond the text are the end of the text."""
        offset = min(max(offset, 0), len(self.text))
        row = bisect_right(self.line_starts, offset)
        return Position(row, offset - self.line_starts[row - 1] + 1)

    def offset(self, row: int, column: int) -> int:
        """Return the offset of a 1-based `row` and a 1-based `column` in code points."""
        return self.line_starts[row - 1] + column - 1

    def offset_of_utf8(self, row: int, column: int) -> int:
        """Return the offset of a 1-based `row` and a 0-based `column` in UTF-8 bytes (as in `ast`)."""
        start = self.line_starts[row - 1]
        line = self.line(row)
        if line.isascii():
            return start + column
        return start + len(line.encode("utf-8", "surrogatepass")[:column].decode("utf-8", "ignore"))

    def utf8_column(self, offset: int) -> int:
        """Return the 0-based column of `offset` in UTF-8 bytes (as in `ast`)."""
        row, column = self.position(offset)
        return len(self.line(row)[: column - 1].encode("utf-8", "surrogatepass"))

    def utf16_column(self, offset: int) -> int:
        """Return the 0-based column of `offset` in UTF-16 code units (as in the language server protocol)."""
        row, column = self.position(offset)
        return len(self.line(row)[: column - 1].encode("utf-16-le", "surrogatepass")) // 2

    def line(self, row: int) -> str:
        """Return the 1-based line `row` without its line end."""
        end = self.line_starts[row] if row < len(self.line_starts) else len(self.text)
        return self.text[self.line_starts[row - 1] : end].rstrip("\r\n")


def _undecodable(data: bytes, encoding: str, error: UnicodeError, *, is_declared: bool) -> str:
    if not isinstance(error, UnicodeDecodeError):
        return f"not valid {encoding}: {error}"
    row = len((data[: error.start] + b".").splitlines())
    hint = "" if is_declared else ", and no encoding is declared"
    return f"not valid {encoding}: byte 0x{data[error.start]:02x} in line {row}{hint}"


def declared_encoding(data: bytes) -> str | None:
    """Return the encoding that the first two lines of `data` declare (PEP 263), if any."""
    for line in data.split(b"\n", 2)[:2]:
        match = _CODING.match(line)
        if match:
            return match.group(1).decode("ascii")
        if not _BLANK.match(line.rstrip(b"\r")):
            return None
    return None
