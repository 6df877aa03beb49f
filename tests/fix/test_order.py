"""Cells put in an order in which a run from top to bottom does what had been done."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_prov.fix.cell_order import moved, put_in_order
from jupyter_prov.fix.draft import Draft
from jupyter_prov.fix.edit_context import Scene
from jupyter_prov.fix.execution_constraints import Demands
from jupyter_prov.record import digests
from jupyter_prov.record.journal import Journal
from jupyter_prov.record.model import CellState, Execution, Record, Session
from jupyter_prov.report.model import CellReport
from tests.fix.drafts import cause


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path))
    return tmp_path


def journaled(folder: Path, *texts: str) -> None:
    """A journal of this machine holds these sources."""
    journal = Journal(folder / "jupyter-prov" / "journals" / "k.jsonl")
    for number, text in enumerate(texts, 1):
        journal.append({"kind": "started", "session": "s", "number": number, "cell": "c", "text": text, "started": ""})
    journal.close()


def put(cells: dict[str, str], *runs: tuple[str, str] | str, bad: str) -> Draft:
    """The draft of a notebook with these cells after such runs, of which one cell differs for its order."""
    made = [nbformat.v4.new_code_cell(text, id=name) for name, text in cells.items()]
    ran = [(run, cells[run]) if isinstance(run, str) else run for run in runs]
    executions = [
        Execution(number, name, number, digests.of_text(text), "", outcome="ok", evidence=defining(text))
        for number, (name, text) in enumerate(ran, 1)
    ]
    latest = {run.cell: run.number for run in executions}
    states = [CellState(name, 1, latest[name]) for name in cells if name in latest]
    record = Record("a.ipynb", states, [Session(1, "", executions=executions)])
    draft = Draft.of(nbformat.v4.new_notebook(cells=made))
    index = list(cells).index(bad)
    report = [CellReport(index, bad, "differs", causes=[cause("order", "x", index)])]
    put_in_order(Scene(draft, record, draft.copy().notebook, report), record)
    return draft


def defining(text: str) -> dict[str, dict[str, list[str]]]:
    """What the kernel part noted of an execution, known even where its source is lost."""
    name, equals, _ = text.partition(" = ")
    return {"order": {"defines": [name]}} if equals else {}


def told(draft: Draft) -> list[str]:
    return [cell.source for cell in draft.notebook.cells]


def test_a_definition_is_moved_above_its_use() -> None:
    draft = put({"use": "print(y)", "other": "1", "make": "y = 5"}, "make", "use", "other", bad="use")
    assert told(draft) == ["y = 5", "print(y)", "1"]
    assert [(change.cell, change.kind) for change in draft.changes] == [("make", "order")]


def test_what_a_definition_needs_is_moved_with_it() -> None:
    draft = put({"use": "print(y)", "a": "a = 1", "make": "y = a"}, "a", "make", "use", bad="use")
    assert told(draft) == ["a = 1", "y = a", "print(y)"]


def test_a_cell_that_had_been_run_twice_stands_there_twice() -> None:
    draft = put({"set": "x = 1", "add": "x = x + 1", "show": "print(x)"}, "set", "add", "add", "show", bad="show")
    assert told(draft) == ["x = 1", "x = x + 1", "x = x + 1", "print(x)"]


def test_a_cell_whose_second_run_did_not_matter_is_not_doubled() -> None:
    draft = put({"set": "x = 1", "show": "print(x)"}, "set", "set", "show", bad="show")
    assert told(draft) == ["x = 1", "print(x)"]


def test_a_deleted_cell_is_restored_from_the_journal(data: Path) -> None:
    journaled(data, "z = 3")
    draft = put({"other": "1", "show": "print(z)"}, ("gone", "z = 3"), "other", "show", bad="show")
    assert told(draft) == ["1", "z = 3", "print(z)"]


def test_of_a_deleted_cell_whose_source_is_lost_that_is_said() -> None:
    draft = put({"show": "print(z)"}, ("gone", "z = 3"), "show", bad="show")
    assert told(draft) == ["print(z)"]
    assert "known no more" in draft.changes[0].sentence


def test_an_edited_cell_stays_as_it_was_edited(data: Path) -> None:
    journaled(data, "k = 1")
    draft = put({"set": "k = 2", "show": "print(k)"}, ("set", "k = 1"), "show", bad="show")
    assert told(draft) == ["k = 2", "print(k)"]
    draft = put({"set": "k = 2", "show": "print(k)"}, ("set", "k = 1"), "show", "set", bad="show")
    assert told(draft) == ["k = 2", "print(k)"]


def test_what_a_cell_did_before_it_became_another_is_restored(data: Path) -> None:
    journaled(data, "z = 3")
    draft = put({"reused": "w = 1", "show": "print(z, w)"}, ("reused", "z = 3"), "reused", "show", bad="show")
    assert told(draft) == ["z = 3", "w = 1", "print(z, w)"]


def test_a_name_that_was_overwritten_later_is_still_as_it_was_when_it_was_used() -> None:
    cells = {"set": "x = 1", "overwrite": "x = 2", "show": "print(x)"}
    assert told(put(cells, "set", "show", "overwrite", bad="show")) == ["x = 1", "print(x)", "x = 2"]


def test_cells_that_were_not_run_and_texts_stay_where_they_are() -> None:
    draft = put({"use": "print(y)", "never": "z = 1", "make": "y = 5"}, "make", "use", bad="use")
    assert told(draft) == ["y = 5", "print(y)", "z = 1"]


pairs = st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from("abcdef")), max_size=12)


@given(pairs)
def test_an_order_holds_every_name_once_and_each_demand_that_was_taken(them: list[tuple[str, str]]) -> None:
    found = Demands()
    for first, second in them:
        found.add(first, second)
    after = found.ordered("abcdef")
    assert sorted(after) == list("abcdef")
    for second, above in found.above.items():
        assert all(after.index(first) < after.index(second) for first in above)
    assert (after == list("abcdef")) == (not moved(list("abcdef"), after))


def test_the_fewest_cells_are_said_to_be_moved() -> None:
    assert moved(list("abcdef"), list("bcdefa")) == ["a"]
    assert moved(list("abcdef"), list("fabcde")) == ["f"]
    assert moved(list("ab"), list("ba")) == ["b"]
    assert moved(list("abc"), list("abc")) == []
