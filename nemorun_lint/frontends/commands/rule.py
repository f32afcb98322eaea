"""`nemorun-lint rule`: the page of a rule, or the table of all rules."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click

from nemorun_lint.frontends.commands.terminal import Failure, wants_color, width_of, write_lines

if TYPE_CHECKING:
    from nemorun_lint.rules.base import Rule


@click.command()
@click.argument("name", required=False, metavar="[CODE|NAME]")
@click.option("--all", "every", is_flag=True, help="Print the pages of all rules.")
@click.option(
    "--output-format",
    type=click.Choice(["text", "json", "markdown"]),
    default="text",
    show_default=True,
    help="How to print; text is rendered Markdown in a terminal.",
)
def rule(name: str | None, every: bool, output_format: str) -> None:
    """Explain a rule, or list all rules.

    \b
    Examples:
      nemorun-lint rule                  the table of all rules
      nemorun-lint rule NR201            the page of one rule, by code
      nemorun-lint rule discarded-call   the same, by name
    """
    from nemorun_lint.rules import all_rules

    if name is not None and every:
        raise click.UsageError("Give a code or --all, not both.")
    rules = all_rules()
    chosen = [find(name, rules)] if name is not None else list(rules)
    if output_format == "json":
        objects = [as_object(item, with_page=every or name is not None) for item in chosen]
        write_lines([json.dumps(objects if name is None else objects[0], indent=2)])
    elif name is None and not every:
        write_lines(_markdown_table(chosen) if output_format == "markdown" else _table(chosen))
    else:
        _print_pages(chosen, render=output_format == "text" and sys.stdout.isatty())


def find(name: str, rules: Sequence[Rule]) -> Rule:
    """Return the rule with the code or name `name`, in any case and with `_` for `-`.

    Raises:
        Failure: there is none; the message names the nearest.
    """
    from difflib import get_close_matches

    from nemorun_lint.outputs.style import counted

    known = {key: item for item in rules for key in (item.code.lower(), item.name)}
    wanted = name.strip().lower().replace("_", "-")
    if wanted in known:
        return known[wanted]
    family = [item.code for item in rules if item.code.lower().startswith(wanted)]
    if family:
        raise Failure(f"{name!r} is no rule but a prefix of {counted(len(family), 'code')}: {', '.join(family)}")
    close = get_close_matches(wanted, known, n=1)
    nearest = f"did you mean {_both(known[close[0]])}?" if close else "`nemorun-lint rule` lists all rules"
    raise Failure(f"there is no rule {name!r}: {nearest}")


def _both(item: Rule) -> str:
    return f"{item.code} {item.name}"


def as_object(item: Rule, *, with_page: bool) -> dict[str, Any]:
    """Return what is known of a rule, for JSON."""
    known = {
        "code": item.code,
        "name": item.name,
        "summary": item.summary,
        "severity": item.severity.value,
        "phase": item.phase.value,
        "since": item.since,
        "preview": item.preview,
    }
    return {**known, "page": item.text} if with_page else known


def _print_pages(rules: Sequence[Rule], *, render: bool) -> None:
    pages = "\n\n".join(item.text.strip() for item in rules)
    if not render:
        write_lines([pages])
        return
    from rich.console import Console
    from rich.markdown import Markdown

    color = wants_color(sys.stdout)
    console = Console(no_color=not color, width=min(width_of(sys.stdout), 100))
    console.print(Markdown(pages, code_theme="ansi_dark"))


def _table(rules: Sequence[Rule]) -> Iterator[str]:
    from nemorun_lint.outputs.style import paint, wrap

    color, width = wants_color(sys.stdout), min(width_of(sys.stdout), 100)
    for item in rules:
        facts = ", ".join(filter(None, (item.severity.value, item.phase.value, "preview" if item.preview else "")))
        yield f"{paint(item.code, item.severity, color=color)} {paint(item.name, 'bold', color=color)} ({facts})"
        yield from wrap(item.summary, width, first="      ", rest="      ")


def _markdown_table(rules: Sequence[Rule]) -> Iterator[str]:
    yield "| code | name | severity | phase | what it finds |"
    yield "|---|---|---|---|---|"
    for item in rules:
        summary = item.summary.replace("|", "\\|")
        yield f"| {item.code} | {item.name} | {item.severity.value} | {item.phase.value} | {summary} |"
