"""What kernel part and recorder say to each other: one IOPub message type, and two expressions to evaluate."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

MESSAGE = "jupyter_prov_record"
"""Type of the IOPub messages that carry the entries of `sessionlog`."""

_CALL = "__import__('importlib').import_module('jupyter_prov.kernel.load').{}(get_ipython(){})"
RECORDING, OFF, MISSING = "recording", "off", "missing"
HELLO = "hello"
"""Kind of the entry that a kernel part sends when it is asked for nothing but that."""


PLAYED = "JUPYTER_PROV_PLAYED"
"""Variable that names a JSON file with what a re-run plays back: for each cell id a list of values by kind of factor,
one for each time that the cell runs."""


def hello() -> dict[str, Any]:
    """An execute_request that loads the kernel part if need be and has it say hello on IOPub.

    Only a recorder that hears the hello knows that its subscription has reached the kernel.
    """
    return _request(_CALL.format("hello", ""))


def handshake(plugins: Sequence[str] = ()) -> dict[str, Any]:
    """An execute_request that loads the kernel part if need be and asks it to send; prints and binds nothing.

    `plugins` are factors of other packages, as `module:Class`; looking them up would cost the kernel time.
    """
    return _request(_CALL.format("handshake", f", {json.dumps(list(plugins))}"))


def settle() -> dict[str, Any]:
    """An execute_request that is answered when all digests and the list of packages have been sent."""
    return _request(_CALL.format("settle", ""))


def _request(expression: str) -> dict[str, Any]:
    return {
        "code": "",
        "silent": True,
        "store_history": False,
        "user_expressions": {"prov": expression},
        "allow_stdin": False,
        "stop_on_error": False,
    }


def answer(reply: dict[str, Any]) -> str:
    """What the kernel answered to a handshake: `recording`, `off`, or `missing` where it has no kernel part."""
    try:
        result = reply["user_expressions"]["prov"]
        return str(result["data"]["text/plain"]).strip("'\"") if result["status"] == "ok" else MISSING
    except (LookupError, TypeError):
        return MISSING
