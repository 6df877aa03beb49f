"""Listens to one kernel: keeps its journal, and knows its sessions."""

from __future__ import annotations

import copy
import logging
from collections.abc import Callable, Sequence
from typing import Any

from tornado.ioloop import IOLoop

from jupyter_prov.record import entries, wire
from jupyter_prov.record.journal import NOTEBOOK, Journal
from jupyter_prov.record.match_cells import Shown
from jupyter_prov.record.sessionlog import Entry, SessionLog
from jupyter_prov.server.kernel_line import Line
from jupyter_prov.server.served_notebooks import moved
from jupyter_prov.server.unrecorded_notebooks import OF_EXECUTIONS, SPOT, Unwanted

STATE = "state"
"""Kind of what is told when it has become known whether a kernel is recorded."""
_COMPLETE_SECONDS = 5.0
"""Until a journal that could not be written is completed, if nothing asks for it before."""
_LENT = "The kernel ended before its packages were listed; those of the kernel that was started next are named."


class Listener:
    """One kernel over all its lives; each start or restart is a session of its own."""

    def __init__(
        self,
        kernel_id: str,
        manager: Any,
        journal: Journal,
        plugins: Sequence[str],
        told: Callable[[Listener, Entry], None],
        log: logging.Logger,
        identify: Callable[[str], str] = str,
    ) -> None:
        self.kernel_id = kernel_id
        self.paths: list[str] = []
        """The notebooks that it has served, by their paths now; the last came last."""
        self.serves: list[str] = []
        """Those that it serves now."""
        self.is_shared = False
        """Whether a console or a file has used it as well."""
        self.unwanted = Unwanted()
        """The notebooks among them that ask not to be recorded."""
        self.sessions: list[SessionLog] = []
        self._manager, self._told, self._log = manager, told, log
        self._identify = identify
        self._journal, self._is_discarded = journal, False
        self._held: list[Entry] = []
        """What has come of the last execution while nothing was wanted."""
        self._facts: list[Entry] = []
        """What the kernel has said of its session, and of no execution, for a journal that is begun anew."""
        self._has_failed = False
        self.line = Line(manager, plugins, log, said=self._take, begun=self._end_others, answered=self._answered)

    def catch_up(self) -> None:
        """Take in what has arrived and not been looked at yet."""
        self.line.flush()
        self._complete_journal()

    def stop(self) -> None:
        """The kernel is gone."""
        for session in self.sessions:
            session.close()
        self._complete_journal()
        self._journal.close()
        self.line.close()

    @property
    def path(self) -> str | None:
        """The notebook that came last to this kernel, if any has."""
        known = self.serves or self.paths
        return known[-1] if known else None

    @property
    def stopped(self) -> bool:
        """Whether the kernel is gone."""
        return self.line.is_closed

    @property
    def kernel_spec(self) -> Any:
        """How the kernel is started, and what it is called."""
        return self._manager.kernel_spec

    @property
    def state(self) -> str:
        """Whether the kernel is recorded, or why it is not."""
        return self.line.state

    @property
    def is_recording(self) -> bool:
        """Whether the kernel part has been asked for entries, and they are wanted."""
        return self.state == wire.RECORDING and not self.off

    @property
    def off(self) -> bool:
        """Whether all notebooks that it has served ask not to be recorded."""
        return self.unwanted.covers(self.paths)

    def note_path(self, path: str) -> None:
        """Remember, in the journal too, that this kernel serves a notebook."""
        if path not in self.paths:
            self.paths.append(path)
            self._keep({"kind": NOTEBOOK, "path": path, "paths": self.paths})
            self._turn()

    def note_notebook(self, path: str, cells: Sequence[Shown], wants_record: bool) -> None:
        """Take in a notebook as it is saved; where it asks not to be recorded, forget what is known of it."""
        self.unwanted.note(path, cells, wants_record)
        if self.unwanted.paths:
            self.unwanted.learn(self.sessions)
            is_changed = [self.unwanted.purge(log, self.off) for log in self.sessions]
            if any(is_changed) and not self.off:
                self._journal_does(lambda: self._journal.rewrite(self._filtered))
                for log, changed in zip(self.sessions, is_changed, strict=True):
                    if changed:
                        self._accept({"kind": "facts", "session": log.id, "blind_spots": [SPOT]})
        self._turn()

    def _turn(self) -> None:
        """Discard the journal where nothing is wanted any more, or begin it again where something is."""
        if self.off and not self._is_discarded:
            self._journal_does(self._journal.discard)
        elif self._is_discarded and not self.off:
            for entry in ({"kind": NOTEBOOK, "path": self.paths[-1], "paths": self.paths}, *self._facts):
                self._keep(entry)
            self._is_discarded = False
            if not (self._held and self.unwanted.is_another(self._held[0])):
                self._drop_held()
            while self._held:
                self._accept(self._held.pop(0))
        self._is_discarded = self.off

    def rename(self, old: str, new: str) -> None:
        """A notebook, or a folder of them, was renamed."""
        renamed = list(dict.fromkeys(moved(path, old, new) for path in self.paths))
        if renamed != self.paths:
            self.paths = renamed
            self._keep({"kind": NOTEBOOK, "path": renamed[-1], "paths": renamed})
        self.serves = [moved(path, old, new) for path in self.serves]
        self.unwanted.rename(old, new)

    def _end_others(self, session: str) -> None:
        """Only this session goes on, if any."""
        for log in self.sessions:
            if log.id != session:
                log.close()

    def _answered(self) -> None:
        if self.state == wire.MISSING:
            self._log.info("Kernel %s is not recorded: jupyter-prov is not installed there.", self.kernel_id)
        self._told(self, {"kind": STATE})

    def _take(self, entry: Entry) -> None:
        if fault := entries.fault(entry) or ("" if "session" in entry else "it names no session"):
            self._log.warning("An entry of kernel %s is passed over: %.200s", self.kernel_id, fault)
            return
        if self.off and entry["kind"] in OF_EXECUTIONS:
            self._hold(entry)
        else:
            self._accept(self._filtered(entry))
        self._told(self, entry)

    def _filtered(self, entry: Entry) -> Entry:
        return self.unwanted.filtered(entry, self.sessions)

    def _accept(self, entry: Entry) -> None:
        log = self._session_log(str(entry["session"]))
        log.apply(entry)
        if entry["kind"] == "packages":
            self._lend_packages()
        self._note_facts(entry)
        self._keep(entry)
        if entry["kind"] in OF_EXECUTIONS and (digests := self.unwanted.released(log)):
            self._accept(digests)

    def _hold(self, entry: Entry) -> None:
        """Hold an execution that nobody wants: it may be the first of a notebook that is not known yet to be served."""
        if entry["kind"] == "started":
            self._drop_held()
            self._held = [entry]
        elif self._held and entry["number"] == self._held[0]["number"]:
            self._held.append(entry)

    def _drop_held(self) -> None:
        held, self._held = self._held, []
        self.unwanted.drop(held)
        for entry in held[:1]:
            self._accept({"kind": "facts", "session": entry["session"], "blind_spots": [SPOT]})

    def _note_facts(self, entry: Entry) -> None:
        if entry["kind"] == "session":
            self._facts = [entry]
        elif entry["kind"] == "packages":
            self._facts = [*(one for one in self._facts if one["kind"] != "packages"), entry]
        elif entry["kind"] == "facts" and entry not in self._facts:
            self._facts.append(entry)

    def _session_log(self, session: str) -> SessionLog:
        if not self.sessions or self.sessions[-1].id != session:
            for old in self.sessions:
                old.close()
            self.sessions.append(SessionLog(session))
        return self.sessions[-1]

    def _lend_packages(self) -> None:
        """Give sessions that ended before their packages were listed those that the next life of the kernel found."""
        newest = self.sessions[-1]
        for session in self.sessions[:-1]:
            if not session.packages and newest.packages and newest.facts.get("python") == session.facts.get("python"):
                session.packages = copy.deepcopy(newest.packages)
                session.blind_spots.append(_LENT)

    def _keep(self, entry: Entry) -> None:
        if self.off:
            return
        if entry["kind"] == NOTEBOOK:
            entry = {**entry, "files": [self._identify(path) for path in entry.get("paths", [entry["path"]])]}
        self._journal_does(lambda: self._journal.append(entry))

    def _complete_journal(self) -> None:
        """Write what the disk has refused so far."""
        if not self.off and not self._journal.is_complete:
            self._journal_does(self._journal.complete)

    def _complete_in_time(self) -> None:
        self._complete_journal()
        if self._has_failed and not self.stopped:
            IOLoop.current().call_later(_COMPLETE_SECONDS, self._complete_in_time)

    def _journal_does(self, work: Callable[[], None]) -> None:
        """Append to the journal; what cannot be written waits, and is tried again."""
        had_failed, self._has_failed = self._has_failed, False
        try:
            work()
        except OSError as error:
            self._has_failed = True
            if not had_failed:
                self._log.error("The journal %s cannot be written now: %s", self._journal.path, error)
                IOLoop.current().call_later(_COMPLETE_SECONDS, self._complete_in_time)
            return
        if had_failed:
            self._log.info("The journal %s is complete again.", self._journal.path)
