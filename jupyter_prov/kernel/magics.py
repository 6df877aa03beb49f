"""`%prov`: the live session's record in the notebook itself. What it takes to show or write is imported when asked."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

from IPython.core.error import UsageError
from IPython.core.magic import Magics, line_magic, magics_class

from jupyter_prov.kernel.shell import recording_of
from jupyter_prov.record.place import Place

if TYPE_CHECKING:
    from jupyter_prov.kernel.shown import Shown
    from jupyter_prov.record.model import Record

USAGE = "Usage: %prov shows this session's record; %prov save [PATH] writes it."


@magics_class
class ProvMagics(Magics):
    """The magics of jupyter-prov."""

    @line_magic
    def prov(self, line: str) -> Shown | None:
        """Show what this session's record says, or write it with `%prov save [PATH]`."""
        try:
            words = shlex.split(line)
        except ValueError:
            raise UsageError(USAGE) from None
        if not words:
            from jupyter_prov.kernel.shown import Shown

            return Shown(self._record())
        if words[0] == "save" and len(words) <= 2:
            self._save(words[1] if len(words) == 2 else None)
            return None
        raise UsageError(USAGE)

    def _record(self) -> Record:
        from jupyter_prov.record import settings
        from jupyter_prov.record.assemble import live

        recording = recording_of(self.shell)
        if recording is None:
            raise UsageError("This kernel is not recorded; run %load_ext jupyter_prov first.")
        recording.settle(5.0)
        notebook = _notebook(self.shell, recording.place)
        place = Place.of_folder(os.path.dirname(notebook))
        keep = settings.of_project(place.root).keep_sources
        return live(os.path.basename(notebook), recording.log, place, keep)

    def _save(self, path: str | None) -> None:
        from jupyter_prov.record import files

        record, recording = self._record(), recording_of(self.shell)
        beside = files.record_path(_notebook(self.shell, recording.place)) if recording else ""
        target = Path(os.path.expanduser(path or beside))
        try:
            files.write(target, record)
        except OSError as error:
            raise UsageError(f"The record could not be written to {target}: {error.strerror or error}.") from None
        print(f"Saved the record of this session to {target}.")


def _notebook(shell: Any, place: Place) -> str:
    """The notebook's path: as the server tells it, as VS Code does, or a stand-in."""
    known = os.environ.get("JPY_SESSION_NAME") or shell.user_ns.get("__vsc_ipynb_file__") or "notebook.ipynb"
    folder, name = os.path.split(str(known))
    return os.path.join(folder if os.path.isdir(folder) and os.path.isabs(folder) else place.folder, name)
