"""The other side, as processes of their own: a mail server and an SMS gateway that write down what they accept.

    python -m tests.faults.servers smtp RECORD BEHAVIOUR
    python -m tests.faults.servers gateway RECORD BEHAVIOUR

Each prints its port. RECORD gets one JSON line for each message at the moment it is accepted. BEHAVIOUR is a file whose
word is read at every message: ``ok``, ``busy`` (451 or 500), ``hang`` (accepts nothing, answers nothing), ``late``
(accepts, answers after the caller stopped waiting), ``slow`` (accepts, answers after 20 ms), ``whole`` (accepts, and
keeps the words of a letter too).
"""

import asyncio
import contextlib
import json
import os
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

ROOT = Path(__file__).resolve().parent.parent.parent
LATE = 7.0


class Notes:
    """What a server accepted, and how it is to behave."""

    def __init__(self, record: Path, behaviour: Path) -> None:
        self._file = record.open("a")
        self._behaviour = behaviour

    def behaviour(self) -> str:
        return self._behaviour.read_text().strip() if self._behaviour.exists() else "ok"

    def accept(self, key: str, to: str, text: str = "") -> None:
        # One write of a short line: a reader never sees half of it.
        self._file.write(json.dumps({"key": key, "to": to, "text": text, "at": time.time()}) + "\n")
        self._file.flush()


class MailHandler:
    """aiosmtpd calls these."""

    def __init__(self, notes: Notes) -> None:
        self.notes = notes

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if address.startswith("nobody"):
            return "550 5.1.1 No such user"
        if address.startswith("later") and self.notes.behaviour() != "forgiving":
            return "450 4.2.1 Try again"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        behaviour = self.notes.behaviour()
        if behaviour == "busy":
            return "451 4.3.0 Not now"
        if behaviour == "hang":
            await asyncio.sleep(LATE)
            return "451 4.3.0 Not now"
        mail = message_from_bytes(envelope.content)
        assert len(envelope.rcpt_tos) == 1
        words = envelope.content.decode() if behaviour == "whole" else ""
        self.notes.accept(str(mail["Message-ID"]).strip("<>").partition("@")[0], envelope.rcpt_tos[0], words)
        if behaviour == "slow":
            await asyncio.sleep(0.02)
        return "250 OK"


class GatewayHandler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    notes: Notes

    def handle(self) -> None:
        # Whoever called may be killed: that is nothing to complain about here.
        with contextlib.suppress(ConnectionError):
            super().handle()

    def do_POST(self) -> None:
        data = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        behaviour = self.notes.behaviour()
        if behaviour == "busy":
            return self._answer(500, {})
        if behaviour == "hang":
            time.sleep(LATE)
            self.close_connection = True
            return None
        if data["to"].endswith("000000"):
            return self._answer(400, {"error": "no such number"})
        self.notes.accept(data["id"], data["to"], data["text"])
        if behaviour == "late":
            time.sleep(LATE)
        if behaviour == "slow":
            time.sleep(0.02)
        return self._answer(202, {"id": f"gw-{data['id']}"})

    def _answer(self, status: int, answer: dict[str, str]) -> None:
        body = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        try:
            self.wfile.write(body)
        except OSError:
            self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (the name is inherited)
        pass


def _serve_mail(notes: Notes) -> None:
    from aiosmtpd.smtp import SMTP

    async def serve() -> None:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: SMTP(MailHandler(notes), hostname="test"), "127.0.0.1", 0)
        print(server.sockets[0].getsockname()[1], flush=True)  # noqa: T201
        await server.serve_forever()

    asyncio.run(serve())


def _serve_gateway(notes: Notes) -> None:
    handler = type("Handler", (GatewayHandler,), {"notes": notes})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    print(server.server_address[1], flush=True)  # noqa: T201
    server.serve_forever()


@dataclass
class Server:
    """One of these servers, started by a test."""

    kind: str
    folder: Path
    process: "subprocess.Popen[str] | None" = None
    port: int = 0
    record: Path = field(init=False)
    mode: Path = field(init=False)
    skipped: int = 0

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.record = self.folder / f"{self.kind}.jsonl"
        self.mode = self.folder / f"{self.kind}.mode"

    def start(self, behaviour: str = "ok") -> Self:
        self.behave(behaviour)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.servers", self.kind, str(self.record), str(self.mode)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
            env={"PATH": os.environ["PATH"]},
        )
        assert self.process.stdout is not None
        self.port = int(self.process.stdout.readline())
        return self

    def behave(self, how: str) -> None:
        draft = self.mode.with_suffix(".draft")
        draft.write_text(how)
        draft.replace(self.mode)

    def accepted(self) -> list[dict[str, Any]]:
        return self.everything()[self.skipped :]

    def everything(self) -> list[dict[str, Any]]:
        """What was accepted, also what was skipped since."""
        return [json.loads(line) for line in self.record.read_text().splitlines()] if self.record.exists() else []

    def skip(self) -> None:
        """Speak no more of what was accepted so far."""
        self.skipped += len(self.accepted())

    def counts(self) -> Counter[str]:
        """How often each key was accepted."""
        return Counter(entry["key"] for entry in self.accepted())

    def stop(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()


if __name__ == "__main__":
    kind, record, behaviour = sys.argv[1:]
    {"smtp": _serve_mail, "gateway": _serve_gateway}[kind](Notes(Path(record), Path(behaviour)))
