"""Two long texts of as many lines, line by line: only lines that still differ are looked at by the next mask.

Every mask but a few codes of terminals, and times that take up lines of their own, sees no more than a line. What is
held at once is a block of lines, so that texts of any length need little memory beside themselves.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import compress, islice
from operator import ne

from jupyter_prov.check.compare import residual_text
from jupyter_prov.check.compare.base import Context
from jupyter_prov.check.compare.masks import Mask, takes_up_lines
from jupyter_prov.check.compare.trim_common import first_difference
from jupyter_prov.report.model import Hidden

_BLOCK = 10_000
_SLICE = 1_000_000
_MOST_SAMPLES = 200
"""Lines that show whether a mask was needed: of those that it changed the first."""
_MOST_LEFT = 20_000
"""Where so many lines mean something else, nobody asks how many more do."""
_ACROSS_LINES = re.compile(r"\x1b(?:\]|\[[0-9;]{0,20}[ABEFHJSTf])")
"""Codes that move the cursor to another line, or may end on one."""


@dataclass
class Block:
    """Lines that differ: their numbers, and how they stand in each text."""

    numbers: list[int]
    old: list[str]
    new: list[str]

    def texts(self) -> tuple[str, str]:
        """Both sides as texts, with an end to every line."""
        return "\n".join(self.old) + "\n", "\n".join(self.new) + "\n"

    def split(self, texts: tuple[str, str]) -> Block:
        """The same lines as they stand in texts that masks have made of them."""
        return Block(self.numbers, *(text.split("\n")[:-1] for text in texts))

    def put_on(self, mask: Mask, texts: tuple[str, str], context: Context) -> tuple[str, str]:
        """Both sides with a mask on; empty lines at the end, which a mask may drop, are there again."""
        old, new = (mask(text, context) for text in texts)
        lines = len(self.numbers)
        return old + "\n" * (lines - old.count("\n")), new + "\n" * (lines - new.count("\n"))

    def differing(self) -> Block:
        """Those lines that differ."""
        differ = list(map(ne, self.old, self.new))
        numbers = list(compress(self.numbers, differ))
        return Block(numbers, list(compress(self.old, differ)), list(compress(self.new, differ)))

    def pairs(self) -> Iterator[tuple[str, str]]:
        """Each line as it stands in both texts."""
        return zip(self.old, self.new, strict=True)


@dataclass
class Lines:
    """What the comparison line by line has found."""

    context: Context
    masks: Sequence[tuple[str, Mask]]
    braces: bool
    samples: dict[int, Block] = field(default_factory=dict)
    """Of each mask that changed something, by its place, some lines before any mask was put on."""
    settled: dict[str, Hidden] = field(default_factory=dict)
    """An example of each noise that was settled with no mask."""
    first_left: tuple[int, str, str] | None = None
    """The first line that means something else: its number, and what the masks have left of it."""
    left: list[int] = field(default_factory=list)
    """The numbers of all such lines that were read."""
    cut: bool = False
    """Whether so many were left that the others were not read."""

    def read(self, one: str, other: str) -> None:
        """Compare all lines of two texts that have as many."""
        old, new = _lines(one), _lines(other)
        start = 1
        while lines := list(islice(old, _BLOCK)):
            if len(self.left) >= _MOST_LEFT:
                self.cut = True
                return
            block = Block(list(range(start, start + len(lines))), lines, list(islice(new, _BLOCK)))
            self._settle(self._masked(block.differing()))
            start += len(lines)

    def _masked(self, first: Block) -> Block:
        """What still differs once all masks are on."""
        block, texts = first, first.texts()
        for place, (_, mask) in enumerate(self.masks):
            if not block.numbers:
                break
            masked = block.put_on(mask, texts, self.context)
            if masked != texts:
                changed = block.split(masked)
                self._sample(place, first, block, changed)
                block = changed.differing()
                texts = block.texts()
        return block

    def _sample(self, place: int, first: Block, before: Block, after: Block) -> None:
        """Keep some lines that a mask changed, as they were before all masks."""
        kept = self.samples.setdefault(place, Block([], [], []))
        pairs = zip(before.numbers, before.pairs(), after.pairs(), strict=True)
        changed = (number for number, old, new in pairs if old != new)
        for number in islice(changed, _MOST_SAMPLES - len(kept.numbers)):
            at = bisect_left(first.numbers, number)
            kept.numbers.append(number)
            kept.old.append(first.old[at])
            kept.new.append(first.new[at])

    def _settle(self, block: Block) -> None:
        for number, (a, b) in zip(block.numbers, block.pairs(), strict=True):
            found = residual_text.of_line(a, b, self.context, self.braces)
            if found is None:
                self.first_left = self.first_left or (number, a, b)
                self.left.append(number)
            else:
                self.settled.setdefault(found.noise, found)

    def hidden(self) -> tuple[Hidden, ...]:
        """An example of each noise without which a line would differ."""
        return (*(example(*needed) for needed in self._needed()), *self.settled.values())

    def _needed(self) -> list[tuple[str, str, str]]:
        """Each mask without which a line would differ, and that line; all, where each alone could be spared."""
        places = sorted(self.samples)
        found = [(self.masks[place][0], *line) for place in places if (line := self._needing(place))]
        if found:
            return found
        plain = next((line for place in places if (line := self._meaning_another(self.samples[place]))), None)
        return [(self.masks[place][0], *plain) for place in places] if plain else []

    def _needing(self, place: int) -> tuple[str, str] | None:
        """The first line that differs with all masks but one."""
        lines = self.samples[place]
        texts = lines.texts()
        for other in sorted(self.samples.keys() - {place}):
            texts = lines.put_on(self.masks[other][1], texts, self.context)
        return self._meaning_another(lines.split(texts))

    def _meaning_another(self, block: Block) -> tuple[str, str] | None:
        """The first line whose two sides, as they stand, do not mean the same."""
        pairs = block.differing().pairs()
        return next((pair for pair in pairs if residual_text.of_line(*pair, self.context, self.braces) is None), None)


def are_apart(one: str, other: str, context: Context) -> bool:
    """Whether two texts have as many lines and each means something by itself."""
    return one.count("\n") == other.count("\n") and not any(
        takes_up_lines(text, context) or ("\x1b" in text and _ACROSS_LINES.search(text)) for text in (one, other)
    )


def example(noise: str, recorded: str, rerun: str) -> Hidden:
    """The first place where two texts differ, with the words around it."""
    old, new = recorded.split("\n"), rerun.split("\n")
    one, other = next(((a, b) for a, b in zip(old, new, strict=False) if a != b), (recorded[-60:], rerun[-60:]))
    start = first_difference(one, other)
    begin = max(one.rfind(" ", max(0, start - 30), start) + 1, start - 30, 0)
    return Hidden(noise, one[begin : begin + 60].rstrip("\n"), other[begin : begin + 60].rstrip("\n"))


def _lines(text: str) -> Iterator[str]:
    """The lines of a text, of which not all are made at once."""
    at = 0
    while (end := text.find("\n", at + _SLICE)) >= 0:
        yield from text[at:end].split("\n")
        at = end + 1
    yield from text[at:].split("\n")
