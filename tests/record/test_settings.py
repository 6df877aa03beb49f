"""The settings in a project's pyproject.toml."""

from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_prov.record.errors import UsageError
from jupyter_prov.record.settings import RECORD_NAME, Settings, of_project, record_name


def written(folder: Path, text: str) -> str:
    (folder / "pyproject.toml").write_text(text)
    return str(folder)


def test_a_project_that_asks_for_nothing_gets_what_everybody_gets(tmp_path: Path) -> None:
    assert of_project(str(tmp_path)) == Settings()
    assert of_project(written(tmp_path, "[project]\nname = 'jupyter-prov-reports'\n")) == Settings()
    assert of_project(written(tmp_path, "broken [")) == Settings()  # which is none of our business


def test_each_setting_is_read(tmp_path: Path) -> None:
    text = '[tool.jupyter-prov]\nrtol = 1e-6\nkeep-sources = true\nkeep-inputs = "1.5 MB"\n'
    assert of_project(written(tmp_path, text)) == Settings(1e-6, True, 3 << 19)


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("{stem}.repro.prov.json", "{stem}.repro.prov.json"),
        ("repro-{stem}.prov.json", "repro-{stem}.prov.json"),
        (".repro.prov.json", "{stem}.repro.prov.json"),
        ("one.prov.json", "one.prov.json"),
    ],
)
def test_a_project_names_its_records(tmp_path: Path, given: str, name: str) -> None:
    root = written(tmp_path, f"[tool.jupyter-prov]\nrecord-name = '{given}'\nrtol = 'wrong'\n")
    assert record_name(root) == name


@pytest.mark.parametrize(
    "given",
    ["3", "'{stem}.json'", "'a/{stem}.prov.json'", "'{name}.prov.json'", "'{stem}{stem}.prov.json'", '"\\n.prov.json"'],
)
def test_a_name_that_records_cannot_have_is_described(tmp_path: Path, given: str) -> None:
    root = written(tmp_path, f"[tool.jupyter-prov]\nrecord-name = {given}\n")
    with pytest.raises(UsageError, match=r"record-name in .* give a file name that ends in \.prov\.json"):
        record_name(root)


def test_a_project_that_names_none_has_the_usual_name_whatever_else_is_wrong(tmp_path: Path) -> None:
    assert record_name(str(tmp_path)) == RECORD_NAME
    assert record_name(written(tmp_path, "[tool.jupyter-prov\n")) == RECORD_NAME


@pytest.mark.parametrize(
    "text",
    ["rtol = true", "keep-sources = 1", "keep-inputs = true", "keep-inputs = 'much'", "keep-inputs = '-1M'", "x = 1"],
)
def test_a_wrong_setting_is_told_by_its_name(tmp_path: Path, text: str) -> None:
    with pytest.raises(UsageError, match=f"{text.split()[0]}.*") as told:
        of_project(written(tmp_path, f"[tool.jupyter-prov]\n{text}\n"))
    assert "pyproject.toml" in str(told.value)


@pytest.mark.parametrize("text", ["[tool.jupyter-prov", "[[tool.jupyter-prov]]", "tool = 'jupyter-prov'"])
def test_a_broken_file_that_speaks_of_us_is_told(tmp_path: Path, text: str) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        of_project(written(tmp_path, text))


@pytest.mark.parametrize(
    "text",
    [
        "a = " + "[" * 20_000,
        "a = " + "{a=" * 20_000,
        "a = " + "9" * 5_000,
        "a" + ".a" * 400_000 + " = 1",
        "[a" + ".a" * 20_000 + "]\n" + "b.c = 1\n" * 1_000,
        "['\u2028'" + ".a" * 20_000 + "]\n" + "".join(f"b{i}.c = 1\n" for i in range(10_000)),
        "[tool.jupyter-prov]\nx = 0x" + "f" * 50_000,
        "[tool.jupyter-prov.record-name" + ".a" * 900 + "]\nb = 1",
        "[tool.jupyter-prov]\nrecord-name = " + "[" * 90 + "]" * 90,
        "[tool.jupyter-prov]\nrecord-name = '" + "x" * 900_000 + "'",
        "[tool.jupyter-prov]\nkeep-inputs = '" + "9" * 5_000 + "M'",
    ],
    ids=lambda text: text[:30],
)
def test_a_hostile_file_gets_one_short_sentence_at_once(tmp_path: Path, text: str) -> None:
    root = written(tmp_path, text + "\n# jupyter-prov record-name")
    with pytest.raises(UsageError) as found:
        of_project(root)
    assert len(str(found.value)) < 400


def test_a_large_file_of_many_versions_is_read(tmp_path: Path) -> None:
    listed = "".join(f"  '{'package' * 3}-{n}==1.2.3.4', ['>=3.4.5,<6.7.8', '1.0.0.dev1'],\n" for n in range(9_000))
    assert of_project(written(tmp_path, f"x = [\n{listed}]\n[tool.jupyter-prov]\nrtol = 0.5\n")).rtol == 0.5
