"""What each factor notes about one execution, as it stands in the record; record.schema.json says the same.

All keys are optional but for those of the classes that others here extend: an empty note is left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict


class CallEvidence(TypedDict, total=False):
    """A call of the notebook's or its project's code."""

    call: str
    line: int | None
    count: int
    """How often it was called at this line, if more than once."""


class CodeLine(TypedDict):
    """A line of one of the project's modules."""

    path: str
    line: int


class StateEvidence(TypedDict, total=False):
    """The state of a generator before a draw."""

    block: str
    """The fingerprint of a large block, which stands in `blocks` of the session's first execution that has it."""
    rest: Any


class _Draw(TypedDict):
    generator: str
    seeded: bool


class DrawEvidence(_Draw, total=False):
    """A change of the state of a global generator; `before` and `after` are fingerprints."""

    before: str
    after: str
    line: int | None
    state: StateEvidence


class _Seed(TypedDict):
    call: str
    value: str


class SeedEvidence(_Seed, total=False):
    """A seed that was set, of a global generator where that is named."""

    line: int | None
    generator: str
    module: CodeLine


class RandomEvidence(TypedDict, total=False):
    """Draws, seeds and entropy."""

    draws: list[DrawEvidence]
    seeds: list[SeedEvidence]
    unseeded: list[CallEvidence]
    system: list[CallEvidence]
    """Entropy of the system, which may be a key: its value is never noted."""
    entropy: dict[str, list[str]]
    """By the name of its source, what unseeded generators and ids were made of, in order."""
    blocks: dict[str, str]
    """Blocks of states in base64, by their fingerprints, each once in a session."""
    more: list[str]
    """Calls that were so frequent that later ones are not known."""


class ClockRead(TypedDict, total=False):
    """A read of a clock; the value is in nanoseconds."""

    call: str
    line: int | None
    value: int
    clock: str


class ClockEvidence(TypedDict, total=False):
    """Reads of clocks."""

    reads: list[ClockRead]
    count: int
    more: bool


class _File(TypedDict):
    path: str
    role: str


class FileEvidence(_File, total=False):
    """A file that was read (`input`), written (`output`) or run (`code`)."""

    via: str
    """The watcher that saw it."""
    by: str
    """The process that accessed it: self, child or other."""
    version: str
    """Its state when it was accessed; it is not in the record."""
    digest: str
    size: int
    files: int
    """How many files a folder held that counts as one thing."""
    sampled: bool
    changed_while_running: bool
    existed: str | bool
    """Of an output: the digest of the file that was there before, or True where that is not known."""
    module: str
    meaning: str
    """The digest of source code without comments and layout."""


class FilesEvidence(TypedDict, total=False):
    """Files of one execution."""

    files: list[FileEvidence]


class _Request(TypedDict):
    url: str
    via: str


class RequestEvidence(_Request, total=False):
    """A request over the network; the URL is masked."""

    line: int | None
    method: str
    alike: int
    """Number among the requests of a session whose masked URLs are the same, after the first."""
    status: int
    digest: str
    size: int
    error: str
    partial: bool


class NetworkEvidence(TypedDict, total=False):
    """Requests of one execution."""

    requests: list[RequestEvidence]
    more: bool


class OrderEvidence(TypedDict, total=False):
    """Global names of one execution."""

    uses: list[str]
    defines: list[str]
    changes: list[str]
    imports: list[str]
    deletes: list[str]


class EnvironmentEvidence(TypedDict, total=False):
    """Look-ups in the environment: variables by their names, and calls such as `os.getpid`."""

    variables: list[str]
    unset: list[str]
    more: list[str]
    lines: dict[str, int | None]
    calls: list[CallEvidence]


class ConcurrencyEvidence(TypedDict, total=False):
    """Calls that started threads or processes."""

    started: list[CallEvidence]


class PackageEvidence(TypedDict, total=False):
    """Top-level modules of packages that were imported."""

    modules: list[str]


class DeclaredEvidence(TypedDict, total=False):
    """Declarations by `%prov` or by calls of jupyter_prov."""

    params: dict[str, float | str | bool | None]
    metrics: dict[str, float | str | bool | None]
    notes: list[str]
    volatile: str
    skip: str


class Evidence(TypedDict, total=False):
    """The notes of all factors on one execution, by kind; those of plug-ins stand beside them."""

    random: RandomEvidence
    clock: ClockEvidence
    data: FilesEvidence
    code: FilesEvidence
    network: NetworkEvidence
    order: OrderEvidence
    environment: EnvironmentEvidence
    concurrency: ConcurrencyEvidence
    package: PackageEvidence
    declared: DeclaredEvidence


def data_and_code_files(evidence: Evidence) -> list[FileEvidence]:
    """The files that the factors data and code noted."""
    return [*data_files(evidence), *code_files(evidence)]


def data_files(evidence: Evidence) -> Sequence[FileEvidence]:
    """The files that were read, written or run by a child process."""
    return evidence.get("data", {}).get("files", ())


def code_files(evidence: Evidence) -> Sequence[FileEvidence]:
    """The modules and scripts of the project that were run."""
    return evidence.get("code", {}).get("files", ())


def without_empty(noted: Mapping[str, Any]) -> dict[str, Any]:
    """A note without the keys under which there is nothing."""
    return {key: value for key, value in noted.items() if value}
