"""`python -m nemorun_lint` and the `nemorun-lint` command; `--version` answers before anything is imported."""

from __future__ import annotations

import sys


def main() -> int:
    """Run the command line and return the exit code."""
    if sys.argv[1:] in (["--version"], ["-V"]):
        from nemorun_lint import __version__

        print(f"nemorun-lint {__version__}")
        return 0
    try:
        from nemorun_lint.frontends.cli import run

        return run(sys.argv[1:])
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
