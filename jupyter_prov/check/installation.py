"""Installing what an environment is to hold: written down by `packaging`, fetched by uv."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from importlib.metadata import distributions
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from jupyter_prov.check import uv
from jupyter_prov.check.project_wheels import Wheel
from jupyter_prov.record.errors import VersionsConflict

_ANY_PROTOCOL = {"GIT_ALLOW_PROTOCOL": "https:ssh:http:git:file"}


@dataclass(frozen=True)
class Wanted:
    """What an environment is to hold; each requirement is one of PEP 508."""

    index: list[str]
    elsewhere: list[str] = field(default_factory=list)
    """Requirements with a URL, which are installed without what they require from further URLs."""
    wheels: list[Wheel] = field(default_factory=list)
    """Of the project's own packages."""
    constraints: list[str] = field(default_factory=list)
    """Versions of what is required besides."""
    absent: frozenset[str] = frozenset()
    """Plain names that are not to be had, and so must not be taken from an index instead."""
    allow_direct_url: bool = False
    strict: bool = False
    """Whether versions that contradict each other's requirements are an error."""

    @property
    def identity(self) -> list[object]:
        """Which environment this is, for its key."""
        wheels = [[wheel.name, wheel.content] for wheel in self.wheels]
        return [self.index, self.elsewhere, wheels, self.constraints, self.strict]


def install(folder: Path, python: str, inside: str, wanted: Wanted) -> None:
    """Make an environment on a Python in a folder; `inside` is its interpreter. Raises EnvironmentFailed.

    Where the recorded versions contradict each other's requirements (pip lets that happen), everything that was
    recorded is installed without looking at requirements, unless `strict` forbids it.
    """
    uv.run("venv", "--quiet", "--relocatable", "--allow-existing", "--python", python, str(folder))
    # files of its own, not links to uv's cache: what a re-run writes into them must not reach other environments
    own = ("--link-mode", "copy", "--no-sources")
    pip = ("pip", "install", "--quiet", "--python", inside, "--prerelease", "allow", *own)
    environ = _ANY_PROTOCOL if wanted.allow_direct_url else {}
    direct = [*wanted.elsewhere, *(wheel.requirement for wheel in wanted.wheels)]
    with tempfile.TemporaryDirectory(prefix="jupyter-prov-") as temporary:
        requirements, limits = Path(temporary, "requirements.txt"), Path(temporary, "constraints.txt")
        if direct:
            requirements.write_text(written(direct), encoding="utf-8")
            uv.run(*pip, "--no-deps", "-r", str(requirements), environ=environ)
        requirements.write_text(written([*wanted.index, *required(folder, direct, wanted.absent)]), encoding="utf-8")
        limits.write_text(written(wanted.constraints), encoding="utf-8")
        try:
            uv.run(*pip, "-r", str(requirements), "-c", str(limits))
        except VersionsConflict:
            if wanted.strict:
                raise
            requirements.write_text(written(sorted({*wanted.index, *wanted.constraints})), encoding="utf-8")
            uv.run(*pip, "--no-deps", "-r", str(requirements))


def written(requirements: Iterable[str]) -> str:
    """A requirements file with exactly these requirements; raises InvalidRequirement for anything else."""
    return "".join(f"{Requirement(one)}\n" for one in requirements)


def required(folder: Path, direct: Iterable[str], absent: frozenset[str] = frozenset()) -> list[str]:
    """What distributions that came from elsewhere require from an index, by their metadata in an environment."""
    names = {canonicalize_name(Requirement(one).name) for one in direct}
    if not names:
        return []
    places = [str(path) for path in (*folder.glob("lib/python3*/site-packages"), *folder.glob("Lib/site-packages"))]
    found = set()
    for distribution in distributions(path=places):
        if canonicalize_name(distribution.metadata["Name"] or "") in names:
            found |= {text for one in distribution.requires or () if (text := _of_index(one, absent))}
    return sorted(found)


def _of_index(text: str, absent: frozenset[str]) -> str:
    """A requirement that is for everyone and names no URL; empty for any other."""
    try:
        requirement = Requirement(text)
    except InvalidRequirement:
        return ""
    is_extra = requirement.marker is not None and "extra" in str(requirement.marker)
    is_absent = canonicalize_name(requirement.name) in absent
    return "" if requirement.url or is_extra or is_absent else str(requirement)
