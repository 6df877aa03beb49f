"""The errors a person can meet, each with what to do next in its message.

ProvError
├── UsageError             the command was given something it cannot work with (exit 2)
│   ├── UnreadableNotebook the notebook is missing, broken, or not a notebook
│   ├── UnreadableRecord   the record is missing, broken, or not a record
│   └── KernelUnknown      no kernel of the notebook's name is installed
├── CannotReplay           a factor cannot be played back
└── EnvironmentFailed      the environment for a re-run could not be built (exit 3)
    └── VersionsConflict   the versions asked for contradict each other's requirements
"""

from __future__ import annotations


class ProvError(Exception):
    """Something expected went wrong; the message says what, and what to do."""

    exit_code = 2


class UsageError(ProvError):
    """The command was given something it cannot work with."""


class UnreadableNotebook(UsageError):
    """The notebook is missing, broken, or not a notebook."""


class UnreadableRecord(UsageError):
    """The record is missing, broken, newer than this version, or of another notebook.

    `is_torn` says whether it is no JSON, as a file is whose writing was cut off.

    `reason` is what is wrong with which file, `advice` what mends it other than to move it away.
    """

    def __init__(self, reason: str, advice: str | None = None) -> None:
        self.reason, self.advice = reason.removesuffix("."), advice or ""
        self.is_torn = False
        do = f"{advice}, or move" if advice else "move"
        super().__init__(
            f"{self.reason}." if advice is None else f"{reason}; {do} it away and record the notebook again."
        )


class KernelUnknown(UsageError):
    """No kernel of the name that the notebook asks for is installed here."""


class CannotReplay(ProvError):
    """A factor cannot be played back from what is known."""


class EnvironmentFailed(ProvError):
    """The environment for a re-run could not be built."""

    exit_code = 3


class VersionsConflict(EnvironmentFailed):
    """The versions that an environment was to have contradict each other's requirements; `said` is uv's account."""

    def __init__(self, message: str, said: str) -> None:
        super().__init__(message)
        self.said = said


def was_sent(error: Exception) -> bool:
    """Whether an exception was sent to this thread, as by a time limit, rather than raised by the system's call.

    For handlers that take a failed call for an answer, in code that runs on the time of a cell. What the system raises
    has arguments and names the file; what is sent from another thread has none, and a handler of a signal has frames.
    """
    if isinstance(error, OSError):
        return error.filename is None
    return not error.args or error.__traceback__ is None or error.__traceback__.tb_next is not None
