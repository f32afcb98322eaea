"""`nemorun-lint new-rule`: write the pair of files of a new rule into the source checkout."""

from __future__ import annotations

import keyword
import re
from pathlib import Path
from string import Template

import click

from nemorun_lint.frontends.commands.terminal import Failure

_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_FAMILY = re.compile(r"NR[1-9]")
_CODE = re.compile(r"\bNR\d{3}\b")
# The tool's own codes stand at the end of family 9.
_OWN = 990

_PAGE = Template("""\
# $code $name

TODO: one sentence that says what is wrong.

## What happens

TODO: what NeMo-Run does with such code, and when.

## Example

```py bad
import nemo_run as run

TODO = run.Config(dict)  # error: $code "TODO: part of the message"
```

```py proof
raise NotImplementedError("TODO: show under the real nemo_run that the example does the wrong thing")
```

## How to mend it

TODO: what to write instead.

```py fixed
import nemo_run as run
```
""")

_CODE_FILE = Template('''\
"""$code $name: TODO."""

from __future__ import annotations

from collections.abc import Iterator

from nemorun_lint.diagnostic import Diagnostic, Phase
from nemorun_lint.link.findings import Finding
from nemorun_lint.rules.base import RuleContext, rule


# TODO: in place of Finding the class of the values that the rule is called with (see `subjects` in linter.py).
@rule(Finding, "$code", phase=Phase.CALL, since="$version")
def $identifier(finding: Finding, context: RuleContext) -> Iterator[Diagnostic]:
    """TODO: say what is reported, and what stays silent and why."""
    yield from ()
''')


@click.command("new-rule")
@click.argument("name")
@click.option("--family", default="NR2", show_default=True, help="NR and the digit of the family; see CONTRIBUTING.md.")
@click.option("--checkout", type=click.Path(path_type=Path), help="The source checkout.  [default: the one that runs]")
def new_rule(name: str, family: str, checkout: Path | None) -> None:
    """Write the page and the code of a new rule, to be filled in.

    NAME is in lower case with hyphens. The code is the next free one of the
    family. The test of the page fails until the page and the rule agree.

    \b
    Example:
      nemorun-lint new-rule discarded-call --family NR2
    """
    rules = _rules_folder(checkout)
    identifier = _identifier(name)
    code = next_code(family.upper(), rules)
    files = {rules / f"{identifier}.md": _PAGE, rules / f"{identifier}.py": _CODE_FILE}
    for file in files:
        if file.exists():
            raise Failure(f"{file} exists already; nothing was written")
    for file, template in files.items():
        _write(file, template, code, identifier)
    click.echo(f"Next: fill in the page, run its test, write the rule:\n  pytest -k {identifier}")


def _rules_folder(checkout: Path | None) -> Path:
    root = checkout or Path(__file__).resolve().parents[3]
    rules = root / "nemorun_lint" / "rules"
    if not (root / "pyproject.toml").is_file() or not (rules / "base.py").is_file():
        raise Failure(
            f"{root} is not a source checkout of nemorun-lint: clone the repository and run `pip install -e .` in it, "
            "or name it with --checkout"
        )
    return rules


def _identifier(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise click.UsageError(f"{name!r} is no name of a rule: lower case words with hyphens, such as discarded-call.")
    identifier = name.replace("-", "_")
    if keyword.iskeyword(identifier) or identifier == "base":
        raise click.UsageError(f"{name!r} cannot be the name of a module; take a longer one.")
    return identifier


def next_code(family: str, rules: Path) -> str:
    """Return the code after the highest that the family ever had: codes are not reused.

    Raises:
        Failure: all codes are taken.
    """
    if not _FAMILY.fullmatch(family):
        raise click.UsageError(f"{family!r} is no family: NR and a digit from 1 to 9, such as NR2.")
    changelog = rules.parents[1] / "CHANGELOG.md"
    texts = [file.read_text(encoding="utf-8") for file in (*rules.glob("*.py"), changelog) if file.is_file()]
    used = {int(code[2:]) for text in texts for code in _CODE.findall(text) if code.startswith(family)}
    first = int(family[2:]) * 100
    number = max({first, *(code for code in used if code < _OWN)}) + 1
    if number in {_OWN, first + 100}:
        raise Failure(f"family {family} has no free code left")
    return f"NR{number}"


def _write(file: Path, template: Template, code: str, identifier: str) -> None:
    from nemorun_lint import __version__

    name = identifier.replace("_", "-")
    text = template.substitute(code=code, name=name, identifier=identifier, version=__version__)
    try:
        with file.open("x", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
    except OSError as error:
        raise Failure(f"{file}: not written: {error.strerror or error}") from None
    click.echo(f"Wrote {file}")
