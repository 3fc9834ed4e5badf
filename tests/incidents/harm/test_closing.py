"""How alerts end: what they turned out to be, corrected and kept; who is reminded; and what the rates say."""

from collections import Counter
from datetime import timedelta
from functools import partial
from itertools import pairwise
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from incidents import track_record, truth
from incidents.models import (
    Alert,
    AlertClosing,
    AlertState,
    Door,
    Finding,
    Incident,
    IncidentState,
    Truth,
    WhyClosed,
)
from incidents.services.closing import close_alert, proposed_truth
from incidents.services.errors import ChangedMeanwhile, NotAllowed
from incidents.truth import Rate
from orgs import providers
from orgs.access import viewer_for
from orgs.models import AuditEntry, Role, Tlp
from orgs.policy import Viewer
from tests.factories import (
    ActorFactory,
    AlertFactory,
    ExerciseFactory,
    HeldResponsibleFactory,
    IncidentFactory,
    OrganisationFactory,
    ReportFactory,
    person,
    signed_in,
)
from tests.taken import table_taken
from tests.together import at_once

pytestmark = pytest.mark.django_db


def coordinator(*where: str) -> Viewer:
    return viewer_for(person(Role.COORDINATOR, *(where or ("Koro",))))


def sent(truth_is: str = "", **fields: Any) -> Alert:
    """An alert that went out, closed as said."""
    incident = {name: fields.pop(name) for name in ("where", "type_id", "source_grade", "tlp") if name in fields}
    fields.setdefault("incident", IncidentFactory.create(state=IncidentState.VERIFIED, **incident))
    if truth_is:
        fields |= {"truth": truth_is, "closed_at": timezone.now()}
    return AlertFactory.released(**fields)


class TestClosing:
    def test_is_said_corrected_and_kept(self) -> None:
        viewer, alert = coordinator(), sent()
        alert = close_alert(viewer=viewer, alert=alert, version=1, truth=Truth.FALSE, why=WhyClosed.MISHEARD)
        alert = close_alert(
            viewer=viewer, alert=alert, version=2, truth=Truth.PARTLY, why=WhyClosed.LESS, word=" Moins. "
        )
        alert.refresh_from_db()
        assert (alert.truth, alert.closed_by_id, alert.version) == (Truth.PARTLY, viewer.user_id, 3)
        kept = [(one.truth, one.why, one.word) for one in alert.closings.order_by("id")]
        assert kept == [("false", "misheard", ""), ("partly", "less", "Moins.")]
        assert list(AuditEntry.objects.order_by("id").values_list("verb", flat=True)) == ["closed", "closing_corrected"]

    def test_saying_the_same_twice_is_saying_it_once(self) -> None:
        viewer, alert = coordinator(), sent()
        for _ in range(2):
            alert.refresh_from_db()
            close_alert(viewer=viewer, alert=alert, version=alert.version, truth="true", why="happened")
        assert AlertClosing.objects.count() == 1

    @pytest.mark.parametrize(
        "given",
        [
            {"truth": ""},
            {"truth": "maybe"},
            {"why": ""},
            {"why": "because"},
            {"word": "x" * 201},
            {"word": "Les soldats sont à Boni"},
            {"word": "Demandez au 76 12 34 56"},
        ],
        ids=str,
    )
    def test_what_is_refused(self, given: dict[str, str]) -> None:
        with pytest.raises(ValidationError) as refused:
            close_alert(viewer=coordinator(), alert=sent(), version=1, **{"truth": "true", "why": "happened", **given})
        assert list(refused.value.message_dict) == list(given)

    @pytest.mark.parametrize("state", [AlertState.DRAFT, AlertState.PROPOSED, AlertState.REPLACED])
    def test_only_what_went_out_and_was_not_replaced(self, state: str) -> None:
        alert = sent(state=state)
        with pytest.raises(NotAllowed):
            close_alert(viewer=coordinator(), alert=alert, version=1, truth="true", why="happened")

    def test_an_exercise_is_neither(self) -> None:
        drill = ExerciseFactory.create()
        with pytest.raises(NotAllowed):
            close_alert(viewer=coordinator(), alert=sent(exercise=drill), version=1, truth="true", why="happened")

    @pytest.mark.parametrize(
        ("role", "where"),
        [(Role.COORDINATOR, "Gao"), (Role.LIAISON, "Koro"), (Role.OVERSIGHT, "Koro"), (Role.ANALYST, "Koro")],
    )
    def test_nobody_but_coordinators_of_the_area(self, role: str, where: str) -> None:
        viewer = viewer_for(person(role, where))
        with pytest.raises(NotAllowed):
            close_alert(viewer=viewer, alert=sent(), version=1, truth="true", why="happened")

    def test_the_database_keeps_what_was_said(self) -> None:
        close_alert(viewer=coordinator(), alert=sent(), version=1, truth="true", why="happened")
        with pytest.raises(ProgrammingError), transaction.atomic():
            AlertClosing.objects.update(truth="false")

    @pytest.mark.parametrize(("finding", "expected"), [*zip(Finding.values, Truth.values, strict=True), ("", "")])
    def test_a_finding_proposes(self, finding: str, expected: str) -> None:
        assert proposed_truth(Incident(finding=finding)) == expected


@pytest.mark.django_db(transaction=True)
def test_two_who_close_it_at_once_do_not_overwrite_each_other() -> None:
    viewers, alert = [coordinator(), coordinator()], sent()
    results = at_once(
        *(
            partial(close_alert, viewer=viewer, alert=alert, version=1, truth=said, why="other")
            for viewer, said in zip(viewers, ("true", "false"), strict=True)
        )
    )
    assert sum(isinstance(one, ChangedMeanwhile) for one in results) == 1
    alert.refresh_from_db()
    assert alert.truth == AlertClosing.objects.get().truth


class TestWhoIsReminded:
    def _closed(self) -> Incident:
        return IncidentFactory.create(
            state=IncidentState.CLOSED, finding=Finding.TRUE, closed_at=timezone.now(), tlp=Tlp.GREEN
        )

    def test_coordinators_of_the_area_of_what_is_over(self) -> None:
        over = [
            sent(state=AlertState.CANCELLED),
            sent(state=AlertState.EXPIRED),
            sent(incident=self._closed()),
        ]
        sent()  # still holds
        sent(state=AlertState.REPLACED)
        sent("true", state=AlertState.CANCELLED)
        sent(state=AlertState.CANCELLED, where="Gao")
        drill = ExerciseFactory.create()
        sent(state=AlertState.CANCELLED, exercise=drill)
        viewer = coordinator()
        assert set(truth.unclosed(viewer)) == set(over)
        waits = [one for one in providers.waiting_for(viewer) if one.url == "/alerts/truth/"]
        assert [one.count for one in waits] == [3]
        for role in (Role.MONITOR, Role.ANALYST, Role.OVERSIGHT, Role.LIAISON):
            other = viewer_for(person(role, "Koro"))
            assert not [one for one in providers.waiting_for(other) if one.url == "/alerts/truth/"]

    def test_not_the_accused(self) -> None:
        service = OrganisationFactory.create()
        alert = sent(state=AlertState.CANCELLED)
        HeldResponsibleFactory.create(incident=alert.incident, actor=ActorFactory.create(organisation=service))
        accused = viewer_for(person(Role.COORDINATOR, "Koro", organisation=service))
        assert not truth.unclosed(accused).exists()
        assert not truth.counted(accused, truth.periods_for(accused)[0]).exists()


# --- Rates -----------------------------------------------------------------------------------------------------------


def table(viewer: Viewer, key: str) -> dict[str, Rate]:
    found = {one.key: one for one in truth.tables_of(viewer, truth.periods_for(viewer)[0])}
    return {row.label: row for row in found[key].rows}


class TestRates:
    def _many(self) -> list[Alert]:
        """A mixture, with two doors behind some and none behind others."""
        made = []
        outcomes = ["true"] * 7 + ["partly"] * 2 + ["false"] * 6 + ["unknown"] * 5 + [""] * 5
        for number, outcome in enumerate(outcomes):
            alert = sent(
                outcome, where=("Koro", "Bankass", "Gao")[number % 3], type_id=("looting", "threat")[number % 2]
            )
            for door in (Door.SMS, Door.WEB, Door.SMS)[: number % 4]:
                ReportFactory.attached(alert.incident, door=door)
            made.append(alert)
        return made

    def test_are_what_counting_by_hand_gives(self) -> None:
        made = self._many()
        viewer = coordinator("Koro", "Bankass", "Gao")
        for key, names in (
            ("type", lambda one: [one.incident.type.label]),
            ("cercle", lambda one: [one.incident.cercle.name]),
            ("region", lambda one: [one.incident.region.name]),
            ("door", lambda one: sorted({str(Door(r.door).label) for r in one.incident.reports.all()})),
        ):
            expected: dict[str, Counter[str]] = {}
            for alert in made:
                for name in names(alert):
                    expected.setdefault(name, Counter())[alert.truth or "open"] += 1
            rows = table(viewer, key)
            assert set(rows) == set(expected), key
            for name, count in expected.items():
                row = rows[name]
                got = (row.true, row.partly, row.false, row.unknown, row.open, row.sent)
                assert got == (*(count[x] for x in ("true", "partly", "false", "unknown", "open")), count.total())
                known = count["true"] + count["partly"] + count["false"]
                assert row.share == (round(100 * (count["true"] + count["partly"]) / known) if known else None)

    def test_what_does_not_count(self) -> None:
        viewer = coordinator()
        sent("true")
        sent("true", state=AlertState.REPLACED)
        sent("true", where="Gao")
        sent("true", released_at=timezone.now() - timedelta(days=3000))
        sent("true", exercise=ExerciseFactory.create())
        AlertFactory.create()
        assert table(viewer, "all")["Toutes les alertes"].sent == 1

    def test_queries_do_not_grow(self) -> None:
        viewer = coordinator("Koro", "Bankass", "Gao")
        counts = []
        for _ in range(2):
            self._many()
            with CaptureQueriesContext(connection) as queries:
                truth.tables_of(viewer, truth.periods_for(viewer)[0])
            counts.append(len(queries))
        assert counts[0] == counts[1] <= 8, counts

    def test_nobody_is_ranked(self) -> None:
        self._many()
        page = signed_in(person(Role.OVERSIGHT)).get("/alerts/truth/").content.decode()
        for alert in Alert.objects.all():
            assert str(alert.pk) not in page
        assert "Personne" not in page.replace("Personne ni", "").replace("par personne", "")


class TestSmallCounts:
    def _rows(self, *counts: tuple[str, int, int, int | None]) -> list[Rate]:
        return [Rate(name, n + m, {"true": n, "false": m}, group) for name, n, m, group in counts]

    def test_one_hidden_row_hides_another_so_that_no_sum_gives_it_away(self) -> None:
        rows = self._rows(("a", 9, 9, None), ("b", 7, 7, None), ("c", 9, 3, None))
        assert [row.hidden for row in truth.without_small(rows)] == [False, True, True]

    def test_within_each_region_of_the_cercles(self) -> None:
        rows = self._rows(("a", 9, 9, 1), ("b", 7, 7, 1), ("c", 9, 3, 1), ("d", 8, 8, 2), ("e", 6, 6, 2))
        assert [row.hidden for row in truth.without_small(rows)] == [False, True, True, False, False]

    def test_two_hidden_rows_are_enough(self) -> None:
        rows = self._rows(("a", 9, 9, None), ("b", 1, 0, None), ("c", 9, 3, None))
        assert [row.hidden for row in truth.without_small(rows)] == [False, True, True]

    def test_nothing_of_a_hidden_row_is_left(self) -> None:
        row = truth.without_small(self._rows(("c", 9, 3, None)))[0]
        assert (row.sent, row.true, row.false, row.known, row.share) == (0, 0, 0, 0, None)

    def test_an_analyst_is_shown_no_small_number_neither_on_the_page_nor_in_the_file(self) -> None:
        for _ in range(3):
            sent("false", type_id="threat")
        for _ in range(6):
            sent("true", type_id="looting")
        analyst, boss = person(Role.ANALYST, "Koro"), person(Role.COORDINATOR, "Koro")
        assert table(viewer_for(boss), "type")["Menace ou ultimatum"].false == 3
        assert all(row.hidden for row in table(viewer_for(analyst), "type").values())
        assert "all" not in {
            one.key for one in truth.tables_of(viewer_for(analyst), truth.periods_for(viewer_for(analyst))[0])
        }
        page = signed_in(analyst).get("/alerts/truth/").content.decode()
        assert "Menace ou ultimatum" in page
        assert "trop peu" in page
        lines = table_taken(signed_in(analyst), "/alerts/truth/table.csv")
        assert all(cell == "" for line in lines[1:] for cell in line[2:])
        seen = table_taken(signed_in(boss), "/alerts/truth/table.csv")
        assert ["Menace ou ultimatum", "3", "3", "0", "0", "3", "0", "0"] in [line[1:] for line in seen]

    def test_periods_of_analysts_do_not_overlap(self) -> None:
        periods = sorted(truth.periods_for(viewer_for(person(Role.ANALYST))), key=lambda one: one.start)
        assert all(a.end <= b.start for a, b in pairwise(periods))


# --- On the desk -----------------------------------------------------------------------------------------------------


class TestTrackRecord:
    def test_is_what_counting_by_hand_gives(self) -> None:
        for grade, outcome, where, kind, door in (
            ("B", "true", "Koro", "looting", Door.SMS),
            ("B", "partly", "Koro", "threat", Door.WEB),
            ("B", "false", "Gao", "looting", Door.SMS),
            ("F", "false", "Koro", "looting", Door.SMS),
            ("F", "unknown", "Koro", "looting", Door.SMS),
            ("F", "", "Koro", "looting", Door.SMS),
        ):
            alert = sent(outcome, where=where, type_id=kind, source_grade=grade)
            for _ in range(2):
                ReportFactory.attached(alert.incident, door=door)
        sent("true", source_grade="B", released_at=timezone.now() - timedelta(days=400))
        viewer = coordinator("Koro", "Gao")
        home = IncidentFactory.create(where="Koro").region_id
        rows = track_record.track_record(viewer, type_code="looting", region_id=home, doors=[Door.SMS])
        found = {
            row.grade: [(one.held, one.known) for one in (row.everywhere, row.near, row.kind, row.door)] for row in rows
        }
        assert found == {"B": [(2, 3), (2, 2), (1, 2), (1, 2)], "F": [(0, 1), (0, 1), (0, 1), (0, 1)]}

    def test_counts_ones_own_areas_alone_and_costs_one_statement(self) -> None:
        sent("true", where="Gao", source_grade="B")
        viewer = coordinator("Koro")
        with CaptureQueriesContext(connection) as queries:
            assert track_record.track_record(viewer, type_code="looting", region_id=None, doors=[]) == []
        assert len(queries) == 1
        assert track_record.track_record(viewer_for(person(Role.ANALYST)), type_code="", region_id=None, doors=[]) == []

    def test_stands_where_grades_are_chosen(self) -> None:
        alert = sent("true", source_grade="B")
        report = ReportFactory.create(where="Koro")
        client = signed_in(person(Role.COORDINATOR, "Koro"))
        for address in (f"/incidents/{alert.incident.ref}/grades/", f"/desk/reports/{report.pk}/incident/"):
            page = client.get(address).content.decode()
            assert "par note de la source" in page
            assert "1 sur 1" in page
