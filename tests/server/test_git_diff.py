"""What a diff of a record shows: the lines that git counts after a notebook of 20 cells was run again and saved."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

SOURCES = (
    "import json, random, time, uuid\nimport numpy as np",
    "rows = open('data.csv').read().split()",
    "random.seed(1)",
    "a = [random.random() for _ in range(10)]",
    "np.random.seed(3); b = np.random.normal(size=4)",
    *(f"x{n} = len(rows) + {n}\nx{n}" for n in range(12)),
    "open('out.txt', 'w').write(json.dumps(rows))",
    "total = x0 + x1\ntotal",
    "print(total)",
)
RESTART = 2
"""Lines that a restart changes: the times of all executions, and the start of the session."""


class Repository:
    """The folder of a notebook, kept in git."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._git("init", "--quiet")
        self.commit()

    def commit(self) -> None:
        self._git("add", "--all")
        who = ("-c", "user.name=a", "-c", "user.email=a@example.org")
        self._git(*who, "commit", "--quiet", "--allow-empty", "--message", "saved")

    def changed(self) -> int:
        """The lines that git would show of the record, added and removed together; they are committed then."""
        counts = self._git("diff", "--numstat", "--", "*.prov.json").split()[:2]
        self.diff = self._git("diff", "--unified=0", "--", "*.prov.json")
        self.commit()
        return sum(map(int, counts))

    def _git(self, *arguments: str) -> str:
        done = subprocess.run(["git", *arguments], cwd=self._folder, capture_output=True, text=True, check=True)
        return done.stdout


async def recorded_in_git(person: Any) -> Repository:
    (person.root / "data.csv").write_text("1 2 3")
    (person.root / "out.txt").write_text('["1", "2", "3"]')  # as the notebook leaves it
    await person.open("a.ipynb", *SOURCES)
    await person.run("a.ipynb", *range(len(SOURCES)))
    await person.save("a.ipynb")
    return Repository(person.root)


async def test_saving_again_changes_no_line(person: Any) -> None:
    repository = await recorded_in_git(person)
    await person.save("a.ipynb")
    assert repository.changed() == 0
    await person.restart("a.ipynb")
    await person.run("a.ipynb", *range(len(SOURCES)))
    await person.save("a.ipynb")
    assert repository.changed() == 0, repository.diff


async def test_one_cell_edited_and_all_run_again_changes_its_lines_alone(person: Any) -> None:
    repository = await recorded_in_git(person)
    for index, source in ((10, "x5 = 5\nx5"), (19, "print(total, 'in all')")):
        person.notebooks["a.ipynb"].cells[index].source = source
        await person.restart("a.ipynb")
        await person.run("a.ipynb", *range(len(SOURCES)))
        await person.save("a.ipynb")
        digests = 2  # of the cell's source and of its output
        assert 0 < repository.changed() <= 2 * (RESTART + digests) + 4, repository.diff  # 4: names that it used before


async def test_one_cell_run_again_adds_its_execution_alone(person: Any) -> None:
    repository = await recorded_in_git(person)
    await person.run("a.ipynb", 6)
    await person.save("a.ipynb")
    assert 0 < repository.changed() <= 22, repository.diff


async def test_one_cell_run_in_a_new_session_leaves_the_lists_of_packages_alone(person: Any) -> None:
    repository = await recorded_in_git(person)
    await person.restart("a.ipynb")
    person.notebooks["a.ipynb"].cells[5].source = "7"
    await person.run("a.ipynb", 5)
    await person.save("a.ipynb")
    assert 0 < repository.changed() <= 70, repository.diff
