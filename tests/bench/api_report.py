"""One report through the API, with its key and its rights, against a bare WSGI function with one statement."""

import hashlib
import secrets
from collections.abc import Callable
from datetime import date
from io import BytesIO
from typing import Any
from wsgiref.util import setup_testing_defaults

import orjson
import psycopg
from django.db import connection

from config.wsgi import application as product
from orgs.models import Area, Level
from tests.bench.api_list import coordinator_token
from tests.bench.database import nonce
from tests.bench.harness import Result, compare

WORDS = "Des hommes armés ont demandé aux éleveurs de partir avant vendredi. " * 6


def run(*, rounds: int, calls: int) -> list[Result]:
    """The row of the door of programs, by the clock, on a disk that is waited for."""
    cercle = Area.objects.current().filter(level=Level.CERCLE).order_by("pk")[7]
    assert cercle.region is not None
    token = coordinator_token(cercle.region, name="bench-report")
    bare = _floor(cercle)
    row = compare(
        Result("one API report", "time of a bare function with one statement", must=2.7, aim=2.0),
        lambda: _send(product, token, cercle.pcode),
        lambda: _send(bare, token, cercle.pcode),
        rounds=rounds,
        calls=calls,
        by=lambda cost: cost.wall,
    )
    return [row]


def _send(application: Any, token: str, pcode: str) -> bytes:
    body = orjson.dumps(
        {
            "what": "threat",
            "area": pcode,
            "where": "Koro",
            "occurred_on": "2026-03-01",
            "words": WORDS,
            "harmed": {"injured": 1},
            "how_known": "saw",
        }
    )
    environ: dict[str, Any] = {
        "REQUEST_METHOD": "POST", "PATH_INFO": "/api/v1/reports/", "QUERY_STRING": "",
        "HTTP_AUTHORIZATION": f"Bearer {token}", "HTTP_IDEMPOTENCY_KEY": nonce(),
        "CONTENT_TYPE": "application/json", "CONTENT_LENGTH": str(len(body)),
    }  # fmt: skip
    setup_testing_defaults(environ)
    environ.update({"HTTP_HOST": "localhost", "wsgi.input": BytesIO(body)})
    status: list[str] = []
    answer = b"".join(application(environ, lambda line, headers, exc_info=None: status.append(line)))
    if not status[0].startswith("201"):
        raise RuntimeError(f"{status[0]}: {answer[:300]!r}")
    return answer


def _floor(cercle: Area) -> Callable[[dict[str, Any], Any], list[bytes]]:
    """The least that keeps the same report: one parse, one statement on an open connection. No rights, rules or log.

    Whatever takes reports must keep a hash of the request (or it cannot tell a retry from other content), and who sent
    it apart from what they said: so these are written here too, with as many bytes, but nothing is sealed.
    """
    settings = connection.get_connection_params()
    keep = {name: settings[name] for name in ("dbname", "host", "user", "password", "port") if settings.get(name)}
    database = psycopg.connect(**keep, autocommit=True)
    sealed, person = secrets.token_bytes(100), secrets.token_hex(32)

    def application(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        content = environ["wsgi.input"].read()
        said = orjson.loads(content)
        number = database.execute(
            """WITH made AS (
                INSERT INTO incidents_report (door, external_id, content_key, code_hash, received_at, language, type_id,
                    occurred_on, time_precision, narrative, harmed, how_known, may_call_back, wants_feedback,
                    request_key, state, reject_reason, reject_note, version, is_demo, place_text, place_precision,
                    region_id, cercle_id)
                VALUES ('api', %s, %s, %s, now(), 'fr', %s, %s, 'day', %s, %s, %s, false, true, %s, 'new', '', '', 1,
                    false, %s, 'cercle', %s, %s) RETURNING id)
            INSERT INTO incidents_reporteridentity (report_id, sealed, person_key)
            SELECT id, %s, %s FROM made RETURNING report_id""",
            [
                secrets.token_hex(32), secrets.token_hex(32), secrets.token_hex(32), said["what"],
                date.fromisoformat(said["occurred_on"]), said["words"], orjson.dumps(said["harmed"]).decode(),
                said["how_known"], hashlib.sha256(content).hexdigest(), said["where"], cercle.region_id, cercle.pk,
                sealed, person,
            ],
        ).fetchone()  # fmt: skip
        body = orjson.dumps({"id": number and number[0], "code": "0" * 16})
        start_response("201 Created", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
        return [body]

    return application
