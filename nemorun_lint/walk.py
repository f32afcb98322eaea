"""From the PATH arguments to the files to check: directories walked, `.gitignore` and `exclude` heeded."""

from __future__ import annotations

import os
import stat
from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

import msgspec

from nemorun_lint.environment_files import read_text
from nemorun_lint.patterns import Patterns, readable_lines, relative_to
from nemorun_lint.settings import Place, SettingsFinder

_IGNORE_FILE = ".gitignore"
_NOTEBOOK = ".ipynb"


class Found(msgspec.Struct, frozen=True, gc=False):
    """A file to check: `path` as it is shown, and what holds in its directory."""

    path: str
    place: Place


class Walk(msgspec.Struct, frozen=True):
    """The files found, in order, each once; `errors` name what could not be read."""

    files: tuple[Found, ...]
    errors: tuple[str, ...]


def walk(paths: Iterable[str], finder: SettingsFinder, overlays: Collection[str] = ()) -> Walk:
    """Return the files that `paths` name and the `.py` files below the directories that they name.

    Files in `overlays` (absolute paths) need not exist. Links to directories are followed only where `paths` name them;
    of several links to one file the first is taken, or the file itself where it is found as well.

    Raises:
        SettingsError: the settings of a directory on the way cannot be used.
    """
    walker = _Walker(finder)
    for path in paths:
        if path.endswith(_NOTEBOOK) and not os.path.isdir(path):
            walker.errors.append(f"{path}: Notebooks are not checked; export it: jupyter nbconvert --to script")
        elif os.path.abspath(path) in overlays:
            walker.add_named(path, finder.place(os.path.dirname(os.path.abspath(path))))
        else:
            walker.start(path)
    return Walk(tuple(_once(walker.found)), tuple(walker.errors))


class _Directory(NamedTuple):
    """A directory on the way down: as it is shown, absolute, without links, and the `.gitignore` files above."""

    shown: str
    path: str
    real: str
    place: Place
    ignores: tuple[tuple[str, Patterns], ...]


class _Walker:
    def __init__(self, finder: SettingsFinder) -> None:
        self.found: list[tuple[Found, str, bool]] = []
        self.errors: list[str] = []
        self._finder = finder

    def start(self, path: str) -> None:
        """Walk the directory or take the file that an argument names."""
        full = os.path.abspath(path)
        try:
            # An empty path, of a variable that is not set, is not the working directory.
            mode = os.stat(full if path else path).st_mode
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            self.errors.append(f"{path or repr(path)}: {reason}")
            return
        if stat.S_ISDIR(mode):
            try:
                self._start_directory(path, full)
            except RecursionError:
                self.errors.append(f"{path}: Directories nested too deeply")
        elif stat.S_ISREG(mode):
            self.add_named(path, self._finder.place(os.path.dirname(full)))
        else:
            self.errors.append(f"{path}: Not a file or directory")

    def add_named(self, path: str, place: Place) -> None:
        """Take a file that is named itself: only `force-exclude` keeps it out."""
        full = os.path.abspath(path)
        if not (place.settings.force_exclude and _is_excluded_below(full, place)):
            self.found.append((Found(os.path.normpath(path), place), os.path.realpath(full), False))

    def _start_directory(self, path: str, full: str) -> None:
        place = self._finder.place(full)
        if place.settings.force_exclude and _is_excluded_below(full, place):
            return
        shown = os.path.normpath(path)
        ignores = _ignores_above(full, place) if place.settings.respect_gitignore else ()
        self._descend(_Directory("" if shown == os.curdir else shown, full, os.path.realpath(full), place, ignores))

    def _descend(self, directory: _Directory) -> None:
        try:
            with os.scandir(directory.path) as listing:
                entries = sorted(listing, key=_name)
        except OSError as error:
            self.errors.append(f"{directory.shown or os.curdir}: {error.strerror or error}")
            return
        directory = self._entered(directory, [entry.name for entry in entries])
        for entry in entries:
            if entry.name.endswith(".py"):
                self._visit(entry, directory)
            elif _is_directory(entry) and not _is_skipped(entry.name, directory, is_directory=True):
                self._descend(_child(directory, entry.name))

    def _entered(self, directory: _Directory, names: list[str]) -> _Directory:
        """Add what the directory's own settings and `.gitignore` say; a repository inside another starts afresh."""
        place = self._finder.below(directory.place, directory.path, names)
        if place is not directory.place:
            directory = directory._replace(place=place)
        is_repository = ".git" in names
        if not place.settings.respect_gitignore or not (is_repository or _IGNORE_FILE in names):
            return directory
        above = () if is_repository else directory.ignores
        return directory._replace(ignores=(*above, *_own_ignores(directory.path)))

    def _visit(self, entry: os.DirEntry[str], directory: _Directory) -> None:
        is_directory = _is_directory(entry)
        if not is_directory and not _is_file(entry) or _is_skipped(entry.name, directory, is_directory=is_directory):
            return
        if is_directory:
            self._descend(_child(directory, entry.name))
            return
        is_link = entry.is_symlink()
        real = os.path.realpath(entry.path) if is_link else os.path.join(directory.real, entry.name)
        self.found.append((Found(os.path.join(directory.shown, entry.name), directory.place), real, is_link))


def _child(parent: _Directory, name: str) -> _Directory:
    return parent._replace(
        shown=os.path.join(parent.shown, name),
        path=os.path.join(parent.path, name),
        real=os.path.join(parent.real, name),
    )


def _once(found: list[tuple[Found, str, bool]]) -> Iterator[Found]:
    """Yield each file once: itself where it was found, else its first link."""
    files = {real for _, real, is_link in found if not is_link}
    seen: set[str] = set()
    for file, real, is_link in found:
        if real not in seen and not (is_link and real in files):
            seen.add(real)
            yield file


def _ignores_above(path: str, place: Place) -> tuple[tuple[str, Patterns], ...]:
    """Return the `.gitignore` files from the repository's root down to above `path`, the deepest last.

    A directory that is ignored and yet named is meant: then they hold nothing for what is in it.
    """
    top = _repository_root(path) or place.root
    relative = relative_to(path, top)
    if path == top or not path.startswith(os.path.join(top, "")):
        return ()
    ignores: tuple[tuple[str, Patterns], ...] = ()
    current = top
    for part in relative.split("/"):
        ignores += _own_ignores(current)
        current = os.path.join(current, part)
        if _is_ignored(current, ignores, is_directory=True):
            return ()
    return ignores


def _repository_root(path: str) -> str | None:
    while not os.path.exists(os.path.join(path, ".git")):
        parent = os.path.dirname(path)
        if parent == path:
            return None
        path = parent
    return path


def _own_ignores(directory: str) -> tuple[tuple[str, Patterns], ...]:
    """Return the patterns of `.git/info/exclude` and `.gitignore` in `directory`, where there are any."""
    texts = (read_text(os.path.join(directory, *name)) for name in ((".git", "info", "exclude"), (_IGNORE_FILE,)))
    lines = map(readable_lines, texts)
    return tuple((directory, Patterns.of(found)) for found in lines if found)


def _is_skipped(name: str, directory: _Directory, *, is_directory: bool) -> bool:
    path = os.path.join(directory.path, name)
    return _is_excluded(path, directory.place, is_directory=is_directory) or (
        bool(directory.ignores) and _is_ignored(path, directory.ignores, is_directory=is_directory)
    )


def _is_ignored(path: str, ignores: tuple[tuple[str, Patterns], ...], *, is_directory: bool) -> bool:
    for base, patterns in reversed(ignores):
        answer = patterns.match(relative_to(path, base), is_directory=is_directory)
        if answer is not None:
            return answer
    return False


def _is_excluded(path: str, place: Place, *, is_directory: bool) -> bool:
    settings = place.settings
    patterns = Patterns.of((*settings.exclude, *settings.extend_exclude))
    return bool(patterns.match(relative_to(path, str(settings.directory)), is_directory=is_directory))


def _is_excluded_below(path: str, place: Place) -> bool:
    settings = place.settings
    patterns = Patterns.of((*settings.exclude, *settings.extend_exclude))
    return patterns.match_with_parents(relative_to(path, str(settings.directory)))


def _name(entry: os.DirEntry[str]) -> str:
    return entry.name


def _is_directory(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir(follow_symlinks=False)
    except OSError:
        return False


def _is_file(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_file()
    except OSError:
        return False
