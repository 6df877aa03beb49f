"""The stage: a copy of the project in which a notebook is re-run, so that the original stays as it is."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from jupyter_prov.record import safe_reading
from jupyter_prov.record.errors import UsageError
from jupyter_prov.record.evidence import data_files
from jupyter_prov.record.model import Execution, Record
from jupyter_prov.record.portable_paths import Place

LINK_SIZE = 256 << 20
"""Files larger than this are linked, not copied, and must be found unchanged afterwards."""
MOST_COPIED = 2 << 30
"""Bytes that are copied of one project; what comes after them is linked as well."""
MOST_FILES = 20_000
_SKIPPED = frozenset(
    (
        ".git .hg .svn __pycache__ .ipynb_checkpoints node_modules .tox .nox .mypy_cache .ruff_cache "
        ".pytest_cache .jupyter_prov"
    ).split()
)


@dataclass
class Stage:
    """Where the re-run happens, and what of the original it could not protect."""

    folder: Path
    """The notebook's folder on the stage."""
    root: Path
    """The project's root on the stage."""
    place: Place
    """Where the original lies."""
    linked: dict[str, tuple[int, int]] = field(default_factory=dict)
    """Originals that are linked, with size and time of change in nanoseconds."""
    copied: int = 0
    """Bytes copied so far."""
    notes: list[str] = field(default_factory=list)

    def check_linked(self) -> None:
        """Say which linked originals the re-run changed."""
        for path, before in self.linked.items():
            if _stamp(path) != before:
                self.notes.append(f"The re-run changed {self.place.portable(path)}, which was linked for its size.")


@contextlib.contextmanager
def staged(notebook: Path, record: Record | None) -> Iterator[Stage]:
    """A stage with the notebook's project, less what its sessions made; it is removed with the block."""
    place = Place.of_folder(notebook.parent)
    try:
        temporary = tempfile.mkdtemp(prefix="jupyter-prov-")
    except OSError as error:
        raise UsageError(f"The project cannot be staged: {error.strerror or error}; set TMPDIR to a folder.") from None
    root = Path(os.path.realpath(temporary), os.path.basename(place.root) or "project")
    stage = Stage(root / os.path.relpath(place.folder, place.root), root, place)
    try:
        _copy(stage, made_by(record) - found_by(record).keys())
        stage.folder.mkdir(parents=True, exist_ok=True)
        stage.notes += _unprotected(record)
        yield stage
        stage.check_linked()
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def made_by(record: Record | None) -> set[str]:
    """The files and folders, as the record writes them, that a recorded session wrote before it ever read them."""
    return set(_made(record))


def found_by(record: Record | None) -> dict[str, str | None]:
    """Those of them that were there before all the same, so that a re-run is to find them too; and the writing cell."""
    return {path: execution.cell for path, (execution, existed) in _made(record).items() if existed}


def _made(record: Record | None) -> dict[str, tuple[Execution, bool]]:
    """What sessions wrote before they read it: the first execution that did, and whether it was there before."""
    made: dict[str, tuple[Execution, bool]] = {}
    inputs: set[str] = set()
    for _, execution in record.executions() if record else ():
        files = data_files(execution.evidence)
        inputs |= {f["path"] for f in files if f["role"] == "input"} - made.keys()
        for file in files:
            if file["role"] == "output" and file["path"] not in inputs:
                made.setdefault(file["path"], (execution, bool(file.get("existed"))))
    return made


def project_files(folder: str) -> Iterator[str]:
    """The files in a folder that a stage has as well, but for those that a session made."""
    for above, names, files in os.walk(folder):
        names[:] = sorted(name for name in names if not _is_skipped(above, name))
        yield from (os.path.join(above, name) for name in sorted(files))


def _copy(stage: Stage, made: set[str]) -> None:
    """Copy the project's files; installed environments, caches and version control stay behind."""
    count = 0
    for folder, names, files in os.walk(stage.place.root):
        names[:] = sorted(
            name
            for name in names
            if not _is_skipped(folder, name) and stage.place.portable(os.path.join(folder, name)) not in made
        )
        target = stage.root / os.path.relpath(folder, stage.place.root)
        target.mkdir(parents=True, exist_ok=True)
        for name in [n for n in names if os.path.islink(os.path.join(folder, n))]:
            _link_folder(stage, os.path.join(folder, name), target / name)
        for name in files:
            source = os.path.join(folder, name)
            if stage.place.portable(source) in made:
                continue
            count += 1
            if count > MOST_FILES:
                stage.notes.append(f"The project has more than {MOST_FILES:,} files; those beyond were not staged.")
                return
            _copy_file(stage, source, target / name)


def _link_folder(stage: Stage, source: str, target: Path) -> None:
    """A linked folder: within the project the link leads to its copy, elsewhere to the original."""
    real = os.path.realpath(source)
    if stage.place.contains(real):
        target.symlink_to(stage.root / os.path.relpath(real, stage.place.root))
    else:
        target.symlink_to(real)
        stage.notes.append(f"{stage.place.portable(source)} is a link to a folder that is not staged: {real}")


def _is_skipped(folder: str, name: str) -> bool:
    path = os.path.join(folder, name)
    is_environment = os.path.exists(os.path.join(path, "pyvenv.cfg")) or os.path.exists(
        os.path.join(path, "conda-meta")
    )
    return name in _SKIPPED or is_environment


def _copy_file(stage: Stage, source: str, target: Path) -> None:
    try:
        if not safe_reading.is_regular(source):  # a socket, a pipe, a broken link, a link into /proc
            return
        size = os.path.getsize(source)
        if size > LINK_SIZE or stage.copied + size > MOST_COPIED:
            stage.linked[source] = _stamp(source)
            target.symlink_to(source)
        else:
            shutil.copy2(source, target)
            stage.copied += size
    except OSError as error:
        stage.notes.append(f"{stage.place.portable(source)} could not be staged: {error.strerror}.")


def _stamp(path: str) -> tuple[int, int]:
    try:
        status = os.stat(path)
    except OSError:
        return (-1, -1)
    return (status.st_size, status.st_mtime_ns)


def _unprotected(record: Record | None) -> list[str]:
    """Files outside the project, which the re-run reads and writes where they are."""
    paths = {
        file["path"]
        for _, execution in (record.executions() if record else ())
        for file in data_files(execution.evidence)
        if file["path"].startswith(("/", "~"))
    }
    if not paths:
        return []
    shown = ", ".join(sorted(paths)[:3]) + (" …" if len(paths) > 3 else "")
    return [f"Files outside the project are not staged: {shown}"]
