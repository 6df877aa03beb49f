"""The recording of one session: the two hooks around a cell, and what they send."""

from __future__ import annotations

import atexit
import json
import os
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar, cast

from jupyter_prov.analysis.cell_source import exemption_of
from jupyter_prov.factors.package.watcher import PackageWatcher
from jupyter_prov.factors.registry import watchers
from jupyter_prov.factors.watcher import Cell, Watch, Watcher
from jupyter_prov.kernel.cell_parser import Parser
from jupyter_prov.kernel.companion import Companion
from jupyter_prov.kernel.declared import Declared
from jupyter_prov.kernel.entries import as_json, client_of, iso, outcome, part_code_from_data
from jupyter_prov.kernel.late_facts import LateFacts
from jupyter_prov.kernel.launch_arguments import notebook_folder, played
from jupyter_prov.kernel.send import Sender
from jupyter_prov.record import settings
from jupyter_prov.record.digests import DISPLAY
from jupyter_prov.record.evidence import Evidence
from jupyter_prov.record.portable_paths import Place
from jupyter_prov.record.sessionlog import SessionLog
from jupyter_prov.record.wire import PLAYED
from jupyter_prov.watch.audit_hook import Quiet
from jupyter_prov.watch.frames import Frames
from jupyter_prov.watch.guard import Guard
from jupyter_prov.watch.helper import Helper

_Watcher = TypeVar("_Watcher", bound=Watcher)
_Companion = TypeVar("_Companion", bound=Companion)
_LAST_SECONDS = 2.0
"""How long the kernel's end may wait for digests and lists of packages."""


class Recording:
    """Watches one kernel with every factor; nothing in it raises into a cell."""

    def __init__(self, shell: Any) -> None:
        self.guard = Guard()
        self.sender = Sender(shell)
        self.log = SessionLog(uuid.uuid4().hex)
        self.place = Place.of_folder(notebook_folder())
        self.is_rerun = PLAYED in os.environ
        """Whether this is the checker's own session, in which nothing is saved nor checked."""
        self.notebook: str | None = None
        """The notebook's path as the user gave it."""
        self.declared = Declared(self._say)
        self.environ = dict(os.environ)
        """The environment variables as they were before the notebook ran."""
        self.listeners: list[Callable[[], None]] = []
        """Called, perhaps on the helper's thread, whenever something new is known of the session."""
        self._companions: dict[type[Companion], Companion] = {}
        self._shell = shell
        self._clock = (time.time, time.perf_counter)
        self._telling = threading.Lock()
        self.watchers: list[Watcher] = []
        self._plugins: list[Watcher] = []
        self._facts = LateFacts(self.guard, self.watchers, self._tell)
        self._helper = Helper(self.guard, self._answered, self.log.id)
        self._unread: list[bytes] = []
        """Entries that the helper made and that were passed on; the log takes them in once it is asked for."""
        self._cell: Cell | None = None
        self._infos: list[Any] = []
        self._number, self._started = 0, 0.0
        self._parser = Parser()
        self.guard.call("reading the project's settings", self._keep_inputs)
        self._played: dict[str, list[dict[str, Any]]] = self.guard.call("reading what to play back", played) or {}
        frames = Frames(shell.user_ns, self.place)
        self._watch = Watch(self.guard, frames, self._helper, self.place, shell.user_ns)
        self._begin_session()

    def _begin_session(self) -> None:
        facts: dict[str, Any] = {}
        for watcher in watchers():
            self.add(watcher)
            facts |= self.guard.call(watcher.kind, watcher.facts) or {}
        atexit.register(self._last_words)
        started = iso(self._clock[0]())
        self._helper.started()
        states = self._facts.watchers = dict(self.guard.watchers)
        self._tell("session", started=started, cwd=self.place.folder, watchers=states, **facts)

    def _say(self, sentence: str) -> None:
        """Tell the user something about the session, in the output of the cell that runs."""
        self._shell.display_pub.publish({"text/plain": sentence}, metadata=dict(DISPLAY))

    def _keep_inputs(self) -> None:
        if not self.is_rerun and (most := settings.of_project(self.place.root).keep_inputs):
            self._helper.keep_inputs(self.place.root, most)

    def add(self, watcher: Watcher, plugin: bool = False) -> None:
        """Let one more factor watch; one that fails to load is a blind spot."""
        if self.guard.attempt(f"loading the factor {watcher.kind}", self._loaded, watcher):
            self.guard.ran(watcher.kind)
            self.watchers.append(watcher)
            if plugin:
                self._plugins.append(watcher)
        else:
            self.guard.could_not(watcher.kind, self.guard.blind_spots[-1])

    def _loaded(self, watcher: Watcher) -> bool:
        watcher.load(self._watch)
        return True

    def close(self) -> None:
        """Put back what was replaced and let the helper process end."""
        atexit.unregister(self._last_words)
        self._facts.tell()
        for companion in self._companions.values():
            self.guard.call("ending what works beside the recording", companion.close)
        self.guard.note("The recording was ended before the kernel was: what ran later was not seen.")
        self._tell("facts", environment=self._facts.known, watchers=dict(self.guard.watchers))
        for watcher in reversed(self.watchers):
            self.guard.call(f"unloading the factor {watcher.kind}", watcher.unload)
        self._helper.close()

    def _last_words(self) -> None:
        """The kernel ends: what a recorder is still to hear is waited for a moment."""
        if self.sender.asked and self.log.is_awaiting:
            self.settle(_LAST_SECONDS)

    def handshake(self) -> None:
        """A recorder listens: send it what waits, and all that comes."""
        with self._telling:
            self.sender.handshake()

    def watcher(self, kind: type[_Watcher]) -> _Watcher | None:
        """The watcher of this class, if it could be loaded."""
        return next((watcher for watcher in self.watchers if isinstance(watcher, kind)), None)

    def accompany(self, companion: Companion) -> None:
        """Let something work beside this recording, in place of an earlier one of its class."""
        self._companions[type(companion)] = companion

    def companion(self, kind: type[_Companion]) -> _Companion | None:
        """What works beside this recording, of this class."""
        return next((one for one in self._companions.values() if isinstance(one, kind)), None)

    @contextmanager
    def aside(self) -> Iterator[None]:
        """A block of our own in the midst of a cell: what this thread imports and opens is none of the notebook's."""
        before = set(sys.modules)
        try:
            with Quiet():
                yield
        finally:
            if package := self.watcher(PackageWatcher):
                package.pass_over(sys.modules.keys() - before)

    @contextmanager
    def still(self) -> Iterator[SessionLog]:
        """The log, to which nothing is added meanwhile."""
        with self._telling:
            unread, self._unread = self._unread, []
            for entry in unread:
                self.log.apply(json.loads(entry.decode("utf-8", "surrogateescape")))
            yield self.log

    def settle(self, seconds: float = 30.0) -> bool:
        """Wait for digests and the list of packages, at most so long; whether they have all come."""
        self._facts.tell()
        return bool(self.guard.call("helper process", self._helper.settle, seconds))

    def pre_run_cell(self, info: Any) -> None:
        """IPython calls this before a cell runs; for one that runs inside another, only the outer counts."""
        self._infos.append(info)
        if len(self._infos) == 1:
            self.guard.call("starting to record a cell", self._begin, info)
            self.guard.let_pass()

    def post_run_cell(self, result: Any) -> None:
        """IPython calls this after a cell has run, however it ended; for an empty one it called nothing before."""
        seconds = self._clock[1]() - self._started
        info = getattr(result, "info", None)  # code that triggers the event by hand may leave it out
        if result is not None and not (getattr(info, "raw_cell", "") or "").strip():
            return
        if self._infos:
            self._infos.pop()
        if not self._infos and self._cell is not None:
            cell, self._cell = self._cell, None
            self.guard.call("recording a cell", self._end, cell, result, seconds)
            self.guard.let_pass()

    def _begin(self, info: Any) -> None:
        self._number += 1
        text = info.raw_cell or ""
        cell = Cell(self._number, getattr(info, "cell_id", None), text)
        cell.statements = self._parser.statements(info)
        if waiting := self._played.get(cell.id or ""):
            cell.played = waiting.pop(0)
        if exemption := exemption_of(text):
            self.guard.call("declaring", self.declared.exempt, exemption.kind, exemption.reason)
        self._watch.frames.begin(text)
        self._tell(
            "started",
            number=cell.number,
            cell=cell.id,
            client=self.guard.call("the client of a request", client_of, self._shell),
            text=text,
            started=iso(self._clock[0]()),
        )
        for watcher in self.watchers:
            self._ask(watcher, watcher.before, cell)
        self._cell = cell
        self._started = self._clock[1]()

    def _end(self, cell: Cell, result: Any, seconds: float) -> None:
        noted_by_kind: dict[str, Any] = {}
        for watcher in reversed(self.watchers):
            noted = self._ask(watcher, watcher.after, cell)
            if noted and watcher in self._plugins:
                noted = self._ask(watcher, as_json, noted)
            if noted:
                noted_by_kind[watcher.kind] = noted
        evidence = cast(Evidence, noted_by_kind)
        part_code_from_data(evidence)
        if said := self.declared.take():
            evidence["declared"] = said
        late = {"late": True} if any(watcher.is_late for watcher in self.watchers) else {}
        self._tell(
            "ended",
            number=cell.number,
            seconds=round(seconds, 6),
            evidence=evidence,
            **late,
            lists=(package := self.watcher(PackageWatcher)) is not None and package.lists,
            **outcome(result),
        )
        for watcher in self.watchers:
            self.guard.call(f"the factor {watcher.kind}", watcher.sent)
        self._facts.tell_when_idle(getattr(self._shell.kernel, "io_loop", None))
        for companion in self._companions.values():
            self.guard.call("following the notebook", companion.ran)

    def _ask(self, watcher: Watcher, question: Callable[[Any], Any], about: Any) -> Any:
        """What a factor answers; one that fails once is not said to have watched."""
        before = len(self.guard.blind_spots)
        answer = self.guard.call(f"the factor {watcher.kind}", question, about)
        if answer is None and len(self.guard.blind_spots) > before:
            self._failed(watcher, before)
        return answer

    def _failed(self, watcher: Watcher, before: int) -> None:
        failure = next(
            (s for s in self.guard.blind_spots[before:] if s.startswith(f"the factor {watcher.kind} ")), None
        )
        if failure is not None:
            self.guard.could_not(watcher.kind, failure)

    def _answered(self, kind: str, entry: bytes) -> None:
        """The helper process answered, on its thread."""
        if kind == "machine":
            self._facts.learn({key: fact for key, fact in json.loads(entry).items() if key != "session"})
        elif kind == "ended":
            self._facts.learn({})
        else:
            with self._telling:
                self._unread.append(entry)
                self.sender.pass_on(kind, entry)
            self._call_listeners()

    def _tell(self, kind: str, **content: Any) -> None:
        entry = {"kind": kind, "session": self.log.id, **content}
        if blind_spots := self.guard.take():
            entry["blind_spots"] = blind_spots
        for _ in range(2):  # once more if it was interrupted
            if self.guard.call("sending", self._send, entry):
                break
        self._call_listeners()

    def _call_listeners(self) -> None:
        for listener in tuple(self.listeners):
            self.guard.attempt("telling of the session", listener)

    def _send(self, entry: dict[str, Any]) -> bool:
        with self._telling:  # the helper's thread tells digests
            self.log.apply(entry)
            self.sender.send(entry)
        return True
