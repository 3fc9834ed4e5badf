"""One report in, against one INSERT."""

from datetime import date
from typing import Any

import psycopg
from django.db import connection

from incidents.models import Door, HowKnown, TimePrecision
from incidents.services.reports import Said, receive_report
from orgs.models import Area, Level
from tests.bench.database import nonce
from tests.bench.harness import Result, compare

WORDS = "Des hommes armés ont demandé aux éleveurs de partir avant vendredi. " * 6


def run(*, rounds: int, calls: int) -> list[Result]:
    """The row of the intake service: by CPU, and by the clock on a disk that is waited for."""
    cercle = Area.objects.current().filter(level=Level.CERCLE).order_by("pk")[7]

    def ours() -> None:
        receive_report(
            door=Door.WEB,
            external_id=nonce(),
            said=_said(cercle),
            identity=None,
            language="fr",
        )

    settings = connection.get_connection_params()
    keep = {name: settings[name] for name in ("dbname", "host", "user", "password", "port") if settings.get(name)}
    database = psycopg.connect(**keep, autocommit=True)

    def least() -> None:
        database.execute(
            """INSERT INTO incidents_report (door, external_id, content_key, code_hash, received_at, language, type_id,
                occurred_on, time_precision, narrative, harmed, how_known, may_call_back, wants_feedback,
                request_key, state, reject_reason,
                reject_note, version, is_demo, place_text, place_precision, region_id, cercle_id)
            VALUES ('web', %s, %s, %s, now(), 'fr', 'threat', %s, 'day', %s, '{"injured": 1}', 'saw', false, true,
                '', 'new',
                '', '', 1, false, 'Koro', 'cercle', %s, %s)""",
            [nonce(), nonce(), nonce(), date(2026, 3, 1), WORDS, cercle.region_id, cercle.pk],
        )

    by_clock = compare(
        Result("one report in", "time of one INSERT", must=3.0, aim=2.0),
        ours, least, rounds=rounds, calls=calls, by=lambda cost: cost.wall,
    )  # fmt: skip
    return [by_clock]


def _said(cercle: Area) -> Any:
    return Said(
        type_code="threat",
        occurred_on=date(2026, 3, 1),
        time_precision=TimePrecision.DAY,
        place_text="Koro",
        area_id=cercle.pk,
        narrative=WORDS,
        harmed={"injured": 1},
        how_known=HowKnown.SAW,
        may_call_back=False,
    )
