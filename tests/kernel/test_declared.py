"""What the notebook says of itself: parameters, metrics, notes, files that cannot be seen, and seeds set for it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from jupyter_prov.record import digests, masking
from jupyter_prov.record.model import OK
from tests.live import SOURCE, LiveKernel, kernel


def test_magics_and_calls_declare_the_same(live: LiveKernel) -> None:
    by_magic = live.noted(
        "who = 'adam'\n%prov param lr=0.1 optimizer={who} layers=3 'note=two words' warm=True none=none\n"
        "%prov metric loss=1e-3 name=$who\n%prov note It's a note; with {who}.",
        "declared",
    )
    by_call = live.noted(
        "import jupyter_prov as prov\n"
        "prov.param(lr=0.1, optimizer='adam', layers=3, note='two words', warm=True, none=None)\n"
        "prov.metric(loss=1e-3, name='adam'); prov.note(\"It's a note; with adam.\")",
        "declared",
    )
    assert by_magic == by_call
    assert by_call == {
        "params": {"lr": 0.1, "optimizer": "adam", "layers": 3, "note": "two words", "warm": True, "none": None},
        "metrics": {"loss": 0.001, "name": "adam"},
        "notes": ["It's a note; with adam."],
    }


def test_what_is_declared_stands_with_the_cell_that_says_it_and_is_shown(live: LiveKernel) -> None:
    live.run("%prov param stays=1")
    assert "declared" not in live.ran("1").evidence
    live.run("%prov declared")
    assert "stays = 1  param" in live.text


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ("np.float32(0.5)", 0.5),
        ("np.int64(7)", 7),
        ("np.True_", True),
        ("np.array(2.5)", 2.5),
        ("float('nan')", "nan"),
        ("float('-inf')", "-inf"),
        ("10 ** 30", str(10**30)),
        ("[1, {'a': 2}]", "[1, {'a': 2}]"),
        ("'x' * 10_000", "x" * 499 + "…"),
        ("'a\\ud800b'", "a?b"),
        ("list(range(10 ** 6))", "[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, ...]"),
    ],
)
def test_any_value_is_kept_as_json(live: LiveKernel, value: str, kept: Any) -> None:
    noted = live.noted(f"import numpy as np, jupyter_prov as prov\nprov.metric(value={value})", "declared")
    assert noted["metrics"] == {"value": kept}


def test_a_value_that_cannot_be_shown_breaks_nothing(live: LiveKernel) -> None:
    noted = live.noted(
        "import jupyter_prov as prov\nclass Bad:\n    def __repr__(self): raise RuntimeError('no')\n"
        "prov.param(good=1); prov.param(bad=Bad())",
        "declared",
    )
    assert noted["params"]["good"] == 1
    assert "Bad" in noted["params"]["bad"]


def test_declared_files_get_digests_and_what_was_seen_is_left_to_who_saw_it(live: LiveKernel) -> None:
    (live.folder / "raw.bin").write_text("raw")
    (live.folder / "parts").mkdir()
    for name in "ab":
        (live.folder / "parts" / f"{name}.csv").write_text(name)
    execution = live.ran(
        "%prov input raw.bin parts/*.csv\n%prov output made.txt later parts\n"
        "open('made.txt', 'w').write('made'); open('parts/a.csv').read()"
    )
    assert execution.outcome == OK, live.text
    found = {(Path(f["path"]).name, f["role"]): f for f in execution.evidence["data"]["files"]}
    assert {key: file["via"] for key, file in found.items()} == {
        ("raw.bin", "input"): "declared",
        ("a.csv", "input"): "audit",
        ("b.csv", "input"): "declared",
        ("made.txt", "output"): "audit",
        ("later", "output"): "declared",
        ("parts", "output"): "declared",
    }
    assert found["raw.bin", "input"]["digest"] == digests.of_bytes(b"raw")
    assert found["parts", "output"]["files"] == 2
    assert "digest" not in found["later", "output"]


def test_an_input_keeps_the_digest_that_it_had_when_it_was_declared(live: LiveKernel) -> None:
    (live.folder / "kept.bin").write_text("old")
    noted = live.noted(
        "import jupyter_prov as prov, subprocess\nprov.input('kept.bin')\nopen('kept.bin', 'w').write('new')", "data"
    )
    files = {f["role"]: f["digest"] for f in noted["files"]}
    assert files == {"input": digests.of_bytes(b"old"), "output": digests.of_bytes(b"new")}


def test_an_input_that_is_not_there_is_a_blind_spot_of_the_call(live: LiveKernel) -> None:
    live.ran("import jupyter_prov as prov; prov.input('nowhere.bin')")
    assert any("nowhere.bin is declared as an input" in spot for spot in live.log().blind_spots)


@pytest.mark.parametrize(("line", "call"), [("%prov seed 42", "%prov seed"), ("prov.seed(42)", "prov.seed")])
def test_every_loaded_generator_is_seeded_and_noted(live: LiveKernel, line: str, call: str) -> None:
    live.run("import random, numpy as np, jupyter_prov as prov")
    execution = live.ran(f"\n\n{line}\nprint(random.random(), np.random.rand())")
    said = live.text
    noted = execution.evidence["random"]
    assert noted["seeds"] == [
        {"call": call, "value": "42", "line": 3, "generator": generator} for generator in ("random", "numpy.random")
    ]
    assert all(draw["seeded"] for draw in noted["draws"])
    live.run("random.seed(42); np.random.seed(42); print(random.random(), np.random.rand())")
    assert said.splitlines()[-1].endswith(live.text.strip())
    assert ("Set the seed 42 of random, numpy." in said) == line.startswith("%")


def test_what_is_no_seed_is_refused(live: LiveKernel) -> None:
    for value in ("'x'", "None", "-1", "2 ** 32", "True", "1.5"):
        live.run(f"import jupyter_prov as prov; prov.seed({value})")
        assert "A seed is a whole number from 0 to 4294967295" in live.text
    live.run("import numpy as np; prov.seed(np.int64(5))")
    assert live.outputs == []


CALLS = """
import jupyter_prov as prov
prov.param(lr=0.1); prov.metric(a=1); prov.note("x"); prov.input("nowhere"); prov.output("nowhere"); prov.save()
prov.volatile("x")
prov.seed(7)
import random, sys
a = random.random(); random.seed(7)
print(a == random.random(), "jupyter_prov.kernel.recording" in sys.modules)
"""


def test_the_calls_do_no_harm_in_a_script(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", CALLS], env={"PYTHONPATH": SOURCE}, cwd=tmp_path, capture_output=True, text=True
    )
    assert done.stdout.split() == ["True", "False"], done.stderr
    assert list(tmp_path.iterdir()) == []


def test_the_calls_do_no_harm_where_nothing_is_recorded(project: Path, python: str) -> None:
    with kernel(project, python, environ={"JUPYTER_PROV": "0"}, shake=False) as live:
        live.run(CALLS)
        assert live.text.split()[0] == "True"


@pytest.mark.parametrize(
    ("line", "kept", "said"),
    [
        ("%prov param api_key=hunter2", {"params": {"api_key": "…"}},
         "The value of the parameter 'api_key' is not recorded, as it may be a secret."),
        ("prov.param(db='postgresql://ada:hunter2@db.org/x?a=1')", {"params": {"db": "postgresql://db.org/x?a=…"}},
         f"The parameter 'db' is recorded without {masking.URL}."),
        ("prov.metric(pin=4711)", {"metrics": {"pin": "…"}},
         "The value of the metric 'pin' is not recorded, as it may be a secret."),
        ("prov.param(run='sk_live_4eC39HqLyjWDarjtT1zdp7dc')", {"params": {"run": "…"}},
         "The value of the parameter 'run' is not recorded, as it may be a secret."),
        ("prov.param(c={'password': 'hunter2'})", {"params": {"c": "{'password': '…'}"}},
         "The parameter 'c' is recorded without values of names such as 'password'."),
        ("%prov note Log in with password=hunter2 there.", {"notes": ["Log in with password=… there."]},
         "The note is recorded without values of names such as 'password'."),
        ("prov.volatile('see https://ada:hunter2@a.org')", {"volatile": "see https://a.org"},
         f"The reason is recorded without {masking.URL}."),
        ("prov.param(max_tokens=512, author='Ada')", {"params": {"max_tokens": 512, "author": "Ada"}}, ""),
    ],
)  # fmt: skip
def test_what_may_be_a_secret_is_masked_and_the_user_told_at_once(
    live: LiveKernel, line: str, kept: dict[str, Any], said: str
) -> None:
    live.run("import jupyter_prov as prov")
    assert live.noted(line, "declared") == kept
    assert live.text == said
    assert all(output["metadata"] == digests.DISPLAY for output in live.outputs)
    live.run("%prov declared")
    assert not said or "not recorded in full" in live.text
    assert "hunter2" not in live.text


def test_the_reason_at_the_top_of_a_cell_is_masked_too(live: LiveKernel) -> None:
    assert live.noted("%%prov volatile token=hunter2\n1", "declared") == {"volatile": "token=…"}
    assert live.text.startswith("The reason is recorded without")


@pytest.mark.parametrize("call", ["%prov output {}", "prov.input('{}')", "prov.output('{}')"])
def test_a_url_is_declared_as_a_file_in_vain_and_without_its_secrets(live: LiveKernel, call: str) -> None:
    live.run("import jupyter_prov as prov")
    execution = live.ran(call.format("https://ada:hunter2@a.org/x.csv?k=hunter2"))
    assert "data" not in execution.evidence
    role = "input" if "input" in call else "output"
    spot = f"https://a.org/x.csv?k=… is declared as an {role}, and is a URL rather than a file."
    assert spot in live.log().blind_spots


@pytest.mark.parametrize("code", ["open({})", "import os; os.listdir({})", "import sqlite3; sqlite3.connect({})"])
def test_a_url_that_is_taken_for_a_file_leaves_no_secret(live: LiveKernel, code: str) -> None:
    execution = live.ran(code.format("'https://ada:hunter2@a.org/x.csv?k=hunter2'"))
    assert "hunter2" not in str(execution.evidence)
    assert not any("hunter2" in spot for spot in live.log().blind_spots)
