"""What a rule is: a function from one linked value to diagnostics, with its code, name and page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple, Protocol, TypeVar

from nemorun_lint.diagnostic import Diagnostic, Fix, Phase, Related, Severity
from nemorun_lint.ir import nodes as ir
from nemorun_lint.link.applications import Dialect
from nemorun_lint.link.bodies import SyntaxOffence
from nemorun_lint.text import SourceText

Subject = TypeVar("Subject")
RuleFunction = Callable[[Any, "RuleContext"], Iterable[Diagnostic]]


class Spanned(Protocol):
    """Anything with a place: `start` and `end` are 0-based offsets in code points."""

    @property
    def start(self) -> int: ...  # noqa: D102

    @property
    def end(self) -> int: ...  # noqa: D102


class Span(NamedTuple):
    """A place: 0-based offsets in code points, `end` excluded."""

    start: int
    end: int


@dataclass(frozen=True)
class InternalError:
    """A part of nemorun-lint failed: `where` says which, `text` how; 0-based offsets in code points."""

    where: str
    text: str
    start: int = 0
    end: int = 0


@dataclass(frozen=True)
class Rule:
    """A rule: `subject` is the class of the linked values that it is called with."""

    code: str
    name: str
    subject: type[Any]
    severity: Severity
    phase: Phase
    since: str
    preview: bool
    function: RuleFunction
    page: Path = field(repr=False)

    @cached_property
    def text(self) -> str:
        """The rule's page, in Markdown."""
        return self.page.read_text(encoding="utf-8")

    @property
    def summary(self) -> str:
        """The first paragraph of the page, in one line."""
        paragraphs = self.text.split("\n\n")
        return " ".join(paragraphs[1].split())


@dataclass(frozen=True)
class RuleContext:
    """What a rule may know beside its subject: itself and the file at hand."""

    rule: Rule
    text: SourceText

    def report(
        self,
        place: Spanned,
        message: str,
        *,
        help: str | None = None,
        fix: Fix | None = None,
        related: Iterable[Related] = (),
        severity: Severity | None = None,
        phase: Phase | None = None,
        **data: Any,
    ) -> Diagnostic:
        """Return a diagnostic of this rule at `place`."""
        return diagnostic_at(
            self.text,
            place.start,
            place.end,
            code=self.rule.code,
            rule=self.rule.name,
            message=message,
            severity=severity or self.rule.severity,
            phase=phase or self.rule.phase,
            help=help,
            fix=fix,
            related=tuple(related),
            data=data,
        )


def diagnostic_at(text: SourceText, start: int, end: int, **fields: Any) -> Diagnostic:
    """Return a diagnostic with rows and columns for the offsets `start` and `end`."""
    first, last = text.position(start), text.position(end)
    return Diagnostic(
        filename=text.path,
        row=first.row,
        column=first.column,
        end_row=last.row,
        end_column=last.column,
        start=start,
        end=end,
        **fields,
    )


_ATTRIBUTE = "__nemorun_lint_rule__"


def rule(
    subject: type[Subject],
    code: str,
    *,
    severity: Severity = Severity.ERROR,
    phase: Phase,
    since: str,
    preview: bool = False,
) -> Callable[[Callable[[Subject, RuleContext], Iterable[Diagnostic]]], Callable[..., Iterable[Diagnostic]]]:
    """Make the decorated function a rule; its name is that of its module, its page stands beside it."""

    def decorate(function: Callable[..., Iterable[Diagnostic]]) -> Callable[..., Iterable[Diagnostic]]:
        name = function.__module__.rpartition(".")[2]
        page = Path(function.__code__.co_filename).with_name(f"{name}.md")
        made = Rule(code, name.replace("_", "-"), subject, severity, phase, since, preview, function, page)
        setattr(function, _ATTRIBUTE, made)
        return function

    return decorate


def rules_of(module: object) -> Iterator[Rule]:
    """Yield the rules that a module defines."""
    for value in vars(module).values():
        made = getattr(value, _ATTRIBUTE, None)
        if isinstance(made, Rule):
            yield made


_OFFENCE_HELP = {
    Dialect.NEMO_RUN: "remove the decorator and return `run.Config(...)` yourself: there any Python is allowed",
    Dialect.FIDDLE: "move it into a function of its own, or return `fdl.Config(...)` without the decorator",
}
_COMPOUND = (ir.FunctionDef, ir.ClassDef, ir.If, ir.For, ir.While, ir.With, ir.Try)


def report_offence(context: RuleContext, subject: SyntaxOffence, described: str) -> Diagnostic:
    """Return the diagnostic for a node that the transformer rejects.

    Compound statements are marked at their first line.
    """
    application, offence = subject.application, subject.offence
    converter = application.converter
    article = "an" if described.lstrip("`")[0] in "aeiou" else "a"
    return context.report(
        _first_line(context.text, offence.node),
        f"{article} {described} is not supported in the {converter.name} function '{application.function_name}'",
        help=_OFFENCE_HELP[converter.dialect],
        phase=Phase.IMPORT if converter.dialect is Dialect.FIDDLE else Phase.CALL,
        construct=offence.construct,
        first=offence.first,
    )


def _first_line(text: SourceText, node: ir.Node) -> Span:
    """Return the place to mark: expressions whole, compound statements up to the end of their first line."""
    newline = text.text.find("\n", node.start, node.end)
    if newline < 0 or not isinstance(node, _COMPOUND):
        return Span(node.start, node.end)
    return Span(node.start, node.start + len(text.text[node.start : newline].partition("#")[0].rstrip()))
