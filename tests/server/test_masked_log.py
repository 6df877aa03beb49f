"""The server's log: our lines have no secrets of URLs and settings, tracebacks included."""

from __future__ import annotations

import logging

import pytest

from jupyter_prov.server.masked_log import masked_log


def test_lines_and_tracebacks_are_masked_and_the_servers_own_are_not(caplog: pytest.LogCaptureFixture) -> None:
    server = logging.getLogger("a server")
    log = masked_log(server)
    assert masked_log(server) is log
    try:
        raise OSError("https://ada:hunter2@a.org/x?token=hunter2 is gone")
    except OSError as error:
        log.error("A record could not be kept: %s", error, exc_info=error)
        log.warning("Not understood: %r", error)
    log.info("%d%% of %s", 5, "x")
    assert "hunter2" not in caplog.text
    assert "OSError: https://a.org/x?token=… is gone" in caplog.text
    assert "Traceback (most recent call last)" in caplog.text
    server.warning("https://ada:hunter2@a.org")
    assert "hunter2" in caplog.text
