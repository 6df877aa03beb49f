"""`jupyter prov check`: verdicts, exit codes and reports, whatever the notebook, its record and its kernel are."""

from __future__ import annotations

import json
import signal
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbformat
import pytest

from tests.cli.test_run import bound_by_modes
from tests.command import Command, interrupted, kinds, verdicts

NOT_REPRODUCED, WRONG_USE, INTERRUPTED = 1, 2, 130
ENDLESS = "open(READY, 'w').close()\nimport time\nwhile True: time.sleep(0.05)"


def answered(*outputs: str) -> dict[str, Any]:
    """Cells that look as if they had been run, and had printed this; there is no record of it."""
    return {"outputs": [nbformat.v4.new_output("stream", text=text) for text in outputs], "execution_count": 1}


def cell(source: str, *printed: str, **metadata: Any) -> Mapping[str, Any]:
    return nbformat.v4.new_code_cell(
        source, id=f"i{abs(hash(source)) % 10**8}", metadata=metadata, **answered(*printed)
    )


def test_each_cell_of_a_recorded_notebook_gets_its_verdict_and_cause(recorded: Command) -> None:
    report = recorded.report("analysis.ipynb", code=NOT_REPRODUCED)
    assert report["notebook"] == "analysis.ipynb"
    assert [(one["index"], one["id"], one["verdict"]) for one in report["cells"]] == [
        (1, "c1", "identical"),
        (2, "c2", "differs"),
        (3, "c3", "differs"),
        (4, "c4", "identical"),
        (5, "c5", "equivalent"),
        (7, "c7", "identical"),
    ]
    drawn, told = report["cells"][1]["causes"][0], report["cells"][2]["causes"][0]
    assert (drawn["kind"], drawn["cell"], drawn["advice"]) == ("random", 1, "random.seed(0)")
    assert (told["kind"], told["cell"], told["line"]) == ("clock", 3, 2)
    assert report["cells"][4]["outputs"][1]["noise"] == ["memory-address"]
    assert report["inputs"] == [{"path": "data.csv", "status": "same"}]
    assert report["environment"]["source"] == "recorded"
    assert report["environment"]["missing"] == report["environment"]["changed"] == []


def test_the_terminal_tells_the_same(recorded: Command) -> None:
    said = recorded("check", "analysis.ipynb", code=NOT_REPRODUCED).out.splitlines()
    assert said[0] == "✗ analysis.ipynb did not reproduce: 3 identical, 1 equivalent, 2 differs"
    assert "environment: recorded" in said[1]
    assert "  ✗ cell 3 differs" in said
    assert "  ✓ cell 6 equivalent (only noise: memory-address)" in said
    assert any("random Python's global generator was drawn from without a seed" in line for line in said)


def test_a_check_writes_nothing_beside_the_notebook(recorded: Command) -> None:
    recorded.write("writes.ipynb", "open('made.txt', 'w').write('x')", "import helper", "%cd ..\nopen('up.txt', 'w')")
    (recorded.folder / "helper.py").write_text("")
    before = recorded.files()
    recorded("check", "writes.ipynb", "analysis.ipynb", "--env", "current", code=NOT_REPRODUCED)
    assert recorded.files() == before
    assert not (recorded.folder.parent / "up.txt").exists()


def test_a_notebook_in_a_read_only_folder_can_be_checked(recorded: Command) -> None:
    recorded.before = bound_by_modes
    recorded.folder.chmod(0o555)
    try:
        recorded("check", "analysis.ipynb", "--env", "current", code=NOT_REPRODUCED)
    finally:
        recorded.folder.chmod(0o755)


def test_several_notebooks_make_one_report_and_the_worst_exit_code(recorded: Command) -> None:
    recorded.write("same.ipynb", cell("print(1)", "1\n"))
    arguments = ("--env", "current", "--json", "report.json")
    recorded("check", "same.ipynb", "analysis.ipynb", *arguments, code=NOT_REPRODUCED)
    assert [(one["notebook"], one["verdict"]) for one in recorded.reports()] == [
        ("same.ipynb", "reproduced"),
        ("analysis.ipynb", "not-reproduced"),
    ]
    done = recorded("check", "analysis.ipynb", "missing.ipynb", "same.ipynb", *arguments, code=WRONG_USE)
    assert done.complaints == ["jupyter prov: There is no notebook missing.ipynb."]
    assert [one["notebook"] for one in recorded.reports()] == ["analysis.ipynb", "same.ipynb"]


def test_the_report_can_go_to_standard_output(prov: Command) -> None:
    prov.write("same.ipynb", cell("print(1)", "1\n"))
    told = json.loads(prov("check", "same.ipynb", "--env", "current", "--json", "-").out)
    assert told["notebooks"][0]["verdict"] == "reproduced"


def test_progress_is_told_as_json_lines(prov: Command) -> None:
    prov.write("same.ipynb", cell("print(1)", "1\n"), cell("print(2)", "2\n"))
    done = prov("check", "same.ipynb", "--env", "current", "--progress", "json")
    events = [json.loads(line) for line in done.complaints]
    assert [event["phase"] for event in events] == ["environment", "stage", "rerun", "rerun", "compare", "explain"]
    assert [(event["done"], event["total"]) for event in events if event["phase"] == "rerun"] == [(0, 2), (1, 2)]
    assert all(event["message"].endswith(".") for event in events)


def test_without_a_record_the_way_out_is_named_and_works(prov: Command) -> None:
    prov.write("plain.ipynb", cell("print(1)", "1\n"), cell("print(2)", "3\n"), "never.run()")
    (complaint,) = prov("check", "plain.ipynb", code=WRONG_USE).complaints
    assert "--env current" in complaint
    assert "jupyter prov run" in complaint
    report = prov.report("plain.ipynb", "--env", "current", code=NOT_REPRODUCED)
    assert verdicts(report) == ["identical", "differs", "unrecorded"]
    assert "no record" in report["blind_spots"][0]
    assert kinds(report["cells"][1]) == ["unknown"]
    assert "no record" in report["cells"][1]["causes"][0]["explanation"]


def test_a_notebook_that_was_never_run_is_not_said_to_reproduce(prov: Command) -> None:
    prov.write("fresh.ipynb", "1", "2")
    said = prov("check", "fresh.ipynb", "--env", "current").out
    assert said.splitlines()[0] == "✓ fresh.ipynb has no stored outputs to compare with: 2 unrecorded"
    prov.write("empty.ipynb")
    assert "it has no code cells" in prov("check", "empty.ipynb", "--env", "current").out


def test_a_changed_file_is_told_as_input_and_as_cause(recorded: Command) -> None:
    (recorded.folder / "data.csv").write_text("a,b\n1,3\n")
    report = recorded.report("analysis.ipynb", "--env", "current", code=NOT_REPRODUCED)
    assert report["inputs"] == [{"path": "data.csv", "status": "changed"}]
    assert kinds(report["cells"][3]) == ["data"]
    (recorded.folder / "data.csv").unlink()
    report = recorded.report("analysis.ipynb", "--env", "current", code=NOT_REPRODUCED)
    assert report["inputs"] == [{"path": "data.csv", "status": "missing"}]
    assert (report["cells"][3]["verdict"], kinds(report["cells"][3])) == ("failed", ["data"])


def test_tags_rule_what_counts(prov: Command) -> None:
    prov.write(
        "tagged.ipynb",
        cell("print(10)", "1\n", tags=["prov-skip"]),
        cell("print(20)", "1\n", tags=["prov-volatile"]),
        cell("print(30)", "1\n", tags=["nbval-ignore-output"]),
        cell("never", "1\n", tags=["nbval-skip"]),
        cell("print(40)", "40\n", tags=["skip-execution"]),
    )
    report = prov.report("tagged.ipynb", "--env", "current")
    assert verdicts(report) == ["skipped", "differs", "skipped", "skipped", "identical"]
    assert report["cells"][1]["volatile"] is True


def test_a_cell_that_never_ends_fails_and_the_later_ones_are_judged(prov: Command) -> None:
    prov.write("endless.ipynb", cell("print(1)", "1\n"), cell("while True: pass", "1\n"), cell("print(2)", "2\n"))
    report = prov.report("endless.ipynb", "--env", "current", "--timeout", "3", code=NOT_REPRODUCED)
    assert verdicts(report) == ["identical", "failed", "identical"]
    assert report["cells"][1]["failure"] == "it ran for more than 3 s"
    assert report["cells"][1]["causes"] == []


def test_a_cell_that_cannot_be_interrupted_ends_the_rerun(prov: Command) -> None:
    stubborn = "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass"
    prov.write("stubborn.ipynb", cell(stubborn, "1\n"), cell("print(2)", "2\n"))
    report = prov.report("stubborn.ipynb", "--env", "current", "--timeout", "2", code=NOT_REPRODUCED)
    assert [one["failure"] for one in report["cells"]] == [
        "it ran for more than 2 s",
        "not run: cell 1 could not be interrupted",
    ]
    assert prov.left() == []


def test_a_kernel_that_dies_ends_the_rerun(prov: Command) -> None:
    prov.write("dies.ipynb", cell("print(1)", "1\n"), cell("import os\nos._exit(1)", "1\n"), "print(2)")
    report = prov.report("dies.ipynb", "--env", "current", code=NOT_REPRODUCED)
    assert verdicts(report) == ["identical", "failed", "failed"]
    assert [one["failure"] for one in report["cells"][1:]] == [
        "the kernel died",
        "not run: the kernel died in cell 2",
    ]


def test_processes_that_cells_started_are_gone_afterwards(prov: Command) -> None:
    pytest.importorskip("joblib")
    workers = "from joblib import Parallel, delayed\nprint(sum(Parallel(n_jobs=2)(delayed(abs)(-i) for i in range(4))))"
    child = "import subprocess\nchild = subprocess.Popen(['setsid', 'sleep', '1000'])"
    prov.write("children.ipynb", cell(workers, "6\n"), cell(child))
    prov("check", "children.ipynb", "--env", "current")
    assert prov.left() == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_check_leaves_nothing(prov: Command, number: signal.Signals, tmp_path: Path) -> None:
    ready = tmp_path / "ready"
    prov.write("endless.ipynb", "print(1)", ENDLESS.replace("READY", repr(str(ready))))
    before = prov.files()
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    prov.variables["TMPDIR"] = str(temporary)
    process = prov.start("check", "endless.ipynb", "--env", "current", "--json", "report.json")
    done = interrupted(process, number, ready)
    assert (done.code, done.out) == (INTERRUPTED, "")
    assert done.complaints == ["jupyter prov: interrupted; nothing was changed."]
    assert prov.files() == before
    assert prov.left() == []
    assert [path.name for path in temporary.iterdir() if path.name.startswith("jupyter-prov")] == []


def test_what_a_notebook_prints_cannot_steer_the_terminal(prov: Command) -> None:
    prov.write("hostile.ipynb", cell("print('\\x1b]0;owned\\x07' * 2)", "1\n"), cell("raise ValueError('\\x1b[2J')"))
    said = prov("check", "hostile.ipynb", "--env", "current", code=NOT_REPRODUCED).out
    assert "\x1b" not in said
    assert "\x07" not in said


def test_output_that_cannot_be_read_fails_its_cell_alone(prov: Command) -> None:
    deep = "v = 1\nfor _ in range(900): v = [v]\ndisplay({'application/json': v}, raw=True)"
    prov.write("deep.ipynb", cell(deep, "1\n"), cell("print(2)", "2\n"))
    report = prov.report("deep.ipynb", "--env", "current", code=NOT_REPRODUCED)
    assert verdicts(report) == ["failed", "identical"]


def test_a_stripped_notebook_is_judged_by_the_digests_of_its_record(recorded: Command) -> None:
    path = recorded.folder / "analysis.ipynb"
    notebook = nbformat.read(path, 4)
    for one in notebook.cells:
        if one.cell_type == "code":
            one["outputs"], one["execution_count"] = [], None
    nbformat.write(notebook, path)
    report = recorded.report("analysis.ipynb", "--env", "current", code=NOT_REPRODUCED)
    assert verdicts(report)[:4] == ["identical", "differs", "differs", "identical"]
    assert "stripped" in report["cells"][1]["outputs"][0]["summary"]
    assert kinds(report["cells"][1]) == ["random"]


STRIPPED = (
    "Stored outputs were stripped, so those cells were judged by the digests in the record, which tell only whether "
    "outputs are equal."
)


def test_cells_that_were_stripped_are_judged_by_digests_where_others_kept_their_outputs(recorded: Command) -> None:
    path = recorded.folder / "analysis.ipynb"
    assert STRIPPED not in recorded.report("analysis.ipynb", "--env", "current", code=NOT_REPRODUCED)["blind_spots"]
    notebook = nbformat.read(path, 4)
    printed, drawn = notebook.cells[1], notebook.cells[2]
    printed["outputs"], printed["execution_count"] = [], None
    drawn["outputs"] = []  # as a stripper leaves it that keeps the numbers
    nbformat.write(notebook, path)
    report = recorded.report("analysis.ipynb", "--env", "current", code=NOT_REPRODUCED)
    assert verdicts(report)[:4] == ["identical", "differs", "differs", "identical"]
    assert "only equality could be judged" in report["cells"][1]["outputs"][0]["summary"]
    assert "→" in report["cells"][2]["outputs"][0]["summary"]
    assert report["blind_spots"].count(STRIPPED) == 1


def test_a_check_is_quiet_on_standard_error(recorded: Command) -> None:
    done = recorded("check", "analysis.ipynb", "--env", "current", code=NOT_REPRODUCED, PYTHONWARNINGS="default")
    assert done.err == ""


UNSEEDED = (
    "import random, uuid\nimport numpy as np, pandas as pd",
    "random.random()",
    "np.random.rand(3)",
    "rng = np.random.default_rng()\nrng.random()",
    "uuid.uuid4()",
    "pd.DataFrame({'a': range(1000)}).sample(3)",
)


def test_what_was_random_is_identical_when_it_is_played_back(prov: Command) -> None:
    prov.write("unseeded.ipynb", *UNSEEDED)
    prov("run", "unseeded.ipynb")
    report = prov.report("unseeded.ipynb", "--env", "current", "--replay", "random")
    assert verdicts(report) == ["identical"] * len(UNSEEDED)
    report = prov.report("unseeded.ipynb", "--env", "current", code=NOT_REPRODUCED)
    assert verdicts(report) == ["identical"] + ["differs"] * (len(UNSEEDED) - 1)
    assert {kind for cell in report["cells"][1:] for kind in kinds(cell)} == {"random"}
    assert [cell["causes"][0]["line"] for cell in report["cells"][1:]] == [1, 1, 1, 1, 1]
