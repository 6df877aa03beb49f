"""Packages: the recorded versions of what made cells differ, pinned in the file in which a project requires them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from jupyter_prov.check.attempt import Case
from jupyter_prov.check.recorded_state import PACKAGE
from jupyter_prov.fix.edit_context import Scene
from jupyter_prov.fix.requirement_files import NAMES, pinned
from jupyter_prov.record import safe_reading
from jupyter_prov.record.cause import PROVEN
from jupyter_prov.record.portable_paths import Place


@dataclass(frozen=True)
class Pinned:
    """A file that says what a project requires, as it is and with versions pinned in it."""

    path: Path
    before: str
    after: str


def pin_packages(scene: Scene, case: Case) -> Pinned | None:
    """Pin what is proven to have made cells differ.

    None where there is no such file, or no trial can be made with these versions.
    """
    subjects = {cause.subject for cause in scene.causes(PACKAGE) if cause.confidence == PROVEN}
    pins = dict(pin.partition("==")[::2] for subject in subjects for pin in subject.split())
    if not pins or case.past.unplayable(PACKAGE):
        return None
    for path, text in _files(case.path):
        if (after := pinned(path, text, pins)) is not None and after != text:
            what = ", ".join(f"{name} {version}" for name, version in sorted(pins.items()))
            told = f"{path.name} requires {what}, as recorded: install what it says"
            scene.draft.say(PACKAGE, "", told, subjects)
            return Pinned(path, text, after)
    return None


def _files(notebook: Path) -> Iterator[tuple[Path, str]]:
    """The files that may say what is required, beside the notebook and then at the project's root, and their texts."""
    place = Place.of_folder(notebook.parent)
    for folder in dict.fromkeys((place.folder, place.root)):
        for path in (Path(folder) / name for name in NAMES):
            try:
                yield path, safe_reading.text_of(path, safe_reading.LARGEST_SETTINGS)
            except (FileNotFoundError, safe_reading.Unreadable):
                continue
