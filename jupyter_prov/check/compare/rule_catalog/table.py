"""Prints the table of all rules in docs/comparison.md: `python -m jupyter_prov.check.compare.rule_catalog.table`."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module

from jupyter_prov.check.compare.rule_catalog.rule import Rule

HOLDERS = ("text_rules", "rich_rules")
"""The modules beside this one that hold rules, in the order of the table."""
BEGIN, END = "<!-- rules: begin -->", "<!-- rules: end -->"


def all_rules() -> Iterator[Rule]:
    """Every rule of the house, in the order of the table."""
    for name in HOLDERS:
        yield from import_module(f"jupyter_prov.check.compare.rule_catalog.{name}").RULES


def table() -> str:
    """The rules as a table in Markdown."""
    rows = ["| noise | in | what is hidden, and why | for example |", "|---|---|---|---|"]
    rows += [
        f"| `{rule.name}` | {rule.kind} | {_cell(rule.reason)} | {_code(rule.example[0])} ~ {_code(rule.example[1])} |"
        for rule in all_rules()
    ]
    return "\n".join(rows)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _code(text: str) -> str:
    """A text as code in a cell of a table, its control characters as escapes."""
    shown = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
    fence = "``" if "`" in shown else "`"
    return f"{fence}{_cell(shown)}{fence}"


if __name__ == "__main__":
    print(table())
