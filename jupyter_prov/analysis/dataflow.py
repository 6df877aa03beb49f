"""How values flow from execution to execution, through names, files and generators.

A name is a variable of the notebook; files and generators are names too, written `file:PATH` and
`generator:NAME`, so that what one cell writes and another reads is followed like any variable.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath

from jupyter_prov.analysis.effects import Functions
from jupyter_prov.analysis.names import names
from jupyter_prov.analysis.statement import Names, Statement
from jupyter_prov.record.evidence import code_files, data_and_code_files, data_files
from jupyter_prov.record.model import Execution, Session


@dataclass(eq=False)
class Step:
    """One execution in the flow of its session."""

    execution: Execution
    session: Session
    statements: Sequence[Statement]
    uses: set[str] = field(default_factory=set)
    defines: set[str] = field(default_factory=set)
    changes: set[str] = field(default_factory=set)
    imports: set[str] = field(default_factory=set)
    deletes: set[str] = field(default_factory=set)
    reads: set[str] = field(default_factory=set)
    """Files and generators that it reads, as names."""
    writes: set[str] = field(default_factory=set)
    """Files and generators that it writes, as names."""
    origins: dict[str, Step | None] = field(default_factory=dict)
    """For each name it uses, the step that last defined or changed it."""

    @property
    def cell(self) -> str | None:
        """The id of its cell."""
        return self.execution.cell


def flow(
    session: Session, statements: Mapping[str, Sequence[Statement]], files: Mapping[str, Step] | None = None
) -> list[Step]:
    """The steps of a session in order; `statements` holds those of each source whose text is known.

    `files` are those that earlier sessions wrote, as names, with the step that wrote them.
    """
    steps: list[Step] = []
    made: dict[str, Step] = dict(files or {})
    modules: set[str] = set()
    folders = frozenset(_folders(session))
    functions = Functions()
    for execution in session.executions:
        found = [functions.called(part) for part in statements.get(execution.source, ())]
        parts = [_without_modules(part, modules) for part in found]
        step = _step(execution, session, parts, folders)
        step.changes -= modules
        step.origins = {name: made.get(name) for name in step.uses | step.reads}
        for name in step.defines | step.changes | step.deletes | step.writes:
            made[name] = step
        steps.append(step)
    return steps


def _without_modules(part: Statement, modules: set[str]) -> Statement:
    """The statement, where a call on an imported module (`plt.plot(x)`) counts as no change of that name."""
    modules -= part.defines - part.imports
    modules |= part.imports
    return replace(part, changes=part.changes - modules)


def _folders(session: Session) -> Iterator[str]:
    """The folders that count as one thing in some execution."""
    for execution in session.executions:
        for file in data_files(execution.evidence):
            if "files" in file:
                yield file["path"]


def _step(execution: Execution, session: Session, parts: Sequence[Statement], folders: Set[str]) -> Step:
    noted = execution.evidence.get("order", {})
    seen = Names(
        uses=set(noted.get("uses", ())),
        defines=set(noted.get("defines", ())),
        changes=set(noted.get("changes", ())),
        imports=set(noted.get("imports", ())),
        deletes=set(noted.get("deletes", ())),
    )
    total = names(parts) if parts else seen
    reads, writes = _things(execution, folders)
    return Step(
        execution,
        session,
        parts,
        total.uses | seen.uses,
        (total.defines | seen.defines) - seen.deletes,
        total.changes | seen.changes,
        total.imports | seen.imports,
        total.deletes | seen.deletes,
        reads,
        writes,
    )


def _things(execution: Execution, folders: Set[str]) -> tuple[set[str], set[str]]:
    """Files and generators that an execution reads and writes; a file in a folder that counts as one is that too."""
    reads: set[str] = set()
    writes: set[str] = set()
    for file in data_and_code_files(execution.evidence):
        above = {parent.as_posix() for parent in PurePosixPath(file["path"]).parents} if folders else set()
        names = {f"file:{path}" for path in (file["path"], *(above & folders))}
        (writes if file["role"] == "output" else reads).update(names)
    noted = execution.evidence.get("random", {})
    for draw in noted.get("draws", ()):
        reads.add(f"generator:{draw['generator']}")
        if draw["seeded"]:
            writes.add(f"generator:{draw['generator']}")
    for seed in noted.get("seeds", ()):
        if "generator" in seed:
            reads.discard(f"generator:{seed['generator']}")
            writes.add(f"generator:{seed['generator']}")
    return reads, writes


def project_modules(step: Step) -> set[str]:
    """The top-level modules of the project that its session imported."""
    noted = (code_files(execution.evidence) for execution in step.session.executions)
    return {str(file["module"]).partition(".")[0] for files in noted for file in files if file.get("module")}


def project_names(step: Step) -> frozenset[str]:
    """The names by which a step can call code of the project's modules."""
    own = project_modules(step)
    return frozenset(name for name in step.uses | step.imports if source_of(step, name) in own) if own else frozenset()


def source_of(step: Step, name: str) -> str | None:
    """The top-level module from which an import bound a name that a step uses or binds; None for any other name."""
    made = step if name in step.imports else step.origins.get(name)
    return next((part.sources[name] for part in made.statements if name in part.sources), None) if made else None


def reached(steps: Iterable[Step], start: Step, line: int | None, seeds: frozenset[str] | None) -> set[Step]:
    """The steps that what happened in `start` can have had an effect on, itself among them.

    `line` is where in the cell it happened, if that is known; `seeds` are the names it spreads through, by
    default all that the line's statement, or else the whole cell other than by imports, defines or changes.
    """
    tainted = set(seeds) if seeds is not None else _spread_from_line(start, line)
    tainted |= start.writes
    found, begun = {start}, False
    for step in steps:
        if step is start:
            begun = True
        elif begun and tainted and _pass_through(step, tainted):
            found.add(step)
    return found


def whole_spread(step: Step) -> frozenset[str]:
    """The names through which anything in a cell may spread: all but those of other people's modules."""
    return frozenset((step.defines | step.changes) - (step.imports - project_names(step)))


def _spread_from_line(step: Step, line: int | None) -> set[str]:
    at = next((i for i, s in enumerate(step.statements) if line and s.first <= line <= s.last), None)
    if at is None:
        return set(whole_spread(step))
    there = step.statements[at]
    tainted = set((there.defines - (there.imports - project_names(step))) | there.changes)
    for part in step.statements[at + 1 :]:
        _through(part, tainted)
    return tainted | _unseen(step)


def _pass_through(step: Step, tainted: set[str]) -> bool:
    """Carry tainted names through a step; whether it used any of them."""
    if step.reads & tainted:
        tainted |= (step.defines - step.imports) | step.changes | step.writes
        return True
    used = False
    for part in step.statements or [_whole(step)]:
        used |= _through(part, tainted)
    unseen = step.writes | _unseen(step)
    if used:
        tainted |= unseen
    else:
        tainted -= unseen
    return used


def _unseen(step: Step) -> set[str]:
    """Names that came to be in a way that the source does not show, by `%run` or `exec`."""
    shown = {name for part in step.statements for name in part.defines}
    return step.defines - shown if step.statements else set()


def _through(part: Statement, tainted: set[str]) -> bool:
    used = bool((part.uses - (part.deletes - part.calls)) & tainted)  # to delete a value is not to look at it
    if used:
        tainted |= part.defines | part.changes
    else:
        tainted -= part.defines
    tainted -= part.deletes
    return used


def _whole(step: Step) -> Statement:
    return Statement(
        1,
        1,
        frozenset(step.uses),
        frozenset(step.defines),
        frozenset(step.changes),
        frozenset(step.imports),
        deletes=frozenset(step.deletes),
    )
