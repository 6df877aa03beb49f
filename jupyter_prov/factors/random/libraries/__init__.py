"""The generators of random numbers: one file for each library, which knows its seeds, its states and its entropy."""

from __future__ import annotations

from jupyter_prov.factors.random.libraries.cupy import Cupy
from jupyter_prov.factors.random.libraries.jax import Jax
from jupyter_prov.factors.random.libraries.numpy import Numpy
from jupyter_prov.factors.random.libraries.stdlib import Stdlib
from jupyter_prov.factors.random.libraries.system import System
from jupyter_prov.factors.random.libraries.tensorflow import Tensorflow
from jupyter_prov.factors.random.libraries.torch import Torch
from jupyter_prov.factors.random.library import Library

SEEDS = range(1 << 32)
"""The seeds that every library takes."""
LIBRARIES: tuple[type[Library], ...] = (Stdlib, Numpy, Torch, Tensorflow, Cupy, Jax, System)


def seed(value: int) -> list[str]:
    """Seed the global generators of all libraries that are loaded; gives the modules to which they belong."""
    return [library.seeder[0] for library in LIBRARIES if library.seed(value)]
