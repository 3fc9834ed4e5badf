"""Who reads and writes what in the content admin: role by model by action, typed by hand."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.db.models import Model
from django.test import Client

from incidents.models import HeldResponsible, Incident, Report, ReportState, Severity
from orgs.models import Membership, Organisation, Role, Tlp
from tests import factories
from tests.factories import person, signed_in
from tests.incidents.admin.conftest import MAKERS

NOBODY = (Role.REPORTER, Role.EDITOR, Role.MONITOR, Role.FACILITATOR, Role.LIAISON, Role.ANALYST)

# list, view, history, add (get), change (post), delete (post); for a row in the person's own cercle.
OWN_AREA: dict[str, tuple[int, int, int, int, int, int]] = {
    # Sent to the sign-in of admin, which refuses them.
    **dict.fromkeys(NOBODY, (302, 302, 302, 302, 302, 302)),
    # To them the history looks like that of a row that never was.
    Role.ADMINISTRATOR: (403, 403, 302, 403, 403, 403),
    Role.OVERSIGHT: (403, 403, 302, 403, 403, 403),
    Role.OPERATOR: (403, 403, 302, 403, 403, 403),
    Role.COORDINATOR: (200, 200, 200, 403, 403, 403),
}


def address(model: str, pk: object = None, action: str = "") -> str:
    return f"/admin/incidents/{model}/" + (f"{pk}/{action}/" if pk is not None else f"{action}/" if action else "")


def statuses(client: Client, model: str, row: Model) -> tuple[int, ...]:
    return (
        client.get(address(model)).status_code,
        client.get(address(model, row.pk, "change")).status_code,
        client.get(address(model, row.pk, "history")).status_code,
        client.get(address(model, action="add")).status_code,
        client.post(address(model, row.pk, "change"), {"state": "closed"}).status_code,
        client.post(address(model, row.pk, "delete"), {"post": "yes"}).status_code,
    )


def test_every_model_of_the_app_is_in_admin() -> None:
    here = {model._meta.model_name for model in admin.site._registry if model._meta.app_label == "incidents"}
    histories = {"incidenthistory"}
    all_models = {model._meta.model_name for model in apps.get_app_config("incidents").get_models()}
    assert all_models - here == histories
    # Kept by administrators or operators, or made on pages of their own; tested where they are made.
    elsewhere = {
        "incidenttype", "prompt", "smssender", "smsconversation", "device", "webhooksource",
        "subscription", "ruleasdigest", "dutyroster", "dutyshift", "dutyreplacement",
        "ladder", "ladderstep", "exercise", "participation",
        "capmessage", "conductfeedback", "conductnote", "conductpattern",
        "safetyreview", "safetyanswer", "safetyoverride", "safetybar", "alertclosing", "fallback", "linkopening",
    }  # fmt: skip
    assert here == {*MAKERS, *elsewhere}


def test_anybody_is_sent_to_sign_in(model: str, client: Client) -> None:
    row = MAKERS[model]()
    assert set(statuses(client, model, row)) == {302}
    assert client.get(address(model, row.pk, "change"), follow=True).request["PATH_INFO"] == "/accounts/login/"


@pytest.mark.parametrize("role", list(Role))
def test_own_area(model: str, role: Role) -> None:
    row = MAKERS[model]()
    client = signed_in(person(role, "Koro"))
    assert statuses(client, model, row) == OWN_AREA[role]
    if role in NOBODY:
        assert client.get(address(model), follow=True).status_code == 403
    assert type(row)._default_manager.filter(pk=row.pk).exists()


def test_another_area_is_not_there(model: str) -> None:
    """A coordinator of another cercle gets the list without the row; the row itself looks like one that never was."""
    row = MAKERS[model]("Gao")
    client = signed_in(person(Role.COORDINATOR, "Koro"))
    page = client.get(address(model))
    assert page.status_code == 200
    assert page.context["cl"].result_list.count() == 0
    for action in ("change", "history"):
        there, never = client.get(address(model, row.pk, action)), client.get(address(model, _unused(row), action))
        assert there.status_code == never.status_code == 302
        assert there["Location"] == never["Location"]
    assert client.post(address(model, row.pk, "change"), {}).status_code == 403
    assert client.post(address(model, row.pk, "delete"), {"post": "yes"}).status_code == 403


def _unused(row: Model) -> object:
    return "00000000-0000-0000-0000-000000000000" if not isinstance(row.pk, int) else 999_999


def test_without_the_second_factor_nobody_comes_in(model: str, client: Client) -> None:
    row = MAKERS[model]()
    client.force_login(person(Role.COORDINATOR, "Koro"))
    assert set(statuses(client, model, row)) == {302}
    assert "/2fa/" in client.get(address(model))["Location"]


def test_a_post_that_has_ended_opens_nothing(model: str) -> None:
    from django.utils import timezone

    row, former = MAKERS[model](), person(Role.COORDINATOR, "Koro")
    Membership.objects.filter(person=former).update(ends_at=timezone.now())
    client = signed_in(former)
    assert set(statuses(client, model, row)) == {302}
    assert client.get(address(model), follow=True).status_code == 403


@pytest.mark.django_db
def test_other_grants_of_a_coordinator_open_nothing_here() -> None:
    """What a person may read as anybody does not open the whole row in admin."""
    public = factories.IncidentFactory.create(where="Gao", tlp=Tlp.CLEAR, state="verified", narrative="RECIT-MARQUE")
    coordinator = person(Role.COORDINATOR, "Koro")
    client = signed_in(coordinator)
    assert client.get(f"/incidents/{public.ref}/").status_code == 200
    assert client.get(address("incident", public.pk, "change")).status_code == 302
    assert b"RECIT-MARQUE" not in client.get(address("incident")).content


@pytest.mark.django_db
def test_the_accused_do_not_find_it(model: str) -> None:
    """A coordinator whose own organisation is held responsible sees neither the incident nor what hangs on it."""
    row = MAKERS[model]()
    incident = _incident_of(row)
    service: Organisation = factories.OrganisationFactory.create()
    coordinator = person(Role.COORDINATOR, "Koro", organisation=service)
    client = signed_in(coordinator)
    assert client.get(address(model, row.pk, "change")).status_code == 200
    HeldResponsible.objects.create(incident=incident, actor=factories.ActorFactory.create(organisation=service))
    assert client.get(address(model, row.pk, "change")).status_code == 302
    assert client.get(address(model)).context["cl"].result_list.count() == 0


def _incident_of(row: object) -> Incident:
    """The incident that a row belongs to; a report is put behind one first."""
    for name in ("advisory", "question", "reply", "delivery", "alert", "report", "incident"):
        row = getattr(row, name, None) or row
    if isinstance(row, Report):
        incident: Incident = factories.IncidentFactory.create()
        Report.objects.filter(pk=row.pk).update(state=ReportState.ATTACHED, incident=incident)
        return incident
    assert isinstance(row, Incident)
    return row


@pytest.mark.django_db
def test_nothing_that_is_posted_changes_anything() -> None:
    incident = factories.IncidentFactory.create(severity=Severity.MINOR)
    client = signed_in(person(Role.COORDINATOR, "Koro"))
    fields = {"severity": "extreme", "tlp": "clear", "narrative": "x", "_save": "1", "_saveasnew": "1"}
    for action in ("change", "delete"):
        assert client.post(address("incident", incident.pk, action), fields).status_code == 403
    assert client.post(address("incident", action="add"), fields).status_code == 403
    for action in ("delete_selected", "anything"):
        chosen = {"action": action, "_selected_action": [incident.pk], "select_across": "1", "post": "yes"}
        assert client.post(address("incident"), chosen).status_code in (200, 302, 403)
    listed = {"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "1", "form-0-id": incident.pk, "form-0-tlp": "clear"}
    client.post(address("incident"), {**listed, "_save": "1"})
    incident.refresh_from_db()
    assert (incident.severity, incident.tlp, incident.narrative) == ("minor", "amber", "Récit interne.")
    assert not LogEntry.objects.exists()
