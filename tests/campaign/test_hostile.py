"""A tenth of the campaign."""

from __future__ import annotations

import pytest

from tests.campaign import hostile


@pytest.mark.slow
def test_a_tenth_of_the_campaign_breaks_nothing() -> None:
    (figure,) = hostile.campaign(hostile.TRIES // 10, 0)
    assert figure.tries == hostile.TRIES // 10
    assert not figure.broken
