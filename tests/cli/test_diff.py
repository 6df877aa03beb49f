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


VIEW = "application/vnd.jupyter.widget-view+json"


def shown(prov: Command, name: str, data: dict[str, Any], tags: tuple[str, ...] = (), **metadata: Any) -> None:
    """A notebook with one cell that shows this."""
    output = {"output_type": "display_data", "data": data, "metadata": {}}
    cell = {"cell_type": "code", "id": "c1", "metadata": {"tags": tags}, "source": "x", "execution_count": 1}
    notebook = {"cells": [cell | {"outputs": [output]}], "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    (prov.folder / name).write_text(json.dumps(notebook))


def test_the_tolerance_of_the_project_and_of_a_tag_holds_here_too(prov: Command) -> None:
    shown(prov, "a.ipynb", {"text/plain": "0.8123"})
    shown(prov, "b.ipynb", {"text/plain": "0.8124"})
    prov("diff", "a.ipynb", "b.ipynb", code=1)
    (prov.folder / "pyproject.toml").write_text("[tool.jupyter-prov]\nrtol = 1e-3\n")
    prov("diff", "a.ipynb", "b.ipynb")
    shown(prov, "b.ipynb", {"text/plain": "0.8124"}, tags=("prov-rtol=1e-9",))
    prov("diff", "a.ipynb", "b.ipynb", code=1)


def test_widgets_are_compared_by_the_state_of_their_models_here_too(prov: Command) -> None:
    for name, model, value in (("a.ipynb", "a" * 32, 3), ("b.ipynb", "b" * 32, 3), ("c.ipynb", "c" * 32, 4)):
        kept = {model: {"model_name": "M", "model_module": "m", "model_module_version": "1", "state": {"value": value}}}
        states = {"application/vnd.jupyter.widget-state+json": {"state": kept, "version_major": 2, "version_minor": 0}}
        shown(prov, name, {VIEW: {"model_id": model}}, widgets=states)
    prov("diff", "a.ipynb", "b.ipynb")
    assert "value: 3 → 4" in prov("diff", "a.ipynb", "c.ipynb", code=1).out


def test_another_representation_that_differs_is_shown_and_does_not_fail(prov: Command) -> None:
    shown(prov, "a.ipynb", {"text/html": "<b>1</b>", "text/plain": "one"})
    shown(prov, "b.ipynb", {"text/html": "<b>1</b>", "text/plain": "two"})
    said = prov("diff", "a.ipynb", "b.ipynb").out.splitlines()
    assert said == ["all 1 code cells show the same", "  cell 1 equivalent", "      text/plain differs: one → two"]
