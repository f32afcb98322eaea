"""Values of literal tokens, without running anything and without Python's warnings about odd escapes."""

from __future__ import annotations

import re
import unicodedata

_ESCAPE = re.compile(
    r"\\(?:(?P<octal>[0-7]{1,3})|x(?P<x>[0-9a-fA-F]{2})|u(?P<u>[0-9a-fA-F]{4})|U(?P<U>[0-9a-fA-F]{8})"
    r"|N\{(?P<name>[^{}]+)\}|(?P<simple>.))",
    re.DOTALL,
)
_BYTES_ESCAPE = re.compile(r"\\(?:(?P<octal>[0-7]{1,3})|x(?P<x>[0-9a-fA-F]{2})|(?P<simple>.))", re.DOTALL)
_SIMPLE = {
    "\n": "", "\\": "\\", "'": "'", '"': '"', "a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t",
    "v": "\v",
}  # fmt: skip
_LARGEST = 2**64


def identifier(token: str) -> str:
    """Return the name that Python reads from `token` (identifiers are normalised, PEP 3131)."""
    return token if token.isascii() else unicodedata.normalize("NFKC", token)


def integer(token: str) -> int | None:
    """Return the value of an integer literal of any base, None beyond 64 bits or where Python rejects it."""
    try:
        value = int(token, 0)
    except ValueError:
        return None
    return value if value < _LARGEST else None


def floating(token: str) -> float | None:
    """Return the value of a float literal, None where Python rejects it."""
    try:
        return float(token)
    except ValueError:
        return None


def string(token: str) -> tuple[str, str | None]:
    """Return kind ("str" or "bytes") and value of one string literal; the value of bytes is its Latin-1 text.

    The value is None where it cannot be stored (lone surrogates) or where Python rejects it.
    """
    quote = min(index for index in (token.find('"'), token.find("'")) if index >= 0)
    prefix = token[:quote].lower()
    width = 3 if token[quote : quote + 3] in ('"""', "'''") and len(token) >= quote + 6 else 1
    body = token[quote + width : len(token) - width]
    kind = "bytes" if "b" in prefix else "str"
    return kind, decoded(body, is_raw="r" in prefix, is_bytes=kind == "bytes")


def decoded(body: str, *, is_raw: bool, is_bytes: bool = False) -> str | None:
    """Return the text that the inside of a string literal stands for, or None (see `string`)."""
    if "\r" in body:
        body = body.replace("\r\n", "\n").replace("\r", "\n")
    if not is_raw and "\\" in body:
        try:
            body = (_BYTES_ESCAPE if is_bytes else _ESCAPE).sub(_escape, body)
        except (KeyError, ValueError, OverflowError):
            return None
    return body if body.isascii() or _storable(body) else None


def _escape(match: re.Match[str]) -> str:
    kind = match.lastgroup
    found = match.group(kind) if kind else ""
    if kind == "simple":
        return _SIMPLE.get(found, match.group())
    if kind == "name":
        return unicodedata.lookup(found)
    value = int(found, 8 if kind == "octal" else 16)
    return chr(value & 0xFF if kind == "octal" and match.re is _BYTES_ESCAPE else value)


def _storable(text: str) -> bool:
    """Return whether `text` has no lone surrogates, which UTF-8 (and so msgpack) cannot hold."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
