"""The files of a Python environment, read as text: nothing that they hold is imported or run."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator

import msgspec

_LIBRARY = re.compile(r"python(\d+)\.(\d+)")
_VERSION = re.compile(r"(\d+)\.(\d+)")
_FINDER = re.compile(r"__editable___.*_finder\.py")
_MODULE = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")
_SITE_NAMES = ("site-packages", "dist-packages")


class Prefix(msgspec.Struct, frozen=True):
    """The installation at a prefix: its directories of packages and what can be read of its Python."""

    site_directories: tuple[str, ...]
    python_version: tuple[int, int] | None
    interpreter: str | None


def read_prefix(prefix: str, version: tuple[int, int] | None = None) -> Prefix | None:
    """Read a virtual environment, a conda environment or a plain installation; None where no packages lie there.

    `version` chooses one of several Pythons that share the prefix.
    """
    configuration = read_configuration(os.path.join(prefix, "pyvenv.cfg"))
    wanted = _configured_version(configuration) or version or _conda_version(prefix)
    found = tuple(_site_directories(prefix, wanted))
    if not found:
        return None
    sites = tuple(dict.fromkeys(path for path, _ in found))
    if configuration.get("include-system-site-packages", "").lower() == "true":
        sites += _base_directories(configuration, wanted)
    return Prefix(tuple(dict.fromkeys(sites)), wanted or found[0][1], _interpreter(prefix))


def read_configuration(path: str) -> dict[str, str]:
    """Return the keys, in lower case, and values of a `pyvenv.cfg`; nothing where it cannot be read."""
    pairs = (line.partition("=") for line in read_text(path).splitlines())
    return {key.strip().lower(): value.strip() for key, equals, value in pairs if equals}


def read_text(path: str) -> str:
    """Return the text of a small file; bytes that are not UTF-8 are replaced, a file that cannot be read is empty."""
    try:
        with open(path, encoding="utf-8-sig", errors="replace") as stream:
            return stream.read()
    except OSError:
        return ""


def added_paths(site: str) -> Iterator[str]:
    """Yield the directories that the `.pth` files of `site` add.

    Their lines that start with `import` are passed over.
    """
    for name in entries(site):
        if name.endswith(".pth") and not name.startswith("."):
            yield from _path_lines(site, read_text(os.path.join(site, name)))


def editable_modules(site: str) -> Iterator[tuple[str, str]]:
    """Yield (module, path) of the editable installs whose finders stand in `site`.

    A path is that of a package's directory, or of a module's file without `.py`.
    """
    for name in entries(site):
        if _FINDER.fullmatch(name):
            yield from _mapping(read_text(os.path.join(site, name)))


def distribution_version(sites: Iterable[str], name: str) -> str | None:
    """Return the version of the distribution `name` (normalised, with `_`) that the first of `sites` to have it has."""
    pattern = re.compile(rf"{name.replace('_', '[-_.]')}-(\d[^-]*)(?:-.*)?\.(?:dist|egg)-info", re.IGNORECASE)
    found = ((site, match) for site in sites for entry in entries(site) if (match := pattern.fullmatch(entry)))
    for site, match in found:
        metadata = read_text(os.path.join(site, match.group(), "METADATA"))
        stated = re.search(r"^Version:[ \t]*(\S+)", metadata, re.MULTILINE)
        return stated.group(1) if stated else match.group(1)
    return None


def has_package(sites: Iterable[str], name: str) -> bool:
    """Tell whether a package `name` lies in one of `sites`, installed or editable."""
    places = tuple(sites)
    return any(os.path.isdir(os.path.join(site, name)) for site in places) or any(
        name == module.partition(".")[0] for site in places for module, _ in editable_modules(site)
    )


def entries(directory: str) -> list[str]:
    """Return the sorted names in `directory`; none where it cannot be read."""
    try:
        return sorted(os.listdir(directory))
    except OSError:
        return []


def _site_directories(prefix: str, wanted: tuple[int, int] | None) -> Iterator[tuple[str, tuple[int, int] | None]]:
    for library in ("lib", "lib64", os.path.join("local", "lib")):
        for name in reversed(entries(os.path.join(prefix, library))):
            match = _LIBRARY.match(name)
            version = (int(match.group(1)), int(match.group(2))) if match else None
            if version and wanted in (None, version) or name == "python3" and os.path.basename(prefix) == "usr":
                wanted = wanted or version
                yield from _existing(os.path.join(prefix, library, name), version)
    yield from _existing(os.path.join(prefix, "Lib"), None)


def _existing(directory: str, version: tuple[int, int] | None) -> Iterator[tuple[str, tuple[int, int] | None]]:
    paths = (os.path.join(directory, name) for name in _SITE_NAMES)
    # lib64 is usually a link to lib.
    return ((os.path.realpath(path), version) for path in paths if os.path.isdir(path))


def _configured_version(configuration: dict[str, str]) -> tuple[int, int] | None:
    match = _VERSION.match(configuration.get("version") or configuration.get("version_info") or "")
    return (int(match.group(1)), int(match.group(2))) if match else None


def _conda_version(prefix: str) -> tuple[int, int] | None:
    matches = (re.match(r"python-(\d+)\.(\d+)\.", name) for name in entries(os.path.join(prefix, "conda-meta")))
    return next(((int(match.group(1)), int(match.group(2))) for match in matches if match), None)


def _base_directories(configuration: dict[str, str], version: tuple[int, int] | None) -> tuple[str, ...]:
    home = configuration.get("home")
    if not home:
        return ()
    # On Windows `home` is the installation itself, elsewhere its directory of programs.
    prefix = os.path.dirname(home) if os.path.basename(home) in ("bin", "Scripts") else home
    return tuple(path for path, _ in _site_directories(prefix, version))


def _interpreter(prefix: str) -> str | None:
    names = ("bin/python", "bin/python3", "Scripts/python.exe", "python.exe")
    paths = (os.path.join(prefix, *name.split("/")) for name in names)
    return next((path for path in paths if os.path.exists(path)), None)


def _path_lines(site: str, text: str) -> Iterator[str]:
    for line in text.splitlines():
        if line.strip() and not line.startswith(("#", "import ", "import\t")):
            path = os.path.normpath(os.path.join(site, line.rstrip()))
            # A NUL makes isdir raise in old versions: such a line names no directory.
            if "\0" not in path and os.path.isdir(path):
                yield path


def _mapping(text: str) -> Iterator[tuple[str, str]]:
    import ast

    try:
        tree = ast.parse(text)
        found = [ast.literal_eval(node.value) for node in tree.body if _is_mapping(node) and node.value]  # type: ignore[attr-defined]
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return
    for mapping in found:
        for name, path in mapping.items() if isinstance(mapping, dict) else ():
            if isinstance(name, str) and isinstance(path, str) and _MODULE.fullmatch(name):
                yield name, os.path.normpath(path)


def _is_mapping(node: object) -> bool:
    import ast

    match node:
        case ast.AnnAssign(target=ast.Name(id="MAPPING")) | ast.Assign(targets=[ast.Name(id="MAPPING")]):
            return True
    return False
