"""The flake8 plugin: almost nothing is imported or done for files that do not mention the API."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from nemorun_lint import __version__

if TYPE_CHECKING:
    import argparse

    from flake8.options.manager import OptionManager

    from nemorun_lint.frontends.flake8_session import Session

# As in nemorun_lint.settings, which is imported only where a file is worth it; so are the default roots.
_SETTINGS_FILES = (".nemorun-lint.toml", "nemorun-lint.toml", "pyproject.toml")
_ROOTS = ("nemo_run", "fiddle")
_WIDENING = (b"roots", b"api-aliases")
_LISTS = {
    "select": "Report these codes only (prefixes such as NR2, codes, rule names); before flake8's own --select.",
    "ignore": "Leave out these codes; before flake8's own --ignore.",
    "extend-select": "Report these codes as well; hints and rules in preview must be named here or in the settings.",
    "extend-ignore": "Leave out these codes as well.",
}

Result = tuple[int, int, str, type]


class Choices(NamedTuple):
    """What flake8's options say: `overrides` are fields of our settings, `filenames` what flake8 was asked to check."""

    config: str | None = None
    python: str | None = None
    overrides: Mapping[str, Any] = MappingProxyType({})
    use_store: bool = True
    honour_noqa: bool = True
    filenames: tuple[str, ...] = ()
    stdin_name: str | None = None
    is_off: bool = False


class Plugin:
    """The checker that flake8 makes for each file; `lines` are those that it read, also from standard input."""

    name: ClassVar[str] = "nemorun-lint"
    version: ClassVar[str] = __version__
    # flake8 hands its options to the class: what they say, and what serves several files, can only be kept here.
    choices: ClassVar[Choices] = Choices()
    session: ClassVar[Session | None] = None

    def __init__(self, tree: object, filename: str, lines: Sequence[str]) -> None:
        self._filename = filename
        self._text = "".join(lines)

    @classmethod
    def add_options(cls, option_manager: OptionManager) -> None:
        """Register our options; flake8 reads them from its configuration file, too."""
        for name, text in _LISTS.items():
            option_manager.add_option(
                f"--nemorun-{name}", comma_separated_list=True, parse_from_config=True, metavar="codes", help=text
            )
        _add_paths(option_manager)
        _add_flags(option_manager)

    @classmethod
    def parse_options(cls, manager: OptionManager, options: argparse.Namespace, filenames: Sequence[str]) -> None:
        """Keep what the options say; a wrong value ends flake8 as any wrong option does."""
        cls.choices, cls.session = _choices(options, filenames), None
        if cls.choices.overrides or cls.choices.config:
            from nemorun_lint.frontends.flake8_session import problem_of

            problem = problem_of(cls.choices)
            if problem:
                manager.parser.error(problem)

    def run(self) -> Iterator[Result]:
        """Yield (1-based row, 0-based column in code points, text, class) for every finding; never raises."""
        try:
            yield from [(row, column, text, Plugin) for row, column, text in self._found()]
        except Exception as error:  # flake8 would end the run
            text = f"NR999 internal error, please report it: {type(error).__name__}: {error}"
            yield 1, 0, " ".join(text.split()), Plugin

    def _found(self) -> list[tuple[int, int, str]]:
        if self.choices.is_off or not self._may_matter():
            return []
        with _without_working_directory():
            if Plugin.session is None:
                from nemorun_lint.frontends.flake8_session import Session

                Plugin.session = Session(self.choices)
            is_stdin = self._filename == self.choices.stdin_name
            return Plugin.session.check(self._filename, self._text, is_stdin=is_stdin)

    def _may_matter(self) -> bool:
        """Say whether the text may mention the API, or whether settings say that other names are worth a look."""
        if any(root in self._text for root in _ROOTS):
            return True
        if self.choices.config:
            return _widens(self.choices.config)
        return _is_widened(os.path.dirname(os.path.abspath(self._filename)))


@contextmanager
def _without_working_directory() -> Iterator[None]:
    """Import nothing of the project: `python -m flake8` puts the working directory before our libraries."""
    first = sys.path[0] if sys.path else None
    own = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    if first is None or os.path.abspath(first) != os.getcwd() or os.getcwd() == own:
        yield
        return
    del sys.path[0]
    try:
        yield
    finally:
        sys.path.insert(0, first)


@cache
def _is_widened(directory: str) -> bool:
    """Say whether settings in `directory` or above may name further roots."""
    parent = os.path.dirname(directory)
    above = parent != directory and _is_widened(parent)
    return above or any(_widens(os.path.join(directory, name)) for name in _SETTINGS_FILES)


@cache
def _widens(path: str) -> bool:
    try:
        with open(path, "rb") as stream:
            data = stream.read()
    except OSError:
        return False
    is_ours = not path.endswith("pyproject.toml") or b"nemorun-lint" in data
    return is_ours and any(word in data for word in _WIDENING)


def _add_paths(manager: OptionManager) -> None:
    # Not from flake8's configuration: an interpreter named there would be run by whoever checks the project.
    manager.add_option(
        "--nemorun-python", metavar="path", help="Interpreter or virtual environment of the checked project."
    )
    manager.add_option(
        "--nemorun-config",
        parse_from_config=True,
        normalize_paths=True,
        metavar="file",
        help="Read our settings from this file instead of the nearest one.",
    )
    manager.add_option(
        "--nemorun-search-path",
        parse_from_config=True,
        comma_separated_list=True,
        normalize_paths=True,
        metavar="dirs",
        help="Look for modules in these directories too.",
    )
    manager.add_option(
        "--nemorun-cache-dir",
        parse_from_config=True,
        normalize_paths=True,
        metavar="dir",
        help="Keep the cache in this directory.",
    )


def _add_flags(manager: OptionManager) -> None:
    flags = {"preview": "Report rules in preview, too.", "no-cache": "Neither read nor write the cache."}
    for name, text in flags.items():
        manager.add_option(f"--nemorun-{name}", action="store_true", default=False, parse_from_config=True, help=text)


def _choices(options: argparse.Namespace, filenames: Sequence[str]) -> Choices:
    given = {
        "select": options.nemorun_select,
        "ignore": options.nemorun_ignore,
        "extend_select": options.nemorun_extend_select,
        "extend_ignore": options.nemorun_extend_ignore,
        "search_paths": options.nemorun_search_path,
        "cache_dir": options.nemorun_cache_dir,
        "preview": options.nemorun_preview or None,
    }
    return Choices(
        config=options.nemorun_config,
        python=options.nemorun_python,
        overrides={name: value for name, value in given.items() if value is not None},
        use_store=not options.nemorun_no_cache,
        honour_noqa=not options.disable_noqa,
        filenames=tuple(filenames),
        stdin_name=options.stdin_display_name if "-" in filenames else None,
        is_off=_warn_if_off(options),
    )


def _warn_if_off(options: argparse.Namespace) -> bool:
    """Say whether flake8's own selection hides every code of ours; tell the user so, once."""
    if not options.select and not options.ignore and not options.extend_ignore:
        return False
    from multiprocessing import parent_process

    from flake8.style_guide import Decision, DecisionEngine

    decide = DecisionEngine(options).decision_for
    if any(decide(code) is Decision.Selected for code in _codes()):
        return False
    if parent_process() is None:
        print(f"nemorun-lint: {_why_off(options)}", file=sys.stderr)
    return True


def _why_off(options: argparse.Namespace) -> str:
    """Return the hint: which of flake8's options it is, and what to do."""
    for name in ("ignore", "extend_ignore"):
        matching = [code for code in getattr(options, name) or () if "NR".startswith(code)]
        if matching:
            option = f"--{name.replace('_', '-')}={','.join(matching)}"
            hint = "" if matching[0] == "NR" else ", for it matches NR; name longer codes such as N8"
            return f"flake8's own {option} switches all NR codes off{hint}"
    if options.select:
        return f"flake8's own --select={','.join(options.select)} switches all NR codes off; add NR to it"
    return "flake8's own selection switches all NR codes off"


def _codes() -> list[str]:
    """Return the codes of all rules, read from the first lines of their pages: to import the rules takes longer."""
    codes: list[str] = []
    folder = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "rules")
    for entry in os.scandir(folder):
        if entry.name.endswith(".md"):
            with open(entry.path, encoding="utf-8") as page:
                codes.append(page.readline().split()[1])
    return codes
