"""The environment of a re-run: built clean from the record, or one that is there."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from packaging.markers import default_environment
from packaging.utils import canonicalize_name

from jupyter_prov.check import environment_cache, installation, interpreters, uv, uv_settings
from jupyter_prov.check.installation import Wanted
from jupyter_prov.check.installers import NO_INSTALLERS, Installers
from jupyter_prov.check.package_sources import Rules, Source, pinned_version, source_of
from jupyter_prov.check.project_wheels import wheel_of
from jupyter_prov.record import launch_python
from jupyter_prov.record.errors import EnvironmentFailed, KernelUnknown, UsageError
from jupyter_prov.record.model import Record, Session
from jupyter_prov.record.portable_paths import Place

RECORDED, CURRENT = "recorded", "current"
_BASE = ("ipykernel",)
_VERSION = "import platform; print(platform.python_version())"
_MARKERS = ("os_name", "sys_platform", "platform_machine", "platform_system")


@dataclass(frozen=True)
class Building:
    """How an environment is built, as far as the record does not say it."""

    place: Place | None = None
    """Of the notebook, whose project may hold packages."""
    allow_direct_url: bool = False
    """Whether packages may come from URLs and folders whose content the record does not pin."""
    announce: Callable[[str], None] = lambda sentence: None
    """Gets a sentence for each package that comes from elsewhere than an index, before anything is installed."""
    installers: Installers = NO_INSTALLERS
    """What the notebook installs with."""


BY_RECORD = Building()


@dataclass
class Environment:
    """Where a re-run happens: how its kernel is started, and what is known of it."""

    source: str
    python: str
    """Version of its Python, as far as it is known before the kernel runs; '' for other languages."""
    argv: list[str]
    """The command of the kernel, with `{connection_file}`; the interpreter first."""
    environ: dict[str, str] = field(default_factory=dict)
    is_python: bool = True
    missing: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    kept: Path | None = None
    """The folder of an environment that is kept for other checks, and must stay as it was built."""
    installers: Installers = NO_INSTALLERS
    """What the notebook installs with; it gets a copy of a kept environment to do so."""
    rebuild: Callable[[], Environment] | None = None
    """Builds it again where a re-run has changed it."""


def recorded(record: Record, strict: bool = False, how: Building = BY_RECORD) -> Environment:
    """An environment with the recorded versions of what the sessions imported; raises EnvironmentFailed.

    With `strict`, versions that contradict each other's requirements are a VersionsConflict; else they are
    installed all the same.
    """
    session, sources = wanted_of(record, how)
    for sentence in from_elsewhere(sources):
        how.announce(sentence)
    version = session.python.get("version", "")
    wanted = _wanted(sources, session, record, how, strict)
    holds = [version, wanted.identity, [default_environment()[name] for name in _MARKERS]]  # type: ignore[literal-required]
    holds.append(uv_settings.identity(uv.variables()))

    def build(folder: Path) -> dict[str, Any]:
        python = interpreters.find(version)
        installation.install(folder, python.path, _python_in(folder), wanted)
        return {"python": python.version, "note": python.note}

    folder, facts = environment_cache.kept(holds, build)
    return Environment(
        RECORDED,
        facts["python"],
        _ipykernel(_python_in(folder)),
        missing=missing_of(sources),
        notes=[*filter(None, [facts["note"]]), *how.installers.notes],
        kept=folder,
        installers=how.installers,
        rebuild=partial(recorded, record, strict, replace(how, announce=lambda sentence: None)),
    )


def wanted_of(record: Record, how: Building) -> tuple[Session, list[Source]]:
    """The session whose Python and versions count, and from where each distribution that was used is had.

    The later session wins where two recorded different versions. Raises EnvironmentFailed.
    """
    listed = [s for s in record.sessions if s.packages.get("distributions")]
    if not listed:
        raise EnvironmentFailed(
            "The record does not say which packages were installed (its kernel ended too early); run the notebook "
            "and save it again, or check against this environment with --env current."
        )
    found: dict[str, Source] = {}
    for session in record.sessions:
        distributions = session.packages.get("distributions", {})
        rules = Rules(how.place, how.allow_direct_url, _condas(session))
        used = {name for names in session.packages.get("imports", {}).values() for name in names}
        used |= {name for name in distributions if name in _BASE or canonicalize_name(name) in how.installers.packages}
        found |= {name: source_of(name, distributions[name], rules) for name in used & distributions.keys()}
    known = {canonicalize_name(name) for name in found}
    for name in (*_BASE, *sorted(how.installers.needed)):
        if name not in known:
            found[name] = Source(name, "", name)
    return listed[-1], [found[name] for name in sorted(found)]


def from_elsewhere(sources: Iterable[Source]) -> list[str]:
    """A sentence for each package that is installed from elsewhere than an index."""
    return [f"{one.name} {one.version} is installed from {one.elsewhere}." for one in sources if one.elsewhere]


def missing_of(sources: Iterable[Source]) -> list[str]:
    """The packages that are not installed, and why."""
    return [f"{one.name} {one.version} ({one.missing})" for one in sources if one.missing]


def _condas(session: Session) -> frozenset[str]:
    return frozenset(canonicalize_name(name) for name in session.packages.get("conda", {}))


def _wanted(sources: list[Source], session: Session, record: Record, how: Building, strict: bool) -> Wanted:
    distributions: Mapping[str, Any] = session.packages.get("distributions", {})
    of_index = {name: noted for name, noted in distributions.items() if not noted.get("direct_url")}
    pinned = (pinned_version(name, str(noted["version"])) for name, noted in of_index.items())
    python = session.python.get("version", "")
    wheels = [wheel_of(one, record, how.place, python) for one in sources if one.folder and how.place]
    return Wanted(
        index=[one.requirement for one in sources if one.requirement and not one.elsewhere],
        elsewhere=[one.requirement for one in sources if one.requirement and one.elsewhere],
        wheels=wheels,
        constraints=sorted(filter(None, pinned)),
        absent=frozenset(canonicalize_name(one.name) for one in sources if one.missing),
        allow_direct_url=how.allow_direct_url,
        strict=strict,
    )


def as_built(environment: Environment) -> Environment:
    """The environment, built again if a re-run has changed it."""
    if environment.kept is None or environment.rebuild is None or environment_cache.is_built(environment.kept):
        return environment
    return replace(environment.rebuild(), source=environment.source)


def left_as_built(environment: Environment) -> list[str]:
    """A sentence if a re-run has changed the environment in which other notebooks are checked as well."""
    if environment.kept is None or environment_cache.verify(environment.kept):
        return []
    return ["The re-run changed files of its environment, which is built anew for the next one."]


def _python_in(folder: Path) -> str:
    return str(folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python"))


def _ipykernel(python: str) -> list[str]:
    return [python, "-m", "ipykernel_launcher", "-f", "{connection_file}"]


def current(notebook: Any) -> Environment:
    """The environment of the kernel that the notebook names; raises KernelUnknown."""
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

    specs = KernelSpecManager()
    name = notebook.metadata.get("kernelspec", {}).get("name") or "python3"
    try:
        spec = specs.get_kernel_spec(name)
    except NoSuchKernel:
        known = ", ".join(sorted(specs.find_kernel_specs())) or "none"
        raise KernelUnknown(
            f"The notebook asks for the kernel '{name}', which is not installed here (there are: {known})."
        ) from None
    is_python = spec.language.lower() == "python"
    argv = list(spec.argv)
    if argv and argv[0] in ("python", "python3", f"python3.{sys.version_info[1]}"):
        argv[0] = sys.executable
    version = _version_of(argv[0]) if is_python else ""
    return Environment(CURRENT, version, argv, dict(spec.env), is_python)


def at_path(path: str) -> Environment:
    """The environment in a folder, or of an interpreter; raises UsageError or EnvironmentFailed."""
    target = Path(path).expanduser()
    python = target if target.is_file() else Path(_python_in(target))
    if not python.exists():
        raise UsageError(
            f"{path} is no environment: it holds no {python.relative_to(target) if target.is_dir() else 'Python'}."
        )
    absolute = str(python.absolute())
    version = _printed(absolute, _VERSION)
    if not version[:1].isdigit():
        raise UsageError(f"{path} is no environment: it does not run as a Python.")
    if _printed(absolute, "import ipykernel; print('found')") != "found":
        raise EnvironmentFailed(f"The environment {path} has no ipykernel; install it there to check in it.")
    return Environment(path, version, _ipykernel(absolute))


def _version_of(python: str) -> str:
    if os.path.realpath(python) == os.path.realpath(sys.executable):
        return platform.python_version()
    if version := _printed(python, _VERSION):
        return version
    raise EnvironmentFailed(f"The kernel's interpreter {python} does not run.")


def _printed(python: str, script: str) -> str:
    """What an interpreter prints for a script; '' where it fails, hangs or is none."""
    try:
        done = subprocess.run(
            launch_python.python(script, interpreter=python),
            env=launch_python.environ(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
