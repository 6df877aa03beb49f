"""The server's log as we write it: messages of errors name URLs and settings, of which no secret may stand there."""

from __future__ import annotations

import logging
import traceback
from typing import Any

from jupyter_prov.record.masking import mask_urls


def masked_log(log: Any) -> logging.Logger:
    """A logger below the server's own, whose lines and tracebacks are masked."""
    below: logging.Logger = getattr(log, "logger", log).getChild("jupyter_prov")
    if not any(isinstance(known, _Masks) for known in below.filters):
        below.addFilter(_Masks())
    return below


class _Masks(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = mask_urls(record.getMessage()), ()
        if record.exc_info and record.exc_info[1] is not None:
            record.exc_text = mask_urls("".join(traceback.format_exception(record.exc_info[1])).rstrip())
            record.exc_info = None
        return True
