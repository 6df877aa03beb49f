"""A tenth of the campaign."""

from __future__ import annotations

import pytest

from tests.campaign import rights


@pytest.mark.slow
def test_a_tenth_of_the_campaign_breaks_nothing() -> None:
    (figure,) = rights.campaign(rights.TRIES // 10, 0)
    assert figure.tries == rights.TRIES // 10
    assert not figure.broken
