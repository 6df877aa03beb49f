"""The factors: one file for each thing that can make a re-run differ."""

from __future__ import annotations

from jupyter_prov.factors.base import Cell, Factor, Plan, Planned, Watch
from jupyter_prov.factors.clock.factor import Clock
from jupyter_prov.factors.code.factor import Code
from jupyter_prov.factors.concurrency.factor import Concurrency
from jupyter_prov.factors.data.factor import Data
from jupyter_prov.factors.environment.factor import Environment
from jupyter_prov.factors.hash_seed.factor import HashSeed
from jupyter_prov.factors.network.factor import Network
from jupyter_prov.factors.order.factor import Order
from jupyter_prov.factors.package.factor import Package
from jupyter_prov.factors.random.factor import Random

__all__ = ["Cell", "Factor", "Plan", "Planned", "Watch", "factors"]


def factors() -> list[Factor]:
    """A fresh instance of every factor; the clock last, so that it is patched for the cell alone."""
    of_session = (Environment(), HashSeed(), Package(), Code())
    return [*of_session, Data(), Network(), Order(), Concurrency(), Random(), Clock()]
