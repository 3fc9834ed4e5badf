"""One form from a phone, from the request's bytes to the answer, against a bare function with one SQL statement."""

import hashlib
import io
import secrets
import uuid
from collections.abc import Callable
from typing import Any

import psycopg
from django.core.handlers.wsgi import WSGIRequest
from django.db import connection
from lxml import etree

from orgs.models import Area, Level, Role
from tests.bench.harness import Result, compare

WORDS = "Des hommes armés ont demandé aux éleveurs de partir avant vendredi. " * 6
_BOUNDARY = "----phone"


def run(*, rounds: int, calls: int) -> list[Result]:
    """The row of the phones' door: with Digest, permissions, the sealed form and the audit log, on a durable disk."""
    from config.wsgi import application
    from incidents.services.doors import make_device
    from tests.factories import OrganisationFactory, viewer

    cercle = Area.objects.current().filter(level=Level.CERCLE).order_by("pk")[7]
    organisation = OrganisationFactory.create(areas=[cercle])
    made = make_device(viewer=viewer(Role.COORDINATOR, cercle), label="bench", organisation=organisation)
    proof = _proof(made.username, made.password)
    statuses: list[str] = []

    def answered(status: str, headers: Any, exc_info: Any = None) -> Callable[[bytes], Any]:
        statuses.append(status)
        return lambda _data: None

    def ours() -> None:
        list(application(_environ(_body(cercle), proof), answered))

    settings = connection.get_connection_params()
    keep = {name: settings[name] for name in ("dbname", "host", "user", "password", "port") if settings.get(name)}
    database = psycopg.connect(**keep, autocommit=True)

    def least() -> None:
        request = WSGIRequest(_environ(_body(cercle), ""))
        sent: Any = request.FILES["xml_submission_file"]
        content = sent.read()
        root = etree.fromstring(content)
        database.execute(
            """INSERT INTO incidents_report (door, external_id, content_key, code_hash, received_at, language, type_id,
                occurred_on, time_precision, narrative, harmed, how_known, may_call_back, wants_feedback,
                request_key, state, reject_reason, reject_note, version, is_demo, place_text,
                place_precision, region_id, cercle_id)
            VALUES ('odk', %s, %s, %s, now(), 'fr', 'threat', %s, 'day', %s, '{"injured": 1}', 'saw', false,
                true, %s, 'new', '', '', 1, false, %s, 'cercle', %s, %s)""",
            [
                root.findtext("meta/instanceID"),
                secrets.token_hex(32),
                secrets.token_hex(32),
                root.findtext("when"),
                root.findtext("words"),
                # Without it another form under the same number could not be told from the same one.
                hashlib.sha256(content).hexdigest(),
                root.findtext("where"),
                cercle.region_id,
                cercle.pk,
            ],
        )

    by_clock = compare(
        Result("one form from a phone", "time of a bare function with one INSERT", must=2.7, aim=2.0),
        ours, least, rounds=rounds, calls=calls, by=lambda cost: cost.wall,
    )  # fmt: skip
    assert set(statuses) == {"201 Created"}, set(statuses)
    return [by_clock]


def _body(cercle: Area) -> bytes:
    xml = (
        f'<?xml version="1.0"?><data id="passerelle_incident" version="1"><end>2026-11-02T10:00:00.000+00:00</end>'
        f"<what>threat</what><where>Dioura</where><cercle>{cercle.pcode}</cercle><when>2026-11-02</when>"
        f"<injured>1</injured><words>{WORDS}</words><how>saw</how><call_back>no</call_back>"
        f"<meta><instanceID>uuid:{uuid.uuid4()}</instanceID></meta></data>"
    )
    return (
        f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="xml_submission_file"; filename="form.xml"\r\n'
        f"Content-Type: text/xml\r\n\r\n{xml}\r\n--{_BOUNDARY}--\r\n"
    ).encode()


def _environ(body: bytes, authorization: str) -> dict[str, Any]:
    return {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/openrosa/submission",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "8000",
        "HTTP_HOST": "localhost:8000",
        "REMOTE_ADDR": "127.0.0.1",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "CONTENT_TYPE": f"multipart/form-data; boundary={_BOUNDARY}",
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_AUTHORIZATION": authorization,
        "HTTP_X_OPENROSA_VERSION": "1.0",
        "wsgi.input": io.BytesIO(body),
        "wsgi.url_scheme": "http",
        "wsgi.errors": io.StringIO(),
    }


def _proof(username: str, password: str) -> str:
    """A header that holds for minutes; reckoned once, since the phone pays for it and not the server."""
    from incidents.openrosa import auth

    auth.NONCE_SECONDS = 3600
    nonce = auth.new_nonce()
    ha1, ha2 = _md5(f"{username}:Passerelle:{password}"), _md5("POST:/openrosa/submission")
    response = _md5(f"{ha1}:{nonce}:00000001:abcdef:auth:{ha2}")
    return (
        f'Digest username="{username}", realm="Passerelle", nonce="{nonce}", uri="/openrosa/submission", '
        f'qop=auth, nc=00000001, cnonce="abcdef", response="{response}"'
    )


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
