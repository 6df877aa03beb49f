"""Requests of two runs, set against each other: what was fetched, and whether the same came back.

URLs are masked, so that several requests may look alike (`?page=…`): those of one URL are told apart by their number
`alike`, and the first of one run is held against the first of the other, the second against the second, and so on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from jupyter_prov.record.evidence import RequestEvidence

Fetched = Sequence[Sequence[RequestEvidence]]
"""The requests that look alike, in the order in which they were first made; each with all tries to make it."""


def by_url(requests: Iterable[RequestEvidence]) -> dict[str, Fetched]:
    """Requests by their masked URL; records of version 0.1.0 have URLs that are masked in part."""
    from jupyter_prov.record.masked_urls import mask_url  # whose patterns take a while to compile

    found: dict[str, dict[tuple[int, str], list[RequestEvidence]]] = {}
    for request in requests:
        url = str(request["url"])
        shown = mask_url(url) if "://" in url else url
        found.setdefault(shown, {}).setdefault((request.get("alike", 0), url), []).append(request)
    return {url: list(alike.values()) for url, alike in found.items()}


def failed_instead(url: str, there: Mapping[str, Fetched], here: Mapping[str, Fetched]) -> Fetched:
    """Requests of the re-run alone that failed, and differ from this URL in their query only, as a moment does."""
    path = url.partition("?")[0]
    others = (alike for other, alike in here.items() if other not in there and other.partition("?")[0] == path)
    failed = [request for alike in others for tries in alike for request in tries if "error" in request]
    return [failed] if failed else []


def difference(there: Fetched, here: Fetched, url: str) -> str:
    """What the two records say differs between the requests for one URL, or nothing."""
    for compared in (_reached, _answered, _content):
        said = [compared(old, new) for old, new in zip(there, here, strict=False)]
        if any(said) and not _in_another_order(there, here):
            at = next(index for index, one in enumerate(said) if one)
            return f"{_named(url, at, len(there))} {said[at]}"
    return ""


def doubt(there: Fetched, here: Fetched, url: str) -> str:
    """Why it is not known whether the requests for one URL gave the same, or nothing."""
    if any(_content(old, new) for old, new in zip(there, here, strict=False)):
        return f"the requests for {url} were answered in another order"
    if any(_is_unknown(old, new) for old, new in zip(there, here, strict=False)):
        return unknown(url)
    return ""


def unknown(url: str) -> str:
    """What is said of a URL where no two answers can be compared."""
    return f"{url} was fetched, and whether it has the same content still is not known"


def status(there: Fetched | None, here: Fetched) -> str:
    """How what one URL gave stands to the record: same, changed, missing or new; nothing where that is not known."""
    if there is None:
        return "new"
    old, new = _last(there), _last(here)
    if not any(old):  # and nothing to hold the content of now against
        return ""
    pairs: list[tuple[str, str | None]]
    if len(old) == len(new):
        pairs = [(known, now) for known, now in zip(old, new, strict=True) if known]
    else:  # the notebook was worked with, and which request is which is not known
        pairs = [(now if now and now in old else "", now) for now in new if now or None not in old]
    if not pairs:
        return ""
    if any(now is None for _, now in pairs):
        return "missing"
    same = Counter(old) == Counter(new) or all(known == now for known, now in pairs)
    return "same" if same else "changed"


def _last(fetched: Fetched) -> list[str | None]:
    """The last known answer to each request: its digest, None for one that failed."""
    answered = [[request for request in tries if "digest" in request or "error" in request] for tries in fetched]
    return [tries[-1].get("digest") for tries in answered if tries]


def _named(url: str, at: int, count: int) -> str:
    return url if count == 1 else f"request {at + 1} of {count} for {url}"


def _in_another_order(there: Fetched, here: Fetched) -> bool:
    """Whether the same answers came to requests that look alike, which threads may have put in another order."""
    return len(there) > 1 and Counter(map(_answers, there)) == Counter(map(_answers, here))


def _answers(tries: Sequence[RequestEvidence]) -> tuple[frozenset[str], object, object]:
    return frozenset(_digests(tries)), tries[-1].get("status"), tries[-1].get("error")


def _reached(there: Sequence[RequestEvidence], here: Sequence[RequestEvidence]) -> str:
    last, now = there[-1].get("error"), here[-1].get("error")
    if now and not last:
        return f"could not be reached again ({now})"
    return f"could not be reached when it was recorded ({last})" if last and not now else ""


def _answered(there: Sequence[RequestEvidence], here: Sequence[RequestEvidence]) -> str:
    last, now = there[-1].get("status"), here[-1].get("status")
    return f"answered with status {now}, and with {last} when it was recorded" if now and last and now != last else ""


def _content(there: Sequence[RequestEvidence], here: Sequence[RequestEvidence]) -> str:
    known, now = _digests(there), _digests(here)
    return "gave another content than when it was recorded" if known and now and known != now else ""


def _is_unknown(there: Sequence[RequestEvidence], here: Sequence[RequestEvidence]) -> bool:
    """Whether a request was made in both, and it is not known of each answer whether it is the same."""
    failed = all("error" in tries[-1] for tries in (there, here))
    return not failed and not (_digests(there) and _digests(here))


def _digests(tries: Iterable[RequestEvidence]) -> set[str]:
    """The contents that are known: libraries ask for a URL's head first, or for its beginning."""
    return {request["digest"] for request in tries if "digest" in request}
