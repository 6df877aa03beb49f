"""What may be a key: recorded as drawn, never with its value, and pinned in a re-run where that is asked for."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from blake3 import blake3

from tests.kernel.replaying import Ran, planned, rerunning, run
from tests.live import LiveKernel, kernel

KEYS = {
    "os.urandom": "os.urandom(16).hex()",
    "secrets.token_hex": "secrets.token_hex()",
    "secrets.token_bytes": "secrets.token_bytes(20).hex()",
    "secrets.token_urlsafe": "secrets.token_urlsafe(20)",
    "secrets.randbits": "secrets.randbits(90)",
    "secrets.randbelow": "secrets.randbelow(10**20)",
    "secrets.choice": "''.join(secrets.choice('abcdefghijkl') for _ in range(20))",
    "random.SystemRandom().random": "random.SystemRandom().random()",
    "system.getrandbits": "system.getrandbits(100)",
    "system.sample": "system.sample(range(10**9), 3)",
    "ssl.RAND_bytes": "ssl.RAND_bytes(16).hex()",
    "helper.key": "helper.key()",
}
SETUP = """
import importlib, os, random, secrets, ssl
open('helper.py', 'w').write('import secrets\\ndef key():\\n    return secrets.token_hex()\\n')
importlib.invalidate_caches()
import helper
system = random.SystemRandom()
"""
CELLS = {"setup": SETUP} | {call: f"print({code})" for call, code in KEYS.items()}


@pytest.fixture(scope="module")
def recorded(live: LiveKernel) -> Ran:
    return run(live, CELLS)


@pytest.mark.parametrize("call", KEYS)
def test_a_key_is_noted_as_drawn_and_never_with_its_value(call: str, recorded: Ran, live: LiveKernel) -> None:
    noted = recorded.noted(call)
    (drawn,) = noted.pop("system")
    assert noted == {}
    assert drawn["line"] == 1
    expected = "secrets.token_hex" if call == "helper.key" else call
    assert drawn["call"] in (expected, expected.rpartition(").")[2])  # before Python 3.11 only names are known
    value = recorded.shown[call].strip()
    told = str(live.entries) + str(recorded.session)
    values = {value, *value.strip("[]").split(", ")}
    if call.startswith(("os", "ssl", "secrets.token_hex", "secrets.token_bytes", "helper")):
        raw = bytes.fromhex(value)
        values |= {str(list(raw)), str(raw), base64.b64encode(raw).decode(), str(int(value, 16)), f"{int(value, 16):x}"}
        values |= {blake3(raw).hexdigest(length=8), blake3(str(raw).encode()).hexdigest(length=8)}
    values |= {blake3(value.encode()).hexdigest(length=8)}
    assert not [text for text in values if text in told]


def test_the_keys_of_libraries_are_their_own_affair(live: LiveKernel) -> None:
    live.run("import tempfile, uuid, json, http.cookiejar, numpy as np")
    assert "system" not in live.noted("uuid.uuid4(); np.random.default_rng(); tempfile.mktemp()", "random")


def test_pinned_sessions_agree_and_others_do_not(python: str, tmp_path: Path, recorded: Ran) -> None:
    shown = []
    for number, pin in enumerate(("a constant", "a constant", "another", None)):
        with rerunning(tmp_path / str(number), python, planned(recorded, pin=pin)) as live:
            shown.append(run(live, CELLS).shown)
    for call in KEYS:
        first, second, other, free = (one[call] for one in shown)
        assert first == second
        assert len({first, other, free, recorded.shown[call]}) == 4


def test_a_pinned_stream_gives_as_many_bytes_as_were_asked_for_and_other_ones_each_time(
    python: str, tmp_path: Path
) -> None:
    cells = {
        "keys": "import os; keys = [os.urandom(n) for n in (0, 1, 16, 16, 100_000)]\n"
        "print(*map(len, keys)); assert keys[2] != keys[3]"
    }
    (tmp_path / "project").mkdir()
    with kernel(tmp_path / "project", python) as live:
        recorded = run(live, cells)
    with rerunning(tmp_path / "again", python, planned(recorded, pin="x")) as live:
        assert run(live, cells).shown == recorded.shown == {"keys": "0 1 16 16 100000\n"}
        live.run("os.urandom(-1)")
        assert "ValueError" in live.text
