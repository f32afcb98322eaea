"""`nemorun-lint cache`: where parsed files are kept between runs, how large that is, and how to empty it."""

from __future__ import annotations

from pathlib import Path

import click

_OPTION = click.option(
    "--cache-dir",
    envvar="NEMORUN_LINT_CACHE_DIR",
    show_envvar=True,
    metavar="DIR",
    help="The cache to look at.  [default: that of the settings, else of the system]",
)


@click.group()
def cache() -> None:
    """Show or empty the cache of parsed files.

    It can be removed at any time: the next run only takes longer.
    """


@cache.command()
@_OPTION
def path(cache_dir: str | None) -> None:
    """Print the directory of the cache."""
    click.echo(directory_of(cache_dir))


@cache.command()
@_OPTION
def size(cache_dir: str | None) -> None:
    """Print how many files the cache has, and how large they are."""
    sizes = _sizes(directory_of(cache_dir))
    click.echo(f"{len(sizes):,} files, {readable(sum(sizes))}")


@cache.command()
@_OPTION
def clean(cache_dir: str | None) -> None:
    """Remove everything that is cached."""
    from nemorun_lint.store import Store

    directory = directory_of(cache_dir)
    before = sum(_sizes(directory))
    removed = Store(directory).clean()
    click.echo(f"Removed {removed:,} entries, {readable(before)}, from {directory}")


def directory_of(cache_dir: str | None) -> Path:
    """Return the directory that a run from here would use."""
    from nemorun_lint.settings import SettingsFinder
    from nemorun_lint.store import default_directory

    configured = cache_dir or SettingsFinder().for_directory(str(Path.cwd())).cache_dir
    return Path(configured).absolute() if configured else default_directory()


def readable(size: int) -> str:
    """Return a number of bytes as "12 bytes", "3.4 kB" or "5.6 MB"."""
    if size < 1000:
        return f"{size} bytes"
    return f"{size / 1000:.1f} kB" if size < 1_000_000 else f"{size / 1_000_000:.1f} MB"


def _sizes(directory: Path) -> list[int]:
    sizes = []
    for file in directory.glob("[0-9a-f][0-9a-f]/*"):
        try:
            if file.is_file():
                sizes.append(file.stat().st_size)
        except OSError:
            continue  # Another process may be pruning.
    return sizes
