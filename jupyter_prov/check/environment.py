"""The clean environment of a re-run: built from the record, or taken as it is."""

from __future__ import annotations

import contextlib
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from platformdirs import user_cache_path

from jupyter_prov.check import interpreters, uv
from jupyter_prov.record import digest, launching
from jupyter_prov.record.errors import EnvironmentFailed, KernelUnknown, UsageError, VersionsConflict
from jupyter_prov.record.model import Record, Session

MARKER = "jupyter-prov.json"
UNUSED_DAYS = 60.0
_BASE = ("ipykernel",)
_VERSION = "import platform; print(platform.python_version())"


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


def caches() -> Path:
    """The folder in which environments and overlays are kept for the next check."""
    return user_cache_path("jupyter-prov", appauthor=False)


def recorded(record: Record, strict: bool = False) -> Environment:
    """An environment with the recorded versions of what the sessions imported; raises EnvironmentFailed.

    With `strict`, versions that contradict each other's requirements are a VersionsConflict; else they are
    installed all the same.
    """
    listed = [s for s in record.sessions if s.packages.get("distributions")]
    if not listed:
        raise EnvironmentFailed(
            "The record does not say which packages were installed (its kernel ended too early); run the notebook "
            "and save it again, or check against this environment with --env current."
        )
    session = listed[-1]
    wanted, missing = _requirements(record.sessions)
    version = session.python.get("version", "")
    holds = [version, wanted, _constraints(session), sys.platform, *(("strict",) if strict else ())]
    folder = caches() / "environments" / digest.of_text(json.dumps(holds)).partition(":")[2][:32]
    marker = folder / MARKER
    if not marker.exists():
        _build(folder, version, wanted, session, strict)
    with contextlib.suppress(PermissionError):  # a cache that others keep
        os.utime(marker)
    told = json.loads(marker.read_text())
    notes = [told["note"]] if told["note"] else []
    return Environment("recorded", told["python"], _ipykernel(_python_in(folder)), missing=missing, notes=notes)


def _requirements(sessions: list[Session]) -> tuple[list[str], list[str]]:
    """What to install, and what cannot be: the later session wins where two recorded different versions."""
    wanted: dict[str, str] = {}
    missing = []
    for session in sessions:
        distributions = session.packages.get("distributions", {})
        used = {name for names in session.packages.get("imports", {}).values() for name in names}
        for name in sorted((used | {n for n in distributions if n in _BASE}) & distributions.keys()):
            if requirement := _requirement(name, distributions[name]):
                wanted[name] = requirement
            else:
                missing.append(f"{name} {distributions[name]['version']} (its source folder is not here)")
    if not any(name in wanted for name in _BASE):
        wanted["ipykernel"] = "ipykernel"
    return sorted(wanted.values()), missing


def _requirement(name: str, noted: Mapping[str, Any]) -> str:
    """A distribution as uv is asked for it; '' where its origin is a folder that is not on this machine."""
    origin = noted.get("direct_url") or {}
    url = origin.get("url", "")
    if vcs := origin.get("vcs_info"):
        return f"{name} @ {vcs['vcs']}+{url}@{vcs['commit_id']}"
    if "dir_info" in origin:
        if Path(url.removeprefix("file://")).is_dir():
            return f"{name} @ {url}"
        # conda's packages name the folder of the machine that built them; the index has their versions too
        return "" if origin["dir_info"].get("editable") else f"{name}=={noted['version']}"
    if url and not url.startswith("file:"):
        return f"{name} @ {url}"
    return f"{name}=={noted['version']}"


def _constraints(session: Session) -> list[str]:
    distributions = session.packages.get("distributions", {})
    return sorted(f"{name}=={noted['version']}" for name, noted in distributions.items() if not noted.get("direct_url"))


def _build(folder: Path, version: str, wanted: list[str], session: Session, strict: bool) -> None:
    """Build an environment aside and move it into its place whole."""
    python = interpreters.find(version)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        _prune(folder.parent)
        aside = Path(tempfile.mkdtemp(prefix=".building-", dir=folder.parent))
    except OSError as error:
        raise EnvironmentFailed(f"No environment can be built in {folder.parent}: {error.strerror}.") from None
    try:
        uv.run("venv", "--quiet", "--relocatable", "--allow-existing", "--python", python.path, str(aside))
        _install(aside, wanted, _constraints(session), strict)
        (aside / MARKER).write_text(json.dumps({"python": python.version, "note": python.note}))
        try:
            aside.rename(folder)
        except OSError:  # another check was faster
            if not (folder / MARKER).exists():
                raise
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _install(folder: Path, wanted: list[str], constraints: list[str], strict: bool) -> None:
    """Install what was used with the recorded versions of what it needs.

    Where the recorded versions contradict each other's requirements (pip lets that happen), everything that
    was recorded is installed without looking at requirements, unless `strict` forbids it.
    """
    with tempfile.TemporaryDirectory() as temporary:
        requirements, limits = Path(temporary, "requirements.txt"), Path(temporary, "constraints.txt")
        requirements.write_text("\n".join(wanted))
        limits.write_text("\n".join(constraints))
        install = ("pip", "install", "--quiet", "--python", _python_in(folder), "--prerelease", "allow")
        try:
            uv.run(*install, "--requirements", str(requirements), "--constraints", str(limits))
        except VersionsConflict:
            if strict:
                raise
            requirements.write_text("\n".join({*wanted, *constraints}))
            uv.run(*install, "--no-deps", "--requirements", str(requirements))


def _prune(folder: Path) -> None:
    """Remove environments that no check has used for a long time."""
    for marker in folder.glob(f"*/{MARKER}"):
        if marker.stat().st_mtime < time.time() - UNUSED_DAYS * 86_400:
            shutil.rmtree(marker.parent, ignore_errors=True)


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
    return Environment("current", version, argv, dict(spec.env), is_python)


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
            launching.python(script, interpreter=python),
            env=launching.environ(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
