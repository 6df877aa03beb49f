"""Whether what was noted about a cell is what its call read and wrote: paths, roles, digests, and nothing else."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from blake3 import blake3

from benchmarks.io_calls import Call
from benchmarks.io_calls.call import OUTSIDE
from jupyter_prov.record.model import Execution

READ, WRITTEN = ("input", "code"), ("output",)
YES, RAISED, DIED, MISSING = "yes", "raised", "died", "no library"
Contents = Mapping[str, str]
"""The digests of files by their absolute path."""


@dataclass(frozen=True)
class Row:
    """How one call was seen."""

    call: Call
    seen: str
    """`yes`, or why not."""
    via: str = ""
    by: str = ""
    noise: tuple[str, ...] = ()
    """What was noted and is none of the call's."""
    remark: str = ""

    @property
    def counts(self) -> bool:
        return self.seen != MISSING


@dataclass(frozen=True)
class Folders:
    """Where a call runs, and the folder outside the project that it may use."""

    project: Path
    outside: Path

    def contents(self) -> dict[str, str]:
        """The digest of every file in both; links count as what they lead to."""
        return {
            str(path): "blake3:" + blake3(path.read_bytes()).hexdigest()
            for folder in (self.project, self.outside)
            for path in folder.rglob("*")
            if path.is_file()
        }

    def absolute(self, pattern: str) -> str:
        """A path or pattern of the catalogue as an absolute one."""
        inside = os.path.join(self.project, pattern)
        return pattern.replace(OUTSIDE, str(self.outside)) if pattern.startswith(OUTSIDE) else inside

    def shown(self, path: str) -> str:
        """An absolute path as a person reads it in the table."""
        return os.path.relpath(path, self.project)


@dataclass
class _Verdict:
    """What has been found of one call so far."""

    reasons: list[str] = field(default_factory=list)
    via: dict[str, None] = field(default_factory=dict)
    by: dict[str, None] = field(default_factory=dict)

    def take(self, entry: Mapping[str, Any]) -> None:
        self.via[str(entry.get("via", ""))] = None
        self.by[str(entry.get("by", ""))] = None


def judge(call: Call, execution: Execution, folders: Folders, before: Contents, after: Contents) -> Row:
    """Hold the evidence of an execution against what its call is known to touch."""
    entries = noted(execution)
    verdict = _Verdict()
    for patterns, roles, contents in ((call.reads, READ, before), (call.writes, WRITTEN, after)):
        for pattern in patterns:
            paths = _matching(folders.absolute(pattern), contents)
            if not paths:
                verdict.reasons.append(f"{pattern} is not there")
            for path in paths:
                reason = _looked_for(path, contents[path], [e for e in entries if e["role"] in roles], folders, verdict)
                verdict.reasons += [f"{reason}: {folders.shown(path)}"] if reason else []
    noise = tuple(sorted({_shown(e, folders) for e in entries if not _belongs(e, call, folders, before, after)}))
    seen = verdict.reasons[0].partition(":")[0] if verdict.reasons else YES
    return Row(call, seen, _joined(verdict.via), _joined(verdict.by), noise, "; ".join(verdict.reasons))


def noted(execution: Execution) -> list[dict[str, Any]]:
    """All entries of files in the evidence, without a slash at the end of folders' paths."""
    evidence = execution.evidence
    found = [*evidence.get("data", {}).get("files", ()), *evidence.get("code", {}).get("files", ())]
    return [{**entry, "path": entry["path"].rstrip("/")} for entry in found]


def _matching(pattern: str, contents: Contents) -> list[str]:
    """The files that a pattern means: those it matches, or, where it is a folder, those in it."""
    return [p for p in contents if fnmatch(p, pattern) or p.startswith(pattern + os.sep)]


def _looked_for(
    path: str, digest: str, entries: Iterable[Mapping[str, Any]], folders: Folders, verdict: _Verdict
) -> str:
    """Why a file cannot be said to be seen; empty if it was.

    An entry for a folder below the call's own sees all files in it; its digest is one over the tree.
    """
    reason = "no"
    for entry in entries:
        if _covers(entry["path"], path, folders):
            verdict.take(entry)
            if not entry.get("digest"):
                reason = "no digest"
            elif _same(entry["path"], path) and entry["digest"] != digest:
                reason = "wrong digest"
            else:
                return ""
    return reason


def _covers(noted_path: str, path: str, folders: Folders) -> bool:
    is_folder = path.startswith(noted_path + os.sep) and noted_path not in (str(folders.project), str(folders.outside))
    return _same(noted_path, path) or is_folder


def _same(noted_path: str, path: str) -> bool:
    """Whether two paths lead to one file, a link and what it leads to included."""
    return noted_path == path or os.path.realpath(noted_path) == os.path.realpath(path)


def _belongs(entry: Mapping[str, Any], call: Call, folders: Folders, before: Contents, after: Contents) -> bool:
    """Whether an entry is one of the files that the call touches, in the role in which it does."""
    path, role = entry["path"], entry["role"]
    if any(fnmatch(path, folders.absolute(pattern)) for pattern in call.also):
        return True
    patterns, contents = (call.reads, before) if role in READ else (call.writes, after)
    known = [p for pattern in patterns for p in _matching(folders.absolute(pattern), contents)]
    return any(_covers(path, p, folders) for p in known)


def _shown(entry: Mapping[str, Any], folders: Folders) -> str:
    return f"{folders.shown(entry['path'])} as {entry['role']} via {entry.get('via', '?')}"


def _joined(words: Mapping[str, None]) -> str:
    return "+".join(word for word in words if word)


def totals(rows: Sequence[Row]) -> dict[str, tuple[int, int]]:
    """For reads, writes and all: how many calls were seen, of how many that count."""
    counted = [row for row in rows if row.counts]
    of = {
        "read": [row for row in counted if row.call.direction == "read"],
        "write": [row for row in counted if row.call.direction == "write"],
        "all": counted,
    }
    return {name: (sum(row.seen == YES for row in some), len(some)) for name, some in of.items()}
