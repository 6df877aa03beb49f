"""A tenth of the campaign of windows."""

from __future__ import annotations

import pytest

from tests.campaign.window_scenarios import SCENARIOS
from tests.campaign.windows import campaign


@pytest.mark.slow
def test_each_output_is_put_down_to_the_cell_that_made_it() -> None:
    for figure in campaign(len(SCENARIOS) // 10, seed=1):
        assert not figure.broken, str(figure)
