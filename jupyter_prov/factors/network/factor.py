"""The network: which remote data an execution fetched, and what came back.

Evidence: {"requests": [{url, via, line, method, alike, status, digest, size, error, partial}], "more": true}. URLs
are masked, and `alike` numbers those that are the same then; neither headers nor bodies are noted. The digest is that
of the body as it came, before any content encoding is undone; only aiohttp undoes it before anybody can read. It is
made of what is read while it is read: of a body that nobody read to its end there is none. `via` tells what saw the
request: http.client (urllib, requests, botocore …), httpcore (httpx, httpx2), aiohttp (fsspec, s3fs …), audit (ftp),
socket for a connection of which no more is known, source for a URL that only stands in the cell, for a library that is
no Python to read.
"""

from __future__ import annotations

from collections.abc import Iterable

from jupyter_prov.analysis.dataflow import Step
from jupyter_prov.factors.base import Factor, evidence_of
from jupyter_prov.factors.network.request_comparison import by_url, difference, doubt, failed_instead, unknown
from jupyter_prov.record.cause import Advice, Suspicion

_UNREACHED = (
    "URLError HTTPError ConnectionError ConnectionRefusedError ConnectionResetError TimeoutError gaierror SSLError "
    "ConnectTimeout ReadTimeout ConnectError MaxRetryError ClientConnectorError ClientConnectionError ProxyError"
).split()
"""Errors of libraries that fetch, by the names of their types."""


class Network(Factor):
    """Compares what was fetched."""

    kind = "network"

    def suspect(self, recorded: Step | None, rerun: Step | None) -> Iterable[Suspicion]:
        there, here = (by_url(evidence_of(step).get("network", {}).get("requests", ())) for step in (recorded, rerun))
        both = recorded is not None and rerun is not None
        if recorded is None and rerun is not None and not here and rerun.execution.error in _UNREACHED:
            yield Suspicion(self.kind, "what is fetched here could not be reached", changed=False)
        for url, requests in there.items() if recorded else here.items():
            again = here.get(url) or failed_instead(url, there, here)
            differs = difference(requests, again, url) if both else ""
            if text := differs or (doubt(requests, again, url) if both else unknown(url)):
                line = requests[0][0].get("line")
                yield Suspicion(self.kind, text, line=line, changed=bool(differs), subject=url)

    def advice(self, suspicion: Suspicion) -> Advice:
        if not suspicion.subject:
            return Advice("Keep a copy of the data beside the notebook, and read that.")
        if "://" not in suspicion.subject:
            return Advice(f"Keep a copy of what comes from {suspicion.subject} beside the notebook, and read that.")
        return Advice(f"Keep a copy of the data beside the notebook, and read that instead of {suspicion.subject}")
