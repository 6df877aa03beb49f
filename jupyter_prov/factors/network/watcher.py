"""The network in the kernel: which remote data an execution fetches."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Callable, Iterable
from types import FunctionType
from typing import Any, cast

from jupyter_prov.analysis.cell_source import python_of
from jupyter_prov.factors.network.fetches import LIMIT, Fetches
from jupyter_prov.factors.watcher import Cell, Watch, Watcher
from jupyter_prov.record.evidence import NetworkEvidence, RequestEvidence
from jupyter_prov.watch import audit_hook
from jupyter_prov.watch.hooks import Patches
from jupyter_prov.watch.import_hook import Imported

_BY_NAME = 4096
"""How many addresses are remembered with the name that was looked up."""
_PROXIES = ("http_proxy", "https_proxy", "all_proxy")


class NetworkWatcher(Watcher):
    """Notes which remote data was fetched, with a digest of each answer."""

    kind = "network"

    def load(self, watch: Watch) -> None:
        self._watch = watch
        self._fetches = Fetches(watch.frames)
        self._patches = Patches(watch.guard)
        self._names: dict[str, str] = {}
        self._sockets: dict[str, RequestEvidence] = {}
        self._others: list[RequestEvidence] = []
        self._doors: list[Any] = []
        self._patches.around(socket, "getaddrinfo", self._around_lookup)
        self._imported = Imported(
            watch.guard,
            {
                "http.client": lambda module: self._http().http_client(module),
                "urllib3.connectionpool": lambda module: self._http().urllib3_pool(module),
                "urllib3.response": lambda module: self._http().urllib3_response(module),
                "httpcore": lambda module: self._async().httpcore(module),
                "httpcore2": lambda module: self._async().httpcore(module),
                "aiohttp.client": lambda module: self._async().aiohttp_client(module),
                "aiohttp.streams": lambda module: self._async().aiohttp_streams(module),
            },
        )
        audit_hook.listen(watch.guard, {"socket.connect": self._connected, "urllib.Request": self._requested})

    def _http(self) -> Any:
        from jupyter_prov.factors.network.http_client_hooks import HttpDoors

        return self._door(HttpDoors)

    def _async(self) -> Any:
        from jupyter_prov.factors.network.async_client_hooks import AsyncDoors

        return self._door(AsyncDoors)

    def _door(self, kind: Callable[..., Any]) -> Any:
        """The doors of this kind, made only when a library that has them is imported."""
        found = next((door for door in self._doors if type(door) is kind), None)
        if found is None:
            found = kind(self._watch.guard, self._fetches, self._patches)
            self._doors.append(found)
        return found

    def unload(self) -> None:
        self._imported.stop()
        self._patches.restore()
        self._fetches.end()

    def before(self, cell: Cell) -> None:
        self._imported.late()
        self._sockets, self._others = {}, []
        self._fetches.begin(cell.number)

    def after(self, cell: Cell) -> NetworkEvidence | None:
        for door in self._doors:
            if settle := getattr(door, "settle", None):
                settle()
        requests = self._fetches.end() + self._others
        requests += self._connections(requests)
        requests += _in_source(cell, requests)
        noted: NetworkEvidence = {"requests": requests[:LIMIT]}
        if self._fetches.more or len(requests) > LIMIT:
            noted["more"] = True
        return noted if requests else None

    def _connections(self, requests: Iterable[RequestEvidence]) -> list[RequestEvidence]:
        """Connections that belong to no request that was seen, nor to a proxy."""
        if not self._sockets:
            return []
        from jupyter_prov.record.masked_urls import mask_host

        known = set(self._fetches.peers)
        known |= {f"ftp {request['url'].split('/')[2]}" for request in requests if request["via"] == "audit"}
        proxies = " ".join(value for name, value in os.environ.items() if name.lower() in _PROXIES)
        seen_ports = {peer.rpartition(":")[2] for peer in self._fetches.peers}
        return [
            noted | {"url": mask_host(peer)}
            for peer, noted in self._sockets.items()
            if peer not in known
            and peer not in proxies
            and not (_is_address(peer) and peer.rpartition(":")[2] in seen_ports)
            and not (peer.endswith(":21") and f"ftp {mask_host(peer[:-3])}" in known)
        ]

    def _around_lookup(self, original: Callable[..., Any]) -> FunctionType:
        tell, named, unknown = self._watch.guard.within_cell, self._named, self._unknown

        def getaddrinfo(host: Any, port: Any, *args: Any, **kwargs: Any) -> Any:
            try:
                found = original(host, port, *args, **kwargs)
            except OSError as error:
                tell("a failed look-up", unknown, host, port, error)
                raise
            tell("a look-up", named, host, found)
            return found

        return cast(FunctionType, getaddrinfo)

    def _named(self, host: Any, found: Iterable[Any]) -> None:
        if self._fetches.active and isinstance(host, str | bytes) and len(self._names) < _BY_NAME:
            name = host if isinstance(host, str) else host.decode("ascii", "replace")
            self._names.update({str(address[0]): name for *_, address in found})

    def _unknown(self, host: Any, port: Any, error: OSError) -> None:
        """A name that leads nowhere; a request that needed it tells that itself."""
        if self._fetches.active and isinstance(host, str) and isinstance(port, int):
            self._socket(f"{host}:{port}", error=type(error).__name__)

    def _connected(self, arguments: tuple[Any, ...]) -> None:
        connection, address = arguments
        if not self._fetches.active or not isinstance(address, tuple) or len(address) < 2:
            return
        if getattr(connection, "type", None) == socket.SOCK_DGRAM:  # nothing is sent to find out one's own address
            return
        host, port = str(address[0]), address[1]
        host = self._names.get(host, host)
        if not _is_local(host):
            self._socket(f"{host}:{port}")

    def _socket(self, peer: str, error: str | None = None) -> None:
        noted = self._sockets.setdefault(peer, {"url": peer, "via": "socket", "line": None})
        noted["line"] = noted["line"] or self._fetches.line(sys._getframe(1))
        if error is not None:
            noted["error"] = error

    def _requested(self, arguments: tuple[Any, ...]) -> None:
        """urllib opens a URL: what is not HTTP has no other door."""
        from jupyter_prov.record.masked_urls import mask_url

        if self._fetches.active and isinstance(arguments[0], str) and arguments[0].lower().startswith("ftp"):
            line = self._fetches.line(sys._getframe(1))
            self._others.append({"url": mask_url(arguments[0]), "via": "audit", "line": line})


def _in_source(cell: Cell, requests: Iterable[RequestEvidence]) -> list[RequestEvidence]:
    """URLs of remote data that stand in the cell and that no request accounts for."""
    if "://" not in cell.text:
        return []
    from jupyter_prov.factors.network.source_urls import remote_in_source, same_object
    from jupyter_prov.record.masked_urls import mask_url

    seen = [request["url"] for request in requests]
    found: dict[str, RequestEvidence] = {}
    for written, line in remote_in_source(python_of(cell.text)):
        url = mask_url(written)
        if not any(same_object(url, other) for other in seen):
            found.setdefault(url, {"url": url, "via": "source", "line": line})
    return list(found.values())


def _is_address(peer: str) -> bool:
    host = peer.rpartition(":")[0]
    return ":" in host or host.replace(".", "").isdigit()


def _is_local(host: str) -> bool:
    """Whether a host is this machine itself."""
    return host in ("localhost", "::1", "::", "0.0.0.0", "") or host.startswith("127.") or host.endswith(".localhost")
