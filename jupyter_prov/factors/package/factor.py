"""Packages: the installed distributions, and which of them an execution imported.

Evidence: {"modules": [...]}, the top-level modules of other people's packages imported here for the first time or by
name. The session's `packages` field tells the distribution and version of each; the helper process lists them.
"""

from __future__ import annotations

import contextlib
import re
import sys
from collections.abc import Iterable, Set

from jupyter_prov.analysis.dataflow import Step
from jupyter_prov.factors.base import Cell, Factor, Watch, evidence_of
from jupyter_prov.factors.package.remote_work import Elsewhere
from jupyter_prov.record.cause import Advice, Suspicion
from jupyter_prov.record.model import Evidence
from jupyter_prov.record.original_os import os
from jupyter_prov.watch.artifact_paths import holds_distributions, is_installed
from jupyter_prov.watch.import_hook import NewModules, names_of

_INSTALLS = re.compile("pip|conda|mamba|uv|install|poetry|pixi|setup")
"""What the source of a cell that installs something has in it; what others install is seen at the next import."""
OURS = frozenset({"jupyter_prov", "time_machine", "_time_machine"})


class Package(Factor):
    """Notes modules by what is new in `sys.modules` and by the cell's own import statements."""

    kind = "package"
    replays = True  # by a re-run in the recorded environment
    lists = False
    """Whether the last execution has found other packages installed, which are being listed."""

    def load(self, watch: Watch) -> None:
        self._watch = watch
        self._modules = NewModules()
        self._elsewhere = Elsewhere(watch.guard)
        self._stamps = self._installed_stamps()
        watch.helper.packages(_folders(), 0)

    def after(self, cell: Cell) -> Evidence | None:
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

    def suspect(self, recorded: Step | None, rerun: Step | None) -> Iterable[Suspicion]:
        if recorded is None and rerun is not None and rerun.execution.error in ("ModuleNotFoundError", "ImportError"):
            text = "a module that is imported here is not installed, or in a version that lacks what is imported"
            yield Suspicion(self.kind, text, _import_line(rerun), changed=False, names=frozenset(rerun.imports))
        if recorded is None or rerun is None:
            return
        there, here = _versions(recorded), _versions(rerun)
        changed = {d: (v, here.get(d)) for d, v in there.items() if here.get(d) != v}
        if not changed:
            return
        shown = [f"{name} {old} → {new or 'missing'}" for name, (old, new) in sorted(changed.items())]
        text = ", ".join(shown[:4]) + (f" and {len(shown) - 4} more" if len(shown) > 4 else "")
        names = frozenset(recorded.imports | rerun.imports | recorded.defines | rerun.defines)
        pins = " ".join(f"{name}=={old}" for name, (old, _) in sorted(changed.items())[:4])
        yield Suspicion(self.kind, text, line=_import_line(recorded), names=names, subject=pins)

    def advice(self, suspicion: Suspicion) -> Advice:
        if not suspicion.subject:
            return Advice("Install what the notebook imports, or check it in an environment that has it: --env PATH.")
        return Advice("Install the recorded versions.", f"pip install {suspicion.subject}")


def _folders() -> list[str]:
    return [os.path.abspath(folder) for folder in sys.path if folder]


def _versions(step: Step) -> dict[str, str]:
    """The distributions that a step imported, with their versions in its session."""
    packages = step.session.packages
    imports, distributions = packages.get("imports", {}), packages.get("distributions", {})
    modules = evidence_of(step, Package.kind).get("modules", ())
    names = {d for module in modules for d in imports.get(module, ())}
    return {name: distributions[name]["version"] for name in names if name in distributions}


def _import_line(step: Step) -> int | None:
    return next((part.first for part in step.statements if part.modules), None)
