"""Names of modules to files, as Python's import system finds them, without importing anything."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from functools import cached_property
from importlib.util import find_spec
from typing import NamedTuple

_SOURCES = (".py", ".pyi")
_COMPILED = (".so", ".pyd", ".pyc")
_INITS = ("__init__.py", "__init__.pyi")
# What a package's __init__ says when it spreads over several directories of the search path.
_SPREADS = (b"extend_path", b"declare_namespace")
NO_SOURCE = "no source"


class Found(NamedTuple):
    """Where a module is: its source file, or None for a namespace package and for compiled modules.

    Submodules are sought in `directories`, then in `stubs` (of a `name-stubs` package). `reason` says why
    there is no file; a namespace package has neither.
    """

    file: str | None
    is_package: bool = False
    directories: tuple[str, ...] = ()
    stubs: tuple[str, ...] = ()
    reason: str = ""


class Listing(NamedTuple):
    """The names in one directory; `compiled` are the first parts of the names of compiled modules."""

    files: frozenset[str] = frozenset()
    directories: frozenset[str] = frozenset()
    compiled: frozenset[str] = frozenset()


class StandardLibrary:
    """The bundled stubs of Python's standard library for one Python version."""

    def __init__(self, version: tuple[int, int] | None = None) -> None:
        self.version = version or sys.version_info[:2]

    @cached_property
    def directory(self) -> str | None:
        """The directory of the stubs, None where they are not installed."""
        # Found, not imported: the import of typeshed_client costs 40 ms.
        spec = find_spec("typeshed_client")
        places = spec.submodule_search_locations if spec else None
        directory = os.path.join(places[0], "typeshed") if places else ""
        return directory if os.path.isfile(os.path.join(directory, "VERSIONS")) else None

    def has(self, name: str) -> bool:
        """Return whether the module `name` exists in this version; submodules live as long as their package."""
        while name:
            span = self._versions.get(name)
            if span is not None:
                return span[0] <= self.version <= span[1]
            name = name.rpartition(".")[0]
        return False

    @cached_property
    def _versions(self) -> dict[str, tuple[tuple[int, int], tuple[int, int]]]:
        if self.directory is None:
            return {}
        with open(os.path.join(self.directory, "VERSIONS"), encoding="utf-8") as file:
            lines = [line.partition("#")[0].strip() for line in file]
        return {name.strip(): _span(span) for name, _, span in (line.partition(":") for line in lines if line)}


class Finder:
    """Finds modules in `search_paths`, then among the standard library, then in `site_paths`.

    Every directory is listed once. `extra_files` exist for the finder even if not on the disk.
    """

    def __init__(
        self,
        search_paths: Iterable[str],
        site_paths: Iterable[str] = (),
        standard_library: StandardLibrary | None = None,
        extra_files: Iterable[str] = (),
    ) -> None:
        self.search_paths = tuple(dict.fromkeys(map(os.path.abspath, search_paths)))
        self.site_paths = tuple(dict.fromkeys(map(os.path.abspath, site_paths)))
        self._library = standard_library
        self._extra = _with_parents(extra_files)
        self._listings: dict[str, Listing] = {}
        self._found: dict[str, Found | None] = {}

    def find(self, name: str) -> Found | None:
        """Return where the module `name` is, or None; the parents of a submodule must be there."""
        if name not in self._found:
            self._found[name] = self._find(name)
        return self._found[name]

    def listing(self, directory: str) -> Listing:
        """Return the names in `directory`; nothing where it cannot be read."""
        listing = self._listings.get(directory)
        if listing is None:
            listing = self._listings[directory] = _read_listing(directory, self._extra.get(directory, {}))
        return listing

    def name_of(self, path: str) -> str:
        """Return the dotted name of the file `path` below its nearest search path, else below its topmost package."""
        directory, base = os.path.split(os.path.abspath(path))
        stem = base.rpartition(".")[0] or base
        parts = [] if stem == "__init__" else [stem]
        roots = {*self.search_paths, *self.site_paths}
        below = _parts_below(directory, roots)
        # An __init__ that lies in a search path itself can only be the package above.
        if below is None or not (below or parts):
            below = self._package_parts(directory)
        if below and below[0].endswith("-stubs"):
            below[0] = below[0][: -len("-stubs")]
        return ".".join([*below, *parts]) or os.path.basename(directory)

    def _package_parts(self, directory: str) -> list[str]:
        parts: list[str] = []
        while not self.listing(directory).files.isdisjoint(_INITS):
            directory, name = os.path.split(directory)
            if not name:
                break
            parts.insert(0, name)
        return parts

    def _find(self, name: str) -> Found | None:
        parent, _, last = name.rpartition(".")
        if not last:
            return None
        if not parent:
            return self._find_top(last) if name == last else None
        package = self.find(parent)
        if package is None:
            return None
        found = self._find_in(package.directories, last)
        if found is not None and self._is_too_new_or_old(name, found):
            found = None
        return _joined(found, self._find_in(package.stubs, last))

    def _find_top(self, name: str) -> Found | None:
        library = self._library
        has_stub = library is not None and library.directory is not None and library.has(name)
        stubs_directory = (library.directory,) if has_stub and library and library.directory else ()
        found = self._find_in((*self.search_paths, *stubs_directory, *self.site_paths), name)
        return _joined(found, self._find_in((*self.search_paths, *self.site_paths), f"{name}-stubs"))

    def _is_too_new_or_old(self, name: str, found: Found) -> bool:
        library = self._library
        if library is None or library.directory is None or found.file is None:
            return False
        return found.file.startswith(library.directory + os.sep) and not library.has(name)

    def _find_in(self, directories: Sequence[str], name: str) -> Found | None:
        portions = []
        for index, directory in enumerate(directories):
            found = self._find_at(directory, name)
            if found is None:
                continue
            if found.file is None and not found.reason:
                portions.append(found.directories[0])
                continue
            return self._spread(found, directories[index + 1 :], name)
        return Found(None, True, tuple(portions)) if portions else None

    def _find_at(self, directory: str, name: str) -> Found | None:
        listing = self.listing(directory)
        below = os.path.join(directory, name)
        if name in listing.directories:
            inner = self.listing(below)
            for init in _INITS:
                if init in inner.files:
                    return Found(os.path.join(below, init), True, (below,))
            if "__init__" in inner.compiled:
                return Found(None, True, (below,), reason=NO_SOURCE)
        for suffix in _SOURCES:
            if name + suffix in listing.files:
                return Found(below + suffix)
        if name in listing.compiled:
            return Found(None, reason=NO_SOURCE)
        return Found(None, True, (below,)) if name in listing.directories else None

    def _spread(self, found: Found, others: Sequence[str], name: str) -> Found:
        """Add the later directories of a package whose __init__ asks for them (pkgutil, pkg_resources)."""
        if not found.is_package or found.file is None:
            return found
        more = [os.path.join(other, name) for other in others if name in self.listing(other).directories]
        if not more or not _mentions(found.file, _SPREADS):
            return found
        return found._replace(directories=(*found.directories, *more))


def _joined(found: Found | None, stub: Found | None) -> Found | None:
    """Join a module with what its stub package has: the source at run time wins over the stub."""
    if stub is None:
        return found
    if found is None:
        return Found(stub.file, stub.is_package, (), stub.directories, stub.reason)
    file = found.file or stub.file
    is_package, reason = found.is_package or stub.is_package, "" if file else found.reason
    return Found(file, is_package, found.directories, stub.directories, reason)


def _read_listing(directory: str, extra: dict[str, bool]) -> Listing:
    files = {name for name, is_directory in extra.items() if not is_directory}
    directories = {name for name, is_directory in extra.items() if is_directory}
    try:
        with os.scandir(directory) as entries:
            for entry in entries:
                kind = _kind(entry)
                if kind is not None:
                    (directories if kind else files).add(entry.name)
    except (OSError, ValueError):
        pass
    compiled = {name.partition(".")[0] for name in files if name.endswith(_COMPILED)}
    return Listing(frozenset(files), frozenset(directories), frozenset(compiled))


def _kind(entry: os.DirEntry[str]) -> bool | None:
    """True for a directory, False for a regular file, None for all else (loops of links, sockets ...)."""
    try:
        if entry.is_dir():
            return True
        return False if entry.is_file() else None
    except OSError:
        return None


def _with_parents(paths: Iterable[str]) -> dict[str, dict[str, bool]]:
    """Directory -> names in it -> whether they are directories, for files and all directories above them."""
    names: dict[str, dict[str, bool]] = {}
    for path in paths:
        is_directory = False
        directory, name = os.path.split(os.path.abspath(path))
        while name:
            names.setdefault(directory, {})[name] = is_directory
            is_directory = True
            directory, name = os.path.split(directory)
    return names


def _parts_below(directory: str, roots: set[str]) -> list[str] | None:
    parts: list[str] = []
    while directory not in roots:
        directory, name = os.path.split(directory)
        if not name:
            return None
        parts.insert(0, name)
    return parts


def _mentions(path: str, words: Sequence[bytes]) -> bool:
    try:
        with open(path, "rb") as file:
            data = file.read()
    except OSError:
        return False
    return any(word in data for word in words)


def _span(text: str) -> tuple[tuple[int, int], tuple[int, int]]:
    first, _, last = text.strip().partition("-")
    return _version(first), _version(last) if last else (99, 0)


def _version(text: str) -> tuple[int, int]:
    major, _, minor = text.partition(".")
    return int(major), int(minor or 0)
