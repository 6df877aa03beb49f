"""Differences that remote data explains, and the URLs that a report lists among the inputs."""

from __future__ import annotations

from typing import Any

import nbformat
import pytest

from jupyter_prov.check.explain import Explanation
from jupyter_prov.check.input_status import compared_remote
from jupyter_prov.factors.registry import factors
from jupyter_prov.record import digests
from jupyter_prov.record.model import Record
from tests.check.story import Evidence, Story, drew, failed, session

URL = "https://example.org/data.csv"


def fetched(content: str = "", url: str = URL, line: int | None = 2, **more: Any) -> Evidence:
    known = {"digest": digests.of_text(content), "size": len(content)} if content else {}
    request = {"url": url, "via": "http.client", "line": line, "method": "GET", "status": 200, **known, **more}
    return {"network": {"requests": [request]}}


def refused(url: str = URL, line: int = 2) -> Evidence:
    return {"network": {"requests": [{"url": url, "via": "http.client", "line": line, "error": "gaierror"}]}}


def story() -> Story:
    return Story(load="n = 1\npage = read(URL)", other="n", show="page")


def test_another_content_explains_what_was_made_of_it() -> None:
    told = story().run("load", fetched("one", line=2)).run("other").run("show").rerun("load", fetched("two", line=2))
    assert told.told("show") == [("network", 0)]
    assert told.told("other") == [("unknown", None)]
    (cause,) = told.causes("show")
    assert (cause.line, cause.confidence) == (2, "recorded")
    assert cause.explanation == f"{URL} gave another content than when it was recorded"
    assert str(cause.advice) == f"Keep a copy of the data beside the notebook, and read that instead of {URL}"


def test_the_same_content_explains_nothing() -> None:
    told = story().run("load", fetched("one")).run("show").rerun("load", fetched("one"))
    assert told.told("show") == [("unknown", None)]


@pytest.mark.parametrize(
    ("there", "here", "explanation"),
    [
        (fetched("one"), refused(), f"{URL} could not be reached again (gaierror)"),
        (refused(), fetched("one"), f"{URL} could not be reached when it was recorded (gaierror)"),
        (fetched("1"), fetched("no", status=404), f"{URL} answered with status 404, and with 200 when it was recorded"),
        (fetched(partial=True), refused(), f"{URL} could not be reached again (gaierror)"),
    ],
)  # fmt: skip
def test_what_failed_once_only_explains_a_failed_cell(there: Evidence, here: Evidence, explanation: str) -> None:
    told = story().run("load", there).run("show").rerun("load", here, failed("URLError")).rerun("show", failed())
    assert {cause.explanation for cell in ("load", "show") for cause in told.causes(cell)} == {explanation}
    assert told.causes("load")[0].confidence == "recorded"


def test_a_url_with_another_query_each_time_that_fails_is_the_same_still() -> None:
    local = "http://127.0.0.1:8000/data.csv"
    told = story().run("load", fetched("one", f"{local}?t=1"))
    told.rerun("load", refused(f"{local}?t=2"), failed("URLError"))
    expected = f"{local}?t=1 could not be reached again (gaierror)"
    assert [cause.explanation for cause in told.causes("load")] == [expected]


def pages(*contents: str, first: int = 0) -> Evidence:
    """Requests for URLs that are the same when they are masked, which the session numbers from `first`."""
    found = [fetched(content, f"{URL}?page=…", alike=n) for n, content in enumerate(contents, first)]
    return {"network": {"requests": [one["network"]["requests"][0] for one in found]}}


def test_requests_that_look_alike_are_matched_by_their_order() -> None:
    told = story().run("load", pages("one", "two", "three")).run("show")
    told.rerun("load", pages("one", "2", "three", first=7))
    (cause,) = told.causes("show")
    assert cause.confidence == "recorded"
    assert cause.explanation == f"request 2 of 3 for {URL}?page=… gave another content than when it was recorded"


def test_requests_that_look_alike_and_gave_the_same_explain_nothing() -> None:
    told = story().run("load", pages("one", "two")).run("show").rerun("load", pages("one", "two", first=3))
    assert told.told("show") == [("unknown", None)]


def test_answers_in_another_order_are_only_suspected() -> None:
    """Threads ask in any order; a server that sorts otherwise looks the same."""
    told = story().run("load", pages("one", "two")).run("show").rerun("load", pages("two", "one"))
    assert [(cause.kind, cause.confidence) for cause in told.causes("show")] == [("network", "suspected")]


def test_urls_of_an_older_record_are_masked_before_they_are_compared() -> None:
    old = [fetched(content, f"{URL}?page={n}")["network"]["requests"][0] for n, content in enumerate(("one", "two"))]
    told = story().run("load", {"network": {"requests": old}}).run("show")
    told.rerun("load", pages("one", "2"))
    (cause,) = told.causes("show")
    assert cause.explanation == f"request 2 of 2 for {URL}?page=… gave another content than when it was recorded"


@pytest.mark.parametrize(
    ("there", "here", "status"),
    [
        (pages("one", "two"), pages("one", "two"), "same"),
        (pages("one", "two"), pages("two", "one"), "same"),
        (pages("one", "two"), pages("one", "2"), "changed"),
        (pages("one", "two", "three"), pages("two", "three"), "same"),
        (pages("one", "two", "three"), pages("two", "3"), "changed"),
        (pages("one"), pages("one", "two"), "changed"),
    ],
)
def test_the_report_has_one_row_for_urls_that_look_alike(there: Evidence, here: Evidence, status: str) -> None:
    record = Record("a.ipynb", [], [session(1, [("a", "", there)])])
    assert compared_remote(record, session(1, [("a", "", here)])) == [{"path": f"{URL}?page=…", "status": status}]


def test_what_failed_both_times_explains_nothing() -> None:
    assert story().run("load", refused()).run("show").rerun("load", refused()).told("show") == [("unknown", None)]


def test_a_request_that_was_tried_again_counts_by_its_last_answer() -> None:
    again: Evidence = {
        "network": {"requests": [*refused()["network"]["requests"], *fetched("one")["network"]["requests"]]}
    }
    told = story().run("load", fetched("one")).run("show").rerun("load", again)
    assert told.told("show") == [("unknown", None)]


@pytest.mark.parametrize("known", [fetched(partial=True), fetched(via="source"), fetched("one")])
def test_a_content_that_is_not_known_is_only_suspected(known: Evidence) -> None:
    told = story().run("load", known).run("show").rerun("load", fetched(partial=True))
    assert [(cause.kind, cause.confidence) for cause in told.causes("show")] == [("network", "suspected")]


def test_a_request_for_the_head_or_a_part_adds_no_doubt_to_a_content_that_is_known() -> None:
    both: Evidence = {
        "network": {"requests": [fetched(c, partial=not c)["network"]["requests"][0] for c in ("", "one")]}
    }
    assert story().run("load", both).run("show").rerun("load", both).told("show") == [("unknown", None)]


def test_what_differs_is_told_before_what_is_only_suspected() -> None:
    told = story().run("load", fetched(partial=True), drew("a")).run("show")
    told.rerun("load", fetched(partial=True), drew("b"))
    assert told.told("show") == [("random", 0)]


def test_without_a_record_what_was_fetched_is_suspected() -> None:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("page = read(URL)", id="load")])
    again = session(1, [("load", "page = read(URL)", fetched("one", line=1))])
    [cause] = Explanation(notebook, None, again, factors()).causes("load")
    assert (cause.kind, cause.cell, cause.line, cause.confidence) == ("network", 0, 1, "suspected")


def test_requests_for_one_url_are_held_together_in_any_order() -> None:
    parts = [fetched(c)["network"]["requests"][0] for c in ("one", "two")]
    told = story().run("load", {"network": {"requests": parts}}).run("show")
    told.rerun("load", {"network": {"requests": parts[::-1]}})
    assert told.told("show") == [("unknown", None)]


def test_the_report_lists_urls_among_the_inputs() -> None:
    pages = {"same": "1", "changed": "1", "gone": "1", "unread": "", "unasked": "1"}
    before = [(name, "", fetched(content, name)) for name, content in pages.items()]
    after = [("a", "", fetched("1", "same")), ("b", "", fetched("2", "changed")), ("c", "", refused("gone")),
             ("d", "", fetched("", "unread")), ("e", "", fetched("1", "fresh"))]  # fmt: skip
    told = compared_remote(Record("a.ipynb", [], [session(1, before)]), session(1, after))
    assert {one["path"]: one["status"] for one in told} == {
        "same": "same", "changed": "changed", "gone": "missing", "fresh": "new",
    }  # fmt: skip
    assert {one["status"] for one in compared_remote(None, session(1, after))} == {"new"}
