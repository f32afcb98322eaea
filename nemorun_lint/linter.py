"""Check one file: link it, hand what was found to the rules, honour suppressions; nothing a rule does ends the run."""

from __future__ import annotations

import os
import traceback
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nemorun_lint.diagnostic import Diagnostic
from nemorun_lint.link import known
from nemorun_lint.link.applications import applications
from nemorun_lint.link.bodies import Body, body_of
from nemorun_lint.link.index import Index, index_of
from nemorun_lint.link.modules import Module, Modules
from nemorun_lint.link.names import Program
from nemorun_lint.link.structure import findings
from nemorun_lint.link.symbols import (
    ApiSymbol,
    BuiltinSymbol,
    ClassSymbol,
    FunctionSymbol,
    ParameterSymbol,
    UnknownSymbol,
)
from nemorun_lint.rules import all_rules
from nemorun_lint.rules.base import InternalError, Rule, RuleContext
from nemorun_lint.settings import Settings
from nemorun_lint.suppress import unsuppressed, unused


@dataclass(frozen=True)
class Coverage:
    """How much could be judged; `unknown` counts the reasons why the rest could not."""

    functions: int = 0
    functions_checked: int = 0
    targets: int = 0
    targets_resolved: int = 0
    unknown: Mapping[str, int] = field(default_factory=dict)

    def __add__(self, other: Coverage) -> Coverage:
        return Coverage(
            self.functions + other.functions,
            self.functions_checked + other.functions_checked,
            self.targets + other.targets,
            self.targets_resolved + other.targets_resolved,
            Counter(self.unknown) + Counter(other.unknown),
        )


@dataclass(frozen=True)
class FileResult:
    """The diagnostics of one file, in order, and what was covered."""

    diagnostics: tuple[Diagnostic, ...]
    coverage: Coverage


def check_file(
    modules: Modules,
    path: str,
    settings: Settings,
    rules: Iterable[Rule] | None = None,
    *,
    honour_noqa: bool = True,
) -> FileResult:
    """Check the file at `path`: every rule runs, then the settings and `# noqa` comments choose what is reported."""
    module = modules.checked(path)
    chosen = tuple(rules or all_rules())
    problem = module.record.syntax_error
    if problem is not None:
        found, coverage = list(_run_rules(module, (problem,), chosen)), Coverage()
    else:
        found, coverage = _check_module(modules, module, settings, chosen)
    reported = _choose(module, found, settings, chosen, honour_noqa)
    return FileResult(tuple(sorted(reported, key=lambda d: d.sort_key)), coverage)


def _check_module(
    modules: Modules, module: Module, settings: Settings, rules: tuple[Rule, ...]
) -> tuple[list[Diagnostic], Coverage]:
    try:
        program = Program(modules, dict(settings.api_aliases))
        index = index_of(program, module.record.body, program.scope_of(module))
        bodies = [body_of(program, application) for application in applications(program, module, index)]
        found = list(_run_rules(module, subjects(program, index, bodies), rules))
        return found, coverage_of(program, module, index, bodies)
    except Exception as error:  # one file must not end the run
        return list(_run_rules(module, (_internal_error("the analysis of this file", error),), rules)), Coverage()


def subjects(program: Program, index: Index, bodies: Iterable[Body]) -> Iterator[object]:
    """Yield everything that rules are called with."""
    for body in bodies:
        yield from body.offences
        yield from body.misuses
        yield from findings(program, body, index)


def check_source(
    text: str,
    path: str = "recipe.py",
    *,
    files: Mapping[str, str] | None = None,
    settings: Settings | None = None,
) -> tuple[Diagnostic, ...]:
    """Check `text` as the file `path`; `files` (path -> text) stand beside it."""
    chosen = settings or Settings(directory=Path.cwd())
    modules = Modules([os.getcwd()], overlays={path: text, **(files or {})}, roots=chosen.roots)
    return check_file(modules, path, chosen).diagnostics


def _run_rules(module: Module, found: Iterable[object], rules: Iterable[Rule]) -> Iterator[Diagnostic]:
    by_subject: dict[type[Any], list[Rule]] = {}
    for rule in rules:
        by_subject.setdefault(rule.subject, []).append(rule)
    for subject in found:
        for rule in by_subject.get(type(subject), ()):
            try:
                yield from list(rule.function(subject, RuleContext(rule, module.source)))
            except Exception as error:  # a broken rule must not end the run
                problem = _internal_error(f"rule {rule.code} {rule.name}", error, getattr(subject, "start", 0))
                if not isinstance(subject, InternalError):
                    yield from _run_rules(module, (problem,), rules)


def _internal_error(where: str, error: BaseException, offset: int = 0) -> InternalError:
    frame = traceback.extract_tb(error.__traceback__)[-1] if error.__traceback__ else None
    place = f" ({frame.filename.rpartition('nemorun_lint')[2].lstrip('/')}:{frame.lineno})" if frame else ""
    return InternalError(where, f"{type(error).__name__}: {error}{place}", offset, offset)


def _choose(
    module: Module, found: list[Diagnostic], settings: Settings, rules: tuple[Rule, ...], honour_noqa: bool
) -> list[Diagnostic]:
    """Return what the settings select and no comment suppresses, with the comments that suppress nothing."""
    preview = {rule.code for rule in rules if rule.preview}

    def selected(diagnostic: Diagnostic) -> bool:
        code = diagnostic.code
        wanted = settings.enabled(code, diagnostic.severity, code in preview)
        return wanted and not settings.per_file_ignored(module.path, code)

    kept = [diagnostic for diagnostic in found if selected(diagnostic)]
    suppressions = module.record.suppressions
    if not honour_noqa or not suppressions:
        return kept
    judged = [one for one in unused(found, suppressions) if settings.enabled(one.code)]
    extra = _run_rules(module, judged, rules)
    return list(unsuppressed([*kept, *(one for one in extra if selected(one))], suppressions))


# -- coverage -----------------------------------------------------------------------------------------


def coverage_of(program: Program, module: Module, index: Index, bodies: Iterable[Body]) -> Coverage:
    """Count what could be judged in a module."""
    reasons: Counter[str] = Counter()
    judged = list(bodies)
    for body in judged:
        if body.unknown:
            reasons[f"function: {body.unknown[0]}"] += 1
    targets = resolved = 0
    for call, scope in index.calls:
        function = program.resolve(module, scope, call.function)
        if not isinstance(function, ApiSymbol) or function.name not in known.TARGET_CALLS:
            continue
        targets += 1
        first = next((a for a in call.arguments if a.keyword in (None, "fn_or_cls") and not a.stars), None)
        symbol = program.resolve(module, scope, first.value) if first else UnknownSymbol("no target")
        if isinstance(symbol, (ClassSymbol, FunctionSymbol, BuiltinSymbol, ApiSymbol)):
            resolved += 1
        else:
            reasons[f"target: {_reason(symbol)}"] += 1
    checked = sum(not body.unknown for body in judged)
    return Coverage(len(judged), checked, targets, resolved, reasons)


def _reason(symbol: object) -> str:
    if isinstance(symbol, UnknownSymbol):
        return symbol.reason
    return "a parameter" if isinstance(symbol, ParameterSymbol) else "a value"
