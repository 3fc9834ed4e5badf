"""The steps on reports and incidents: what each writes, what each refuses, what the audit log keeps."""

import json
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from incidents.models import Figure, HeldResponsible, Incident, Report
from incidents.services import incidents as work
from incidents.services import triage
from incidents.services.content import Account, Grading
from incidents.services.errors import ChangedMeanwhile, NotAllowed
from incidents.services.places import ChosenPlace, chosen_place, place_incident, place_report
from orgs import audit
from orgs.models import AreaColumns, Level, Place, Role
from tests.factories import (
    ActorFactory,
    FigureFactory,
    IncidentFactory,
    OrganisationFactory,
    ReportFactory,
    area,
    viewer,
)
from tests.moments import by_now, in_days

pytestmark = pytest.mark.django_db
GRADING = Grading(type_code="looting", occurred_on=date(2026, 11, 1), severity="severe")


@pytest.fixture
def coordinator():
    return viewer(Role.COORDINATOR, "Koro")


def verbs(row):
    return list(audit.entries_of(row).values_list("verb", flat=True))


def fresh(row):
    return type(row).objects.get(pk=row.pk)


# --- Every step from every state: typed by hand ------------------------------------------------------------------

REPORT_STEPS = {
    # step: states from which it may be taken
    "attach": {"new"},
    "make": {"new"},
    "reject": {"new"},
    "place": {"new"},
    "reopen": {"attached", "rejected"},
}
INCIDENT_STEPS = {
    "grade": {"open", "verified"},
    "write": {"open", "verified"},
    "count": {"open", "verified"},
    "withdraw": {"open", "verified"},
    "name": {"open", "verified"},
    "unname": {"open", "verified"},
    "place": {"open", "verified"},
    "attach": {"open", "verified"},
    "detach": {"open", "verified"},
    "verify": {"open"},
    "close": {"open", "verified"},
    "reopen": {"closed"},
}


def report_in(state):
    if state == "attached":
        return ReportFactory.attached(IncidentFactory.create())
    return ReportFactory.rejected() if state == "rejected" else ReportFactory.create()


def incident_in(state):
    closed = {"finding": "true", "closed_at": timezone.now()} if state == "closed" else {}
    made = IncidentFactory.create(state=state, **closed)
    ReportFactory.attached(made)
    return made


@pytest.mark.parametrize("state", ["new", "attached", "rejected"])
@pytest.mark.parametrize("step", REPORT_STEPS)
def test_steps_of_a_report(step, state, coordinator):
    row = report_in(state)
    given = {"viewer": coordinator, "report": row, "version": 1}
    takes = {
        "attach": lambda: triage.attach_report(**given, incident=IncidentFactory.create()),
        "make": lambda: triage.make_incident(**given, grading=GRADING),
        "reject": lambda: triage.reject_report(**given, reason="unclear", note=""),
        "place": lambda: place_report(**given, chosen=chosen_place("area", area("Bankass").pk)),
        "reopen": lambda: triage.reopen_report(**given),
    }
    if state in REPORT_STEPS[step]:
        takes[step]()
        assert fresh(row).version == 2
        assert len(verbs(row)) == 1
    else:
        with pytest.raises(NotAllowed):
            takes[step]()
        assert (fresh(row).version, fresh(row).state, verbs(row)) == (1, state, [])


@pytest.mark.parametrize("state", ["open", "verified", "closed"])
@pytest.mark.parametrize("step", INCIDENT_STEPS)
def test_steps_of_an_incident(step, state, coordinator):
    row = incident_in(state)
    figure = FigureFactory.create(incident=row)
    actor = ActorFactory.create()
    if step == "unname":
        HeldResponsible.objects.create(incident=row, actor=actor)
    spare = ReportFactory.attached(row)
    given = {"viewer": coordinator, "incident": row, "version": 1}
    today = timezone.localdate()
    takes = {
        "grade": lambda: work.grade_incident(**given, grading=GRADING),
        "write": lambda: work.write_incident(**given, account=Account("a", "b", "c")),
        "count": lambda: work.add_figure(**given, kind="killed", value=2, as_of=today),
        "withdraw": lambda: work.withdraw_figure(**given, figure=figure),
        "name": lambda: work.name_responsible(**given, actor=actor),
        "unname": lambda: work.unname_responsible(**given, actor=actor),
        "place": lambda: place_incident(**given, chosen=chosen_place("area", area("Koro").pk)),
        "attach": lambda: triage.attach_report(
            viewer=coordinator, report=ReportFactory.create(), incident=row, version=1
        ),
        "detach": lambda: triage.reopen_report(viewer=coordinator, report=spare, version=1),
        "verify": lambda: work.verify_incident(**given),
        "close": lambda: work.close_incident(**given, finding="partly"),
        "reopen": lambda: work.reopen_incident(**given),
    }
    after = {"verify": "verified", "close": "closed", "reopen": "open"}.get(step, state)
    if state in INCIDENT_STEPS[step]:
        takes[step]()
        assert fresh(row).state == after
        assert len(verbs(row)) == 1
    else:
        with pytest.raises(NotAllowed):
            takes[step]()
        assert (fresh(row).version, fresh(row).state, verbs(row)) == (1, state, [])


# --- Who may -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [role for role in Role.values if role != Role.COORDINATOR])
def test_nobody_but_coordinators_takes_a_step(role):
    other = viewer(role, "Koro")
    row, incident = ReportFactory.create(), incident_in("open")
    steps = [
        lambda: triage.reject_report(viewer=other, report=row, version=1, reason="unclear", note=""),
        lambda: triage.make_incident(viewer=other, report=row, version=1, grading=GRADING),
        lambda: triage.attach_report(viewer=other, report=row, incident=incident, version=1),
        lambda: work.verify_incident(viewer=other, incident=incident, version=1),
        lambda: work.grade_incident(viewer=other, incident=incident, version=1, grading=GRADING),
    ]
    for step in steps:
        with pytest.raises(NotAllowed):
            step()
    assert (fresh(row).version, fresh(incident).version) == (1, 1)


def test_a_coordinator_of_elsewhere_takes_no_step():
    elsewhere = viewer(Role.COORDINATOR, "Gao")
    row = ReportFactory.create()
    with pytest.raises(NotAllowed):
        triage.reject_report(viewer=elsewhere, report=row, version=1, reason="unclear", note="")
    here = viewer(Role.COORDINATOR, "Koro")
    with pytest.raises(NotAllowed):
        triage.attach_report(viewer=here, report=row, incident=IncidentFactory.create(where="Gao"), version=1)
    assert fresh(row).state == "new"


def test_people_of_the_accused_take_no_step(coordinator):
    organisation = OrganisationFactory.create()
    insider = viewer(Role.COORDINATOR, "Koro", organisation=organisation)
    row = incident_in("open")
    work.name_responsible(
        viewer=coordinator, incident=row, version=1, actor=ActorFactory.create(organisation=organisation)
    )
    with pytest.raises(NotAllowed):
        work.grade_incident(viewer=insider, incident=row, version=2, grading=GRADING)


# --- What each writes --------------------------------------------------------------------------------------------


def test_an_incident_starts_from_the_report_and_its_place(coordinator):
    row = ReportFactory.create(narrative="Trois vaches", harmed={"killed": 2}, place_text="Koro ville")
    other = ReportFactory.create()
    made = triage.make_incident(viewer=coordinator, report=row, version=1, grading=GRADING, together=[(other, 1)])
    assert (made.narrative, made.summary, made.state, made.tlp) == ("Trois vaches", "", "open", "amber")
    assert (made.source_grade, made.claim_grade, made.severity) == ("F", "6", "severe")
    assert (made.cercle_id, made.place_text) == (row.cercle_id, "Koro ville")
    assert set(made.reports.values_list("pk", "state")) == {(row.pk, "attached"), (other.pk, "attached")}
    assert Figure.objects.count() == 0, "a figure is put down by a coordinator, never taken over unread"
    assert verbs(made) == ["made", "report_attached", "report_attached"]


def test_when_one_of_the_joined_reports_changed_nothing_is_made(coordinator):
    row, other = ReportFactory.create(), ReportFactory.create()
    triage.reject_report(viewer=coordinator, report=other, version=1, reason="unclear", note="")
    with pytest.raises(ChangedMeanwhile):
        triage.make_incident(viewer=coordinator, report=row, version=1, grading=GRADING, together=[(other, 1)])
    assert Incident.objects.count() == 0
    assert fresh(row).state == "new"


def test_setting_aside_and_undoing_leaves_no_trace_on_the_report_but_one_in_the_log(coordinator):
    row = ReportFactory.create()
    triage.reject_report(viewer=coordinator, report=row, version=1, reason="abuse", note="publicité")
    assert (fresh(row).reject_reason, fresh(row).reject_note) == ("abuse", "publicité")
    triage.reopen_report(viewer=coordinator, report=row, version=2)
    now = fresh(row)
    assert (now.state, now.reject_reason, now.reject_note, now.decided_at, now.decided_by) == (
        "new",
        "",
        "",
        None,
        None,
    )
    assert verbs(row) == ["rejected", "reopened"]


def test_a_verified_incident_keeps_its_last_report(coordinator):
    row = incident_in("verified")
    only = row.reports.get()
    with pytest.raises(NotAllowed, match="garde au moins un signalement"):
        triage.reopen_report(viewer=coordinator, report=only, version=1)
    extra = ReportFactory.attached(row)
    triage.reopen_report(viewer=coordinator, report=extra, version=1)
    assert row.reports.count() == 1


def test_verifying_needs_a_report_and_a_summary(coordinator):
    bare = IncidentFactory.create()
    with pytest.raises(NotAllowed):
        work.verify_incident(viewer=coordinator, incident=bare, version=1)
    silent = IncidentFactory.create(summary="")
    ReportFactory.attached(silent)
    with pytest.raises(ValidationError) as refused:
        work.verify_incident(viewer=coordinator, incident=silent, version=1)
    assert "summary" in refused.value.message_dict


def test_figures_of_different_sources_stand_side_by_side_and_are_taken_back_not_deleted(coordinator):
    row = incident_in("open")
    given = {"viewer": coordinator, "incident": row, "kind": "killed", "as_of": timezone.localdate()}
    first = work.add_figure(**given, version=1, value=3, source="mairie")
    work.add_figure(**given, version=2, value=7, source="radio")
    assert list(row.figures.order_by("pk").values_list("value", flat=True)) == [3, 7]
    work.withdraw_figure(viewer=coordinator, incident=row, version=3, figure=first)
    assert fresh(first).withdrawn_at is not None
    work.withdraw_figure(viewer=coordinator, incident=row, version=4, figure=first)
    assert fresh(first).withdrawn_at is None
    assert verbs(row) == ["figure_added", "figure_added", "figure_withdrawn", "figure_restored"]


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("kind", {"kind": "eaten"}),
        ("value", {"value": -1}),
        ("value", {"value": 1_000_001}),
        ("as_of", {"as_of": in_days(3)}),
        ("as_of", {"as_of": date(1900, 1, 1)}),
        ("source", {"source": "x" * 121}),
    ],
)
def test_an_absurd_figure_is_refused_by_its_name(name, change, coordinator):
    row = incident_in("open")
    given: dict[str, Any] = {"kind": "killed", "value": 1, "as_of": timezone.localdate(), "source": ""}
    given |= by_now(change)
    with pytest.raises(ValidationError) as refused:
        work.add_figure(viewer=coordinator, incident=row, version=1, **given)
    assert list(refused.value.message_dict) == [name]


def test_a_figure_cannot_point_at_a_report_of_another_incident(coordinator):
    row, elsewhere = incident_in("open"), ReportFactory.attached(incident_in("open"))
    with pytest.raises(ValidationError):
        work.add_figure(
            viewer=coordinator, incident=row, version=1, kind="killed", value=1, as_of=date(2026, 1, 1),
            report=elsewhere,
        )  # fmt: skip
    with pytest.raises(NotAllowed):
        work.withdraw_figure(
            viewer=coordinator, incident=row, version=1, figure=FigureFactory.create(incident=incident_in("open"))
        )


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("type_code", {"type_code": "nothing"}),
        ("severity", {"severity": "huge"}),
        ("source_grade", {"source_grade": "G"}),
        ("tlp", {"tlp": "white"}),
        ("occurred_on", {"occurred_on": date(2100, 1, 1)}),
        ("occurred_on", {"occurred_on": date(1900, 1, 1)}),
    ],
)
def test_a_wrong_grade_is_refused_by_its_name(name, change, coordinator):
    row = incident_in("open")
    given = {"type_code": "looting", "occurred_on": date(2026, 1, 1)} | change
    with pytest.raises(ValidationError) as refused:
        work.grade_incident(viewer=coordinator, incident=row, version=1, grading=Grading(**given))
    assert list(refused.value.message_dict) == [name]
    assert fresh(row).version == 1


@pytest.mark.parametrize("name", ["summary", "reporter_note"])
@pytest.mark.parametrize("words", ["Les militaires sont postés à Dioungani.", "Appelez Awa au 70 12 34 56."])
def test_words_that_leave_the_desk_are_held_until_rewritten(name, words, coordinator):
    row = incident_in("open")
    with pytest.raises(ValidationError) as refused:
        work.write_incident(viewer=coordinator, incident=row, version=1, account=Account(**{name: words}))
    assert list(refused.value.message_dict) == [name]
    work.write_incident(viewer=coordinator, incident=row, version=1, account=Account(narrative=words))
    assert fresh(row).narrative == words, "the internal narrative stays on the desk"


def test_closing_says_what_it_was_and_what_the_reporters_read(coordinator):
    row = incident_in("verified")
    work.close_incident(viewer=coordinator, incident=row, version=1, finding="false", reporter_note="Merci.")
    now = fresh(row)
    assert (now.state, now.finding, now.reporter_note) == ("closed", "false", "Merci.")
    assert now.closed_at is not None
    with pytest.raises(ValidationError):
        work.close_incident(viewer=coordinator, incident=incident_in("open"), version=1, finding="maybe")


# --- Place -------------------------------------------------------------------------------------------------------


def test_a_report_that_was_nowhere_gets_its_area_and_keeps_its_words(coordinator):
    row = ReportFactory.create(where=None, place_text="vers le puits")
    koro = area("Koro")
    place_report(viewer=coordinator, report=row, version=1, chosen=chosen_place("area", koro.pk))
    now = fresh(row)
    assert (now.region_id, now.cercle_id, now.place_precision) == (koro.region_id, koro.pk, "cercle")
    assert now.place_text == "vers le puits"


def test_a_town_is_a_place_in_its_cercle():
    town = Place.objects.filter(edition__is_current=True, name="Koro").first()
    assert town is not None
    found = chosen_place("place", town.pk)
    assert found == ChosenPlace(AreaColumns(town.region_id, town.cercle_id, town.commune_id), "place", town.pk)


@pytest.mark.parametrize("given", [("area", 0), ("place", 0), ("person", 1)])
def test_what_is_no_place_is_refused(given):
    with pytest.raises(ValidationError):
        chosen_place(*given)


def test_the_whole_country_is_no_place():
    from tests.factories import country

    with pytest.raises(ValidationError):
        chosen_place("area", country().pk)
    assert chosen_place("area", area("Gao", Level.REGION).pk).precision == "region"


# --- Two at once -------------------------------------------------------------------------------------------------


def test_the_second_is_told_who_did_what_and_nothing_is_overwritten(coordinator):
    second = viewer(Role.COORDINATOR, "Koro")
    row = incident_in("open")
    work.grade_incident(viewer=coordinator, incident=row, version=1, grading=GRADING)
    work.write_incident(viewer=coordinator, incident=row, version=2, account=Account(summary="Premier"))
    with pytest.raises(ChangedMeanwhile) as told:
        work.write_incident(viewer=second, incident=row, version=1, account=Account(summary="Second"))
    assert told.value.by is not None
    assert told.value.by.pk == coordinator.user_id
    assert told.value.version == 3
    assert [entry.verb for entry in told.value.changes] == ["written", "graded"]
    assert fresh(row).summary == "Premier"


def test_nothing_that_people_write_is_in_the_audit_log(coordinator):
    mark = "NOYAUDEMANGUE"
    row = ReportFactory.create(narrative=mark, place_text=mark)
    made = triage.make_incident(viewer=coordinator, report=row, version=1, grading=GRADING)
    work.write_incident(viewer=coordinator, incident=made, version=1, account=Account(mark, mark, mark))
    work.add_figure(
        viewer=coordinator, incident=made, version=2, kind="killed", value=9, as_of=date(2026, 1, 1), source=mark
    )
    work.name_responsible(viewer=coordinator, incident=made, version=3, actor=ActorFactory.create(name=mark))
    work.close_incident(viewer=coordinator, incident=made, version=4, finding="true", reporter_note=mark)
    spare = ReportFactory.create()
    triage.reject_report(viewer=coordinator, report=spare, version=1, reason="abuse", note=mark)
    kept = json.dumps([entry.facts for one in (row, made, spare) for entry in audit.entries_of(one)])
    assert mark not in kept
    assert Report.objects.count() == 2
