"""URLs as they are written down: nothing of them that may be a secret, and of the rest all."""

from __future__ import annotations

import secrets
import string
from collections.abc import Callable
from urllib.parse import quote, quote_plus, urlencode

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from jupyter_prov.watch.urls import remote_in_source, same_object, without_secrets

SECRET = st.text(string.ascii_letters + string.digits + "-_.~+/=!$&'()*,;:@%#? é", min_size=1, max_size=40).map(
    lambda text: f"zQ9{text}Xw7"
)
NAMES = st.sampled_from(
    "token access_token accessToken id_token key api_key apiKey APIKEY x-api-key sig signature Signature secret "
    "client_secret password passwd pwd pass auth authorization oauth code session sessionid PHPSESSION sid jwt sas "
    "X-Amz-Signature X-Amz-Credential X-Amz-Security-Token X-Goog-Signature AWSAccessKeyId Key-Pair-Id "
    "subscription-key hmac nonce ticket otp pin credential SharedAccessSignature sign".split()
)


@given(SECRET, SECRET, st.sampled_from(["https", "s3", "ftp", "HTTP", "postgresql+psycopg"]))
@example("zQ9p@ssXw7", "zQ9Xw7", "https")
def test_no_userinfo_comes_through(user: str, password: str, scheme: str) -> None:
    for userinfo in (f"{quote(user, safe='')}:{quote(password, safe='')}", quote(user, safe=""), f":{quote(password)}"):
        assume("/" not in userinfo)
        assert without_secrets(f"{scheme}://{userinfo}@example.org/a?b=1") == f"{scheme.lower()}://example.org/a?b=1"


@given(SECRET, SECRET)
def test_no_userinfo_comes_through_that_was_not_quoted(user: str, password: str) -> None:
    assume(not set("/?#\\") & set(user + password))
    shown = without_secrets(f"https://{user}:{password}@example.org/a")
    assert "zQ9" not in shown
    assert "Xw7" not in shown


def test_a_password_with_a_slash_that_was_not_quoted_hides_all() -> None:
    assert without_secrets("https://ada:x/y@example.org/a") == "https://…"
    assert without_secrets("https://ada:p@ss/y@example.org/a") == "https://…"
    assert without_secrets("https://ada:p@ss?y@example.org/a") == "https://…"


@given(NAMES, SECRET, st.sampled_from([str, str.upper, str.lower, lambda name: f"my_{name}", quote]))
def test_no_parameter_comes_through_whose_name_speaks_of_a_secret(
    name: str, value: str, cased: Callable[[str], str]
) -> None:
    called = cased(name)
    shown = without_secrets("https://example.org/?" + urlencode({"year": "2020", called: value, "n": "3"}))
    assert shown in {f"https://example.org/?year=2020&{shown_name}=…&n=3" for shown_name in (quote_plus(called), "…")}


@given(
    st.sampled_from("q x data v id k account p".split()),
    st.one_of(
        st.integers(16, 64).map(secrets.token_hex),
        st.integers(18, 64).map(secrets.token_urlsafe),
        st.uuids().map(str),
        st.just("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P"),
        st.just("AKIAIOSFODNN7EXAMPLE"),
    ),
)
def test_no_value_comes_through_that_looks_drawn_by_lot(name: str, value: str) -> None:
    assert without_secrets(f"https://example.org/?{name}={quote(value)}&b=2") == f"https://example.org/?{name}=…&b=2"
    assert value not in without_secrets(f"https://example.org/?{value}")
    assert value not in without_secrets(f"https://example.org/?{value}=1")
    assert value not in without_secrets(f"https://example.org/;jsessionid={value}?a=1")


@given(SECRET)
def test_no_fragment_comes_through(text: str) -> None:
    assert without_secrets(f"https://example.org/a?b=1#{text}") == "https://example.org/a?b=1"


@given(st.text(max_size=100))
@example("https://[::1")
@example("https://example.org:99999999/x")
@example("//")
@example("\ud800://x")
def test_anything_at_all_gives_some_text(text: str) -> None:
    for url in (text, f"https://{text}", f"https://example.org/{text}"):
        shown = without_secrets(url)
        assert len(shown) <= 2000
        assert all(char.isprintable() for char in shown)


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org",
        "https://example.org:8443/a/b%20c/d.csv",
        "https://raw.githubusercontent.com/org/repo/0123456789abcdef0123456789abcdef01234567/data.csv",
        "https://example.org/?start=2024-01-01T00:00:00Z&end=20241231&bbox=5.1,58.9,31.2,71.2",
        "https://example.org/?author=Ada&country=NO&state=CA&tokenizer=bert&indicator=SP.POP.TOTL&format=json",
        "https://example.org/?dataset=population-by-country-2020&columns=name,city,temperature",
        "https://example.org/?q=a+long+search+for+some+words&page=12&url=https://other.org/data/file.csv",
        "https://unpkg.com/package@1.2.3/data.json",
        "s3://My-Bucket/a/B.parquet",
        "https://[::1]:80/x",
        "https://example.org/a;v=1.1/b?x",
    ],
)
def test_what_is_no_secret_comes_through(url: str) -> None:
    assert without_secrets(url) == url


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://api.telegram.org/bot123456:AAE-x_y/getUpdates", "https://api.telegram.org/…/getUpdates"),
        ("https://example.org/ghp_0123456789abcdef/x", "https://example.org/…/x"),
        (
            "https://b.s3.amazonaws.com/k?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=20240101T000000Z&versionId=3",
            "https://b.s3.amazonaws.com/k?X-Amz-Algorithm=…&X-Amz-Date=…&versionId=3",
        ),
        ("https://example.org/x?a=1;token=x", "https://example.org/x?a=1;token=…"),
        ("https://example.org/x?token=", "https://example.org/x?token="),
        ("https://example.org/\nx\x00", "https://example.org/x"),
    ],
)
def test_parts_that_are_keys_are_masked_and_the_rest_stays(url: str, shown: str) -> None:
    assert without_secrets(url) == shown


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


@pytest.mark.parametrize(
    "url",
    [
        "https://hooks.slack.com/services/T0AB/B0CD/XXXXabcd1234",
        "https://discord.com/api/webhooks/123/AbCdEf-123_xyz",
        "https://x.webhook.office.com/webhookb2/abc-def/IncomingWebhook/xyz",
    ],
)
def test_the_key_of_a_web_hook_is_its_path(url: str) -> None:
    assert url.rsplit("/", 2)[-1] not in without_secrets(url)
