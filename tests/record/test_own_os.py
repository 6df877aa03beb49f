"""`os` as it is for us, whatever a notebook puts in the place of its functions."""

from __future__ import annotations

import os
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

import pytest

from jupyter_prov.record.original_os import os as own_os


def failing(*_: Any, **__: Any) -> Any:
    raise AssertionError("a function of the notebook was called")


def test_no_function_that_was_put_in_place_is_called(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "there").mkdir()
    with monkeypatch.context() as replaced:
        for module in (os, os.path):
            for name, value in [*vars(module).items()]:
                if callable(value) and not isinstance(value, type) and not name.startswith("_"):
                    replaced.setattr(module, name, failing)
        found = own_os.path.abspath("there"), own_os.path.realpath("there"), own_os.path.isdir("there")
        listed = next(names for _, names, _ in own_os.walk("."))
        home = own_os.path.expanduser("~")
    assert found == (str(tmp_path / "there"), str((tmp_path / "there").resolve()), True)
    assert listed == ["there"]
    assert home == os.path.expanduser("~")


def test_all_is_there_and_only_functions_are_others() -> None:
    for mine, theirs in ((own_os, os), (own_os.path, os.path)):
        assert vars(mine).keys() == vars(theirs).keys()
        others = {name for name, value in vars(theirs).items() if vars(mine)[name] is not value}
        kinds = {type(vars(theirs)[name]) for name in others - {"__builtins__"}}
        assert kinds == {FunctionType, ModuleType}
