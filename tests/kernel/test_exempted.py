"""`%%prov volatile` and `%%prov skip`: the cell runs as it would without them, and is seen as any other."""

from __future__ import annotations

import pytest

from jupyter_prov.record.model import ERROR, OK
from tests.live import LiveKernel

BODY = (
    "import time, random\n\nx = random.Random().random()\nopen('out.txt', 'w').write(str(time.time()))\nprint('shown')"
)


@pytest.mark.parametrize("first", ["%%prov volatile", "%%prov volatile a clock's word", "\n\n%%prov skip  ", "%%time"])
def test_names_lines_and_files_are_seen_as_in_any_cell(live: LiveKernel, first: str) -> None:
    plain = live.ran(BODY)
    execution = live.ran(f"{first}\n{BODY}")
    above = first.count("\n") + 1
    assert "shown" in live.text
    assert execution.evidence["order"] == plain.evidence["order"]
    assert [r["line"] for r in execution.evidence["clock"]["reads"]] == [4 + above]
    assert [made["line"] for made in execution.evidence["random"]["unseeded"]] == [3 + above]
    assert [f["role"] for f in execution.evidence["data"]["files"]] == ["output"]


@pytest.mark.parametrize(
    "magics", ["%%prov volatile\n%%time", "%%time\n%%prov volatile", "%%prov skip\n\n%%capture", "%%prov skip\n%%prun"]
)
def test_it_goes_with_other_magics(live: LiveKernel, magics: str) -> None:
    execution = live.ran(f"{magics}\nimport time\ny = 1\nt = time.time()")
    assert execution.outcome == OK, live.text
    assert execution.evidence["order"]["defines"] == ["t", "time", "y"]
    assert [r["line"] for r in execution.evidence["clock"]["reads"]] == [3 + magics.count("\n") + 1]


def test_a_cell_of_another_language_runs(live: LiveKernel) -> None:
    live.run("%%prov volatile\n%%writefile from_cell.txt\nwritten")
    assert (live.folder / "from_cell.txt").read_text() == "written\n"


def test_an_error_is_the_cells_own_and_its_line_too(live: LiveKernel) -> None:
    execution = live.ran("%%prov volatile\n\n1 / 0")
    assert (execution.outcome, execution.error) == (ERROR, "ZeroDivisionError")
    assert len(live.outputs) == 1
    assert "line 3" in live.text
    assert "jupyter_prov" not in live.text


def test_a_cell_may_await_and_shows_its_last_value(live: LiveKernel) -> None:
    execution = live.ran("%%prov volatile\nimport asyncio\nawait asyncio.sleep(0)\n'the end'")
    assert execution.outcome == OK
    assert live.text == "'the end'"


def test_a_call_marks_the_cell_at_run_time(live: LiveKernel) -> None:
    assert live.noted("import jupyter_prov as prov; prov.volatile('it is a race')", "declared") == {
        "volatile": "it is a race"
    }
    assert live.noted("%prov volatile", "declared") == {"volatile": ""}


def test_an_empty_cell_is_run(live: LiveKernel) -> None:
    live.run("%%prov skip")
    assert live.outputs == []
