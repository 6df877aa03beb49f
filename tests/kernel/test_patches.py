"""Replaced functions: told of, and otherwise as they were."""

from __future__ import annotations

import math
import types
import warnings
from collections.abc import Iterator
from typing import Any

import pytest

from jupyter_prov.watch.guard import Guard
from jupyter_prov.watch.hooks import Patches


def warn() -> None:
    warnings.warn("old", UserWarning, stacklevel=2)


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    before, code = vars(math).copy(), warn.__code__
    yield
    vars(math).update(before)
    warn.__code__ = code


@pytest.fixture
def module() -> types.ModuleType:
    found = types.ModuleType("a_module")
    found.warn, found.root, found.add = warn, math.sqrt, lambda a, b=1: a + b  # type: ignore[attr-defined]
    return found


def test_calls_are_told_with_caller_arguments_and_value(module: Any) -> None:
    told: list[Any] = []
    patches = Patches(Guard())
    patches.wrap(module, "add", lambda *call: told.append(call), before=lambda *call: told.append(call))
    assert module.add(2, b=3) == 5
    assert [(frame.f_code.co_name, *rest) for frame, *rest in told] == [
        ("test_calls_are_told_with_caller_arguments_and_value", (2, 3), {}, None),
        ("test_calls_are_told_with_caller_arguments_and_value", (2, 3), {}, 5),
    ]


def test_a_warning_names_the_caller_still(module: Any) -> None:
    Patches(Guard()).wrap(module, "warn", lambda *_: None)
    with pytest.warns(UserWarning, match="old") as caught:
        module.warn()
    assert caught[0].filename == __file__


def test_what_raises_is_not_told_as_done(module: Any) -> None:
    told: list[Any] = []
    Patches(Guard()).wrap(module, "root", lambda *call: told.append(call))
    with pytest.raises(ValueError, match=r"domain|negative|nonnegative"):
        module.root(-1)
    assert told == []


def test_a_note_that_fails_changes_nothing(module: Any) -> None:
    guard = Guard()
    Patches(guard).wrap(module, "root", lambda *_: 1 / 0)
    assert module.root(4) == 2
    assert guard.take() == ["root failed: ZeroDivisionError: division by zero"]


def test_a_function_in_c_stays_one_in_a_class(module: Any) -> None:
    Patches(Guard()).wrap(module, "root", lambda *_: None)

    class Uses:
        root = module.root

    assert Uses().root(9) == 3
    assert repr(module.root) == repr(math.sqrt)


def test_originals_come_back(module: Any) -> None:
    before, code = vars(module).copy(), module.add.__code__
    patches = Patches(Guard())
    for name in ("root", "add", "root", "missing"):
        patches.wrap(module, name, lambda *_: None)
    assert module.root is not before["root"]
    assert module.add is before["add"]
    assert module.add.__code__ is not code
    patches.restore()
    assert all(vars(module)[name] is value for name, value in before.items())
    assert module.add.__code__ is code


def test_what_stands_around_a_function_is_put_there_once_and_taken_away(module: Any) -> None:
    told: list[Any] = []

    def make(original: Any) -> Any:
        def add(*args: Any) -> Any:
            told.append(args)
            return original(*args)

        return add

    patches = Patches(Guard())
    for name in ("add", "add", "missing"):
        patches.around(module, name, make)
    assert module.add(1, 2) == 3
    assert told == [(1, 2)]
    patches.restore()
    assert module.add(1, 2) == 3
    assert told == [(1, 2)]


def test_what_somebody_else_replaced_later_stays_theirs(module: Any) -> None:
    patches = Patches(Guard())
    patches.wrap(module, "root", None)
    module.root = theirs = lambda: 2
    patches.restore()
    assert module.root is theirs
