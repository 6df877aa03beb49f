"""The command line in a folder of its own, as for the tests of the other commands."""

from __future__ import annotations

from tests.cli.conftest import prov

__all__ = ["prov"]
