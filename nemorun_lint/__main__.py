"""`python -m nemorun_lint` and the `nemorun-lint` command; `--version` answers before anything is imported."""

from __future__ import annotations

import os
import sys


def main() -> int:
    """Run the command line and return the exit code."""
    try:
        if sys.argv[1:] in (["--version"], ["-V"]):
            from nemorun_lint import __version__

            print(f"nemorun-lint {__version__}", flush=True)
            return 0
        from nemorun_lint.frontends.cli import run

        return run(sys.argv[1:])
    except KeyboardInterrupt:
        return 130
    except OSError:
        # Nobody reads what `--version` says.
        return 2


def _leave_working_directory() -> None:
    """Take off what `python -m` puts first: a `click.py` beside a recipe must not stand in for the one that we need."""
    own = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    if sys.path and not getattr(sys.flags, "safe_path", False) and os.path.abspath(sys.path[0]) != own:
        del sys.path[0]


if __name__ == "__main__":
    _leave_working_directory()
    sys.exit(main())
