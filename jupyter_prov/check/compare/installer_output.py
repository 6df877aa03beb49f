"""What pip and uv report while they install, and whether two such reports leave the same versions installed.

In a re-run most packages are there from the start, so that the report of an installation becomes one of packages that
are satisfied. Only whole lines of known wording are left out, in cells that install; a version that differs decides,
and so does a conflict that the record does not name. One that only the record names may be with a package that the
notebook did not use, and that a re-run does not have.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from packaging.utils import canonicalize_name

from jupyter_prov.check.compare.base import Context
from jupyter_prov.check.compare.called_code import reaches
from jupyter_prov.check.compare.terminal_text import terminal
from jupyter_prov.check.installers import names_installer

_ARCHIVE = r"\S+\.(?:whl|tar\.gz|tar\.bz2|zip)(?:\.metadata)?"
_SAID = re.compile(
    r"Looking in (?:indexes|links): .+"
    r"|\s*Collecting \S+(?: .*)?"
    rf"|\s*(?:Downloading|Using cached|Processing) {_ARCHIVE}(?: \([^()]+\))?"
    r"|\s*(?:Cloning \S+ (?:\(to \w+ .+\) )?to \S+|Running command git .+)"
    r"|\s*(?:Preparing metadata|Building wheel for \S+|Building editable for \S+) \((?:setup\.py|pyproject\.toml)\).*"
    r"|\s*(?:Installing build dependencies|Getting requirements to build (?:wheel|editable)"
    r"|Installing backend dependencies|Checking if build backend supports build_editable)(?: \.\.\.|:).*"
    r"|Building wheels for collected packages: .+|Successfully built [\w.\-]+(?: [\w.\-]+)*"
    r"|\s*Created wheel for \S+: filename=.+|\s*Stored in directory: .+"
    r"|\s+(?!\s)(?:\|?[━╸╺█▏▎▍▌▋▊▉ \-]{5,}\|? ?)(?:[\d.]+(?:/[\d.?]+)? (?:[kMG]i?)?(?:B|bytes)\b.*|\d+/\d+ \[\S+\])"
    r"|Installing collected packages: .+"
    r"|\s*Attempting uninstall: \S+|\s*Found existing installation: \S+ \S+|\s*Uninstalling (?=\S+-\S)\S+:"
    r"|Defaulting to user installation because normal site-packages is not writeable"
    r"|\[notice\] (?:A new release of pip .+|To update, run: .+)"
    r"|You should consider upgrading via the '.+' command\."
    r"|\s*Consider adding this directory to PATH or, if you prefer to suppress this warning, use .+"
    r"|INFO: pip is looking at multiple versions of .+"
    r"|WARNING: (?:Location '.+' is ignored: it is neither a file nor a directory\.|Running pip as (?:the )?'?root.+"
    r"|You are using pip version .+|Ignoring invalid distribution .+"
    r"|The scripts? (?=.+ installed in '.).+' which is not on PATH\."
    r"|The directory '.+' or its parent directory is not owned .+|Cache entry deserialization failed, entry ignored"
    r"|Retrying \(Retry\(total=.+|There was an error checking the latest version of pip\.)"
    r"|Using Python \S+ environment at: .+"
    r"|(?:Resolved|Prepared|Installed|Uninstalled|Built|Audited|Checked) (?:\d+ packages? )?in [\d.ms ]+"
    r"|warning: No packages to uninstall|warning: Failed to hardlink files; .+"
    r"|\s*(?:Downloading|Downloaded|Building|Built) [\w.\-]+(?:==\S+| \([\d.]+[KMG]iB\))"
)
"""Lines that say how packages were found, fetched and built."""
_CONFLICT = re.compile(
    r"ERROR: pip's dependency resolver does not currently take into account all the packages that are installed\..+"
    r"|[\w.\-]+ \S+ requires (?:(?=.+, but you have .).+ which is incompatible|.+, which is not installed)\."
)
"""Lines that say what does not fit together in the environment once all is installed."""
_INSTALLED = re.compile(r"Successfully installed((?: [\w.\-]+-[\w.+!]+)+)")
_SATISFIED = re.compile(
    r"Requirement already (?:satisfied|up-to-date): ([\w.\-]+)(?![\w.\-])(?=[^\n]* in )[^\n]* \(([\w.+!]+)\)"
)
_UNINSTALLED = re.compile(r"\s*Successfully uninstalled ([\w.\-]+)-[\w.+!]+")
_ABSENT = re.compile(r"(?:WARNING|warning): Skipping ([\w.\-]+) as it is not installed\.?")
_OF_UV = re.compile(r" ([+\-~]) ([\w.\-]+)==([\w.+!]+)(?: \(from .+\))?")
_NAMELESS = re.compile(r"(?:Audited|Checked) (?:\d+ packages? )?in [\d.ms ]+")
"""uv does not name what it found installed."""


@dataclass
class _Reported:
    """A text without the lines of installers, and what these say."""

    rest: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    versions: dict[str, str] = field(default_factory=dict)
    """Of each package that is named, the version that it has in the end; '' for one that is not installed."""
    conflicts: set[str] = field(default_factory=set)
    is_nameless: bool = False
    """Whether packages were found installed that are not named."""


@dataclass(frozen=True)
class Agreed:
    """Two texts without the lines of installers, whose reports agree, and an example of these lines."""

    recorded: str
    rerun: str
    example: tuple[str, str]


def installs(context: Context) -> bool:
    """Whether a cell names an installer, or uses what an earlier cell that does so has defined."""
    return reaches(names_installer, context.source, context.earlier)


def without_reports(recorded: str, rerun: str, context: Context) -> Agreed | None:
    """Both texts without what installers reported; None where there is nothing of it or it does not agree."""
    if not installs(context):
        return None
    old, new = _read(terminal(recorded, context)), _read(terminal(rerun, context))
    if old.lines == new.lines or not _agree(old, new):
        return None
    return Agreed("\n".join(old.rest), "\n".join(new.rest), (_example(old), _example(new)))


def _read(text: str) -> _Reported:
    found = _Reported()
    for line in text.split("\n"):
        plain = line.rstrip()
        said = list(_versions(plain))
        is_conflict = _CONFLICT.fullmatch(plain) is not None
        if not said and not is_conflict and not _SAID.fullmatch(plain):
            found.rest.append(line)
            continue
        if found.rest and not found.rest[-1].strip():  # pip puts an empty line before its notices
            found.rest.pop()
        found.lines.append(plain)
        found.versions.update(said)
        found.conflicts |= {plain} if is_conflict else set()
        found.is_nameless |= _NAMELESS.fullmatch(plain) is not None
    return found


def _versions(line: str) -> Iterator[tuple[str, str]]:
    """The packages that a line names, each with its version from then on."""
    if found := _INSTALLED.fullmatch(line):
        for one in found[1].split():
            name, _, version = one.rpartition("-")
            yield canonicalize_name(name), version
    elif found := _SATISFIED.fullmatch(line):
        yield canonicalize_name(found[1]), found[2]
    elif found := _UNINSTALLED.fullmatch(line) or _ABSENT.fullmatch(line):
        yield canonicalize_name(found[1]), ""
    elif found := _OF_UV.fullmatch(line):
        yield canonicalize_name(found[2]), "" if found[1] == "-" else found[3]


def _agree(recorded: _Reported, rerun: _Reported) -> bool:
    both = recorded.versions.keys() & rerun.versions.keys()
    return (
        all(recorded.versions[name] == rerun.versions[name] for name in both)
        and (rerun.is_nameless or recorded.versions.keys() == both)
        and (recorded.is_nameless or rerun.versions.keys() == both)
        and rerun.conflicts <= recorded.conflicts
    )


def _example(found: _Reported) -> str:
    """The line that says most."""
    return next((line for line in found.lines if any(_versions(line))), (found.lines or ["nothing"])[0]).strip()
