"""`%prov`: the live session's record in the notebook itself."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from jupyter_prov.kernel.magics import magics
from jupyter_prov.record import digests, record_file
from tests.live import SOURCE, LiveKernel, kernel


def shown(live: LiveKernel, kind: str) -> str:
    live.run("%prov")
    [output] = [o for o in live.outputs if o["output_type"] == "execute_result"]
    return str(output["data"][kind])


def test_the_session_is_shown_as_text_and_as_html(live: LiveKernel) -> None:
    live.run("import random, time\nrandom.random(); time.time(); open('made.txt', 'w').write('x')")
    for kind in ("text/plain", "text/html"):
        text = shown(live, kind)
        for title in ("Executions", "Randomness", "Clock", "Data", "Code", "Packages", "Environment", "Blind spots"):
            assert title in text
        assert "made.txt" in text
        assert "time.time read the clock" in text
        assert "without a seed" in text


def test_a_fresh_session_is_shown_too(project: Path, python: str) -> None:
    with kernel(project, python) as live:
        assert "Nothing random was drawn." in shown(live, "text/plain")


@pytest.mark.skipif(os.name == "nt", reason="names of POSIX")
def test_what_the_notebook_can_name_is_escaped(live: LiveKernel) -> None:
    live.run(
        "open('<script>alert(1)<', 'w').write('x'); import time; t = {'<img src=x>': time}; t['<img src=x>'].time()"
    )
    html = shown(live, "text/html")
    assert "<script" not in html
    assert "<img" not in html
    assert "&lt;script&gt;" in html


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("%prov nonsense", "Usage: %prov"),
        ("%prov save a b", "Usage: %prov"),
        ("%prov save 'a", "Usage: %prov"),
        ("%prov save nowhere/at/all.json", "could not be written"),
        ("%prov save", "Where this notebook lies is not known here"),
        ("%prov check", "Where this notebook lies is not known here"),
        ("%prov clock now", "Usage: %prov [COMMAND]"),
        ("%prov seed", "Usage: %prov seed N"),
        ("%prov seed -1", "A seed is a whole number from 0 to 4294967295, not '-1'."),
        ("%prov seed true", "A seed is a whole number"),
        ("%prov seed 1.5", "A seed is a whole number"),
        ("%prov input", "Usage: %prov input PATH…"),
        ("%prov input nowhere.csv", "There is no file nowhere.csv"),
        ("%prov output", "Usage: %prov output PATH…"),
        ("%prov param lr", "Usage: %prov param NAME=VALUE…"),
        ("%prov metric =1", "Usage: %prov metric NAME=VALUE…"),
        ("%prov note", "Usage: %prov note TEXT"),
        ("%prov check now", "Usage: %prov check"),
        ("%prov panel now", "Usage: %prov panel"),
        ("%prov skip", "Usage: %%prov skip in the first line of a cell"),
        ("%%prov nonsense\n1", "Usage: %%prov volatile [REASON]"),
    ],
)
def test_wrong_use_gets_one_sentence(live: LiveKernel, line: str, says: str) -> None:
    live.run(line)
    assert says in live.text
    assert "Traceback" not in live.text


def test_save_writes_a_valid_record(live: LiveKernel) -> None:
    live.run("%prov save 'my record.json'")
    record = record_file.read(live.folder / "my record.json")
    assert record.executions()
    assert "my record.json" in live.text


def test_save_writes_beside_the_notebook_whatever_folder_the_kernel_is_in(project: Path, python: str) -> None:
    elsewhere = project.parent / "elsewhere"
    elsewhere.mkdir()
    notebook = project / "my analysis.ipynb"
    with kernel(elsewhere, python, environ={"JPY_SESSION_NAME": str(notebook)}) as live:
        live.run(f"open({str(project / 'in.txt')!r}, 'w').write('x')", "cell")
        live.run("import os; os.chdir('/')\n%prov save")
        record = record_file.read(project / "my analysis.prov.json")
    assert record.notebook == "my analysis.ipynb"
    assert record.sessions[0].executions[0].evidence["data"]["files"][0]["path"] == "in.txt"
    assert os.listdir(elsewhere) == []


def test_save_knows_the_notebook_as_vs_code_tells_it(project: Path, python: str) -> None:
    (project / "deep").mkdir()
    with kernel(project, python) as live:
        live.run(f"__vsc_ipynb_file__ = {str(project / 'deep' / 'code.ipynb')!r}; open('in.txt', 'w').write('x')")
        live.run("%prov save")
        record = record_file.read(project / "deep" / "code.prov.json")
    assert record.notebook == "code.ipynb"
    assert record.sessions[0].executions[0].evidence["data"]["files"][0]["path"] in (
        "../in.txt",
        str(project / "in.txt"),
    )


@pytest.mark.parametrize("name", ["train.py", "data.csv", "settings.json", "other.prov.json"])
@pytest.mark.parametrize("how", ["%prov save {!r}", "import jupyter_prov as prov; prov.save({!r})"])
def test_save_replaces_no_file_that_is_no_record(live: LiveKernel, name: str, how: str) -> None:
    (live.folder / name).write_text('{"lr": 1}')
    live.run(how.format(name))
    assert "is no record" in live.text
    assert (live.folder / name).read_text() == '{"lr": 1}'


def test_save_replaces_a_record(live: LiveKernel) -> None:
    live.run("%prov save again.json")
    before = len(list(record_file.read(live.folder / "again.json").executions()))
    live.run("%prov save again.json")
    assert len(list(record_file.read(live.folder / "again.json").executions())) == before + 1


def test_cells_do_not_wait_while_a_record_is_made(live: LiveKernel) -> None:
    live.run(
        "from jupyter_prov.kernel import save_record\n"
        "made, held = save_record.live, []\n"
        "def watched(*given):\n"
        "    held.append(get_ipython()._jupyter_prov_recording._telling.locked())\n"
        "    return made(*given)\n"
        "save_record.live = watched"
    )
    live.run("%prov save held.json")
    live.run("save_record.live = made\nprint(held)")
    assert live.text.strip() == "[False]"


def test_saved_bytes_are_those_that_the_server_would_write(live: LiveKernel) -> None:
    live.run("%prov save x.json")
    text = (live.folder / "x.json").read_text()
    assert record_file.dumps(json.loads(text)) == text


@pytest.mark.parametrize(
    ("command", "title"),
    [
        ("order", "Executions"),
        ("random", "Randomness"),
        ("clock", "Clock"),
        ("data", "Data"),
        ("network", "Remote data"),
        ("code", "Code"),
        ("packages", "Packages"),
        ("environment", "Environment"),
        ("declared", "Declared"),
        ("blind", "Blind spots"),
    ],
)
def test_a_command_shows_one_section(live: LiveKernel, command: str, title: str) -> None:
    live.run(f"%prov {command}")
    [output] = live.outputs
    assert output["data"]["text/plain"].splitlines()[0] == title
    assert output["data"]["text/html"].count("<summary>") == 1


def test_what_is_shown_is_marked_as_none_of_the_results(live: LiveKernel) -> None:
    for line in ("%prov", "%prov clock", "%prov seed 1", "%prov save x.json"):
        live.run(line)
        [output] = live.outputs
        assert output["metadata"] == digests.DISPLAY
        assert digests.of_outputs(live.outputs, line) == []


def test_order_knows_the_cells_of_the_saved_notebook(project: Path, python: str) -> None:
    notebook = project / "analysis.ipynb"
    cells = [{"cell_type": "code", "id": name, "source": "1"} for name in ("first", "second")]
    notebook.write_text(json.dumps({"cells": cells}))
    with kernel(project, python, environ={"JPY_SESSION_NAME": str(notebook)}) as live:
        for cell in ("second", "first", "gone"):
            live.run("1", cell)
        live.run("%prov order")
        assert "deleted" not in live.text  # it may be newer than what was saved
        os.utime(notebook)
        live.run("%prov order")
        assert [line.split("  ")[2] for line in live.text.splitlines()[1:4]] == [
            "ok",
            "ok, out-of-order",
            "ok, deleted",
        ]


@pytest.mark.parametrize(
    ("system", "line", "words"),
    [
        ("nt", r"C:\data\x.csv parts\*.csv", [r"C:\data\x.csv", r"parts\*.csv"]),
        ("nt", "'my data\\x.csv' name=\"two words\"", [r"my data\x.csv", "name=two words"]),
        ("posix", r"'my data/x.csv' my\ data", ["my data/x.csv", "my data"]),
    ],
)
def test_words_are_cut_as_the_system_writes_paths(
    monkeypatch: pytest.MonkeyPatch, system: str, line: str, words: list[str]
) -> None:
    monkeypatch.setattr(magics, "_SYSTEM", system)
    assert magics._words("input", line) == words


def test_files_that_changed_on_disk_are_told(live: LiveKernel) -> None:
    for name in ("kept.csv", "edited.csv", "gone.csv"):
        (live.folder / name).write_text("1")
    live.run("for name in ('kept.csv', 'edited.csv', 'gone.csv'): open(name).read()", "reads files")
    live.settle()
    live.run("%prov")
    assert "on disk" not in live.text
    (live.folder / "edited.csv").write_text("2")
    (live.folder / "gone.csv").unlink()
    assert live.ran("%prov").evidence == {"order": {"uses": ["get_ipython"]}}
    assert "! edited.csv has changed on disk since it was read." in live.text
    assert "! gone.csv was read and is gone." in live.text
    live.run("%prov data")
    assert [line.split()[0] for line in live.text.splitlines() if "read kept.csv" in line] != ["!"]
    assert "! read edited.csv" in live.text
    assert "! read gone.csv" in live.text


def completions(live: LiveKernel, code: str) -> list[str]:
    asked = live.client.complete(code)
    while True:
        reply = live.client.get_shell_msg(timeout=300)
        if reply["parent_header"]["msg_id"] == asked:
            return list(reply["content"]["matches"])


def test_commands_and_paths_are_completed(live: LiveKernel) -> None:
    (live.folder / "data set").mkdir(exist_ok=True)
    (live.folder / "datum.csv").write_text("1")
    assert "seed" in completions(live, "%prov se")
    assert {"order", "volatile", "panel"} <= set(completions(live, "%prov "))
    assert "skip" not in completions(live, "%prov sk")
    assert set(completions(live, "%%prov ")) >= {"volatile", "skip"}
    assert "datum.csv" in completions(live, "%prov input other.csv datu")
    assert f"data set{os.sep}" in completions(live, "%prov output dat")
    assert "param" not in completions(live, "prov = pa")


def test_only_notebooks_records_and_folders_are_completed_for_save(live: LiveKernel) -> None:
    (live.folder / "save folder").mkdir()
    for name in ("save.ipynb", "save.prov.json", "save.py", "save.json"):
        (live.folder / name).touch()
    assert set(completions(live, "%prov save sav")) == {f"save folder{os.sep}", "save.ipynb", "save.prov.json"}
    assert "save.py" in completions(live, "%prov input sav")


def test_the_help_has_an_example_of_each_command(live: LiveKernel) -> None:
    reply = live.run("%prov?")
    text = reply["payload"][0]["data"]["text/plain"]
    from jupyter_prov.kernel.magics.commands import COMMANDS
    from jupyter_prov.kernel.magics.words import SECTIONS

    for command in {*SECTIONS, *COMMANDS} - {"skip", "volatile"}:
        assert f"%prov {command}" in text
    assert "%%prov volatile" in text
    assert "%%prov skip" in text


@pytest.mark.parametrize("variables", [{"JUPYTER_PROV": "0"}])
def test_where_nothing_is_recorded_the_magics_break_nothing(
    project: Path, python: str, variables: dict[str, str]
) -> None:
    with kernel(project, python, environ=variables, shake=False) as live:
        live.run("%load_ext jupyter_prov")
        live.run("%prov param lr=0.1\n%prov metric a=1\n%prov note x\n%prov output x\n%prov save\n%prov volatile")
        assert live.outputs == []
        live.run("%prov seed 3\nimport random; random.seed(3); a = random.random()")
        live.run("%prov seed 3\nprint(random.random() == a)")
        assert "True" in live.text
        for line in ("%prov", "%prov order", "%prov check", "%prov panel"):
            live.run(line)
            assert "This session is not recorded" in live.text
        live.run("%%prov volatile for a reason\nprint('ran')")
        assert live.text.strip() == "ran"


def test_a_terminal_has_the_magics_too(project: Path, python: str) -> None:
    script = project / "script.ipy"
    script.write_text("%load_ext jupyter_prov\n%prov param lr=1\n%prov seed 5\n%prov\n")
    (project / "home").mkdir()
    command = [python, "-m", "IPython", "--no-banner", "--ipython-dir", str(project / "home"), str(script)]
    environment = {**os.environ, "PYTHONPATH": SOURCE}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300)
    assert "Set the seed 5 of random" in done.stdout
    assert "This session is not recorded" in done.stdout
    assert "Error" not in done.stdout + done.stderr


def test_without_a_recording_it_says_what_to_do(project: Path, python: str) -> None:
    with kernel(project, python) as live:
        live.run("%unload_ext jupyter_prov")
        live.run("%prov")
        assert "not found" in live.text


def test_looking_and_saving_leave_no_trace_in_the_record(project: Path, python: str) -> None:
    notebook = project / "analysis.ipynb"
    notebook.write_text(json.dumps({"cells": []}))
    (project / "pyproject.toml").write_text("[tool.jupyter-prov]\nkeep-sources = true\n")
    with kernel(project, python, environ={"JPY_SESSION_NAME": str(notebook)}) as live:
        for line in ("%prov save", "%prov", "%prov order", "%prov save", "%prov save copy.prov.json"):
            assert live.ran(line).evidence == {"order": {"uses": ["get_ipython"]}}, line
        execution = live.ran("import jupyter_prov as prov; prov.save(); prov.save('copy.prov.json')")
        assert set(execution.evidence) == {"order"}
