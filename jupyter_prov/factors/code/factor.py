"""Code: modules and scripts of the project that executions import or run, by their content.

Evidence: {"files": [{path, role: "code", via, version, digest, meaning, size, module}]}. `meaning` is the digest of
what the source means, without comments, docstrings and layout.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from types import CodeType
from typing import Any

from IPython.core.interactiveshell import InteractiveShell

from jupyter_prov.analysis.dataflow import Step, project_modules
from jupyter_prov.analysis.statement import STAR
from jupyter_prov.factors.base import Cell, Factor, Watch, differ, evidence_of
from jupyter_prov.record.cause import Advice, Suspicion
from jupyter_prov.record.file_digests import version_of
from jupyter_prov.record.model import Evidence
from jupyter_prov.record.original_os import os
from jupyter_prov.watch import audit_hook
from jupyter_prov.watch.artifact_paths import OURS, as_text, holds_distributions, is_artifact, is_installed
from jupyter_prov.watch.hooks import Patches
from jupyter_prov.watch.import_hook import NewModules, names_of


class Code(Factor):
    """Notes new modules in `sys.modules` whose file lies in the project, those imported again, and scripts run."""

    kind = "code"

    def load(self, watch: Watch) -> None:
        from ipykernel.compiler import get_tmp_directory  # which every kernel has, and a checker need not load

        self._watch = watch
        self._modules = NewModules()
        self._imported: dict[str, tuple[str, Any]] = {}
        """The project's files by the module that came from them, and its specification, new at each import."""
        self._cells = os.path.join(get_tmp_directory(), "")  # type: ignore[no-untyped-call]
        """Where the files would lie that cells are compiled as."""
        self._run: dict[str, str | None] = {}
        """Files of code that was executed, in the version that they had then."""
        self._loaded: set[str] = set()
        audit_hook.listen(watch.guard, {"exec": self._executed})
        self._patches = Patches(watch.guard)
        self._patches.wrap(InteractiveShell, "safe_execfile_ipy", _nothing, before=self._notebook_run)
        self._patches.wrap(InteractiveShell, "find_user_code", _nothing, before=self._text_loaded)

    def unload(self) -> None:
        self._patches.restore()

    def before(self, cell: Cell) -> None:
        self._run, self._loaded = {}, set()

    def after(self, cell: Cell) -> Evidence | None:
        found: dict[str, Evidence] = {}
        for name in self._modules.new():
            path = names_of(sys.modules.get(name)).get("__file__")
            if isinstance(path, str) and self._is_code(path):
                self._note(found, os.path.abspath(path), "import", name)
        for path, (name, specification) in list(self._imported.items()):
            if path not in found and _specification(name) is not specification:
                self._note(found, path, "import", name)
        for path in self._run.keys() - found.keys():
            self._note(found, path, "run")
        for path in self._loaded - found.keys():
            self._note(found, path, "load")
        self._watch.helper.flush()
        return {"files": [found[path] for path in sorted(found)]} if found else None

    def _executed(self, arguments: tuple[Any, ...]) -> None:
        """Code is executed: a module's at its import, or a script's, by `%run` or by `exec` after `compile`."""
        filename = arguments[0].co_filename if type(arguments[0]) is CodeType else "<"
        if not filename.startswith(self._cells) and not is_installed(filename) and self._is_code(filename):
            self._ran(os.path.abspath(filename))

    def _ran(self, path: str) -> None:
        """Ask for the digest at once: the file may be another when the cell ends."""
        if path not in self._run:
            version = self._run[path] = version_of(path)
            if version is not None:
                self._watch.helper.digest([(path, version)])

    def _notebook_run(self, _: Any, args: tuple[Any, ...], __: Any, ___: Any) -> None:
        """`%run other.ipynb`."""
        if (name := as_text(args[1])) is not None:
            self._ran(os.path.abspath(os.path.expanduser(name)))

    def _text_loaded(self, _: Any, args: tuple[Any, ...], __: Any, ___: Any) -> None:
        """`%load`: the text stands in the cell from now on, and what it came from is still told."""
        path = os.path.abspath(os.path.expanduser((as_text(args[1]) or "").strip("\"'")))
        if os.path.isfile(path):
            self._loaded.add(path)

    def _is_code(self, path: str) -> bool:
        """Whether a file is of the project, or of nobody's distribution (on PYTHONPATH, say)."""
        if is_installed(path) or path.startswith(OURS):
            return False
        path = os.path.abspath(path)
        if not is_artifact(path, self._watch.place):
            return False
        return not any(
            path.startswith(folder.rstrip(os.sep) + os.sep) and holds_distributions(folder)
            for folder in sys.path
            if os.path.isabs(folder) and folder not in (self._watch.place.folder, self._watch.place.root)
        )

    def _note(self, found: dict[str, Evidence], path: str, via: str, module: str | None = None) -> None:
        if module is not None:
            self._imported[path] = (module, _specification(module))
        early = self._run.get(path)
        version = early or version_of(path)
        if version is not None and is_artifact(path, self._watch.place):
            if early is None:
                self._watch.helper.digest([(path, version)])
            if path.endswith((".py", ".ipynb")):
                self._watch.helper.meaning(path, version)
            found[path] = {"path": path, "role": "code", "via": via, "version": version}
            if module is not None:
                found[path]["module"] = module

    def suspect(self, recorded: Step | None, rerun: Step | None) -> Iterable[Suspicion]:
        there = {f["path"]: f for f in evidence_of(recorded, self.kind).get("files", ())}
        here = {f["path"]: f for f in evidence_of(rerun, self.kind).get("files", ())}
        if recorded is None or rerun is None:
            return
        names = _spread(recorded) | _spread(rerun)
        for path, file in there.items():
            line = _line(recorded, file)
            if path in here and differ(file, here[path]):
                means = None in (file.get("meaning"), other := here[path].get("meaning")) or file["meaning"] != other
                text = f"{path} is not the code that was recorded" + ("" if means else ", though it means the same")
                yield Suspicion(self.kind, text, line, means, names, path)
            elif path not in here and rerun.execution.error:
                text = f"{path}, which was imported here, is missing"
                yield Suspicion(self.kind, text, line, names=names, subject=path)

    def advice(self, suspicion: Suspicion) -> Advice:
        return Advice(f"Restore {suspicion.subject} as it was recorded, or record the notebook again.")


def _nothing(*_: Any) -> None:
    """Afterwards there is nothing more to tell."""


def _specification(module: str) -> Any:
    return names_of(sys.modules.get(module)).get("__spec__")


def _line(step: Step, file: Evidence) -> int | None:
    """The line at which a module is imported, as far as the source shows it."""
    top = str(file.get("module", "")).partition(".")[0]
    return next((part.first for part in step.statements if top and top in part.modules), None)


def _spread(step: Step) -> frozenset[str]:
    """The names through which the project's code spreads from a cell that imports it.

    They are what its imports bind and what the cell makes of that; imports of other people's packages are not
    among them. Where the cell does not say what it imports, it is all that it defines.
    """
    own = project_modules(step)
    tainted: set[str] = set()
    for part in step.statements:
        if part.modules & own:
            tainted |= {name for name in part.defines if part.sources.get(name, "") in own or name not in part.imports}
        elif part.uses & tainted or STAR in tainted:
            tainted |= (part.defines | part.changes) - part.imports
    return frozenset(tainted or step.defines | step.changes)
