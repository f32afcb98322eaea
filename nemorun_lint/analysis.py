"""The analysis of one module, behind the cache of results: link it, hand what was found to the rules, count."""

from __future__ import annotations

import traceback
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

from nemorun_lint.diagnostic import Diagnostic
from nemorun_lint.ir.record import SyntaxProblem
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
from nemorun_lint.result import Coverage
from nemorun_lint.rules import all_rules
from nemorun_lint.rules.base import InternalError, Rule, RuleContext
from nemorun_lint.settings import Settings
from nemorun_lint.syntax.nesting import TOO_DEEP, with_deep_stack
from nemorun_lint.text import SourceText


def analyse(
    modules: Modules, module: Module, settings: Settings, rules: Iterable[Rule]
) -> tuple[list[Diagnostic], Coverage]:
    """Return all diagnostics of a module, before settings and comments choose, and what was covered."""
    problem = module.record.syntax_error
    if problem is not None:
        return run_rules(module.source, (problem,), rules), Coverage()
    chosen = tuple(rules)
    try:
        return _linked(modules, module, settings, chosen)
    except RecursionError:
        return _linked_deeply(modules, module, settings, chosen)
    except Exception as error:  # one file must not end the run
        return run_rules(module.source, (_internal_error("the analysis of this file", error),), chosen), Coverage()


def _linked(
    modules: Modules, module: Module, settings: Settings, rules: tuple[Rule, ...]
) -> tuple[list[Diagnostic], Coverage]:
    program = Program(modules, dict(settings.api_aliases))
    index = index_of(program, module.record.body, program.scope_of(module))
    bodies = [body_of(program, application) for application in applications(program, module, index)]
    found = run_rules(module.source, subjects(program, index, bodies), rules)
    return found, coverage_of(program, module, index, bodies)


def _linked_deeply(
    modules: Modules, module: Module, settings: Settings, rules: tuple[Rule, ...]
) -> tuple[list[Diagnostic], Coverage]:
    """Analyse a module whose tree is deeper than the stack of this thread, in one with a larger stack."""
    try:
        return with_deep_stack(lambda: _linked(modules, module, settings, rules))
    except RecursionError:
        return run_rules(module.source, (SyntaxProblem(TOO_DEEP, 0, is_error=False),), rules), Coverage()


def subjects(program: Program, index: Index, bodies: Iterable[Body]) -> Iterator[object]:
    """Yield everything that rules are called with."""
    for body in bodies:
        yield from body.offences
        yield from body.misuses
        yield from findings(program, body, index)


def run_rules(text: SourceText, found: Iterable[object], rules: Iterable[Rule]) -> list[Diagnostic]:
    """Return what the rules say of their subjects; a rule that fails becomes NR999."""
    by_subject: dict[type[Any], list[Rule]] = {}
    for rule in rules:
        by_subject.setdefault(rule.subject, []).append(rule)
    diagnostics: list[Diagnostic] = []
    for subject in found:
        for rule in by_subject.get(type(subject), ()):
            diagnostics += _run_rule(text, rule, subject, by_subject)
    # A function that is converted in two places has its mistakes once.
    return list({(d.code, d.start, d.end, d.phase): d for d in reversed(diagnostics)}.values())[::-1]


def _run_rule(text: SourceText, rule: Rule, subject: Any, by_subject: dict[type[Any], list[Rule]]) -> list[Diagnostic]:
    try:
        return list(rule.function(subject, RuleContext(rule, text)))
    except Exception as error:  # a broken rule must not end the run
        if isinstance(subject, InternalError):
            return []
        problem = _internal_error(f"rule {rule.code} {rule.name}", error, getattr(subject, "start", 0))
        return [d for own in by_subject.get(InternalError, ()) for d in _run_rule(text, own, problem, by_subject)]


def _internal_error(where: str, error: BaseException, offset: int = 0) -> InternalError:
    frame = traceback.extract_tb(error.__traceback__)[-1] if error.__traceback__ else None
    place = f" ({frame.filename.rpartition('nemorun_lint')[2].lstrip('/')}:{frame.lineno})" if frame else ""
    return InternalError(where, f"{type(error).__name__}: {error}{place}", offset, offset)


@lru_cache(maxsize=1)
def preview_codes() -> tuple[str, ...]:
    """Return the codes of the rules in preview."""
    return tuple(rule.code for rule in all_rules() if rule.preview)


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
    return Coverage(len(judged), checked, targets, resolved, dict(reasons))


def _reason(symbol: object) -> str:
    if isinstance(symbol, UnknownSymbol):
        return symbol.reason
    return "a parameter" if isinstance(symbol, ParameterSymbol) else "a value"
