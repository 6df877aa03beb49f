"""`%prov`: the live session's record in the notebook itself."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from jupyter_prov.record import files
from tests.live import LiveKernel, kernel


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
    ],
)
def test_wrong_use_gets_one_sentence(live: LiveKernel, line: str, says: str) -> None:
    live.run(line)
    assert says in live.text
    assert "Traceback" not in live.text


def test_save_writes_a_valid_record(live: LiveKernel) -> None:
    live.run("%prov save 'my record.json'")
    record = files.read(live.folder / "my record.json")
    assert record.executions()
    assert "my record.json" in live.text


def test_save_writes_beside_the_notebook_whatever_folder_the_kernel_is_in(project: Path, python: str) -> None:
    elsewhere = project.parent / "elsewhere"
    elsewhere.mkdir()
    notebook = project / "my analysis.ipynb"
    with kernel(elsewhere, python, environ={"JPY_SESSION_NAME": str(notebook)}) as live:
        live.run(f"open({str(project / 'in.txt')!r}, 'w').write('x')", "cell")
        live.run("import os; os.chdir('/')\n%prov save")
        record = files.read(project / "my analysis.prov.json")
    assert record.notebook == "my analysis.ipynb"
    assert record.sessions[0].executions[0].evidence["data"]["files"][0]["path"] == "in.txt"
    assert os.listdir(elsewhere) == []


def test_save_knows_the_notebook_as_vs_code_tells_it(project: Path, python: str) -> None:
    (project / "deep").mkdir()
    with kernel(project, python) as live:
        live.run(f"__vsc_ipynb_file__ = {str(project / 'deep' / 'code.ipynb')!r}; open('in.txt', 'w').write('x')")
        live.run("%prov save")
        record = files.read(project / "deep" / "code.prov.json")
    assert record.notebook == "code.ipynb"
    assert record.sessions[0].executions[0].evidence["data"]["files"][0]["path"] in (
        "../in.txt",
        str(project / "in.txt"),
    )


def test_saved_bytes_are_those_that_the_server_would_write(live: LiveKernel) -> None:
    live.run("%prov save x.json")
    text = (live.folder / "x.json").read_text()
    assert files.dumps(json.loads(text)) == text


def test_without_a_recording_it_says_what_to_do(project: Path, python: str) -> None:
    with kernel(project, python) as live:
        live.run("%unload_ext jupyter_prov")
        live.run("%prov")
        assert "not found" in live.text
