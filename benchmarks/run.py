"""Measure nemorun-lint beside flake8 and ruff on the nemo package; README.md has the figures and how to repeat them."""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
RELEASE = "nemo-toolkit 2.5.3"
STARTS_PER_ROUND = 5


@dataclass(frozen=True)
class Program:
    """Something to measure; `cache` is "none", "cold" (emptied before every run) or "warm" (filled before them)."""

    name: str
    command: tuple[str, ...]
    cache: str = "none"
    repeat: int = 1


@dataclass(frozen=True)
class Sample:
    """One run: seconds of wall clock, seconds of processor (children included), MiB of the largest process."""

    wall: float
    processor: float
    memory: float


@dataclass(frozen=True)
class Comparison:
    """Two programs and the largest ratio (first / second) that is good enough, in one of the fields of `Sample`."""

    name: str
    first: str
    second: str
    most: float
    field: str


# The plugin adds a few percent to a program that itself varies by more on the wall clock of a machine in use.
COMPARISONS = (
    Comparison("check, cold / flake8", "check cold", "flake8", 1 / 8, "wall"),
    Comparison("check, warm / ruff --no-cache", "check warm", "ruff", 1.0, "wall"),
    Comparison("flake8 with the plugin, warm / without", "flake8 + plugin warm", "flake8", 1.05, "processor"),
    Comparison("flake8 with the plugin, cold / without", "flake8 + plugin cold", "flake8", 1.15, "processor"),
)
VERSION_SECONDS = 0.08


def main() -> int:
    """Run the rounds and print medians and ratios; 1 if a ratio or a limit does not hold."""
    options = _options()
    package = options.package or _fetched() / "nemo"
    with _work_directory(options.work) as work:
        programs = _programs(_environments(work), package, options.jobs)
        samples: dict[str, list[Sample]] = {program.name: [] for program in programs}
        for program in programs:
            _prepare(program, work)
        for number in range(options.rounds):
            # A B C, then B C A: no program always runs after the same one.
            turn = number % len(programs)
            for program in (*programs[turn:], *programs[:turn]):
                samples[program.name] += [_measure(program, work) for _ in range(program.repeat)]
            print(f"round {number + 1} of {options.rounds} done", file=sys.stderr, flush=True)
    return _report(package, samples)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--package", type=Path, help=f"directory to check (default: nemo of {RELEASE}, fetched)")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--jobs", type=int, default=2, help="of nemorun-lint and of flake8")
    parser.add_argument("--work", type=Path, help="where environments and caches are kept for the next time")
    return parser.parse_args()


def _fetched() -> Path:
    sys.path.insert(0, str(ROOT / "tests" / "corpus"))
    from corpus_sources import directory_of, releases

    directory: Path = directory_of(next(release for release in releases() if release.name == RELEASE))
    return directory


@contextmanager
def _work_directory(named: Path | None) -> Iterator[Path]:
    if named is not None:
        named.mkdir(parents=True, exist_ok=True)
        yield named.resolve()
        return
    with tempfile.TemporaryDirectory() as temporary:
        yield Path(temporary)


def _environments(work: Path) -> dict[str, Path]:
    """Return the programs' directories of an environment with the plugin and of one without.

    Environments of an earlier time are kept, the project in them is not.
    """
    directories = {}
    for name, package in (("with", "ruff"), ("without", "flake8")):
        directories[name] = work / name / ("Scripts" if os.name == "nt" else "bin")
        if not directories[name].is_dir():
            venv.create(work / name, with_pip=True)
            _install(directories[name], package)
    _install(directories["with"], str(ROOT))
    _install(directories["with"], "--force-reinstall", "--no-deps", str(ROOT))
    return directories


def _install(directory: Path, *what: str) -> None:
    pip = (str(directory / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    subprocess.run([*pip, *what], check=True)


def _programs(directories: dict[str, Path], package: Path, jobs: int) -> list[Program]:
    ours, other = directories["with"], directories["without"]
    check = (str(ours / "nemorun-lint"), "check", f"--jobs={jobs}", str(package))
    flake8 = ("flake8", "--isolated", f"--jobs={jobs}", str(package))
    return [
        Program("flake8", (str(other / flake8[0]), *flake8[1:])),
        Program("flake8 + plugin warm", (str(ours / flake8[0]), *flake8[1:]), "warm"),
        Program("flake8 + plugin cold", (str(ours / flake8[0]), *flake8[1:]), "cold"),
        Program("check cold", check, "cold"),
        Program("check warm", check, "warm", STARTS_PER_ROUND),
        Program(
            "ruff", (str(ours / "ruff"), "check", "--isolated", "--no-cache", str(package)), "none", STARTS_PER_ROUND
        ),
        Program("nemorun-lint --version", (str(ours / "nemorun-lint"), "--version"), "none", STARTS_PER_ROUND),
        Program("python -c pass", (str(ours / "python"), "-c", "pass"), "none", STARTS_PER_ROUND),
    ]


def _prepare(program: Program, work: Path) -> None:
    """Run once unmeasured: compiled modules, the disk's cache and, where wanted, ours are filled."""
    shutil.rmtree(_cache(program, work), ignore_errors=True)
    _measure(program, work)


def _cache(program: Program, work: Path) -> Path:
    return work / "caches" / program.name.replace(" ", "-")


def _measure(program: Program, work: Path) -> Sample:
    cache = _cache(program, work)
    if program.cache == "cold":
        shutil.rmtree(cache, ignore_errors=True)
    environ = {**os.environ, "NEMORUN_LINT_CACHE_DIR": str(cache)}
    # A command started in the package would look for settings and environments there.
    started = time.perf_counter()
    process = subprocess.Popen(
        program.command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environ, cwd=work
    )
    assert process.stderr is not None
    errors = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    process.stderr.close()
    if process.returncode not in (0, 1):
        raise SystemExit(f"{' '.join(program.command)} ended with {process.returncode}:\n{errors.decode()}")
    unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
    return Sample(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / unit)


def _median(samples: list[Sample], field: str) -> float:
    return float(statistics.median(getattr(sample, field) for sample in samples))


def _report(package: Path, samples: dict[str, list[Sample]]) -> int:
    files = sum(1 for _ in package.rglob("*.py"))
    print(f"{files} files; {os.cpu_count()} processors; Python {sys.version.split()[0]}; medians\n")
    print("| program | runs | wall, s | processor, s | largest process, MiB |\n|---|---|---|---|---|")
    for name, taken in samples.items():
        wall, processor, memory = (_median(taken, field) for field in ("wall", "processor", "memory"))
        print(f"| {name} | {len(taken)} | {wall:.3f} | {processor:.3f} | {memory:.0f} |")
    print("\n| comparison | ratio, wall | ratio, processor | at most | |\n|---|---|---|---|---|")
    verdicts = [_compare(comparison, samples) for comparison in COMPARISONS]
    version = _median(samples["nemorun-lint --version"], "wall")
    verdicts.append(version < VERSION_SECONDS)
    print(f"| nemorun-lint --version, s | {version:.3f} | | wall {VERSION_SECONDS:.3f} | {_word(verdicts[-1])} |")
    return 0 if all(verdicts) else 1


def _compare(comparison: Comparison, samples: dict[str, list[Sample]]) -> bool:
    first, second = samples[comparison.first], samples[comparison.second]
    ratios = {field: _median(first, field) / _median(second, field) for field in ("wall", "processor")}
    holds = ratios[comparison.field] <= comparison.most
    limit = f"{comparison.field} {comparison.most:.3f}"
    print(f"| {comparison.name} | {ratios['wall']:.3f} | {ratios['processor']:.3f} | {limit} | {_word(holds)} |")
    return holds


def _word(holds: bool) -> str:
    return "holds" if holds else "MISSED"


if __name__ == "__main__":
    sys.exit(main())
