"""Progress bars, cursors, paths and errors: what is noise in them, and what never is."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from jupyter_prov.check.compare.base import Context
from jupyter_prov.report.model import DIFFERS, EQUIVALENT, CellReport, NotebookReport
from jupyter_prov.report.terminal import show
from tests.check.outputs import compared, error, shown
from tests.check.work import linear_work

PIP = "   ━━━━━━━━━━━━━━━━━━━━━━ {} MB {} MB/s eta {}\n"
OLD_PIP = "     |████████████████████| {} MB {} MB/s eta 0:00:01\n"
RICH = "Working... ━━━━━━━━━━━━━━━━━━━━━ {}% {}\n"
KERAS = "{}/100 ━━━━━━━━━━━━━━━━━━━━ {}s {}ms/step - loss: {}\n"


@pytest.mark.parametrize(
    ("recorded", "rerun", "changed"),
    [
        (PIP.format("2/2", "4.6", "0:00:00"), PIP.format("2/2", "9.1", "-:--:--"), PIP.format("2/3", "4.6", "-:--:--")),
        (OLD_PIP.format("12.3", "45.6"), OLD_PIP.format("12.3", "1.2"), OLD_PIP.format("12.4", "1.2")),
        (RICH.format(100, "0:00:01"), RICH.format(100, "0:00:02"), RICH.format(90, "0:00:02")),
        (KERAS.format(100, 1, 12, 0.5), KERAS.format(100, 2, 13, 0.5), KERAS.format(100, 2, 13, 0.6)),
        (KERAS.format(100, 1, 12, 0.5), KERAS.format(100, 2, 13, 0.5), KERAS.format(99, 2, 13, 0.5)),
    ],
)
def test_times_and_rates_of_bars_are_noise_and_totals_are_not(recorded: str, rerun: str, changed: str) -> None:
    found = compared(recorded, rerun)
    assert (found.verdict, found.noise) == (EQUIVALENT, ["progress"])
    assert compared(recorded, changed).verdict == DIFFERS


@pytest.mark.parametrize(
    ("printed", "screen"),
    [
        ("one\ntwo\x1b[1A\rsix\n", "six\ntwo"),
        ("12345\x1b[3D\x1b[Kx", "12x"),
        ("12345\r\x1b[2Kab", "ab"),
        ("a\nb\nc\x1b[2J\x1b[Hz", "z"),
        ("a\x1b[3Cb", "a   b"),
        ("ab\x1b[1Gc", "cb"),
        ("a\nb\nc\x1b[2Fx\x1b[J", "x"),
    ],
)
def test_codes_that_move_the_cursor_do_what_a_terminal_does(printed: str, screen: str) -> None:
    found = compared(printed, screen)
    assert (found.verdict, found.noise) == (EQUIVALENT, ["terminal"])
    assert compared(printed + "1", screen + "2").verdict == DIFFERS


@pytest.mark.parametrize(
    ("recorded", "rerun"),
    [
        ("GET /home/ann", "GET /home/bob"),
        ("https://x.org/home/a/b", "https://x.org/home/c/b"),
        ("/home/ann/a.csv", "/home/bob/b.csv"),
        ("/tmp/results_a/x", "/tmp/results_b/x"),
        ("/tmp/tmpab12cd34/a.csv", "/tmp/tmpab12cd34/b.csv"),
        ("1.5", "np.float64(1.5)"),
        ("dtype: object", "dtype: str"),
    ],
)
def test_paths_and_reprs_that_mean_something_differ(recorded: str, rerun: str) -> None:
    assert compared(recorded, rerun).verdict == DIFFERS


def test_errors_of_two_versions_of_ipython_are_one() -> None:
    old = error("E", "no 0.30000000000000004", "<ipython-input-5-ab12> in <module>", "----> 2 f(1)")
    new = error("E", "no 0.3", "Cell In[5], line 2", "----> 2 f(1)")
    assert compared(old, new).verdict == EQUIVALENT
    other = error("E", "no 0.3", "Cell In[5], line 2", "----> 2 f(2)")
    assert compared(old, other).verdict == DIFFERS
    assert compared(old, error("E", "no 0.4", "Cell In[5], line 2", "----> 2 f(1)")).verdict == DIFFERS


def syntax_error(place: str, file: str, source: str = "def f(:") -> dict[str, object]:
    told = f"  {place}, line 1\n    {source}\n          ^\nSyntaxError: invalid syntax\n"
    return error("SyntaxError", f"invalid syntax ({file}, line 1)", told)


@pytest.mark.parametrize(
    ("place", "file"),
    [
        ('File "<ipython-input-5-ab12cd34ef56>"', "<ipython-input-5-ab12cd34ef56>"),
        ('\x1b[0;36mFile \x1b[0;32m"/tmp/ipykernel_71/2354412189.py"\x1b[0m', "2354412189.py"),
    ],
)
def test_a_syntax_error_of_two_versions_of_ipython_is_one(place: str, file: str) -> None:
    old, new = syntax_error(place, file), syntax_error("Cell In[7]", "1009501474.py")
    found = compared(old, new)
    assert (found.verdict, "layout" in found.noise) == (EQUIVALENT, True)
    assert compared(old, syntax_error("Cell In[7]", "1009501474.py", "def g(:")).verdict == DIFFERS
    assert compared(old, {**new, "evalue": "invalid syntax (1009501474.py, line 2)"}).verdict == DIFFERS
    assert compared(error("E", "lost (12.py, line 1) of 3"), error("E", "lost (13.py, line 1) of 3")).verdict == DIFFERS


def test_the_summary_tells_how_many_lines_differ() -> None:
    assert compared("a\nb\nc\nd", "a\nx\nc\ny").summary == "line 2: b → x and 1 more line"
    assert compared("0.1\nb", "0.10000000000000001\nx").summary == "line 2: b → x"


def test_the_report_shows_what_noise_hid_where_it_is_asked() -> None:
    found = compared("<A at 0x7f00deadbeef>", "<A at 0x7f00deadbee0>")
    cell = CellReport(0, "a", EQUIVALENT, [found])
    environment = {"source": "current", "python": "3.12.0", "packages": 1, "missing": [], "changed": []}
    report = NotebookReport("a.ipynb", environment, [], [], [cell], [], 1, 1.0)
    for noise in (True, False):
        console = Console(file=io.StringIO(), width=120)
        show(report, console, noise)
        assert ("0x7f00deadbeef> ~ " in console.file.getvalue()) is noise  # type: ignore[attr-defined]
    (told,) = report.to_json()["cells"][0]["outputs"]
    assert told["noise"] == ["memory-address"]
    (hidden,) = told["hidden"]
    assert hidden["noise"] == "memory-address"
    assert "0x7f00deadbeef" in hidden["recorded"]
    assert "0x7f00deadbee0" in hidden["rerun"]


FLOATS = st.floats(1e-200, 1e8, allow_nan=False).filter(lambda x: "." in repr(x))


@given(st.lists(FLOATS, min_size=1, max_size=5), st.data())
def test_a_number_off_by_rounding_is_noise_and_one_off_by_more_differs(
    numbers: list[float], data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(numbers) - 1))
    for factor, verdict in ((1 + 1e-12, EQUIVALENT), (1 + 1e-6, DIFFERS), (-1, DIFFERS)):
        others = [*numbers[:at], numbers[at] * factor, *numbers[at + 1 :]]
        for pair in ((str(numbers), str(others)), (str(others), str(numbers))):
            assert compared(*(shown(text_plain=one) for one in pair)).verdict == verdict


@pytest.mark.parametrize("text", ["a\ud800 {}", "\udcff{}\n", "\x00{}\x1b[", "{{'\ud800', {}}}"])
def test_text_that_is_no_unicode_is_judged(text: str) -> None:
    assert compared(text.format(1), text.format(2)).verdict == DIFFERS
    assert compared(text.format(1) + " ", text.format(1)).verdict == EQUIVALENT


@pytest.mark.parametrize(
    ("one", "other"),
    [("\n\n\n", "\n\n"), ("\n", ""), ("x\n", ""), ("1\n2\n", "2\n1\n"), (" x\n", "x\n"), ("0.1\n", "0.2\n")],
)
def test_a_change_in_the_midst_of_a_long_text_is_seen(one: str, other: str) -> None:
    around = "line\n" * 50_000
    for before, after in (("line", "line"), ("\n", "line"), ("", "\n"), ("\n\n", "\n\nend")):
        pair = [f"{around}{before}\n{part}{after}\n{around}" for part in (one, other)]
        assert compared(*pair).verdict == compared(*pair[::-1]).verdict == DIFFERS
    assert compared(f"{around}a\nb", f"{around}a\nc").summary == "line 50,002: b → c"


HOSTILE = {
    "braces": "{",
    "sets": "{'a', 'b'}",
    "quotes": "{'\"",
    "floats": "0.1 ",
    "moves": "\x1b[1000Cx\n",
    "lines up": "x\x1b[1A",
    "erasing": "xx\x1b[1K",
    "screens": "x\n\x1b[2J",
    "returns": "abc\r",
    "bars": "━━━━━━ 0:00:01\n",
    "homes": "/home/ann/",
    "temporary": "/tmp/tmpabcdefgh",
    "packages": "/site-packages/",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_two_megabytes_made_to_be_slow_take_linear_work(name: str) -> None:
    text = HOSTILE[name] * (2_000_000 // len(HOSTILE[name]))
    for source in ("", "%%time\nthreading"):
        with linear_work(text, text):
            assert compared(text + "\n1 end", text + "\n2 end", Context(source)).verdict == DIFFERS


@pytest.mark.slow
@pytest.mark.parametrize("piece", ["word 10 0.25 /tmp\n", "x" * 1_000_000 + "\n", "loading\r"])
def test_fifty_megabytes_take_linear_work(piece: str) -> None:
    text = piece * (50_000_000 // len(piece))
    with linear_work(text, text):
        assert compared(text + "\n1 end", text + "\n2 end").verdict == DIFFERS
