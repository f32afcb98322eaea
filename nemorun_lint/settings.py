"""Find the settings of a file, read them, and lay the command line's values over them."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from nemorun_lint.settings_schema import Checker, KnownCodes, Settings, SettingsError

__all__ = ["Place", "Settings", "SettingsError", "SettingsFinder", "load", "override", "project_root"]

STANDALONE = (".nemorun-lint.toml", "nemorun-lint.toml")
PYPROJECT = "pyproject.toml"
# In this order; a file of settings alone wins over the project's file beside it.
FILES = (*STANDALONE, PYPROJECT)
ROOT_MARKERS = (PYPROJECT, "setup.cfg", "setup.py", ".git")
_INTERESTING = frozenset((*FILES, *ROOT_MARKERS))
_TABLE = "nemorun-lint"
_ADDED = frozenset(
    {"extend_select", "extend_ignore", "extend_exclude", "per_file_ignores", "search_paths", "api_aliases"}
)
_SELECTION = ("ignore", "extend_select", "extend_ignore")
_TOML_PLACE = re.compile(r"\s*\(at line (\d+), column \d+\)$")


def load(
    path: str | os.PathLike[str],
    known_codes: KnownCodes | None = None,
    known_apis: Collection[str] | None = None,
) -> Settings:
    """Read the settings of the file `path`; for names given to check against see `Checker`.

    Raises:
        SettingsError: it cannot be read, is no TOML, has no table of ours, or a key or value is wrong.
    """
    file = os.path.abspath(path)
    table = _table(file)
    if table is None:
        raise SettingsError(f"{file}: no table [tool.{_TABLE}]")
    return _settings(file, table, known_codes, known_apis)


def override(
    settings: Settings,
    known_codes: KnownCodes | None = None,
    known_apis: Collection[str] | None = None,
    *,
    origin: str = "command line",
    **values: Any,
) -> Settings:
    """Lay `values` (names of fields) over `settings`; None is no value.

    The `extend_` fields, tables and search paths are added to, others replaced. `select` also sets aside what
    the file ignores or adds. Relative paths start at the working directory.

    Raises:
        SettingsError: a name or value is wrong; the text starts with `origin`.
    """
    raw = {name.replace("_", "-"): value for name, value in values.items() if value is not None}
    if not raw:
        return settings
    checker = Checker(origin=origin, base=os.getcwd(), known_codes=known_codes, known_apis=known_apis)
    fields = checker.fields(raw)
    start = msgspec.structs.replace(settings, **dict.fromkeys(_SELECTION, ())) if "select" in fields else settings
    added = {name: (*getattr(start, name), *value) for name, value in fields.items() if name in _ADDED}
    return msgspec.structs.replace(start, **{**fields, **added})


class Place(msgspec.Struct, frozen=True):
    """What holds in one directory: its settings and the absolute root of the project that it belongs to."""

    settings: Settings
    root: str


class SettingsFinder:
    """Settings by directory: those of the nearest file on the way up, whole, with the command line's values on top.

    With `config` that file holds everywhere.
    """

    def __init__(
        self,
        config: str | os.PathLike[str] | None = None,
        known_codes: KnownCodes | None = None,
        known_apis: Collection[str] | None = None,
        overrides: Mapping[str, Any] | None = None,
    ) -> None:
        self._names = (known_codes, known_apis)
        self._overrides = dict(overrides or {})
        self._files: dict[str, Settings | None] = {}
        self._places: dict[str, Place] = {}
        self._config = None if config is None else self._finish(load(config, *self._names))

    def for_file(self, path: str | os.PathLike[str]) -> Settings:
        """Return the settings of the file `path`, which need not exist.

        Raises:
            SettingsError: see `load`.
        """
        return self.for_directory(os.path.dirname(os.path.abspath(path)))

    def for_directory(self, directory: str | os.PathLike[str]) -> Settings:
        """Return the settings of `directory`.

        Raises:
            SettingsError: see `load`.
        """
        return self.place(os.path.abspath(directory)).settings

    def place(self, directory: str) -> Place:
        """Return what holds in the absolute `directory`, found on the way up from it.

        Raises:
            SettingsError: see `load`.
        """
        found = self._places.get(directory)
        if found is None:
            settings = self._config or self._nearest(directory)
            root = project_root(directory) or (str(settings.directory) if settings else _fallback(directory))
            found = Place(settings or self._finish(Settings(directory=Path(root))), root)
            self._places[directory] = found
        return found

    def below(self, parent: Place, directory: str, names: Collection[str]) -> Place:
        """Return what holds in `directory`, a child of the directory of `parent`, with the entries `names`.

        Raises:
            SettingsError: see `load`.
        """
        if _INTERESTING.isdisjoint(names):
            return parent
        is_root = not frozenset(ROOT_MARKERS).isdisjoint(names)
        root = directory if is_root else parent.root
        own = None if self._config else self._own(directory)
        if own is None and is_root and parent.settings.source is None:
            own = self._finish(Settings(directory=Path(root)))
        return Place(own or parent.settings, root)

    def _nearest(self, directory: str) -> Settings | None:
        return next((own for above in _upward(directory) if (own := self._own(above))), None)

    def _own(self, directory: str) -> Settings | None:
        if directory not in self._files:
            self._files[directory] = self._read(directory)
        return self._files[directory]

    def _read(self, directory: str) -> Settings | None:
        for name in FILES:
            file = os.path.join(directory, name)
            if os.path.isfile(file) and (table := _table(file)) is not None:
                return self._finish(_settings(file, table, *self._names))
        return None

    def _finish(self, settings: Settings) -> Settings:
        return override(settings, *self._names, **self._overrides)


def project_root(directory: str) -> str | None:
    """Return the nearest directory from the absolute `directory` upward that looks like a project."""
    marked = (
        above for above in _upward(directory) for name in ROOT_MARKERS if os.path.exists(os.path.join(above, name))
    )
    return next(marked, None)


def _upward(directory: str) -> Iterator[str]:
    yield directory
    while (parent := os.path.dirname(directory)) != directory:
        directory = parent
        yield directory


def _fallback(directory: str) -> str:
    """Return the root of a file that lies in no project: the working directory, where that is above it.

    Elsewhere the directory that its package lies in.
    """
    here = os.getcwd()
    if f"{directory}{os.sep}".startswith(os.path.join(here, "")):
        return here
    while os.path.isfile(os.path.join(directory, "__init__.py")):
        directory = os.path.dirname(directory)
    return directory


def _settings(
    file: str, table: Mapping[str, Any], known_codes: KnownCodes | None, known_apis: Collection[str] | None
) -> Settings:
    directory = os.path.dirname(file)
    origin = f"{file}: [tool.{_TABLE}]" if os.path.basename(file) == PYPROJECT else file
    checker = Checker(origin=origin, base=directory, known_codes=known_codes, known_apis=known_apis)
    return Settings(**checker.fields(table), directory=Path(directory), source=Path(file))


def _table(file: str) -> Mapping[str, Any] | None:
    """Return our table of `file`; None for a project file without one."""
    data = _read(file)
    is_project_file = os.path.basename(file) == PYPROJECT
    # Other tools' project files are not parsed: a parse takes milliseconds, and their mistakes are not ours to tell.
    if is_project_file and _TABLE.encode() not in data:
        return None
    document = _parse(file, data)
    tools = document.get("tool")
    table = tools.get(_TABLE) if isinstance(tools, dict) else None
    if table is None:
        return None if is_project_file else document
    if not isinstance(table, dict):
        raise SettingsError(f"{file}: 'tool.{_TABLE}' must be a table, not {table!r}")
    return table


def _read(file: str) -> bytes:
    try:
        with open(file, "rb") as stream:
            return stream.read()
    except OSError as error:
        raise SettingsError(f"{file}: cannot be read: {error.strerror or error}") from None


def _parse(file: str, data: bytes) -> dict[str, Any]:
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    try:
        return tomllib.loads(data.decode("utf-8-sig").replace("\r\n", "\n"))
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise SettingsError(f"{file}:{line}: not UTF-8, as TOML must be") from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        place = _TOML_PLACE.search(str(error))
        message = str(error)[: place.start()] if place else str(error)
        raise SettingsError(f"{file}:{place.group(1) if place else 1}: not TOML: {message}") from None
