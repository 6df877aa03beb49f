"""Count how likely each letter follows two others in words: `python tools/letter_statistics.py NAMES > letters.bin`.

The words are those of the sources of Python's standard library, with a name of a package in each line of NAMES. The
table is what `jupyter_prov/record/random_text.py` reads: a byte for each three letters, in sixteenths of a bit.
"""

from __future__ import annotations

import math
import os
import re
import sys
from collections import Counter
from pathlib import Path

LETTERS = "abcdefghijklmnopqrstuvwxyz"
FIRST, LAST = "^" + LETTERS, LETTERS + "$"
_FEWEST = 3
"""How often a word must occur to count."""
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


def words_of_library() -> Counter[str]:
    """The words in the sources of the standard library, names and comments alike."""
    found: Counter[str] = Counter()
    for path in Path(os.__file__).parent.rglob("*.py"):
        if not {"site-packages", "encodings"} & set(path.parts):
            found.update(word.lower() for word in _WORD.findall(path.read_text("utf-8", "replace")))
    return found


def words_of_names(names: Path) -> Counter[str]:
    """The words in names of packages, those that occur twice or more."""
    counted = Counter(re.findall("[a-z]{2,}", names.read_text("utf-8").lower()))
    return Counter({word: count for word, count in counted.items() if count > 1})


def table(words: Counter[str]) -> bytes:
    """The cost of each letter, or the end of the word, after two letters or the word's beginning."""
    pairs: Counter[str] = Counter()
    threes: Counter[str] = Counter()
    for word, count in words.items():
        if count >= _FEWEST:
            marked = f"^^{word}$"
            for at in range(2, len(marked)):
                threes[marked[at - 2 : at + 1]] += math.log2(1 + count)  # type: ignore[assignment]
                pairs[marked[at - 1 : at + 1]] += math.log2(1 + count)  # type: ignore[assignment]
    single = {last: sum(pairs[first + last] for first in FIRST) for last in LAST}
    alone = {last: 0.7 * single[last] / sum(single.values()) + 0.3 / len(LAST) for last in LAST}
    after_one = {first: sum(pairs[first + last] for last in LAST) for first in FIRST}
    costs = bytearray()
    for one in FIRST:
        for two in FIRST:
            total = sum(threes[one + two + last] for last in LAST)
            for last in LAST:
                shorter = (pairs[two + last] + 20 * alone[last]) / (after_one[two] + 20)
                likely = (threes[one + two + last] + 12 * shorter) / (total + 12)
                costs.append(min(255, round(-math.log2(likely) * 16)))
    return bytes(costs)


if __name__ == "__main__":
    sys.stdout.buffer.write(table(words_of_library() + words_of_names(Path(sys.argv[1]))))
