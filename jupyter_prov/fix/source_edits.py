"""The text of a cell with its syntax tree, and edits at the tree's positions that leave all else as it is."""

from __future__ import annotations

import ast
import bisect
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from jupyter_prov.analysis.cell_source import body_of
from jupyter_prov.record.quiet_parser import parse

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")
_TIMED = re.compile(r"[ \t]*%time (?![-\s])")
_ASSIGNED = re.compile(r"([ \t]*[^\s=%!?#][^=%!?#]*=[ \t]*)[!%]")
_MAGIC = re.compile(r"([ \t]*)(?:[%!?]|[\w.]+\?\??\s*$)")
REPEATING = (ast.For, ast.AsyncFor, ast.While, ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ListComp,
             ast.SetComp, ast.DictComp, ast.GeneratorExp)  # fmt: skip
"""What may run more than once of what stands in it."""


@dataclass(frozen=True)
class Edit:
    """A part of a text, by its first character and the one behind its last, and what comes in its place."""

    start: int
    end: int
    text: str


class Source:
    """A cell's text and its tree; what the tree's nodes say of lines and columns holds for the text."""

    def __init__(self, text: str, tree: ast.Module) -> None:
        self.text, self.tree = text, tree
        self._lines = [found[0] for found in _LINE.finditer(text)]
        starts = [0]
        for line in self._lines:
            starts.append(starts[-1] + len(line))
        self._starts = starts
        for node in ast.walk(tree):
            if isinstance(node, ast.JoinedStr):
                self._relocate(node)

    def _relocate(self, text: ast.JoinedStr) -> None:
        """Put the expressions in an f-string where they are: Python before 3.12 tells wrong places of some."""
        start, end = self.span(text)
        for part in ast.walk(text):
            if isinstance(part, ast.FormattedValue) and not self.holds(part.value):
                place = next((at for at in range(start, end) if self._stands_at(at, end, part.value)), None)
                if place is not None:
                    self._shift(part.value, place)

    def _stands_at(self, start: int, end: int, node: ast.expr) -> bool:
        """Whether an expression begins at a character, right behind a brace."""
        if self.text[start - 1] != "{" or node.lineno != node.end_lineno:
            return False
        length = (node.end_col_offset or 0) - node.col_offset
        return start + length <= end and _same(self.text[start : start + length], node)

    def _shift(self, node: ast.expr, place: int) -> None:
        line = bisect.bisect_right(self._starts, place)
        before = self.text[self._starts[line - 1] : place]
        lines, columns = line - node.lineno, len(before.encode()) - node.col_offset
        for inner in ast.walk(node):
            if isinstance(inner, ast.expr):
                inner.lineno += lines
                inner.end_lineno = (inner.end_lineno or 0) + lines
                inner.col_offset += columns
                inner.end_col_offset = (inner.end_col_offset or 0) + columns

    def holds(self, node: ast.expr) -> bool:
        """Whether the text really has an expression where its node says."""
        try:
            return _same(self.segment(node), node)
        except (IndexError, UnicodeError):
            return False

    def at(self, line: int, column: int) -> int:
        """The character at a line, counted from 1, and a column, counted in bytes of UTF-8 as trees do."""
        text = self._lines[line - 1]
        return self._starts[line - 1] + len(text.encode()[:column].decode(errors="ignore"))

    def span(self, node: ast.expr | ast.stmt) -> tuple[int, int]:
        """The first character of a node and the one behind its last."""
        last = (node.end_lineno or node.lineno, node.end_col_offset or 0)
        return self.at(node.lineno, node.col_offset), self.at(*last)

    def segment(self, node: ast.expr | ast.stmt) -> str:
        """The text of a node."""
        start, end = self.span(node)
        return self.text[start:end]

    def instead(self, node: ast.expr, text: str) -> Edit:
        """An edit that puts a text in the place of a node."""
        return Edit(*self.span(node), text)

    def statement(self, line: int | None) -> ast.stmt | None:
        """The last top-level statement that holds a line; without a line the first that imports nothing."""
        if line is None:
            return next((one for one in self.tree.body if not isinstance(one, ast.Import | ast.ImportFrom)), None)
        return next((one for one in reversed(self.tree.body) if first_line(one) <= line <= (one.end_lineno or 0)), None)

    def above(self, statement: ast.stmt, text: str) -> Edit:
        """An edit that puts lines of their own above the line in which a top-level statement begins."""
        line = first_line(statement)
        while before := [one for one in self.tree.body if first_line(one) < line <= (one.end_lineno or 0)]:
            line = first_line(before[0])  # a statement above ends in the same line
        start = self._starts[line - 1]
        newline = "\r\n" if "\r\n" in self.text else "\n"
        return Edit(start, start, text.replace("\n", newline) + newline)

    def calls(self, line: int | None = None) -> Iterator[tuple[ast.Call, bool]]:
        """The calls in the statements that hold a line (by default in all), and whether they may be made repeatedly."""
        for statement in self.tree.body:
            if line is None or first_line(statement) <= line <= (statement.end_lineno or 0):
                yield from ((call, often) for call, often in _calls(statement, False) if self.holds(call))


def _same(text: str, node: ast.expr) -> bool:
    try:
        return ast.dump(parse(f"({text})", "eval").body) == ast.dump(node)
    except (SyntaxError, ValueError):
        return False


def _calls(node: ast.AST, repeated: bool) -> Iterator[tuple[ast.Call, bool]]:
    if isinstance(node, ast.Call):
        yield node, repeated
    once = _once(node)
    for inner in ast.iter_child_nodes(node):
        yield from _calls(inner, repeated or (isinstance(node, REPEATING) and inner not in once))


def _once(node: ast.AST) -> list[ast.AST]:
    """What of a node is run once however often the rest of it is: defaults, decorators, what a loop goes through."""
    if isinstance(node, ast.For | ast.AsyncFor):
        return [node.iter]
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return [node.args, *node.decorator_list]
    return [node.args] if isinstance(node, ast.Lambda) else []


def first_line(statement: ast.stmt) -> int:
    """The line in which a statement begins, its decorators counted."""
    decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
    return min([statement.lineno, *(one.lineno for one in decorators)])


def edited(text: str, edits: Iterable[Edit]) -> str:
    """A text with edits made in it; of two that overlap the first one counts."""
    made: list[Edit] = []
    for edit in edits:
        if edit not in made and not any(edit.start < other.end and other.start < edit.end for other in made):
            made.append(edit)
    order = sorted(range(len(made)), key=lambda number: (made[number].start, made[number].end, number))
    for number in reversed(order):
        edit = made[number]
        text = text[: edit.start] + edit.text + text[edit.end :]
    return text


def source_of(text: str) -> Source | None:
    """A cell's text with its tree; None where it is not Python, or is broken."""
    body = body_of(text)
    if body.text.startswith("%%"):
        return None
    head = text[: len(text) - len(body.text)]
    lines = [found[0] for found in _LINE.finditer(re.sub(r"[^\r\n]", "#", head) + body.text)]
    for _ in range(len(lines) + 1):
        try:
            return Source(text, parse("".join(lines)))
        except SyntaxError as error:
            number = (error.lineno or 0) - 1
            if not 0 <= number < len(lines) or (masked := _masked(lines[number])) is None:
                return None
            lines[number] = masked
        except (ValueError, RecursionError, MemoryError):
            return None
    return None


def _masked(line: str) -> str | None:
    """A line that is no Python because of a magic, with Python of the same meaning for the lines around it."""
    ending = line[len(line.rstrip("\r\n")) :]
    if found := _TIMED.match(line):
        return found[0].replace("%time ", "True; ") + line[found.end() :]
    if found := _ASSIGNED.match(line):
        return f"{found[1]}0{ending}"
    if found := _MAGIC.match(line):
        return f"{found[1]}pass{ending}"
    return None
