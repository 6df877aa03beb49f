"""Comparison of outputs by their meaning: one file for each kind of thing, dispatched here by MIME type."""

from __future__ import annotations

from jupyter_prov.check.compare.outputs import compare_cell

__all__ = ["compare_cell"]
