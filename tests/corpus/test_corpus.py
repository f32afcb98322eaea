"""Real code: nothing crashes, every finding stands in benchmarks/corpus.toml with its verdict, the counts hold."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from corpus_sources import (
    REPOSITORIES_VARIABLE,
    CorpusProblemError,
    Place,
    Release,
    directory_of,
    findings,
    has_repository,
    releases,
)

from nemorun_lint.project import Report, Request, check_project
from nemorun_lint.settings import SettingsFinder

VERDICTS = {"mistake", "deliberate"}
RELEASES = releases()


def check(release: Release, directory: Path) -> Report:
    """Check without any environment and without settings that may lie above the directory."""
    overrides = {"search_paths": (str(directory),), "respect_gitignore": False, "exclude": ()}
    paths = tuple(str(directory / path) for path in release.paths)
    return check_project(Request(paths=paths, finder=SettingsFinder(overrides=overrides), environ={}, use_store=False))


def places(report: Report, directory: Path) -> list[Place]:
    return [
        Place(Path(found.filename).relative_to(directory).as_posix(), found.row, found.column, found.code)
        for found in report.diagnostics
    ]


def listed(release: Release) -> Counter[Place]:
    return Counter(finding.place for finding in findings() if release.name in finding.releases)


def counts(report: Report) -> dict[str, int]:
    coverage = report.coverage
    return {
        "files": report.files_seen,
        "files_checked": report.files_checked,
        "functions": coverage.functions,
        "functions_checked": coverage.functions_checked,
        "targets": coverage.targets,
        "targets_resolved": coverage.targets_resolved,
    }


def test_every_listed_finding_is_of_a_known_release_and_no_false_alarm() -> None:
    known = {release.name for release in RELEASES}
    for finding in findings():
        assert finding.releases, finding
        assert set(finding.releases) <= known, finding
        assert finding.verdict in VERDICTS, finding
        assert finding.evidence.strip(), finding


@pytest.mark.corpus
@pytest.mark.parametrize("release", RELEASES, ids=lambda release: release.name.replace(" ", "-"))
def test_findings_and_counts(release: Release) -> None:
    if release.repository and not has_repository(release):
        pytest.skip(f"no clone of {release.repository} below ${REPOSITORIES_VARIABLE}")
    try:
        directory = directory_of(release)
    except CorpusProblemError as problem:
        pytest.fail(str(problem))
    report = check(release, directory)
    assert report.errors == ()
    found = Counter(places(report, directory))
    broken = [place for place in found if place.code in ("NR998", "NR999")]
    assert not broken, "\n".join(f"{d.filename}:{d.row}: {d.message}" for d in report.diagnostics)
    assert found - listed(release) == Counter(), "findings that benchmarks/corpus.toml does not list"
    assert listed(release) - found == Counter(), "listed findings that are gone"
    assert counts(report) == dict(release.expected)
