"""A live session as it is told entry by entry: by the kernel over IOPub, or by a journal read back.

Entries are plain JSON objects with a `kind` (the wire format between kernel part and recorder):

    session   id, started, cwd, python, platform, environment, blind_spots
    started   number, cell, client, text, started; client: the one that sent the request
    ended     number, count, seconds, outcome, error, evidence, blind_spots; late: more of it comes as `files`;
              lists: packages are listed anew
    files     number, files, last: further files of the evidence `data`; whether they are the last ones
    digests   files: [[absolute path, version, digest, size, changed, files, sampled]]
    meanings  files: [[absolute path, version, digest]]
    packages  number, distributions, provides, conda; number: the execution that found them installed
    facts     environment, watchers: all that has become known of them since the session began
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from jupyter_prov.record import digests
from jupyter_prov.record.evidence import FileEvidence, code_files, data_files
from jupyter_prov.record.model import RUNNING, UNFINISHED, Execution, Json
from jupyter_prov.record.noted_files import files_of, give_digest

Entry = Mapping[str, Any]


@dataclass
class SessionLog:
    """All entries of one session put together; paths in it are absolute."""

    id: str
    started: str = ""
    cwd: str = ""
    ended: bool = False
    is_recovered: bool = False
    """Whether it was read back from a journal, which may have lost what an earlier record knows."""
    facts: Json = field(default_factory=dict)
    packages: Json = field(default_factory=dict)
    watchers: dict[str, str] = field(default_factory=dict)
    blind_spots: list[str] = field(default_factory=list)
    executions: list[Execution] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)
    """The text of each source that ran, by its digest; it stays in the journal."""
    latest: dict[str, Execution] = field(default_factory=dict)
    """The last execution of each cell."""
    waiting: list[FileEvidence] = field(default_factory=list)
    """Files whose digest is still to come."""
    digests: dict[tuple[str, str], list[Any]] = field(default_factory=dict)
    """Digest, size, whether it changed meanwhile, how many files it holds, and whether it was sampled, by path and
    version."""
    lost: dict[tuple[str, str], list[FileEvidence]] = field(default_factory=dict)
    """Files that were no longer in this version when the helper came to them; the kernel may have their digest."""
    late: set[int] = field(default_factory=set)
    """Numbers of executions of which further files are still to come."""
    meanings: dict[tuple[str, str], str] = field(default_factory=dict)
    """Digests of what sources mean, by path and version."""
    clients: dict[int, str] = field(default_factory=dict)
    """Which client asked for each execution, by its number, as far as that is known."""
    awaited_list: int = 0
    """The last execution after which packages are being listed, 0 if all lists have come."""
    listed: int = -1
    """The last execution whose list has come, which may be before its end is heard of."""
    installed: list[Json] = field(default_factory=list)
    """What was installed, removed or replaced in mid-session."""

    def apply(self, entry: Entry) -> None:
        """Take in one entry; one of an unknown kind, from a newer kernel part, is passed over."""
        try:
            self._blind(entry.get("blind_spots", ()))
            if take := getattr(self, f"_take_{entry.get('kind')}", None):
                take(entry)
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            from jupyter_prov.record.masking import mask_text  # whose patterns take a while to compile

            what = mask_text(f"{type(error).__name__}: {error}")[:200]
            self._blind([f"An entry {str(entry.get('kind'))!r} of the kernel was not understood ({what})."])

    def snapshot(self) -> SessionLog:
        """The session as it is now, to be read in a thread while this one goes on.

        What files were noted is shared with it, as an execution keeps what it noted; a digest that comes is given to a
        file in one step.
        """
        executions = [copy.copy(execution) for execution in self.executions]
        latest = {execution.cell: execution for execution in executions if execution.cell}
        taken = copy.copy(self)
        taken.executions, taken.latest, taken.waiting = executions, latest, list(self.waiting)
        taken.facts, taken.watchers, taken.texts = dict(self.facts), dict(self.watchers), dict(self.texts)
        taken.blind_spots, taken.installed = list(self.blind_spots), list(self.installed)
        taken.digests, taken.meanings, taken.lost = {}, {}, {}  # the files have theirs
        taken.late = set(self.late)
        taken.clients = dict(self.clients)
        return taken

    @property
    def running(self) -> Execution | None:
        """The execution that has started and not ended, if there is one."""
        last = self.executions[-1] if self.executions else None
        return last if last and last.outcome == RUNNING else None

    @property
    def is_awaiting(self) -> bool:
        """Whether digests or lists of packages are still to come."""
        lists = bool(self.awaited_list) or not self.packages
        return not self.ended and (bool(self.waiting) or bool(self.late) or lists)

    def close(self) -> None:
        """The kernel is gone: what was running never ended."""
        self.ended = True
        self._abandon()

    def _abandon(self) -> None:
        """What was running will not end any more."""
        if self.running:
            self.running.outcome = UNFINISHED

    def _take_session(self, entry: Entry) -> None:
        self.started, self.cwd = entry["started"], entry["cwd"]
        known = self.facts.get("environment", {})
        self.facts = {key: entry.get(key, {}) for key in ("python", "platform", "environment")}
        self.facts["environment"] = {**self.facts["environment"], **known}
        self.watchers |= entry.get("watchers", {})

    def _take_facts(self, entry: Entry) -> None:
        self.facts.setdefault("environment", {})
        self.facts["environment"] = {**self.facts["environment"], **entry.get("environment", {})}
        self.watchers |= entry.get("watchers", {})

    def _take_started(self, entry: Entry) -> None:
        source = digests.of_text(entry["text"])
        self._abandon()
        self.texts[source] = entry["text"]
        execution = Execution(
            number=entry["number"],
            cell=entry.get("cell"),
            count=None,
            source=source,
            started=entry["started"],
        )
        self.executions.append(execution)
        if client := entry.get("client"):
            self.clients[execution.number] = str(client)
        if execution.cell:
            self.latest[execution.cell] = execution

    def _take_ended(self, entry: Entry) -> None:
        execution = self._execution(entry["number"])
        if execution is not None:
            if entry.get("late"):
                self.late.add(execution.number)
            execution.count = entry.get("count")
            execution.seconds = entry["seconds"]
            execution.outcome = entry["outcome"]
            execution.error = entry.get("error")
            execution.evidence = entry.get("evidence", {})
            self._complete(files_of(execution))
            self._give_meanings(execution)
            if entry.get("lists") and self.listed < execution.number:
                self.awaited_list = execution.number

    def _execution(self, number: int) -> Execution | None:
        return next((e for e in reversed(self.executions) if e.number == number), None)

    def _take_files(self, entry: Entry) -> None:
        """Take in files of an execution that accessed many; who reads it in a thread has the list as it was."""
        execution = self._execution(entry["number"])
        if execution is None:
            return
        evidence = execution.evidence.copy()
        code = {file["path"] for file in code_files(evidence) if file["via"] != "load"}
        new = [file for file in entry["files"] if file["role"] != "input" or file["path"] not in code]
        known = {(file["path"], file["role"]) for file in new}
        old = data_files(evidence)
        files = [file for file in old if file["via"] != "declared" or (file["path"], file["role"]) not in known] + new
        if entry.get("last"):
            files.sort(key=lambda file: (file["path"], file["role"]))
            self.late.discard(execution.number)
        if files:
            evidence["data"] = {**evidence.get("data", {}), "files": files}
        execution.evidence = evidence

    def _take_digests(self, entry: Entry) -> None:
        for path, version, *rest in entry["files"]:
            if rest[0] is not None:
                self.digests[path, version] = rest
                for file in self.lost.pop((path, version), ()):
                    file.pop("changed_while_running", None)
                    give_digest(file, rest)
            else:
                self.digests.setdefault((path, version), rest)
        waiting, self.waiting = self.waiting, []
        self._complete(waiting)

    def _complete(self, files: Sequence[FileEvidence]) -> None:
        """Give files the digests that have come; the others wait."""
        for file in files:
            if "version" not in file:  # its state was gone before anybody could read it
                continue
            found = self.digests.get((file["path"], file["version"]))
            if found is None:
                self.waiting.append(file)
            elif found[0] is not None:
                give_digest(file, found)
            else:
                file["changed_while_running"] = True
                self.lost.setdefault((file["path"], file["version"]), []).append(file)

    def _take_meanings(self, entry: Entry) -> None:
        self.meanings |= {(path, version): found for path, version, found in entry["files"]}
        for execution in self.executions:
            self._give_meanings(execution)

    def _give_meanings(self, execution: Execution) -> None:
        for file in code_files(execution.evidence) if self.meanings else ():
            if found := self.meanings.get((file["path"], file["version"])):
                file["meaning"] = found

    def _take_packages(self, entry: Entry) -> None:
        """Take in a new list; of what was imported before, the version that was there then is the one that ran."""
        old, self.packages = self.packages, {key: dict(entry[key]) for key in ("distributions", "provides")}
        self.packages["conda"] = dict(entry.get("conda", {}))
        self.listed = max(self.listed, entry.get("number", 0))
        if self.listed >= self.awaited_list:
            self.awaited_list = 0
        if old and entry.get("number"):
            self._compare(old["distributions"], entry["distributions"], entry["number"])
        before = [e.evidence.get("package", {}) for e in self.executions if e.number < entry.get("number", 0)]
        for module in {module for noted in before for module in noted.get("modules", ())}:
            if module in old.get("provides", {}):
                self.packages["provides"][module] = old["provides"][module]
                for name in old["provides"][module]:
                    self._keep_version(name, old["distributions"][name])

    def _compare(self, old: Json, new: Json, number: int) -> None:
        """Note what an execution installed, removed or replaced."""
        last = {change["name"]: change["after"] for change in self.installed}
        for name in sorted(old.keys() | new.keys()):
            before = last[name] if name in last else old.get(name, {}).get("version")
            after = new.get(name, {}).get("version")
            if before != after:
                self.installed.append({"execution": number, "name": name, "before": before, "after": after})

    def _keep_version(self, name: str, ran: Json) -> None:
        now = self.packages["distributions"].get(name)
        if now != ran:
            self.packages["distributions"][name] = ran
            what = f"is {_version(now, ran)} now" if now else "is no longer installed"
            self._blind([f"{name} {ran['version']} {what}: it was changed after it had been imported."])

    def _blind(self, blind_spots: Iterable[str]) -> None:
        for spot in blind_spots:
            if spot not in self.blind_spots:
                self.blind_spots.append(str(spot))


def _version(now: Json, ran: Json) -> str:
    """What is installed now, said so that it differs from what ran."""
    if now["version"] != ran["version"]:
        return str(now["version"])
    return "another build or working copy of it"
