"""The counts of the judges, summed over their shards, at the end of every run."""

from __future__ import annotations

from collections import Counter

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    totals: dict[str, Counter[str]] = {}
    for reports in terminalreporter.stats.values():
        for report in reports:
            for name, value in getattr(report, "user_properties", ()):
                if name == "judge" and report.when == "call":
                    title, counts = value
                    totals.setdefault(title, Counter()).update(counts)
    for title, counts in sorted(totals.items()):
        text = ", ".join(f"{count:,} {name}" for name, count in counts.items())
        terminalreporter.write_line(f"{title}: {text}")
