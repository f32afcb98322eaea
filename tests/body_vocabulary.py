"""The names that generated autoconvert bodies use; a real module, and a file to the linter.

Functions leave an event when they run, so that a call that is dropped shows. What they return depends on
`WORLD`: 0 gives an ordinary value, 1 gives a falsy one, so that a value which only happens to agree shows too.
"""

import functools
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, ClassVar, NamedTuple

import nemo_run as run

EVENTS: list[str] = []
WORLD = [0]
LOGGER = logging.getLogger("body_vocabulary")


class _Recorder(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        EVENTS.append("log " + record.getMessage())


LOGGER.handlers[:] = [_Recorder()]
LOGGER.setLevel(logging.INFO)
LOGGER.propagate = False


def event(name: str) -> bool:
    """Note that something ran; whether the world gives ordinary values."""
    EVENTS.append(name)
    return WORLD[0] == 0


@dataclass
class Inner:
    a: int = 1
    b: str = "b"
    tags: list[str] = field(default_factory=list)
    kind: ClassVar[str] = "inner"

    @property
    def double(self) -> int:
        return self.a * 2

    def scaled(self, by: int) -> int:
        return self.a * by


@dataclass
class Child(Inner):
    c: Any = None


@dataclass
class Required:
    need: Any
    more: Any = None


@dataclass
class Holder:
    value: Any = None
    other: Any = None
    third: Any = None


class Plain:
    level = 3

    def __init__(self, a: Any, b: Any = None) -> None:
        self.a = a
        self.b = b

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Plain) and vars(self) == vars(other)

    def method(self, n: int = 1) -> int:
        return n

    @classmethod
    def create(cls, a: Any) -> "Plain":
        event("create")
        return cls(a)

    @staticmethod
    def plus(a: int, b: int) -> int:
        return a + b if event("plus") else 0


class Bare:
    def __init__(self, *args: Any, **extra: Any) -> None:
        self.args = list(args)
        self.extra = extra


class Sized:
    def __init__(self, items: Any) -> None:
        self.items = items

    def __len__(self) -> int:
        return 0 if WORLD[0] else 2

    def __call__(self, n: int) -> int:
        return n if event("called") else 0


class Point(NamedTuple):
    x: Any = 0
    y: Any = 0


class Color(Enum):
    RED = 1
    BLUE = 2


def add(a: int, b: int = 2) -> int:
    return a + b if event("add") else 0


def untyped(x, y=None):  # type: ignore[no-untyped-def]
    return x if event("untyped") else None


def maybe(x: int) -> int | None:
    return x if event("maybe") else None


def flag(x: int = 0) -> bool:
    return event("flag")


def name_of(x: Any) -> str:
    return f"n{x}" if event("name_of") else ""


def make_list(n: int) -> list[int]:
    return list(range(n)) if event("make_list") else []


def make_dict(**values: Any) -> dict[str, Any]:
    return values if event("make_dict") else {}


def pair(a: Any, b: Any) -> tuple[Any, Any]:
    event("pair")
    return (a, b)


def make_inner(a: int = 5) -> Inner:
    event("make_inner")
    return Inner(a)


def make_plain(a: int = 1) -> Plain:
    event("make_plain")
    return Plain(a)


def make_adder(n: int) -> Callable[[int], int]:
    event("make_adder")
    return functools.partial(add, n)


def make_class() -> type[Inner]:
    event("make_class")
    return Inner


def config_inner(a: int = 1) -> run.Config[Inner]:
    event("config_inner")
    return run.Config(Inner, a=a)


def config_unannotated(a=1):  # type: ignore[no-untyped-def]
    event("config_unannotated")
    return run.Config(Inner, a=a)


def config_changed(a: int = 1):  # type: ignore[no-untyped-def]
    event("config_changed")
    config = run.Config(Holder, value=a)
    config.other = run.Config(Inner, a=a)
    return config


def config_of_config(a: int = 1):  # type: ignore[no-untyped-def]
    return config_unannotated(a)


def partial_add(n: int = 1) -> run.Partial[Any]:
    return run.Partial(add, n)


@run.autoconvert
def auto_inner(a: int = 1) -> Inner:
    return Inner(a, b="auto")


@run.autoconvert
def auto_config_inner(a: int = 1) -> run.Config[Inner]:
    return run.Config(Inner, a=a)


@run.autoconvert
def auto_plain(a: int = 1) -> Plain:
    return Plain(a)


@run.autoconvert(partial=True)
def auto_partial(n: int = 1) -> Any:
    return add(n)


@run.cli.factory
def factory_inner(a: int = 1) -> run.Config[Inner]:
    event("factory_inner")
    return run.Config(Inner, a=a)


@run.cli.factory
@run.autoconvert
def auto_factory_inner(a: int = 1) -> run.Config[Inner]:
    return Inner(a)  # type: ignore[return-value]


def counted(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def inner(*args: Any, **keywords: Any) -> Any:
        event("counted")
        return function(*args, **keywords)

    return inner


@counted
def wrapped(a: int, b: int = 1) -> int:
    return a + b if event("wrapped") else 0


@functools.lru_cache
def cached(a: int) -> int:
    return a


INSTANCE = Inner(7, "seven")
PLAIN = Plain(8)
CONFIG = run.Config(Inner, a=9)
NUMBERS = [1, 2]
TABLE = {"a": 1, "b": 2}


def reset(world: int) -> None:
    """Undo what a program did to this module, and choose the world."""
    EVENTS.clear()
    WORLD[0] = world
    INSTANCE.__dict__.update(a=7, b="seven", tags=[])
    PLAIN.__dict__.clear()
    PLAIN.__dict__.update(a=8, b=None)
    if CONFIG.__arguments__ != {"a": 9}:  # each write makes its history longer
        CONFIG.a = 9
    NUMBERS[:] = [1, 2]
    TABLE.clear()
    TABLE.update(a=1, b=2)
