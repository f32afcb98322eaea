"""Lower the text of one file to the record that all later stages work on."""

from __future__ import annotations

from nemorun_lint.ir.lower_statements import Block, statements
from nemorun_lint.ir.record import ModuleRecord, SyntaxProblem
from nemorun_lint.syntax.module import UNREADABLE, SyntaxProblemError, parse
from nemorun_lint.syntax.nesting import DEEPEST, HARMLESS, LARGEST, TOO_DEEP, is_too_large, nesting, with_deep_stack
from nemorun_lint.syntax.positions import PositionError, Positions
from nemorun_lint.syntax.suppression import suppressions
from nemorun_lint.text import SourceText

TOO_LARGE = f"too large (more than {LARGEST:,} names, numbers and signs)"


def lower(source: SourceText) -> ModuleRecord:
    """Return the record of `source`; never raises for bad Python: see `ModuleRecord.syntax_error`.

    A text that nests up to `DEEPEST` levels is read, in a thread with a stack for it where needed.
    """
    noqa = suppressions(source)
    try:
        return ModuleRecord(_body(source.text), noqa, may_have_walrus=":=" in source.text)
    except SyntaxProblemError as error:
        problem = SyntaxProblem(error.message, error.offset, error.message not in (UNREADABLE, TOO_DEEP, TOO_LARGE))
    except RecursionError:
        problem = SyntaxProblem(TOO_DEEP, 0, is_error=False)
    except PositionError as error:
        problem = SyntaxProblem(f"{UNREADABLE}: {error}", 0, is_error=False)
    except Exception as error:  # A newer libcst may know forms that this module does not: the run goes on.
        problem = SyntaxProblem(f"cannot be lowered: {type(error).__name__}: {error}", 0, is_error=False)
    return ModuleRecord((), noqa, problem)


def _body(text: str) -> Block:
    depth = nesting(text)
    if depth > DEEPEST:
        raise SyntaxProblemError(TOO_DEEP, 0)
    if is_too_large(text):
        raise SyntaxProblemError(TOO_LARGE, 0)
    if depth <= HARMLESS:
        try:
            return _lowered(text)
        except RecursionError:
            pass  # The caller's own frames count too.
    return with_deep_stack(lambda: _lowered(text))


def _lowered(text: str) -> Block:
    module = parse(text)
    return statements(module.body, Positions(module, text))
