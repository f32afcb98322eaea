"""The prefilter: no false negatives, few false positives."""

from __future__ import annotations

import pytest

from nemorun_lint.syntax.prefilter import may_use_api


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"import nemo",
        b"nemo_runner = 1",
        b"my_nemo_run = 1",
        b"xfiddle",
        b"fiddles",
        b"\xc3\xa9fiddle",
        b"fiddle\xc3\xa9",
    ],
)
def test_other_words_do_not_count(data: bytes) -> None:
    assert not may_use_api(data)


@pytest.mark.parametrize(
    "data",
    [
        b"import nemo_run as run",
        b"from fiddle import Config",
        b"fiddle",
        b"x.fiddle.y",
        b"'nemo_run'",
        b"\xff\x00 nemo_run;",
    ],
)
def test_whole_words_count_wherever_they_stand(data: bytes) -> None:
    assert may_use_api(data)


def test_roots_replace_the_default_ones() -> None:
    assert may_use_api(b"import my.company.cfg", [b"my.company"])
    assert not may_use_api(b"import fiddle", [b"my.company"])
    assert not may_use_api(b"import myxcompany", [b"my.company"])
    assert not may_use_api(b"import fiddle", [])
