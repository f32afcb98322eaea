"""Decide on the raw bytes of a file whether it can use the API at all."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

DEFAULT_ROOTS = (b"nemo_run", b"fiddle")


def may_use_api(data: bytes, roots: Sequence[bytes] = DEFAULT_ROOTS) -> bool:
    """Return whether one of `roots` stands in `data` as a whole word.

    True says no more than "worth parsing": the word may stand in a comment. A dotted root is searched as it is
    written.
    """
    return _pattern(tuple(roots)).search(data) is not None


@lru_cache(maxsize=32)
def _pattern(roots: tuple[bytes, ...]) -> re.Pattern[bytes]:
    """Return the pattern of any of the words; bytes above 0x7F count as letters, as identifiers may hold them."""
    words = b"|".join(re.escape(root) for root in roots if root) or b"(?!)"
    return re.compile(rb"(?<![\w\x80-\xff])(?:" + words + rb")(?![\w\x80-\xff])")
