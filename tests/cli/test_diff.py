"""`jupyter prov diff`: two versions of a notebook, set against each other without running them."""

from __future__ import annotations

import json
import subprocess
from typing import Any

import pytest

from tests.command import Command


def stored(prov: Command, name: str, *cells: tuple[str, str, str]) -> None:
    """A notebook with cells of id, source and printed text."""
    found: list[dict[str, Any]] = [
        {
            "cell_type": "code", "id": cell, "metadata": {}, "source": source, "execution_count": 1,
            "outputs": [{"output_type": "stream", "name": "stdout", "text": text}],
        }
        for cell, source, text in cells
    ]  # fmt: skip
    notebook = {"cells": found, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (prov.folder / name).write_text(json.dumps(notebook))


def git(prov: Command, *arguments: str) -> None:
    who = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
    subprocess.run(["git", *who, *arguments], cwd=prov.folder, check=True, capture_output=True)


def test_two_notebooks_that_mean_the_same(prov: Command) -> None:
    stored(prov, "a.ipynb", ("c1", "x", "<object at 0x7f0000000001>\n"), ("c2", "y", "2\n"))
    stored(prov, "b.ipynb", ("c1", "x", "<object at 0x7f0000000002>\n"), ("c2", "y  # said better", "2\n"))
    said = prov("diff", "a.ipynb", "b.ipynb").out
    assert said == "all 2 code cells show the same; 1 more edited, with the same outputs\n"


def test_what_differs_is_said(prov: Command) -> None:
    stored(prov, "a.ipynb", ("c1", "x", "0.81\n"), ("c2", "y", "2\n"), ("gone", "z", "3\n"))
    stored(prov, "b.ipynb", ("new", "w", "1\n"), ("c1", "x", "0.79\n"), ("c2", "y", "2\n"))
    said = prov("diff", "a.ipynb", "b.ipynb", code=1).out.splitlines()
    assert said[0] == "3 of 4 code cells differ"
    assert said[1:3] == ["  cell 1 added", "  cell 2 differs"]
    assert "0.81 → 0.79" in said[3]
    assert said[4] == "  cell 3 removed"


def test_cells_without_common_ids_are_paired_by_place(prov: Command) -> None:
    stored(prov, "a.ipynb", ("a1", "x", "1\n"), ("a2", "y", "2\n"))
    stored(prov, "b.ipynb", ("b1", "x", "1\n"), ("b2", "y", "3\n"))
    said = prov("diff", "a.ipynb", "b.ipynb", code=1).out
    assert said.startswith("1 of 2 code cells differ\n  cell 2 differs\n")


def test_revisions_of_git(prov: Command) -> None:
    git(prov, "init", "-q")
    for text in ("1\n", "2\n"):
        stored(prov, "a.ipynb", ("c1", "x", text))
        git(prov, "add", "a.ipynb")
        git(prov, "commit", "-qm", text)
    assert "1 → 2" in prov("diff", "HEAD~1", "a.ipynb", code=1).out
    assert prov("diff", "HEAD", "a.ipynb").code == 0
    assert "1 → 2" in prov("diff", "HEAD~1", "HEAD", "a.ipynb", code=1).out
    assert "2 → 1" in prov("diff", "HEAD:a.ipynb", "HEAD~1:a.ipynb", code=1).out


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("a.ipynb",), "diff takes two notebooks"),
        (("a.ipynb", "missing.ipynb"), "There is no notebook missing.ipynb"),
        (("nowhere", "a.ipynb"), "git does not give a.ipynb of nowhere"),
        (("HEAD:no/such/a.ipynb", "a.ipynb"), "cannot be had"),
    ],
)
def test_wrong_use_gets_one_sentence(prov: Command, arguments: tuple[str, ...], complaint: str) -> None:
    stored(prov, "a.ipynb", ("c1", "x", "1\n"))
    [said] = prov("diff", *arguments, code=2).complaints
    assert complaint in said
