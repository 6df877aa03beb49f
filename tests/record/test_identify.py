"""Which cells of a notebook records and executions speak of, once ids are missing, numbered anew or exchanged."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_prov.record.assemble import assemble
from jupyter_prov.record.belonging import belonging
from jupyter_prov.record.match_cells import aligned, is_of_another, outline, with_ids
from tests.record.making import code, log_of, notebook_of, printed, ran, started_entry

SOURCES = ("x = 1", "x", "x", "print(x)")


def worked(*sources: str) -> tuple[dict[str, Any], Any]:
    """A notebook with random ids whose cells were run once, and its record."""
    ids = [f"{index}f{index}e" for index in range(len(sources))]
    log = log_of(*(ran(n, cell, source) for n, (cell, source) in enumerate(zip(ids, sources, strict=True), 1)))
    cells = [
        code(cell, n, printed(str(n)), source=source)
        for n, (cell, source) in enumerate(zip(ids, sources, strict=True), 1)
    ]
    notebook = notebook_of(*cells)
    return notebook, assemble("a.ipynb", notebook, [log])


def origins(record: Any, notebook: dict[str, Any]) -> list[int | None]:
    """The number of the execution of each cell, by the notebook's ids."""
    found = (record.origin(cell.id) for cell in outline(notebook))
    return [origin[1].number if origin else None for origin in found]


def without_ids(notebook: dict[str, Any]) -> dict[str, Any]:
    return {**notebook, "cells": [{k: v for k, v in cell.items() if k != "id"} for cell in notebook["cells"]]}


def stripped(notebook: dict[str, Any]) -> dict[str, Any]:
    """What nbstripout makes of it."""
    cells = [{**cell, "id": str(i), "outputs": [], "execution_count": None} for i, cell in enumerate(notebook["cells"])]
    return {**notebook, "cells": cells}


def renamed(notebook: dict[str, Any]) -> dict[str, Any]:
    return {**notebook, "cells": [{**cell, "id": f"new{i}x"} for i, cell in enumerate(notebook["cells"])]}


@pytest.mark.parametrize("change", [without_ids, stripped, renamed, lambda notebook: notebook])
def test_a_record_is_read_by_the_ids_that_cells_have_now(change: Any) -> None:
    notebook, record = worked(*SOURCES)
    now = change(notebook)
    found = aligned(record, now)
    assert origins(found, now) == [1, 2, 3, 4]
    assert not is_of_another(found, now)


def test_a_record_that_fits_is_given_back_as_it_is() -> None:
    notebook, record = worked(*SOURCES)
    assert aligned(record, notebook) is record


def test_a_record_of_other_cells_is_of_another_notebook() -> None:
    _, record = worked("a = 1", "a")
    other = notebook_of(code("q", 1, source="b = 2"))
    assert is_of_another(aligned(record, other), other)


def test_cells_that_were_moved_and_numbered_anew_keep_their_executions() -> None:
    notebook, record = worked("x = 1", "y = 2", "x + y")
    cells = [copy.deepcopy(notebook["cells"][index]) for index in (2, 0, 1)]
    now = stripped({**notebook, "cells": [code("n", None, source="'new'"), *cells]})
    assert origins(aligned(record, now), now) == [None, 3, 1, 2]


def test_of_cells_with_one_source_the_count_tells_which_is_which() -> None:
    notebook, record = worked("x", "x", "x")
    left = without_ids({**notebook, "cells": notebook["cells"][1:]})
    assert origins(aligned(record, left), left) == [2, 3]


def test_a_cell_that_was_edited_keeps_its_place_where_ids_are_numbers() -> None:
    notebook, record = worked("x = 1", "x", "x + 1")
    numbered = aligned(record, without_ids(notebook))
    now = without_ids(copy.deepcopy(notebook))
    now["cells"][1]["source"] = "x * 2"
    assert origins(aligned(numbered, now), now) == [1, 2, 3]


def test_an_id_goes_before_a_source() -> None:
    notebook, record = worked("x = 1", "x")
    now = copy.deepcopy(notebook)
    now["cells"][0]["source"], now["cells"][1]["source"] = "x", "x = 1"
    assert origins(aligned(record, now), now) == [1, 2]


@given(st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, max_size=8), st.data())
def test_an_alignment_gives_each_cell_at_most_once_and_only_to_its_source(sources: list[str], data: Any) -> None:
    notebook, record = worked(*sources)
    order = data.draw(st.permutations(range(len(sources))))
    now = stripped({**notebook, "cells": [notebook["cells"][index] for index in order]})
    found = aligned(record, now)
    numbers = origins(found, now)
    assert sorted(number for number in numbers if number) == list(range(1, len(sources) + 1))
    for cell, number in zip(now["cells"], numbers, strict=True):
        assert number is not None
        assert sources[number - 1] == cell["source"]
    assert aligned(found, now) == found


def test_cells_without_ids_get_those_of_a_check_and_the_notebook_stays_what_it_was() -> None:
    notebook = without_ids(notebook_of(code("a", 1), code("b", 2)))
    assert [cell["id"] for cell in with_ids(notebook)["cells"]] == ["cell-0", "cell-1"]
    assert "id" not in notebook["cells"][0]


# -- sessions that several notebooks and consoles share


def of_client(client: str, number: int, cell: str | None, text: str) -> list[Any]:
    started, ended = ran(number, cell, text)
    return [{**started, "client": client}, ended]


def cells_of(log: Any, notebook: dict[str, Any], *others: dict[str, Any], alone: bool = False) -> list[str | None]:
    found = belonging(log, notebook, [outline(other) for other in others], alone)
    return [execution.cell for execution in found.executions]


def test_each_execution_is_of_the_notebook_whose_cell_it_is() -> None:
    log = log_of(of_client("1", 1, "aa", "x = 1"), of_client("2", 2, "bb", "y = 1"), of_client("3", 3, "cc", "x"))
    first, second = notebook_of(code("aa", 1)), notebook_of(code("bb", 2, source="y = 1"))
    assert cells_of(log, first, second) == ["aa", None, None]
    assert cells_of(log, second, first) == [None, "bb", None]


def test_of_two_copies_it_is_the_one_that_shows_the_output() -> None:
    log = log_of(of_client("1", 1, "aa", "x = 1"), of_client("2", 2, "aa", "x = 1"), of_client("1", 3, "aa", "x = 1"))
    first, second = notebook_of(code("aa", 3)), notebook_of(code("aa", 2))
    assert cells_of(log, first, second) == ["aa", None, "aa"]
    assert cells_of(log, second, first) == [None, "aa", None]


def test_a_deleted_cell_is_told_from_a_console_by_its_client() -> None:
    log = log_of(of_client("1", 1, "gone", "x = 1"), of_client("2", 2, "typed", "x = 2"), of_client("1", 3, "aa", "x"))
    assert cells_of(log, notebook_of(code("aa", 3, source="x"))) == ["gone", None, "aa"]


def test_a_console_that_runs_the_source_of_a_cell_is_none_of_it() -> None:
    log = log_of(of_client("1", 1, None, "x = 1"), of_client("2", 2, "aa", "x = 1"), of_client("1", 3, None, "x"))
    assert cells_of(log, notebook_of(code("aa", 2), code("bb", None, source="x"))) == [None, "aa", None]


def test_ids_that_the_file_does_not_keep_are_found_by_source_and_count() -> None:
    log = log_of(
        of_client("1", 1, "m1", "x = 1"),
        of_client("1", 2, "m2", "x"),
        of_client("9", 3, "console", "x"),
        of_client("1", 4, "m3", "x"),
    )
    notebook = without_ids(notebook_of(code("", 1), code("", 2, source="x"), code("", 4, source="x")))
    assert cells_of(log, notebook) == ["cell-0", "cell-1", None, "cell-2"]


def test_a_cell_without_id_that_was_edited_after_it_ran_is_found_by_its_count() -> None:
    log = log_of(of_client("1", 1, "m1", "x = 1"), of_client("1", 2, "m2", "x"))
    notebook = without_ids(notebook_of(code("", 1), code("", 2, source="x + 1")))
    assert cells_of(log, notebook, alone=True) == ["cell-0", "cell-1"]


def test_what_was_found_by_its_source_is_kept_when_the_cell_is_edited() -> None:
    log = log_of(ran(1, None, "x = 1"))
    assert cells_of(log, notebook_of(code("aa", 1)), alone=True) == ["aa"]
    assert cells_of(log, notebook_of(code("aa", 1, source="x = 2")), alone=True) == ["aa"]


def test_a_session_goes_on_while_it_is_looked_at() -> None:
    log = log_of(ran(1, "aa", "x = 1"))
    found = belonging(log, notebook_of(code("aa", 1)))
    log.apply(started_entry(2, "aa"))
    assert len(found.executions) == 1
    assert found.latest["aa"].number == 1
