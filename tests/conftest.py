"""Fixtures of pytest-jupyter, and what all tests share."""

pytest_plugins = ["pytest_jupyter.jupyter_server"]
