"""What a session runs on, as far as files and the operating system tell: for the helper process, not the kernel."""

from __future__ import annotations

import contextlib
import glob
import platform
import re
import subprocess
from typing import Any

from jupyter_prov.record.original_os import os

_SECONDS = 5.0
_CGROUPS = re.compile(r"docker|kubepods|containerd|libpod|lxc|podman")
_ZONE = re.compile(r"zoneinfo(?:\.default)?/(?:posix/|right/)?(.+)$")


def machine() -> dict[str, Any]:
    """The processor, the memory, the container, the GPUs and the time zone; what is not known is left out."""
    found = {
        "cpu": {"model": _cpu_model(), "count": os.cpu_count(), "usable": _usable()},
        "memory": _memory(),
        "container": container(),
        "gpu": gpus(),
        "time_zone": time_zone(),
    }
    return {key: value for key, value in found.items() if value}


def _cpu_model() -> str:
    if platform.system() == "Darwin":
        return _printed("sysctl", "-n", "machdep.cpu.brand_string")
    start = _start_of("/proc/cpuinfo")
    if model := re.search(r"^model name\s*:\s*(.+)$", start, re.MULTILINE):
        return model[1].strip()
    return platform.processor()


def _usable() -> int | None:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else None


def _memory() -> int | None:
    """The machine's memory in bytes."""
    with contextlib.suppress(AttributeError, ValueError, OSError):
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return None


def container() -> str:
    """What kind of container this is, as far as that can be seen; empty where it is none."""
    for mark, kind in (("/.dockerenv", "docker"), ("/run/.containerenv", "podman"), ("/.singularity.d", "singularity")):
        if os.path.exists(mark):
            return kind
    if os.environ.get("KUBERNETES_SERVICE_HOST"):
        return "kubernetes"
    found = _CGROUPS.search(_start_of("/proc/1/cgroup"))
    return found[0] if found else ""


def gpus(driver: str = "/proc/driver/nvidia") -> dict[str, Any]:
    """NVIDIA's GPUs and driver, from the driver's own files: asking CUDA would spoil the fork of a later cell."""
    models = []
    for path in sorted(glob.glob(f"{glob.escape(driver)}/gpus/*/information")):
        if model := re.search(r"^Model:\s*(.+)$", _start_of(path), re.MULTILINE):
            models.append(model[1].strip())
    version = re.search(r"\s(\d+\.\d+(?:\.\d+)?)\s", _start_of(f"{driver}/version"))
    return {"models": models, **({"driver": version[1]} if version else {})} if models else {}


def time_zone() -> str:
    """The name of the time zone (`Europe/Berlin`) by which this process tells local time; empty where none is known."""
    named = os.environ.get("TZ", "").removeprefix(":")
    if named:
        return _zone_of(named) if os.path.isabs(named) else named
    with contextlib.suppress(OSError):
        if zone := _zone_of(os.path.realpath("/etc/localtime")):
            return zone
    return _start_of("/etc/timezone").strip()


def _zone_of(path: str) -> str:
    found = _ZONE.search(path.replace(os.sep, "/"))
    return found[1] if found else ""


def _start_of(path: str) -> str:
    try:
        with open(path, "rb") as file:
            return file.read(8192).decode("utf-8", "replace")
    except OSError:
        return ""


def _printed(*command: str) -> str:
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=_SECONDS
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
