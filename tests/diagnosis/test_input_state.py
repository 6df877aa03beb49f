"""What is on disk of a session's inputs, read only where size and times do not tell."""

from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_prov.diagnosis.input_state import OTHER, Eyes, inputs_of
from jupyter_prov.record.file_digests import Digests, version_of
from tests.record.making import data, file, log_of, ran


@pytest.mark.parametrize(("most", "read"), [(None, True), (3, True), (2, False)])
def test_a_file_is_the_same_another_gone_or_not_known(tmp_path: Path, most: int | None, read: bool) -> None:
    path = tmp_path / "data.csv"
    path.write_text("one")
    found = Digests().of(str(path))
    assert found is not None
    noted = file(str(path), version=str(version_of(str(path))), digest=found.digest, size=3)
    wanted, told = inputs_of(log_of(ran(1, evidence=data(noted)))), list[str]()
    eyes = Eyes(most, told.append)
    assert eyes.look(wanted) == {str(path): found.digest}
    path.write_text("longer")
    assert eyes.look(wanted) == {str(path): OTHER}
    assert told == []
    path.write_text("two")
    other = Digests().of(str(path))
    assert other is not None
    assert eyes.look(wanted) == ({str(path): other.digest} if read else {})
    assert told == ([str(path)] if read else [])
    path.unlink()
    assert eyes.look(wanted) == {str(path): None}
