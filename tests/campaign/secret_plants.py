"""Places in which a person, a library or a package leaves a secret, each as the cell of a notebook that does so.

`{url}` is a page of a server that is not on this machine by its name, `{host}` its address, `{secret}` the secret.
Two kinds of secrets are planted: `drawn` ones, as keys are, wherever they stand; and `words`, as passwords are, where
only their place or name shows what they are.
"""

from __future__ import annotations

import base64
import json
import random
import string
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

DRAWN, WORDS = "drawn", "words"
BLIND_SPOT = "a request failed: ValueError"
HOST = "data.example.org"
_WORDS = "silver otter meadow lantern copper walnut harbor violet pepper granite willow saddle".split()


@dataclass(frozen=True)
class Plant:
    """One secret, the cell that holds it, and the kind of evidence by which it could reach the record."""

    way: str
    secret: str
    source: str
    evidence: str = ""
    files: tuple[tuple[str, str], ...] = ()
    """Files of the project, by their path."""
    variables: tuple[tuple[str, str], ...] = ()
    """Environment variables of the server and of its kernels."""


def drawn(chance: random.Random) -> str:
    """A key as services give them out."""
    size = chance.choice((16, 20, 24, 32, 40))
    letters = chance.choice((string.hexdigits.lower()[:16], string.ascii_letters + string.digits + "-_"))
    alphabets = (
        letters,
        string.ascii_letters + string.digits,
        string.ascii_uppercase + "234567",
        string.ascii_lowercase,
    )
    alphabet = chance.choice(alphabets)
    return "".join(chance.choice(alphabet) for _ in range(size))


def words(chance: random.Random) -> str:
    """A password as people choose them."""
    return f"{chance.choice(_WORDS)}{chance.choice(_WORDS)}{chance.randrange(100, 1000)}"


_GETS = {
    "urllib": "import urllib.request\nurllib.request.urlopen({0}).read()",
    "requests": "import requests\nrequests.get({0}).content",
    "httpx": "import httpx\nhttpx.get({0}).content",
    "aiohttp": "import aiohttp\nasync with aiohttp.ClientSession() as s:\n    await (await s.get({0})).read()",
    "urllib3": "import urllib3\nurllib3.PoolManager().request('GET', {0}).data",
    "fsspec": "import fsspec\nwith fsspec.open({0}) as f: f.read()",
    "pandas": "import pandas as pd\npd.read_csv({0})",
}
_PLACES: dict[str, tuple[str, str]] = {
    "value of a parameter": ("'{url}?q={secret}'", WORDS),
    "value of one of several": ("'{url}?year=2020&token={secret}&page=2'", WORDS),
    "parameter without a value": ("'{url}?{secret}'", DRAWN),
    "name of a parameter": ("'{url}?{secret}=1'", DRAWN),
    "part of the path": ("'{url}/{secret}/page'", DRAWN),
    "parameter of the path": ("'{url};session={secret}'", WORDS),
    "behind a word of the path": ("'{url}/token/{secret}/page'", WORDS),
    "quoted URL in a value": ("'{url}?u=https%3A%2F%2Fada%3A{secret}%40a.org%2Fx'", WORDS),
    "quoted URL in the path": ("'{url}/https%3A%2F%2Fada%3A{secret}%40a.org%2Fx'", WORDS),
    "fragment": ("'{url}#{secret}'", WORDS),
}
_USERINFO = {
    "user and password": "'http://ada:{secret}@{host}/page?n=1'",
    "user alone": "'http://{secret}@{host}/page?n=2'",
}
_WITH_USERINFO = ("requests", "httpx", "aiohttp", "fsspec")
_OTHER_REQUESTS = {
    "redirect": ("import urllib.request\nurllib.request.urlopen('{base}/to/{secret}').read()", DRAWN),
    "params of requests": ("import requests\nrequests.get('{url}', params={{'q': '#{secret}'}})", WORDS),
    "params of httpx": ("import httpx\nhttpx.get('{url}', params={{'q': ' {secret}'}})", WORDS),
    "params of aiohttp": (
        "import aiohttp\nasync with aiohttp.ClientSession() as s:\n"
        "    await s.get('{url}', params={{'q': '{secret}'}})",
        WORDS,
    ),
    "header": ("import requests\nrequests.get('{url}?h=1', headers={{'Authorization': 'Bearer {secret}'}})", WORDS),
    "basic authentication": ("import requests\nrequests.get('{url}?h=2', auth=('ada', '{secret}'))", WORDS),
    "cookie": ("import requests\nrequests.get('{url}?h=3', cookies={{'sid': '{secret}'}})", WORDS),
    "body": ("import requests\nrequests.post('{url}?h=4', data={{'password': '{secret}'}})", WORDS),
    "http.client": (
        "import http.client\nc = http.client.HTTPConnection('{host}')\nc.request('GET', '/page?key={secret}')\n"
        "c.getresponse().read()",
        WORDS,
    ),
    "label of a host": ("import urllib.request\nurllib.request.urlopen('http://{secret_label}.{host}/page')", DRAWN),
    "nobody listens": ("import requests\nrequests.get('http://ada:{secret}@{host_name}:9/x?token={secret}')", WORDS),
    "token of a Jupyter Server": (
        "import urllib.request\nurllib.request.urlopen('{local}/page?token={secret}').read()",
        WORDS,
    ),
    "key on this machine": ("import urllib.request\nurllib.request.urlopen('{local}/page?q={secret}').read()", DRAWN),
    "proxy": (
        "import urllib.request as u\n"
        "u.build_opener(u.ProxyHandler({{'http': 'http://ada:{secret}@{host}'}})).open('http://a.org/x').read()",
        WORDS,
    ),
}
_SOURCES = {
    "signature of a bucket": ("x = 's3://bucket/data.csv?sig={secret}'", WORDS),
    "password in a URL of data": ("x = 'https://ada:{secret}@example.org/data.parquet'", WORDS),
    "key in a URL of data": ("x = 'https://example.org/{secret}/data.parquet'", DRAWN),
    "query of a database": ('x = """select * from \'https://a.org/x.csv?k={secret}\'"""', WORDS),
    "chain of URLs": ("x = 'simplecache::https://ada:{secret}@a.org/x.csv'", WORDS),
    "account of a container": ("x = 'abfss://{secret}@account.dfs.core.windows.net/x.csv'", DRAWN),
    "password with a slash": ("x = 'https://ada:{secret}/{secret}@a.org/x.csv'", WORDS),
    "token with a slash": ("x = 'https://to/{secret}@github.com/o/r.zip'", WORDS),
    "bucket": ("x = 'gs://{secret}/x.csv'", DRAWN),
}
_DECLARED = {
    "param by its name": ("%prov param api_key={secret}", WORDS),
    "param by its look": ("%prov param run={secret}", DRAWN),
    "password in a call": ("import jupyter_prov as prov\nprov.param(db_password='{secret}')", WORDS),
    "connection string": ("import jupyter_prov as prov\nprov.param(db='postgresql://ada:{secret}@h/db')", WORDS),
    "settings": ("import jupyter_prov as prov\nprov.param(db='Server=h;Uid=sa;Password={secret};')", WORDS),
    "address of Oracle": ("import jupyter_prov as prov\nprov.param(db='scott/{secret}@h:1521/svc')", WORDS),
    "mapping": ("import jupyter_prov as prov\nprov.param(c={{'token': '{secret}', 'n': 1}})", WORDS),
    "nested URL": ("import jupyter_prov as prov\nprov.param(u='https://a.org/?u=https%3A%2F%2Fx:{secret}@b')", WORDS),
    "metric": ("import jupyter_prov as prov\nprov.metric(secret='{secret}')", WORDS),
    "name of a param": ("import jupyter_prov as prov\nprov.param(**{{'{secret}': 1}})", DRAWN),
    "note with a key": ("%prov note The key is {secret} for now.", DRAWN),
    "note with a URL": ("%prov note See https://a.org/x?y={secret}.", WORDS),
    "note with a password": ("import jupyter_prov as prov\nprov.note('Log in with password: {secret}')", WORDS),
    "note with a header": ("import jupyter_prov as prov\nprov.note('Authorization: Basic {secret}')", WORDS),
    "reason": ("%%prov volatile needs token={secret}\n1", WORDS),
    "reason in a call": ("import jupyter_prov as prov\nprov.volatile('https://ada:{secret}@a.org')", WORDS),
}
_CALLS = {
    "argument": ("clock", "1\nclass Api:\n    def __init__(s, key): s.time = time.time\nApi('{secret}').time()", WORDS),
    "key of a mapping": ("clock", "1\n{{'{secret}': time}}['{secret}'].time()", WORDS),
    "formatted text": ("clock", "1\ndef f(x): return time\nf(f'{secret}{{1}}').time()", WORDS),
    "lambda": ("clock", "1\n(lambda key: time)('{secret}').time()", WORDS),
    "default": (
        "clock",
        "1\nimport numpy as np\nnp.datetime64('now', **{{}}), (lambda k='{secret}': time)().time()",
        WORDS,
    ),
    "entropy": ("random", "1\nimport secrets\n{{'{secret}': secrets}}['{secret}'].token_hex()", WORDS),
    "seed": ("random", "1\nimport random\nrandom.seed('{secret}')", WORDS),
    "process": ("environment", "1\nimport os\n{{'{secret}': os}}['{secret}'].getpid()", WORDS),
    "name of a variable": ("environment", "import os\nos.getenv('{secret}')", DRAWN),
    "value of a variable": (
        "environment",
        "1\nimport os\nos.environ['MY_KEY'] = '{secret}'\nos.getenv('HOME_KEY')",
        WORDS,
    ),
    "thread": (
        "concurrency",
        "1\nimport threading\n(lambda k: threading.Thread(target=print))('{secret}').start()",
        WORDS,
    ),
}
_ERRORS = {
    "message of an error": "1\nimport random as r\nraise RuntimeError(f'{{r.random()}} for url: http://u:{secret}@h/x?k={secret}')",
    "message of HTTP": "import requests\nrequests.get('http://{host}/nowhere?token={secret}').raise_for_status()",
    "printed URL": "1\nimport random as r\nprint(r.random(), 'https://a.org/x?token={secret}')",
    "printed settings": "1\nimport random as r\nprint('password={secret};', r.random())",
}
_FAILING = (
    "1\nfrom jupyter_prov.factors.network import fetches\nkept = fetches.Fetches.open\n"
    "exec(compile('def fail(*_): raise ValueError(\"{message}\")', fetches.__file__, 'exec'))\n"
    "fetches.Fetches.open = fail\nimport urllib.request\n"
    "try: urllib.request.urlopen('{{url}}').read()\nfinally: fetches.Fetches.open = kept"
)
"""What fails in code of ours becomes a blind spot, and not the notebook's."""
_FAILURES = {
    "URL": "https://ada:{secret}@a.org?k={secret}",
    "settings": "Server=h;Password={secret};",
    "header": "Authorization: Bearer {secret}",
}
_ORIGINS = {
    "user and password": ("https://ada:{secret}@g.org/o/r.git", WORDS),
    "user": ("https://{secret}@g.org/o/r.git", WORDS),
    "password with an at sign": ("https://ada:p@{secret}@g.org/o/r.git", WORDS),
    "password with a slash": ("https://ada:p/{secret}@g.org/o/r.git", WORDS),
    "user with a slash": ("https://to/{secret}@g.org/o/r.git", WORDS),
    "parameter": ("https://g.org/o/r.git?private_token={secret}", WORDS),
    "fragment": ("https://g.org/o/r.git#egg=x&token={secret}", WORDS),
    "path": ("https://g.org/{secret}/r.git", DRAWN),
    "ssh": ("ssh://ada:{secret}@g.org/o/r.git", WORDS),
    "other scheme": ("git+https://{secret}:x-oauth-basic@g.org/o/r.git", WORDS),
}
_VARIABLES = {
    "XLA_FLAGS": ("--xla_dump_to=https://ada:{secret}@a.org/x", WORDS),
    "PYTHONIOENCODING": ("utf-8", WORDS),
    "CUDA_VISIBLE_DEVICES": ("GPU-{secret}", DRAWN),
    "PIP_INDEX_URL": ("https://ada:{secret}@pypi.example.org/simple", WORDS),
    "MY_TOKEN": ("{secret}", DRAWN),
}


def plants(seed: int, base: str, local: str) -> list[Plant]:
    """All plants, with secrets of their own; `base` is the server by a name, `local` by its address."""
    chance = random.Random(seed)
    host = base.removeprefix("http://")
    made: list[Plant] = []

    def plant(way: str, template: str, kind: str, evidence: str = "") -> None:
        secret = {DRAWN: drawn, WORDS: words}[kind](chance)
        names = {
            "url": f"{base}/page", "base": base, "host": host, "host_name": HOST, "local": local, "secret": secret,
            "secret_label": secret.replace("_", "a").strip("-"),
        }  # fmt: skip
        made.append(Plant(way, secret, template.format(**names), evidence))

    for way, template, kind, evidence in _cells():
        plant(way, template, kind, evidence)
    made += _origins(chance)
    made += [
        Plant(f"variable {name}", secret, "1", variables=((name, template.format(secret=secret)),))
        for name, (template, kind) in _VARIABLES.items()
        for secret in [(drawn if kind == DRAWN else words)(chance)]
    ]
    return made


def _cells() -> Iterator[tuple[str, str, str, str]]:
    for library, get in _GETS.items():
        for place, (url, kind) in _PLACES.items():
            yield f"{library}: {place}", get.replace("{0}", url), kind, "network"
        for place, url in _USERINFO.items() if library in _WITH_USERINFO else ():
            yield f"{library}: {place}", get.replace("{0}", url), WORDS, "network"
    for way, (source, kind) in _OTHER_REQUESTS.items():
        yield way, source, kind, "network"
    for way, (source, kind) in _SOURCES.items():
        yield way, source, kind, "network"
    for way, (source, kind) in _DECLARED.items():
        yield f"declared: {way}", source, kind, "declared"
    for way, (evidence, source, kind) in _CALLS.items():
        yield f"call: {way}", source, kind, evidence
    for way, source in _ERRORS.items():
        yield way, source, WORDS, ""
    for way, message in _FAILURES.items():
        yield f"failure of ours: {way}", _FAILING.format(message=message), WORDS, BLIND_SPOT


def _origins(chance: random.Random) -> Iterator[Plant]:
    """Packages whose origin holds a secret, each imported once."""
    for number, (way, (url, kind)) in enumerate(_ORIGINS.items()):
        secret = drawn(chance) if kind == DRAWN else words(chance)
        origin = {"url": url.format(secret=secret), "vcs_info": {"vcs": "git", "commit_id": "0" * 40}}
        yield _package(number, f"origin: {way}", secret, origin)
    for number, key in enumerate(("requested_revision", "commit_id", "resolved_revision"), len(_ORIGINS)):
        secret = drawn(chance)
        origin = {"url": "https://g.org/o/r.git", "vcs_info": {"vcs": "git", "commit_id": "0" * 40, key: secret + "x"}}
        yield _package(number, f"origin: {key}", secret, origin)


def _package(number: int, way: str, secret: str, origin: object) -> Plant:
    name = f"planted{number}"
    info = f"dists/{name}-1.0.dist-info"
    files = (
        (f"dists/{name}.py", ""),
        (f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n"),
        (f"{info}/RECORD", f"{name}.py,,\n"),
        (f"{info}/direct_url.json", json.dumps(origin)),
    )
    return Plant(
        way, secret, f"import sys\nsys.path += ['dists'] * ('dists' not in sys.path)\nimport {name}", "package", files
    )


def forms(secret: str) -> set[str]:
    """The secret as it may be found: itself, quoted, in lower case, and in base64 wherever it begins."""
    found = {secret, quote(secret, safe=""), secret.lower(), secret.upper()}
    for shift in range(3):
        coded = base64.b64encode(b" " * shift + secret.encode()).decode()
        found.add(coded[4 if shift else 0 : len(coded) - 4])
    return {form for form in found if len(form) >= 8}


KEPT = (
    "user/repo/main/data/iris_2.csv",
    "records/1234567/files/x.csv",
    "datasets/org/name/resolve/main/train-00000-of-00001.parquet",
    "ml/machine-learning-databases/wine-quality/winequality-red.csv",
    "trip+data/yellow_tripdata_2023-01.parquet",
    "10.5281/zenodo.1234567",
    "geo/series/GSE12nnn/GSE12345/matrix/GSE12345_series_matrix.txt.gz",
    "v1.2/2024-01-31/report_final.html",
    "package@1.2.3/data.json",
    "gistemp/tabledata_v4/GLB.Ts+dSST.csv",
    "LC08_L1TP_139045_20170304_20170316_01_T1.tif",
    "owid/covid-19-data/master/public/data/owid-covid-data.csv",
    "bert-base-uncased/config.json",
    "ndownloader/files/12345678",
    "era5/2m_temperature/2020/01/ERA5_2m_temperature_2020.nc",
    "TCGA-BRCA.htseq_counts.tsv.gz",
    "mnist/t10k-labels-idx1-ubyte.gz",
    "api/v2/en/country/all/indicator/SP.POP.TOTL",
)
"""Paths of data that stay as they are."""
