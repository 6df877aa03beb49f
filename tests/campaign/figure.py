"""What a campaign counts, and the command line that all campaigns share."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class Figure:
    """How many attempts were made, and a sentence for each that broke the promise."""

    promise: str
    tries: int = 0
    broken: list[str] = field(default_factory=list)

    def count(self, *broken: str) -> None:
        """Count one attempt, with a sentence for each way in which it broke the promise."""
        self.tries += 1
        self.broken += broken

    def __str__(self) -> str:
        return f"{self.promise}: {len(self.broken)} broken in {self.tries} attempts"


def command(campaign: Callable[[int, int], list[Figure]], tries: int, argv: list[str] | None = None) -> int:
    """Run `campaign(tries, seed)` as a command and print its figures; 1 if a promise was broken."""
    parser = argparse.ArgumentParser(description=campaign.__doc__)
    parser.add_argument("--tries", type=int, default=tries, help=f"how many attempts to make (default: {tries})")
    parser.add_argument("--seed", type=int, default=0, help="which attempts to choose (default: 0)")
    options = parser.parse_args(argv)
    figures = campaign(options.tries, options.seed)
    for figure in figures:
        print(figure, *(f"  {sentence}" for sentence in figure.broken), sep="\n")
    return 1 if any(figure.broken for figure in figures) else 0
