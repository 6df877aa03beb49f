"""Long texts are compared line by line: what is said of them is what would be said of the same as a whole."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jupyter_prov.check.compare import line_by_line, text
from jupyter_prov.check.compare.base import Context
from jupyter_prov.check.compare.line_by_line import are_apart
from jupyter_prov.report.model import DIFFERS, EQUIVALENT, OutputComparison
from tests.check.outputs import TIMED, compared, shown

PAIRS = [
    ("word", "word"),
    ("word", "another"),
    ("done  ", "done"),
    ("", "   "),
    ("done\r", "done"),
    ("10 %\r50 %", "50 %"),
    ("\x1b[31mred\x1b[0m", "red"),
    ("100%\x1b[K", "100%"),
    ("<A at 0x7f00deadbeef>", "<A at 0x7f00deadbee0>"),
    ("\x1b[1m<A at 0x7f00deadbeef>\x1b[0m  ", "<A at 0x7f00deadbee0>"),
    ("a < b at 0xdeadbeef", "a < b at 0xdeadbee0"),
    ("loss 0.30000000000000004", "loss 0.3"),
    ("loss 0.3", "loss 0.4"),
    ("{'a', 'b'} 0.5", "{'b', 'a'} 0.5"),
    ("{'a', 'b'", "{'b', 'a'"),
    ("Wall time: 7 ms", "Wall time: 9 ms"),
    ("9/9 [00:01<00:00,  9.97it/s]", "9/9 [00:02<00:00, 1.2kit/s]"),
    ("━━━━━━ 9/9 0:00:01", "━━━━━━ 9/9 0:00:02"),
    ("/home/ann/a.csv <A at 0x7f00deadbeef>", "/home/bob/a.csv <A at 0x7f00deadbee0>"),
    ("/tmp/tmpab12cd34/out.csv", "/tmp/tmpzx98yw76/out.csv"),
    ("see /tmp/ipykernel_1/2.py:1", "see /tmp/ipykernel_3/2.py:1"),
]


def both(monkeypatch: pytest.MonkeyPatch, pairs: list[tuple[str, str]], context: Context) -> list[OutputComparison]:
    """The comparison of these lines as a whole, and line by line in blocks of two."""
    found = []
    for longest in (10**9, -1):
        monkeypatch.setattr(text, "_LONG", longest)
        monkeypatch.setattr(line_by_line, "_BLOCK", 2)
        monkeypatch.setattr(line_by_line, "_SLICE", 5)
        found.append(compared(*("\n".join(side) + "\nend" for side in zip(*pairs, strict=True)), context))
    return found


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pairs=st.lists(st.sampled_from(PAIRS), min_size=1, max_size=8), timed=st.booleans())
def test_line_by_line_the_verdict_is_that_of_the_whole(
    monkeypatch: pytest.MonkeyPatch, pairs: list[tuple[str, str]], timed: bool
) -> None:
    whole, by_line = both(monkeypatch, pairs, TIMED if timed else Context())
    assert by_line.verdict == whole.verdict
    assert set(by_line.noise) >= set(whole.noise)


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_line_by_line_noise_has_the_same_names_and_examples(
    monkeypatch: pytest.MonkeyPatch, one: str, other: str
) -> None:
    pairs = [("same", "same"), (one, other), ("same", "same"), (one, other)]
    whole, by_line = both(monkeypatch, pairs, TIMED)
    assert by_line == whole


def test_a_mask_that_one_line_of_many_needs_is_named() -> None:
    addresses = [[f"<A at 0x{side}{n:08x}> is shown" for n in range(3_000)] for side in ("7e", "7f")]
    pair = ["\n".join([*some, end, *some]) for some, end in zip(addresses, ("a  ", "a"), strict=True)]
    found = compared(*pair)
    assert (found.verdict, found.noise) == (EQUIVALENT, ["layout", "memory-address"])


def test_the_line_that_differs_is_told_by_its_number() -> None:
    noisy = "<A at 0x7f00deadbeef>\n" * 60_000
    pair = [noisy + end + noisy for end in ("1\n", "2\n")]
    found = compared(pair[0], pair[1].replace("beef", "bee0"))
    assert (found.verdict, found.summary) == (DIFFERS, "line 60,001: 1 → 2")


def test_a_set_that_is_wrapped_over_lines_of_a_long_text_means_the_same() -> None:
    around = "line\n" * 5_000
    pair = [f"{around}{some}\n{around}" for some in ("{'aa',\n 'b'}", "{'b',\n 'aa'}")]
    assert compared(*(shown(text_plain=one) for one in pair)).noise == ["order-of-set"]


@pytest.mark.parametrize("code", ["\x1b[1A", "\x1b[2J", "\x1b]0;title\n\x07", "\x1b[3;4H"])
def test_texts_with_codes_that_reach_over_lines_are_compared_as_a_whole(code: str) -> None:
    assert not are_apart(f"a\n{code}b", f"a\n{code}c", Context())
    around = "line\n" * 5_000
    assert compared(f"{around}one\n\x1b[1Atwo\n{around}", f"{around}two\n\n{around}"[: -len("\n")]).verdict == DIFFERS
    assert compared(f"{around}one\n\x1b[1Atwo\n", f"{around}two\n").verdict == EQUIVALENT
