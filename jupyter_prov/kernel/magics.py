"""`%prov`: the live session's record in the notebook itself."""

from __future__ import annotations

import html
import os
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from IPython.core.error import UsageError
from IPython.core.magic import Magics, line_magic, magics_class

from jupyter_prov.record import files, summary
from jupyter_prov.record.assemble import live
from jupyter_prov.record.model import Record

USAGE = "Usage: %prov shows this session's record; %prov save [PATH] writes it."


class Shown:
    """A session's summary, as text in a terminal and as a table in a notebook."""

    def __init__(self, record: Record) -> None:
        self._session = record.sessions[0]

    def _parts(self) -> Iterator[tuple[str, list[tuple[str, str, str]]]]:
        counts = {run.cell: run.count for run in summary.runs(self._session) if run.cell}
        executions = [
            (
                f"[{run.count or ' '}]",
                run.outcome + "".join(f", {mark}" for mark in run.marks),
                f"{run.seconds or 0:.3f} s",
            )
            for run in summary.runs(self._session)
        ]
        yield "Executions", executions or [("", "Nothing was run before this cell.", "")]
        for section in summary.sections(self._session):
            rows = [
                (
                    f"[{counts.get(row.cell) or ' '}]" if row.cell else "",
                    ("! " if row.level == summary.WARNING else "") + row.text,
                    row.detail,
                )
                for row in section.rows
            ]
            yield section.title, rows or [("", section.empty, "")]

    def __repr__(self) -> str:
        lines = []
        for title, rows in self._parts():
            lines.append(title)
            lines += ["  " + "  ".join(part for part in row if part) for row in rows]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        parts = []
        for title, rows in self._parts():
            cells = (
                "<tr>" + "".join(f"<td style='text-align:left'>{html.escape(part)}</td>" for part in row) + "</tr>"
                for row in rows
            )
            parts.append(
                f"<details open><summary>{html.escape(title)}</summary><table>{''.join(cells)}</table></details>"
            )
        return "".join(parts)


@magics_class
class ProvMagics(Magics):
    """The magics of jupyter-prov."""

    @line_magic
    def prov(self, line: str) -> Shown | None:
        """Show what this session's record says, or write it with `%prov save [PATH]`."""
        words = shlex.split(line)
        if not words:
            return Shown(self._record())
        if words[0] == "save" and len(words) <= 2:
            self._save(words[1] if len(words) == 2 else None)
            return None
        raise UsageError(USAGE)

    def _record(self) -> Record:
        from jupyter_prov.kernel.load import recording_of

        recording = recording_of(self.shell)
        if recording is None:
            raise UsageError("This kernel is not recorded; run %load_ext jupyter_prov first.")
        recording.settle(5.0)
        return live(_name(self.shell), recording.log, recording.place)

    def _save(self, path: str | None) -> None:
        record = self._record()
        target = Path(os.path.expanduser(path)) if path else Path(files.record_path(record.notebook))
        try:
            files.write(target, record)
        except OSError as error:
            raise UsageError(f"The record could not be written to {target}: {error.strerror or error}.") from None
        print(f"Saved the record of this session to {target}.")


def _name(shell: Any) -> str:
    """The notebook's file name: as the server tells it, as VS Code does, or a stand-in."""
    known = os.environ.get("JPY_SESSION_NAME") or shell.user_ns.get("__vsc_ipynb_file__") or "notebook.ipynb"
    return os.path.basename(str(known))
