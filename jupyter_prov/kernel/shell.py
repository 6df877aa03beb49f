"""Where a shell keeps its recording, so that both who loads it and who shows it find it there."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jupyter_prov.kernel.recording import Recording

_ATTRIBUTE = "_jupyter_prov_recording"


def recording_of(shell: Any) -> Recording | None:
    """The recording of this shell, if the kernel part is loaded."""
    found: Recording | None = getattr(shell, _ATTRIBUTE, None)
    return found


def aside(shell: Any) -> AbstractContextManager[None]:
    """A block of our own in the midst of a cell, of which the recording is not to hear."""
    recording = recording_of(shell)
    return nullcontext() if recording is None else recording.aside()


def attach(shell: Any, recording: Recording) -> None:
    """Have the shell keep its recording."""
    setattr(shell, _ATTRIBUTE, recording)


def detach(shell: Any) -> None:
    """Have the shell forget its recording."""
    delattr(shell, _ATTRIBUTE)
