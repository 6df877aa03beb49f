"""A tenth of the snippets; and the list of what may differ names snippets that are there."""

from __future__ import annotations

import pytest

from tests.campaign.snippets import campaign, listed, snippets


def test_the_document_lists_snippets_that_are_there() -> None:
    names = [snippet.name for snippet in snippets()]
    assert len(names) == len(set(names)) >= 125
    assert listed().keys() <= set(names)
    assert listed()


@pytest.mark.slow
def test_code_sees_what_it_sees_without_recording_but_for_what_is_documented() -> None:
    [figure] = campaign(len(snippets()) // 10, seed=0)
    assert not figure.broken, "\n".join(figure.broken)
