"""Text as a terminal shows it: `\\r`, `\\b`, colours and the codes that move the cursor applied, in linear time."""

from __future__ import annotations

import re

from jupyter_prov.check.compare.base import Context

_MOVE = re.compile(r"\x1b\[[0-9;]{0,20}[A-HJKSTf]")
_ANSI = re.compile(
    r"\x1b(?:\[[0-?]{0,100}[ -/]{0,9}[@-~]|\][^\x07\x1b]{0,4000}(?:\x07|\x1b\\)|[()*+][0-9A-Za-z]|[=>@-Z\\-_78])"
)
_OVERTYPED = re.compile("[^\r\n\b]\b(?=[^\r\n\b])")
_KEYS = re.compile("[^\r\b]+|\r+|\b+")
_STEPS = re.compile(r"[^\r\b\n\x1b]+|\r+|\x08+|\n|\x1b\[[0-9;]{0,20}[A-HJKSTf]|\x1b")
_MOST_CODES = 100_000
"""More codes are left out without being obeyed: nobody has looked at so many, and it would take seconds."""
_WIDEST = 1000
"""How far to the right a code can move the cursor."""


def line_ends(text: str, _: Context) -> str:
    """The ends of lines as Unix has them; a program at a pseudo-terminal writes `\\r\\n`."""
    if "\r" not in text:
        return text
    return text.replace("\r\r\n", "\n").replace("\r\n", "\n")


def terminal(text: str, _: Context) -> str:
    """What stands on the screen in the end, without its colours."""
    text = line_ends(text, _)
    if "\x1b" in text:
        if text.count("\x1b[") <= _MOST_CODES and _MOVE.search(text):
            return _Screen().shown(_ANSI.sub(lambda found: found[0] if _MOVE.match(found[0]) else "", text))
        text = _ANSI.sub("", text)
    if "\r" not in text and "\b" not in text:
        return text
    if "\b" in text:
        text = _OVERTYPED.sub("", text)
    return "\n".join(_typed(line) if "\r" in line or "\b" in line else line for line in text.split("\n"))


def _typed(line: str) -> str:
    """What stands on a line after the cursor has gone back and forth on it."""
    if "\b" not in line:
        return _laid_over(line.split("\r"))
    cells: list[str] = []
    at = 0
    for run in _KEYS.findall(line):
        if run[0] == "\r":
            at = 0
        elif run[0] == "\b":
            at = max(0, at - len(run))
        else:
            cells[at : at + len(run)] = run
            at += len(run)
    return "".join(cells)


def _laid_over(layers: list[str]) -> str:
    """Texts that all begin in the first column: of each that part which no later one covers."""
    parts: list[str] = []
    width = 0
    for layer in reversed(layers):
        if len(layer) > width:
            parts.append(layer[width:])
            width = len(layer)
    return "".join(parts)


class _Screen:
    """A screen without an end below; codes that would make it grow faster than its text are left out."""

    def __init__(self) -> None:
        self.lines: list[list[str]] = [[]]
        self.row = self.column = 0
        self.spare = 0
        """How many blanks codes may still write."""

    def shown(self, text: str) -> str:
        """The text that stands on the screen in the end."""
        self.spare = len(text) + 10_000
        for step in _STEPS.findall(text):
            if step == "\n":
                self._go(self.row + 1, 0, grow=True)
            elif step[0] == "\r":
                self.column = 0
            elif step[0] == "\b":
                self.column = max(0, self.column - len(step))
            elif step[0] == "\x1b":
                self._obey(step)
            else:
                self._write(step)
        return "\n".join("".join(line) for line in self.lines)

    def _write(self, text: str) -> None:
        line = self.lines[self.row]
        if (gap := self.column - len(line)) > 0:
            if gap > self.spare:
                self.column = len(line)
            else:
                self.spare -= gap
                line += " " * gap
        line[self.column : self.column + len(text)] = text
        self.column += len(text)

    def _go(self, row: int, column: int, grow: bool = False) -> None:
        if grow and row == len(self.lines):
            self.lines.append([])
        self.row = max(0, min(row, len(self.lines) - 1))
        self.column = max(0, min(column, max(_WIDEST, self.column)))

    def _obey(self, code: str) -> None:
        numbers = [int(part or 0) for part in code[2:-1].split(";")] if len(code) > 1 else [0]
        first, last = max(1, numbers[0]), code[-1]
        if last in "ABEF":
            down = first if last in "BE" else -first
            self._go(self.row + down, self.column if last in "AB" else 0)
        elif last in "CDG":
            self._go(self.row, {"C": self.column + first, "D": self.column - first, "G": first - 1}[last])
        elif last in "Hf":
            self._go(first - 1, max(1, numbers[1]) - 1 if len(numbers) > 1 else 0)
        elif last in "JK":
            self._erase(last, numbers[0])

    def _erase(self, what: str, part: int) -> None:
        """Erase a line or the screen: behind the cursor, before it (of a line), or all."""
        line = self.lines[self.row]
        if part == 0:
            del line[self.column :]
        elif what == "J" and part in (2, 3):
            self.lines, self.row = [[]], 0
        elif part == 2:
            line.clear()
        elif what == "K" and part == 1 and (width := min(self.column + 1, len(line))) <= self.spare:
            self.spare -= width
            line[:width] = " " * width
        if what == "J" and part == 0:
            del self.lines[self.row + 1 :]
