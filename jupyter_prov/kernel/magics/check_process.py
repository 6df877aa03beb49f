"""`%prov check`: a check of the saved notebook in a process of its own, shown by a display that is updated.

The process is none of the notebook's children as far as the record goes, knows nothing of variables that the notebook
has set, and ends with the kernel, however that ends: its standard input is a pipe that closes then.
"""

from __future__ import annotations

import _thread
import json
import os
import subprocess
import uuid
from typing import TYPE_CHECKING, Any

from IPython.core.error import UsageError

from jupyter_prov.factors.data.watcher import DataWatcher
from jupyter_prov.kernel.magics import session_verdict
from jupyter_prov.kernel.magics.words import NOT_RECORDED, say
from jupyter_prov.kernel.save_record import log_of, notebook_of, outline
from jupyter_prov.kernel.shell import recording_of
from jupyter_prov.record import launch_python
from jupyter_prov.record.digests import DISPLAY
from jupyter_prov.record.masking import mask_urls
from jupyter_prov.report import report_lines
from jupyter_prov.watch.audit_hook import Quiet

if TYPE_CHECKING:
    from jupyter_prov.kernel.recording import Recording

_NOT_KNOWN = "Where this notebook lies is not known here; run `jupyter prov check` in a terminal."


def start(shell: Any) -> None:
    """Begin to check the notebook of this session, and show how far it is; raises IPython's UsageError."""
    recording = recording_of(shell)
    if recording is None or recording.is_rerun:
        say(shell, NOT_RECORDED if recording is None else "This is a check: it does not start another one.")
        return
    path = notebook_of(shell, recording)
    if path is None or not os.path.isfile(path):
        raise UsageError(_NOT_KNOWN if path is None else f"There is no saved notebook {path}; save it first.")
    known = recording.companion(Check)
    if known is not None and known.running:
        say(shell, f"{os.path.basename(path)} is being checked already: see where that check was started.")
        return
    recording.accompany(Check(shell, recording, path))


class Check(session_verdict.LastCheck):
    """One check, from its start to its verdict."""

    def __init__(self, shell: Any, recording: Recording, path: str) -> None:
        self.running = True
        notebook = outline(path)
        log = log_of(recording, notebook)
        self.basis = session_verdict.basis(log, notebook, session_verdict.look(recording, log))
        self._kernel, self._parent = shell.kernel, shell.get_parent()
        self._recording, self._name = recording, os.path.basename(path)
        self._transient = {"display_id": uuid.uuid4().hex}
        self._shown: tuple[object, ...] = ()
        self._said: list[str] = []
        lines = report_lines.progress(self._name, {"message": "Starting."})
        shell.display_pub.publish(_data(lines, 0.0), metadata=dict(DISPLAY), transient=self._transient)
        self._process = _started(path, recording.environ)
        if data := recording.watcher(DataWatcher):
            data.children.checks.add(self._process.pid)
        _thread.start_new_thread(self._follow, ())  # no thread of the notebook's

    def close(self) -> None:
        """End the check, in order."""
        if self.running and self._process.stdin is not None:
            self._process.stdin.close()

    def _follow(self) -> None:
        with Quiet():
            self._recording.guard.attempt("following a check", self._read)
            self.running = False
            for listener in tuple(self._recording.listeners):
                self._recording.guard.attempt("telling of the session", listener)

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            event = _event(line)
            if event is None:
                self._said.append(line)
            else:
                self._advance(event)
        data = self._recording.watcher(DataWatcher)
        code = data.children.wait(self._process) if data else self._process.wait()
        self._show(self._result(code))

    def _advance(self, event: dict[str, Any]) -> None:
        """Show a step, but no more than a hundred of each phase."""
        share = event["done"] / event["total"] if event.get("total") and event["phase"] == "rerun" else 0.0
        if (now := (event["phase"], int(share * 100))) != self._shown:
            self._shown = now
            self._show(report_lines.progress(self._name, event), share)

    def _result(self, code: int) -> list[report_lines.Line]:
        text = "".join(self._said)
        begin = text.find("{\n")
        try:
            report = json.JSONDecoder().raw_decode(text[begin:])[0]["notebooks"][0]
            lines = report_lines.verdict(report)
            self.report = report
            return lines
        except (ValueError, LookupError, TypeError):
            last = next((line.strip() for line in reversed(self._said) if line.strip()), "")
            said = mask_urls(last.removeprefix("jupyter prov: "))
            return report_lines.failure(self._name, said or f"It ended with code {code}.")

    def _show(self, lines: list[report_lines.Line], share: float | None = None) -> None:
        content = {"data": _data(lines, share), "metadata": DISPLAY, "transient": self._transient}
        kernel = self._kernel
        kernel.session.send(kernel.iopub_socket, "update_display_data", content, parent=self._parent)


def _data(lines: list[report_lines.Line], share: float | None) -> dict[str, str]:
    return {"text/plain": report_lines.as_text(lines), "text/html": report_lines.as_html(lines, share)}


def _event(line: str) -> dict[str, Any] | None:
    """A line of progress; None for any other."""
    try:
        event = json.loads(line)
    except ValueError:
        return None
    return event if isinstance(event, dict) and "phase" in event else None


def _started(path: str, environ: dict[str, str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        launch_python.prov("check", path, "--json", "-", "--progress", "json"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        cwd=os.path.dirname(path),
        env=launch_python.environ(os.path.dirname(path), environ),
        start_new_session=True,  # an interrupt of the kernel is not meant for it
        text=True,
        encoding="utf-8",
        errors="replace",
    )
