"""A few of the attempts of the campaign in which kernels and servers are killed."""

from __future__ import annotations

import os

import pytest

from tests.campaign.kills import campaign


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_no_kill_loses_an_execution_or_leaves_half_a_record() -> None:
    for figure in campaign(12, seed=1):
        assert not figure.broken, str(figure)
        assert figure.tries == 6
