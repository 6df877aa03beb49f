"""Code in the kernel: which modules and scripts of the project an execution imports or runs."""

from __future__ import annotations

import sys
from types import CodeType
from typing import Any

from IPython.core.interactiveshell import InteractiveShell

from jupyter_prov.factors.watcher import Cell, Watch, Watcher
from jupyter_prov.record.evidence import FileEvidence, FilesEvidence
from jupyter_prov.record.file_digests import version_of
from jupyter_prov.record.original_os import os
from jupyter_prov.watch import audit_hook
from jupyter_prov.watch.artifact_paths import OURS, as_text, holds_distributions, is_artifact, is_installed
from jupyter_prov.watch.hooks import Patches
from jupyter_prov.watch.import_hook import NewModules, names_of


class CodeWatcher(Watcher):
    """Notes the project's modules and scripts that an execution runs."""

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

    def after(self, cell: Cell) -> FilesEvidence | None:
        found: dict[str, FileEvidence] = {}
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

    def _note(self, found: dict[str, FileEvidence], path: str, via: str, module: str | None = None) -> None:
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


def _nothing(*_: Any) -> None:
    """Afterwards there is nothing more to tell."""


def _specification(module: str) -> Any:
    return names_of(sys.modules.get(module)).get("__spec__")
