"""URLs of remote data that stand in the source of a cell."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

from jupyter_prov.record.quiet_parser import parse

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
        tree = parse(_MAGIC.sub(r"\1pass", source))
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
