"""The table of rules: each rule does what it says, and the documentation tells what the code does."""

from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_prov.check.compare.base import Context
from jupyter_prov.check.compare.rule_catalog import table
from jupyter_prov.check.compare.rule_catalog.rule import Rule
from jupyter_prov.report.model import EQUIVALENT
from tests.check.outputs import compared, error

DOCS = Path(__file__).parents[2] / "docs" / "comparison.md"
STAGE = (("/tmp/stage-1/project", "/home/ann/project"),)
SHOWN = [rule for rule in table.all_rules() if rule.kind in ("text", "stream", "error")]


@pytest.mark.parametrize("rule", SHOWN, ids=lambda rule: f"{rule.name}-{rule.kind}")
def test_the_example_of_a_rule_is_hidden_by_that_rule_alone(rule: Rule) -> None:
    pair = [error("E", "e", one) if rule.kind == "error" else one for one in rule.example]
    for one, other in (pair, pair[::-1]):
        found = compared(one, other, Context(rule.source, STAGE))
        assert (found.verdict, found.noise) == (EQUIVALENT, [rule.name])
        if rule.name != "traceback":
            assert [hidden.noise for hidden in found.hidden] == [rule.name]
            assert found.hidden[0].recorded != found.hidden[0].rerun


def test_the_documentation_holds_the_table_that_the_code_makes() -> None:
    text = DOCS.read_text(encoding="utf-8")
    _, _, rest = text.partition(table.BEGIN)
    assert rest.partition(table.END)[0].strip() == table.table(), (
        "write the output of `python -m jupyter_prov.check.compare.rule_catalog.table` into docs/comparison.md"
    )
