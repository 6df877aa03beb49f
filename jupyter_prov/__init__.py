"""jupyter-prov records what a notebook's outputs came from, and proves whether they come again.

This module holds the entry points that Jupyter and IPython look for, and imports nothing heavy.
"""

from __future__ import annotations

from typing import Any

__version__ = "0.1.0"


def load_ipython_extension(shell: Any) -> None:
    """Record this kernel's executions; harmless when loaded twice, and outside a kernel."""
    from jupyter_prov.kernel.load import load

    load(shell)


def unload_ipython_extension(shell: Any) -> None:
    """Stop recording and put everything back that was replaced."""
    from jupyter_prov.kernel.load import unload

    unload(shell)


def _jupyter_server_extension_points() -> list[dict[str, Any]]:
    from jupyter_prov.server.extension import ProvExtension

    return [{"module": "jupyter_prov", "app": ProvExtension}]


def _jupyter_labextension_paths() -> list[dict[str, str]]:
    return [{"src": "labextension", "dest": "jupyter-prov"}]
