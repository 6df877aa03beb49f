"""What the entries about an execution say, made from what IPython and the factors tell."""

from __future__ import annotations

import datetime
import functools
import json
from collections.abc import Mapping
from typing import Any

from jupyter_prov.record.evidence import Evidence, code_files, data_files
from jupyter_prov.record.model import ERROR, OK
from jupyter_prov.record.random_text import MASK, looks_random


def part_code_from_data(evidence: Evidence) -> None:
    """A notebook that was run or imported has been read as a file too, and is code."""
    code = {file["path"] for file in code_files(evidence) if file["via"] != "load"}
    data = data_files(evidence)
    if code and data:
        kept = [file for file in data if file["role"] != "input" or file["path"] not in code]
        evidence["data"] = {**evidence["data"], "files": kept}
        if not kept:
            del evidence["data"]


def as_json(noted: Mapping[str, Any]) -> dict[str, Any]:
    """What a plug-in noted as it will be read back; raises TypeError or ValueError where it is no JSON."""
    plain: dict[str, Any] = json.loads(json.dumps(noted, allow_nan=False))
    return plain


def outcome(result: Any) -> dict[str, Any]:
    """How a cell ended; a cell that awaited something and was interrupted has no result."""
    if result is None:
        return {"count": None, "outcome": ERROR, "error": "KeyboardInterrupt"}
    error = result.error_before_exec or result.error_in_exec
    return {
        "count": result.execution_count,
        "outcome": OK if error is None else ERROR,
        "error": None if error is None else _type_of(error),
    }


def _type_of(error: BaseException) -> str:
    """The name of an exception's type; one that was made while the notebook ran may be named after anything."""
    name = type(error).__name__
    return MASK if looks_random(name) else name


def client_of(shell: Any) -> str | None:
    """The client whose request the kernel serves, by the id that it gives itself."""
    found = shell.get_parent().get("header", {}).get("session")
    return found if isinstance(found, str) else None


def iso(seconds: float) -> str:
    """A moment since 1970 as the record writes it."""
    whole, part = divmod(seconds, 1)
    return f"{_second(int(whole))}.{int(part * 1e6):06}Z"


@functools.lru_cache(maxsize=4)
def _second(seconds: int) -> str:
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S")
