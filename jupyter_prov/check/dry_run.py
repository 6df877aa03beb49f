"""What a check would install, and from where; nothing is built or run for it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from jupyter_prov.check import environment as environments
from jupyter_prov.check.checker import Options, building_of, record_of
from jupyter_prov.check.package_sources import Source
from jupyter_prov.check.read_notebook import read


def lines(path: Path, options: Options) -> list[str]:
    """The list for a notebook, with its path as a heading; raises ProvError."""
    notebook = read(path)
    record = record_of(path, notebook, options.env)
    if options.env != environments.RECORDED or record is None:
        return [f"{path}: nothing is installed; the environment {options.env} is used as it is"]
    session, sources = environments.wanted_of(record, building_of(path, notebook, record, options))
    python = session.python.get("version") or "of this version"
    return [f"{path}: Python {python}", *(f"  {_line(one)}" for one in sources), *_others(len(sources))]


def _line(source: Source) -> str:
    name = f"{source.name} {source.version or '(any version)'}"
    if source.missing:
        return f"{name}: not installed: {source.missing}"
    return f"{name}: from {source.elsewhere or 'the index'}"


def _others(count: int) -> Iterator[str]:
    if count:
        yield "  and what these require, from the index in the recorded versions"
