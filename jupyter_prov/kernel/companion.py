"""What works beside a recording for as long as that lasts: the saving of records, a check, a widget."""

from __future__ import annotations


class Companion:
    """Something that a recording calls after each cell and closes at its end; it has one of each class."""

    def ran(self) -> None:
        """A cell has been run."""

    def close(self) -> None:
        """The recording ends."""
