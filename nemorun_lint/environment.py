"""Choose the environment of the checked project and say why; it is read, never entered."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from nemorun_lint.environment_files import (
    Prefix,
    added_paths,
    distribution_version,
    editable_modules,
    has_package,
    read_prefix,
)

# All that an interpreter is ever asked; -I and -S keep its site-packages, `.pth` files and sitecustomize out.
_QUESTION = """
import sys, sysconfig
schemes = [sysconfig.get_default_scheme(), "deb_system", sysconfig.get_preferred_scheme("user")]
print("%d.%d" % sys.version_info[:2])
for scheme in schemes:
    if scheme in sysconfig.get_scheme_names():
        print(sysconfig.get_path("purelib", scheme))
        print(sysconfig.get_path("platlib", scheme))
"""
_PATIENCE_SECONDS = 10
_LOCAL_NAMES = (".venv", "venv")
_VARIABLES = ("VIRTUAL_ENV", "CONDA_PREFIX")
_EXECUTABLE = re.compile(r"(?:python|pypy)(?:(\d+)\.(\d+))?", re.IGNORECASE)


class EnvironmentProblemError(ValueError):
    """The interpreter or environment that was named cannot be used; the text says which and why."""


class Environment(msgspec.Struct, frozen=True, kw_only=True):
    """Where the checked project's modules lie, in the order in which Python would look.

    `search_paths` are the project's own, `site_paths` (after the standard library) those of what is installed.
    `editable` are (module, path) pairs of editable installs that no search path covers: a package's directory
    or a module's file without `.py`. `considered` are the candidates that were passed over, each with why.
    """

    search_paths: tuple[Path, ...]
    site_paths: tuple[Path, ...] = ()
    python_version: tuple[int, int] | None = None
    interpreter: Path | None = None
    reason: str
    nemo_run_version: str | None = None
    fiddle_version: str | None = None
    editable: tuple[tuple[str, str], ...] = ()
    considered: tuple[str, ...] = ()


def choose(
    python: str | None,
    *,
    setting: str | None = None,
    search_paths: Sequence[str | os.PathLike[str]] = (),
    project_root: str | os.PathLike[str],
    environ: Mapping[str, str],
    own_prefix: str = sys.prefix,
) -> Environment:
    """Return the environment of the project at `project_root`.

    In this order: `python` (from the command line), `setting`, `.venv` or `venv` at the project root or above
    it in the repository, VIRTUAL_ENV or CONDA_PREFIX unless that is `own_prefix` without nemo_run, none.

    Raises:
        EnvironmentProblemError: `python` or `setting` names nothing that can be used.
    """
    root = os.path.abspath(project_root)
    considered: list[str] = []
    prefix, reason = _chosen(python, setting, root, environ, own_prefix, considered)
    sites = prefix.site_directories if prefix else ()
    return Environment(
        search_paths=_paths(_first_party(root, search_paths)),
        site_paths=_paths(path for site in sites for path in (site, *added_paths(site))),
        python_version=prefix.python_version if prefix else None,
        interpreter=Path(prefix.interpreter) if prefix and prefix.interpreter else None,
        reason=reason,
        nemo_run_version=distribution_version(sites, "nemo_run"),
        fiddle_version=distribution_version(sites, "fiddle"),
        editable=tuple(dict.fromkeys(pair for site in sites for pair in editable_modules(site))),
        considered=tuple(considered),
    )


def _chosen(
    python: str | None,
    setting: str | None,
    root: str,
    environ: Mapping[str, str],
    own_prefix: str,
    considered: list[str],
) -> tuple[Prefix | None, str]:
    if python is not None:
        return _named(python, "--python", may_ask=True), f"--python {python}"
    if setting is not None:
        # Whoever wrote the checked project wrote this: to run it would be to run what is checked.
        return _named(setting, "the setting 'python'", may_ask=False), f"the setting 'python' ({setting})"
    for label, path in _candidates(root, environ):
        prefix, objection = _usable(path, own_prefix if label in _VARIABLES else None)
        if prefix is not None and not objection:
            return prefix, f"{label} ({path})" if label in _VARIABLES else path
        considered.append(f"{label} ({path}): {objection}" if label in _VARIABLES else f"{path}: {objection}")
    return None, "none found: only the project itself and the standard library are known"


def _candidates(root: str, environ: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield (label, path) of the candidates that nobody named, best first."""
    for directory in _up_to_repository(root):
        for name in _LOCAL_NAMES:
            yield name, os.path.join(directory, name)
    for name in _VARIABLES:
        if environ.get(name):
            yield name, environ[name]


def _up_to_repository(root: str) -> tuple[str, ...]:
    """Return `root` and the directories above it up to the repository's; `root` alone outside of one."""
    above = [root]
    while not os.path.exists(os.path.join(above[-1], ".git")):
        parent = os.path.dirname(above[-1])
        if parent == above[-1]:
            return (root,)
        above.append(parent)
    return tuple(above)


def _usable(path: str, own_prefix: str | None) -> tuple[Prefix | None, str]:
    if not os.path.isdir(path):
        return None, "no such directory"
    prefix = read_prefix(path)
    if prefix is None:
        return None, "no site-packages in it"
    if own_prefix is None and not _is_environment(path):
        return None, "neither pyvenv.cfg nor conda-meta in it"
    is_own = own_prefix is not None and os.path.realpath(path) == os.path.realpath(own_prefix)
    if is_own and not has_package(prefix.site_directories, "nemo_run"):
        return None, "the linter's own environment, without nemo_run"
    return prefix, ""


def _named(name: str, source: str, *, may_ask: bool) -> Prefix:
    path = _located(os.path.expanduser(name), source)
    if os.path.isdir(path):
        prefix = read_prefix(path)
        if prefix is None:
            raise EnvironmentProblemError(f"{source}: {path} is no environment: no site-packages in it")
        return prefix
    base = os.path.dirname(os.path.dirname(path))
    if may_ask and not _is_environment(base):
        return _asked(path, source)
    prefix = read_prefix(base, _version_in_name(path))
    if prefix is None:
        raise EnvironmentProblemError(
            f"{source}: no site-packages beside {path}" + ("" if may_ask else "; --python may name any interpreter")
        )
    return msgspec.structs.replace(prefix, interpreter=path)


def _is_environment(directory: str) -> bool:
    return any(os.path.exists(os.path.join(directory, name)) for name in ("pyvenv.cfg", "conda-meta"))


def _located(name: str, source: str) -> str:
    path = os.path.abspath(name)
    if os.path.exists(path):
        return path
    if os.path.basename(name) == name:
        import shutil

        found = shutil.which(name)
        if found:
            return found
        raise EnvironmentProblemError(f"{source}: no file or command {name!r}")
    raise EnvironmentProblemError(f"{source}: {path} does not exist")


def _version_in_name(path: str) -> tuple[int, int] | None:
    match = _EXECUTABLE.match(os.path.basename(os.path.realpath(path)))
    return (int(match.group(1)), int(match.group(2))) if match and match.group(1) else None


def _asked(interpreter: str, source: str) -> Prefix:
    """Ask an interpreter for its `sysconfig` paths.

    Raises:
        EnvironmentProblemError: it does not run, does not answer in time, or is no Python that can.
    """
    import subprocess

    command = [interpreter, "-I", "-S", "-c", _QUESTION]
    try:
        answer = subprocess.run(
            command, capture_output=True, text=True, timeout=_PATIENCE_SECONDS, stdin=subprocess.DEVNULL, check=False
        )
    except subprocess.TimeoutExpired:
        raise EnvironmentProblemError(f"{source}: {interpreter} gave no answer in {_PATIENCE_SECONDS} s") from None
    except (OSError, UnicodeDecodeError) as error:
        raise EnvironmentProblemError(f"{source}: {interpreter} cannot be run: {error}") from None
    version, *paths = answer.stdout.splitlines() or [""]
    major, dot, minor = version.partition(".")
    if answer.returncode or not (dot and major.isdecimal() and minor.isdecimal()):
        raise EnvironmentProblemError(f"{source}: {interpreter} does not answer as Python 3.10 or newer does")
    existing = tuple(dict.fromkeys(os.path.realpath(path) for path in paths if os.path.isdir(path)))
    return Prefix(existing, (int(major), int(minor)), interpreter)


def _paths(paths: Iterable[str]) -> tuple[Path, ...]:
    return tuple(map(Path, dict.fromkeys(paths)))


def _first_party(root: str, search_paths: Iterable[str | os.PathLike[str]]) -> tuple[str, ...]:
    source = os.path.join(root, "src")
    own = (root, source) if os.path.isdir(source) else (root,)
    return (*own, *(os.path.abspath(os.path.join(root, path)) for path in search_paths))
