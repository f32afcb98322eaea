"""Check the files of a project.

Walk, filter on bytes, check what may use the API, in worker processes where it pays.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from nemorun_lint.diagnostic import Diagnostic, Severity
from nemorun_lint.environment import Environment, choose
from nemorun_lint.settings import Place, Settings, SettingsFinder
from nemorun_lint.syntax.prefilter import may_use_api
from nemorun_lint.walk import Found, walk

if TYPE_CHECKING:
    from nemorun_lint.link.modules import Modules
    from nemorun_lint.linter import Coverage, FileResult
    from nemorun_lint.store import Store

Key = tuple[Any, ...]
Progress = Callable[[int, int], None]
"""Called with the number of files done and of all files to check."""
# Parsing starts to outweigh the start of workers here; a run out of the store never gets there.
_PARSES_BEFORE_POOL = 12
_FILES_FOR_POOL = 8
_READ_FLAGS = os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """What to check and how.

    `overlays` (path -> text) stand for files, also such as do not exist; standard input is one of them. `python`
    is what the command line names. `jobs` None takes the settings' number, then that of the processors.
    """

    paths: tuple[str, ...]
    finder: SettingsFinder
    overlays: Mapping[str, str] = {}
    python: str | None = None
    jobs: int | None = None
    use_store: bool = True
    honour_noqa: bool = True
    environ: Mapping[str, str] = os.environ
    own_prefix: str = sys.prefix


class Report(NamedTuple):
    """The outcome of a run: `files_seen` were found, `files_checked` may use the API; `errors` are of the run."""

    diagnostics: tuple[Diagnostic, ...]
    coverage: Coverage
    files_seen: int
    files_checked: int
    errors: tuple[str, ...]


def check_project(request: Request, progress: Progress | None = None) -> Report:
    """Check all files of `request`; diagnostics come in the order of files and places.

    Raises:
        SettingsError, EnvironmentProblemError: they cannot be used; nothing was checked.
        KeyboardInterrupt: at once; no worker is left, and the store is whole.
    """
    from nemorun_lint.linter import Coverage, collection_paused

    overlays = {os.path.abspath(path): text for path, text in request.overlays.items()}
    found = walk(request.paths, request.finder, overlays)
    candidates, diagnostics = candidates_of(found.files, overlays)
    environments = _environments(candidates, request)
    check = Checker(environments, overlays, _store_directory(request), honour_noqa=request.honour_noqa)
    coverage = Coverage()
    # Closed at once, not when the frame goes: a traceback would keep the workers alive. These are forked without
    # Python's collector as well: it takes a fifth of the time, and without it the run takes 50 MiB more.
    with collection_paused(), closing(_results(check, candidates, request.jobs)) as results:
        for done, result in enumerate(results, 1):
            diagnostics.extend(result.diagnostics)
            coverage = coverage + result.coverage
            if progress is not None:
                progress(done, len(candidates))
    check.prune()
    diagnostics.sort(key=_sort_key)
    return Report(tuple(diagnostics), coverage, len(found.files), len(candidates), found.errors)


def candidates_of(files: Iterable[Found], overlays: Mapping[str, str]) -> tuple[list[Found], list[Diagnostic]]:
    """Return the files that may use the API, and a diagnostic for each that cannot be read.

    The keys of `overlays` are absolute.
    """
    candidates: list[Found] = []
    problems: list[Diagnostic] = []
    roots: dict[tuple[str, ...], tuple[bytes, ...]] = {}
    for file in files:
        names = file.place.settings.prefilter_roots
        words = roots.get(names) or roots.setdefault(names, tuple(name.encode() for name in names))
        text = overlays.get(os.path.abspath(file.path)) if overlays else None
        try:
            data = read(file.path) if text is None else text.encode("utf-8", "replace")
        except OSError as error:
            message = f"the file cannot be read: {error.strerror or error}"
            problems += _own_diagnostic(file, "NR998", "syntax-error", message)
            continue
        # The plain search is ten times faster than the expression, and rules out nearly all files.
        if any(word in data for word in words) and may_use_api(data, words):
            candidates.append(file)
    return candidates, problems


def read(path: str) -> bytes:
    """Return the bytes of a file; a third faster than `open` over many small files.

    Raises:
        OSError: it cannot be read.
    """
    descriptor = os.open(path, _READ_FLAGS)
    try:
        size = os.fstat(descriptor).st_size
        data = os.read(descriptor, size + 1)
        if len(data) == size:
            return data
        parts = [data]
        while part := os.read(descriptor, 1 << 20):
            parts.append(part)
        return b"".join(parts)
    finally:
        os.close(descriptor)


class Checker:
    """Checks single files, with one set of modules a project; never raises for what a file holds.

    Pickled, it takes along what it was made of and starts with no modules.
    """

    def __init__(
        self,
        environments: Mapping[Key, Environment],
        overlays: Mapping[str, str],
        store_directory: Path | None,
        honour_noqa: bool = True,
    ) -> None:
        self._made_of = (environments, overlays, store_directory, honour_noqa)
        self._stores: dict[Path | None, Store] = {}
        self._modules: dict[Key, Modules] = {}

    def __reduce__(self) -> tuple[Any, ...]:
        return (Checker, self._made_of)

    @property
    def parses(self) -> int:
        """How many modules were parsed so far, being in no store."""
        return sum(modules.parsed_full + modules.parsed_interface for modules in self._modules.values())

    def prune(self) -> None:
        """Let the stores shrink to their size."""
        for store in self._stores.values():
            store.prune()

    def __call__(self, file: Found) -> FileResult:
        """Check one file; an error of ours becomes NR999."""
        from nemorun_lint.linter import Coverage, FileResult, check_file

        try:
            environment = self._made_of[0][environment_key(file.place)]
            settings = with_target(file.place.settings, environment)
            modules = self._modules_for(settings, file.place, environment)
            return check_file(modules, file.path, settings, honour_noqa=self._made_of[3])
        except Exception as error:  # noqa: BLE001 - one file must not end the run
            return FileResult(_internal_error(file, f"{type(error).__name__}: {error}"), Coverage())

    def _modules_for(self, settings: Settings, place: Place, environment: Environment) -> Modules:
        key = (environment_key(place), settings.prefilter_roots, settings.cache_dir)
        if key not in self._modules:
            self._modules[key] = self._make_modules(settings, environment)
        return self._modules[key]

    def _make_modules(self, settings: Settings, environment: Environment) -> Modules:
        from nemorun_lint.link.modules import Modules

        # A finder maps one package, a search path all of a directory: that of the package stands in, behind all others.
        editable = [os.path.dirname(path) for name, path in environment.editable if os.path.basename(path) == name]
        return Modules(
            environment.search_paths,
            (*environment.site_paths, *editable),
            overlays=self._made_of[1],
            store=self._store(settings),
            roots=settings.prefilter_roots,
            python_version=environment.python_version,
        )

    def _store(self, settings: Settings) -> Store:
        from nemorun_lint.store import Store

        directory = self._made_of[2]
        if directory is not None and settings.cache_dir:
            directory = Path(settings.cache_dir)
        if directory not in self._stores:
            self._stores[directory] = Store(directory)
        return self._stores[directory]


def environment_key(place: Place) -> Key:
    """Return what the choice of the environment depends on, beside the command line."""
    return (place.root, place.settings.python, place.settings.search_paths)


def environment_of(place: Place, request: Request) -> Environment:
    """Return the environment of the project that `place` belongs to.

    Raises:
        EnvironmentProblemError: the one that is named cannot be used.
    """
    return choose(
        request.python,
        setting=place.settings.python,
        search_paths=place.settings.search_paths,
        project_root=place.root,
        environ=request.environ,
        own_prefix=request.own_prefix,
    )


def with_target(settings: Settings, environment: Environment) -> Settings:
    """Put the installed version of nemo_run in the place of `auto`, where it is known."""
    version = environment.nemo_run_version
    if settings.target_nemo_run != "auto" or version is None:
        return settings
    return msgspec.structs.replace(settings, target_nemo_run=version)


def _environments(files: Iterable[Found], request: Request) -> dict[Key, Environment]:
    places = {environment_key(file.place): file.place for file in files}
    if not places:
        # What the command line names is looked at even where there is nothing to check with it.
        place = request.finder.place(os.getcwd())
        places = {environment_key(place): place}
    return {key: environment_of(place, request) for key, place in places.items()}


def _store_directory(request: Request) -> Path | None:
    from nemorun_lint.store import default_directory

    return default_directory(request.environ) if request.use_store else None


def _results(check: Checker, files: Sequence[Found], wanted_jobs: int | None) -> Generator[FileResult, None, None]:
    """Yield the results of `files`; the first ones here, the rest by workers once enough had to be parsed."""
    jobs = wanted_jobs or (files[0].place.settings.jobs if files else None) or processors()
    for position, file in enumerate(files):
        if jobs > 1 and check.parses >= _PARSES_BEFORE_POOL and len(files) - position >= _FILES_FOR_POOL:
            yield from _results_of_workers(check, files[position:], jobs)
            return
        yield check(file)


def _results_of_workers(check: Checker, files: Sequence[Found], jobs: int) -> Generator[FileResult, None, None]:
    from nemorun_lint.linter import Coverage, FileResult
    from nemorun_lint.workers import Crash, run

    with closing(run(check, files, min(jobs, len(files)))) as results:
        for index, result in results:
            if isinstance(result, Crash):
                died = f"the worker process died over this file (exit code {result.exit_code})"
                result = FileResult(_internal_error(files[index], died), Coverage())
            yield result


def processors() -> int:
    """Return the number of processors that this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def _internal_error(file: Found, message: str) -> tuple[Diagnostic, ...]:
    return _own_diagnostic(file, "NR999", "internal-error", f"internal error, please report it: {message}")


def _own_diagnostic(file: Found, code: str, name: str, message: str) -> tuple[Diagnostic, ...]:
    """Return a diagnostic about the whole file, or nothing where the settings switch it off."""
    settings = file.place.settings
    if not settings.enabled(code) or settings.per_file_ignored(file.path, code):
        return ()
    return (Diagnostic(code, name, message, file.path, 1, 1, 1, 1, 0, 0, Severity.ERROR),)


def _sort_key(diagnostic: Diagnostic) -> tuple[Any, ...]:
    return diagnostic.sort_key
