"""Writes the generated parts of README.md: `python -m tests.documentation`, or `make docs`."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from nemorun_lint.diagnostic import Phase
from nemorun_lint.rules import all_rules
from nemorun_lint.rules.base import Rule

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
SHOWN = "NR101,NR202,NR205"
"""The findings in examples/ that the README shows."""

_STRIKES: Mapping[Phase, str] = {
    Phase.IMPORT: "import",
    Phase.CALL: "call",
    Phase.CONSTRUCT: "construction",
    Phase.LAUNCH: "launch",
    Phase.BUILD: "build",
    Phase.SILENT: "never: wrong result",
    Phase.NONE: "",
}


def render(text: str) -> str:
    """Return the README with what stands between its markers written anew."""
    for name, part in (("example", example()), ("rules", rule_table())):
        marked = re.compile(rf"(<!-- {name}: begin[^>]*-->\n).*?(<!-- {name}: end -->)", re.DOTALL)
        text, count = marked.subn(lambda match, part=part: f"{match[1]}{part}{match[2]}", text)
        if count != 1:
            raise ValueError(f"README.md must have the markers of {name!r} once, not {count} times")
    return text


def rule_table() -> str:
    """Return the table of all rules, from their pages."""
    rows = ["| code | name | what it finds | severity | raises at |", "|---|---|---|---|---|"]
    return "\n".join([*rows, *map(_row, all_rules())]) + "\n"


def _row(rule: Rule) -> str:
    page = f"nemorun_lint/rules/{rule.page.name}"
    summary = rule.summary.replace("|", "\\|")
    preview = " (preview)" if rule.preview else ""
    return (
        f"| {rule.code} | [{rule.name}]({page}) | {summary}{preview} | {rule.severity.value} | {_STRIKES[rule.phase]} |"
    )


def example() -> str:
    """Return what `check` prints in examples/."""
    arguments = ["check", "--no-cache", "--output-format", "full", "--select", SHOWN]
    environment = {name: value for name, value in os.environ.items() if name not in ("FORCE_COLOR", "COLUMNS")}
    done = subprocess.run(
        [sys.executable, "-m", "nemorun_lint", *arguments],
        cwd=ROOT / "examples",
        env={**environment, "NO_COLOR": "1", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode != 1 or done.stderr:
        raise RuntimeError(f"check ended with {done.returncode}: {done.stderr}")
    output = done.stdout.replace("\\", "/")
    return f"```console\n$ nemorun-lint check --output-format full --select {SHOWN}\n{output}```\n"


if __name__ == "__main__":
    README.write_text(render(README.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")
