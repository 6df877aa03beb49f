"""A tenth of the campaign that sends exceptions to cells."""

from __future__ import annotations

import os

import pytest

from tests.campaign import interrupts

pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")]


def test_exceptions_that_are_sent_to_a_cell_reach_it() -> None:
    assert interrupts.main(["--tries", "30"]) == 0
