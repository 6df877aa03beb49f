"""Hostile variants of a record and of a notebook: for each key each value that somebody may have put there."""

from __future__ import annotations

import copy
import json
import os
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

Steps = tuple[str | int, ...]
DIGEST = "blake3:" + "0" * 64


def nested(depth: int) -> Any:
    value: Any = 0
    for level in range(depth):
        value = [value] if level % 2 else {"a": value}
    return value


VALUES: tuple[tuple[str, Any], ...] = (
    ("null", None),
    ("true", True),
    ("zero", 0),
    ("minus", -1),
    ("half", 0.5),
    ("2**70", 2**70),
    ("-10**30", -(10**30)),
    ("10**400", 10**400),
    ("nan", float("nan")),
    ("infinity", float("inf")),
    ("-infinity", float("-inf")),
    ("no text", ""),
    ("word", "x"),
    ("blank", " \n\t"),
    ("NUL", "a\0b"),
    ("escape", "\x1b[31m\x1b]0;title\x07\x1b[2J"),
    ("C1", "\x9b31m"),
    ("bidi", "\u202egnp.exe\u2066"),
    ("zero width", "a\u200b\ufeff"),
    ("surrogate", "\ud800"),
    ("emoji", "\U0001f600" * 50),
    ("carriage", "good\rbad\b\b\b"),
    ("markup", "[red]x[/] <script>alert(1)</script>"),
    ("format", "%s%n{0}{x}"),
    ("above", "../../../../etc/passwd"),
    ("root", "/"),
    ("zeros", "/dev/zero"),
    ("tilde", "~"),
    ("tilde user", "~root/x"),
    ("proc", "/proc/self/fd/0"),
    ("option", "--help"),
    ("long", "a" * 300_000),
    ("lines", "x\n" * 20_000),
    ("number text", "9" * 5_000),
    ("digest", DIGEST),
    ("time", "0001-01-01T00:00:00Z"),
    ("empty list", []),
    ("empty object", {}),
    ("numbers", [1, 2]),
    ("texts", ["a", "\x1b[0m"]),
    ("nulls", [None, None]),
    ("object", {"": 5, "\x1b": None}),
    ("nested 99", nested(99)),
    ("nested 900", nested(900)),
    ("many", [{}] * 3_000),
)
"""By a name."""


def places(value: Any, steps: Steps = ()) -> Iterator[Steps]:
    """The way to each value within a parsed JSON, but of a list only its first three items."""
    if steps:
        yield steps
    items = value.items() if isinstance(value, dict) else enumerate(value[:3]) if isinstance(value, list) else ()
    for key, inner in items:
        yield from places(inner, (*steps, key))


def changed(document: Any, steps: Steps, change: Callable[[Any, str | int], None]) -> Any:
    """A copy of a document in which something is done to the container that holds the value at the end of this way."""
    found = copy.deepcopy(document)
    holder = found
    for step in steps[:-1]:
        holder = holder[step]
    change(holder, steps[-1])
    return found


def _delete(holder: Any, key: str | int) -> None:
    del holder[key]


def _repeat(holder: Any, key: str | int) -> None:
    if isinstance(holder, list):
        holder.extend(copy.deepcopy(holder[key]) for _ in range(200))
    else:
        holder[f"{key}\x1b[31m\u202e"] = holder[key]


def variants(document: Any, rng: random.Random) -> Iterator[tuple[str, str]]:
    """Hostile variants of a document, as a name and the text of a file, in random order without an end."""
    ways = list(places(document))
    while True:
        steps = rng.choice(ways)
        where = "/".join(map(str, steps))
        kind = rng.random()
        if kind < 0.05:
            yield f"{where} deleted", _dumped(changed(document, steps, _delete))
        elif kind < 0.1:
            yield f"{where} repeated", _dumped(changed(document, steps, _repeat))
        elif kind < 0.2:  # two at once
            name, value = rng.choice([one for one in VALUES if one[0] != "nested 900"])  # which cannot be copied
            other, second = rng.choice(VALUES)
            once = changed(document, steps, _put(value))
            again = rng.choice(list(places(once)))
            yield f"{where} {name}, {'/'.join(map(str, again))} {other}", _dumped(changed(once, again, _put(second)))
        else:
            name, value = rng.choice(VALUES)
            yield f"{where} {name}", _dumped(changed(document, steps, _put(value)))


def _put(value: Any) -> Callable[[Any, str | int], None]:
    def put(holder: Any, key: str | int) -> None:
        holder[key] = value

    return put


def _dumped(document: Any) -> str:
    return json.dumps(document)


def files(valid: str) -> dict[str, Callable[[Path], None]]:
    """By a name, what makes of a path something that no record or notebook is; `valid` is the text of one."""
    middle = len(valid) // 2
    texts = {
        "empty": b"",
        "half": valid[:middle].encode(),
        "not UTF-8": b"\xff" + valid.encode(),
        "UTF-16": valid.encode("utf-16"),
        "byte order mark": b"\xef\xbb\xbf" + valid.encode(),
        "NUL": b"\0" * 1000,
        "null": b"null",
        "list": b"[]",
        "text": b'"x"',
        "number": b"1" * 5_000,
        "10**400": b"1" + b"0" * 400,
        "open": b"[" * 200_000,
        "open objects": b'{"a":' * 100_000,
        "deep": b"[" * 900 + b"]" * 900,
        "comment": b"// x\n{}",
        "NaN": b"NaN",
        "behind it": valid.encode() + b"x",
        "twice": valid.encode() * 2,
        "key twice": valid.encode().replace(b"{", b'{"schema": 5, "nbformat": "x", ', 1),
    }
    made: dict[str, Callable[[Path], None]] = {
        name: lambda path, content=content: path.write_bytes(content) and None for name, content in texts.items()
    }
    for target in (
        "/dev/zero",
        "/dev/null",
        "/dev/random",
        "/dev/stdin",
        "/proc/self/mem",
        "/",
        "nowhere",
    ):
        made[f"link to {target}"] = lambda path, target=target: path.symlink_to(target)
    made["link to itself"] = lambda path: path.symlink_to(path.name)
    made["pipe"] = lambda path: os.mkfifo(path)
    made["folder"] = lambda path: path.mkdir()
    made["huge"] = _huge
    made["unreadable"] = lambda path: path.touch(mode=0)
    return made


def _huge(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(1 << 40)
