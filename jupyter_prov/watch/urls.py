"""URLs as they may be written down: without credentials; and those that stand in the source of a cell.

Masked (`…`) is rather too much than too little: every query parameter whose name speaks of a secret, and every value
that looks drawn by lot rather than chosen by a person.
"""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Iterator
from urllib.parse import unquote, unquote_plus, urlsplit

MASK = "…"
LONGEST = 2000
_SECRET_WORDS = re.compile(
    r"token(?!iz)|secret|passw|pwd|signature|credential|session|auth(?!or(?!i))|jwt|bearer|hmac|ticket|nonce|cookie|(?:api|access|account|shared|secret|private)[-_]?key"
    r"|^x-amz-|^x-goog-|^x-ms-"
)
_SECRET_PARTS = frozenset("key sig sign sas code pass pin otp pw sid expires".split())
"""The last is no secret, but goes with a signature, and would make the same URL another each time."""
_MOMENT = re.compile(r"\d{4}-?\d\d-?\d\d([T ]\d\d:?\d\d(:?\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)?)?")
_PARTS = re.compile(r"[^A-Za-z0-9]+")
_PLAIN = re.compile(r"(?:[A-Za-z]?[a-z]{0,19}|[A-Z]{1,12})\d{0,4}|\d{1,14}|.{1,3}", re.DOTALL)
"""A part of a value as people write them: a word, an abbreviation, a number."""
_SHORTEST_SECRET = 16
_SECRET_SEGMENT = re.compile(
    r"(?:gh[pousr]_|github_pat_|glpat-|hf_|sk-|xox[abprs]-|AKIA|ASIA|AIza|eyJ)[\w.-]{8,}|bot\d+:[\w-]+", re.ASCII
)
"""Parts of a path that are known to be keys: tokens with the prefixes of those who give them out."""


_HOOK = re.compile(r"(/(?:webhooks?\w*|services/T\w+|hooks/catch)/).+", re.ASCII | re.IGNORECASE)
"""Paths of web hooks, of which all that follows is a key: Slack's, Discord's, Office's, Zapier's."""


def without_secrets(url: str) -> str:
    """A URL without userinfo and fragment, and with `…` where a part of its path or query may be a secret."""
    url = "".join(char for char in url if char.isprintable())
    scheme = url.partition("://")[0] if "://" in url else ""
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port is not None else ""
        host = parts.hostname or ""
    except ValueError:
        return f"{_name(scheme)}://{MASK}" if scheme else MASK
    if "@" in parts.netloc and "@" in parts.path + parts.query + parts.fragment:
        return f"{_name(scheme)}://{MASK}"  # a password may hold a slash that was not quoted
    netloc = (f"[{host}]" if ":" in host else _cased(host, parts.netloc)) + port
    told = _HOOK.sub(rf"\1{MASK}", parts.path)
    path = "/".join(_segment(segment) for segment in told.split("/"))
    query = f"?{_query(parts.query)}" if parts.query else ""
    return f"{_name(parts.scheme)}://{netloc}{path}{query}"[:LONGEST]


def _name(scheme: str) -> str:
    """A scheme as far as it can be one."""
    return scheme.lower() if re.fullmatch(r"[A-Za-z][A-Za-z0-9+.-]*", scheme) else "url"


def _cased(host: str, netloc: str) -> str:
    """The host as it was written: that of `s3://Bucket` is no host name."""
    at = netloc.lower().rfind(host)
    return netloc[at : at + len(host)]


def _query(query: str) -> str:
    return "&".join(";".join(map(_parameter, part.split(";"))) for part in query.split("&"))


def _parameter(text: str) -> str:
    name, equals, value = text.partition("=")
    if not equals:
        return MASK if _looks_secret(unquote_plus(name)) else name
    hidden = value and (_speaks_of_secret(name) or _looks_secret(unquote_plus(value)))
    return f"{MASK if _looks_secret(unquote_plus(name)) else name}={MASK if hidden else value}"


def _segment(segment: str) -> str:
    """A part of a path, its own parameters (`;jsessionid=…`) looked at like those of a query."""
    first, *parameters = segment.split(";")
    first = MASK if _SECRET_SEGMENT.search(unquote(first)) else first
    return ";".join([first, *map(_parameter, parameters)])


def _speaks_of_secret(name: str) -> bool:
    name = unquote_plus(name)
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name)
    return bool(_SECRET_WORDS.search(name.lower())) or not _SECRET_PARTS.isdisjoint(_PARTS.split(words.lower()))


@functools.lru_cache(maxsize=512)
def _looks_secret(value: str) -> bool:
    """Whether a value is long and no row of words, numbers and moments."""
    if len(value) < _SHORTEST_SECRET:
        return False
    return not all(_PLAIN.fullmatch(part) for part in _PARTS.split(_MOMENT.sub(" ", value)) if part)


_REMOTE = re.compile(
    r"\b(?:(?:s3|s3a|s3n|gs|gcs|az|azure|abfs|abfss|adl|wasbs?|hf|r2|oci|oss|hdfs|ftps?|sftp)://[^\s'\"<>()\[\]{},;]+"
    r"|https?://[^\s'\"<>()\[\]{},;]+?\.(?:csv|tsv|txt|json|jsonl|ndjson|geojson|parquet|pq|feather|arrow|ipc|avro|orc"
    r"|xlsx?|ods|nc|h5|hdf5?|zarr|npy|npz|mat|rds|dta|sav|sqlite3?|db|duckdb|gpkg|shp|tiff?|zip|gz|bz2|xz|zst|tar|tgz"
    r"|7z|safetensors|onnx|pt|pth|pkl)\b(?:[?#][^\s'\"<>()\[\]{},;]*)?)"
)
_MAGIC = re.compile(r"^([ \t]*)[%!?].*$", re.MULTILINE)


def remote_in_source(source: str) -> Iterator[tuple[str, int]]:
    """The URLs of remote data in the string constants of Python source, with their lines; docstrings are none."""
    if "://" not in source:
        return
    try:
        tree = ast.parse(_MAGIC.sub(r"\1pass", source))
    except (SyntaxError, ValueError, RecursionError):
        return
    passed_over = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in passed_over:
            for found in _REMOTE.finditer(node.value):
                yield found[0], node.lineno


def same_object(source: str, seen: str) -> bool:
    """Whether a URL in the source (`s3://bucket/key`) can be what a request asked for over HTTP."""
    if source == seen:
        return True
    if source.startswith(("http:", "https:")):
        return urlsplit(source)._replace(query="", scheme="") == urlsplit(seen)._replace(query="", scheme="")
    last = source.rstrip("/").rpartition("/")[2]
    return unquote(urlsplit(seen).path).rstrip("/").endswith("/" + last)
