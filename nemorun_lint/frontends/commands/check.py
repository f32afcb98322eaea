"""`nemorun-lint check`: its options, and what becomes of a run."""

from __future__ import annotations

from typing import Any

import click

from nemorun_lint.frontends.commands.choices import Choices

_CODES = "CODES"


@click.command(short_help="Check files and directories.")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option("--stdin-filename", metavar="PATH", help="The name that standard input ('-') is checked under.")
@click.option("--select", multiple=True, metavar=_CODES, help="Report these codes, prefixes or names only.")
@click.option("--ignore", multiple=True, metavar=_CODES, help="Do not report these.")
@click.option("--extend-select", multiple=True, metavar=_CODES, help="Report these too.")
@click.option("--extend-ignore", multiple=True, metavar=_CODES, help="Do not report these either.")
@click.option("--per-file-ignores", multiple=True, metavar="PATTERN:CODES", help="Ignore codes in some files.")
@click.option("--preview/--no-preview", default=None, help="Use the rules that are still on trial.")
@click.option("--noqa/--no-noqa", "noqa", default=True, help="Whether '# noqa' comments suppress diagnostics.")
@click.option("--exclude", multiple=True, metavar="PATTERNS", help="Leave these out, in place of the usual ones.")
@click.option("--extend-exclude", multiple=True, metavar="PATTERNS", help="Leave these out too.")
@click.option("--force-exclude", is_flag=True, default=None, help="Leave them out even where PATH names them.")
@click.option("--python", metavar="PATH", help="Interpreter or environment of the checked project.")
@click.option("--search-path", "search_paths", multiple=True, metavar="DIR", help="Look for modules here too.")
@click.option("--config", metavar="FILE", help="Read the settings from this file.")
@click.option("--fix", is_flag=True, help="Mend what can be mended safely.")
@click.option("--unsafe-fixes", is_flag=True, help="With --fix or --diff: also where the meaning may change.")
@click.option("--diff", is_flag=True, help="Show what --fix would change; write nothing.")
@click.option("--add-noqa", is_flag=True, help="Suppress all findings with '# noqa' comments.")
@click.option("--output-format", type=click.Choice(["concise", "full", "json"]), help="[default: concise]")
@click.option("--statistics", is_flag=True, help="Print counts by rule in place of the findings.")
@click.option("--show-unknown", is_flag=True, help="Print why some functions and targets were not judged.")
@click.option("-q", "--quiet", is_flag=True, help="Print findings only, no summary.")
@click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto", help="[default: auto]")
@click.option("--exit-zero", is_flag=True, help="Exit with 0 even where there are findings.")
@click.option("--error-on-warning", is_flag=True, default=None, help="Let warnings count like errors.")
@click.option("-j", "--jobs", type=click.IntRange(min=1), metavar="N", help="Worker processes.  [default: CPUs]")
@click.option("--cache/--no-cache", "cache", default=True, help="Whether to read and write the cache.")
@click.option("--cache-dir", envvar="NEMORUN_LINT_CACHE_DIR", metavar="DIR", help="Where the cache is.")
def check(**given: Any) -> None:
    """Check Python files, and the Python files in directories.

    PATH is a file, a directory or '-' for standard input; the default is the
    current directory. CODES are separated by commas: a code (NR201), a prefix
    (NR2) or a rule's name. Nothing of what is checked is imported or run.

    \b
    Examples:
      nemorun-lint check recipes/ --output-format full
      nemorun-lint check --select NR1,NR2 --ignore NR112
      nemorun-lint check --per-file-ignores 'tests/*:NR209'
      nemorun-lint check --python ~/envs/nemo --show-unknown
      nemorun-lint check --diff          see what --fix would do
      cat recipe.py | nemorun-lint check - --stdin-filename recipe.py

    \b
    Exit codes: 0 no errors (warnings alone are fine), 1 findings,
    2 bad usage or an error of ours.
    """
    from nemorun_lint.frontends.commands.checking import run

    choices = Choices(**given)
    choices.check()
    click.get_current_context().exit(run(choices))
