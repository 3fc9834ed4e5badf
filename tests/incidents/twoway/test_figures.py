"""How alerts are answered: counted anew in Python, by area and service; who sees which rows; what is left out."""

import csv
import io
import random
from collections import defaultdict
from datetime import datetime, timedelta
from statistics import median
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from incidents import reciprocity
from incidents.models import Alert, AlertState, Audience, Delivery, Reply, ReplyKind
from incidents.reciprocity import Figures, Quarter, Shown, figures_for
from orgs.access import viewer_for
from orgs.models import Level, Organisation, OrganisationKind, Role, User
from tests.factories import (
    AlertFactory,
    DeliveryFactory,
    ExerciseFactory,
    HeldResponsibleFactory,
    IncidentFactory,
    OrganisationFactory,
    RenditionFactory,
    area,
    person,
    signed_in,
)
from tests.incidents.twoway.making import advisory, told

pytestmark = pytest.mark.django_db


def now() -> Quarter:
    """The quarter that runs."""
    return Quarter.of(timezone.localdate())


def last() -> Quarter:
    """The one before, which is the newest that has figures."""
    return now().before(1)


def middle() -> datetime:
    """A moment within it."""
    return last().first + timedelta(days=40)


class Past:
    """Services, liaisons and alerts of the last quarter; what was answered, after how long, by a fixed chance."""

    def __init__(self) -> None:
        self.chance = random.Random(5)
        self.services = [OrganisationFactory.create(kind=OrganisationKind.SECURITY) for _ in range(3)]
        self.people = {
            service.pk: [person(Role.LIAISON, "Koro", "Bankass", organisation=service) for _ in range(4)]
            for service in self.services
        }
        self.rows: list[dict[str, Any]] = []

    def alert(self, where: str, at: datetime | None = None, **fields: Any) -> Alert:
        made: Alert = AlertFactory.released(
            incident=IncidentFactory.create(where=where), released_at=at or middle(), **fields
        )
        return made

    def tell(
        self, alert: Alert, where: str, service: Organisation, who: User, audience: str = Audience.LIAISON
    ) -> None:
        rendition = alert.renditions.filter(audience=audience).first() or RenditionFactory.create(
            alert=alert, audience=audience
        )
        assert alert.released_at is not None
        delivery = DeliveryFactory.create(alert=alert, rendition=rendition, recipient=who, organisation=service)
        Delivery.objects.filter(pk=delivery.pk).update(created_at=alert.released_at)
        row: dict[str, Any] = {"area": where, "service": service.name, "answer": None, "act": None, "outcome": None}
        waited = 0
        for kind, name in (("acknowledge", "answer"), ("act", "act"), ("outcome", "outcome")):
            if self.chance.random() > 0.7:
                break
            waited += self.chance.randint(60, 90_000)
            extra = {"did": ["medical"], "helped": "yes"} if kind == ReplyKind.OUTCOME else {}
            reply = Reply.objects.create(delivery=delivery, kind=kind, **extra)
            Reply.objects.filter(pk=reply.pk).update(at=alert.released_at + timedelta(seconds=waited))
            row[name] = waited
        self.rows.append(row)

    def many(self) -> None:
        for number in range(24):
            where = "Koro" if number % 3 else "Bankass"
            alert = self.alert(where)
            for service in self.services[: 2 if number % 2 else 3]:
                for who in self.people[service.pk][: self.chance.randint(1, 4)]:
                    self.tell(alert, where, service, who)


@pytest.fixture
def past() -> Past:
    made = Past()
    made.many()
    return made


def _by(rows: list[dict[str, Any]], name: str) -> dict[str, list[dict[str, Any]]]:
    found = defaultdict(list)
    for row in rows:
        found[row[name]].append(row)
    return dict(found)


def _check(shown: Shown, rows: list[dict[str, Any]]) -> None:
    """What a row shows is what Python counts; what it keeps back is not looked at here."""
    counted = {
        name: sorted(row[name] for row in rows if row[name] is not None) for name in ("answer", "act", "outcome")
    }
    for got, due in (
        (shown.told, len(rows)),
        (shown.answered, len(counted["answer"])),
        (shown.unanswered, len(rows) - len(counted["answer"])),
        (shown.acted, len(counted["act"])),
        (shown.outcomes, len(counted["outcome"])),
    ):
        assert got in (None, due)
    for seconds, values in (
        (shown.to_answer, counted["answer"]),
        (shown.to_act, counted["act"]),
        (shown.to_outcome, counted["outcome"]),
    ):
        assert seconds is None or seconds == pytest.approx(median(values))


def _figures(user: User, quarter: Quarter | None = None) -> Figures:
    found = figures_for(viewer_for(user), quarter or last())
    assert found is not None
    return found


def test_medians_and_shares_are_those_that_other_code_counts(past: Past) -> None:
    figures = _figures(person(Role.COORDINATOR, "Koro", "Bankass"))
    _check(figures.total, past.rows)
    assert figures.total.told == len(past.rows)
    assert figures.total.to_answer is not None
    assert figures.total.to_outcome is not None
    areas, services = _by(past.rows, "area"), _by(past.rows, "service")
    assert {row.label for row in figures.areas} == set(areas)
    assert {row.label for row in figures.services} == set(services)
    for row in figures.areas:
        _check(row, areas[row.label])
    for row in figures.services:
        _check(row, services[row.label])
    assert any(row.to_answer is not None for row in figures.areas)


def test_each_sees_their_own_areas(past: Past) -> None:
    koro = [row for row in past.rows if row["area"] == "Koro"]
    for role in (Role.COORDINATOR, Role.ANALYST, Role.MONITOR):
        figures = _figures(person(role, "Koro"))
        assert [row.label for row in figures.areas] == ["Koro"]
        _check(figures.total, koro)
        assert figures.total.told == len(koro)
    assert _figures(person(Role.COORDINATOR, "Gao")).total.told == 0
    everywhere = _figures(person(Role.OVERSIGHT))
    assert (everywhere.level, everywhere.total.told) == (Level.REGION, len(past.rows))
    for role in (Role.ADMINISTRATOR, Role.OPERATOR):
        assert figures_for(viewer_for(person(role, "Koro")), last()) is None


def test_a_service_sees_its_own_row_whole_and_a_person_their_own(past: Past) -> None:
    service = past.services[0]
    who = past.people[service.pk][0]
    figures = _figures(who)
    own = next(row for row in figures.services if row.own)
    mine = [row for row in past.rows if row["service"] == service.name]
    assert own.label == service.name
    assert (own.told, own.answered) == (len(mine), sum(row["answer"] is not None for row in mine))
    assert figures.mine is not None
    assert figures.mine.told == Delivery.objects.filter(recipient=who).count()
    other = _figures(person(Role.LIAISON, "Koro", "Bankass"))
    assert not any(row.own for row in other.services)
    assert other.mine is not None
    assert other.mine.told == 0


def test_no_page_names_a_person(past: Past) -> None:
    for user in (person(Role.COORDINATOR, "Koro"), person(Role.MONITOR, "Koro"), past.people[past.services[0].pk][0]):
        client = signed_in(user)
        page = client.get(f"/alerts/answers/?quarter={last().code}").content.decode()
        page += client.get(f"/exports/alert-answers.csv?quarter={last().code}").content.decode()
        assert past.services[0].name in page
        for people in past.people.values():
            assert not any(one.name in page for one in people if one != user)


def test_one_service_among_few_cannot_be_read_from_its_totals() -> None:
    """Six of one service and two of another: the reader of the first knows the total less their own."""
    past = Past()
    alert = past.alert("Koro")
    big, small = past.services[:2]
    for _ in range(2):
        alert = past.alert("Koro")
        for who in past.people[big.pk][:3]:
            past.tell(alert, "Koro", big, who)
    for who in past.people[small.pk][:2]:
        past.tell(alert, "Koro", small, who)
    seen = _figures(past.people[big.pk][0])
    assert [row.label for row in seen.services] == [big.name]
    assert seen.services[0].told == 6
    assert seen.total.told is None
    assert [row.told for row in seen.areas] in ([], [None])
    outsider = _figures(person(Role.MONITOR, "Koro"))
    assert outsider.total.told == 8
    assert {row.told for row in outsider.services} <= {None}


def test_drills_cancelled_networks_and_other_quarters_are_left_out(past: Past) -> None:
    before = _figures(person(Role.COORDINATOR, "Koro", "Bankass")).total.told
    service = past.services[0]
    who = past.people[service.pk][0]
    drill = ExerciseFactory.create(starts_at=middle())
    silent = person(Role.LIAISON, "Koro", organisation=service)
    left_out = [
        past.alert("Koro", exercise=drill),
        past.alert("Koro", is_demo=True),
        past.alert("Koro", at=last().first - timedelta(seconds=1)),
        past.alert("Koro", at=now().first),
    ]
    for alert in left_out:
        past.tell(alert, "Koro", service, who)
    past.tell(past.alert("Koro"), "Koro", service, who, audience=Audience.NETWORK)
    past.chance.random = lambda: 1.0  # type: ignore[method-assign]  # nobody answers any more
    past.tell(past.alert("Koro", state=AlertState.CANCELLED), "Koro", service, silent)
    assert _figures(person(Role.COORDINATOR, "Koro", "Bankass")).total.told == before
    past.tell(past.alert("Koro"), "Koro", service, silent)
    assert _figures(person(Role.COORDINATOR, "Koro", "Bankass")).total.told == (before or 0) + 1


def test_who_was_told_within_a_day_is_not_counted_as_silent() -> None:
    past = Past()
    past.chance.random = lambda: 1.0  # type: ignore[method-assign]
    viewer = person(Role.COORDINATOR, "Koro")
    alert = past.alert("Koro", at=timezone.now() - timedelta(hours=2))
    for service in past.services:
        for who in past.people[service.pk]:
            past.tell(alert, "Koro", service, who)
    quarter = Quarter.of(timezone.localdate(timezone.now() - timedelta(hours=2)))
    assert _figures(viewer, quarter).total.told == 0


def test_the_accused_are_shown_nothing_of_it(past: Past) -> None:
    service = past.services[0]
    who = past.people[service.pk][0]
    before = _figures(who).total.told
    alert = past.alert("Koro")
    for other in past.services[1:]:
        for one in past.people[other.pk]:
            past.tell(alert, "Koro", other, one)
    from tests.factories import ActorFactory

    HeldResponsibleFactory.create(incident=alert.incident, actor=ActorFactory.create(organisation=service))
    assert _figures(who).total.told == before


def test_advisories_are_counted_by_service(past: Past) -> None:
    service = past.services[0]
    person(Role.COORDINATOR, "Koro")
    for _ in range(6):
        advisory(past.people[service.pk][0], service, told())
    figures = _figures(person(Role.MONITOR, "Koro"), now())
    assert (figures.total.given, figures.total.passed) == (6, 0)
    assert [(row.label, row.given) for row in figures.services] == [(service.name, 6)]


def test_a_quarter_ends_where_the_next_begins() -> None:
    assert Quarter(2026, 4).end == Quarter(2027, 1).first
    assert Quarter(2026, 1).before(1) == Quarter(2025, 4)
    assert [Quarter.of(datetime(2026, month, 1).date()).number for month in (1, 3, 4, 12)] == [1, 1, 2, 4]  # noqa: DTZ001
    assert reciprocity.quarter_from("1999-1") == now()
    assert reciprocity.quarter_from("'; DROP TABLE") == now()


def test_the_file_says_what_the_page_says(past: Past) -> None:
    user = person(Role.COORDINATOR, "Koro", "Bankass")
    answer = signed_in(user).get(f"/exports/alert-answers.csv?quarter={last().code}")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[1][0].startswith("#")
    total = next(row for row in rows if row[0] == "all")
    assert total[2] == str(len(past.rows))
    figures = _figures(user)
    by_name = {row[1]: row for row in rows if row[0] == "service"}
    for row in figures.services:
        assert by_name[row.label][2] == ("" if row.told is None else str(row.told))


def test_the_page_asks_the_same_number_of_questions_for_more_rows(past: Past) -> None:
    client = signed_in(person(Role.COORDINATOR, "Koro", "Bankass"))

    def asks() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(f"/alerts/answers/?quarter={last().code}").status_code == 200
        return len(queries)

    asks()
    before = asks()
    past.many()
    assert asks() == before
    assert area("Koro").name in client.get(f"/alerts/answers/?quarter={last().code}").content.decode()
