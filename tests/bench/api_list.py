"""A list of 50 incidents through the API, and its page 400, against a bare WSGI function."""

from collections.abc import Callable
from io import BytesIO
from typing import Any
from wsgiref.util import setup_testing_defaults

import orjson
import psycopg
from django.db import connection

from config.wsgi import application as product
from orgs.access import viewer_for
from orgs.models import Area, Level, Membership, Role, User
from orgs.services.tokens import make_token
from tests.bench.harness import Result, compare

COLUMNS = """
    i.ref, i.type_id, i.occurred_on, i.time_precision, r.pcode, c.pcode, m.pcode, p.name, i.state, i.tlp, i.severity,
    i.urgency, i.certainty, i.source_grade, i.claim_grade, i.summary, i.finding, i.narrative, i.updated_at
"""
NAMES = (
    "ref", "type", "occurred_on", "time_precision", "region", "cercle", "commune", "place", "state", "tlp", "severity",
    "urgency", "certainty", "source_grade", "claim_grade", "summary", "finding", "narrative", "updated_at",
)  # fmt: skip


def call(application: Any, path: str, token: str) -> bytes:
    """One request to a WSGI application, as a server would make it; the body."""
    address, _, query = path.partition("?")
    environ: dict[str, Any] = {"PATH_INFO": address, "QUERY_STRING": query, "HTTP_AUTHORIZATION": f"Bearer {token}"}
    setup_testing_defaults(environ)
    environ.update({"HTTP_HOST": "localhost", "wsgi.input": BytesIO(b"")})
    status: list[str] = []
    body = b"".join(application(environ, lambda line, headers, exc_info=None: status.append(line)))
    if not status[0].startswith("200"):
        raise RuntimeError(f"{status[0]}: {body[:300]!r}")
    return body


def floor(links: bytes, region: int, position: tuple[Any, ...] = ()) -> Callable[[dict[str, Any], Any], list[bytes]]:
    """The least that gives the same bytes: one query on an open connection, one dump. No rights, no rules."""
    settings = connection.get_connection_params()
    keep = {name: settings[name] for name in ("dbname", "host", "user", "password", "port") if settings.get(name)}
    database = psycopg.connect(**keep, autocommit=True)
    behind = "AND (i.occurred_on, i.id) < (%s, %s)" if position else ""
    query = f"""
        SELECT {COLUMNS} FROM incidents_incident i
        LEFT JOIN orgs_area r ON r.id = i.region_id LEFT JOIN orgs_area c ON c.id = i.cercle_id
        LEFT JOIN orgs_area m ON m.id = i.commune_id LEFT JOIN orgs_place p ON p.id = i.place_id
        WHERE i.region_id = %s {behind} ORDER BY i.occurred_on DESC, i.id DESC LIMIT 50
    """

    def application(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        rows = database.execute(query, [region, *position]).fetchall()
        results = orjson.dumps([dict(zip(NAMES, row, strict=True)) for row in rows])
        body = links[:-1] + b',"results":' + results + b"}"
        start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
        return [body]

    return application


def coordinator_token(region: Area, *, name: str = "bench") -> str:
    """A token of a coordinator of one région, with a second factor."""
    from allauth.mfa.models import Authenticator

    person = User.objects.create_user(email=f"{name}@example.org", name="Bench")
    Membership.objects.create(person=person, role=Role.COORDINATOR).areas.add(region)
    Authenticator.objects.create(user=person, type=Authenticator.Type.TOTP, data={"secret": "x"})
    _, plain = make_token(viewer=viewer_for(person), label="bench", days=1)
    return plain


def run(*, rounds: int, calls: int) -> list[Result]:
    """The two rows of the list."""
    region = Area.objects.current().filter(level=Level.REGION).order_by("pk")[3]
    token = coordinator_token(region)
    first = f"/api/v1/incidents/?area={region.pcode}"
    answer = call(product, first, token)
    bare = floor(_links(answer), region.pk)
    if call(bare, first, token) != answer:
        raise RuntimeError("the floor does not put the same bytes on the wire")
    ours, least = (lambda: call(product, first, token)), (lambda: call(bare, first, token))
    listed = compare(
        Result("list of 50 incidents", "CPU a request of a bare function", must=4.0, aim=2.5),
        ours,
        least,
        rounds=rounds,
        calls=calls,
    )
    listed.notes.append(f"{len(answer)} bytes, the same from both")
    deep = _page(product, token, first, 400)
    later = compare(
        Result("page 400", "CPU a request of page 1", must=1.2, aim=1.05),
        lambda: call(product, deep, token),
        ours,
        rounds=rounds,
        calls=calls,
    )
    clock = compare(
        Result("page 400 by the clock", "time a request of page 1", must=1.2, aim=1.05),
        lambda: call(product, deep, token),
        ours,
        rounds=rounds,
        calls=calls,
        by=lambda cost: cost.wall,
    )
    return [listed, later, clock]


def _links(answer: bytes) -> bytes:
    body = orjson.loads(answer)
    return orjson.dumps({"next": body["next"], "previous": body["previous"]})


def _page(product: Any, token: str, address: str, number: int) -> str:
    for _ in range(number - 1):
        address = orjson.loads(call(product, address, token))["next"].split("localhost", 1)[1]
    return address
