"""Wheels of packages whose source folder lies in the project itself, built from a copy of the project."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.request import pathname2url

from jupyter_prov.check import interpreters, uv
from jupyter_prov.check.environment_cache import caches
from jupyter_prov.check.package_sources import Source
from jupyter_prov.check.stage import project_files, staged
from jupyter_prov.record import digests
from jupyter_prov.record.errors import EnvironmentFailed
from jupyter_prov.record.model import Record
from jupyter_prov.record.portable_paths import Place


@dataclass(frozen=True)
class Wheel:
    """A wheel of the project's own package."""

    name: str
    path: Path
    content: str
    """A digest of what is in it, whenever it was built."""

    @property
    def requirement(self) -> str:
        return f"{self.name} @ file://{pathname2url(str(self.path))}"


def wheel_of(source: Source, record: Record, place: Place, python: str) -> Wheel:
    """The wheel of a package in the project's folder as that is now; raises EnvironmentFailed.

    It is built again only after a file in that folder has changed.
    """
    stamps = [source.folder, source.version, python, *_stamps(source.folder)]
    folder = caches() / "wheels" / digests.of_text("\0".join(stamps)).partition(":")[2][:32]
    if not any(folder.glob("*.whl")):
        _build(folder, source, record, place, python)
    wheel = next(folder.glob("*.whl"))
    return Wheel(source.name, wheel, _content(wheel))


def _stamps(folder: str) -> Iterator[str]:
    for path in project_files(folder):
        with contextlib.suppress(OSError):
            status = os.stat(path)
            yield f"{path}:{status.st_size}:{status.st_mtime_ns}"


def _build(folder: Path, source: Source, record: Record, place: Place, python: str) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=".building-", dir=folder.parent))
    try:
        with staged(Path(place.folder, record.notebook), record) as stage:
            copy = stage.root / os.path.relpath(source.folder, place.root)
            interpreter = interpreters.find(python).path
            build = ("build", "--quiet", "--wheel", "--no-sources", "--python", interpreter, "--out-dir", str(aside))
            uv.run(*build, str(copy), environ=_versions(source.version))
        if not any(aside.glob("*.whl")):
            raise EnvironmentFailed(f"The project's package {source.name} could not be built from {source.folder}.")
        with contextlib.suppress(OSError):  # another check was faster
            aside.rename(folder)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _versions(version: str) -> dict[str, str]:
    """What tools that read a version from the repository's tags are told: the copy has no repository."""
    names = ("SETUPTOOLS_SCM_PRETEND_VERSION", "PBR_VERSION", "PDM_BUILD_SCM_VERSION")
    return {name: version for name in names if version}


def _content(wheel: Path) -> str:
    try:
        with zipfile.ZipFile(wheel) as archive:
            members = sorted((one.filename, one.CRC, one.file_size) for one in archive.infolist())
    except (OSError, zipfile.BadZipFile):
        raise EnvironmentFailed(f"{wheel} is damaged; delete it and check again.") from None
    return digests.of_text(repr(members))
