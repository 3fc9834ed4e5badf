"""A network that breaks as networks do: it stands between the browser and the product and spoils what it is told to."""

from __future__ import annotations

import http.client
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

SLOW_SECONDS = 1.5


class BadLink:
    """``down`` cuts everything; ``faults`` are used up one a sending: "cut" (before), "lost" (the answer), "500",
    "slow", "sign-in" (a page of the network's owner instead). Answers of ``held`` paths wait for ``release``."""

    def __init__(self, target: str) -> None:
        self.target = urlsplit(target)
        self.down = False
        self.faults: deque[str] = deque()
        self.held: set[str] = set()
        self.holding = 0
        self.release = threading.Event()
        self.sent_bytes: list[int] = []
        self.paths: list[str] = []

    def fault_for(self, method: str) -> str:
        """What happens to this request."""
        if self.down:
            return "cut"
        return self.faults.popleft() if method in ("POST", "PATCH") and self.faults else ""


def _handler(link: BadLink) -> type[BaseHTTPRequestHandler]:  # noqa: C901 (one class, bound to its link)
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_any(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            link.paths.append(self.path)
            if self.command == "POST" and self.path.endswith("/send/"):
                line = len(f"{self.command} {self.path} HTTP/1.1\r\n")
                link.sent_bytes.append(line + len(bytes(self.headers)) + len(body))
            fault = link.fault_for(self.command)
            if fault == "cut":
                self.close_connection = True
                return
            if fault == "slow":
                time.sleep(SLOW_SECONDS)
            if fault in ("500", "sign-in"):
                self._say(500 if fault == "500" else 200, [("Content-Type", "text/html")], b"<h1>Connexion</h1>")
                return
            status, headers, answer = self._forward(body)
            if urlsplit(self.path).path in link.held:
                link.holding += 1
                link.release.wait()
            if fault == "lost":
                self.close_connection = True
                return
            self._say(status, headers, answer)

        def _forward(self, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
            there = http.client.HTTPConnection(link.target.hostname or "", link.target.port, timeout=30)
            there.request(self.command, self.path, body or None, dict(self.headers.items()))
            answer = there.getresponse()
            data = answer.read()
            there.close()
            return answer.status, answer.getheaders(), data

        def _say(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
            self.send_response_only(status)
            for name, value in headers:
                if name.lower() not in ("content-length", "transfer-encoding", "connection"):
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            """Nothing."""

    for method in ("GET", "HEAD", "POST", "PATCH"):
        setattr(Handler, f"do_{method}", Handler.handle_any)
    return Handler


@contextmanager
def bad_link(target: str) -> Iterator[tuple[BadLink, str]]:
    """Open the network; gives its switches, and the address at which the product is found through it."""
    link = BadLink(target)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(link))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield link, f"http://localhost:{server.server_address[1]}"
    finally:
        link.release.set()
        server.shutdown()
        server.server_close()
