"""Lines on a terminal: wrapped to its width behind a label, and never padded with blanks at their ends."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from jupyter_prov.report.plain_text import plain

_NARROWEST = 20


def put(console: Console, text: Text | str, label: Text | str = "", indent: int = 0) -> None:
    """Print a text, its first line behind the label and the others below its beginning."""
    head = Text(" " * indent) + (label if isinstance(label, Text) else Text(label))
    shown = text if isinstance(text, Text) else styled(text)
    width = max(_NARROWEST, console.width - head.cell_len)
    for number, line in enumerate(shown.wrap(console, width) or [Text()]):
        whole = (head if number == 0 else Text(" " * head.cell_len)) + line
        whole.rstrip()
        console.print(whole, no_wrap=True, overflow="ignore", crop=False)


def styled(text: str, style: str = "") -> Text:
    """A text that shows what it holds and steers nothing."""
    return Text(plain(text), style)
