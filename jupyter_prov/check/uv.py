"""uv, which finds Pythons and installs packages for us: how it is called, and what its failures mean."""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from types import MappingProxyType

from jupyter_prov.check import pip_settings, uv_settings
from jupyter_prov.check.launch_variables import of_no_manager
from jupyter_prov.record.errors import EnvironmentFailed, VersionsConflict
from jupyter_prov.record.masking import mask_text, mask_urls

_OFFLINE = re.compile(
    r"dns error|failed to (connect|fetch|lookup)|error sending request|\bnetwork\b|timed out|offline", re.I
)
_CONFLICT = re.compile(r"\b(conflict|unsatisfiable)", re.I)
_ABSENT = re.compile(r"(?:no version of|there is no version of) ([\w.\-]+==[\w.\-+!]+)", re.I)
_KEPT = "UV_NO_CONFIG UV_NO_BUILD UV_NO_BUILD_PACKAGE UV_NO_BINARY UV_NO_BINARY_PACKAGE UV_TORCH_BACKEND".split()
_KEPT_PATHS = ("UV_CONFIG_FILE", "UV_PYTHON_INSTALL_DIR")
"""Variables by which a person says what uv may do, and where it finds things."""
_OURS = {
    "UV_PYTHON_DOWNLOADS": "never",
    "UV_NO_PROGRESS": "1",
    "NO_COLOR": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_ALLOW_PROTOCOL": "https:ssh",
}
_until: ContextVar[float] = ContextVar("_until", default=float("inf"))
"""The moment, on the monotonic clock, at which uv has to be done."""


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """In this block, uv is stopped after so many seconds, which is an EnvironmentFailed."""
    token = _until.set(time.monotonic() + seconds)
    try:
        yield
    finally:
        _until.reset(token)


def variables() -> dict[str, str]:
    """What uv is given of the person's variables and of the person's settings of pip."""
    person = uv_settings.of_person(of_no_manager(os.environ))
    person |= {name: os.environ[name] for name in _KEPT if name in os.environ}
    person |= {name: os.environ[name] for name in _KEPT_PATHS if os.path.isabs(os.environ.get(name, ""))}
    return {**person, **pip_settings.as_uv(pip_settings.of_person(os.environ), person), **_OURS}


def run(*arguments: str, check: bool = True, environ: Mapping[str, str] = MappingProxyType({})) -> str:
    """Run uv in a folder of its own and give what it printed; paths must be absolute.

    Only the configuration of the person holds, never that of a project. `environ` comes before the person's variables.
    Raises EnvironmentFailed with one sentence where it fails: a VersionsConflict where each version is there, but they
    do not go together.
    """
    from uv import find_uv_bin

    left = _until.get() - time.monotonic()
    with tempfile.TemporaryDirectory(prefix="jupyter-prov-uv-") as folder:
        Path(folder, "uv.toml").touch()  # with which uv looks for no other one in the folders above
        try:
            done = subprocess.run(
                [find_uv_bin(), *arguments],
                cwd=folder,
                env={**variables(), **environ},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                check=False,
                timeout=max(left, 0) if left < float("inf") else None,
            )
        except subprocess.TimeoutExpired:
            raise EnvironmentFailed(
                "The recorded packages could not be installed in the time that there was."
            ) from None
    if check and done.returncode != 0:
        if _CONFLICT.search(done.stderr) and not (_absent(done.stderr) or _OFFLINE.search(done.stderr)):
            raise VersionsConflict(explained(done.stderr), mask_urls(done.stderr))
        raise EnvironmentFailed(explained(done.stderr))
    return done.stdout.strip() if done.returncode == 0 else ""


def explained(text: str) -> str:
    """One sentence for what uv said on its way out."""
    if absent := _absent(text):
        return (
            f"{absent[1]} was recorded, and the package index does not have it; "
            "check against this environment with --env current."
        )
    if _OFFLINE.search(text):
        return "The recorded packages could not be fetched: the network or the package index cannot be reached."
    return f"The recorded packages could not be installed: {_reason(text.splitlines())}"


def _absent(text: str) -> re.Match[str] | None:
    return _ABSENT.search(" ".join(text.split()))


def _reason(lines: Sequence[str]) -> str:
    said = [re.sub(r"^[\s×╰─▶error:]+", "", line) for line in lines if line.strip()]
    said = [line for line in said if not line.lower().startswith(("warning", "using", "resolved", "hint"))]
    return mask_text(" ".join(said))[:300] or "uv gave no reason."
