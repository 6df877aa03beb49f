"""The generators of random numbers: one file for each library, which knows its seeds, its states and its entropy."""

from __future__ import annotations

from jupyter_prov.factors.generators.base import Library
from jupyter_prov.factors.generators.cupy import Cupy
from jupyter_prov.factors.generators.jax import Jax
from jupyter_prov.factors.generators.numpy import Numpy
from jupyter_prov.factors.generators.stdlib import Stdlib
from jupyter_prov.factors.generators.system import System
from jupyter_prov.factors.generators.tensorflow import Tensorflow
from jupyter_prov.factors.generators.torch import Torch

LIBRARIES: tuple[type[Library], ...] = (Stdlib, Numpy, Torch, Tensorflow, Cupy, Jax, System)
