"""`jupyter prov show`: the record in words."""

from __future__ import annotations

from tests.command import Command


def test_the_record_is_told_in_words(original: Command) -> None:
    said = original("show", "analysis.ipynb").out
    assert said.startswith("analysis.ipynb — 6 cells with outputs of known origin, 1 session\n")
    assert "    1     2 " in said
    assert "import random, sys\n" in said
    assert "drew from random without a seed" in said
    assert "read data.csv" in said
    assert original("show", "analysis.prov.json").out == said


def test_no_line_is_wider_than_the_terminal_or_ends_in_blanks(recorded: Command) -> None:
    recorded.source("analysis.ipynb", "c2", "x  # " + "a long comment " * 20)
    for command in (("show", "analysis.ipynb"), ("check", "analysis.ipynb", "--env", "current")):
        said = recorded(*command, code=None).out.splitlines()
        assert max(map(len, said)) <= 80
        assert [line for line in said if line != line.rstrip()] == []


def test_a_notebook_without_a_record_is_refused(prov: Command) -> None:
    prov.write("plain.ipynb", "1")
    assert prov("show", "plain.ipynb", code=2).complaints == ["jupyter prov: There is no record plain.prov.json."]
    assert prov("show", "missing.ipynb", code=2).complaints == ["jupyter prov: There is no notebook missing.ipynb."]


def test_what_was_recorded_cannot_steer_the_terminal(recorded: Command) -> None:
    path = recorded.folder / "analysis.prov.json"
    path.write_text(path.read_text().replace("data.csv", "\\u001b]0;owned\\u0007.csv"))
    said = recorded("show", "analysis.ipynb").out
    assert "\x1b" not in said
    assert "read \\x1b]0;owned\\x07.csv" in said
