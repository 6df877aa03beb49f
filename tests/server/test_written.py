"""What the server remembers of what it wrote last."""

from __future__ import annotations

import os
from pathlib import Path

from jupyter_prov.server.last_written import Written


def test_what_was_written_long_ago_is_forgotten_and_nothing_else(tmp_path: Path) -> None:
    written = Written(tmp_path / "written")
    written.note("old", "text of old")
    [old] = (tmp_path / "written").iterdir()
    os.utime(old, (0, 0))
    written.note("new", "text of new")
    written.note("newer", "text of newer")
    assert not old.exists()
    assert not written.is_beginning("old", b"text of")
    assert written.is_beginning("new", b"text of")
    assert written.is_beginning("newer", b"text of")


def test_only_a_beginning_of_what_was_written_is_ours(tmp_path: Path) -> None:
    written = Written(tmp_path / "written")
    written.note("a", text := '{\n  "cells": [1, 2, 3]\n}\n')
    for ours in ("", "{", text[:-3], text):
        assert written.is_beginning("a", ours.encode() + b"\0" * min(2, len(text) - len(ours)))
    for other in ("{x", text[:9] + " my notes", text + "more"):
        assert not written.is_beginning("a", other.encode())
