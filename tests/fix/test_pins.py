"""Versions are pinned where a project says what it requires, and nothing else in that file changes."""

from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_prov.fix.requirement_files import pinned
from tests.check.elsewhere import folder_of, holding, recorded_in
from tests.command import Command
from tests.fix.test_fixing import content

PROJECT = '[project]\nname = "a"\n{}\n[tool.x]\ndependencies = ["humanize"]\n'
ARRAY = 'dependencies = [\n    "numpy",  # [1]\n    \'humanize >=4; python_version > "3"\',\n]'
LINES = [
    ("numpy\nHumanize[x]>=4,<5 ; os_name=='nt' # why\r\n", "numpy\nHumanize[x]==4.9.0 ; os_name=='nt' # why\r\n"),
    ("-r other.txt\nnumpy", "-r other.txt\nnumpy\nhumanize==4.9.0\n"),
    ("", "humanize==4.9.0\n"),
    ("humanize-more==1\n", "humanize-more==1\nhumanize==4.9.0\n"),
    ("humanize @ https://example.org/h.whl\n", None),
    ("humanize==4.8.0 --hash=sha256:abc\n", None),
]
CONDA = [
    ("  - python=3.11\n  - humanize>=4 # why\n", "  - python=3.11\n  - humanize=4.9.0 # why\n"),
    ('  - pip:\n    - "humanize"\n  - pip\n', '  - pip:\n    - "humanize==4.9.0"\n  - pip\n'),
    ("- pip\n- pip:\n  - numpy\n", "- pip\n- pip:\n  - humanize==4.9.0\n  - numpy\n"),
    ("  - numpy\n", None),
]
ARRAYS = [
    ('dependencies = ["humanize"]', 'dependencies = ["humanize==4.9.0"]'),
    ("dependencies = []", 'dependencies = ["humanize==4.9.0"]'),
    ('dependencies = ["numpy"]', 'dependencies = ["numpy", "humanize==4.9.0"]'),
    ('dependencies = ["humanize @ https://example.org/h.whl"]', None),
    ("", None),
    ("[", None),
]
CASES = [
    *(("requirements.txt", *case) for case in LINES),
    *(("environment.yml", f"dependencies:\n{old}", new and f"dependencies:\n{new}") for old, new in CONDA),
    *(("pyproject.toml", PROJECT.format(old), new and PROJECT.format(new)) for old, new in ARRAYS),
]


@pytest.mark.parametrize(("name", "before", "after"), CASES)
def test_a_version_is_pinned_and_all_else_stays(name: str, before: str, after: str | None) -> None:
    assert pinned(Path(name), before, {"humanize": "4.9.0"}) == after


def test_an_array_over_several_lines_keeps_its_comments() -> None:
    after = pinned(Path("pyproject.toml"), PROJECT.format(ARRAY), {"humanize": "4.9.0", "natsort": "8.0"})
    wanted = ARRAY.replace(" >=4;", "==4.9.0;").replace("',\n]", '\',\n    "natsort==8.0",\n]')
    assert after == PROJECT.format(wanted)


@pytest.mark.slow
def test_what_is_pinned_reproduces_in_the_recorded_environment(prov: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(prov.cache))
    cells = {
        "import": "import humanize",
        "told": "print(humanize.__version__)",
        "draw": "import random\nrandom.random()",
    }
    path = recorded_in(holding(humanize="4.9.0"), prov.folder / "work", **cells)
    env = ("--env", folder_of(holding(humanize="4.12.0")))
    assert "require the recorded versions in your requirements: humanize==4.9.0" in " ".join(
        prov("fix", str(path), *env, code=1).out.split()
    )
    required = path.with_name("requirements.txt")
    required.write_text("humanize  # for people\n")
    said = prov("fix", str(path), *env, "--write").out
    assert "requires humanize 4.9.0, as recorded" in " ".join(said.split())
    assert "    -humanize  # for people\n    +humanize==4.9.0  # for people\n" in said
    assert required.read_text() == "humanize==4.9.0  # for people\n"
    assert "".join(content(path)["cells"][1]["outputs"][0]["text"]) == "4.9.0\n"
    prov("check", str(path), "--explain", "no")
