"""What a notebook installs packages with, by its sources and its record: pip, uv, or conda."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from jupyter_prov.record.model import Record

_COMMENT = re.compile(r"^[^\S\n]*#.*$", re.MULTILINE)
_PIP = re.compile(r"\b(pip[\d.]*|ensurepip)\b")
_UV = re.compile(r"\buv\b[\"',\s]+(pip|add|sync|remove|run|venv|tool)\b|\buvx\b|\b(import|from)\s+uv\b")
_CONDA = re.compile(r"\b(conda|mamba|micromamba|pixi)\b[\"',\s]+(install|update|upgrade|remove|uninstall|create|add)\b")
_NO_CONDA = (
    "The notebook installs with conda, which an environment that is built from the record does not have: "
    "it holds the recorded versions from the start, and the cell that installs may fail."
)


@dataclass(frozen=True)
class Installers:
    """Which tools a notebook installs with."""

    pip: bool = False
    uv: bool = False
    conda: bool = False

    @property
    def packages(self) -> frozenset[str]:
        """The distributions of these tools, which a notebook uses without importing them."""
        return frozenset(name for name, is_used in (("pip", self.needed), ("uv", self.uv)) if is_used)

    @property
    def needed(self) -> frozenset[str]:
        """The distributions that must be there, whether they were recorded or not."""
        return frozenset(("pip",)) if self.pip or self.uv else frozenset()

    @property
    def notes(self) -> list[str]:
        """What a report must say of them."""
        return [_NO_CONDA] if self.conda else []


NO_INSTALLERS = Installers()


def installers_of(notebook: Any, record: Record | None) -> Installers:
    """The tools that the sources of a notebook name, those that ran in recorded sessions included."""
    sources = [_COMMENT.sub("", one) for one in _sources(notebook, record)]
    installed = any(session.packages.get("installed") for session in (record.sessions if record else ()))
    return Installers(
        pip=installed or any(map(_PIP.search, sources)),
        uv=any(map(_UV.search, sources)),
        conda=any(map(_CONDA.search, sources)),
    )


def names_installer(source: str) -> bool:
    """Whether the source of a cell names pip or uv."""
    code = _COMMENT.sub("", source)
    return _PIP.search(code) is not None or _UV.search(code) is not None


def _sources(notebook: Any, record: Record | None) -> Iterator[str]:
    yield from (cell.source for cell in notebook.cells if cell.cell_type == "code")
    yield from record.sources.values() if record else ()
