"""Entropy of the system: ids, names of temporary files, and what may be a key.

Ids and names are kept, so that they can be played back. Of what may be a key only the call is noted, never its value
nor a digest of it; in a re-run it can be pinned.
"""

from __future__ import annotations

import functools
import math
import os
import random
import tempfile
import uuid
from collections.abc import Callable
from types import FrameType, ModuleType
from typing import Any, ClassVar

from jupyter_prov.factors.random.library import Library
from jupyter_prov.record.cause import Advice
from jupyter_prov.watch.builtin_proxies import original_of
from jupyter_prov.watch.hooks import Instead, Note

TEMPORARY = "the name of a temporary file"
_DOORS = {
    "os": ("urandom", "getrandom"),
    "ssl": ("RAND_bytes",),
}
"""What takes bytes from the system, by module."""
_ALIASES = ((random, "_urandom"),)
"""Where SystemRandom and `secrets` have theirs."""
_MOST = 1000
_CALLS = frozenset(
    (
        "urandom getrandom RAND_bytes token_bytes token_hex token_urlsafe randbelow randbits choice choices random "
        "getrandbits randbytes randint randrange uniform sample shuffle gauss normalvariate"
    ).split()
)
_BETWEEN = frozenset({random.__file__, os.path.join(os.path.dirname(random.__file__), "secrets.py")})


class System(Library):
    modules = ("uuid", "tempfile", *_DOORS)
    advised: ClassVar[dict[str, Advice]] = {
        "uuid": Advice("Derive the id from the data, for example by uuid.uuid5, or keep it out of outputs."),
        TEMPORARY: Advice("Give the file a name of your own, or keep its name out of outputs."),
        "system": Advice("Keep keys out of outputs; what is no key can come from a generator with a seed."),
    }

    def imported(self, module: ModuleType) -> None:
        for name in _DOORS.get(module.__name__, ()):
            call = f"{module.__name__}.{name}"
            self._wrap(
                module,
                name,
                before=self._taken,
                instead=self._pinned,
                call=call,
                most=_MOST,
                all=math.inf,
                if_held=True,
                aliases=_ALIASES,
            )
        if module is uuid:
            for name in ("uuid1", "uuid4"):
                call = f"uuid.{name}"
                self._wrap(
                    module,
                    name,
                    self._id_made(call),
                    instead=self._id(call),
                    call=call,
                    all=math.inf,
                    if_held=True,
                    shortcut=_past_urandom if name == "uuid4" else None,
                )
        elif module is tempfile:
            names = vars(module).get("_RandomNameSequence", object)
            self._wrap(names, "__next__", instead=self._name, call=TEMPORARY, all=math.inf)

    def _taken(self, frame: FrameType, *_: Any) -> bool:
        """Bytes of the system are asked for; what libraries do with theirs is their own affair."""
        asked = self._asking(frame)
        if asked is not None:
            self._notes.system(self._notes.frames.call_at(asked, _CALLS) or "os.urandom", asked)
        return asked is not None

    def _asking(self, frame: FrameType) -> FrameType | None:
        asked = _beyond(frame, _BETWEEN)
        return asked if asked is not None and self._notes.frames.is_own(asked) else None

    def _pinned(
        self, original: Any, frame: FrameType, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Callable[[], Any] | None:
        if not self._notes.doors.pinning or self._asking(frame) is None:
            return None
        size = args[0] if args else kwargs.get("size")
        pinned = self._notes.doors.pinned(size) if isinstance(size, int) and size >= 0 else None
        return None if pinned is None else lambda: pinned

    def _id(self, call: str) -> Instead:
        def instead(original: Any, frame: FrameType, *_: Any) -> Callable[[], Any] | None:
            played = self._notes.doors.played(call) if self._notes.frames.is_own(frame) else None
            return None if played is None else functools.partial(uuid.UUID, hex=played)

        return instead

    def _id_made(self, call: str) -> Note:
        def note(frame: FrameType, _: Any, __: Any, value: uuid.UUID) -> None:
            if self._notes.frames.is_own(frame):
                self._notes.doors.note(call, value.hex)
                self._notes.unseeded(f"{call}()", frame)

        return note

    def _name(
        self, original: Any, frame: FrameType, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Callable[[], Any] | None:
        """A name is chosen; `tempfile` also tries its folder with some, which say nothing."""
        frames = self._notes.frames
        if args[0] is not vars(tempfile).get("_name_sequence") or frames.nearest_own(frame) is None:
            return None
        played = self._notes.doors.played("tempfile")
        name = original(*args) if played is None else played
        self._notes.doors.note("tempfile", name)
        asked = _beyond(frame, frozenset({tempfile.__file__}))
        if asked is not None and frames.is_own(asked):
            self._notes.unseeded(TEMPORARY, asked)
        return lambda: name


def _past_urandom(uuid4: Callable[..., Any]) -> Callable[..., Any]:
    """The same as `uuid.uuid4`, which takes its bytes past the hook of `os.urandom`, as long as only that is there."""
    names, made = vars(uuid), uuid.UUID

    def uuid4_past(*args: Any) -> Any:
        take = original_of(names["os"].urandom)
        if args or take is None or names["UUID"] is not made:
            return uuid4(*args)
        return made(bytes=take(16), version=4)

    return uuid4_past


def _beyond(frame: FrameType | None, files: frozenset[str]) -> FrameType | None:
    """The frame that led to this one, past those of some files."""
    while frame is not None and frame.f_code.co_filename in files:
        frame = frame.f_back
    return frame
