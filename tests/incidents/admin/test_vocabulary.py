"""The types of incident in admin: administrators keep them, by the service, which audits."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from incidents.models import IncidentType
from incidents.services.errors import NotAllowed
from incidents.services.vocabulary import keep_type
from orgs.models import AuditEntry, Role
from tests.factories import person, signed_in, viewer

pytestmark = pytest.mark.django_db
LIST = "/admin/incidents/incidenttype/"
FIELDS: dict[str, Any] = {
    "code": "drought",
    "label_fr": "Sécheresse",
    "label_en": "Drought",
    "acled_sub_event_type": "",
    "pictogram": "land",
    "on_form": "on",
    "position": "500",
    "is_active": "on",
}


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        # list, view, add, change, delete
        (Role.ADMINISTRATOR, (200, 200, 200, 302, 403)),
        (Role.COORDINATOR, (200, 200, 403, 403, 403)),
        (Role.OVERSIGHT, (403, 403, 403, 403, 403)),
        (Role.OPERATOR, (403, 403, 403, 403, 403)),
        (Role.LIAISON, (302, 302, 302, 302, 302)),
    ],
)
def test_who_keeps_types(role: Role, expected: tuple[int, ...]) -> None:
    client = signed_in(person(role, "Koro"))
    changed = {**FIELDS, "label_fr": "Vol de troupeaux"}
    assert (
        client.get(LIST).status_code,
        client.get(f"{LIST}looting/change/").status_code,
        client.get(f"{LIST}add/").status_code,
        client.post(f"{LIST}looting/change/", changed).status_code,
        client.post(f"{LIST}looting/delete/", {"post": "yes"}).status_code,
    ) == expected
    label = IncidentType.objects.get(pk="looting").label_fr
    assert (label == "Vol de troupeaux") is (role == Role.ADMINISTRATOR)


def test_a_new_type_is_there_and_audited() -> None:
    client = signed_in(person(Role.ADMINISTRATOR))
    assert client.post(f"{LIST}add/", FIELDS).status_code == 302
    assert IncidentType.objects.get(pk="drought").label_fr == "Sécheresse"
    assert AuditEntry.objects.filter(verb="added_type", object_id="drought").count() == 1


def test_a_code_in_use_stays() -> None:
    client = signed_in(person(Role.ADMINISTRATOR))
    client.post(f"{LIST}looting/change/", FIELDS)
    assert IncidentType.objects.filter(pk="looting", label_fr="Sécheresse").exists()
    assert not IncidentType.objects.filter(pk="drought").exists()


def test_what_the_service_refuses_is_said_and_nothing_is_kept() -> None:
    client = signed_in(person(Role.ADMINISTRATOR))
    answer = client.post(f"{LIST}add/", {**FIELDS, "pictogram": "unicorn"}, follow=True)
    assert "Ce pictogramme n’existe pas." in answer.content.decode()
    assert not IncidentType.objects.filter(pk="drought").exists()
    kind = IncidentType(code="x", label_fr="", label_en="X")
    with pytest.raises(ValidationError):
        keep_type(viewer=viewer(Role.ADMINISTRATOR), kind=kind)
    with pytest.raises(NotAllowed):
        keep_type(viewer=viewer(Role.COORDINATOR, "Koro"), kind=IncidentType.objects.get(pk="looting"))
