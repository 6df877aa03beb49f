"""The names that calls are recorded by: never what they hand over."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_prov.watch.call_names import name_of, names_in
from tests.live import LiveKernel

CALLS = {
    "time.time()": "time.time",
    "api('KEY').time()": "api(…).time",
    "api().time()": "api().time",
    "clients['KEY'].now()": "clients[…].now",
    "(lambda: 'KEY')()": "…",
    "f'{x}KEY'.now()": "….now",
    "{'KEY': time}['KEY'].time()": "…[…].time",
    "a.b(1)(2)[3].c()": "a.b(…)(…)[…].c",
    "sk_live_4eC39HqLyjWDarjtT1zdp7dc.now()": "….now",
    "datetime.datetime.now()": "datetime.datetime.now",
}


@pytest.mark.parametrize("call", CALLS)
def test_a_call_is_named_without_what_it_hands_over(call: str) -> None:
    found = ast.parse(call, mode="eval").body
    assert isinstance(found, ast.Call)
    assert name_of(found.func) == CALLS[call]


@pytest.mark.parametrize("call", CALLS)
def test_names_on_a_line_have_nothing_of_its_texts(call: str) -> None:
    assert not any("KEY" in name or "4eC39" in name for name in names_in(call))


@given(st.text(max_size=60))
def test_any_line_is_looked_through(line: str) -> None:
    assert all(len(name) <= 100 for name in names_in(line))


@pytest.mark.parametrize(
    ("code", "kind", "key"),
    [
        ("class C:\n    def __init__(self, key): self.time = time.time\nC('hunter2').time()", "clock", "reads"),
        ("ks = {'hunter2': time}\nks['hunter2'].time()", "clock", "reads"),
        ("def api(key): return secrets\napi('hunter2').token_hex()", "random", "system"),
        ("import numpy as np\nnp.datetime64('now', 's'), np.datetime64('today')", "clock", "reads"),
        ("{'hunter2': os}['hunter2'].getpid()", "environment", "calls"),
        ("import threading\n(lambda key: threading.Thread(target=print))('hunter2').start()", "concurrency", "started"),
    ],
)
def test_no_factor_records_more_of_a_call_than_its_name(live: LiveKernel, code: str, kind: str, key: str) -> None:
    live.run("import time, secrets, os")
    noted = live.noted(code, kind)
    assert noted[key]
    assert "hunter2" not in str(noted)
