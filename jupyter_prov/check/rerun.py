"""The re-run: a notebook executed by nbconvert from top to bottom, recorded by the same kernel part."""

from __future__ import annotations

import copy
import json
import logging
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from subprocess import DEVNULL
from typing import TYPE_CHECKING, Any

from jupyter_prov.check import pip_settings
from jupyter_prov.check.environment import CURRENT, Environment
from jupyter_prov.check.kernel_children import MARK, end_children
from jupyter_prov.check.launch_variables import clean
from jupyter_prov.check.rerun_plan import Progress, Rerun, RerunPlan
from jupyter_prov.check.throwaway_layer import layered
from jupyter_prov.record.errors import EnvironmentFailed
from jupyter_prov.record.sessionlog import SessionLog
from jupyter_prov.record.wire import PLAYED

if TYPE_CHECKING:
    from jupyter_client.manager import AsyncKernelManager


_LONGEST = 90
"""Bytes that the path of a socket may have. Sockets in a folder of ours are better than ports: no other kernel can take
them first, and nobody else can listen."""
_OF_ANOTHER = frozenset("PYTHONPATH PYTHONHOME PYTHONSTARTUP VIRTUAL_ENV CONDA_PREFIX".split())
_running: set[Any] = set()
"""The managers of kernels that run now."""


def end_running() -> None:
    """Kill the kernels of all re-runs, which are under way in other threads; what waits for them comes to its end."""
    for manager in list(_running):
        manager.provisioner.process.kill()


def rerun(plan: RerunPlan, progress: Progress = lambda done, total: None) -> Rerun:
    """Execute the plan's notebook in a kernel of its own; raises EnvironmentFailed if that does not start."""
    with layered(plan.environment) as environment, _kernel(replace(plan, environment=environment)) as manager:
        from jupyter_prov.check.executor import Executor  # imports nbconvert, while the kernel starts

        notebook = copy.deepcopy(plan.notebook)
        for cell in notebook.cells:
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None
        result = Rerun(notebook, SessionLog("re-run"))
        executor = Executor(plan, result, progress)
        try:
            executor.preprocess(notebook, {"metadata": {"path": str(plan.folder)}}, km=manager)
        finally:
            executor.stop()
        result.log.close()
    return result


@contextmanager
def _kernel(plan: RerunPlan) -> Iterator[Any]:
    """A kernel manager whose kernel is being started; the kernel and its children end with the block."""
    from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
    from jupyter_client.manager import AsyncKernelManager
    from jupyter_core.utils import run_sync

    from jupyter_prov.check.kernel_client import EntryClient, drop_tasks

    class OneKernel(KernelSpecManager):
        def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
            language = "python" if plan.environment.is_python else "other"
            return KernelSpec(argv=_argv(plan), display_name="re-run", language=language)

    logging.getLogger("jupyter_prov.check").addHandler(logging.NullHandler())
    manager = AsyncKernelManager(kernel_spec_manager=OneKernel(), client_factory=EntryClient)
    manager.log = logging.getLogger("jupyter_prov.check")
    with tempfile.TemporaryDirectory(prefix="jupyter-prov-kernel-", ignore_cleanup_errors=True) as home:
        channel = os.path.join(home, "channel")
        if os.name == "posix" and len(os.fsencode(channel)) < _LONGEST:
            manager.transport, manager.ip = "ipc", channel
        try:
            _start(manager, plan, home)
            _running.add(manager)
            yield manager
        finally:
            _running.discard(manager)
            drop_tasks()
            if manager.has_kernel:
                run_sync(manager.shutdown_kernel)(now=True)
            end_children(home)


def _start(manager: AsyncKernelManager, plan: RerunPlan, home: str) -> None:
    from jupyter_core.utils import run_sync

    environ = {**_environ(plan, home), **_played(plan, home)}
    try:
        run_sync(manager.start_kernel)(cwd=str(plan.folder), env=environ, stdout=DEVNULL, stderr=DEVNULL)
    except OSError as error:
        raise EnvironmentFailed(f"The kernel cannot be started: {error}.") from None


def _played(plan: RerunPlan, home: str) -> dict[str, str]:
    """The variable that tells the kernel part that this is a re-run, and where the values lie that it plays back."""
    if not plan.clean_profile:
        return {}
    played: dict[str, list[Any]] = {}
    for planned in plan.planned:
        played.setdefault(planned.cell, []).append(planned.played)
    path = Path(home, "played.json")
    path.write_text(json.dumps(played), encoding="ascii")  # a hostile record holds integers that orjson refuses
    return {PLAYED: str(path)}


def _argv(plan: RerunPlan) -> list[str]:
    """The kernel's command, by way of the overlay's launcher where there is an overlay."""
    argv = plan.environment.argv
    if plan.overlay is None or argv[1:3] not in (["-m", "ipykernel_launcher"], ["-m", "ipykernel"]):
        return argv
    launcher = os.path.join(plan.overlay, "jupyter_prov", "kernel", "launch.py")
    return [argv[0], launcher, plan.overlay, *argv[3:]]


def _inherited(environment: Environment) -> dict[str, str]:
    """The variables of this process that a kernel gets; of the notebook's own kernel nearly all."""
    if environment.source == CURRENT:
        return {name: value for name, value in os.environ.items() if name not in _OF_ANOTHER}
    environ = clean(os.environ)
    if environment.kept is not None:  # no pip of another Python is to install anything on its behalf
        settings = pip_settings.as_variables(pip_settings.of_person(os.environ))
        environ |= {**settings, "PIP_CONFIG_FILE": os.devnull, "PIP_REQUIRE_VIRTUALENV": "1"}
    return environ


def _environ(plan: RerunPlan, home: str) -> dict[str, str]:
    """The kernel's variables: ours without what would leak into its environment, then the plan's."""
    environ = _inherited(plan.environment)
    environ = {k: v for k, v in environ.items() if k != "JUPYTER_PROV" and not k.startswith("JPY_")}
    environ |= plan.environment.environ
    folder = os.path.dirname(plan.environment.argv[0])
    if folder:
        environ["PATH"] = folder + os.pathsep + environ.get("PATH", "")
    environ[MARK] = home
    environ["JPY_SESSION_NAME"] = str(plan.folder / plan.name)
    if plan.clean_profile:
        environ["IPYTHONDIR"] = home
    for name, value in plan.variables.items():
        environ.pop(name, None)
        if value is not None:
            environ[name] = value
    return environ
