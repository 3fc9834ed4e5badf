"""The other side of push, webhook and notice: a recording HTTP server with moods."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Call:
    """One request as it came."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def data(self) -> Any:
        return json.loads(self.body)


@dataclass
class Other:
    """What was called, and what is answered: in turn, then ``usual``. 0 closes the line without a word."""

    port: int = 0
    calls: list[Call] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    usual: int = 201
    waits: float = 0.0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def other_side() -> Iterator[Other]:
    other = Other()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            other.calls.append(Call(self.path, headers, body))
            status = other.answers.pop(0) if other.answers else other.usual
            time.sleep(other.waits)
            if not status:
                self.close_connection = True
                return
            self.send_response(status)
            if status in (301, 302, 307, 308):
                self.send_header("Location", f"{other.url}/elsewhere")
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        do_PUT = do_POST  # noqa: N815 (the name is the base class’s)

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    other.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield other
    server.shutdown()
    server.server_close()
