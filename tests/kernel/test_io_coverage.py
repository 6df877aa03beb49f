"""Files read and written by the libraries that notebooks use: the catalogue of the benchmark, call by call."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from benchmarks.io_calls import CATALOGUE, UNSEEN, Call
from benchmarks.io_run import Runner
from benchmarks.io_seen import YES

CALLS = [(group, call) for group, calls in CATALOGUE.items() for call in calls]
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def runner(python: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runner]:
    with Runner(python, tmp_path_factory.mktemp("coverage")) as started:
        yield started


@pytest.mark.parametrize(("group", "call"), CALLS, ids=[call.name for _, call in CALLS])
def test_files_that_a_call_touches_are_noted_and_no_others(runner: Runner, group: str, call: Call) -> None:
    if runner.missing(call):
        pytest.skip(runner.missing(call))
    row = runner.row(group, call)
    assert row.noise == ()
    assert (row.seen == YES) is (call.name not in UNSEEN), row.remark


def test_the_calls_of_the_catalogue_have_names_of_their_own() -> None:
    names = [call.name for _, call in CALLS]
    assert len(set(names)) == len(names)
