"""The database of the bench: a copy of the migrated template on durable settings, with a million incidents."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections

from config import embedded
from tests.cluster import TestCluster

NAME = f"test_{os.getpid()}_bench"


@contextmanager
def bench_database() -> Iterator[None]:
    """Start the cluster of the bench (durable, as in production) and point Django at a fresh database in it."""
    cluster = TestCluster(Path(settings.VAR_DIR).parent / "bench", os.environ.get("BENCH_DATABASE_URL", ""))
    if cluster.server is not None:
        cluster.server = embedded.Postgres(cluster.var, bound=False)
    cluster.join()
    try:
        cluster.drop(NAME)
        with cluster.connect() as admin:
            admin.execute(f"CREATE DATABASE {NAME}")
        _point_at(cluster)
        call_command("migrate", verbosity=0, interactive=False)
        yield
        connections.close_all()
        cluster.drop(NAME)
    finally:
        connections.close_all()
        cluster.leave(stop=True)


def _point_at(cluster: TestCluster) -> None:
    from config import addresses

    wanted = addresses.database(cluster.url)
    wanted["NAME"] = NAME
    connections["default"].close()
    settings.DATABASES["default"].update(wanted)
    connections["default"].settings_dict.update(wanted)


def seed_incidents(count: int) -> None:
    """Write ``count`` incidents over 20 régions, 160 cercles and three years, set-based; a tenth of them CLEAR."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE incidents_incident DISABLE TRIGGER USER")  # history is not what is measured
        cursor.execute(
            """
            WITH cercles AS (
                SELECT array_agg(a.id ORDER BY a.id) AS ids, array_agg(a.region_id ORDER BY a.id) AS regions
                FROM orgs_area a JOIN orgs_edition e ON e.id = a.edition_id
                WHERE e.is_current AND a.level = 'cercle'
            )
            INSERT INTO incidents_incident (
                ref, type_id, occurred_on, time_precision, state, tlp, source_grade, claim_grade, severity, urgency,
                certainty, narrative, summary, finding, reporter_note, created_at, updated_at, version, is_demo,
                place_text, place_precision, region_id, cercle_id)
            SELECT lpad(to_hex(n), 8, '0'), (ARRAY['attack','looting','threat','tension'])[1 + n % 4],
                date '2023-11-01' + (n::bigint * 7919 %% 1100)::int, 'day', (ARRAY['open','verified'])[1 + n % 2],
                (ARRAY['clear','green','green','amber','amber','amber','amber_strict','red','green','amber'])
                    [1 + n % 10],
                'B', '3', 'moderate', 'expected', 'likely',
                'Récit interne de quelques mots, tel qu’un coordinateur l’écrit après deux appels. ' || n,
                'Des hommes ont emmené des vaches près du marché; personne n’est blessé.', '', '', now(), now(),
                1, false, 'Koro', 'cercle', c.regions[1 + n % 160], c.ids[1 + n % 160]
            FROM generate_series(1, %s) AS n, cercles c
            """.replace("% 4", "%% 4")
            .replace("% 2]", "%% 2]")
            .replace("% 10]", "%% 10]")
            .replace("% 160]", "%% 160]"),
            [count],
        )
        cursor.execute("ALTER TABLE incidents_incident ENABLE TRIGGER USER")
        cursor.execute("VACUUM ANALYZE incidents_incident")


def nonce() -> str:
    """A number that no other row has."""
    return secrets.token_hex(12)
