"""Text: what is noise in it, and that nothing else ever is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_prov.check.compare import compare_cell
from jupyter_prov.check.compare.base import Context
from jupyter_prov.report.model import DIFFERS, EQUIVALENT, IDENTICAL
from tests.check.outputs import TIMED, compared, shown, stream

TIMEIT = Context("  %timeit -n 10 f()")
NOISE = [
    ("terminal", "\x1b[31mred\x1b[0m", "red"),
    ("terminal", "10 %\r50 %\r100 %\n", "100 %\n"),
    ("terminal", "waiting...\rdone\n", "donex\bing...\n"),
    ("terminal", "ab\bc\n", "ac\n"),
    ("terminal", "ab\b\bc\n", "cb\n"),
    ("layout", "a\r\nb\r\n", "a\nb\n"),
    ("terminal", "\x1b]0;title\x07text", "text"),
    ("layout", "a  \nb\n\n", "a\nb\n"),
    ("memory-address", "<__main__.A object at 0x7f00deadbeef>", "<__main__.A object at 0x55d2c0ffee00>"),
    ("memory-address", "<function <lambda> at 0x7f00deadbeef>", "<function <lambda> at 0x7f00deadbee0>"),
    (
        "memory-address",
        "f -> <bound method A.f of <A object at 0x7F00DEADBEEF>>",
        "f -> <bound method A.f of <A object at 0x000001F200DEADBE>>",
    ),
    ("memory-address", "[<Line2D at 0x7f00deadbeef>, 1]", "[<Line2D at 0x7f00deadbee0>, 1]"),
    ("progress", "100%|███| 9/9 [00:01<00:00,  9.97it/s, loss=0.1]", "100%|███| 9/9 [00:02<00:00, 1.2kit/s, loss=0.1]"),
    ("progress", "9it [00:01, 9.97it/s]", "9it [01:00:01,  1.20s/it]"),
]


@pytest.mark.parametrize(("noise", "recorded", "rerun"), NOISE)
def test_noise_is_named_and_means_nothing(noise: str, recorded: str, rerun: str) -> None:
    for pair in ((recorded, rerun), (rerun, recorded)):
        found = compared(*pair)
        assert (found.verdict, found.noise) == (EQUIVALENT, [noise])


@pytest.mark.parametrize(
    ("recorded", "rerun"),
    [
        ("odds 10:20", "odds 10:90"),
        ("accuracy 0.81", "accuracy 0.82"),
        ("the cat sat", "the cap sat"),
        ("register at 0xdeadbeef", "register at 0xdeadbeee"),
        ("a < b at 0xdeadbeef -> x", "a < b at 0xdeadbeef -> y"),
        ("<A object at 0x7f00deadbeef> 1", "<A object at 0x7f00deadbee0> 2"),
        ("<A> value at 0x7f00deadbeef", "<A> value at 0x7f00deadbee0"),
        ("10 %\r100 %\n", "10 %\r90 %\n"),
        ("ab\bc", "ab\bd"),
        ("\x1b[31m1\x1b[0m", "\x1b[31m2\x1b[0m"),
        ("9/9 [00:01<00:00, 9it/s, loss=0.1]", "9/9 [00:01<00:00, 9it/s, loss=0.2]"),
        ("9/9 [00:01<00:00, 9it/s]", "8/9 [00:01<00:00, 9it/s]"),
        ("[10:20, 3]", "[10:90, 3]"),
        (" indented", "indented"),
        ("a\n\nb", "a\nb"),
        ("text", ""),
    ],
)
def test_a_real_change_is_never_hidden(recorded: str, rerun: str) -> None:
    assert compared(recorded, rerun).verdict == DIFFERS
    assert compared(rerun, recorded).verdict == DIFFERS


@pytest.mark.parametrize(
    ("context", "recorded", "rerun"),
    [
        (
            TIMED,
            "CPU times: user 3 µs, sys: 1 µs, total: 4 µs\nWall time: 7.15 µs\n",
            "CPU times: user 1min 3s, sys: 10 ms, total: 1min 3s\nWall time: 2d 1h 3min 4s\n",
        ),
        (TIMED, "CPU times: total: 0 ns\nWall time: 1e+03 ns\n", "CPU times: total: 15.6 ms\nWall time: 12 ms\n"),
        (TIMED, "Wall time: 1 s\nCompiler : 0.78 s\nend", "Wall time: 1.1 s\nend"),
        (
            TIMEIT,
            "1.2 ns ± 3 ns per loop (mean ± std. dev. of 7 runs, 10,000,000 loops each)",
            "12.1 μs +- 0 ns per loop (mean +- std. dev. of 7 runs, 100 loops each)",
        ),
        (
            TIMEIT,
            "The slowest run took 5.33 times longer than the fastest. This could mean …\n1 s ± 1 s per loop",
            "1min 3s ± 1.1 s per loop",
        ),
    ],
)
def test_times_are_noise_in_cells_that_ask_for_them(context: Context, recorded: str, rerun: str) -> None:
    found = compared(recorded, rerun, context)
    assert (found.verdict, found.noise) == (EQUIVALENT, ["timing"])
    for source in ("work()", "print('%time')", "# %%time", "%timestamp"):
        assert compared(recorded, rerun, Context(source)).verdict == DIFFERS


@pytest.mark.parametrize(
    ("recorded", "rerun"),
    [
        ("half-life: 12 h", "half-life: 13 h"),
        ("12 s", "13 s"),
        ("5 ms per packet", "6 ms per packet"),
        ("Wall time: 1 s\n3", "Wall time: 1 s\n4"),
        ("Wall time: 1 s and 3 errors", "Wall time: 2 s and 4 errors"),
        ("odds 10:20", "odds 10:90"),
    ],
)
def test_a_timed_cell_hides_no_other_number(recorded: str, rerun: str) -> None:
    assert compared(recorded, rerun, TIMED).verdict == DIFFERS


def test_paths_of_the_stage_stand_for_the_originals() -> None:
    moved = Context(
        "", (("/tmp/stage-1/project/sub", "/home/x/project/sub"), ("/tmp/stage-1/project", "/home/x/project"))
    )
    found = compared("in /home/x/project/sub/a.csv", "in /tmp/stage-1/project/sub/a.csv", moved)
    assert (found.verdict, found.noise) == (EQUIVALENT, ["stage-path"])
    assert compared("in /home/x/project/a.csv", "in /tmp/stage-1/project/b.csv", moved).verdict == DIFFERS


def test_every_noise_that_was_needed_is_named() -> None:
    found = compared("\x1b[1m<A at 0x7f00deadbeef>\x1b[0m  \n", "<A at 0x7f00deadbee0>\n")
    assert found.noise == ["terminal", "layout", "memory-address"]


def test_the_summary_points_at_the_first_line_that_differs() -> None:
    assert compared("a\nb\nc", "a\nx\nc").summary == "line 2: b → x"
    assert compared("a\nb", "a\nx\nc").summary == "line 2: b → x (2 → 3 lines)"
    assert compared("a\nb", "a").summary == "2 → 1 lines"
    assert compared("0.13", "0.87").summary == "0.13 → 0.87"
    assert compared("x" * 500 + "1", "x" * 500 + "2").summary == f"…{'x' * 20}1 → …{'x' * 20}2"


def test_chunks_of_a_stream_are_one_text() -> None:
    chunks = [stream("a"), stream("!", "stderr"), stream("b\n")]
    whole = [stream("!", "stderr"), stream("ab\n")]
    assert [found.verdict for found in compare_cell(chunks, whole, Context())] == [IDENTICAL, IDENTICAL]


def test_a_stream_on_the_other_channel_differs() -> None:
    found = compare_cell([stream("a\n")], [stream("a\n", "stderr")], Context())
    assert [(one.verdict, one.summary) for one in found] == [
        (DIFFERS, "only in the record: a"),
        (DIFFERS, "only in the re-run: a"),
    ]


def test_latex_and_markdown_are_compared_as_text() -> None:
    for mime in ("text_latex", "text_markdown", "text_plain", "application_javascript"):
        assert compared(shown(**{mime: "$x_1$ "}), shown(**{mime: "$x_1$"})).noise == ["layout"]
        assert compared(shown(**{mime: "$x_1$"}), shown(**{mime: "$x_2$"})).verdict == DIFFERS


ANY_TEXT = st.text(st.characters(codec="utf-8")) | st.text("\r\b\x1b[m01 \n:<>x", max_size=30)


@given(ANY_TEXT)
def test_text_is_identical_to_itself(text: str) -> None:
    assert compared(text, text, TIMED).verdict == IDENTICAL


@given(ANY_TEXT, ANY_TEXT)
def test_the_verdict_on_text_is_symmetric(one: str, other: str) -> None:
    assert compared(one, other, TIMED).verdict == compared(other, one, TIMED).verdict


WORDS = st.lists(st.from_regex(r"[A-Za-z0-9:.,+-]{1,12}", fullmatch=True), min_size=1, max_size=8)


@given(WORDS, st.data())
def test_a_changed_word_always_differs(words: list[str], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(words) - 1))
    other = data.draw(st.from_regex(r"[A-Za-z0-9:.,+-]{1,12}", fullmatch=True).filter(lambda w: w != words[at]))
    changed = [*words[:at], other, *words[at + 1 :]]
    assert compared(" ".join(words), " ".join(changed)).verdict == DIFFERS


@given(st.text("\r\bab \n", max_size=40))
def test_the_terminal_mask_shows_what_a_terminal_shows(text: str) -> None:
    grid, row, column = {0: {}}, 0, 0
    for character in text:
        if character == "\n":
            row, column = row + 1, 0
            grid[row] = {}
        elif character in "\r\b":
            column = 0 if character == "\r" else max(0, column - 1)
        else:
            grid[row][column] = character
            column += 1
    screen = "\n".join("".join(line.get(i, " ") for i in range(max(line, default=-1) + 1)) for line in grid.values())
    assert compared(text, screen).verdict in (IDENTICAL, EQUIVALENT)


def test_the_file_of_a_cell_in_a_warning_is_noise_and_the_warning_is_not() -> None:
    told = "/tmp/ipykernel_{}/1009501474.py:1: UserWarning: {}\n  warnings.warn('careful')\n"
    found = compared(told.format(9739, "careful"), told.format(10122, "careful"))
    assert (found.verdict, found.noise) == (EQUIVALENT, ["cell-file"])
    assert compared(told.format(1, "careful"), told.format(2, "careless")).verdict == DIFFERS
    windows = told.replace("/tmp/", "C:\\Users\\Ann Lee\\AppData\\Local\\Temp\\").replace("{}/1", "{}\\1")
    assert compared(told.format(1, "careful"), windows.format(2, "careful")).noise == ["cell-file"]
    assert compared(told.format(1, "careful"), windows.format(2, "careless")).verdict == DIFFERS


def test_the_folder_of_installed_packages_is_noise_and_the_package_is_not() -> None:
    old = "/home/ann/venv/lib/python3.11/site-packages/tqdm/auto.py:21: TqdmWarning"
    new = "/root/.cache/jupyter-prov/environments/69d337e/lib/python3.11/site-packages/{}/auto.py:21: TqdmWarning"
    assert compared(old, new.format("tqdm")).noise == ["library-path"]
    assert compared(old, new.format("other")).verdict == DIFFERS
    pip = "Requirement already satisfied: {} in {}/site-packages (1.0)"
    assert compared(pip.format("x", "/a/lib/python3.11"), pip.format("x", "/b/lib/python3.12")).noise == [
        "library-path"
    ]
    assert compared(pip.format("x", "/a/lib/python3.11"), pip.format("y", "/b/lib/python3.12")).verdict == DIFFERS
