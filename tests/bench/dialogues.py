"""Dialogues among 20,000 sessions and 50,000 commitments, each against the barest statement that finds the same rows.

A floor asks for no rights and shows nothing; what the product adds is who may see which row as whom, the words, and,
where a page is named, the page. Where the answer can be compared, it is, before timing begins.
"""

from __future__ import annotations

import csv
import io
import tracemalloc
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from http import HTTPStatus
from typing import Any

import psycopg
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.utils import timezone

from dialogues.access import COMMITMENTS, SESSIONS
from dialogues.area_line import line_of
from dialogues.commitments_shown import page_of
from dialogues.exports.sessions import SHEET
from dialogues.grouping import waiting
from dialogues.inclusion import sums_of
from dialogues.left_behind import left_behind, since
from dialogues.models import Process, RatingRound, Session
from dialogues.rated import ranking
from dialogues.said import Counted, Raised, SessionSaid
from dialogues.services.sessions import keep_session
from dialogues.views.sessions import PAGE
from orgs.access import viewer_for
from orgs.exports.writers import csv_lines
from orgs.models import Area, Level, Membership, Organisation, Role, User
from orgs.paging import write_token
from orgs.policy import Viewer
from tests.bench.database import seed_incidents
from tests.bench.dialogue_rows import PROPOSALS, seed_dialogues
from tests.bench.harness import Cost, Result, compare, cost_of

LATE = 12
"""The page that is compared with the first one: what a facilitator of one région sees ends soon after it."""


def run(*, rounds: int, calls: int) -> list[Result]:
    """All rows of dialogues."""
    seed_incidents(20_000)
    seed_dialogues()
    region = Area.objects.current().filter(level=Level.REGION).order_by("pk")[3]
    holder = Organisation.objects.order_by("pk")[3]
    facilitator = _person(Role.FACILITATOR, region, holder)
    everywhere = viewer_for(_person(Role.COORDINATOR, Area.objects.current().get(level=Level.COUNTRY), None))
    bare = _bare()
    few, once = max(5, calls // 6), max(2, calls // 20)
    return [
        *_lists(bare, facilitator, region, rounds=rounds, calls=few),
        *_one_session(bare, facilitator, holder, rounds=rounds, calls=few),
        _kept(bare, viewer_for(facilitator), holder, rounds=rounds, calls=few),
        *_sums(bare, everywhere, rounds=rounds, calls=few),
        _line(bare, viewer_for(facilitator), region, rounds=rounds, calls=few),
        *_overdue(bare, everywhere, viewer_for(facilitator), rounds=rounds, calls=few),
        _ranked(bare, rounds=rounds, calls=once),
        _alike(bare, everywhere, rounds=rounds, calls=once),
        *_exported(bare, everywhere, rounds=max(3, rounds // 2)),
    ]


def _person(role: Role, area: Area, organisation: Organisation | None) -> User:
    from allauth.mfa.models import Authenticator

    person = User.objects.create_user(email=f"bench-{role}@example.org", name="Bench")
    Membership.objects.create(person=person, role=role, organisation=organisation).areas.add(area)
    Authenticator.objects.create(user=person, type=Authenticator.Type.TOTP, data={"secret": "x"})
    return person


def _bare() -> psycopg.Connection[Any]:
    settings = connection.get_connection_params()
    keep = {name: settings[name] for name in ("dbname", "host", "user", "password", "port") if settings.get(name)}
    return psycopg.connect(**keep, autocommit=True)


def _wall(cost: Cost) -> float:
    return cost.wall


def _cpu(cost: Cost) -> float:
    return cost.cpu


def _same(ours: object, bare: object) -> None:
    if ours != bare:
        raise RuntimeError(f"not the same answer: {ours!r:.200} and {bare!r:.200}")


# --- Pages -------------------------------------------------------------------------------------------------------

_LIST = """
SELECT uid, kind, state, title, held_on, place_text, people, spectators, tlp FROM dialogues_session
WHERE region_id = %s AND tlp IN ('clear', 'green') ORDER BY held_on DESC, id DESC LIMIT 50
"""


def _reader(person: User) -> Callable[[str], Any]:
    client = Client(headers={"host": "localhost"})
    client.force_login(person)

    def read(address: str) -> Any:
        answer = client.get(address)
        if answer.status_code != HTTPStatus.OK:
            raise RuntimeError(f"{address}: {answer.status_code}")
        return answer

    return read


def _lists(bare: Any, facilitator: User, region: Area, *, rounds: int, calls: int) -> list[Result]:
    read = _reader(facilitator)
    newest = SESSIONS.rows(viewer_for(facilitator)).order_by("-held_on", "-id").values_list("held_on", "id")
    late = f"/dialogues/?page={write_token(newest[(LATE - 1) * PAGE - 1], backwards=False)}"
    first = compare(
        Result("page of the list of 20,000 sessions, one région", "time of the barest query", must=250, aim=120),
        lambda: read("/dialogues/"),
        lambda: bare.execute(_LIST, [region.pk]).fetchall(),
        rounds=rounds, calls=calls, by=_wall,
    )  # fmt: skip
    later = compare(
        Result(f"its page {LATE}", "CPU of page 1", must=1.2, aim=1.05),
        lambda: read(late),
        lambda: read("/dialogues/"),
        rounds=rounds, calls=calls, by=_cpu,
    )  # fmt: skip
    return [first, later]


def _one_session(bare: Any, facilitator: User, holder: Organisation, *, rounds: int, calls: int) -> list[Result]:
    read, row = _reader(facilitator), Session.objects.filter(led_by=holder).order_by("pk")[7]
    tables = ("attendance", "issue", "point", "session_present", "sessionedit", "commitment", "proposal")

    def least() -> None:
        bare.execute("SELECT * FROM dialogues_session WHERE uid = %s", [row.uid]).fetchall()
        for name in tables:
            bare.execute(f"SELECT * FROM dialogues_{name} WHERE session_id = %s", [row.pk]).fetchall()

    page = compare(
        Result("page of one session", "time of a bare query a table", must=250, aim=120),
        lambda: read(f"/dialogues/sessions/{row.uid}/"), least,
        rounds=rounds, calls=calls, by=_wall,
    )  # fmt: skip
    return [page]


# --- Writing -----------------------------------------------------------------------------------------------------


def _kept(bare: Any, who: Viewer, holder: Organisation, *, rounds: int, calls: int) -> Result:
    plain = SessionSaid(
        title="Le marché et le poste", held_on=date(2026, 3, 1), area="ML04", people=24, led_by=holder.pk,
        place_text="Sous le grand arbre", agenda="Le marché", minutes="Compte rendu. " * 20,
        attendance=tuple(Counted(sex, band, "farmers", 6) for sex in "fm" for band in ("15-35", "36-60")),
        issues=(Raised("Le puits est trop loin", ("safety",), ()),), agreements=("On répare le puits.",),
    )  # fmt: skip

    def ours() -> None:
        keep_session(viewer=who, uid=uuid.uuid4(), edit_key=uuid.uuid4(), base_version=0, said=replace(plain))

    def least() -> None:
        with bare.transaction():
            key = bare.execute(
                """INSERT INTO dialogues_session (uid, kind, state, title, held_on, country, place_text, spoken,
                    interpreted, led_by_id, people, spectators, women, men, youth, aged, invited, absent, agenda,
                    minutes, tlp, how, recorded_at, updated_at, version, is_demo)
                VALUES (gen_random_uuid(), 'dialogue', 'held', %s, %s, 'ML', %s, '{}', '{}', %s, 24, 0, 12, 12, 12, 24,
                    '{}', '{}', %s, %s, 'green', 'page', now(), now(), 1, false) RETURNING id""",
                [plain.title, plain.held_on, plain.place_text, holder.pk, plain.agenda, plain.minutes],
            ).fetchone()[0]
            bare.execute(
                """INSERT INTO dialogues_attendance (session_id, sex, age_band, "group", count)
                SELECT %s, s, b, 'farmers', 6 FROM unnest(ARRAY['f','m']) s, unnest(ARRAY['15-35','36-60']) b""",
                [key],
            )
            bare.execute(
                """INSERT INTO dialogues_issue (session_id, position, words, needs, themes)
                VALUES (%s, 0, 'Le puits est trop loin', '{safety}', '{}')""",
                [key],
            )
            bare.execute(
                """INSERT INTO dialogues_point (session_id, kind, position, words)
                VALUES (%s, 'agreement', 0, 'On répare le puits.')""",
                [key],
            )
            bare.execute(
                """INSERT INTO dialogues_sessionedit (session_id, edit_key, base_version, version, said, stood, state,
                    conflicts, written_at) VALUES (%s, gen_random_uuid(), 0, 1, %s, %s, 'applied', '{}', now())""",
                [key, '{"minutes": "' + plain.minutes + '"}', '{"minutes": "' + plain.minutes + '"}'],
            )

    return compare(
        Result("one session kept", "time of the same rows by bare INSERTs in one transaction", must=40, aim=15),
        ours, least, rounds=rounds, calls=calls, by=_wall,
    )  # fmt: skip


# --- Sums --------------------------------------------------------------------------------------------------------


def _sums(bare: Any, everywhere: Viewer, *, rounds: int, calls: int) -> list[Result]:
    all_of_it = (
        "SELECT count(*), sum(people), sum(women), sum(men), sum(youth), sum(aged) FROM dialogues_session WHERE "
    )
    day = since(12, timezone.localdate())

    def ours() -> Any:
        return sums_of(everywhere, SESSIONS.rows(everywhere))

    def least() -> Any:
        return bare.execute(f"{all_of_it} state = 'held'").fetchone()

    found = ours()
    _same((found.sessions, found.people, found.women), least()[:3])
    inclusion = compare(
        Result("inclusion of the whole country", "time of one bare sum", must=3, aim=2),
        ours, least, rounds=rounds, calls=calls, by=_wall,
    )  # fmt: skip

    def reached() -> Any:
        return bare.execute(
            """SELECT a.id, max(s.held_on) FROM orgs_area a JOIN orgs_edition e ON e.id = a.edition_id AND e.is_current
            LEFT JOIN dialogues_session s ON s.cercle_id = a.id AND s.state = 'held' AND s.kind <> 'interview'
            WHERE a.level = 'cercle' GROUP BY a.id"""
        ).fetchall()

    left, total = left_behind(everywhere, Level.CERCLE, day)
    last = dict(reached())
    _same((len(left), total), (sum(one is None or one < day for one in last.values()), len(last)))
    behind = compare(
        Result("no commune left behind", "time of one bare grouping", must=3, aim=2),
        lambda: left_behind(everywhere, Level.CERCLE, day), reached,
        rounds=rounds, calls=calls, by=_wall,
    )  # fmt: skip
    return [inclusion, behind]


# --- Lines, commitments, rankings --------------------------------------------------------------------------------


def _line(bare: Any, who: Viewer, region: Area, *, rounds: int, calls: int) -> Result:
    part = "(SELECT {day}, id, {words} FROM {table} WHERE region_id = %(region)s ORDER BY {day} DESC, id DESC LIMIT 41)"
    sources = (
        ("occurred_on", "summary", "incidents_incident"), ("held_on", "title", "dialogues_session"),
        ("promised_on", "what", "dialogues_commitment"),
    )  # fmt: skip
    parts = [part.format(day=day, words=words, table=table) for day, words, table in sources]
    query = " UNION ALL ".join(parts) + " ORDER BY 1 DESC LIMIT 40"
    return compare(
        Result("an area's line of time", "time of one bare union", must=150, aim=40),
        lambda: line_of(who, region),
        lambda: bare.execute(query, {"region": region.pk}).fetchall(),
        rounds=rounds, calls=calls, by=_wall,
    )  # fmt: skip


def _overdue(bare: Any, everywhere: Viewer, who: Viewer, *, rounds: int, calls: int) -> Iterator[Result]:
    query = """SELECT id, what, due_on, state FROM dialogues_commitment
        WHERE state IN ('promised', 'begun') AND order_on < %s ORDER BY order_on, id LIMIT 30"""
    today = timezone.localdate()

    def of(viewer: Viewer) -> Any:
        rows: Any = COMMITMENTS.rows(viewer)
        return page_of(viewer, rows.overdue(), None)

    def least() -> Any:
        return bare.execute(query, [today]).fetchall()

    _same([row["id"] for row in of(everywhere).rows], [row[0] for row in least()])
    for viewer, name, must in ((everywhere, "the whole country", 60), (who, "one facilitator", 500)):
        yield compare(
            Result(f"overdue commitments of {name}, of 50,000", "time of the barest query", must=must, aim=must / 2),
            partial(of, viewer), least, rounds=rounds, calls=calls, by=_wall,
        )  # fmt: skip


def _ranked(bare: Any, *, rounds: int, calls: int) -> Result:
    rating = RatingRound.objects.get()
    query = """SELECT m.item_id, m.criterion, m.value, count(*) FROM dialogues_ballotmark m
        JOIN dialogues_ratedpriority i ON i.id = m.item_id WHERE i.round_id = %s GROUP BY 1, 2, 3"""
    return compare(
        Result("ranking of 200 priorities by 1,000 ballots", "time of the bare counting", must=1.6, aim=1.2),
        lambda: ranking(rating, "coordinator"),
        lambda: bare.execute(query, [rating.pk]).fetchall(),
        rounds=rounds, calls=calls, by=_wall,
    )  # fmt: skip


def _alike(bare: Any, everywhere: Viewer, *, rounds: int, calls: int) -> Result:
    process = Process.objects.order_by("pk")[0]
    query = """SELECT p.id, p.words_key, p.priority_id FROM dialogues_proposal p
        JOIN dialogues_session s ON s.id = p.session_id WHERE s.process_id = %s"""
    return compare(
        Result(f"20 proposals with their likes among {PROPOSALS:,}", "time of reading them all", must=40, aim=25),
        lambda: waiting(everywhere, process, None),
        lambda: bare.execute(query, [process.pk]).fetchall(),
        rounds=rounds, calls=calls, by=_wall,
    )  # fmt: skip


# --- The file ----------------------------------------------------------------------------------------------------


def _exported(bare: Any, everywhere: Viewer, *, rounds: int) -> list[Result]:
    def ours(asked: str = "") -> int:
        return sum(len(line) for line in csv_lines(SHEET.lines(everywhere, QueryDict(asked))))

    def least() -> int:
        written = 0
        with bare.transaction(), bare.cursor(name="floor") as cursor:
            cursor.itersize = 300
            cursor.execute(
                """SELECT s.*, (SELECT array_agg(a.count) FROM dialogues_attendance a WHERE a.session_id = s.id),
                    (SELECT array_agg(i.words) FROM dialogues_issue i WHERE i.session_id = s.id),
                    (SELECT array_agg(p.words) FROM dialogues_point p WHERE p.session_id = s.id)
                FROM dialogues_session s ORDER BY held_on DESC, id DESC"""
            )
            for row in cursor:
                line = io.StringIO()
                csv.writer(line).writerow(row)
                written += len(line.getvalue())
        return written

    file = Result("20,000 sessions as CSV", "time of a bare cursor and csv.writer", must=12, aim=5)
    file.ratios += [cost_of(ours, 1).wall / cost_of(least, 1).wall for _ in range(rounds)]
    late = f"held_after={timezone.localdate() - timedelta(days=90)}"
    memory = Result("its memory", "the peak of a file of some hundreds", must=1.5, aim=1.1)
    memory.ratios.append(_peak(ours) / _peak(lambda: ours(late)))
    return [file, memory]


def _peak(call: Callable[[], object]) -> int:
    tracemalloc.start()
    try:
        call()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
