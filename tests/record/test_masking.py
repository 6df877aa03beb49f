"""Texts that somebody else wrote: URLs, settings and what looks drawn by lot in them is masked."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from jupyter_prov.record.masked_urls import mask_url
from jupyter_prov.record.masking import NAMED, RANDOM, URL, mask_named, mask_source, mask_text, mask_urls, masked
from jupyter_prov.record.random_text import looks_random


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("404 for url: https://a.org/v1?token=abc&page=2.", "404 for url: https://a.org/v1?token=…&page=…."),
        ("cannot connect to postgresql://ada:pw'x@db.org/x, retry", "cannot connect to postgresql://db.org/x, retry"),
        ("['https://a.org/x?y=1', 'https://b.org']", "['https://a.org/x?y=…', 'https://b.org']"),
        ("Server=tcp:db.org,1433;User ID=u;Password=p{w;Encrypt=True",
         "Server=tcp:db.org,1433;User ID=u;Password=…;Encrypt=True"),
        ("Driver={ODBC};Pwd={a;b};UID=sa", "Driver={ODBC};Pwd=…;UID=sa"),
        ("AccountName=x;AccountKey=abc/def==;Suffix=core", "AccountName=x;AccountKey=…;Suffix=core"),
        ("host=h user=u password=hunter2 sslmode=require", "host=h user=u password=… sslmode=require"),
        ("x = {'password': 'a b', 'max_tokens': 512, 'key': None}",
         "x = {'password': '…', 'max_tokens': 512, 'key': None}"),
        ("Authorization: Bearer abc.def.ghi", "Authorization: …"),
        ("curl --password hunter2 -u x", "curl --password … -u x"),
        ("scott/tiger@h:1521/svc", "…@h:1521/svc"),
        ("user:pw@host/db", "…@host/db"),
        ("the key is AKIAIOSFODNN7EXAMPLE", "the key is …"),
        ("fatal: https%3A%2F%2Fada%3Apw%40a.org", "fatal: …"),
        ("git clone https://tok3n:x@github.com/o/r.git", "git clone https://github.com/o/r.git"),
    ],
)  # fmt: skip
def test_secrets_in_a_text_are_masked(text: str, shown: str) -> None:
    assert mask_text(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "The sensor was replaced in May 2024; see https://example.org/notes/sensor.html.",
        "KeyError: 'evidence'",
        "[Errno 2] No such file or directory: '/home/ada/data/iris_2.csv'",
        'password authentication failed for user "ada"',
        "sample 3 of 10; seed 20240101; lr=0.001; n_tokens=7, max_tokens: 512",
        "Ask ada@example.org about org/repo@v1.2, or see 10.5281/zenodo.1234567",
        "numpy 1.26.4 → 2.0.0, scikit-learn 1.5.0",
        "Working in Norwegian: Blåbærsyltetøy, 東京",
    ],
)
def test_what_is_not_secret_stays(text: str) -> None:
    assert mask_text(text) == text
    assert masked(text).parts == ()


@given(st.text(max_size=200))
@example("a=" * 100)
@example("key=https://a:b@c.d/e?f password: 'x")
@example("x:y@" * 50)
def test_masking_a_masked_text_changes_nothing(text: str) -> None:
    once = mask_text(text)
    assert mask_text(once) == once
    assert mask_urls(mask_urls(text)) == mask_urls(text)


@given(
    st.integers(16, 64).map(secrets.token_urlsafe), st.sampled_from(["{}", "x {} y", "'{}'", "f({})", "a={}", "({})."])
)
def test_a_drawn_word_is_masked_wherever_it_stands(drawn: str, around: str) -> None:
    assert drawn not in mask_text(around.format(drawn))
    assert drawn not in mask_source(around.format(drawn))


def test_what_was_masked_is_said() -> None:
    assert masked("https://a.org?x=1").parts == (URL,)
    assert masked("password=x").parts == (NAMED,)
    assert masked("AKIAIOSFODNN7EXAMPLE").parts == (RANDOM,)


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("client = Client('AKIAIOSFODNN7EXAMPLE', 'pw')", "client = Client('…', 'pw')"),
        ("passphrase = 'correct horse'", "passphrase = '…'"),
        ("%prov param api_key=hunter2", "%prov param api_key=…"),
        ("!curl -H 'Authorization: Bearer abc' --token hunter2", "!curl -H 'Authorization: …' --token …"),
        ("os.environ['API_TOKEN'] = \"x y\"", "os.environ['API_TOKEN'] = \"…\""),
        ("if token == 'abc': pass", "if token == '…': pass"),
        ("import numpy as np; session = Session()", "import numpy as np; session = Session()"),
        ("for key, value in d.items(): print(key, value)", "for key, value in d.items(): print(key, value)"),
        ("sorted(x, key=lambda x: x.y)", "sorted(x, key=lambda x: x.y)"),
        ("df = pd.read_csv('https://a.org/x.csv?sig=abc')", "df = pd.read_csv('https://a.org/x.csv?sig=…')"),
    ],
)
def test_a_line_of_source_stays_readable(line: str, shown: str) -> None:
    assert mask_source(line) == shown


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("api_key", "x", "…"), ("dbPassword", "hunter2", "…"), ("pin", 1234, "…"), ("otp", 123456, "…"),
        ("url", "https://a.org?x=1", "https://a.org?x=…"), ("dsn", "user:pw@h/db", "…@h/db"),
        ("run", "4fb4892d585c4b2081ab", "…"),
        ("lr", 0.1, 0.1), ("max_tokens", 512, 512), ("n_tokens", 7, 7), ("tokenizer", "bert-base", "bert-base"),
        ("optimizer", "adam", "adam"), ("password", None, None), ("use_token", True, True), ("author", "Ada", "Ada"),
        ("date", "2024-01-01T00:00:00Z", "2024-01-01T00:00:00Z"), ("exit_code", 0, 0), ("country_code", "NO", "NO"),
    ],
)  # fmt: skip
def test_a_named_value_is_masked_by_its_name_or_its_look(name: str, value: Any, shown: Any) -> None:
    assert mask_named(name, value)[0] == shown


def test_names_of_data_and_versions_do_not_look_random() -> None:
    names = (
        "iris_2.csv penguins.csv train-images-idx3-ubyte.gz LC08_L1TP_139045_20170304_20170316_01_T1.tif mnist nytimes "
        "MOD13Q1.A2020001.h08v05.006.2020018000000.hdf GCF_000001405.40_GRCh38.p14 ENSG00000141510 zenodo.1234567 "
        "numpy-1.26.4-cp311-cp311-macosx_11_0_arm64.whl bert-base-uncased Meta-Llama-3-8B-Instruct t10k-labels v1.2.3 "
        "cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl 20240101T000000Z covid19 owid-covid-data.csv "
        "x86_64-linux-gnu 10.5281 S0140-6736(20)30183-5 en_US.UTF-8 correct-horse-battery-staple HadCRUT.5.0.1.0 h5py"
    ).split()
    assert [name for name in names if looks_random(name)] == []


def test_what_was_drawn_looks_random() -> None:
    drawn = [secrets.token_hex(16) for _ in range(500)] + [secrets.token_urlsafe(16) for _ in range(500)]
    assert sum(not looks_random(one) for one in drawn) <= 2


@pytest.mark.parametrize(
    "text",
    [
        "the quick brown fox " * 50_000, " Bearer" * 100_000, "a" * 1_000_000, "a:" * 500_000, ";A:" + "a:" * 500_000,
        "a.a" * 300_000, "-a" * 500_000, "https://h.org/" + ")" * 500_000 + "x", "https://h.org/" + ":" * 500_000,
        "password={ " * 100_000, "https://h.org/" + "x/a://" * 150_000, "a::" * 300_000,
        "'a" * 500_000, "a = " * 250_000, "a = '" * 200_000, "token '" * 100_000, "<token>" * 100_000,
        "-u a:b " * 100_000,
        "-u a -p" * 100_000, "--user " + " " * 1_000_000, "-u a " * 200_000, "password is " * 100_000,
        "token: a = " * 90_000, "token:" + "a." * 400_000, "token: a[" * 100_000, "token: a |" * 100_000,
        "-ua" * 300_000,
        "name=a value=" * 80_000, "name " * 200_000, "name=" + "a" * 1_000_000, "password = [" * 80_000,
        "auth=('a'," * 80_000,
        "a" + " " * 1_000_000 + "x", "@a" * 500_000, "1:" * 500_000, "a/" * 500_000, "x@" * 500_000,
    ],
    ids=lambda text: text[:24],
)  # fmt: skip
@pytest.mark.parametrize("mask", [mask_text, mask_source, mask_urls, mask_url])
def test_a_long_hostile_text_is_masked_by_linear_work(mask: Callable[[str], str], text: str) -> None:
    """More than linear work on so long a text would end at the test's timeout."""
    assert len(mask(text[:200_000])) <= 200_000


@pytest.mark.parametrize("before", ["...", "-", "--", "1:", "12", "+", "see:", "a.b:"])
def test_a_url_is_masked_whatever_stands_before_it(before: str) -> None:
    shown = mask_text(f"{before}https://ada:pass@a.org/x?q=hunter")
    assert "hunter" not in shown
    assert "pass" not in shown


@pytest.mark.parametrize(
    "text",
    [
        "password = r'hunter'", "password = b\"hunter\"", "<password>hunter</password>",
        "<a:token x='1'>hunter</a:token>",
        "('password', 'hunter')", "environ.get('API_TOKEN', 'hunter')", "the password 'hunter' is wrong",
        "could not log in: token \"hunter\" expired", "//ada:hunter@a.org/x", "curl -u ada:hunter https://a.org/x",
        "curl --proxy-user ada:hunter https://a.org", "Cookie: a=1; b=hunter", "Set-Cookie: a=1; Path=/; b=hunter",
        "Proxy-Authorization: Digest username=\"a\", response=\"hunter\"", "curl -H 'Cookie: a=1; b=hunter' https://a.org",
        "mysql -u ada -phunter shop", "mysqldump --user=ada --single -phunter", "machine h login ada password hunter",
        "password='hunter", '{\\"password\\": \\"hunter\\"}', "password=\'\'\'hunter\'\'\'",
        "{'X-Api-Key': ['hunter']}",
        "{'auth': ('ada', 'hunter')}", "password=SecretStr('hunter')", "password='it''s hunter'",
        "the password is hunter2", "denied: password hunter2 of ada", "my key was hunter-2",
        "password := hunter", '{"key": "password", "value": "hunter"}', "<add key='password' value='hunter'/>",
        "name: MY_TOKEN\nvalue: hunter", "CREATE USER ada IDENTIFIED BY 'hunter'", "sshpass -p hunter ssh h",
        "curl -uada:hunter https://a.org", "password: str = 'hunter'",
    ],
)  # fmt: skip
def test_new_ways_to_say_a_secret_are_masked(text: str) -> None:
    assert "hunter" not in mask_text(text)
    assert "hunter" not in mask_urls(text)
    assert mask_text(mask_text(text)) == mask_text(text)


@pytest.mark.parametrize(
    "line",
    [
        "connect('Server=h;Password=hunter;')", 'dsn = "host=h password=hunter"', "get(headers=['X-Api-Key: hunter'])",
        "environ.get('API_TOKEN', 'hunter')", "!curl -u ada:hunter https://a.org", "f('Cookie: a=1; b=hunter')",
        "connect(\"postgres password='hunter'\")", "x = '<password>hunter</password>'",
        "token: str = 'hunter'", "token: Literal['a'] | None = 'hunter'", "(token := 'hunter')",
        "%env API_TOKEN hunter",
        "%set_env DB_PASSWORD hunter", "get(url, auth=('ada', 'hunter'), timeout=3)", "passwords = ['hunter', 'b']",
        "!sshpass -p hunter ssh h", "config = {'name': 'API_TOKEN', 'value': 'hunter'}",
    ],
)  # fmt: skip
def test_a_secret_within_a_text_of_a_source_is_masked(line: str) -> None:
    assert "hunter" not in mask_source(line)


@pytest.mark.parametrize(
    "text",
    [
        "docker run -u 1000:1000 x", "the session of user 'ada'", "['token', 'lemma']", "melt(df, 'key', 'value')",
        "no such key 'temperature'", "<key>Label</key>", "-v /a:/b", "user 'ada' has no rights",
        "docker run -u 1000 -p80:80 x", "the password is wrong",
        "a password of 8 letters", "ssh -p 22 host", "gcc -pthread x.c", "secret 12 of 20",
        "tokens were 3a", "the key is missing", "%env DATA_FOLDER data", "{'name': 'city', 'value': 'Oslo'}",
        "set -u", "docker run -u1000:1000 x", "psql -U ada -P pager=off",
    ],
)  # fmt: skip
def test_what_only_stands_near_such_a_word_stays(text: str) -> None:
    assert mask_text(text) == mask_source(text) == text
