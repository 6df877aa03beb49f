"""What people do with windows, kernels and notebooks that lose the ids of their cells."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.campaign.people import Console, Server, Window, until
from tests.campaign.truth import wrong_of

Scenario = Callable[[Server, str], list[Window]]
"""Acts in a folder of a server and gives the windows whose notebooks are held against the truth."""
SCENARIOS: dict[str, Scenario] = {}
WITH_JUPYTEXT: set[str] = set()


def scenario(act: Scenario) -> Scenario:
    SCENARIOS[act.__name__] = act
    return act


def with_jupytext(act: Scenario) -> Scenario:
    WITH_JUPYTEXT.add(act.__name__)
    return scenario(act)


# -- two notebooks on one kernel


@scenario
def two_notebooks_on_one_kernel(at: Server, folder: str) -> list[Window]:
    a, b = _two(at, folder)
    a.run(0)
    b.run(0)
    a.run(1)
    b.run(1)
    return _saved(a, b)


@scenario
def two_notebooks_saved_after_each_cell(at: Server, folder: str) -> list[Window]:
    a, b = _two(at, folder)
    for index in range(2):
        for window in (a, b):
            window.run(index)
            window.save()
    return _saved(b, a)


@scenario
def two_notebooks_with_the_same_sources(at: Server, folder: str) -> list[Window]:
    a = Window.new(at, f"{folder}/a.ipynb", "x = 1", "x")
    b = _on(a, f"{folder}/b.ipynb", "x = 1", "x")
    b.run(0)
    a.run(0)
    a.run(1)
    b.run(1)
    return _saved(a, b)


@scenario
def a_copy_on_the_same_kernel(at: Server, folder: str) -> list[Window]:
    a = Window.new(at, f"{folder}/a.ipynb", "x = 1", "x")
    b = _copy(a, f"{folder}/b.ipynb")
    a.run_all()
    b.run_all()
    return _saved(a, b)


@scenario
def a_copy_that_is_run_in_turns(at: Server, folder: str) -> list[Window]:
    a = Window.new(at, f"{folder}/a.ipynb", "x = 1", "x")
    a.run_all()
    a.save()
    b = _copy(a, f"{folder}/b.ipynb")
    b.run(1)
    b.save()
    a.run(1)
    b.run(0)
    return _saved(a, b)


@scenario
def three_notebooks_and_a_restart(at: Server, folder: str) -> list[Window]:
    a, b = _two(at, folder)
    c = _on(a, f"{folder}/c.ipynb", "z = 3", "z")
    for window in (a, b, c):
        window.run_all()
        window.save()
    _restart(a)
    for window in (c, a):
        _again(window)
        window.run(0)
    return _saved(a, b, c)


@scenario
def one_of_two_closes_and_opens_again(at: Server, folder: str) -> list[Window]:
    a, b = _two(at, folder)
    a.run_all()
    b.run(0)
    a.save()
    a.close()
    b.run(1)
    again = _reopened(a)
    again.run(1)
    return _saved(again, b)


@scenario
def one_of_two_is_old(at: Server, folder: str) -> list[Window]:
    a = Window.new(at, f"{folder}/a.ipynb", "x = 1", "x")
    b = _on(a, f"{folder}/b.ipynb", "y = 1", "y", minor=4)
    a.run(0)
    b.run_all()
    a.run(1)
    return _saved(a, b)


@scenario
def two_old_notebooks(at: Server, folder: str) -> list[Window]:
    a = Window.new(at, f"{folder}/a.ipynb", "x = 1", "x", minor=2)
    b = _on(a, f"{folder}/b.ipynb", "y = 1", "y", minor=4)
    b.run_all()
    a.run_all()
    return _saved(a, b)


@scenario
def one_of_two_deletes_a_cell(at: Server, folder: str) -> list[Window]:
    a, b = _two(at, folder)
    a.run_all()
    b.run(0)
    a.save()
    del a.cells[0]
    b.run(1)
    return _saved(a, b)


# -- consoles


@scenario
def a_console_beside_a_notebook(at: Server, folder: str) -> list[Window]:
    a = Window.new(at, f"{folder}/a.ipynb", "x = 1", "x")
    console = Console(a.kernel, a.path)
    a.run(0)
    console.run("x = 7")
    a.run(1)
    return _saved(a)


@scenario
def a_console_that_runs_what_a_cell_says(at: Server, folder: str) -> list[Window]:
    a = Window.new(at, f"{folder}/a.ipynb", "x = 1", "x", "x")
    console = Console(a.kernel, a.path)
    console.run("x = 1")
    a.run(0, 1)
    console.run("x")
    return _saved(a)


@scenario
def a_console_in_a_terminal(at: Server, folder: str) -> list[Window]:
    a = Window.new(at, f"{folder}/a.ipynb", "x = 1", "x", "x + 1")
    console = Console(a.kernel, gives_ids=False)
    a.run(0)
    console.run("x + 1")
    a.run(1)
    console.run("x")
    return _saved(a)


@scenario
def a_console_before_the_notebook(at: Server, folder: str) -> list[Window]:
    a = Window.new(at, f"{folder}/a.ipynb", "x = 1", "x")
    console = Console(a.kernel, a.path)
    console.run("y = 5")
    a.run_all()
    return _saved(a)


@scenario
def a_console_after_the_last_save(at: Server, folder: str) -> list[Window]:
    a = Window.new(at, f"{folder}/a.ipynb", "x = 1", "x")
    a.run_all()
    a.save()
    Console(a.kernel, a.path).run("x = 9")
    a.run(1)
    return _saved(a)


@scenario
def a_console_beside_two_notebooks(at: Server, folder: str) -> list[Window]:
    a, b = _two(at, folder)
    console = Console(a.kernel, b.path)
    for window in (a, b):
        window.run(0)
        console.run("x")
        window.run(1)
    return _saved(b, a)


@scenario
def a_console_beside_an_old_notebook(at: Server, folder: str) -> list[Window]:
    a = Window.new(at, f"{folder}/a.ipynb", "x = 1", "x", minor=4)
    console = Console(a.kernel, a.path)
    a.run(0)
    console.run("x = 8")
    a.run(1)
    return _saved(a)


@scenario
def a_console_and_a_front_end_without_ids(at: Server, folder: str) -> list[Window]:
    a = Window.new(at, f"{folder}/a.ipynb", "x = 1", "x", gives_ids=False)
    console = Console(a.kernel, gives_ids=False)
    a.run(0)
    console.run("y = 2")
    a.run(1)
    return _saved(a)


# -- one notebook in two windows


@scenario
def two_windows_of_one_notebook(at: Server, folder: str) -> list[Window]:
    a = Window.new(at, f"{folder}/a.ipynb", "x = 1", "x")
    a.run(0)
    a.save()
    other = _second(a)
    other.run(1)
    other.save()
    a.reload()
    a.run(0)
    return _saved(a, same=[other])


@scenario
def two_windows_and_a_restart_in_one(at: Server, folder: str) -> list[Window]:
    a = Window.new(at, f"{folder}/a.ipynb", "x = 1", "x")
    a.run_all()
    a.save()
    other = _second(a)
    _restart(other)
    _again(a)
    other.run(0)
    other.save()
    a.reload()
    a.run(1)
    return _saved(a, same=[other])


@scenario
def two_windows_and_a_rename_in_one(at: Server, folder: str) -> list[Window]:
    a = Window.new(at, f"{folder}/a.ipynb", "x = 1", "x")
    a.run(0)
    a.save()
    other = _second(a)
    other.rename(f"{folder}/renamed.ipynb")
    other.run(1)
    other.save()
    return _held(other, same=[a])


# -- restarts, kernels, windows that close


@scenario
def a_restart_between_two_cells(at: Server, folder: str) -> list[Window]:
    a = Window.new(at, f"{folder}/a.ipynb", "x = 1", "2 + 2", "3 + 3")
    a.run_all()
    a.save()
    _restart(a)
    _again(a)
    a.run(1)
    return _saved(a)


@scenario
def another_kernel_is_chosen(at: Server, folder: str) -> list[Window]:
    a = Window.new(at, f"{folder}/a.ipynb", "1 + 1", "2 + 2")
    a.run_all()
    told = at.ask("PATCH", f"api/sessions/{a.session}", {"kernel": {"name": "python3"}})
    a.connect(type(a.kernel)(at, told["kernel"]["id"]))  # type: ignore[misc]
    a.run(1)
    return _saved(a)


@scenario
def the_kernel_of_another_notebook_is_chosen(at: Server, folder: str) -> list[Window]:
    a = Window.new(at, f"{folder}/a.ipynb", "1 + 1", "2 + 2")
    b = Window.new(at, f"{folder}/b.ipynb", "y = 1", "y")
    a.run(0)
    b.run_all()
    a.save()
    at.ask("PATCH", f"api/sessions/{a.session}", {"kernel": {"id": b.kernel.id}})
    a.connect(b.kernel)
    a.run(1)
    return _saved(a, b)


@scenario
def closed_and_opened_on_a_living_kernel(at: Server, folder: str) -> list[Window]:
    a = Window.new(at, f"{folder}/a.ipynb", "x = 1", "x")
    a.run(0)
    a.save()
    a.close()
    again = _reopened(a)
    again.run(1)
    return _saved(again)


@scenario
def an_old_notebook_closed_and_opened(at: Server, folder: str) -> list[Window]:
    a = Window.new(at, f"{folder}/a.ipynb", "x = 1", "x", "x + 1", minor=4)
    a.run(0, 1)
    a.save()
    a.close()
    again = _reopened(a)
    again.run(2)
    return _saved(again)


# -- renames


@scenario
def renamed_without_telling_the_session(at: Server, folder: str) -> list[Window]:
    a = Window.new(at, f"{folder}/a.ipynb", "x = 1", "x")
    a.run(0)
    a.save()
    a.rename(f"{folder}/b.ipynb", patch_session=False)
    a.run(1)
    return _saved(a)


@scenario
def renamed_without_telling_before_the_first_save(at: Server, folder: str) -> list[Window]:
    a = Window.new(at, f"{folder}/a.ipynb", "x = 1", "x")
    a.run(0)
    a.rename(f"{folder}/b.ipynb", patch_session=False)
    a.run(1)
    return _saved(a)


@scenario
def its_folder_is_renamed_without_telling(at: Server, folder: str) -> list[Window]:
    a = Window.new(at, f"{folder}/in/a.ipynb", "x = 1", "x")
    a.run(0)
    a.save()
    at.ask("PATCH", f"api/contents/{folder}/in", {"path": f"{folder}/out"})
    a.path = f"{folder}/out/a.ipynb"
    a.run(1)
    return _saved(a)


@scenario
def renamed_and_another_takes_the_name(at: Server, folder: str) -> list[Window]:
    a = Window.new(at, f"{folder}/a.ipynb", "x = 1", "x")
    a.run(0)
    a.save()
    a.rename(f"{folder}/b.ipynb", patch_session=False)
    other = Window.new(at, f"{folder}/a.ipynb", "y = 5", "y")
    other.run_all()
    a.run(1)
    return _saved(a, other)


@scenario
def renamed_twice_and_told_late(at: Server, folder: str) -> list[Window]:
    a = Window.new(at, f"{folder}/a.ipynb", "x = 1", "x")
    a.rename(f"{folder}/b.ipynb", patch_session=False)
    a.run(0)
    a.rename(f"{folder}/c.ipynb")
    a.run(1)
    return _saved(a)


@scenario
def one_of_two_is_renamed_without_telling(at: Server, folder: str) -> list[Window]:
    a, b = _two(at, folder)
    a.run(0)
    b.run(0)
    a.rename(f"{folder}/c.ipynb", patch_session=False)
    a.run(1)
    b.run(1)
    return _saved(a, b)


# -- formats and ids


def _old_format(minor: int) -> Scenario:
    def act(at: Server, folder: str) -> list[Window]:
        a = Window.new(at, f"{folder}/a.ipynb", "x = 1", "x", "x", "'end'", minor=minor)
        a.run_all()
        a.save()
        a.cells.insert(0, a.cell("'new'"))
        a.run(0, 3)
        return _saved(a)

    act.__name__ = f"format_4_{minor}"
    return act


for _minor in range(5):
    scenario(_old_format(_minor))


@scenario
def an_old_notebook_whose_cells_are_edited_and_moved(at: Server, folder: str) -> list[Window]:
    a = Window.new(at, f"{folder}/a.ipynb", "x = 1", "x", "x + 1", minor=4)
    a.run_all()
    a.save()
    a.cells[1]["source"] = "x * 2"
    a.run(1)
    a.cells.append(a.cells.pop(0))
    return _saved(a)


@scenario
def ids_stripped_and_opened_again(at: Server, folder: str) -> list[Window]:
    a = Window.new(at, f"{folder}/a.ipynb", "x = 1", "x", "x + 1")
    a.run_all()
    a.save()
    _settle(a)
    _strip(a.file)
    a.reload()
    a.run(0, 1)
    return _saved(a)


@scenario
def ids_stripped_and_never_run_again(at: Server, folder: str) -> list[Window]:
    a = Window.new(at, f"{folder}/a.ipynb", "x = 1", "x", "x")
    a.run_all()
    a.save()
    _settle(a)
    _strip(a.file)
    return [a]


@scenario
def ids_are_made_anew(at: Server, folder: str) -> list[Window]:
    a = Window.new(at, f"{folder}/a.ipynb", "x = 1", "x", "x", "x + 1")
    a.run_all()
    a.save()
    _settle(a)
    for cell in a.cells:
        cell["id"] = a.cell("")["id"]
    a.write()
    a.reload()
    a.run(2)
    return _saved(a)


@scenario
def rebuilt_from_its_sources(at: Server, folder: str) -> list[Window]:
    a = Window.new(at, f"{folder}/a.ipynb", "x = 1", "x", "x + 1")
    a.run_all()
    a.save()
    _settle(a)
    a.cells = [a.cell("'first'"), *(a.cell(cell["source"]) for cell in a.cells)]
    a.write()
    a.run(0, 1, 3)
    return _saved(a)


@scenario
def raised_to_a_format_with_ids(at: Server, folder: str) -> list[Window]:
    a = Window.new(at, f"{folder}/a.ipynb", "x = 1", "x", minor=4)
    a.run_all()
    a.save()
    a.minor = 5
    a.run(1)
    return _saved(a)


@scenario
def a_front_end_without_ids(at: Server, folder: str) -> list[Window]:
    a = Window.new(at, f"{folder}/a.ipynb", "x = 1", "x", "x", gives_ids=False)
    a.run_all()
    return _saved(a)


# -- jupytext


@with_jupytext
def a_plain_notebook_beside_jupytext(at: Server, folder: str) -> list[Window]:
    a = Window.new(at, f"{folder}/a.ipynb", "x = 1", "x")
    a.run_all()
    return _saved(a)


def _paired(formats: str) -> Scenario:
    def act(at: Server, folder: str) -> list[Window]:
        a = Window.new(at, f"{folder}/a.ipynb", "x = 1", "x")
        a.metadata["jupytext"] = {"formats": formats}
        a.run_all()
        return _saved(a)

    act.__name__ = f"paired_with_{formats.split(',')[1].replace(':', '_')}"
    return act


for _formats in ("ipynb,py:percent", "ipynb,md", "ipynb,Rmd", "ipynb,md:myst"):
    with_jupytext(_paired(_formats))


@with_jupytext
def opened_as_its_text_file(at: Server, folder: str) -> list[Window]:
    a = Window.new(at, f"{folder}/a.ipynb", "x = 1", "x")
    a.metadata["jupytext"] = {"formats": "ipynb,py:percent"}
    a.save()
    text = Window(at, f"{folder}/a.py")
    text.metadata, text.cells = a.metadata, a.cells
    text.start()
    text.run_all()
    text.save()
    return _held(a, same=[text])


@with_jupytext
def rebuilt_from_its_text_file(at: Server, folder: str) -> list[Window]:
    a = Window.new(at, f"{folder}/a.ipynb", "x = 1", "x", "x + 1")
    a.metadata["jupytext"] = {"formats": "ipynb,py:percent"}
    a.run_all()
    a.save()
    _settle(a)
    text = a.file.with_suffix(".py")
    text.write_text(text.read_text() + "\n# %%\n'more'\n")
    told = at.ask("GET", f"api/contents/{a.path}")
    a.show(told["content"]["cells"])
    a.run(1, 3)
    return _saved(a)


@with_jupytext
def paired_and_renamed_without_telling(at: Server, folder: str) -> list[Window]:
    a = Window.new(at, f"{folder}/a.ipynb", "x = 1", "x")
    a.metadata["jupytext"] = {"formats": "ipynb,py:percent"}
    a.run(0)
    a.save()
    a.rename(f"{folder}/b.ipynb", patch_session=False)
    a.run(1)
    return _saved(a)


# -- what scenarios are made of


def _two(at: Server, folder: str) -> tuple[Window, Window]:
    a = Window.new(at, f"{folder}/a.ipynb", "x = 1", "x")
    return a, _on(a, f"{folder}/b.ipynb", "y = x if 'x' in globals() else 0", "y")


def _on(one: Window, path: str, *sources: str, **how: Any) -> Window:
    """Another notebook on the kernel of one."""
    window = Window(one.at, path, **how)
    window.cells = [window.cell(source) for source in sources]
    window.write()
    window.start(one.kernel)
    return window


def _copy(one: Window, path: str) -> Window:
    """A copy of a notebook, ids and all, on its kernel."""
    window = Window(one.at, path, one.minor, one.gives_ids)
    window.cells = copy.deepcopy(one.cells)
    window.write()
    window.start(one.kernel)
    return window


def _second(one: Window) -> Window:
    """A second window of a notebook."""
    window = Window(one.at, one.path, one.minor, one.gives_ids)
    window.reload()
    assert one.kernel is not None
    window.session = one.session
    window.connect(one.kernel)
    return window


def _reopened(closed: Window) -> Window:
    """The notebook of a closed window in another, on the kernel that went on."""
    window = Window(closed.at, closed.path, closed.minor, closed.gives_ids)
    window.metadata = closed.metadata
    window.reload()
    window.start(closed.kernel)
    closed.cells = window.cells
    return window


def _restart(window: Window) -> None:
    assert window.kernel is not None
    window.kernel.restart()
    _again(window)


def _again(window: Window) -> None:
    """Connect once more, as front ends do after a restart."""
    assert window.kernel is not None
    window.connect(window.kernel)


def _strip(file: Path) -> None:
    """What nbstripout does unless it is asked not to."""
    notebook = json.loads(file.read_text())
    for index, cell in enumerate(notebook["cells"]):
        cell.update(id=str(index), outputs=[], execution_count=None)
    file.write_text(json.dumps(notebook))


def _saved(*windows: Window, same: list[Window] | None = None) -> list[Window]:
    for window in windows:
        window.save()
    return _held(*windows, same=same)


def _held(*windows: Window, same: list[Window] | None = None) -> list[Window]:
    """Windows to be held against the truth; what `same` ran is the first one's."""
    for other in same or ():
        for ran in windows[0].at.ran:
            if ran.window is other:
                ran.window = windows[0]
    return list(windows)


def _settle(window: Window) -> None:
    until(lambda: not wrong_of(window))
