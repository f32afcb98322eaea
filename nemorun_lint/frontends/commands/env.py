"""`nemorun-lint env`: which environment the checked project has, and why that one."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from nemorun_lint.frontends.commands.terminal import Failure, write_lines

if TYPE_CHECKING:
    from nemorun_lint.environment import Environment
    from nemorun_lint.settings import Settings


@click.command()
@click.argument("path", default=".", type=click.Path())
@click.option("--python", metavar="PATH", help="Interpreter or virtual environment of the checked project.")
@click.option("--search-path", "search_paths", multiple=True, metavar="DIR", help="Look for modules here too.")
@click.option("--config", metavar="FILE", help="Read the settings from this file.")
def env(path: str, python: str | None, search_paths: tuple[str, ...], config: str | None) -> None:
    """Print which environment a project's modules are looked up in, and why.

    That environment is read, never run. In this order: --python, the setting
    `python`, .venv or venv at the project root, VIRTUAL_ENV or CONDA_PREFIX.

    \b
    Examples:
      nemorun-lint env                       for the current directory
      nemorun-lint env recipes/llama.py      for this file
      nemorun-lint env --python /opt/nemo    what that one would give
    """
    from nemorun_lint.environment import EnvironmentProblemError, choose
    from nemorun_lint.settings import SettingsFinder

    if not os.path.exists(path):
        raise Failure(f"{path}: no such file or directory")
    directory = os.path.abspath(path) if os.path.isdir(path) else os.path.dirname(os.path.abspath(path))
    overrides = {"search_paths": search_paths} if search_paths else {}
    settings = SettingsFinder(config, overrides=overrides).for_directory(directory)
    try:
        chosen = choose(
            python,
            setting=settings.python,
            search_paths=settings.search_paths,
            project_root=settings.directory,
            environ=os.environ,
        )
    except EnvironmentProblemError as error:
        raise Failure(str(error)) from None
    write_lines(_lines(settings, chosen))


def _lines(settings: Settings, chosen: Environment) -> Iterator[str]:
    version = ".".join(map(str, chosen.python_version)) if chosen.python_version else "not known"
    yield f"Project root:  {settings.directory}"
    yield f"Settings:      {settings.source or 'none found: defaults'}"
    yield f"Environment:   {chosen.reason}"
    yield f"Interpreter:   {chosen.interpreter or 'none'}"
    yield f"Python:        {version}"
    yield f"nemo_run:      {chosen.nemo_run_version or 'not found'}"
    yield f"fiddle:        {chosen.fiddle_version or 'not found'}"
    yield from _listed("Passed over", chosen.considered)
    yield from _listed("Search path", [_path_line(path) for path in chosen.search_paths])
    yield from _listed("Editable installs", [f"{module}: {path}" for module, path in chosen.editable])
    if not chosen.nemo_run_version:
        yield ""
        yield "nemo_run itself need not be installed: its API is known. Your own packages and"
        yield "libraries such as NeMo are checked only if they are found: name their"
        yield "environment with --python or the setting `python`."


def _listed(title: str, items: Sequence[str]) -> Iterator[str]:
    if items:
        yield f"{title}:"
    for item in items:
        yield f"  {item}"


def _path_line(path: Path) -> str:
    return str(path) if path.exists() else f"{path} (does not exist)"
