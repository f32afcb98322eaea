"""What the flake8 plugin keeps from file to file: settings, environments and modules."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from nemorun_lint.environment import Environment, EnvironmentProblemError
from nemorun_lint.outputs.style import clean
from nemorun_lint.patterns import Patterns, relative_to
from nemorun_lint.project import Checker, Key, Request, environment_key, environment_of
from nemorun_lint.settings import Settings, SettingsError, SettingsFinder, override
from nemorun_lint.store import default_directory
from nemorun_lint.syntax.prefilter import may_use_api
from nemorun_lint.walk import Found

if TYPE_CHECKING:
    from nemorun_lint.frontends.flake8_plugin import Choices

Finding = tuple[int, int, str]
"""1-based row, 0-based column in code points, text that starts with the code."""


class Session:
    """Checks one file after the other as `nemorun-lint check` would.

    Raises:
        SettingsError: what the options say cannot be used.
    """

    def __init__(self, choices: Choices) -> None:
        self._choices = choices
        self._tops = tuple(map(os.path.abspath, choices.filenames))
        finder = SettingsFinder(choices.config, known_codes, overrides=choices.overrides)
        self._request = Request(paths=(), finder=finder, python=choices.python, use_store=choices.use_store)
        self._environments: dict[Key, Environment] = {}
        self._checker = self._make_checker({})

    def check(self, filename: str, text: str, *, is_stdin: bool) -> list[Finding]:
        """Return the findings of one file; `text` stands for it where it comes from standard input."""
        path = os.path.abspath(filename)
        try:
            place = self._request.finder.place(os.path.dirname(path))
            if not self._is_wanted(path, text, place.settings):
                return []
            key = environment_key(place)
            if key not in self._environments:
                self._environments[key] = environment_of(place, self._request)
        except (SettingsError, EnvironmentProblemError) as error:
            return [(1, 0, clean(f"NR999 this file was not checked: {error}"))]
        # Standard input comes once a run: a checker of its own costs nothing then.
        checker = self._make_checker({path: text}) if is_stdin else self._checker
        found = checker(Found(os.path.normpath(filename), place)).diagnostics
        # Looks into the store at most once, and only where something was written.
        checker.prune()
        return [(item.row, item.column - 1, clean(f"{item.code} {item.message}")) for item in found]

    def _make_checker(self, overlays: Mapping[str, str]) -> Checker:
        directory = default_directory(self._request.environ) if self._request.use_store else None
        return Checker(self._environments, overlays, directory, honour_noqa=self._choices.honour_noqa)

    def _is_wanted(self, path: str, text: str, settings: Settings) -> bool:
        """Say whether a root stands in the text, and our own `exclude` does not keep the file out."""
        roots = tuple(root.encode() for root in settings.prefilter_roots)
        return may_use_api(text.encode("utf-8", "replace"), roots) and not is_excluded(path, self._tops, settings)


def is_excluded(path: str, tops: tuple[str, ...], settings: Settings) -> bool:
    """Say whether `check` with the absolute arguments `tops` would leave the file out; one named itself never is."""
    patterns = Patterns.of((*settings.exclude, *settings.extend_exclude))
    base = str(settings.directory)
    if settings.force_exclude and patterns.match_with_parents(relative_to(path, base)):
        return True
    above = [top for top in tops if path.startswith(os.path.join(top, ""))]
    if path in tops or not above:
        return False
    return all(_is_excluded_below(path, top, patterns, base) for top in above)


def _is_excluded_below(path: str, top: str, patterns: Patterns, base: str) -> bool:
    parent = Path(path)
    while str(parent) != top:
        if patterns.match(relative_to(str(parent), base), is_directory=str(parent) != path):
            return True
        parent = parent.parent
    return False


def known_codes() -> Mapping[str, str]:
    """Return the codes of all rules by name."""
    from nemorun_lint.rules import all_rules

    return {rule.name: rule.code for rule in all_rules()}


def problem_of(choices: Choices) -> str | None:
    """Return what is wrong with the options, if anything."""
    try:
        SettingsFinder(choices.config, known_codes)
        override(Settings(directory=Path.cwd()), known_codes, origin="--nemorun", **choices.overrides)
    except SettingsError as error:
        return str(error)
    return None
