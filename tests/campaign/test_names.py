"""A tenth of the campaign in which notebooks are renamed, copied and deleted beside all kinds of files."""

from __future__ import annotations

import os

import pytest

from tests.campaign.names import SCENARIOS, campaign


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="links and limits of POSIX")
def test_records_follow_their_notebooks_and_no_other_file_is_touched() -> None:
    (figure,) = campaign(len(SCENARIOS) // 10, seed=1)
    assert not figure.broken, str(figure)
    assert len(SCENARIOS) >= 30
