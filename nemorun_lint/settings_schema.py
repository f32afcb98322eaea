"""The frozen Settings, and the check of every key that may set one of their fields."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from nemorun_lint.patterns import PatternError, Patterns, check_pattern, relative_to

FAMILY = "NR"
# A file that could not be checked is never passed over in silence: only an explicit `ignore` hides these.
TOOL_CODES = frozenset({"NR998", "NR999"})
OUTPUT_FORMATS = ("concise", "full", "json")
DEFAULT_EXCLUDE = (
    *(".bzr", ".direnv", ".eggs", ".git", ".hg", ".ipynb_checkpoints", ".mypy_cache", ".nox", ".pants.d"),
    *(".pyenv", ".pytest_cache", ".pytype", ".ruff_cache", ".svn", ".tox", ".venv", ".vscode", "__pycache__"),
    *("__pypackages__", "_build", "buck-out", "build", "dist", "node_modules", "site-packages", "venv", "*.egg-info"),
)
KnownCodes = Mapping[str, str] | Callable[[], Mapping[str, str]]
_DOTTED = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")
_VERSION = re.compile(r"\d+\.\d+(?:\.\d+)?")
_CODE = re.compile(rf"{FAMILY}\d*")


class SettingsError(ValueError):
    """Settings that cannot be used; the text names the file (or the command line), the key and what is wrong."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What holds for the files below `directory`.

    Paths are absolute where they name a place; patterns are relative to `directory`. `source` is the file
    that the values were read from, None for the defaults. Codes are prefixes such as `NR2` or whole codes.
    """

    directory: Path
    source: Path | None = None
    select: tuple[str, ...] = (FAMILY,)
    ignore: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    extend_ignore: tuple[str, ...] = ()
    per_file_ignores: tuple[tuple[str, tuple[str, ...]], ...] = ()
    preview: bool = False
    exclude: tuple[str, ...] = DEFAULT_EXCLUDE
    extend_exclude: tuple[str, ...] = ()
    force_exclude: bool = False
    respect_gitignore: bool = True
    output_format: str = "concise"
    jobs: int | None = None
    cache_dir: str | None = None
    python: str | None = None
    search_paths: tuple[str, ...] = ()
    roots: tuple[str, ...] = ("nemo_run", "fiddle")
    api_aliases: tuple[tuple[str, str], ...] = ()
    target_nemo_run: str = "auto"
    error_on_warning: bool = False

    def enabled(self, code: str, severity: str = "error", preview: bool = False) -> bool:
        """Tell whether the rule `code` reports: the longest prefix wins, `ignore` wins a draw.

        A hint must be selected by more than the family, a rule in preview by `preview` or by its whole code.
        """
        chosen = _longest((*self.select, *self.extend_select), code)
        if code in TOOL_CODES:
            chosen = max(chosen, len(FAMILY))
        if chosen <= _longest((*self.ignore, *self.extend_ignore), code):
            return False
        if severity == "hint" and chosen <= len(FAMILY):
            return False
        return not preview or self.preview or chosen == len(code)

    def per_file_ignored(self, path: str | os.PathLike[str], code: str) -> bool:
        """Tell whether `per-file-ignores` switches `code` off in the file `path`.

        A leading `!` turns a pattern round.
        """
        return any(
            code.startswith(codes) and _matches(pattern, path, self.directory)
            for pattern, codes in self.per_file_ignores
        )

    @property
    def prefilter_roots(self) -> tuple[str, ...]:
        """The names of which a file must hold one to be worth a parse: `roots` and the packages of the aliases."""
        return tuple(dict.fromkeys((*self.roots, *(name.partition(".")[0] for name, _ in self.api_aliases))))


def _longest(prefixes: Iterable[str], code: str) -> int:
    return max((len(prefix) for prefix in prefixes if code.startswith(prefix)), default=0)


def _matches(pattern: str, path: str | os.PathLike[str], directory: Path) -> bool:
    wanted = not pattern.startswith("!")
    relative = relative_to(os.path.abspath(path), str(directory))
    return Patterns.of((pattern.removeprefix("!"),)).match_with_parents(relative) is wanted


class Checker(msgspec.Struct, frozen=True, kw_only=True):
    """Checks raw values. `origin` names where they come from in errors, `base` is what relative paths start at.

    `known_codes` maps rule names to codes (or returns such a mapping, called only where a code is named);
    `known_apis` are the names that an alias may stand for. None leaves the names unchecked.
    """

    origin: str
    base: str
    known_codes: KnownCodes | None = None
    known_apis: Collection[str] | None = None

    def fields(self, raw: Mapping[str, Any]) -> dict[str, Any]:
        """Return the fields of Settings that the table `raw` (kebab-case keys) sets.

        Raises:
            SettingsError: an unknown key, code or rule name, a value of the wrong type or form.
        """
        for key in raw:
            if key not in _CHECKS:
                raise SettingsError(f"{self.origin}: unknown key {key!r}{nearest(key, _CHECKS)}")
        return {key.replace("-", "_"): _CHECKS[key](self, key, value) for key, value in raw.items()}

    def wrong(self, key: str, value: object, expected: str) -> SettingsError:
        """Return the error for a value that is not what the key expects."""
        return SettingsError(f"{self.origin}: {key!r} must be {expected}, not {value!r}")

    def flag(self, key: str, value: Any) -> bool:
        """Check true or false."""
        if not isinstance(value, bool):
            raise self.wrong(key, value, "true or false")
        return value

    def text(self, key: str, value: Any) -> str:
        """Check a string that is not empty."""
        if not isinstance(value, str) or not value:
            raise self.wrong(key, value, "a string that is not empty")
        return value

    def texts(self, key: str, value: Any) -> tuple[str, ...]:
        """Check a list of strings."""
        if not isinstance(value, (list, tuple)) or not all(isinstance(item, str) and item for item in value):
            raise self.wrong(key, value, "a list of strings")
        return tuple(value)

    def count(self, key: str, value: Any) -> int:
        """Check a number of at least 1."""
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise self.wrong(key, value, "a whole number of at least 1")
        return value

    def format(self, key: str, value: Any) -> str:
        """Check the name of an output format."""
        if value not in OUTPUT_FORMATS:
            hint = nearest(value, OUTPUT_FORMATS) if isinstance(value, str) else ""
            raise self.wrong(key, value, f"one of {', '.join(OUTPUT_FORMATS)}{hint}")
        return str(value)

    def version(self, key: str, value: Any) -> str:
        """Check `auto` or a version of nemo_run."""
        if not isinstance(value, str) or not (value == "auto" or _VERSION.fullmatch(value)):
            raise self.wrong(key, value, '"auto" or a version such as "0.11.1"')
        return value

    def codes(self, key: str, value: Any) -> tuple[str, ...]:
        """Check a list of prefixes, codes and rule names; names become codes."""
        return tuple(dict.fromkeys(self.code(key, item) for item in self.texts(key, value)))

    def code(self, key: str, item: str) -> str:
        """Check one prefix, code or rule name."""
        upper = item.upper()
        if upper == FAMILY or self.known_codes is None and _CODE.fullmatch(upper):
            return upper
        known = self.known_codes() if callable(self.known_codes) else self.known_codes or {}
        if _CODE.fullmatch(upper) and any(code.startswith(upper) for code in known.values()):
            return upper
        if item not in known:
            hint = _nearest_code(upper, known.values()) if _CODE.match(upper) else nearest(item, known)
            raise SettingsError(f"{self.origin}: {key!r} has an unknown code or rule name {item!r}{hint}")
        return known[item]

    def patterns(self, key: str, value: Any) -> tuple[str, ...]:
        """Check a list of patterns as in `.gitignore`."""
        lines = self.texts(key, value)
        for line in lines:
            self.pattern(key, line)
        return lines

    def pattern(self, key: str, line: str) -> str:
        """Check one pattern."""
        try:
            check_pattern(line.removeprefix("!"))
        except PatternError as error:
            raise SettingsError(f"{self.origin}: {key!r} has a bad pattern {line!r}: {error}") from None
        return line

    def table(self, key: str, value: Any) -> Mapping[str, Any]:
        """Check a table."""
        if not isinstance(value, Mapping):
            raise self.wrong(key, value, "a table")
        return value

    def pattern_codes(self, key: str, value: Any) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Check a table of patterns to lists of codes."""
        table = self.table(key, value)
        return tuple((self.pattern(key, pattern), self.codes(f"{key}.{pattern}", table[pattern])) for pattern in table)

    def dotted(self, key: str, value: Any) -> str:
        """Check a dotted name."""
        if not isinstance(value, str) or not _DOTTED.fullmatch(value):
            raise self.wrong(key, value, "a dotted name")
        return value

    def roots(self, key: str, value: Any) -> tuple[str, ...]:
        """Check a list of module names."""
        return tuple(self.dotted(key, item) for item in self.texts(key, value))

    def aliases(self, key: str, value: Any) -> tuple[tuple[str, str], ...]:
        """Check a table of a team's names to the names of the API."""
        return tuple(
            (self.dotted(key, name), self.api(f"{key}.{name}", api)) for name, api in self.table(key, value).items()
        )

    def api(self, key: str, value: Any) -> str:
        """Check the name of something in the API."""
        name = self.dotted(key, value)
        if self.known_apis is not None and name not in self.known_apis:
            raise SettingsError(f"{self.origin}: {key!r} names an unknown API {name!r}{nearest(name, self.known_apis)}")
        return name

    def place(self, key: str, value: Any) -> str:
        """Check a path and make it absolute."""
        return os.path.normpath(os.path.join(self.base, os.path.expanduser(self.text(key, value))))

    def places(self, key: str, value: Any) -> tuple[str, ...]:
        """Check a list of paths and make them absolute."""
        return tuple(self.place(key, item) for item in self.texts(key, value))

    def interpreter(self, key: str, value: Any) -> str:
        """Check an interpreter or virtual environment; a bare name that is no file there stays a command."""
        place = self.place(key, value)
        return place if os.path.basename(value) != value or os.path.exists(place) else str(value)


def nearest(name: str, names: Iterable[str]) -> str:
    """Return ` (did you mean 'x'?)` for the most similar of `names`, or nothing."""
    import difflib

    close = difflib.get_close_matches(name, sorted(names), n=1)
    return f" (did you mean {close[0]!r}?)" if close else ""


def _nearest_code(code: str, codes: Iterable[str]) -> str:
    """Return the code that begins most like `code`, then the one that is most like it."""
    beginning: dict[int, list[str]] = {}
    for known in codes:
        shared = next(
            (n for n, (a, b) in enumerate(zip(known, code, strict=False)) if a != b), min(len(known), len(code))
        )
        beginning.setdefault(shared, []).append(known)
    return nearest(code, beginning[max(beginning)]) if beginning else ""


_CHECKS: Mapping[str, Callable[[Checker, str, Any], Any]] = {
    **dict.fromkeys(("select", "ignore", "extend-select", "extend-ignore"), Checker.codes),
    **dict.fromkeys(("preview", "force-exclude", "respect-gitignore", "error-on-warning"), Checker.flag),
    **dict.fromkeys(("exclude", "extend-exclude"), Checker.patterns),
    "per-file-ignores": Checker.pattern_codes,
    "output-format": Checker.format,
    "jobs": Checker.count,
    "cache-dir": Checker.place,
    "python": Checker.interpreter,
    "search-paths": Checker.places,
    "roots": Checker.roots,
    "api-aliases": Checker.aliases,
    "target-nemo-run": Checker.version,
}
