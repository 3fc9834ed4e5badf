"""An SMS gateway that takes everything as fast as it can, so that a measurement measures those who send.

    python -m tests.bench.sms_sink

Prints its port. Speaks just enough HTTP/1.1 for connections that stay open. ``GET /tally`` answers how many messages
and bytes it took since then, and the sum of their digests; ``GET /verify/on`` makes it make digests.
"""

import asyncio
import hashlib
import subprocess
import sys
from typing import Self

import httpx
import orjson

from tests.bench.mail_sink import ROOT

HEAD_END = b"\r\n\r\n"
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b"


class Tally:
    """What all connections took."""

    messages = 0
    octets = 0
    digest = 0
    verifies = False

    @classmethod
    def take(cls, body: bytes) -> bytes:
        cls.messages += 1
        cls.octets += len(body)
        if cls.verifies:
            said = orjson.loads(body)
            made = hashlib.blake2b(f"{said['to']} {said['text']}".encode(), digest_size=8).digest()
            cls.digest = (cls.digest + int.from_bytes(made)) % 2**64
        return b'{"id": "g%d"}' % cls.messages

    @classmethod
    def tell(cls) -> bytes:
        answer = b'{"tally": [%d, %d, %d]}' % (cls.messages, cls.octets, cls.digest)
        cls.messages = cls.octets = cls.digest = 0
        return answer


class Session(asyncio.Protocol):
    """One connection."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.buffer = b""

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while (end := self.buffer.find(HEAD_END)) >= 0:
            head = self.buffer[:end].lower()
            _before, found, after = head.partition(b"content-length:")
            length = int(after.split(b"\r\n", 1)[0]) if found else 0
            whole = end + len(HEAD_END) + length
            if len(self.buffer) < whole:
                return
            body, self.buffer = self.buffer[whole - length : whole], self.buffer[whole:]
            self._answer(head, body)

    def _answer(self, head: bytes, body: bytes) -> None:
        if head.startswith(b"get /tally"):
            answer = Tally.tell()
        elif head.startswith(b"get /open"):
            answer = b"{}"
        elif head.startswith(b"get /verify/"):
            Tally.verifies = head.startswith(b"get /verify/on")
            answer = b"{}"
        else:
            answer = Tally.take(body)
        self.transport.write(ANSWER % (len(answer), answer))


class Sink:
    """The gateway as a process of its own."""

    def start(self) -> Self:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.sms_sink"], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        assert self.process.stdout is not None
        self.port = int(self.process.stdout.readline())
        self._client = httpx.Client(base_url=f"http://127.0.0.1:{self.port}", trust_env=False)
        return self

    def tally(self) -> tuple[int, int, int]:
        """Messages, bytes and digest since it was last asked."""
        messages, octets, digest = self._client.get("/tally").json()["tally"]
        return int(messages), int(octets), int(digest)

    def verify(self, on: bool) -> None:
        self._client.get(f"/verify/{'on' if on else 'off'}")

    def stop(self) -> None:
        self._client.close()
        self.process.kill()
        self.process.wait()


async def _serve() -> None:
    server = await asyncio.get_running_loop().create_server(Session, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve())
