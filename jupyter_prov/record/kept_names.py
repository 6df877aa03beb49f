"""The names of the files in which a check keeps what it saw, for whoever reads them."""

from __future__ import annotations

RECORDED, RERUN, RECORD = "recorded.ipynb", "rerun.ipynb", "rerun.prov.json"
"""The notebook as it was checked, as it was re-run, and the record of the re-run."""
