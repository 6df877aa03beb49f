"""The hash seed in the kernel: it is among the variables of the environment, so nothing more is noted."""

from __future__ import annotations

from jupyter_prov.factors.watcher import Watcher


class HashSeedWatcher(Watcher):
    """Notes nothing."""

    kind = "hash-seed"
