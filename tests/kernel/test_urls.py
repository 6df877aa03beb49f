"""URLs of remote data that stand in the source of a cell."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from jupyter_prov.factors.network.source_urls import remote_in_source, same_object
from tests.live import LiveKernel


@given(st.text(max_size=60))
@example("'" * 1000 + "://")
@example("(" * 5000 + "'s3://a/b'")
def test_any_source_is_looked_through(source: str) -> None:
    assert list(remote_in_source(source)) is not None
    list(remote_in_source(f"x = 's3://a/b'\n{source}"))


def test_the_url_of_an_object_and_that_of_the_request_for_it() -> None:
    assert same_object("s3://bucket/a/b.csv", "https://bucket.s3.amazonaws.com/a/b.csv")
    assert same_object("gs://bucket/a/b.csv", "https://storage.googleapis.com/download/storage/v1/b/bucket/o/a%2Fb.csv")
    assert same_object("http://example.org/a.csv", "https://example.org/a.csv?x=1")
    assert not same_object("s3://bucket/a/b.csv", "https://bucket.s3.amazonaws.com/a/c.csv")
    assert not same_object("https://example.org/a.csv", "https://example.org/b/a.csv")


def test_masking_a_url_is_no_read_of_the_notebooks(live: LiveKernel) -> None:
    code = "import urllib.request\ntry: urllib.request.urlopen('http://127.0.0.1:9/kx7Qz3Vb9Lw2')\nexcept OSError: pass"
    assert live.noted(code, "data") == {}
