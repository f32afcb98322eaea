"""The rules, one pair of files each; found by looking into this folder."""

from __future__ import annotations

import importlib
import pkgutil
from functools import lru_cache

from nemorun_lint.rules.base import Rule, rules_of


@lru_cache(maxsize=1)
def all_rules() -> tuple[Rule, ...]:
    """Return every rule, in the order of codes."""
    found = [
        made
        for info in pkgutil.iter_modules(__path__)
        if info.name != "base"
        for made in rules_of(importlib.import_module(f"{__name__}.{info.name}"))
    ]
    return tuple(sorted(found, key=lambda made: made.code))
