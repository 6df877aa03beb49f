"""Digests of files that are about to change, made at once: in the midst of a cell, as far as that costs it little."""

from __future__ import annotations

from jupyter_prov.factors.data.posix_locks import OwnLocks
from jupyter_prov.record.file_digests import digest_in, size_in
from jupyter_prov.watch.audit_hook import Quiet
from jupyter_prov.watch.guard import Guard
from jupyter_prov.watch.helper import Helper

_MOST = 64 << 20
"""How many bytes one cell digests because it is about to change them."""
_SMALL = 64 << 10
"""The bytes of a file up to which it is digested before it is overwritten unread."""
NOT_SAVED = "Some files were overwritten or removed before they could be digested: what they held is not known."


class OnTheSpot:
    """Reads files of one cell after the other, in the version that they are about to lose."""

    def __init__(self, guard: Guard, helper: Helper) -> None:
        self._guard, self._helper = guard, helper
        self.locks = OwnLocks(guard)
        self.opened: set[str] = set()
        """Files that were opened in this cell for other reasons than their data: the system tells it."""
        self._saved = 0

    def begin(self) -> None:
        """A cell is about to run."""
        self.opened, self._saved = set(), 0
        self.locks.forget()

    def asked(self, path: str, version: str) -> str | None:
        """The digest for which the helper was asked, and need not be any more."""
        size = size_in(version)
        if self._saved + size > _MOST or self.locks.hold(version):
            self._guard.note(NOT_SAVED)
            return None
        self._saved += size
        self.opened.add(path)
        found = digest_in(path)
        if found:
            self._helper.known(path, *found)
        return found[1] if found else None

    def unread(self, path: str, version: str) -> str | None:
        """The digest of what is about to be overwritten unread, where that costs next to nothing."""
        if size_in(version) > _SMALL or self.locks.hold(version):
            return None
        self.opened.add(path)
        with Quiet():
            found = digest_in(path)
        return found[1] if found else None
