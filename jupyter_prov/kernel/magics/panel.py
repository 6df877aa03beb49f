"""`%prov panel`: the live summary as a widget, in any front end that has ipywidgets.

It is brought up to date between cells, on the kernel's loop, and the less often the longer that takes. Without
ipywidgets, or a loop, the summary is shown as it is now. A session has one, however often it is shown.
"""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from time import perf_counter
from typing import TYPE_CHECKING, Any

from jupyter_prov.kernel.companion import Companion
from jupyter_prov.kernel.magics.display import Part, Shown
from jupyter_prov.kernel.magics.summary import REASONS, parts_of, show
from jupyter_prov.kernel.magics.words import NOT_RECORDED, say
from jupyter_prov.kernel.shell import recording_of
from jupyter_prov.record.digests import DISPLAY

if TYPE_CHECKING:
    from jupyter_prov.kernel.recording import Recording

_VIEW = "application/vnd.jupyter.widget-view+json"
_SOONEST = 0.2
"""Seconds from a change to when it is shown, so that the changes of one cell are shown together."""
_SHARE = 20
"""It rests so many times as long as it took to draw."""
_NO_WIDGETS = "%prov panel needs ipywidgets (pip install ipywidgets) to follow the session; this is how it is now."


def show_panel(shell: Any) -> Any:
    """Show the session's panel; gives the plain summary where there can be none."""
    recording = recording_of(shell)
    if recording is None or recording.is_rerun:
        return say(shell, NOT_RECORDED if recording is None else "This is a check: there is nobody to show a panel to.")
    widgets = _widgets()
    if widgets is None or getattr(shell.kernel, "io_loop", None) is None:
        say(shell, _NO_WIDGETS)
        return show(shell, "")
    panel = recording.companion(Panel)
    if panel is None or not panel.is_open:
        panel = Panel(shell, recording, widgets)
        recording.accompany(panel)
    panel.display()
    return None


def _widgets() -> Any:
    """The module ipywidgets; None where it is missing."""
    try:
        return importlib.import_module("ipywidgets")
    except ImportError:
        return None


class Panel(Companion):
    """The panel of one session, for as long as its widget is open."""

    def __init__(self, shell: Any, recording: Recording, widgets: Any) -> None:
        self._shell, self._recording, self._widgets = shell, recording, widgets
        self._due = False
        self._rest = _SOONEST
        self._shown: list[Part] = []
        self._box = widgets.Accordion()
        self._box.comm.on_close(lambda _: self.close())
        recording.listeners.append(self._changed)
        self._draw()
        self._box.selected_index = 0

    @property
    def is_open(self) -> bool:
        """Whether its widget can be shown."""
        return self._box.comm is not None and self._changed in self._recording.listeners

    def display(self) -> None:
        """Show it in the cell that runs; a front end without widgets shows the summary as text."""
        view = {"version_major": 2, "version_minor": 0, "model_id": self._box.model_id}
        text = repr(Shown(self._shown))
        self._shell.display_pub.publish({_VIEW: view, "text/plain": text}, metadata=dict(DISPLAY))

    def close(self) -> None:
        """Follow the session no more, and let go of the widgets, as when the front end has closed them."""
        if self._changed in self._recording.listeners:
            self._recording.listeners.remove(self._changed)
            for widget in (*self._box.children, self._box):
                for part in (widget.layout, getattr(widget, "style", None), widget):
                    if part is not None:
                        part.close()

    def _changed(self) -> None:
        """Something new is known, on whatever thread."""
        if not self._due:
            self._due = True
            loop = self._shell.kernel.io_loop
            loop.add_callback(loop.call_later, self._rest, self._draw_now)

    def _draw_now(self) -> None:
        self._due = False
        if self.is_open:
            self._recording.guard.attempt("showing the panel", self._draw)

    def _draw(self) -> None:
        begun = perf_counter()
        with self._recording.aside():
            found = parts_of(self._shell, self._recording)
            if found != self._shown:
                self._update(found)
        self._rest = max(_SOONEST, _SHARE * (perf_counter() - begun))

    def _update(self, found: Sequence[Part]) -> None:
        if len(found) != len(self._box.children):
            self._box.children = [self._widgets.HTML() for _ in found]
        self._shown = list(found)
        for body, part in zip(self._box.children, found, strict=True):
            if body.value != part.table:
                body.value = part.table
        for number, part in enumerate(found):
            count = f" ({len(part.rows)})" if part.rows and part.name != REASONS else ""
            self._box.set_title(number, part.title + count)
