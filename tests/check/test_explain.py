"""Which causes a differing cell gets, from records and re-runs written by hand: none that is false, none forgotten."""

from __future__ import annotations

from typing import Any

import nbformat
import pytest

from jupyter_prov.check.explain import Explanation
from jupyter_prov.factors.registry import factors
from tests.check import story as stories
from tests.check.story import (
    Evidence,
    Story,
    code,
    drew,
    failed,
    file,
    imported,
    installed,
    made_generator,
    read_clock,
    session,
)

UNKNOWN = [("unknown", None)]


def test_an_unseeded_draw_is_followed_to_the_cell_that_shows_it() -> None:
    story = Story(draw="import random\nx = random.random()", pass_on="y = x + 1", other="z = 1", show="y, z")
    story.run("draw", drew("a")).run("pass_on").run("other").run("show").rerun("draw", drew("b"))
    assert story.told("show") == [("random", 0)]
    assert story.told("pass_on") == [("random", 0)]
    assert story.told("other") == UNKNOWN
    (cause,) = story.causes("show")
    assert (cause.confidence, str(cause.advice)) == ("recorded", "random.seed(0)")


def test_a_value_that_is_set_anew_carries_nothing_on() -> None:
    story = Story(draw="import random\nx = random.random()", reset="x = 1", show="x")
    story.run("draw", drew("a")).run("reset").run("show").rerun("draw", drew("b"))
    assert story.told("show") == UNKNOWN


def test_an_import_carries_no_randomness() -> None:
    story = Story(draw="import numpy as np; x = np.random.normal()", now="import time\nnp.floor(time.time())")
    story.run("draw", drew("a", "numpy.random")).run("now", read_clock(2))
    story.rerun("draw", drew("b", "numpy.random")).rerun("now", read_clock(2))
    assert story.told("now") == [("clock", 1)]


def test_an_import_on_the_line_of_a_generator_carries_no_randomness() -> None:
    story = Story(draw="import numpy as np; rng = np.random.default_rng()", now="import time\nnp.floor(time.time())")
    story.run("draw", stories.made_generator(1)).run("now", read_clock(2))
    story.rerun("draw", stories.made_generator(1)).rerun("now", read_clock(2))
    assert story.told("now") == [("clock", 1)]


def test_a_generator_carries_its_randomness_and_the_line_before_does_not() -> None:
    story = Story(draw="n = 3\nrng = np.random.default_rng()", size="n", show="rng.normal()")
    story.run("draw", stories.made_generator(2)).run("size").run("show").rerun("draw", stories.made_generator(2))
    assert story.told("size") == UNKNOWN
    assert story.told("show") == [("random", 0)]
    assert story.causes("show")[0].line == 2


def test_a_draw_that_was_the_same_again_is_no_proof() -> None:
    story = Story(draw="x = random.random()", show="x")
    story.run("draw", drew("a")).run("show").rerun("draw", drew("a"))
    assert [cause.confidence for cause in story.causes("show")] == ["suspected"]


def test_seeded_draws_are_no_cause() -> None:
    story = Story(seed="random.seed(0)", draw="x = random.random()", show="x")
    story.run("seed", stories.seeded()).run("draw", stories.drew_seeded()).run("show")
    story.rerun("seed", stories.seeded()).rerun("draw", stories.drew_seeded())
    assert story.told("show") == UNKNOWN


def test_a_seed_that_is_the_time_is_followed_through_the_generator() -> None:
    story = Story(seed="random.seed(time.time())", draw="x = random.random()", show="x", other="1")
    story.run("seed", stories.seeded(), read_clock(1)).run("draw", stories.drew_seeded()).run("show").run("other")
    story.rerun("seed", stories.seeded(), read_clock(1)).rerun("draw", stories.drew_seeded())
    assert story.told("show") == [("clock", 0)]
    assert story.told("other") == UNKNOWN


def test_a_seed_ends_what_an_unseeded_draw_began() -> None:
    story = Story(draw="x = random.random()", seed="random.seed(0)", again="y = random.random()", show="y")
    story.run("draw", drew("a")).run("seed", stories.seeded()).run("again", stories.drew_seeded()).run("show")
    story.rerun("draw", drew("b")).rerun("seed", stories.seeded()).rerun("again", stories.drew_seeded())
    assert story.told("show") == UNKNOWN


def test_the_clock_is_told_with_its_line() -> None:
    story = Story(now="import time\nprint(1)\nt = time.time()", show="t")
    story.run("now", read_clock(3)).run("show").rerun("now", read_clock(3))
    (cause,) = story.causes("show")
    assert (cause.kind, cause.cell, cause.line, cause.confidence) == ("clock", 0, 3, "recorded")


def test_several_reads_on_one_line_are_one_cause() -> None:
    reads, again = (
        {"clock": {"reads": [{"call": "time.time", "line": 1, "value": n + first} for n in range(5)], "count": 5}}
        for first in (0, 9)
    )
    story = Story(now="t = [time.time() for _ in range(5)]").run("now", reads).rerun("now", again)
    assert len(story.causes("now")) == 1


def test_a_clock_that_said_the_same_again_is_no_proof() -> None:
    story = Story(now="t = time.time()").run("now", read_clock(1, value=5)).rerun("now", read_clock(1, value=5))
    assert [cause.confidence for cause in story.causes("now")] == ["suspected"]


@pytest.mark.parametrize(
    ("read", "told", "advice"),
    [
        ({"call": "time.time"}, "time.time read the clock", "a fixed date"),
        ({"call": "time.perf_counter"}, "time.perf_counter read the clock", "durations"),
        ({"call": "p", "clock": "perf_counter"}, "p read the clock", "durations"),
        ({"call": "logging", "clock": "logging"}, "a log line was shown with its time", "asctime"),
        ({"call": "os.path.getmtime", "clock": "file"}, "the time of a file that the notebook wrote", "times of files"),
    ],
)
def test_each_clock_has_words_and_advice_of_its_own(read: dict[str, str], told: str, advice: str) -> None:
    story = Story(now="t = read()").run("now", read_clock(1, **read)).rerun("now", read_clock(1, **read))
    (cause,) = story.causes("now")
    assert told in cause.explanation
    assert advice in cause.advice.sentence
    assert cause.confidence == "recorded"


def test_a_clock_that_was_let_go_for_a_librarys_sake_is_suspected() -> None:
    let_go = {"clock": {"reads": [], "count": 0, "more": True}}
    story = Story(now="t = read()").run("now", let_go).rerun("now", let_go)
    (cause,) = story.causes("now")
    assert (cause.kind, cause.confidence, "too often" in cause.explanation) == ("clock", "suspected", True)


def test_two_causes_in_one_cell_are_both_told_and_neither_is_sure() -> None:
    story = Story(both="t = time.time()\nx = random.random()\nt, x")
    story.run("both", drew("a"), read_clock(1)).rerun("both", drew("b"), read_clock(1))
    assert story.told("both") == [("clock", 0), ("random", 0)]
    assert {cause.confidence for cause in story.causes("both")} == {"suspected"}


def test_a_changed_file_is_the_cause_where_it_was_read() -> None:
    story = Story(read="a = open('d.csv').read()", now="t = time.time()", show="a", clock="t")
    story.run("read", file("d.csv", "1")).run("now", read_clock(1)).run("show").run("clock")
    story.rerun("read", file("d.csv", "2")).rerun("now", read_clock(1))
    assert story.told("show") == [("data", 0)]
    assert story.told("clock") == [("clock", 1)]
    assert "d.csv has another content" in story.causes("show")[0].explanation


def test_an_unchanged_file_or_one_without_a_digest_is_no_cause() -> None:
    for content in ("1", ""):
        story = Story(read="a = open('d.csv').read()", show="a")
        story.run("read", file("d.csv", content)).run("show").rerun("read", file("d.csv", "1"))
        assert story.told("show") == UNKNOWN


def test_a_missing_file_is_the_cause_of_the_failure_and_of_what_follows() -> None:
    story = Story(read="a = open('d.csv').read()", show="a").run("read", file("d.csv", "1")).run("show")
    story.rerun("read", failed()).rerun("show", failed("NameError"))
    assert story.told("read") == [("data", 0)]
    assert story.told("show") == [("data", 0)]


def test_what_is_random_in_a_file_that_the_notebook_writes_comes_from_the_writer() -> None:
    story = Story(write="open('m', 'w').write(str(random.random()))", read="m = open('m').read()", show="m")
    story.run("write", drew("a"), file("m", "1", "output")).run("read", file("m", "1")).run("show")
    story.rerun("write", drew("b"), file("m", "2", "output")).rerun("read", file("m", "2"))
    assert story.told("show") == [("random", 0)]


def test_a_file_of_an_earlier_session_comes_from_its_writer_too() -> None:
    story = Story(write="open('m', 'w').write(str(random.random()))", read="m = open('m').read()", show="m")
    story.run("write", drew("a"), file("m", "1", "output")).restart()
    story.run("read", file("m", "1")).run("show")
    story.rerun("write", drew("b"), file("m", "2", "output")).rerun("read", file("m", "2"))
    assert story.told("show") == [("random", 0)]


def test_a_changed_helper_is_the_cause_for_who_uses_it() -> None:
    story = Story(imports="import numpy as np\nimport helper", use="helper.f()", now="np.floor(time.time())")
    story.run("imports", code("1")).run("use").run("now", read_clock(1))
    story.rerun("imports", code("2")).rerun("now", read_clock(1))
    assert story.told("use") == [("code", 0)]
    assert story.told("now") == [("clock", 2)]


@pytest.mark.parametrize("module", ["helper", "helper.inner"])
@pytest.mark.parametrize(
    ("statement", "used"),
    [
        ("import helper", "helper.f()"),
        ("import helper as h", "h.f()"),
        ("from helper import f", "f()"),
        ("def f(): import helper", "f()"),
        ("try:\n    import helper\nexcept ImportError:\n    pass", "helper.f()"),
    ],
)
def test_a_helper_is_followed_whatever_way_it_was_imported(module: str, statement: str, used: str) -> None:
    story = Story(imports=f"import numpy\n{statement}\ny = {used}", show="y", use=used, other="numpy.pi")
    story.run("imports", code("1", module=module)).run("show").run("use").run("other")
    story.rerun("imports", code("2", module=module))
    assert story.told("show") == story.told("use") == [("code", 0)]
    assert story.told("other") == UNKNOWN


def test_what_a_star_import_brings_is_followed_as_far_as_the_cell_says() -> None:
    story = Story(imports="import numpy\nfrom helper import *\ny = f()", show="y", other="numpy.pi")
    story.run("imports", code("1")).run("show").run("other").rerun("imports", code("2"))
    assert story.told("show") == [("code", 0)]
    assert story.told("other") == UNKNOWN


def test_a_helper_of_a_helper_may_reach_whatever_the_cell_imports() -> None:
    story = Story(imports="import helper", use="helper.f()")
    changed = [code(content, "deeper.py", "deeper") for content in ("1", "2")]
    story.run("imports", changed[0]).run("use").rerun("imports", changed[1])
    assert story.told("use") == [("code", 0)]


def test_code_whose_digest_never_came_is_no_cause() -> None:
    story = Story(imports="import helper", use="helper.f()")
    story.run("imports", code("")).run("use").rerun("imports", code("2"))
    assert story.told("use") == UNKNOWN


@pytest.mark.parametrize("changed", ["numpy", "pandas"])
def test_another_version_is_the_cause_for_who_uses_the_package_or_what_came_with_it(changed: str) -> None:
    story = Story(imports="import pandas\nimport numpy", use="pandas.x", other="1")
    noted = imported("numpy", "pandas")
    story.run("imports", noted).run("use").run("other").rerun("imports", noted)
    story.more = (installed(numpy="1", pandas="1"), installed(**{"numpy": "1", "pandas": "1", changed: "2"}))
    (cause,) = story.causes("use")
    assert (cause.kind, cause.cell, cause.explanation) == ("package", 0, f"{changed} 1 → 2")
    assert str(cause.advice) == f"pip install {changed}==1"
    assert story.told("other") == UNKNOWN


def test_the_environment_stands_behind_what_can_be_shown() -> None:
    story = Story(draw="x = random.random()", show="x", other="1")
    story.run("draw", drew("a")).run("show").run("other").rerun("draw", drew("b"))
    story.more = ({"environment": {"variables": {"TZ": "UTC"}}}, {"environment": {"variables": {"TZ": "CET"}}})
    assert story.told("show") == [("random", 0)]
    (cause,) = story.causes("other")
    assert (cause.kind, cause.confidence, cause.explanation) == ("environment", "suspected", "TZ was UTC and is CET")


def test_cells_run_backwards_are_a_cause_of_order() -> None:
    story = Story(use="x + 1", define="x = 1")
    story.run("define").run("use").rerun("use", failed("NameError"))
    assert story.told("use") == [("order", 0)]
    assert "stands later or is no longer" in story.causes("use")[0].explanation


def test_a_deleted_cell_is_a_cause_of_order() -> None:
    story = Story(first="y = 2", use="x + 1").run("first").run("gone", source="x = 1").run("use")
    story.rerun("use", failed("NameError"))
    assert story.told("use") == [("order", 1)]


def test_a_cell_run_twice_is_a_cause_of_order() -> None:
    story = Story(define="x = 1", change="x += 1", show="x").run("define").run("change").run("change").run("show")
    assert story.told("show") == [("order", 1)]
    assert "run more than once" in story.causes("show")[0].explanation


def test_a_cell_edited_after_it_ran_is_a_cause_of_order() -> None:
    story = Story(define="x = 2", show="x").run("define", source="x = 1").run("show")
    assert story.told("show") == [("order", 0)]
    assert "edited after it had run" in story.causes("show")[0].explanation
    assert story.told("define") == [("order", 0)]


def test_an_order_that_a_later_definition_made_good_is_no_cause_of_what_comes_after_it() -> None:
    story = Story(first="x = 1", second="x = 5", use="y = x", show="y", fine="x")
    story.run("first").run("use").run("show").run("second").run("fine")
    assert story.told("show") == [("order", 2)]
    assert story.told("fine") == UNKNOWN


def test_a_file_that_was_read_before_the_notebook_made_it_is_a_matter_of_order() -> None:
    story = Story(write="open('m', 'w').write('2')", read="open('m').read()")
    story.run("read", file("m", "1")).run("write", file("m", "2", "output"))
    story.rerun("write", file("m", "2", "output")).rerun("read", file("m", "2"))
    assert story.told("read") == [("order", 1)]


@pytest.mark.parametrize(
    "ran",
    [
        ("define", "show", "show"),
        ("define", "define", "show"),
        ("define", "other", "show", "other"),
        ("other", "define", "show"),
        ("define", "show", "define", "show", "other"),
    ],
)
def test_an_order_that_changes_nothing_is_no_cause(ran: tuple[str, ...]) -> None:
    story = Story(define="x = 1", other="y = 2", show="print(x)")
    for cell in ran:
        story.run(cell)
    assert story.told("show") == UNKNOWN


def test_what_happened_in_an_execution_that_shows_nothing_any_more_is_no_cause() -> None:
    story = Story(value="x = pick()", show="x")
    story.run("value", drew("a"), source="x = random.random()").run("show")
    story.run("value").run("show")
    assert story.told("show") == UNKNOWN


def test_an_unknown_cause_is_said_plainly() -> None:
    (cause,) = Story(one="object()").run("one").causes("one")
    assert (cause.kind, cause.cell, cause.line, cause.confidence) == ("unknown", None, None, "suspected")
    assert cause.explanation == "Nothing that was recorded explains this difference."
    assert "blind spots" in str(cause.advice)
    assert Story(one="1").run("one").explanation().causes("one", told=True) == []


def test_a_set_is_suspected_of_the_hash_seed_only_where_none_was_set() -> None:
    story = Story(make="x = {n for n in words}", show="print(list(x))").run("make").run("show")
    (cause,) = story.causes("show")
    assert (cause.kind, cause.cell, cause.line, cause.confidence) == ("hash-seed", 0, 1, "suspected")


def test_without_a_record_causes_are_only_suspected() -> None:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("random.random()", id="draw")])
    again = session(1, [("draw", "random.random()", drew("a"))])
    (cause,) = Explanation(notebook, None, again, factors()).causes("draw")
    assert (cause.kind, cause.cell, cause.confidence) == ("random", 0, "suspected")
    (cause,) = Explanation(notebook, None, session(1, [("draw", "random.random()", {})]), factors()).causes("draw")
    assert (cause.kind, "no record" in cause.explanation) == ("unknown", True)


def called(kind: str, call: str, **entropy: list[str]) -> Evidence:
    """A cell that called something of `unseeded` or `system`."""
    noted: dict[str, Any] = {kind: [{"call": call, "line": 1}]}
    return {"random": noted | ({"entropy": entropy} if entropy else {})}


@pytest.mark.parametrize(
    ("evidence", "explanation", "advice"),
    [
        (drew("a", "torch"), "PyTorch's global generator was drawn from without a seed", "torch.manual_seed(0)"),
        (drew("a", "torch.cuda"), "PyTorch's global generator on CUDA was drawn", "torch.cuda.manual_seed_all(0)"),
        (drew("a", "tensorflow"), "TensorFlow's global generator was drawn", "tf.random.set_seed(0)"),
        (drew("a", "numpy.random"), "numpy's global generator was drawn", "np.random.seed(0)"),
        (drew("a", "a.plug-in"), "a.plug-in was drawn from without a seed", "Give the generator a seed."),
        (made_generator(1), "a numpy generator was made without a seed", "np.random.default_rng(0)"),
        (called("unseeded", "random.Random()"), "random.Random() was made without", "random.Random(0)"),
        (called("unseeded", "random.seed()"), "random.seed() took its seed from the system", "random.seed(0)"),
        (called("unseeded", "torch.seed()"), "torch.seed() took its seed", "torch.manual_seed(0)"),
        (called("unseeded", "a CuPy generator"), "a CuPy generator was made", "cupy.random.seed(0)"),
        (called("unseeded", "a TensorFlow operation"), "a TensorFlow operation drew without", "tf.random.set_seed(0)"),
        (called("unseeded", "uuid.uuid4()"), "uuid.uuid4() is random", "Derive the id from the data"),
        (called("unseeded", "the name of a temporary file"), "the name of a temporary file is random", "Give the file"),
        (called("system", "secrets.token_hex"), "secrets.token_hex took entropy from the system", "Keep keys out"),
    ],
)
def test_each_kind_of_randomness_has_its_words_and_its_advice(
    evidence: Evidence, explanation: str, advice: str
) -> None:
    (cause,) = Story(one="x()").run("one", evidence).rerun("one", evidence).causes("one")
    assert cause.kind == "random"
    assert cause.explanation.startswith(explanation)
    assert str(cause.advice).startswith(advice)


def test_randomness_that_was_played_back_explains_nothing() -> None:
    """The same states and the same entropy cannot have made the difference, which something else did."""
    drawn = called("unseeded", "uuid.uuid4()", uuid=["ab"])
    for evidence, other in ((drawn, called("unseeded", "uuid.uuid4()", uuid=["cd"])), (drew("a"), drew("b"))):
        story = Story(one="x()").run("one", evidence, read_clock(1))
        assert [c.kind for c in story.rerun("one", evidence, read_clock(1)).causes("one")] == ["clock"]
        assert [c.kind for c in story.rerun("one", other, read_clock(1)).causes("one")] == ["random", "clock"]


def test_a_state_that_was_only_kept_explains_nothing() -> None:
    kept = {"random": {"draws": [{"generator": "random", "seeded": False, "before": "a", "after": "a"}]}}
    assert Story(one="x()").run("one", kept).told("one") == UNKNOWN


def test_a_cell_whose_source_is_not_python_does_no_harm() -> None:
    story = Story(shell="%%bash\necho $(", show="x").run("shell", source="1").run("show")
    assert story.told("show") == UNKNOWN


def test_a_set_that_a_function_makes_is_made_where_that_is_called() -> None:
    story = Story(define="def words():\n    return list({'a', 'b'})", call="w = words()", show="w")
    story.run("define").run("call").run("show")
    assert story.told("show") == [("hash-seed", 1)]
    story = Story(
        define="class A:\n    def words(self):\n        return list({'a', 'b'})", call="w = A().words()", show="w"
    )
    assert story.run("define").run("call").run("show").told("show") == [("hash-seed", 0)]
