"""Text of any kind: streams, plain representations, LaTeX, Markdown, code."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from jupyter_prov.check.compare import installer_output, residual_text
from jupyter_prov.check.compare.base import SAME, Comparison, Context, changed, shortened
from jupyter_prov.check.compare.line_by_line import Lines, are_apart, example
from jupyter_prov.check.compare.masks import MARKUP, TEXT, Mask
from jupyter_prov.check.compare.number import compare_numbers_in_text
from jupyter_prov.check.compare.set_order import LONGEST as LONGEST_WITH_SETS
from jupyter_prov.check.compare.trim_common import first_difference, trimmed
from jupyter_prov.report.model import DIFFERS, EQUIVALENT, Hidden

_MOST_MEASURED = 1000
_LONG = 2_000
"""Longer texts are compared line by line, where each line means something by itself."""


def compare(recorded: str, rerun: str, context: Context, masks: Sequence[tuple[str, Mask]] = TEXT) -> Comparison:
    """Compare two texts as they are shown."""
    return _pair(recorded, rerun, context, masks, residual_text.shown)


def compare_stream(recorded: str, rerun: str, context: Context) -> Comparison:
    """Compare all that was printed on one stream; threads may have taken turns in another way."""
    found = _pair(recorded, rerun, context, TEXT, residual_text.printed)
    if found.verdict != DIFFERS or (agreed := installer_output.without_reports(recorded, rerun, context)) is None:
        return found
    rest = _pair(agreed.recorded, agreed.rerun, context, TEXT, residual_text.printed)
    if rest.verdict == DIFFERS:
        return found
    hidden = Hidden("installer", *(shortened(line) for line in agreed.example))
    return Comparison(EQUIVALENT, ("installer", *rest.noise), "", (hidden, *rest.hidden))


def compare_markup(recorded: str, rerun: str, context: Context) -> Comparison:
    """Compare LaTeX or Markdown, in which braces are no sets."""
    return _pair(recorded, rerun, context, MARKUP, residual_text.marked_up)


def _pair(
    recorded: str, rerun: str, context: Context, masks: Sequence[tuple[str, Mask]], settled: residual_text.Settle
) -> Comparison:
    if recorded == rerun:
        return SAME
    old, new, above = trimmed(recorded, rerun)
    if len(old) > _LONG and are_apart(old, new, context):
        found = _by_line(old, new, context, masks, settled, above)
        if found is not None:
            return found
    return _Pair(old, new, context, masks, settled, above).compared()


def _by_line(
    old: str, new: str, context: Context, masks: Sequence[tuple[str, Mask]], settled: residual_text.Settle, above: int
) -> Comparison | None:
    """Compare line by line; None where the order of lines, or a set wrapped over lines, could still mean the same."""
    found = Lines(context, masks, braces=settled is not residual_text.marked_up)
    found.read(old, new)
    if found.first_left is None:
        hidden = found.hidden()
        return Comparison(EQUIVALENT, tuple(dict.fromkeys(one.noise for one in hidden)), "", hidden)
    in_any_order = settled is residual_text.printed and residual_text.in_any_order(context)
    if in_any_order or max(len(old), len(new)) <= LONGEST_WITH_SETS:
        return None
    number, one, other = found.first_left
    return Comparison(DIFFERS, (), _describe_line(number + above, one, other, len(found.left), found.cut))


@dataclass(frozen=True)
class _Pair:
    """Two texts that are compared: the masks are put on both, and what is left is settled line by line."""

    recorded: str
    rerun: str
    context: Context
    masks: Sequence[tuple[str, Mask]]
    settled: residual_text.Settle
    above: int
    """How many lines, the same in both, were left out at the beginning."""

    def compared(self) -> Comparison:
        """Each mask is put on only if the texts still differ."""
        old, new = self.recorded, self.rerun
        put_on: list[tuple[str, Mask]] = []
        for name, mask in self.masks:
            there, here = mask(old, self.context), mask(new, self.context)
            if (there, here) != (old, new):
                put_on.append((name, mask))
            old, new = there, here
            if old == new:
                return self._equivalent(put_on, ())
        found = self.settled(old, new, self.context)
        if found is None:
            return Comparison(DIFFERS, (), summary(old, new, self.context.rtol, self.above))
        return self._equivalent(put_on, found)

    def _equivalent(self, masks: Sequence[tuple[str, Mask]], rest: tuple[Hidden, ...]) -> Comparison:
        hidden = (*self._needed(masks), *rest)
        return Comparison(EQUIVALENT, tuple(dict.fromkeys(one.noise for one in hidden)), "", hidden)

    def _needed(self, masks: Sequence[tuple[str, Mask]]) -> tuple[Hidden, ...]:
        """An example of each mask without which the texts would differ; of all, where each alone could be spared."""
        if len(masks) == 1 and self.settled(self.recorded, self.rerun, self.context) is None:
            return (example(masks[0][0], self.recorded, self.rerun),)
        found = []
        for number, (name, _) in enumerate(masks):
            others = [mask for at, (_, mask) in enumerate(masks) if at != number]
            there, here = self._masked(self.recorded, others), self._masked(self.rerun, others)
            if there != here and self.settled(there, here, self.context) is None:
                found.append(example(name, there, here))
        if found or self.settled(self.recorded, self.rerun, self.context) is not None:
            return tuple(found)
        return tuple(example(name, self.recorded, self.rerun) for name, _ in masks)

    def _masked(self, text: str, masks: Iterable[Mask]) -> str:
        for mask in masks:
            text = mask(text, self.context)
        return text


def compare_in_table(recorded: str, rerun: str, context: Context) -> Comparison:
    """Compare the texts of one cell of a table."""
    found = compare(recorded, rerun, context)
    if found.verdict == DIFFERS and (hidden := residual_text.cell_of_table(recorded, rerun)):
        return Comparison(EQUIVALENT, (hidden.noise,), "", (hidden,))
    return found


def summary(recorded: str, rerun: str, rtol: float = 0.0, above: int = 0) -> str:
    """The first line that differs and how many more do, or how many lines there are if not the same."""
    old, new = recorded.rstrip("\n").split("\n"), rerun.rstrip("\n").split("\n")
    if len(old) == len(new) == 1 and not above:
        return changed(_around(old[0], new[0]), _around(new[0], old[0]))
    first, count = 0, 0
    for number, (one, other) in enumerate(zip(old, new, strict=False), 1):
        if one != other and not (rtol and count < _MOST_MEASURED and compare_numbers_in_text(one, other, rtol)):
            first, count = first or number, count + 1
            if len(old) != len(new):
                break
    if not first:
        return f"{len(old) + above:,} → {len(new) + above:,} lines"
    if len(old) != len(new):
        more = f" ({len(old) + above:,} → {len(new) + above:,} lines)"
        return _describe_line(first + above, old[first - 1], new[first - 1]) + more
    return _describe_line(first + above, old[first - 1], new[first - 1], count)


def _describe_line(number: int, one: str, other: str, count: int = 1, cut: bool = False) -> str:
    """`line 2: b → x and 1 more line`; at least so many, where not all were counted."""
    more = f" and {'at least ' if cut else ''}{count - 1:,} more line{'s' if count > 2 else ''}" if count > 1 else ""
    return f"line {number:,}: {changed(_around(one, other), _around(other, one))}{more}"


def _around(line: str, other: str, width: int = 56) -> str:
    """A long line from shortly before the place where it differs."""
    if len(line) <= width:
        return line
    start = max(0, first_difference(line, other) - 20)
    return ("…" if start else "") + line[start : start + width]
