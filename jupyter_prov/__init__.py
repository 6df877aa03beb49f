"""jupyter-prov records what a notebook's outputs depended on, and checks whether a re-run gives the same outputs.

This module holds the entry points that Jupyter and IPython look for. It imports nothing, not even `__future__`:
`python -m jupyter_prov` would look for that in the working folder first.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os
    from typing import Any

__version__ = "0.1.0"


def load_ipython_extension(shell: "Any") -> None:
    """Record this kernel's executions; harmless when loaded twice, and outside a kernel."""
    from jupyter_prov.kernel.load import load

    load(shell)


def unload_ipython_extension(shell: "Any") -> None:
    """Stop recording and put everything back that was replaced."""
    from jupyter_prov.kernel.load import unload

    unload(shell)


def param(**values: "Any") -> None:
    """Declare parameters of the notebook, such as `param(lr=0.1)`; what is no number, text or boolean by its `repr`."""
    from jupyter_prov.kernel.magics import notebook_functions

    notebook_functions.values("params", values)


def metric(**values: "Any") -> None:
    """Declare metrics that the notebook came to, such as `metric(accuracy=0.93)`."""
    from jupyter_prov.kernel.magics import notebook_functions

    notebook_functions.values("metrics", values)


def note(text: str) -> None:
    """Declare a note, which the record keeps with the cell that runs."""
    from jupyter_prov.kernel.magics import notebook_functions

    notebook_functions.note(text)


def seed(value: int) -> None:
    """Seed every generator that is loaded, also where nothing is recorded; raises UsageError for what is no seed."""
    from jupyter_prov.kernel.magics import notebook_functions

    notebook_functions.seed(value, "prov.seed")


def input(path: "str | os.PathLike[str]") -> None:
    """Declare a file or folder that the notebook reads in a way that cannot be seen."""
    from jupyter_prov.kernel.magics import notebook_functions

    notebook_functions.file(path, "input")


def output(path: "str | os.PathLike[str]") -> None:
    """Declare a file or folder that the notebook writes in a way that cannot be seen."""
    from jupyter_prov.kernel.magics import notebook_functions

    notebook_functions.file(path, "output")


def volatile(reason: str = "") -> None:
    """Say that the outputs of this cell may differ: a check reports the difference and never fails for it."""
    from jupyter_prov.kernel.magics import notebook_functions

    notebook_functions.volatile(reason)


def save(path: "str | os.PathLike[str] | None" = None) -> None:
    """Write this session's record, beside the notebook if no path is given; raises UsageError where it cannot be.

    Given the path of the notebook or of its record, the record is written anew whenever the notebook is saved, unless
    a server does so.
    """
    from jupyter_prov.kernel.magics import notebook_functions

    notebook_functions.save(path)


def _jupyter_server_extension_points() -> "list[dict[str, Any]]":
    from jupyter_prov.server.extension import ProvExtension

    return [{"module": "jupyter_prov", "app": ProvExtension}]


def _jupyter_labextension_paths() -> list[dict[str, str]]:
    return [{"src": "labextension", "dest": "jupyter-prov"}]
