"""A tenth of the campaign that plants secrets."""

from __future__ import annotations

import pytest

from tests.campaign.secrets import campaign


@pytest.mark.slow
def test_no_planted_secret_is_written_or_shown_and_the_paths_of_data_stay() -> None:
    broken = [sentence for figure in campaign(16, 1) for sentence in figure.broken]
    assert broken == []
