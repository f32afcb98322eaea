"""The judge of meaning: what a generated autoconvert function builds to, beside what the function itself returns."""

import contextlib
import copy
import functools
import importlib.util
import inspect
import io
import math
import re
import sys
import traceback
import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import body_vocabulary as vocabulary
import fiddle as fdl
from body_generator import Body

_DEPENDS_ON_WORLD = re.compile(r"\b(add|untyped|maybe|flag|name_of|make_list|make_dict|plus|wrapped|Sized)\b")

_MISSING = object()

# By identity; the object itself is kept, so that no other takes its place.
Memo = dict[int, tuple[Any, Any]]


@dataclass(frozen=True)
class Outcome:
    """What happened: `verdict` is "equal", "differs" or "raises", or "invalid" where the function itself fails.

    `row` is the 1-based row in the file where the exception was raised, if it was raised there.
    """

    verdict: str
    detail: str = ""
    row: int | None = None


def load(text: str, name: str, directory: Path) -> types.ModuleType:
    """Write `text` as the module `name` and import it."""
    path = directory / f"{name}.py"
    path.write_text(text, encoding="utf-8")
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def judge(module: types.ModuleType, body: Body) -> Outcome:
    """Run `body`, in both worlds where they differ; the first world that does not agree decides."""
    converted = getattr(module, body.name)
    first = _in_world(0, converted, module.__file__ or "")
    if first.verdict in {"differs", "raises"} or not _DEPENDS_ON_WORLD.search(body.text):
        return first
    second = _in_world(1, converted, module.__file__ or "")
    return first if second.verdict in {"invalid", "equal"} and first.verdict == "equal" else second


def _in_world(world: int, converted: Callable[..., Any], path: str) -> Outcome:
    try:
        expected = _observed(world, lambda: built(converted.__wrapped__()))  # type: ignore[attr-defined]
    except Exception as error:
        return Outcome("invalid", f"{type(error).__name__}: {error}")
    try:
        actual = _observed(world, lambda: fdl.build(converted()))
    except Exception as error:
        return Outcome("raises", f"{type(error).__name__}: {error}"[:300], _row(error, path))
    detail = difference(expected, actual)
    return Outcome("differs", detail) if detail else Outcome("equal")


def _row(error: BaseException, path: str) -> int | None:
    if isinstance(error, SyntaxError):
        return error.lineno
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == path]
    return frames[-1].lineno if frames else None


def _observed(world: int, call: Callable[[], Any]) -> tuple[Any, str, list[str]]:
    vocabulary.reset(world)
    with contextlib.redirect_stdout(io.StringIO()) as output:
        value = call()
    # Copied, since later programs change the objects of the vocabulary.
    return (copy.deepcopy(value), output.getvalue(), sorted(vocabulary.EVENTS))


def built(value: Any, memo: Memo | None = None) -> Any:
    """Return `value` with every config in it, at any depth, built: what the author means by it."""
    memo = {} if memo is None else memo
    if id(value) not in memo:
        memo[id(value)] = (value, _built(value, memo))
    return memo[id(value)][1]


def _built(value: Any, memo: Memo) -> Any:
    if isinstance(value, fdl.Buildable):
        return built(fdl.build(value), memo)
    if isinstance(value, (list, set, frozenset)) or type(value) is tuple:
        return type(value)(built(item, memo) for item in value)
    if isinstance(value, tuple):
        return type(value)(*(built(item, memo) for item in value))
    if isinstance(value, dict):
        return {key: built(item, memo) for key, item in value.items()}
    if isinstance(value, functools.partial):
        arguments = [built(item, memo) for item in value.args]
        return functools.partial(value.func, *arguments, **built(value.keywords, memo))
    if type(value).__module__ == vocabulary.__name__ and hasattr(value, "__dict__") and not _is_enum(value):
        twin = copy.copy(value)
        vars(twin).update(built(vars(value), memo))
        return twin
    return value


def _is_enum(value: Any) -> bool:
    return isinstance(value, vocabulary.Color)


def difference(expected: Any, actual: Any, path: str = "result") -> str:
    """Return where two object graphs differ first, "" where they do not."""
    if type(expected) is not type(actual):
        return f"{path}: {expected!r} beside {actual!r}"
    for step, left, right in _parts(expected, actual):
        found = difference(left, right, f"{path}{step}")
        if found:
            return found
    return "" if _same(expected, actual) else f"{path}: {expected!r} beside {actual!r}"


def _parts(left: Any, right: Any) -> Iterator[tuple[str, Any, Any]]:
    if isinstance(left, (list, tuple)):
        yield from ((f"[{index}]", *both) for index, both in enumerate(zip(left, right, strict=False)))
    elif isinstance(left, dict):
        yield from ((f"[{key!r}]", left[key], right[key]) for key in left if key in right)
    elif isinstance(left, functools.partial):
        yield (".func", left.func, right.func)
        yield (".arguments", _bound(left), _bound(right))
    elif _is_object(left):
        # As a reader sees them: a deleted field with a default still reads as its default.
        names = sorted({*vars(left), *vars(right)})
        yield from ((f".{name}", getattr(left, name, _MISSING), getattr(right, name, _MISSING)) for name in names)
    elif isinstance(left, types.MethodType):
        yield from ((f".{name}", getattr(left, name), getattr(right, name)) for name in ("__func__", "__self__"))


def _bound(value: functools.partial[Any]) -> dict[str, Any]:
    """The arguments by name: fiddle binds positional ones by keyword."""
    return dict(inspect.signature(value.func).bind_partial(*value.args, **value.keywords).arguments)


def _is_object(value: Any) -> bool:
    return type(value).__module__ == vocabulary.__name__ and hasattr(value, "__dict__") and not _is_enum(value)


def _same(left: Any, right: Any) -> bool:
    if isinstance(left, float):
        return left == right or (math.isnan(left) and math.isnan(right))
    if isinstance(left, (list, tuple)):
        return len(left) == len(right)
    if isinstance(left, dict):
        return list(left) == list(right)
    if isinstance(left, (functools.partial, types.MethodType)) or _is_object(left):
        return True
    # Some objects of the standard library compare by identity (operator.itemgetter).
    return bool(left == right) or (type(left).__eq__ is object.__eq__ and repr(left) == repr(right))
