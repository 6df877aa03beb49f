"""The environments between two: what changed from the recorded one to the one given, and any mixture of both."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from jupyter_prov.check import environment as environments
from jupyter_prov.check.delta_debugging import Inseparable
from jupyter_prov.check.environment import BY_RECORD, Building, Environment
from jupyter_prov.check.overlay import LIBRARIES
from jupyter_prov.record.errors import EnvironmentFailed, VersionsConflict
from jupyter_prov.record.model import Record, Session
from jupyter_prov.report.bisection import Change

PYTHON = "Python"
_KERNEL = re.compile("ipykernel|ipython|jupyter|traitlets|pyzmq|tornado|comm|nest-asyncio|psutil|packaging|debugpy")
"""What every kernel needs: suspected last."""
_PACKAGE = re.compile(r"[A-Za-z0-9](?:[\w.\-]*[A-Za-z0-9])?")


class Between:
    """Knows both environments by a session in each, and makes those between them."""

    def __init__(self, record: Record, recorded: Session, given: Session, building: Building = BY_RECORD) -> None:
        """`recorded` ran in the environment that was built from the record, `given` in the other one."""
        self._building = building
        known: dict[str, Any] = {}
        for session in record.sessions:
            known |= _distributions(session)
        self._installed = _distributions(recorded)
        self._old, self._new = known | self._installed, _distributions(given)
        for library in map(_plain, LIBRARIES):
            if library not in known:  # ours, which a foreign kernel is lent
                self._new.pop(library, None)
        self._used = {name for session in (*record.sessions, recorded, given) for name in _used(session)}
        self._pythons = recorded.python.get("version", ""), given.python.get("version", "")
        self.changes = {_plain(change.name): change for change in sorted(self._changes(), key=self._trust)}
        """By the plain names of the distributions, those that the notebook imports first."""

    def _changes(self) -> Iterator[Change]:
        if self._pythons[0] != self._pythons[1]:
            yield Change(PYTHON, *self._pythons)
        for name in self._installed.keys() | (self._used & (self._old.keys() | self._new.keys())):
            old, new = self._old.get(name), self._new.get(name)
            there = bool(old and new)
            if not _same(old, new) and (there or name in self._used):
                yield Change(str((old or new or {})["name"]), _version(old), _version(new))

    def _trust(self, change: Change) -> tuple[bool, bool, str]:
        name = _plain(change.name)
        kernels = _KERNEL.match(name) is not None or change.name == PYTHON
        return kernels, name not in self._used, name

    def environment(self, taken: frozenset[str], strict: bool = True) -> Environment:
        """The recorded environment with these changes made; raises Inseparable where they cannot be without others.

        With `strict` unset, versions that contradict each other's requirements are put together all the same.
        """
        python = {"version": self._pythons[_plain(PYTHON) in taken]}
        mixed = Session(1, "", python=python, packages=self._packages(taken))
        try:
            made = environments.recorded(Record("", [], [mixed]), strict, self._building)
        except VersionsConflict as conflict:
            raise Inseparable(self._named(conflict.said)) from None
        except EnvironmentFailed as failure:
            if _plain(PYTHON) not in self.changes or not strict:
                raise
            # There may be no wheel of the one side's version for the other side's Python.
            raise Inseparable(self._named(str(failure)) | {_plain(PYTHON)}) from None
        made.source = "between"
        return made

    def _packages(self, taken: frozenset[str]) -> dict[str, Any]:
        """What such a session would have had installed and imported."""
        found: dict[str, Any] = {}
        for name in self._old.keys() | self._new.keys():
            is_new = name in taken if name in self.changes else name not in self._installed
            noted = self._of(name, is_new)
            if noted is not None:
                found[noted["name"]] = noted
        used = [name for name in found if _plain(name) in self._used]
        return {"distributions": found, "imports": {name: [name] for name in used}}

    def _of(self, name: str, is_new: bool) -> Any:
        """A distribution on one side; where that has none and nothing was changed, that of the other side."""
        sides = (self._new.get(name), self._old.get(name)) if is_new else (self._old.get(name), self._new.get(name))
        return sides[0] if name in self.changes else sides[0] or sides[1]

    def _named(self, said: str) -> frozenset[str]:
        """The changes that an account of uv's speaks of."""
        return frozenset(_plain(word) for word in _PACKAGE.findall(said)) & self.changes.keys()


def listed(session: Session) -> Session:
    """The session, which must have told what was installed; raises EnvironmentFailed."""
    if not session.packages.get("distributions"):
        reason = "; ".join(session.blind_spots) or "its kernel ended too early"
        raise EnvironmentFailed(f"It is not known what the environment of a re-run held: {reason}.")
    return session


def _distributions(session: Session) -> dict[str, Any]:
    """The distributions of a session by their plain names, each with the name that it gives itself."""
    found: Mapping[str, Any] = session.packages.get("distributions", {})
    return {_plain(name): {"name": name, **noted} for name, noted in found.items()}


def _used(session: Session) -> set[str]:
    return {_plain(name) for names in session.packages.get("imports", {}).values() for name in names}


def _plain(name: str) -> str:
    """The name of a distribution as it is compared (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _version(noted: Any) -> str:
    """A version with the commit, where that is known."""
    if noted is None:
        return ""
    commit = (noted.get("direct_url") or {}).get("vcs_info", {}).get("commit_id", "")
    return str(noted["version"]) + (f" ({commit[:9]})" if commit else "")


def _same(one: Any, other: Any) -> bool:
    """Whether a distribution is the same on both sides; from an index or a local file the version tells."""
    return bool(one) == bool(other) and _version(one) == _version(other)
