"""The record of a saved notebook: which execution made each of its outputs."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any

from jupyter_prov.record import assemble as module
from jupyter_prov.record.digests import DISPLAY, of_outputs
from jupyter_prov.record.model import Json, Record, from_json, to_json
from jupyter_prov.record.sessionlog import SessionLog
from tests.record.making import code, log_of, notebook_of, packages_entry, printed, ran, started_entry, valid


def assemble(notebook: Json, *logs: SessionLog, before: Record | None = None) -> Record:
    return valid(module.assemble("a.ipynb", notebook, logs, before))


def origins(record: Record) -> dict[str, tuple[str, int]]:
    """For each cell with a known origin, when its session started and the number of the execution."""
    return {c.id: (record.sessions[c.session - 1].started, c.execution) for c in record.cells}


def test_each_output_is_put_down_to_the_newest_execution_of_its_cell() -> None:
    log = log_of(ran(1, "a"), ran(2, "b"), ran(3, "a"))
    record = assemble(notebook_of(code("a", 3, printed("x")), code("b", 2)), log)
    assert origins(record) == {"a": ("t1", 3), "b": ("t1", 2)}
    assert record.cells[0].outputs == of_outputs([printed("x")])


def test_an_older_output_that_is_still_shown_belongs_to_the_older_execution() -> None:
    log = log_of(ran(1, "a"), ran(2, "a"), started_entry(3, "a"))
    assert origins(assemble(notebook_of(code("a", 1)), log)) == {"a": ("t1", 1)}


def test_a_cell_that_is_running_shows_what_it_has_made_so_far() -> None:
    log = log_of(ran(1, "a"), started_entry(2, "a"))
    assert origins(assemble(notebook_of(code("a", None, printed("half"))), log)) == {"a": ("t1", 2)}


def test_outputs_from_before_a_restart_keep_their_session() -> None:
    first, second = log_of(ran(1, "a"), ran(2, "b")), log_of(ran(1, "b"), started="t2")
    record = assemble(notebook_of(code("a", 1), code("b", 1)), first, second)
    assert origins(record) == {"a": ("t1", 1), "b": ("t2", 1)}
    assert [s.number for s in record.sessions] == [1, 2]


def test_a_cell_run_again_after_a_restart_with_the_same_prompt_belongs_to_the_new_session() -> None:
    record = assemble(notebook_of(code("a", 1)), log_of(ran(1, "a")), log_of(ran(1, "a"), started="t2"))
    assert origins(record) == {"a": ("t2", 1)}


def test_sessions_that_made_nothing_of_what_is_shown_are_left_out() -> None:
    record = assemble(notebook_of(code("b", 1)), log_of(ran(1, "a")), log_of(ran(1, "b"), started="t2"))
    assert [(s.number, s.started) for s in record.sessions] == [(1, "t2")]


def test_an_earlier_record_speaks_for_outputs_that_nobody_made_again() -> None:
    saved = notebook_of(code("a", 1, printed("x")), code("b", 2, printed("y")))
    before = assemble(saved, log_of(ran(1, "a"), ran(2, "b")))
    record = assemble(notebook_of(saved["cells"][0], code("b", 1, printed("z"))), log_of(ran(1, "b"), started="t2"),
                      before=before)  # fmt: skip
    assert origins(record) == {"a": ("t1", 1), "b": ("t2", 1)}


def test_an_output_that_the_earlier_record_does_not_know_has_no_origin() -> None:
    before = assemble(notebook_of(code("a", 1, printed("x"))), log_of(ran(1, "a")))
    assert origins(assemble(notebook_of(code("a", 1, printed("edited by hand"))), before=before)) == {}


def test_an_edited_cell_keeps_its_origin_and_the_source_that_ran() -> None:
    log = log_of(ran(1, "a", "x = 1"))
    record = assemble(notebook_of(code("a", 1, source="x = 2")), log)
    assert record.sessions[0].executions[0].source == module.digests.of_text("x = 1")


def test_a_cleared_cell_has_no_origin() -> None:
    log = log_of(ran(1, "a"), ran(2, "b"))
    assert origins(assemble(notebook_of(code("a", None), code("b", 2)), log)) == {"b": ("t1", 2)}


def test_a_copied_cell_has_no_origin() -> None:
    log = log_of(ran(1, "a"))
    assert origins(assemble(notebook_of(code("a", 1), code("copy", 1)), log)) == {"a": ("t1", 1)}


def test_markdown_and_cells_without_an_id_have_no_origin() -> None:
    log = log_of(ran(1, "m"), ran(2, None))
    nameless = {k: v for k, v in code("x", 2).items() if k != "id"}
    markdown = {"cell_type": "markdown", "id": "m", "source": "", "metadata": {}}
    assert origins(assemble(notebook_of(markdown, nameless), log)) == {}


def stripped(notebook: Json) -> Json:
    return notebook_of(*({**cell, "outputs": [], "execution_count": None} for cell in notebook["cells"]))


def test_a_stripped_notebook_keeps_what_is_known_of_its_outputs() -> None:
    saved = notebook_of(code("a", 1, printed("x")), code("gone", 2, printed("y")))
    before = assemble(saved, log_of(ran(1, "a"), ran(2, "gone")))
    record = assemble(notebook_of(*stripped(saved)["cells"][:1]), before=before)
    assert origins(record) == {"a": ("t1", 1)}
    assert record.cells[0].outputs == of_outputs([printed("x")])


def test_a_notebook_stripped_in_the_session_that_ran_it_keeps_what_is_known() -> None:
    saved, log = notebook_of(code("a", 1, printed("x"))), log_of(ran(1, "a"))
    before = assemble(saved, log)
    assert to_json(assemble(stripped(saved), log, before=before)) == to_json(before)


def test_running_a_stripped_notebook_leaves_nothing_of_the_earlier_record() -> None:
    saved = notebook_of(code("a", 1, printed("x")), code("b", 2, printed("y")))
    before = assemble(saved, log_of(ran(1, "a"), ran(2, "b")))
    record = assemble(notebook_of(code("a", 1, printed("x")), code("b", None)), log_of(ran(1, "a"), started="t2"),
                      before=before)  # fmt: skip
    assert origins(record) == {"a": ("t2", 1)}


def test_saving_again_changes_nothing() -> None:
    saved, log = notebook_of(code("a", 1, printed("x"))), log_of(ran(1, "a"))
    record = assemble(saved, log)
    again = assemble(saved, log, before=record)
    assert to_json(again) == to_json(record)
    assert to_json(assemble(saved, before=record)) == to_json(record)


def test_unknown_keys_of_the_earlier_record_are_kept() -> None:
    saved = notebook_of(code("a", 1, printed("x")))
    data: dict[str, Any] = copy.deepcopy(to_json(assemble(saved, log_of(ran(1, "a")))))
    data["k"] = data["cells"][0]["k"] = data["sessions"][0]["k"] = {"v": 1}
    data["sessions"][0]["executions"][0]["k"] = data["sessions"][0]["executions"][0]["evidence"]["k"] = {"v": 1}
    assert to_json(assemble(saved, before=from_json(data))) == data


def test_texts_that_the_notebook_shows_no_more_are_kept_only_where_that_is_asked_for() -> None:
    log = log_of(ran(1, "a", "key = 1"), ran(2, "a", "x = 1"), ran(3, "b", "y = 1"))
    saved = notebook_of(code("a", 2, source="x = 1"), code("b", 3, source="y = 2"))
    assert "sources" not in to_json(assemble(saved, log))
    kept = valid(module.assemble("a.ipynb", saved, [log], keep_sources=True))
    assert kept.sources == {module.digests.of_text(text): text for text in ("key = 1", "y = 1")}
    later = module.assemble("a.ipynb", saved, [], from_json(to_json(kept)), keep_sources=True)
    assert to_json(later) == to_json(kept)
    assert "sources" not in to_json(assemble(saved, before=kept))
    live = valid(module.live("a.ipynb", log, keep_sources=True))
    assert list(live.sources.values()) == ["key = 1"]


def test_times_alone_make_no_difference() -> None:
    saved = notebook_of(code("a", 1, printed("x")))
    one = assemble(saved, log_of(ran(1, "a")))
    later = log_of(ran(1, "a"), started="t2")
    later.executions[0].seconds, later.executions[0].started = 99.0, "later"
    assert module.same_but_times(one, assemble(saved, later))
    assert not module.same_but_times(one, assemble(saved, log_of(ran(1, "a", "y = 2"))))
    assert not module.same_but_times(one, replace(one, extra={"k": 1}))


def test_packages_that_no_execution_imported_are_listed_but_not_as_imported() -> None:
    log = log_of(ran(1, "a", evidence={"package": {"modules": ["np", "local"]}}))
    log.packages = {"distributions": {"numpy": {"version": "2"}, "pip": {"version": "1"}},
                    "provides": {"np": ["numpy"], "pip": ["pip"]}}  # fmt: skip
    packages = assemble(notebook_of(code("a", 1)), log).sessions[0].packages
    assert packages["imports"] == {"np": ["numpy"]}
    assert set(packages["distributions"]) == {"numpy", "pip"}


def test_a_live_record_tells_of_all_that_ended() -> None:
    record = valid(module.live("a.ipynb", log_of(ran(1, "a"), ran(2, None), started_entry(3, "b"))))
    assert [c.id for c in record.cells] == ["a"]
    assert [e.outcome for e in record.sessions[0].executions] == ["ok", "ok", "running"]


def accepted(before: Record, rerun: Record, *cells: str) -> Record:
    return valid(module.with_accepted(before, rerun, cells, "at 3"))


def test_accepted_outputs_come_from_the_rerun_and_the_others_from_where_they_came() -> None:
    before = assemble(notebook_of(code("a", 1, printed("x")), code("b", 2)), log_of(ran(1, "a"), ran(2, "b")))
    rerun = assemble(
        notebook_of(code("a", 1, printed("y")), code("b", 2)), log_of(ran(1, "a"), ran(2, "b"), started="t2")
    )
    record = accepted(before, rerun, "a")
    assert origins(record) == {"a": ("t2", 1), "b": ("t1", 2)}
    assert [(state.id, state.accepted) for state in record.cells] == [("a", "at 3"), ("b", None)]
    assert record.cells[0].outputs == of_outputs([printed("y")])
    record = accepted(record, rerun, "b")  # of the same re-run
    assert origins(record) == {"a": ("t2", 1), "b": ("t2", 2)}
    assert [session.number for session in record.sessions] == [1]


def test_accepted_outputs_stay_accepted_until_the_cell_runs_again_or_shows_something_else() -> None:
    log = log_of(ran(1, "a"))
    before = assemble(notebook_of(code("a", 1, printed("x"))), log)
    rerun = assemble(notebook_of(code("a", 1, printed("y"))), log_of(ran(1, "a"), started="t2"))
    known = accepted(before, rerun, "a")
    saved = assemble(notebook_of(code("a", 1, printed("y"))), log, before=known)  # the live run has the same number
    assert origins(saved) == {"a": ("t2", 1)}
    assert saved.cells[0].accepted == "at 3"
    other = assemble(notebook_of(code("a", 1, printed("x"))), log, before=known)
    assert (origins(other), other.cells[0].accepted) == ({"a": ("t1", 1)}, None)
    again = log_of(ran(1, "a"), ran(4, "a", count=1))
    later = assemble(notebook_of(code("a", 1, printed("y"))), again, before=known)
    assert (origins(later), later.cells[0].accepted) == ({"a": ("t1", 4)}, None)


def test_a_mark_of_the_session_counts_only_where_prov_is_asked() -> None:
    marked = {"output_type": "display_data", "data": {"text/plain": "1"}, "metadata": DISPLAY}
    cells = [code("a", 1, marked, source="show()"), code("b", 2, marked, source="%prov")]
    record = assemble(notebook_of(*cells), log_of(ran(1), ran(2, "b")))
    assert [len(state.outputs) for state in record.cells] == [1, 0]


def listed(*versions: str, before: Record | None = None, **imported: str) -> Record:
    """The record of a session that found these distributions (`name==version`) and imported some of them."""
    log = log_of(ran(1, "a", evidence={"package": {"modules": list(imported)}}))
    log.apply(packages_entry(0, **dict(one.split("==") for one in versions)))
    return module.assemble("a.ipynb", notebook_of(code("a", 1)), [log], before)


def versions_of(record: Record) -> dict[str, str]:
    return {name: noted["version"] for name, noted in record.sessions[-1].packages["distributions"].items()}


def test_the_list_of_distributions_stays_until_one_that_is_used_is_another() -> None:
    first = listed("numpy==1", "flask==1", "ipython==8", numpy="")
    kept = listed("numpy==1", "flask==2", "ipython==8", "black==1", before=first, numpy="")
    assert versions_of(kept) == {"numpy": "1", "flask": "1", "ipython": "8"}
    for used in (("numpy==2", "flask==2", "ipython==8"), ("numpy==1", "flask==2", "ipython==9")):
        assert versions_of(listed(*used, before=first, numpy=""))["flask"] == "2"
    assert versions_of(listed("numpy==1", "flask==2", "ipython==8", before=first, numpy="", flask=""))["flask"] == "2"


def test_a_list_that_was_empty_is_replaced() -> None:
    assert versions_of(listed("flask==2", before=listed())) == {"flask": "2"}
