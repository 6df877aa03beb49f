"""Order: names that a live cell binds, changes and deletes, those that its source does not show among them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.live import LiveKernel


def order(live: LiveKernel, code: str) -> dict[str, Any]:
    return live.noted(code, "order")


UNSEEN = {
    "exec('made_a = 1')": "made_a",
    "globals()['made_b'] = 1": "made_b",
    "get_ipython().user_ns['made_c'] = 1": "made_c",
    "%%capture made_d\n1": "made_d",
    "made_e = !ls": "made_e",
    "made_f = %pwd": "made_f",
    "from colorsys import *": "* rgb_to_hsv hsv_to_rgb",
    "%%bash --out made_g\necho 1": "made_g",
    "open('made.py', 'w').write('made_h = 1') and get_ipython().run_line_magic('run', 'made.py')": "made_h",
}


@pytest.mark.parametrize("code", UNSEEN)
def test_names_that_come_to_be_unseen(live: LiveKernel, code: str) -> None:
    assert set(UNSEEN[code].split()) <= set(order(live, code)["defines"])


def test_names_that_are_bound_anew_unseen(live: LiveKernel) -> None:
    for _ in range(2):
        assert order(live, "exec('anew = object()')")["defines"] == ["anew"]


def test_names_that_vanish_are_deleted(live: LiveKernel) -> None:
    live.run("gone = also_gone = 1")
    assert order(live, "del gone")["deletes"] == ["gone"]
    assert order(live, "exec('del also_gone')")["deletes"] == ["also_gone"]


def test_nothing_of_ipythons_own_is_among_them(live: LiveKernel) -> None:
    assert order(live, "1 + 1") == {}
    assert order(live, "exec('1'); _; __; In, Out\n!true").get("defines") is None


def test_a_function_changes_what_it_changes_where_it_is_called(live: LiveKernel) -> None:
    live.run("items, count = [], 0")
    source = "def add():\n    global count\n    items.append(1)\n    count = 1"
    assert order(live, source)["defines"] == ["add"]
    assert "changes" not in order(live, source)
    assert order(live, "add()")["changes"] == ["items"]  # a number is never changed, and bound again it is below
    assert order(live, "import math\nmath.floor(2.5)\nmath.sqrt(2)").get("changes") is None


def test_a_star_import_is_a_blind_spot_told_once(live: LiveKernel) -> None:
    for _ in range(2):
        live.run("from colorsys import *")
    assert len([spot for spot in live.log().blind_spots if "colorsys" in spot]) == 1


def test_child_processes_are_a_blind_spot_told_once(live: LiveKernel) -> None:
    live.run("import multiprocessing")
    assert not [spot for spot in live.log().blind_spots if "multiprocessing" in spot]
    for _ in range(2):
        live.run("p = multiprocessing.Process(target=int); p.start(); p.join()")
    assert len([spot for spot in live.log().blind_spots if "multiprocessing" in spot]) == 1
