"""Where the addresses of a demonstration lead: lines in a file, so that one sees what would have been sent."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings

from orgs.messaging import outcomes
from orgs.messaging.outcomes import Outcome
from orgs.messaging.purposes import Outgoing


def write_line(channel: str, message: Outgoing, content: bytes) -> Outcome:
    """Write what an address of the demonstration would have got to ``var/CHANNEL/outbox.jsonl``."""
    path = Path(settings.VAR_DIR) / channel / "outbox.jsonl"
    line = {"at": datetime.now(UTC).isoformat(), "key": str(message.key), "content": content.decode()}
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with open(path, "a", encoding="utf-8", opener=_private) as file:
        file.write(json.dumps(line, ensure_ascii=False) + "\n")
    return outcomes.sent()


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
