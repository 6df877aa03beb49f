"""Remote data: each request that a cell makes through the libraries that people use, its answer and its digest."""

from __future__ import annotations

import gzip
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jupyter_prov.record import digests
from tests.live import LiveKernel, kernel
from tests.web import Web, serving

PAGE = b"city,temp\nOslo,4.5\nCairo,29.0\n"
BIG = bytes(range(256)) * 2000


@pytest.fixture(scope="module")
def web() -> Iterator[Web]:
    with serving() as started:
        started.pages.update(page=PAGE, big=BIG, empty=b"")
        yield started


@pytest.fixture(scope="module", autouse=True)
def _imported(live: LiveKernel) -> None:
    live.run("import urllib.request, http.client, io, asyncio, socket")


def has(live: LiveKernel, *modules: str) -> None:
    """Skip where an interpreter that the tests were pointed at lacks a library."""
    live.run(f"import importlib.util as u; print([m for m in {modules!r} if not u.find_spec(m)])")
    if live.text.strip() != "[]":
        pytest.skip(f"this Python has no {live.text.strip()}")


def requests(live: LiveKernel, code: str) -> list[dict[str, Any]]:
    return list(live.noted(code, "network").get("requests", ()))


URLLIB = {
    "read": "urllib.request.urlopen(URL).read()",
    "read by blocks": "r = urllib.request.urlopen(URL)\nwhile r.read(1000): pass",
    "read1": "r = urllib.request.urlopen(URL)\nwhile r.read1(1000): pass",
    "readinto": "r = urllib.request.urlopen(URL); b = bytearray(999)\nwhile r.readinto(b): pass",
    "lines": "for line in urllib.request.urlopen(URL): pass",
    "as text": "io.TextIOWrapper(urllib.request.urlopen(URL), 'latin-1').read()",
    "buffered": "io.BufferedReader(urllib.request.urlopen(URL)).read()",
    "retrieved": "urllib.request.urlretrieve(URL, 'copy')",
    "http.client": "c = http.client.HTTPConnection(HOST); c.request('GET', PATH); c.getresponse().read()",
}
LIBRARIES = {
    "requests": ("requests", "requests.get(URL).content"),
    "requests, streamed": ("requests", "for part in requests.get(URL, stream=True).iter_content(5000): pass"),
    "requests, raw": ("requests", "requests.get(URL, stream=True).raw.read()"),
    "requests, session": ("requests", "with requests.Session() as s: s.get(URL)"),
    "urllib3": ("urllib3", "urllib3.PoolManager().request('GET', URL).data"),
    "httpx": ("httpx", "httpx.get(URL).content"),
    "httpx, streamed": ("httpx", "with httpx.stream('GET', URL) as r:\n    for part in r.iter_bytes(): pass"),
    "httpx, async": ("httpx", "async with httpx.AsyncClient() as c: (await c.get(URL)).content"),
    "httpx2": ("httpx2", "httpx2.get(URL).content"),
    "httpx2, async": ("httpx2", "async with httpx2.AsyncClient() as c: (await c.get(URL)).content"),
    "httpcore": ("httpcore", "httpcore.request('GET', URL).content"),
    "aiohttp": ("aiohttp", "async with aiohttp.ClientSession() as s:\n    async with s.get(URL) as r: await r.read()"),
    "aiohttp, streamed": (
        "aiohttp",
        "async with aiohttp.ClientSession() as s, s.get(URL) as r:\n"
        "    async for part in r.content.iter_chunked(900): pass",
    ),
}


def one(live: LiveKernel, web: Web, code: str, path: str) -> dict[str, Any]:
    """The single request that this code makes."""
    names = f"URL, HOST, PATH = {web.url(path)!r}, '127.0.0.1:{web.port}', '/{path}'\n"
    [found] = requests(live, "#\n" + names + code)
    assert found["url"] == web.url(path)
    assert (found["method"], found["status"]) == ("GET", 200)
    return found


@pytest.mark.parametrize("path", ["page", "big", "empty", "chunked/page", "chunked/big", "open/big", "gzip/big"])
@pytest.mark.parametrize("code", URLLIB.values(), ids=URLLIB)
def test_what_urllib_reads_is_noted_with_its_digest(live: LiveKernel, web: Web, code: str, path: str) -> None:
    found = one(live, web, code, path)
    body = web.pages[path.rpartition("/")[2]]
    body = gzip.compress(body, mtime=0) if "gzip" in path else body
    if (path, code) == ("empty", URLLIB["buffered"]):
        assert found["size"] == 0
    assert (found["digest"], found["size"]) == (digests.of_bytes(body), len(body))
    assert (found["via"], found["line"]) == ("http.client", 3)


@pytest.mark.parametrize("path", ["page", "big", "empty", "chunked/big", "open/big", "gzip/big"])
@pytest.mark.parametrize("name", LIBRARIES)
def test_what_libraries_read_is_noted_with_its_digest(live: LiveKernel, web: Web, name: str, path: str) -> None:
    module, code = LIBRARIES[name]
    has(live, module)
    live.run(f"import {module}")
    found = one(live, web, code, path)
    body = web.pages[path.rpartition("/")[2]]
    body = gzip.compress(body, mtime=0) if "gzip" in path and module != "aiohttp" else body
    assert (found["digest"], found["size"]) == (digests.of_bytes(body), len(body))
    assert found["line"] in (3, 4)


def test_pandas_and_fsspec_are_seen_at_their_lines(live: LiveKernel, web: Web) -> None:
    has(live, "pandas")
    [found] = requests(live, f"import pandas as pd\npd.read_csv({web.url('page')!r})")
    assert (found["via"], found["line"], found["size"]) == ("http.client", 2, len(PAGE))
    has(live, "fsspec", "aiohttp")
    code = f"import fsspec\n\nwith fsspec.open({web.url('page')!r}) as f: f.read()"
    found = [r for r in requests(live, code) if r["method"] == "GET"]
    assert [(r["via"], r["line"], r["digest"]) for r in found] == [("aiohttp", 3, digests.of_bytes(PAGE))]


def test_the_value_is_what_it_is_without_us(live: LiveKernel, web: Web) -> None:
    live.run(f"r = urllib.request.urlopen({web.url('chunked/big')!r})")
    live.run("import pickle, inspect; print(len(r.read(10)), len(r.read()), r.read(), r.isclosed(), r.status, type(r))")
    assert live.text.strip() == "10 511990 b'' True 200 <class 'http.client.HTTPResponse'>"
    live.run("C = http.client.HTTPConnection\nclass Mine(C): pass\n"
             "print(pickle.loads(pickle.dumps(C)) is C, Mine.putrequest is C.putrequest,\n"
             "inspect.signature(C.putrequest))")  # fmt: skip
    assert live.text.startswith("True True (self, method, url")


def test_a_body_that_nobody_reads_to_its_end_has_no_digest(live: LiveKernel, web: Web) -> None:
    [found] = requests(live, f"r = urllib.request.urlopen({web.url('big')!r}); r.read(100); r.close()")
    assert found["partial"] is True
    assert not {"digest", "size"} & found.keys()


@pytest.mark.parametrize("name", ["httpx", "aiohttp", "requests"])
def test_a_stream_that_is_left_half_way_has_no_digest(live: LiveKernel, web: Web, name: str) -> None:
    has(live, name)
    code = {
        "httpx": "with httpx.stream('GET', URL) as r:\n    for x in r.iter_raw(10): break",
        "aiohttp": "async with aiohttp.ClientSession() as s, s.get(URL) as r: await r.content.read(10)",
        "requests": "for x in requests.get(URL, stream=True).iter_content(9): break",
    }[name]
    [found] = requests(live, f"import {name}\nURL = {web.url('chunked/big')!r}\n{code}")
    assert (found["status"], found["partial"]) == (200, True)
    assert "digest" not in found


def test_a_body_read_by_a_later_cell_is_noted_there(live: LiveKernel, web: Web) -> None:
    [found] = requests(live, f"r = urllib.request.urlopen({web.url('big')!r})")
    assert found["partial"] is True
    assert requests(live, "r.readline(1); 1") == []
    [found] = requests(live, "data = r.read()")
    assert found["digest"] == digests.of_bytes(BIG)


def test_a_body_shorter_than_was_said_is_none(live: LiveKernel, web: Web) -> None:
    found = live.ran(f"urllib.request.urlopen({web.url('short/page')!r}).read()").evidence["network"]["requests"]
    assert [(r["status"], r["error"]) for r in found] == [(200, "IncompleteRead")]
    [found] = requests(live, f"r = urllib.request.urlopen({web.url('short/page')!r})\nwhile r.read(100): pass")
    assert "digest" not in found


@pytest.mark.parametrize("name", LIBRARIES)
def test_a_body_shorter_than_was_said_has_no_digest_in_any_library(live: LiveKernel, web: Web, name: str) -> None:
    module, code = LIBRARIES[name]
    has(live, module)
    [found] = live.ran(f"import {module}\nURL = {web.url('short/page')!r}\n{code}").evidence["network"]["requests"]
    assert found["status"] == 200
    assert "digest" not in found


def test_redirects_errors_and_other_methods_are_noted(live: LiveKernel, web: Web) -> None:
    found = requests(live, f"urllib.request.urlopen({web.url('to/page')!r}).read()")
    assert [(r["status"], r["url"]) for r in found] == [(302, web.url("to/page")), (200, web.url("page"))]
    found = live.ran(f"urllib.request.urlopen({web.url('nowhere')!r})").evidence["network"]["requests"]
    assert [(r["status"], r["method"]) for r in found] == [(404, "GET")]
    [found] = requests(live, f"urllib.request.urlopen({web.url('page')!r}, data=b'secret=1').read()")
    assert (found["method"], found["status"], found["size"]) == ("POST", 200, len(PAGE))
    [found] = requests(live, f"urllib.request.urlopen(urllib.request.Request({web.url('page')!r}, method='HEAD'))")
    assert found["method"] == "HEAD"
    assert "digest" not in found


@pytest.fixture
def closed_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


REFUSED = {
    "urllib": "urllib.request.urlopen(URL)",
    "requests": "import requests; requests.get(URL)",
    "requests, TLS": "import requests; requests.get(URL.replace('http:', 'https:'))",
    "httpx": "import httpx; httpx.get(URL)",
    "httpx, async": "import httpx; await httpx.AsyncClient().get(URL)",
    "aiohttp": "import aiohttp\nasync with aiohttp.ClientSession() as s: await s.get(URL)",
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_request_that_fails_is_noted_with_its_error(live: LiveKernel, closed_port: int, name: str) -> None:
    has(live, name.partition(",")[0])
    ran = live.ran(f"URL = 'http://127.0.0.1:{closed_port}/x'\n{REFUSED[name]}")
    assert ran.outcome == "error"
    assert "jupyter_prov" not in live.text
    [found] = ran.evidence["network"]["requests"]
    assert found["url"].endswith(f"://127.0.0.1:{closed_port}/x")
    assert found["error"] in ("ConnectionRefusedError", "NewConnectionError", "ConnectError", "ClientConnectorError")
    assert found["line"] in (2, 3)


def test_no_secret_of_a_url_is_noted(live: LiveKernel, web: Web) -> None:
    url = web.url("page", "ada:s3cr3t@") + "?token=s3cr3t&year=2020#s3cr3t"
    code = f"r = urllib.request.Request({web.url('page')!r} + '?api_key=s3cr3t&year=2020')\n"
    code += "r.add_header('Authorization', 'Bearer s3cr3t')\nurllib.request.urlopen(r).read()"
    found = requests(live, code)
    assert [r["url"] for r in found] == [web.url("page") + "?api_key=…&year=2020"]
    for name in ("requests", "httpx"):
        has(live, name)
        assert [r["url"] for r in requests(live, f"import {name}; {name}.get({url!r})")] == [
            web.url("page") + "?token=…&year=2020"
        ]
    has(live, "aiohttp")
    code = "import aiohttp\nasync with aiohttp.ClientSession() as s:\n"
    code += f"    await (await s.get({url!r}, params={{'sig': 's3cr3t'}})).read()"
    assert [r["url"] for r in requests(live, code)] == [web.url("page") + "?token=…&year=2020&sig=…"]
    assert "s3cr3t" not in str([e.evidence["network"] for e in live.log().executions if "network" in e.evidence])


def test_threads_and_tasks_are_seen(live: LiveKernel, web: Web) -> None:
    live.run(f"def read(n): return len(urllib.request.urlopen({web.url('page')!r} + f'?n={{n}}').read())")
    code = "from concurrent.futures import ThreadPoolExecutor\nwith ThreadPoolExecutor(4) as pool: "
    found = requests(live, code + "print(sum(pool.map(read, range(20))))")
    assert len(found) == 20
    assert {r["digest"] for r in found} == {digests.of_bytes(PAGE)}
    has(live, "httpx")
    code = "import httpx\nasync with httpx.AsyncClient() as c:\n"
    code += f"    await asyncio.gather(*(c.get({web.url('page')!r} + f'?n={{n}}') for n in range(20)))"
    assert {r["digest"] for r in requests(live, code)} == {digests.of_bytes(PAGE)}


def test_equal_requests_are_told_once_and_too_many_are_counted_off(live: LiveKernel, web: Web) -> None:
    assert len(requests(live, f"for _ in range(9): urllib.request.urlopen({web.url('page')!r}).read()")) == 1
    noted = live.noted(
        f"for n in range(510): urllib.request.urlopen({web.url('empty')!r} + f'?n={{n}}').read()", "network"
    )
    assert (len(noted["requests"]), noted["more"]) == (500, True)


SOURCE = {
    "df = read('s3://bucket/a/data.parquet')": "s3://bucket/a/data.parquet",
    "#\n%precision 3\nq = \"select * from 'https://example.org/x.parquet?sig=abc'\"": "https://example.org/x.parquet?sig=…",
    "where = {'a': ['gs://Bucket/b.zarr']}": "gs://Bucket/b.zarr",
    "x = 'hf://datasets/org/name/train.csv'": "hf://datasets/org/name/train.csv",
    "u = 'https://ada:pw@example.org/data.csv'": "https://example.org/data.csv",
}  # fmt: skip


@pytest.mark.parametrize("code", SOURCE)
def test_a_url_of_data_that_only_stands_in_the_source_is_noted(live: LiveKernel, code: str) -> None:
    live.run("def read(*_): pass")
    [found] = requests(live, code)
    assert found == {"url": SOURCE[code], "via": "source", "line": code.count("\n") + 1}


@pytest.mark.parametrize(
    "code",
    [
        "# pd.read_csv('s3://bucket/data.csv')\n1",
        "'''s3://bucket/data.csv'''\n1",
        "x = f's3://bucket/{1}.csv'",
        "x = 'https://example.org/page'",
        "x = 'data.csv'",
        "x = 's3://'",
    ],
)
def test_what_is_no_url_of_data_in_the_source_is_not_noted(live: LiveKernel, code: str) -> None:
    assert requests(live, code) == []


def test_a_url_in_the_source_that_was_seen_is_told_once(live: LiveKernel, web: Web) -> None:
    web.pages["data.csv"] = PAGE
    found = requests(live, f"u = {web.url('data.csv')!r}\nurllib.request.urlopen(u).read()")
    assert [r["via"] for r in found] == ["http.client"]


def test_connections_that_are_no_request_are_noted_by_their_peer(live: LiveKernel) -> None:
    code = ("import socket\ns = socket.socket(); s.settimeout(0.01)\n"
            "try: s.connect(('192.0.2.7', 5432))\nexcept OSError: pass\nfinally: s.close()")  # fmt: skip
    assert requests(live, code) == [{"url": "192.0.2.7:5432", "via": "socket", "line": 3}]
    code = "try: socket.create_connection(('nowhere.invalid', 5432), 1)\nexcept OSError: pass"
    assert requests(live, code) == [{"url": "nowhere.invalid:5432", "via": "socket", "line": 1, "error": "gaierror"}]


@pytest.mark.parametrize(
    "code",
    [
        "s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.connect(('192.0.2.1', 80)); s.close()",
        "l = socket.create_server(('127.0.0.1', 0))\nsocket.create_connection(l.getsockname()).close(); l.close()",
        "a, b = socket.socketpair(); a.close(); b.close()",
        "socket.getaddrinfo('localhost', 80) and None",
    ],
)
def test_connections_within_this_machine_are_not_noted(live: LiveKernel, code: str) -> None:
    assert requests(live, code) == []


def test_nothing_went_wrong_on_the_way(live: LiveKernel) -> None:
    assert [spot for spot in live.log().blind_spots if "failed" in spot] == []


DOORS = """
import sys, socket, http.client
OWNERS = {"http.client": ["HTTPConnection", "HTTPResponse"], "urllib3.connectionpool": ["HTTPConnectionPool"],
          "urllib3.response": ["HTTPResponse"], "httpcore": ["ConnectionPool", "AsyncConnectionPool"],
          "aiohttp.client": ["ClientSession"], "aiohttp.streams": ["StreamReader"]}
def doors():
    found = {"socket.getaddrinfo": socket.getaddrinfo.__code__}
    for module, owners in OWNERS.items():
        for owner in owners if module in sys.modules else ():
            kept = vars(vars(sys.modules[module])[owner])
            found |= {f"{module}.{owner}.{name}": value.__code__ for name, value in kept.items()
                      if hasattr(value, "__code__")}
    return found
"""


def test_unloading_puts_every_door_back(project: Path, python: str, web: Web) -> None:
    with kernel(project, python, environ={"JUPYTER_PROV": "0"}, shake=False) as live:
        live.run("%unload_ext jupyter_prov")
        live.run("import os; del os.environ['JUPYTER_PROV']")
        live.run("import contextlib\nfor name in ('requests', 'httpx', 'aiohttp'):\n"
                 "    with contextlib.suppress(ImportError): __import__(name)")  # fmt: skip
        live.run(DOORS + "before = doors()")
        for _ in range(2):
            live.run("%load_ext jupyter_prov")
            live.run("during = doors(); print([k for k in before if before[k] is not during[k]])")
            assert "'socket.getaddrinfo'" in live.text
            assert "'http.client.HTTPResponse.read1'" in live.text
            live.run(f"import urllib.request; kept = urllib.request.urlopen({web.url('big')!r}); kept.read(10)")
            live.run("%unload_ext jupyter_prov")
            live.run("after = doors(); print([k for k in before if before[k] is not after[k]])")
            assert live.text.strip() == "[]"
            live.run("print(len(kept.read()))")
            assert live.text.strip() == str(len(BIG) - 10)


def test_a_library_imported_while_we_watch_is_as_it_was_after_unloading(project: Path, python: str) -> None:
    with kernel(project, python) as live:
        live.run("import contextlib\nfor name in ('requests', 'httpx', 'aiohttp'):\n"
                 "    with contextlib.suppress(ImportError): __import__(name)")  # fmt: skip
        live.run(DOORS + "print([k for k, v in doors().items() if any(callable(c) for c in v.co_consts)])")
        assert "HTTPConnection.putrequest" in live.text
        live.run("%unload_ext jupyter_prov")
        live.run("print([k for k, v in doors().items() if any(callable(c) for c in v.co_consts)])")
        assert live.text.strip() == "[]"
        live.run("print([l for m in OWNERS if m in sys.modules for l in [sys.modules[m].__spec__.loader]"
                 " if 'exec_module' in vars(l)])")  # fmt: skip
        assert live.text.strip() == "[]"


def test_a_door_that_fails_changes_nothing_and_is_said(project: Path, python: str, web: Web) -> None:
    with kernel(project, python) as live:
        live.run("from jupyter_prov.factors.network import fetches\n"
                 "from jupyter_prov.factors.network.fetches import Fetch, Fetches\n"
                 "exec(compile(\"def fail(*_, **__): raise RuntimeError('broken')\", fetches.__file__, 'exec'))\n"
                 "Fetch.take = fail")  # fmt: skip
        live.run(f"import urllib.request; print(len(urllib.request.urlopen({web.url('big')!r}).read()))")
        assert live.text.strip() == str(len(BIG))
        live.run("Fetches.open = fail")
        live.run(f"print(len(urllib.request.urlopen({web.url('big')!r}).read()))")
        assert live.text.strip() == str(len(BIG))
        spots = live.log().blind_spots
    assert "a read failed: RuntimeError: broken" in spots
    assert "a request failed: RuntimeError: broken" in spots
