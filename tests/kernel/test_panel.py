"""`%prov panel`: the live summary as a widget that follows the session."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jupyter_prov.record import digests
from jupyter_prov.record.model import OK
from tests.live import LiveKernel, companion, kernel

VIEW = "application/vnd.jupyter.widget-view+json"
BOX = f"{companion('Panel')}._box"
PARTS = f"[c.value for c in {BOX}.children]"


def asked(live: LiveKernel, expression: str) -> Any:
    """The value of an expression, of which the session hears nothing."""
    content = {"code": "", "silent": True, "store_history": False, "user_expressions": {"it": expression}}
    reply = live.request(content)["user_expressions"]["it"]
    assert reply["status"] == "ok", reply
    return reply["data"]["text/plain"]


@pytest.fixture
def shown(project: Path, python: str) -> Iterator[LiveKernel]:
    with kernel(project, python) as live:
        live.run("try:\n    import ipywidgets\n    print('there')\nexcept ImportError: pass")
        if "there" not in live.text:
            pytest.skip("this Python has no ipywidgets")
        yield live


def test_it_is_shown_with_the_summary_as_its_text_and_follows_the_session(shown: LiveKernel) -> None:
    shown.run("%prov panel")
    [output] = shown.outputs
    assert output["metadata"] == digests.DISPLAY
    assert output["data"][VIEW]["model_id"]
    assert output["data"]["text/plain"].startswith("Not checked\n")
    assert "'Not checked'" in asked(shown, f"{BOX}.titles")
    shown.run("import random\nrandom.random()\nopen('<b>made.txt', 'w').write('x')")
    shown.until(lambda: "drew from random without a seed" in asked(shown, PARTS), "the draw in the panel")
    shown.until(lambda: "made.txt" in asked(shown, PARTS), "the file in the panel")
    assert "<b>" not in asked(shown, PARTS)
    titles = asked(shown, f"{BOX}.titles")
    assert "'Would not reproduce · 1 reason'" in titles
    assert "'Randomness (1)'" in titles
    assert "'Clock'" in titles


def test_its_words_are_those_of_the_summary(shown: LiveKernel) -> None:
    shown.run("%prov panel")
    shown.run("import time; time.time()")
    shown.until(lambda: "time.time read the clock" in asked(shown, PARTS), "the read in the panel")
    shown.run("%prov clock")
    assert "! time.time read the clock" in shown.text
    assert "! time.time read the clock" in asked(shown, PARTS)


def test_it_leaves_no_trace_in_the_record(project: Path, python: str) -> None:
    with kernel(project, python) as live:
        first = live.ran("%prov panel")
        if VIEW not in live.outputs[0]["data"]:
            pytest.skip("this Python has no ipywidgets")
        assert first.outcome == OK
        assert first.evidence == {"order": {"uses": ["get_ipython"]}}
        for _ in range(3):
            execution = live.ran("import asyncio\nfor _ in range(10): await asyncio.sleep(0.05)")
            assert set(execution.evidence) == {"order"}
        assert live.ran("import random; random.random()").evidence["random"]["draws"][0]["seeded"] is False


def test_a_session_has_one_however_often_it_is_shown(shown: LiveKernel) -> None:
    count = "len(__import__('ipywidgets').widgets.widget._instances)"
    shown.run("%prov panel")
    model = shown.outputs[0]["data"][VIEW]["model_id"]
    before = asked(shown, count)
    for _ in range(3):
        shown.run("%prov panel")
        assert shown.outputs[0]["data"][VIEW]["model_id"] == model
    assert asked(shown, count) == before


@pytest.mark.parametrize("by", ["front end", "unloading"])
def test_what_is_closed_follows_no_more(shown: LiveKernel, by: str) -> None:
    shown.run("import ipywidgets.widgets.widget as w\nlive = lambda: len(w._instances)")
    shown.run("%prov panel")
    model = shown.outputs[0]["data"][VIEW]["model_id"]
    listeners = "len(get_ipython()._jupyter_prov_recording.listeners)"
    assert asked(shown, listeners) == "1"
    if by == "unloading":
        shown.run("%unload_ext jupyter_prov")
    else:
        message = shown.client.session.msg("comm_close", {"comm_id": model, "data": {}})
        shown.client.shell_channel.send(message)
        shown.until(lambda: asked(shown, listeners) == "0", "the panel was closed")
    assert asked(shown, "live()") == "0"
    if by == "front end":
        shown.run("%prov panel")
        assert shown.outputs[0]["data"][VIEW]["model_id"] != model


def test_without_ipywidgets_it_says_so_and_shows_what_there_is(project: Path, python: str) -> None:
    with kernel(project, python) as live:
        live.run("import sys; sys.modules['ipywidgets'] = None")
        live.run("%prov panel")
        assert "%prov panel needs ipywidgets" in live.outputs[0]["data"]["text/plain"]
        assert live.outputs[1]["data"]["text/plain"].startswith("Not checked\n")
        assert digests.of_outputs(live.outputs, "%prov panel") == []
