"""An SMS in through the webhook, against a bare WSGI function with one INSERT of the same row."""

from collections.abc import Callable
from io import BytesIO
from typing import Any
from urllib.parse import parse_qs, urlencode
from wsgiref.util import setup_testing_defaults

import psycopg
from django.conf import settings
from django.db import connection

from config.wsgi import application as product
from orgs.messaging.gateways.configured import gateway_at
from orgs.models import ReceivedSms
from tests.bench.database import nonce
from tests.bench.harness import Result, compare

ADDRESS = "/gateways/sms/generic/incoming"
SENDERS = 5000
TEXT = "INC KORO TIR 3M 5B des hommes sont venus au marché hier soir"


def call(application: Any, number: int) -> None:
    """One SMS from one of many phones, as a gateway posts it."""
    fields = {"secret": "s", "id": nonce(), "from": f"+22370{number % SENDERS:06}", "text": TEXT}
    body = urlencode(fields).encode()
    environ: dict[str, Any] = {"PATH_INFO": ADDRESS, "REQUEST_METHOD": "POST", "CONTENT_LENGTH": str(len(body))}
    setup_testing_defaults(environ)
    environ |= {
        "HTTP_HOST": "localhost",
        "CONTENT_TYPE": "application/x-www-form-urlencoded",
        "wsgi.input": BytesIO(body),
    }
    status: list[str] = []
    answer = application(environ, lambda line, headers, exc_info=None: status.append(line))
    b"".join(answer)
    if close := getattr(answer, "close", None):
        close()
    if not status[0].startswith("200"):
        raise RuntimeError(status[0])


def floor() -> Callable[[dict[str, Any], Any], list[bytes]]:
    """The least that keeps an SMS: reads the form, writes a row of the same size. No proof, no seal, no turns."""
    given = connection.get_connection_params()
    keep = {name: given[name] for name in ("dbname", "host", "user", "password", "port") if given.get(name)}
    database = psycopg.connect(**keep, autocommit=True)
    filling = b"x" * 260

    def application(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        form = parse_qs(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])).decode())
        database.execute(
            """INSERT INTO orgs_receivedsms (gateway, external_id, sender_key, sealed, part_key, handled_by, attempts)
               VALUES ('generic', %s, %s, %s, '', '', 0)""",
            [form["id"][0], form["from"][0], filling],
        )
        start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "0")])
        return [b""]

    return application


def run(*, rounds: int, calls: int) -> list[Result]:
    """The row of the webhook, by the clock."""
    settings.SMS_GATEWAY_URL = "generic+http://127.0.0.1:1/send?secret=s"
    gateway_at.cache_clear()
    numbers = iter(range(10**9))
    bare = floor()
    result = compare(
        Result("an SMS in through the webhook", "time of a bare function with one INSERT", must=2.7, aim=2.0),
        lambda: call(product, next(numbers)),
        lambda: call(bare, next(numbers)),
        rounds=rounds,
        calls=calls,
        by=lambda cost: cost.wall,
    )
    result.notes.append(f"{ReceivedSms.objects.count()} kept, none refused")
    return [result]
