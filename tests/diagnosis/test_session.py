"""Why a notebook would not reproduce, of sessions made by hand and of small ones that hypothesis runs for real."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_prov.analysis.effects import Functions
from jupyter_prov.analysis.names import names, statements
from jupyter_prov.diagnosis import summary
from jupyter_prov.diagnosis.reason import Reason
from jupyter_prov.diagnosis.session import Outlook, outlook
from jupyter_prov.record.digests import of_text
from jupyter_prov.record.match_cells import Cell
from jupyter_prov.record.model import OK, Execution, Session

Ran = tuple[str | None, str] | tuple[str | None, str, Mapping[str, Any]]


def session_of(*ran: Ran) -> Session:
    """A session that ran these sources in these cells, with what a kernel notes of their names."""
    functions = Functions()
    executions = []
    for number, (cell, text, *evidence) in enumerate(ran, 1):
        total = names(statements(text), functions)
        order = {key: sorted(found) for key, found in vars(total).items() if key != "modules" and found}
        noted = {"order": order, **(evidence[0] if evidence else {})}
        executions.append(Execution(number, cell, number, of_text(text), "", 0.1, OK, evidence=noted))
    return Session(1, "t1", executions=executions)


def look(document: Mapping[str, str] | None, *ran: Ran, **more: Any) -> Outlook:
    cells = [Cell(cell, zlib.crc32(text.encode())) for cell, text in document.items()] if document is not None else None
    return outlook(session_of(*ran), cells, {of_text(text): text for _, text, *_ in ran}, **more)


def told(reasons: Iterable[Reason]) -> list[tuple[str | None, str, str | None, str | None]]:
    return [(reason.cell, reason.text, reason.mark, reason.fix) for reason in reasons]


def read(path: str, digest: str = "1", role: str = "input") -> dict[str, Any]:
    return {"data": {"files": [{"path": path, "role": role, "digest": digest, "via": "audit"}]}}


A, B, C = ("a", "x = 1"), ("b", "y = x + 1"), ("c", "print(y)")
ABC = dict([A, B, C])


def test_cells_run_from_top_to_bottom_have_no_reason() -> None:
    assert look(ABC, A, B, C) == Outlook([], set(), set())


def test_cells_that_ran_in_another_order_and_do_not_depend_on_it_have_no_reason() -> None:
    free = {"a": "x = 1", "b": "y = 2", "c": "print(3)"}
    assert look(free, *reversed(free.items())).reasons == []


def test_a_cell_edited_since_is_to_be_run_again() -> None:
    found = look({**ABC, "b": "y = x + 2"}, A, B, C)
    assert told(found.reasons) == [("b", "Edited since it ran.", "stale", "run")]
    assert found.edited == {2}


def test_a_cell_that_is_no_code_any_more_counts_as_deleted() -> None:
    cells = [Cell("a", None), Cell("b", zlib.crc32(b"y = x + 1"))]
    found = outlook(session_of(A, B), cells, {of_text(text): text for _, text in (A, B)})
    assert [reason.text for reason in found.reasons] == ["Used 'x' from a cell that was deleted."]


def test_a_name_from_a_deleted_cell_is_told_where_it_is_used() -> None:
    found = look({"b": B[1], "c": C[1]}, A, B, C)
    assert told(found.reasons) == [("b", "Used 'x' from a cell that was deleted.", "out-of-order", "fix")]
    assert found.used == {1}
    marks = [run.marks for run in summary.runs(session_of(A, B, C), ["b", "c"], outlook=found)]
    assert marks == [["deleted", "used"], [], []]


def test_what_a_deleted_cell_drew_is_told_of_no_cell() -> None:
    draws = {"random": {"draws": [{"generator": "random", "seeded": False, "line": 1}]}}
    found = look({"b": B[1]}, ("a", "x = f()", draws), B)
    assert told(found.reasons)[1] == (None, "In a deleted cell: drew from random without a seed.", None, "fix")


def test_a_cell_that_has_the_same_source_as_the_deleted_one_stands_for_it() -> None:
    assert look({"copy": A[1], "b": B[1]}, A, B, ("copy", A[1])).reasons == []


def test_a_name_from_a_cell_below_is_out_of_order() -> None:
    found = look({"b": B[1], "c": C[1], "a": A[1]}, A, B, C)
    assert told(found.reasons) == [("b", "Used 'x' from cell 3, which stands below.", "out-of-order", "fix")]
    assert found.reasons[0].line == 1


def test_a_name_from_a_cell_below_that_one_above_has_set_since_only_asks_for_a_run() -> None:
    document = {"top": "x = 5", "b": B[1], "a": A[1]}
    (reason,) = look(document, A, B, ("top", "x = 5")).reasons
    assert (reason.text, reason.fix) == ("Used 'x' from cell 3, which stands below.", "run")


def test_an_import_is_the_same_wherever_it_stands() -> None:
    document = {"a": "import os", "b": "os.name", "c": "import os\nz = 1"}
    assert look(document, *reversed(document.items())).reasons == []


def test_a_cell_that_ran_again_with_another_source_leaves_its_users_stale() -> None:
    found = look({**ABC, "a": "x = 7"}, A, B, C, ("a", "x = 7"))
    text = "Used 'x' from cell 1 as it was before it was edited and run again."
    assert told(found.reasons) == [("b", text, "stale", "run")]


def test_a_name_that_an_edited_cell_sets_no_more_cannot_be_had_by_running_again() -> None:
    (reason,) = look({**ABC, "a": "z = 7"}, A, B, C, ("a", "z = 7")).reasons
    assert (reason.cell, reason.mark, reason.fix) == ("b", "out-of-order", "fix")


def test_a_cell_that_ran_again_and_made_the_same_leaves_its_users_as_they_are() -> None:
    assert look(ABC, A, B, C, A, B).reasons == []


def test_a_cell_that_ran_again_and_left_it_to_chance_leaves_its_users_stale() -> None:
    clock = {"clock": {"reads": [{"call": "now", "line": 2}]}}
    found = look({"a": "x = now()", "b": B[1]}, ("a", "x = now()", clock), B, ("a", "x = now()", clock))
    assert told(found.reasons) == [
        ("a", "now read the clock.", "clock", "fix"),
        ("b", "Used 'x' from cell 1, which has run again since.", "stale", "run"),
    ]  # in the order of the cells


def test_a_cell_that_changes_a_name_each_time_it_runs_is_out_of_order() -> None:
    document = {"a": "x = []", "b": "x.append(1)", "c": "print(x)"}
    a, b, c = document.items()
    found = look(document, a, b, b, c)
    text = "Ran more than once, each time changing 'x'."
    assert told(found.reasons) == [("b", text, "out-of-order", "fix")]
    found = look(document, a, b, c, b)
    assert [(reason.cell, reason.fix) for reason in found.reasons] == [("b", "fix"), ("c", "run")]
    assert look(document, a, b, a, b, c).reasons == []


def test_recursive_functions_defined_again_are_the_same() -> None:
    text = "def f(n):\n    return n and f(n - 1)"
    assert look({"a": text, "b": "f(3)"}, ("a", text), ("a", text), ("b", "f(3)")).reasons == []


def test_another_cell_that_comes_later_from_top_to_bottom_is_named() -> None:
    document = {"a": "x = 1", "b": "x = 2", "c": "print(x)"}
    a, b, c = document.items()
    assert told(look(document, b, a, c).reasons) == [
        ("c", "Used 'x' from cell 1, though cell 2 comes after that.", "out-of-order", "fix")
    ]
    assert told(look(document, a, c, b).reasons) == [("c", "Used 'x' from cell 1 before cell 2 ran.", "stale", "run")]


def test_a_name_from_a_console_is_told() -> None:
    assert told(look({"b": B[1]}, (None, "x = 1"), B).reasons) == [
        ("b", "Used 'x' as a console made it.", "out-of-order", "fix")
    ]


def test_generators_are_followed_like_names() -> None:
    seeds = {"random": {"seeds": [{"call": "seed", "value": "1", "generator": "random"}]}}
    draws = {"random": {"draws": [{"generator": "random", "seeded": True}]}}
    a, b = ("a", "seed()", seeds), ("b", "draw()", draws)
    assert look({"a": a[1], "b": b[1]}, a, b).reasons == []
    (reason,) = look({"a": a[1], "b": b[1]}, a, b, b).reasons
    assert reason.text == "Ran more than once, each time changing the state of random."
    (late,) = look({"a": a[1], "b": b[1]}, b, a).reasons
    assert (late.cell, late.text) == ("b", "Used the state of random before cell 1 ran.")


def test_names_of_one_origin_share_a_sentence() -> None:
    document = {"b": "print(p, q, r, s, t)"}
    (reason,) = look(document, ("a", "p = q = r = s = t = 1"), *document.items()).reasons
    assert reason.text == "Used 'p', 'q', 'r' and 2 more from a cell that was deleted."


def test_lines_of_magics_are_passed_over_where_a_use_is_looked_for() -> None:
    text = "%matplotlib inline\n!ls\ny = 2\nprint(x)"
    session = session_of(A, ("b", "y = 2\nprint(x)"))
    session.executions[1].source = of_text(text)
    cells = [Cell("b", zlib.crc32(text.encode()))]
    assert outlook(session, cells, {of_text(text): text}).reasons[0].line == 4


def test_only_the_latest_execution_of_a_cell_counts() -> None:
    draws = {"random": {"draws": [{"generator": "numpy.random", "seeded": False, "before": "1", "after": "2"}]}}
    kept = {"random": {"draws": [{"generator": "numpy.random", "seeded": False, "before": "1", "after": "1"}]}}
    assert look(None, ("a", "x = 1", draws), A).reasons == []
    assert look(None, ("a", "x = 1", kept)).reasons == []
    assert told(look(None, A, ("a", "x = 1", draws)).reasons) == [
        ("a", "Drew from numpy.random without a seed.", "unseeded", "fix")
    ]


def test_each_thing_is_told_once_however_often_it_happened() -> None:
    evidence = {
        "random": {
            "unseeded": [{"call": "default_rng", "line": None}, {"call": "default_rng", "line": 3}],
            "system": [{"call": "os.urandom", "line": 4}],
        },
        "clock": {"reads": [{"call": "time.time", "line": 1}] * 3},
        "network": {"requests": [{"url": "https://a.org/x", "via": "httpcore"}] * 2},
    }
    found = look({"a": "x = 1"}, ("a", "x = 1", evidence)).reasons
    assert [(reason.kind, reason.line, reason.text, reason.weak) for reason in found] == [
        ("random", 3, "default_rng without a seed.", False),
        ("random", 4, "os.urandom took entropy from the system.", True),
        ("clock", 1, "time.time read the clock.", True),
        ("network", None, "https://a.org/x was fetched over the network.", True),
    ]


@pytest.mark.parametrize(
    ("now", "text", "fix"),
    [("2", "d.csv has changed on disk since it was read.", "run"), (None, "d.csv was read and is gone.", None)],
)
def test_inputs_that_are_no_more_what_was_read_are_told(now: str | None, text: str, fix: str | None) -> None:
    ran = ("a", "x = 1", read("d.csv"))
    assert told(look({"a": "x = 1"}, ran, disk={"d.csv": now}).reasons) == [("a", text, "changed-input", fix)]
    assert look({"a": "x = 1"}, ran, disk={"d.csv": "1"}).reasons == []
    rows = summary.sections(session_of(ran), disk={"d.csv": now})[2].rows
    assert [(row.state, row.level) for row in rows] == [("changed" if now else "missing", "warning")]


def test_a_temporary_file_of_the_session_is_no_missing_input() -> None:
    document = {"a": "x = 1", "b": "y = 2"}
    write, again = (("a", "x = 1", read("t.csv", role="output")), ("b", "y = 2", read("t.csv")))
    assert look(document, write, again, disk={"t.csv": None}).reasons == []
    first = ("a", "x = 1", read("t.csv"))
    found = look({**document, "c": "z = 3"}, first, ("b", "y = 2", read("t.csv", role="output")), disk={"t.csv": None})
    assert [reason.text for reason in found.reasons] == ["t.csv was read and is gone."]


def test_a_module_that_changed_is_not_had_again_by_running_its_import() -> None:
    module = {"code": {"files": [{"path": "m.py", "role": "code", "digest": "1", "via": "import"}]}}
    (reason,) = look({"a": "x = 1"}, ("a", "x = 1", module), disk={"m.py": "2"}).reasons
    assert (reason.kind, reason.fix) == ("code", None)


def test_what_the_session_wrote_itself_is_no_change_on_disk() -> None:
    document = {"a": "x = 1", "b": "y = 2"}
    ran = ("a", "x = 1", read("d.csv")), ("b", "y = 2", read("d.csv", "2", "output"))
    for now, state in (("1", ["same", "changed"]), ("2", ["same", "same"]), ("3", ["changed", "changed"])):
        rows = summary.sections(session_of(*ran), disk={"d.csv": now})[2].rows
        assert [row.state for row in rows] == state
    assert [r.text for r in look(document, *ran, disk={"d.csv": "2"}).reasons] == [
        "d.csv has been written since it was read."
    ]


def test_an_input_that_a_later_cell_has_written_to_is_told() -> None:
    document = {"a": "x = 1", "b": "y = 2"}
    write = ("b", "y = 2", read("d.csv", "2", "output"))
    (reason,) = look(document, ("a", "x = 1", read("d.csv")), write).reasons
    assert (reason.cell, reason.text) == ("a", "d.csv has been written since it was read.")
    assert look(document, ("a", "x = 1", read("d.csv", "2")), write).reasons == []
    assert look(document, write, ("a", "x = 1", read("d.csv"))).reasons[0].kind == "order"


def test_packages_replaced_in_mid_session_are_told_and_new_ones_are_not() -> None:
    session = session_of(A)
    session.packages = {
        "installed": [
            {"execution": 1, "name": "pandas", "before": "1.0", "after": "2.0"},
            {"execution": 1, "name": "polars", "before": None, "after": "1.0"},
            {"execution": 1, "name": "numpy", "before": "1.0", "after": None},
        ]
    }
    assert told(outlook(session).reasons) == [
        ("a", "pandas 1.0 → 2.0 in mid-session.", None, None),
        ("a", "numpy 1.0 → not installed in mid-session.", None, None),
    ]
    assert outlook(session, []).reasons[0].cell is None


def test_a_summary_begins_with_the_order_where_that_is_known() -> None:
    session = session_of(A, B, B)
    assert summary.sections(session)[0].name == "random"
    (order, *_) = summary.sections(session, look({"b": B[1]}, A, B).reasons)
    assert (order.name, [(row.cell, row.text, row.detail, row.level) for row in order.rows]) == (
        "order",
        [("b", "Used 'x' from a cell that was deleted.", "line 1", "warning")],
    )
    assert summary.sections(session, [])[0].rows == []


SOURCES = (
    *("x = 1", "x = 2", "x = x + 1", "y = x", "y = y * 3", "x = y - 1", "z = [x]", "z.append(y)", "x = len(z)"),
    *("show(x)", "show(z)", "del x", "def f(): return x + 1", "y = f()", "show(f())"),
)


def shown_by(ran: Sequence[tuple[str, str]]) -> tuple[dict[str, str], bool]:
    """What each cell showed when it last ran, and whether none ever failed."""
    shown: dict[str, str] = {}
    seen: list[str] = []
    space: dict[str, Any] = {"show": lambda value: seen.append(repr(value))}
    for cell, text in ran:
        seen.clear()
        try:
            exec(text, space)
        except (NameError, TypeError, AttributeError):
            return shown, False
        shown[cell] = "".join(seen)
    return shown, True


@given(st.lists(st.sampled_from(SOURCES), max_size=5), st.data())
def test_whatever_shows_something_else_from_top_to_bottom_has_a_reason(sources: list[str], data: st.DataObject) -> None:
    document = {f"c{number}": text for number, text in enumerate(sources)}
    gone = [("gone", text) for text in SOURCES]
    ran = data.draw(st.lists(st.sampled_from([*document.items(), *gone]), max_size=8))
    session, works = shown_by(ran)
    straight = [(cell, text) for cell, text in document.items() if cell in session]
    again, works_again = shown_by(straight)
    found = look(document, *ran).reasons
    if works and (not works_again or any(session[cell] != again[cell] for cell, _ in straight)):
        assert found
    if ran == straight:
        assert works == works_again
        assert [reason for reason in found if works] == []


def test_names_of_any_length_are_cut_in_sentences() -> None:
    name = "n" * 1_000_000
    texts = {"a": f"{name} = 1", "b": name}
    evidence = {
        "random": {"draws": [{"generator": name, "seeded": False}], "unseeded": [{"call": name}]},
        "clock": {"reads": [{"call": name}]},
        **read(name),
    }
    ran = [("b", texts["b"], evidence), ("a", texts["a"]), ("b", texts["b"], evidence)]
    found = look({"b": texts["b"], "a": texts["a"]}, *ran, disk={name: "2"})
    assert f"Used '{name[:79]}…' from cell 2, which stands below." in [reason.text for reason in found.reasons]
    assert len(found.reasons) == 5
    assert max(len(reason.text) for reason in found.reasons) < 300
    for section in summary.sections(session_of(*ran), found.reasons):
        assert all(len(row.text) <= 5000 for row in section.rows)
