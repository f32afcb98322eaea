"""Values that change in place, such as lists and Configs, where only one of several branches runs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from nemorun_lint.link.values import ConfigValue, ItemsValue, UnknownValue, Value

_DIFFERS = "differs between branches"


@dataclass
class _State:
    """What a value holds at one point: the items of a display, or the arguments of a Config, by key."""

    items: list[Value] | None
    keys: list[Value] | None
    keywords: dict[str, Value] | None


class Snapshot:
    """The contents of all values that some names reach, to be put back before each branch and joined behind the last.

    It holds on to the values, so that they can be known by identity.
    """

    def __init__(self, roots: Iterable[Value]) -> None:
        self._values = list(_reachable(roots))
        self._before = [_state(value) for value in self._values]
        self._after: list[list[_State]] = []

    def restore(self) -> None:
        """Put back what the values held at first."""
        for value, state in zip(self._values, self._before, strict=True):
            _put(value, state)

    def end_branch(self) -> None:
        """Take note of what the values hold at the end of a branch."""
        self._after.append([_state(value) for value in self._values])

    def join(self) -> list[Value]:
        """Keep what all branches left alike; the rest becomes unknown, and is returned."""
        lost: list[Value] = []
        for position, value in enumerate(self._values):
            states = [states[position] for states in self._after]
            if states:
                _put(value, _joined(states, lost))
        return lost


def _reachable(roots: Iterable[Value]) -> Iterator[ItemsValue | ConfigValue]:
    stack, seen = list(roots), set[int]()
    while stack:
        value = stack.pop()
        if not isinstance(value, (ItemsValue, ConfigValue)) or id(value) in seen:
            continue
        seen.add(id(value))
        yield value
        if isinstance(value, ItemsValue):
            stack += value.items or ()
        else:
            stack += [*(value.positionals or ()), *(value.keywords or {}).values()]


def _state(value: ItemsValue | ConfigValue) -> _State:
    if isinstance(value, ConfigValue):
        return _State(None, None, None if value.keywords is None else dict(value.keywords))
    items = None if value.items is None else list(value.items)
    return _State(items, None if value.keys is None else list(value.keys), None)


def _put(value: ItemsValue | ConfigValue, state: _State) -> None:
    if isinstance(value, ConfigValue):
        value.keywords = None if state.keywords is None else dict(state.keywords)
    else:
        value.items = None if state.items is None else list(state.items)
        value.keys = None if state.keys is None else list(state.keys)


def _joined(states: list[_State], lost: list[Value]) -> _State:
    first = states[0]
    if any(len(state.items or ()) != len(first.items or ()) for state in states) or any(
        (state.items is None) != (first.items is None) for state in states
    ):
        lost += [item for state in states for item in state.items or ()]
        return _State(None, None, None)
    items = None
    if first.items is not None:
        items = [_alike([(state.items or [])[i] for state in states], lost) for i in range(len(first.items))]
    return _State(items, first.keys, _joined_keywords([state.keywords for state in states], lost))


def _joined_keywords(states: list[dict[str, Value] | None], lost: list[Value]) -> dict[str, Value] | None:
    known = [state for state in states if state is not None]
    if len(known) != len(states):
        return None
    names = {name: None for state in known for name in state}
    return {name: _alike([state.get(name) for state in known], lost) for name in names}


def _alike(values: list[Value | None], lost: list[Value]) -> Value:
    first = values[0]
    if first is not None and all(value is first for value in values):
        return first
    lost += [value for value in values if value is not None]
    return UnknownValue(_DIFFERS)
