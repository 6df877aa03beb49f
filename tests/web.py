"""A web server on loopback for a test, with pages that it may change, and answers of each kind that HTTP knows."""

from __future__ import annotations

import gzip
import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Web:
    """The server's address, and its pages by path."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.pages: dict[str, bytes] = {}

    def url(self, path: str, userinfo: str = "") -> str:
        return f"http://{userinfo}127.0.0.1:{self.port}/{path}"


class Server(http.server.ThreadingHTTPServer):
    """Says nothing of clients that go away in the midst of an answer."""

    def handle_error(self, request: object, client_address: object) -> None:
        pass


@contextmanager
def serving() -> Iterator[Web]:
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            kind, _, name = self.path.partition("?")[0].lstrip("/").rpartition("/")
            body = web.pages.get(name)
            if kind == "to":
                self.head(302, Location=f"/{name}", Content_Length="0")
            elif body is None:
                self.head(404, Content_Length="4")
                self.wfile.write(b"gone")
            elif kind == "chunked":
                self.head(200, Transfer_Encoding="chunked")
                for at in range(0, len(body), 7000):
                    part = body[at : at + 7000]
                    self.wfile.write(b"%x\r\n%s\r\n" % (len(part), part))
                self.wfile.write(b"0\r\n\r\n")
            elif kind == "open":  # ends where the connection does
                self.head(200, Connection="close")
                self.wfile.write(body)
            elif kind == "short":
                self.head(200, Content_Length=str(len(body) + 10), Connection="close")
                self.wfile.write(body)
                self.close_connection = True
            elif kind == "gzip":
                packed = gzip.compress(body, mtime=0)
                self.head(200, Content_Encoding="gzip", Content_Length=str(len(packed)))
                self.wfile.write(packed)
            else:
                self.head(200, Content_Length=str(len(body)))
                if self.command != "HEAD":
                    self.wfile.write(body)

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.do_GET()

        def do_HEAD(self) -> None:
            self.do_GET()

        def head(self, status: int, **headers: str) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = Server(("127.0.0.1", 0), Handler)
    web = Web(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield web
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
