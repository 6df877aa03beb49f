"""Cells as the editor sees them: trees under magics, and edits that leave all else as it is."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_prov.fix.source_edits import Edit, Source, edited, source_of

MAGICS = ("%matplotlib inline", "!ls -l", "files = !ls", "path = %pwd", "%time x = f()", "print?", "?print", "    !ls")
LINES = ("x = 1", "", "# a comment", "y = 'ö' + \"%s\" % 'é'", "def f():\n    return 1", "for i in range(3):\n    pass")


def parsed(text: str) -> Source:
    source = source_of(text)
    assert source is not None
    return source


@pytest.mark.parametrize("magic", MAGICS[:-1])
def test_the_python_around_a_magic_is_seen(magic: str) -> None:
    source = parsed(f"a = 1\n{magic}\nprint(a)")
    assert source.text == f"a = 1\n{magic}\nprint(a)"
    assert source.segment(source.tree.body[-1]) == "print(a)"


def test_what_a_timing_magic_times_is_seen_in_its_place() -> None:
    source = parsed("%time x = draw()")
    assert [source.segment(call) for call, _ in source.calls()] == ["draw()"]
    timed = parsed("\n%%time\nx = draw()")
    assert [timed.segment(call) for call, _ in timed.calls()] == ["draw()"]


@pytest.mark.parametrize("text", ["%%bash\nls", "x = (", "def f(:\n", "\x00"])
def test_what_is_not_python_is_left_alone(text: str) -> None:
    assert source_of(text) is None


def test_a_line_in_a_text_is_no_magic() -> None:
    assert parsed('text = """\n%matplotlib\n!ls\n"""').tree.body[0].end_lineno == 4


def test_of_two_edits_that_overlap_the_first_counts() -> None:
    assert edited("list(names)", [Edit(0, 4, "sorted"), Edit(0, 11, "x"), Edit(5, 10, "them")]) == "sorted(them)"


def test_calls_say_whether_they_may_be_made_repeatedly() -> None:
    source = parsed("a()\nfor x in b():\n    c()\n[d() for _ in x]\ndef f():\n    e()")
    assert {source.segment(call)[0]: repeated for call, repeated in source.calls()}["a"] is False
    assert {source.segment(call)[0] for call, repeated in source.calls() if repeated} >= {"c", "d", "e"}


def test_defaults_decorators_and_what_a_loop_goes_through_are_called_once() -> None:
    source = parsed("@a()\ndef f(x=b()):\n    e()\nfor x in c():\n    f()\ng = lambda x=d(): h()")
    assert [source.segment(call)[0] for call, repeated in source.calls() if not repeated] == ["b", "a", "c", "d"]


cells = st.lists(st.sampled_from([*LINES, *MAGICS[:-1]]), min_size=1, max_size=8).map("\n".join)


@given(cells, st.data())
def test_lines_put_above_a_statement_leave_all_others_as_they_are(text: str, data: st.DataObject) -> None:
    source = parsed(text)
    if not source.tree.body:
        return
    statement = data.draw(st.sampled_from(source.tree.body))
    after = edited(text, [source.above(statement, "seed(0)")])
    assert source_of(after) is not None
    lines = after.split("\n")
    assert lines.pop(statement.lineno - 1) == "seed(0)"
    assert "\n".join(lines) == text


@given(cells)
def test_positions_are_those_of_the_text(text: str) -> None:
    source = parsed(text)
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Name) and source.text.splitlines()[node.lineno - 1].strip()[:1] not in "%!?":
            assert source.segment(node) == node.id
