"""A mail server that accepts everything as fast as it can, so that a measurement measures those who send.

    python -m tests.bench.mail_sink

Prints its port. ``NOOP`` answers how many messages and bytes it took since the last ``NOOP``, and the sum of their
digests (recipient and content without the Date line), in which order does not count. Digests are made only after
``VRFY on``.
"""

import asyncio
import hashlib
import re
import smtplib
import subprocess
import sys
from pathlib import Path
from typing import Self

ROOT = Path(__file__).resolve().parent.parent.parent
END = b"\r\n.\r\n"
DATE = re.compile(rb"\r\nDate: [^\r]*")


class Tally:
    """What all connections took."""

    messages = 0
    octets = 0
    digest = 0
    verifies = False

    @classmethod
    def take(cls, recipient: bytes, content: bytes) -> None:
        cls.messages += 1
        cls.octets += len(content)
        if cls.verifies:
            made = hashlib.blake2b(recipient.lower() + DATE.sub(b"", content), digest_size=8).digest()
            cls.digest = (cls.digest + int.from_bytes(made)) % 2**64

    @classmethod
    def tell(cls) -> bytes:
        answer = b"250 %d %d %d\r\n" % (cls.messages, cls.octets, cls.digest)
        cls.messages = cls.octets = cls.digest = 0
        return answer


class Session(asyncio.Protocol):
    """One connection; commands may come together, as any mail server of today allows."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.buffer = b""
        self.in_data = False
        self.recipient = b""
        transport.write(b"220 sink\r\n")

    def data_received(self, data: bytes) -> None:
        self.buffer = buffer = self.buffer + data if self.buffer else data
        if self.in_data:
            end = buffer.rfind(END)
            if end < 0:
                return
            # Commands for the next message may follow the end of this one (RFC 2920).
            end += len(END)
            Tally.take(self.recipient, buffer[:end])
            self.in_data, self.buffer, answer, buffer = False, buffer[end:], b"250 OK\r\n", buffer[end:]
        else:
            answer = b""
        if buffer.endswith(b"\r\n"):
            self.buffer = b""
            answer += b"".join([self._answer(line) for line in buffer.split(b"\r\n")[:-1]])
        if answer:
            self.transport.write(answer)

    def _answer(self, line: bytes) -> bytes:
        verb = line[:4].upper()
        if verb == b"RCPT":
            self.recipient = line[line.index(b"<") : line.index(b">") + 1]
        elif verb == b"DATA":
            self.in_data = True
            return b"354 Go\r\n"
        elif verb == b"EHLO":
            return b"250-sink\r\n250-PIPELINING\r\n250 8BITMIME\r\n"
        elif verb == b"VRFY":
            Tally.verifies = b"on" in line
        elif verb == b"NOOP":
            return Tally.tell()
        elif verb == b"QUIT":
            asyncio.get_running_loop().call_soon(self.transport.close)
        return b"250 OK\r\n"


class Sink:
    """The server as a process of its own."""

    def start(self) -> Self:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.mail_sink"], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        assert self.process.stdout is not None
        self.port = int(self.process.stdout.readline())
        self._client = smtplib.SMTP("127.0.0.1", self.port, local_hostname="bench")
        return self

    def tally(self) -> tuple[int, int, int]:
        """Messages, bytes and digest since it was last asked."""
        messages, octets, digest = self._client.docmd("NOOP")[1].split()
        return int(messages), int(octets), int(digest)

    def verify(self, on: bool) -> None:
        self._client.docmd("VRFY", "on" if on else "off")

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
