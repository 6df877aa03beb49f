"""Packages in the kernel: which modules an execution imports, and when others are installed."""

from __future__ import annotations

import contextlib
import re
import sys
from collections.abc import Set

from jupyter_prov.factors.package.remote_work import Elsewhere
from jupyter_prov.factors.watcher import Cell, Watch, Watcher
from jupyter_prov.record.evidence import PackageEvidence
from jupyter_prov.record.original_os import os
from jupyter_prov.watch.artifact_paths import holds_distributions, is_installed
from jupyter_prov.watch.import_hook import NewModules, names_of

_INSTALLS = re.compile("pip|conda|mamba|uv|install|poetry|pixi|setup")
"""What the source of a cell that installs something has in it; what others install is seen at the next import."""
OURS = frozenset({"jupyter_prov", "time_machine", "_time_machine"})


class PackageWatcher(Watcher):
    """Notes modules by what is new in `sys.modules` and by the cell's own import statements."""

    kind = "package"
    lists = False
    """Whether the last execution has found other packages installed, which are being listed."""

    def load(self, watch: Watch) -> None:
        self._watch = watch
        self._modules = NewModules()
        self._elsewhere = Elsewhere(watch.guard)
        self._stamps = self._installed_stamps()
        watch.helper.packages(_folders(), 0)

    def after(self, cell: Cell) -> PackageEvidence | None:
        new = self._modules.new()
        tops = {name for name in new if "." not in name}
        tops |= {m for part in cell.statements for m in part.modules if m in sys.modules}
        self._elsewhere.look(new)
        self.lists = False
        may_install = bool(tops) or _INSTALLS.search(cell.text) is not None
        if may_install and self._stamps != (now := self._installed_stamps()):
            self._stamps, self.lists = now, True
            self._watch.helper.packages(_folders(), cell.number)
        modules = sorted(top for top in tops if self._is_package(top))
        return {"modules": modules} if modules else None

    def pass_over(self, modules: Set[str]) -> None:
        """Modules that we have imported on nobody's behalf."""
        self._modules.pass_over(modules)

    def _is_package(self, name: str) -> bool:
        if name in sys.stdlib_module_names or name in OURS or name.startswith("__"):
            return False
        path = names_of(sys.modules.get(name)).get("__file__")
        if not isinstance(path, str) or "site-packages" in path or is_installed(path):
            return True
        path = os.path.abspath(path)
        parts = 2 if os.path.basename(path).startswith("__init__.") else 1
        return holds_distributions(path.rsplit(os.sep, parts)[0]) or not self._watch.place.contains(path)

    def _installed_stamps(self) -> dict[str, int]:
        """When anything was last installed into or removed from each folder that modules come from."""
        stamps = {}
        place = self._watch.place
        for folder in sys.path:
            if folder not in ("", place.folder, place.root):
                with contextlib.suppress(OSError):
                    stamps[folder] = os.stat(folder).st_mtime_ns
        return stamps


def _folders() -> list[str]:
    return [os.path.abspath(folder) for folder in sys.path if folder]
