"""Turns the published table of the Palmer penguins into the one that the analysis uses."""

from __future__ import annotations

import pandas as pd

MEASURES = ["bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g"]


def clean(raw: pd.DataFrame) -> pd.DataFrame:
    """Birds with all four measurements and a known sex, with the mass in kilograms.

    The index is new, so that it has no holes where birds were left out.
    """
    birds = raw.dropna(subset=[*MEASURES, "sex"]).reset_index(drop=True)
    birds["body_mass_kg"] = birds.pop("body_mass_g") / 1000
    return birds
