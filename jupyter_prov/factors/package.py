"""Packages: the installed distributions, and which of them an execution imported.

Evidence: {"modules": [...]}, the top-level modules of other people's packages imported here for the first time or by
name. The session's `packages` field tells the distribution and version of each; the helper process lists them.
"""

from __future__ import annotations

import os
import sys
import sysconfig
from collections.abc import Iterable

from jupyter_prov.factors.base import Cell, Factor, Watch, evidence_of
from jupyter_prov.record.cause import Advice, Suspicion
from jupyter_prov.record.flow import Step
from jupyter_prov.record.model import Evidence
from jupyter_prov.watch.imports import NewModules

OURS = frozenset({"jupyter_prov", "time_machine", "_time_machine"})


class Package(Factor):
    """Notes modules by what is new in `sys.modules` and by the cell's own import statements."""

    kind = "package"

    def load(self, watch: Watch) -> None:
        self._watch = watch
        self._modules = NewModules()
        self._stamps = self._installed_stamps()
        watch.helper.packages([folder for folder in sys.path if folder])

    def after(self, cell: Cell) -> Evidence | None:
        new = self._modules.new()
        tops = {name for name in new if "." not in name}
        tops |= {m for part in cell.statements for m in part.modules if m in sys.modules}
        if tops and self._stamps != (now := self._installed_stamps()):
            self._stamps = now
            self._watch.helper.packages([folder for folder in sys.path if folder])
        modules = sorted(top for top in tops if self._is_package(top))
        return {"modules": modules} if modules else None

    def _is_package(self, name: str) -> bool:
        if name in sys.stdlib_module_names or name in OURS or name.startswith("__"):
            return False
        path = getattr(sys.modules.get(name), "__file__", None)
        return not (isinstance(path, str) and "site-packages" not in path and self._watch.place.contains(path))

    @staticmethod
    def _installed_stamps() -> dict[str, float]:
        """When anything was last installed into or removed from each folder of packages."""
        folders = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
        return {folder: os.stat(folder).st_mtime for folder in folders if os.path.isdir(folder)}

    def suspect(self, recorded: Step | None, rerun: Step | None) -> Iterable[Suspicion]:
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
        return Advice("Install the recorded versions.", f"pip install {suspicion.subject}")


def _versions(step: Step) -> dict[str, str]:
    """The distributions that a step imported, with their versions in its session."""
    packages = step.session.packages
    imports, distributions = packages.get("imports", {}), packages.get("distributions", {})
    modules = evidence_of(step, Package.kind).get("modules", ())
    names = {d for module in modules for d in imports.get(module, ())}
    return {name: distributions[name]["version"] for name in names if name in distributions}


def _import_line(step: Step) -> int | None:
    return next((part.first for part in step.statements if part.modules), None)
