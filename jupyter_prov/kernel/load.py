"""Loading the kernel part into an IPython kernel, by IPython itself or when a recorder asks for it."""

from __future__ import annotations

import importlib
import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from jupyter_prov.kernel import tracebacks
from jupyter_prov.kernel.shell import attach, detach, recording_of

if TYPE_CHECKING:
    from jupyter_prov.kernel.recording import Recording


_HEARD = "_jupyter_prov_heard"
"""Attribute of a shell whose recordings somebody has asked for."""


def load(shell: Any) -> None:
    """Begin to record; a second time nothing happens, and in a terminal or with JUPYTER_PROV=0 there are the magics."""
    from jupyter_prov.kernel.magics import magics

    magics.install(shell)
    if getattr(shell, "kernel", None) is None or recording_of(shell) is not None:
        return
    if os.environ.get("JUPYTER_PROV") == "0":
        return
    from jupyter_prov.kernel.recording import Recording
    from jupyter_prov.kernel.save_watcher import SaveWatcher

    recording = Recording(shell)
    attach(shell, recording)
    recording.accompany(SaveWatcher(shell, recording))
    if getattr(shell, _HEARD, False):  # it was unloaded, and the recorder still listens
        recording.handshake()
    shell.events.register("pre_run_cell", recording.pre_run_cell)
    shell.events.register("post_run_cell", recording.post_run_cell)
    tracebacks.install(shell, recording.guard)


def unload(shell: Any) -> None:
    """Stop recording and restore what was replaced."""
    from jupyter_prov.kernel.magics import magics

    magics.remove(shell)
    recording = recording_of(shell)
    if recording is None:
        return
    shell.events.unregister("pre_run_cell", recording.pre_run_cell)
    shell.events.unregister("post_run_cell", recording.post_run_cell)
    detach(shell)
    tracebacks.remove(shell)
    recording.close()


def _load_as_extension(shell: Any) -> None:
    """Load so that `%unload_ext` knows of it; IPython does nothing where it thinks that it is loaded."""
    shell.extension_manager.load_extension("jupyter_prov")
    load(shell)


def hello(shell: Any) -> str:
    """A recorder wants to know whether it hears this kernel; answers `hello`, or `off`."""
    _load_as_extension(shell)
    recording = recording_of(shell)
    if recording is None:
        return "off"
    recording.sender.hello(recording.log.id)
    return "hello"


def handshake(shell: Any, plugins: Sequence[str] = ()) -> str:
    """A recorder listens: load if need be, add its plug-ins, and send; answers `recording` or `off`."""
    _load_as_extension(shell)
    recording = recording_of(shell)
    if recording is None:
        return "off"
    for plugin in plugins:
        recording.guard.attempt(f"the plug-in {plugin}", _add, recording, plugin)
    recording.handshake()
    setattr(shell, _HEARD, True)
    return "recording"


def _add(recording: Recording, plugin: str) -> None:
    module, _, name = plugin.partition(":")
    found = getattr(importlib.import_module(module), name)
    if not any(type(known) is found for known in recording.watchers):
        recording.add(found(), plugin=True)


def settle(shell: Any) -> str:
    """Wait until everything that was asked of the helper process has been sent."""
    recording = recording_of(shell)
    return "settled" if recording is not None and recording.settle() else "not settled"
