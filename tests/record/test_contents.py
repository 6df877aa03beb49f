"""Digests: of files and folders, sampled where they are too large, kept where they were made before."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from blake3 import blake3
from hypothesis import given
from hypothesis import strategies as st

from jupyter_prov.record import file_digests as digests
from jupyter_prov.record.file_digests import Digests, budget, changed_since, version_of


def of(content: bytes) -> str:
    return "blake3:" + blake3(content).hexdigest()


def test_of_a_file(tmp_path: Path) -> None:
    for content in (b"", b"x", bytes(3_000_000)):
        (tmp_path / "f").write_bytes(content)
        found = Digests().of(str(tmp_path / "f"))
        assert found is not None
        assert (found.digest, found.size, found.files, found.sampled) == (of(content), len(content), None, False)


def test_of_a_folder_is_over_its_files_in_the_order_of_their_paths(tmp_path: Path) -> None:
    for name in ("b", "a/z", "a.c"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    lines = "".join(f"{of(name.encode())} {len(name)} {name}\n" for name in ("a.c", "a/z", "b"))
    found = Digests().of(str(tmp_path))
    assert found is not None
    assert (found.digest, found.size, found.files) == (of(lines.encode()), 7, 3)


@pytest.mark.parametrize("change", ["content", "name", "more", "fewer"])
def test_of_a_folder_tells_every_change(tmp_path: Path, change: str) -> None:
    for name in "ab":
        (tmp_path / name).write_text(name)
    before = Digests().of(str(tmp_path))
    if change == "content":
        (tmp_path / "a").write_text("c")
    elif change == "name":
        (tmp_path / "a").rename(tmp_path / "c")
    elif change == "more":
        (tmp_path / "c").write_text("")
    else:
        (tmp_path / "a").unlink()
    assert Digests().of(str(tmp_path)) != before


def test_what_cannot_be_read_has_none(tmp_path: Path) -> None:
    assert Digests().of(str(tmp_path / "missing")) is None
    assert version_of(str(tmp_path)) is None


def test_a_file_over_the_budget_is_sampled_and_says_so(tmp_path: Path) -> None:
    file = tmp_path / "large"
    file.write_bytes(os.urandom(1_000_000))
    found = Digests(most=100_000).of(str(file))
    assert found is not None
    assert (found.size, found.sampled) == (1_000_000, True)
    for at in (0, 999_999, 500_000):
        content = bytearray(file.read_bytes())
        content[at] ^= 1
        other = tmp_path / "other"
        other.write_bytes(content)
        differs = Digests(most=100_000).of(str(other))
        assert differs is not None
        assert at == 500_000 or differs.digest != found.digest
    file.write_bytes(file.read_bytes() + b"x")
    longer = Digests(most=100_000).of(str(file))
    assert longer is not None
    assert longer.digest != found.digest


def test_a_folder_over_the_budget_is_sampled(tmp_path: Path) -> None:
    for number in range(4):
        (tmp_path / str(number)).write_bytes(bytes(200_000))
    found = Digests(most=400_000).of(str(tmp_path))
    assert found is not None
    assert (found.sampled, found.files, found.size) == (True, 4, 800_000)
    whole = Digests(most=800_000).of(str(tmp_path))
    assert whole is not None
    assert not whole.sampled


@pytest.mark.parametrize(
    ("text", "expected"),
    [("500", 500), ("2K", 2048), ("1.5 gb", 3 << 29), ("1M", 1 << 20), ("", digests.BUDGET), ("much", digests.BUDGET)],
)
def test_the_budget_is_what_the_user_says(monkeypatch: pytest.MonkeyPatch, text: str, expected: int) -> None:
    monkeypatch.setenv("JUPYTER_PROV_DIGEST_BUDGET", text)
    assert budget() == expected


@given(st.text(max_size=8))
def test_any_budget_is_a_number(text: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(
            os.environ, "JUPYTER_PROV_DIGEST_BUDGET", "".join(c for c in text if c.isprintable() and c < "\ud800")
        )
        assert isinstance(budget(), int)


def test_the_same_content_is_read_only_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file, kept = tmp_path / "large", str(tmp_path / "cache" / "digests.sqlite")
    file.write_bytes(bytes(2_000_000))
    time.sleep(2 * digests.CLOCK_TICK)
    first = Digests(kept=kept)
    found = first.of(str(file))
    monkeypatch.setattr(digests, "_read", lambda *_: pytest.fail("it was read again"))
    assert first.of(str(file)) == found
    assert Digests(kept=kept).of(str(file)) == found


def test_a_file_that_was_just_written_may_change_unnoticed_and_is_read_again(tmp_path: Path) -> None:
    file, made = tmp_path / "f", Digests()
    for text in "abcdefgh":
        file.write_text(text)
        found = made.of(str(file))
        assert found is not None
        assert found.digest == of(text.encode())


@pytest.mark.parametrize("content", [b"", b"not a database", None])
def test_a_broken_cache_costs_nothing_but_time(tmp_path: Path, content: bytes | None) -> None:
    kept = tmp_path / "digests.sqlite"
    if content is None:
        kept.mkdir()
    else:
        kept.write_bytes(content)
    (tmp_path / "f").write_bytes(bytes(2_000_000))
    found = Digests(kept=str(kept)).of(str(tmp_path / "f"))
    assert found is not None
    assert found.digest == of(bytes(2_000_000))


def test_a_change_in_a_folder_since_a_moment(tmp_path: Path) -> None:
    (tmp_path / "f").write_text("x")
    time.sleep(2 * digests.CLOCK_TICK)
    moment = time.time_ns()
    assert not changed_since(str(tmp_path), moment)
    time.sleep(2 * digests.CLOCK_TICK)
    (tmp_path / "f").write_text("y")
    assert changed_since(str(tmp_path), moment)
