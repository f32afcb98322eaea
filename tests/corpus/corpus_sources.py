"""The corpus: packages and repositories that nobody here wrote, fetched by version or commit, outside of this tree."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import platformdirs

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

TABLE = Path(__file__).resolve().parents[2] / "benchmarks" / "corpus.toml"
DIRECTORY_VARIABLE = "NEMORUN_LINT_CORPUS"
REPOSITORIES_VARIABLE = "NEMORUN_LINT_REPOSITORIES"
# Wheels of one platform, so that every machine checks the same files.
_WHEEL = ("--only-binary=:all:", "--python-version=3.11", "--platform=manylinux_2_28_x86_64", "--platform=any")
_GIT_ENVIRONMENT = {"GIT_NO_LAZY_FETCH": "1", "GIT_TERMINAL_PROMPT": "0"}


class CorpusProblemError(RuntimeError):
    """A part of the corpus cannot be had; the text says which and why."""


@dataclass(frozen=True)
class Package:
    """One distribution of the package registry; `form` is "wheel" or "sdist"."""

    name: str
    version: str
    form: str = "wheel"


@dataclass(frozen=True)
class Release:
    """One entry of the corpus, with what a run over it is expected to count.

    Either `packages` (unpacked into one directory) or `repository` and `commit` are set. `paths` are what is
    checked; the rest is only there to be imported from.
    """

    name: str
    paths: tuple[str, ...]
    expected: Mapping[str, int]
    packages: tuple[Package, ...] = ()
    repository: str = ""
    commit: str = ""


@dataclass(frozen=True, order=True)
class Place:
    """Where a finding stands; `row` and `column` are 1-based, `file` is relative with forward slashes."""

    file: str
    row: int
    column: int
    code: str


@dataclass(frozen=True)
class Finding:
    """A listed finding, and what it was found to be."""

    releases: tuple[str, ...]
    place: Place
    verdict: str
    evidence: str


def releases() -> tuple[Release, ...]:
    """Return the entries of the table."""
    return tuple(_release(entry) for entry in _table()["release"])


def findings() -> tuple[Finding, ...]:
    """Return every listed finding."""
    return tuple(
        Finding(
            tuple(entry["releases"]),
            Place(entry["file"], entry["line"], entry["column"], entry["code"]),
            entry["verdict"],
            entry["evidence"],
        )
        for entry in _table()["finding"]
    )


def _table() -> dict[str, Any]:
    return tomllib.loads(TABLE.read_text(encoding="utf-8"))


def _release(entry: dict[str, Any]) -> Release:
    return Release(
        entry["name"],
        tuple(entry["paths"]),
        entry["expected"],
        tuple(Package(**package) for package in entry.get("packages", ())),
        entry.get("repository", ""),
        entry.get("commit", ""),
    )


def directory_of(release: Release) -> Path:
    """Return the directory with the files of `release`, fetched if it is not there yet.

    Raises:
        CorpusProblemError: it cannot be fetched.
    """
    home = Path(os.environ.get(DIRECTORY_VARIABLE) or platformdirs.user_cache_dir("nemorun-lint-corpus", False))
    directory = home / release.name.replace(" ", "-").replace("/", "+")
    if not directory.is_dir():
        home.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=home) as work:
            part = Path(work) / "part"
            part.mkdir()
            _fetch(release, part, Path(work))
            shutil.move(part, directory)
    return directory


def has_repository(release: Release) -> bool:
    """Whether the repository of `release` lies where NEMORUN_LINT_REPOSITORIES says."""
    return _git_directory(release) is not None


def _fetch(release: Release, directory: Path, work: Path) -> None:
    if release.repository:
        _take_commit(release, directory)
    for package in release.packages:
        _unpack(_download(package, work), directory)


def _download(package: Package, work: Path) -> Path:
    target = work / package.name
    form = ("--no-binary", package.name) if package.form == "sdist" else _WHEEL
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(target), *form]
    done = subprocess.run([*pip, f"{package.name}=={package.version}"], capture_output=True, text=True, check=False)
    if done.returncode:
        raise CorpusProblemError(f"pip download {package.name}=={package.version} failed:\n{done.stderr}")
    return next(target.iterdir())


def _unpack(archive: Path, directory: Path) -> None:
    """Write the `.py` files of a wheel or sdist to `directory`, without the directory that an sdist wraps them in."""
    for name, data in _members(archive):
        path = directory / name
        if not path.resolve().is_relative_to(directory.resolve()):
            raise CorpusProblemError(f"{archive.name} holds a file outside of its directory: {name}")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def _members(archive: Path) -> Iterator[tuple[str, bytes]]:
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel:
            yield from ((name, wheel.read(name)) for name in wheel.namelist() if name.endswith(".py"))
        return
    with tarfile.open(archive) as sdist:
        for member in sdist:
            content = sdist.extractfile(member) if member.isfile() and member.name.endswith(".py") else None
            if content is not None:
                yield member.name.partition("/")[2], content.read()


def _git_directory(release: Release) -> Path | None:
    home = os.environ.get(REPOSITORIES_VARIABLE)
    if not home or not release.repository:
        return None
    base = Path(home) / release.repository.replace("/", "+")
    return next((path for path in (base / ".git", base / "repo", base) if (path / "HEAD").is_file()), None)


def _take_commit(release: Release, directory: Path) -> None:
    """Write the `.py` files of the commit; those that a partial clone lacks are left out."""
    git = _git_directory(release)
    if git is None:
        raise CorpusProblemError(f"no clone of {release.repository} below ${REPOSITORIES_VARIABLE}")
    objects = dict(_blobs(git, release.commit))
    batch = "".join(f"{identity}\n" for identity in objects.values()).encode()
    output = memoryview(_git(git, "cat-file", "--batch", standard_input=batch))
    for name in objects:
        header, output = _split_line(output)
        if header.endswith(b" missing"):
            continue
        size = int(header.split()[2])
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(output[:size])
        output = output[size + 1 :]


def _split_line(data: memoryview) -> tuple[bytes, memoryview]:
    end = bytes(data[:200]).index(b"\n")
    return bytes(data[:end]), data[end + 1 :]


def _blobs(git: Path, commit: str) -> Iterator[tuple[str, str]]:
    """Yield path and object of the regular `.py` files of a commit."""
    for entry in _git(git, "ls-tree", "-r", "-z", commit).decode().split("\0"):
        described, _, name = entry.partition("\t")
        if name.endswith(".py") and described.startswith("100"):
            yield name, described.split()[2]


def _git(git: Path, *arguments: str, standard_input: bytes = b"") -> bytes:
    command = ["git", f"--git-dir={git}", *arguments]
    environment = {**os.environ, **_GIT_ENVIRONMENT}
    done = subprocess.run(command, input=standard_input, capture_output=True, env=environment, check=False)
    if done.returncode:
        raise CorpusProblemError(f"{' '.join(command)} failed:\n{done.stderr.decode(errors='replace')}")
    return done.stdout
