"""Files in which a project says what it requires, and their text with some of that pinned to a version."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from jupyter_prov.record import safe_reading

NAMES = ("requirements.txt", "environment.yml", "environment.yaml", "pyproject.toml")
_REQUIRED = re.compile(
    r"(?P<name>[A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?)(?P<extras>\s*\[[^\]]*\])?(?:\s*\(?[<>=!~][^;#:'\"\\]*?)?(?P<rest>\s*(?:[;#].*)?)"
)
"""A requirement (PEP 508) that is no address of a file, or one of conda's."""
_NAMED = re.compile(r"\s*([A-Za-z0-9][\w.-]*)")
_ITEM = re.compile(r"(?P<head>(?P<indent>\s*)-\s+)(?P<quote>['\"]?)(?P<told>[^'\"]*?)(?P=quote)(?P<tail>\s*(?:\s#.*)?)")
_PIP = re.compile(r"(?P<indent>\s*)-\s+pip\s*:\s*")
_ARRAY = re.compile(r"^\[project\][^\S\n]*$(?:\n(?!\[).*)*?\n[^\S\n]*dependencies\s*=\s*\[", re.MULTILINE)
_TEXT = re.compile(r"(?P<comment>#.*)|(?P<quote>[\"'])(?P<told>(?:(?!(?P=quote)).)*)(?P=quote)|(?P<end>\])")


def pinned(path: Path, text: str, pins: Mapping[str, str]) -> str | None:
    """The text of such a file with these versions, by the names of distributions; None where that cannot be written."""
    wanted = {plain(name): version for name, version in pins.items()}
    if path.name == "pyproject.toml":
        return _in_project(text, wanted)
    return _in_conda(text, wanted) if path.name.startswith("environment.") else _in_lines(text, wanted)


def plain(name: str) -> str:
    """The name of a distribution as it is compared (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _one(told: str, wanted: dict[str, str], sign: str = "==") -> str | None:
    """A requirement with its version, which then is no more wanted; None where it is another one."""
    found = _REQUIRED.fullmatch(told.strip())
    if found is None or plain(found["name"]) not in wanted:
        return None
    return f"{found['name']}{found['extras'] or ''}{sign}{wanted.pop(plain(found['name']))}{found['rest']}"


def _in_lines(text: str, wanted: dict[str, str]) -> str | None:
    lines = text.splitlines(keepends=True)
    for number, line in enumerate(lines):
        if made := _one(line, wanted):
            lines[number] = made + line[len(line.rstrip("\r\n")) :]
        elif (found := _NAMED.match(line)) and plain(found[1]) in wanted:  # with hashes, or an address
            return None
    newline = "\r\n" if "\r\n" in text else "\n"
    if wanted and lines and not lines[-1].endswith("\n"):
        lines[-1] += newline
    return "".join([*lines, *(f"{name}=={version}{newline}" for name, version in wanted.items())])


def _in_conda(text: str, wanted: dict[str, str]) -> str | None:
    """Conda's items have one equals sign, those below its `pip:` two; what is not there yet comes below that."""
    lines, pip, below = text.splitlines(keepends=True), None, -1
    for number, line in enumerate(lines):
        body = line.rstrip("\r\n")
        if found := _PIP.fullmatch(body):
            pip, below = number, len(found["indent"])
        elif found := _ITEM.fullmatch(body):
            below = -1 if len(found["indent"]) <= below else below
            if made := _one(found["told"], wanted, "==" if below >= 0 else "="):
                quote = found["quote"]
                lines[number] = f"{found['head']}{quote}{made}{quote}{found['tail']}{line[len(body) :]}"
    if wanted and pip is None:
        return None
    if pip is not None and wanted:
        indent = lines[pip][: lines[pip].index("-")] + "  "
        lines[pip + 1 : pip + 1] = [f"{indent}- {name}=={version}\n" for name, version in wanted.items()]
    return "".join(lines)


def _in_project(text: str, wanted: dict[str, str]) -> str | None:
    """The dependencies of `[project]`, where they are an array of plain texts."""
    start, made, end = _ARRAY.search(text), list[str](), -1
    if start is None:
        return None
    pins, at = dict(wanted), start.end()
    for found in _TEXT.finditer(text, at):
        if found["end"]:
            end = found.start()
            break
        if found["quote"] and (one := _one(found["told"], wanted)):
            made += [text[at : found.start()], f"{found['quote']}{one}{found['quote']}"]
            at = found.end()
    inside = "".join([*made, text[at:end]])
    for name, version in wanted.items():
        inside = _with_item(inside, f'"{name}=={version}"')
    after = f"{text[: start.end()]}{inside}{text[end:]}"
    return after if _holds(after, pins) else None


def _with_item(inside: str, item: str) -> str:
    """The inside of an array with one more item at its end, on a line of its own where the others are."""
    told = inside.rstrip()
    comma = "," if told and not told.endswith(",") else ""
    if "\n" not in inside:
        return f"{told}{comma}{' ' if told else ''}{item}"
    indent = next((found[1] for found in re.finditer(r"\n([ \t]+)[\"']", inside)), "    ")
    return f"{told}{comma}\n{indent}{item},{inside[len(told) :]}"


def _holds(text: str, pins: Mapping[str, str]) -> bool:
    """Whether a project's file can be read and requires these versions."""
    try:
        told = safe_reading.toml_of(text, "pyproject.toml")["project"]["dependencies"]
    except (safe_reading.Unreadable, KeyError):
        return False
    named = [(plain(found[1]), one) for one in told if (found := _NAMED.match(one))]
    return all(f"=={pins[name]}" in one for name, one in named if name in pins) and pins.keys() <= dict(named).keys()
