"""URLs as they are written down: what locates the data stays, and nothing that may be a secret."""

from __future__ import annotations

import base64
import secrets
import string
import uuid
from collections.abc import Callable
from urllib.parse import quote, quote_plus, urlencode

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from jupyter_prov.record.masked_urls import mask_host, mask_url, shown_method

SECRET = st.text(string.ascii_letters + string.digits + "-_.~+/=!$&'()*,;:@%#? é", min_size=1, max_size=40).map(
    lambda text: f"zQ9{text}Xw7"
)
NAMES = st.sampled_from(
    "token access_token accessToken id_token key api_key apiKey APIKEY x-api-key sig signature Signature secret "
    "client_secret password passwd pwd pass auth authorization oauth session sessionid PHPSESSION sid jwt sas "
    "X-Amz-Signature X-Amz-Credential X-Amz-Security-Token X-Goog-Signature AWSAccessKeyId Key-Pair-Id "
    "subscription-key hmac nonce ticket otp pin credential SharedAccessSignature".split()
)
DRAWN = st.one_of(
    st.integers(8, 64).map(secrets.token_hex),
    st.integers(12, 64).map(secrets.token_urlsafe),
    st.integers(12, 40).map(lambda size: base64.b32encode(secrets.token_bytes(size)).decode().rstrip("=")),
    st.uuids().map(str),
    st.integers(20, 40).map(lambda size: "".join(secrets.choice(string.ascii_lowercase) for _ in range(size))),
    st.just("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P"),
    st.just("AKIAIOSFODNN7EXAMPLE"),
)


@given(SECRET, SECRET, st.sampled_from(["https", "s3", "ftp", "HTTP", "postgresql+psycopg", "jdbc:mysql"]))
@example("zQ9p@ssXw7", "zQ9Xw7", "https")
def test_no_userinfo_comes_through(user: str, password: str, scheme: str) -> None:
    for userinfo in (f"{quote(user, safe='')}:{quote(password, safe='')}", quote(user, safe=""), f":{quote(password)}"):
        assume("/" not in userinfo)
        shown = mask_url(f"{scheme}://{userinfo}@example.org/a?b=1")
        assert shown == f"{scheme.lower()}://example.org/a?b=…"


@given(SECRET, SECRET)
@example("zQ9Xw7", "zQ9/Xw7")
@example("zQ9/", "Xw7")
@example("zQ9@", "Xw7?/")
def test_no_userinfo_comes_through_that_was_not_quoted(user: str, password: str) -> None:
    assume(not set("#\\") & set(user + password))
    assume("@" not in password.rpartition("/")[2] or "/" in password)
    for userinfo in (f"{user}:{password}", user):
        shown = mask_url(f"https://{userinfo}@example.org/a")
        assert "zQ9" not in shown
        assert "Xw7" not in shown


@given(st.text(string.printable, max_size=30).map(lambda text: f"zQ9{text}Xw7"))
def test_no_value_of_a_parameter_comes_through(value: str) -> None:
    shown = mask_url("https://example.org/data?" + urlencode({"year": value, "page": "2"}))
    assert shown == "https://example.org/data?year=…&page=…"


@given(NAMES, SECRET, st.sampled_from([str, str.upper, str.lower, lambda name: f"my_{name}", quote]))
def test_on_this_machine_no_parameter_comes_through_whose_name_speaks_of_a_secret(
    name: str, value: str, cased: Callable[[str], str]
) -> None:
    called = cased(name)
    shown = mask_url("http://127.0.0.1:8000/?" + urlencode({"year": "2020", called: value, "n": "3"}))
    assert shown == f"http://127.0.0.1:8000/?year=2020&{quote_plus(called)}=…&n=3"


@given(DRAWN)
@example("ekeFLercVYngd4Pw")  # which ends with a word for a password
@example("ppwdpdqyzmzwcnlzvzkbql")
def test_nothing_comes_through_that_looks_drawn_by_lot(drawn: str) -> None:
    for url, shown in (
        (f"https://example.org/{drawn}/x.csv", "https://example.org/…/x.csv"),
        (f"https://example.org/?{drawn}", "https://example.org/?…"),
        (f"https://example.org/?{drawn}=1", "https://example.org/?…=…"),
        (f"https://example.org/a;jsessionid={drawn}", "https://example.org/a;jsessionid=…"),
        (f"http://localhost:8000/a?q={drawn}", "http://localhost:8000/a?q=…"),
        (f"s3://bucket/{quote(drawn)}", "s3://bucket/…"),
        (f"https://example.org/x?u=https%3A%2F%2Fa.org%2F{drawn}", "https://example.org/x?u=…"),
        (f"https://example.org/https%3A%2F%2Fa.org%2F{drawn}/x", "https://example.org/…/x"),
        (f"https://example.org/get/https://a.org/{drawn}/x", "https://example.org/get/https://a.org/…/x"),
        (f"https://example.org/{quote(quote(drawn, safe=''), safe='')}", "https://example.org/…"),
    ):
        assert mask_url(url) == shown


@given(SECRET)
def test_no_fragment_comes_through(text: str) -> None:
    assume("@" not in text)
    assert mask_url(f"https://example.org/a?b=1#{text}") == "https://example.org/a?b=…"


@given(st.text(max_size=100))
@example("https://[::1")
@example("https://example.org:99999999/x")
@example("//")
@example("\ud800://x")
def test_anything_at_all_gives_some_text_that_is_masked(text: str) -> None:
    for url in (text, f"https://{text}", f"https://example.org/{text}", f"a:b://{text}::c://{text}"):
        shown = mask_url(url)
        assert len(shown) <= 2000
        assert all(char.isprintable() for char in shown)
        assert mask_url(shown) == shown


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org",
        "https://example.org:8443/a/b%20c/d.csv",
        "https://raw.githubusercontent.com/user/repo/main/data/iris_2.csv",
        "https://zenodo.org/records/1234567/files/x.csv",
        "https://doi.org/10.5281/zenodo.1234567",
        "https://archive.ics.uci.edu/ml/machine-learning-databases/wine-quality/winequality-red.csv",
        "https://s3.amazonaws.com/nyc-tlc/trip+data/yellow_tripdata_2023-01.parquet",
        "https://data.giss.nasa.gov/gistemp/tabledata_v4/GLB.Ts+dSST.csv",
        "https://huggingface.co/datasets/org/name/resolve/main/train-00000-of-00001.parquet",
        "https://figshare.com/ndownloader/files/12345678",
        "https://ftp.ncbi.nlm.nih.gov/geo/series/GSE12nnn/GSE12345/matrix/GSE12345_series_matrix.txt.gz",
        "https://unpkg.com/package@1.2.3/data.json",
        "https://example.org/v1.2/2024-01-31/report_final.html",
        "hf://datasets/org/name/train.csv",
        "s3://My-Bucket/a/B.parquet",
        "simplecache::s3://bucket/x.csv",
        "gs://b/x@y.csv",
        "https://[::1]:80/x",
        "http://127.0.0.1:8000/?start=2024-01-01T00:00:00Z&page=3",
        "https://example.org/x?wsdl",
        "git+ssh://git@github.com/org/repo.git",
        "file:///home/ada/project",
        "192.0.2.7:5432",
        "db.example.org:5432",
    ],
)
def test_what_locates_the_data_comes_through(url: str) -> None:
    assert mask_url(url) == url


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://ada:x/y@example.org/a", "https://…"),
        ("https://tok/en@github.com/org/repo", "https://…"),
        ("https://my.name/pw@github.com/org/repo", "https://…"),
        ("https://api.telegram.org/bot123456:AAE-x_y/getUpdates", "https://api.telegram.org/…/getUpdates"),
        ("https://example.org/ghp_0123456789abcdef/x", "https://example.org/…/x"),
        ("https://example.org/token/hunter2/data.csv", "https://example.org/token/…/data.csv"),
        ("https://example.org/apikey=hunter2/data.csv", "https://example.org/…/data.csv"),
        ("https://example.org/x?a=1;token=x", "https://example.org/x?a=…;token=…"),
        ("https://example.org/x?token=", "https://example.org/x?token="),
        ("https://example.org/\nx\x00", "https://example.org/x"),
        ("https://hooks.slack.com/services/T0AB/B0CD/XXXXabcd1234", "https://hooks.slack.com/services/…/…"),
        ("https://discord.com/api/webhooks/123/AbCdEf-123_xyz", "https://discord.com/api/webhooks/…"),
        ("http://localhost:8888/lab?token=abc&reset", "http://localhost:8888/lab?token=…&reset"),
        ("https://a.org/https://ada:pw@b.org/x?c=1", "https://a.org/https://b.org/x?c=…"),
        ("https://a.org/x?u=https://ada:pw@b.org/x", "https://a.org/x?u=…"),
        ("zip://x.csv::https://ada:pw@b.org/x.zip?sig=1", "zip://x.csv::https://b.org/x.zip?sig=…"),
        ("jdbc:postgresql://ada:pw@h:5432/db?password=x", "jdbc:postgresql://h:5432/db?password=…"),
        ("jdbc:sqlserver://h:1433;user=u;password=pw", "jdbc:sqlserver://h:1433;user=…;password=…"),
        ("jdbc:oracle:thin:scott/tiger@h:1521:sid", "jdbc:…"),
        ("postgresql+psycopg2://ada:pw@h1:1,h2:2/db", "postgresql+psycopg2://h1:1,h2:2/db"),
        ("git@github.com:org/repo.git", "git@github.com:org/repo.git"),
        ("ada@example.org:org/repo.git", "example.org:org/repo.git"),
        ("data:text/csv;base64,YWJj", "data:text/csv;base64,…"),
        ("mailto:ada@example.org", "mailto:…"),
        ("https://a1b2c3d4.ngrok.io/x", "https://….ngrok.io/x"),
        ("file:///home/ada/x?token=1#2", "file:///home/ada/x"),
    ],
)
def test_parts_that_may_be_keys_are_masked_and_the_rest_stays(url: str, shown: str) -> None:
    assert mask_url(url) == shown


def test_hosts_that_look_drawn_by_lot_are_masked_label_by_label() -> None:
    assert mask_host("db.a1b2c3d4e5f6.us-east-1.rds.amazonaws.com:5432") == "db.….us-east-1.rds.amazonaws.com:5432"
    assert mask_host("quick-brown-fox.trycloudflare.com") == "quick-brown-fox.trycloudflare.com"
    assert mask_host("192.0.2.7:5432") == "192.0.2.7:5432"
    assert mask_host("ada:pw") == "…"


def test_parts_that_are_known_to_be_no_secret_stay() -> None:
    commit = uuid.uuid4().hex + "01234567"
    url = f"https://github.com/org/repo/archive/{commit}.zip"
    assert mask_url(url, [commit]) == url
    assert mask_url(url) == "https://github.com/org/repo/archive/…"


@pytest.mark.parametrize(
    "url",
    [
        "http://ada:\\silverotter@a.org", "https://ada:12/silverotter@db:80/x", "https://tok.en/silverotter@h:8443/x",
        "https://ada%3Asilverotter%40a.org/data.csv", "https://a.org/x%3Ftoken=silverotter", "https://a.org/x%3Fq%3Dsilverotter",
        "https://a.org/x%3bpassword%3dsilverotter", "https://a.org/user:silverotter/x", "https://a.org/x,password=silverotter",
        "https://a.org/user=ada:silverotter/x", "https://a.org/auth/silverotter", "https://a.org/session/silverotter/x",
        "https://a.org/api-token/silverotter", "https://a.org/jwt/silverotter",
    ],
)  # fmt: skip
def test_new_places_of_a_secret_in_a_url_are_masked(url: str) -> None:
    assert "silverotter" not in mask_url(url)
    assert mask_url(mask_url(url)) == mask_url(url)


def test_a_method_that_nobody_knows_is_masked() -> None:
    assert [shown_method(one) for one in ("get", "PROPFIND", "silverotter")] == ["GET", "PROPFIND", "…"]
