"""The layout of a record's JSON, in which what every run changes stands apart, so that a diff shows what matters.

    times     for each session: a word for each execution, `AFTER+SECONDS`, both in seconds; AFTER is counted from
              the start of the session, SECONDS is missing of an execution that did not end
    states    for each session: by the number of an execution, the `blocks`, the `entropy` and (by the index of the
              draw) the states of `evidence.random`
    packages  a session whose lists are those of an earlier one names its number in `packages.same_as_session`

In memory all of it stands where it belongs, and in records of 0.1 in the file too.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

Json = dict[str, Any]
TIMES, STATES, SAME = "times", "states", "same_as_session"
_LISTS = ("distributions", "conda")
_ON_A_LINE = 200
"""Executions on one line of `times`, and values on one of `entropy`."""
_KEPT = "-"
"""Stands in `times` for an execution whose own entry says when it was."""
_MICROSECOND = timedelta(microseconds=1)


# -- writing


def parted(record: Json) -> Json:
    """The JSON of a record with what changes in every run taken out of its executions, which are altered."""
    sessions: list[Json] = record["sessions"]
    times = [_rows(words, " ") if any(word != _KEPT for word in words) else [] for words in map(_times, sessions)]
    states = [_states(session) for session in sessions]
    _name_same_lists(sessions)
    return {
        **record,
        **({TIMES: times} if any(times) else {}),
        **({STATES: states} if any(states) else {}),
    }


def _rows(words: Sequence[str], separator: str) -> list[str]:
    return [separator.join(words[at : at + _ON_A_LINE]) for at in range(0, len(words), _ON_A_LINE)]


def _times(session: Json) -> list[str]:
    """A word for each execution; those that can be written so lose their own times."""
    begun, words = _moment(session["started"]), []
    for execution in session["executions"]:
        started, seconds = _moment(execution["started"]), execution["seconds"]
        if begun is None or started is None or not (seconds is None or math.isfinite(seconds)):
            words.append(_KEPT)
            continue
        del execution["started"], execution["seconds"]
        after = (started - begun) // _MICROSECOND
        sign, after = ("-", -after) if after < 0 else ("", after)
        words.append(f"{sign}{after // 1_000_000}.{after % 1_000_000:06}+{'' if seconds is None else repr(seconds)}")
    return words


def _moment(text: str) -> datetime | None:
    """The moment that a text stands for, if it is written as we write moments."""
    try:
        moment = datetime.fromisoformat(text[:26])
    except ValueError:
        return None
    return moment if text == _written(moment) else None


def _written(moment: datetime) -> str:
    return f"{moment.isoformat(timespec='microseconds')}Z"


def _states(session: Json) -> Json:
    """What is played back of each execution's randomness, by its number; its evidence keeps the rest."""
    found: Json = {}
    known: set[str] = set()
    for execution in session["executions"]:
        noted, number = execution["evidence"].get("random"), str(execution["number"])
        taken = _state_of(noted) if noted and number not in known else {}
        known.add(number)
        if taken:
            rest = {key: value for key, value in noted.items() if key not in taken}
            if "draws" in taken:
                rest["draws"] = [{k: v for k, v in draw.items() if k != "state"} for draw in noted["draws"]]
            execution["evidence"] = {**execution["evidence"], "random": rest}
            found[number] = taken
    return found


def _state_of(noted: Json) -> Json:
    draws = {str(index): draw["state"] for index, draw in enumerate(noted.get("draws", ())) if "state" in draw}
    doors: Mapping[str, list[str]] = noted.get("entropy", {})
    can_be_joined = all(values and all(v and "," not in v for v in values) for values in doors.values())
    entropy = {door: _rows(values, ",") for door, values in doors.items()} if can_be_joined else {}
    taken = {"blocks": noted.get("blocks"), "draws": draws, "entropy": entropy}
    return {key: value for key, value in taken.items() if value}


def _name_same_lists(sessions: Sequence[Json]) -> None:
    """Leave out the lists of packages of a session that equal those of the one that had lists before it."""
    before: Json = {}
    number = 0
    for session in sessions:
        packages = session["packages"]
        lists = {key: packages[key] for key in _LISTS if packages.get(key)}
        if lists and lists == before and SAME not in packages:
            session["packages"] = {**{k: v for k, v in packages.items() if k not in lists}, SAME: number}
        elif lists:
            before, number = lists, session["number"]


# -- reading


def joined(record: Mapping[str, Any]) -> Json:
    """The JSON of a record, each part where it belongs in memory; the argument stays as it is."""
    sessions = [dict(session) for session in record.get("sessions", ())]
    times, states = record.get(TIMES, ()), record.get(STATES, ())
    for index, session in enumerate(sessions):
        words = iter([w for row in times[index] for w in row.split(" ")] if index < len(times) else ())
        known = dict(states[index]) if index < len(states) else {}
        begun = _moment(session["started"])
        session["executions"] = [
            {**_time(next(words, _KEPT), begun, session["started"]), **_with_state(execution, known)}
            for execution in session.get("executions", ())
        ]
    _copy_same_lists(sessions)
    rest = {key: value for key, value in record.items() if key not in (TIMES, STATES)}
    return {**rest, "sessions": sessions}


def _time(word: str, begun: datetime | None, otherwise: str) -> Json:
    """When an execution started and how long it took; `otherwise` is the start of its session."""
    after, _, seconds = word.partition("+")
    try:
        whole, _, part = after.lstrip("-").partition(".")
        microseconds = int(whole) * 1_000_000 + int(part)
        assert begun is not None
        moment = begun + (-1 if after.startswith("-") else 1) * microseconds * _MICROSECOND
    except (ValueError, OverflowError, AssertionError):
        return {"started": otherwise, "seconds": None}
    return {"started": _written(moment), "seconds": _number(seconds)}


def _number(text: str) -> float | None:
    if not text:
        return None
    return int(text) if text.isdigit() else float(text)


def _with_state(execution: Json, known: Json) -> Json:
    """The execution with its state, which is taken out of those that are known: the first of its number has it."""
    state = known.pop(str(execution.get("number")), None)
    if not state:
        return execution
    noted = execution.get("evidence", {}).get("random")
    if noted is None:
        return execution
    random = {**noted, **{key: state[key] for key in ("blocks",) if key in state}}
    if "entropy" in state:
        random["entropy"] = {
            door: [value for row in rows for value in row.split(",")] for door, rows in state["entropy"].items()
        }
    if "draws" in state:
        of_draw = state["draws"]
        random["draws"] = [
            {**draw, "state": of_draw[str(index)]} if str(index) in of_draw else draw
            for index, draw in enumerate(noted.get("draws", ()))
        ]
    return {**execution, "evidence": {**execution["evidence"], "random": random}}


def _copy_same_lists(sessions: Sequence[Json]) -> None:
    lists: dict[int, Json] = {}
    for session in sessions:
        packages = session.get("packages", {})
        if SAME in packages:
            known = lists.get(packages[SAME], {})
            rest = {key: value for key, value in packages.items() if key != SAME}
            session["packages"] = packages = {**known, **rest}
        lists[session["number"]] = {key: packages[key] for key in _LISTS if packages.get(key)}
