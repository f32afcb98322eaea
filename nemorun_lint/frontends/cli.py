"""The command line: commands, exit codes, and how a run ends when something goes wrong."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Sequence
from typing import Any

import click

from nemorun_lint import __version__
from nemorun_lint.frontends.commands.cache import cache
from nemorun_lint.frontends.commands.check import check
from nemorun_lint.frontends.commands.env import env
from nemorun_lint.frontends.commands.new_rule import new_rule
from nemorun_lint.frontends.commands.rule import rule
from nemorun_lint.frontends.commands.terminal import Failure, prepare_streams

EXIT_FAILURE = 2
EXIT_INTERRUPTED = 130
# What a shell reports of any program that SIGPIPE ends.
EXIT_CLOSED_PIPE = 141
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO})
_NEW_ISSUE = "https://github.com/nemorun-lint/nemorun-lint/issues/new"


class ClosedPipe(Exception):  # noqa: N818 - not an error
    """The reader of standard output has gone; click would take a BrokenPipeError for itself."""


class Commands(click.Group):
    """The group of commands; bad settings end any of them with exit code 2."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        from nemorun_lint.settings import SettingsError

        try:
            return super().invoke(ctx)
        except SettingsError as error:
            raise Failure(str(error)) from None
        except BrokenPipeError:
            raise ClosedPipe from None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; what is a path is more likely meant for `check`."""
        name = args[0]
        if self.get_command(ctx, name) is None and not name.startswith("-"):
            ctx.fail(f"No such command {name!r}.{self._meant(name)}")
        return super().resolve_command(ctx, args)

    def _meant(self, name: str) -> str:
        from difflib import get_close_matches

        if os.path.exists(name):
            return f" Did you mean 'nemorun-lint check {name}'?"
        close = get_close_matches(name, self.commands, n=1)
        return f" Did you mean {close[0]!r}?" if close else ""


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80})
@click.version_option(__version__, "-V", "--version", message="nemorun-lint %(version)s")
def cli() -> None:
    """Find mistakes in NeMo-Run and Fiddle configs without running them.

    \b
    Examples:
      nemorun-lint check                    check the current directory
      nemorun-lint check --fix recipes/     mend what can be mended safely
      nemorun-lint rule NR201               explain a rule

    \b
    Exit codes: 0 no errors, 1 findings, 2 bad usage or an error of ours.
    """


for _command in (check, rule, env, cache, new_rule):
    cli.add_command(_command)


def run(arguments: Sequence[str]) -> int:
    """Run the command line with `arguments` (without the program's name) and return the exit code."""
    prepare_streams()
    try:
        code = cli.main(list(arguments), prog_name="nemorun-lint", standalone_mode=False)
        sys.stdout.flush()
        return code if isinstance(code, int) else 0
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        print("interrupted", file=sys.stderr)
        return EXIT_INTERRUPTED
    except (BrokenPipeError, ClosedPipe):
        # The reader (`| head`) has seen enough.
        _abandon_output()
        return EXIT_CLOSED_PIPE
    except Exception as error:
        reason = _reason_outside(error)
        if reason is None:
            return _bug(error)
        _abandon_output()
        print(f"error: {reason}", file=sys.stderr)
        return EXIT_FAILURE


def _reason_outside(error: Exception) -> str | None:
    """Return what is wrong outside of this program, if that is all; None for a mistake of ours."""
    # Files that are read or written have their own messages and names: these come from standard output.
    if isinstance(error, OSError) and error.errno in _NO_ROOM and error.filename is None:
        return f"the output could not be written: {error.strerror}"
    try:
        os.getcwd()
    except FileNotFoundError:
        return "the working directory does not exist any more"
    return None


def _abandon_output() -> None:
    """Keep Python from flushing what is left of standard output at exit."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, sys.stdout.fileno())


def _bug(error: Exception) -> int:
    import traceback

    traceback.print_exc(file=sys.stderr)
    print(f"\nerror: this is a bug in nemorun-lint {__version__} ({type(error).__name__}).", file=sys.stderr)
    print(f"Please report it with the lines above: {_NEW_ISSUE}", file=sys.stderr)
    return EXIT_FAILURE
