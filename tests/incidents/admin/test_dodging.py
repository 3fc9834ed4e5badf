"""Attempts to learn from admin what it does not show: searches, conditions in addresses, popups, completion."""

import pytest
from django.test import Client

from incidents.admin.base import DeskAdmin
from incidents.disclosure import FIGURE, INCIDENT, REPORT
from incidents.models import Report
from orgs.crypto import seal
from orgs.disclosure import Table, Treatment
from orgs.models import AuditEntry, Role, User
from tests import factories
from tests.factories import person, signed_in
from tests.incidents.admin.conftest import MAKERS

pytestmark = pytest.mark.django_db
BOTH = [Role.COORDINATOR, Role.ADMINISTRATOR]


@pytest.fixture
def coordinator() -> Client:
    return signed_in(person(Role.COORDINATOR, "Koro"))


@pytest.fixture
def administrator() -> Client:
    return signed_in(person(Role.ADMINISTRATOR))


def found(client: Client, address: str) -> int | None:
    """How many rows a list gives; ``None`` where it refuses the question."""
    answer = client.get(address)
    if answer.status_code != 200:
        assert answer.status_code in (302, 400, 403), answer.status_code
        return None
    return len(answer.context["cl"].result_list)


@pytest.mark.parametrize(
    ("words", "expected"),
    [("RECIT-MARQUE", 1), ("LIEU-MARQUE", 1), ("cle-marquee", 0), ("Awa", 0), ("+22370000001", 0), ("rien", 0)],
)
def test_a_search_finds_only_what_is_shown(coordinator: Client, words: str, expected: int) -> None:
    MAKERS["report"]()
    MAKERS["report"]("Gao")
    assert found(coordinator, f"/admin/incidents/report/?q={words}") == expected


def test_an_administrator_learns_nothing_by_searching(administrator: Client) -> None:
    MAKERS["report"]()
    for model in MAKERS:
        for question in ("q=RECIT-MARQUE", "narrative__contains=R", "e=1", "all=", "o=1"):
            assert found(administrator, f"/admin/incidents/{model}/?{question}") is None


def test_both_roles_together_see_the_rows_of_the_desk_alone() -> None:
    user = person(Role.COORDINATOR, "Koro")
    factories.MembershipFactory.create(person=user, organisation=None, role=Role.ADMINISTRATOR)
    client = signed_in(user)
    MAKERS["report"]()
    MAKERS["report"]("Gao")
    assert found(client, "/admin/incidents/report/") == 1
    assert client.post(f"/admin/incidents/report/{Report.objects.first().pk}/change/", {}).status_code == 403  # type: ignore[union-attr]


HIDDEN = (
    ("report", "code_hash__startswith=a"),
    ("report", "content_key__gt=0"),
    ("report", "external_id__startswith=a"),
    ("report", "identity__person_key__startswith=cle"),
    ("report", "identity__sealed__gt=0"),
    ("report", "decided_by__password__startswith=p"),
    ("report", "decided_by__email__contains=example"),
    ("report", "incident__narrative__contains=R"),
    ("reporteridentity", "person_key__startswith=cle"),
    ("reporteridentity", "sealed__isnull=False"),
    ("reporteridentity", "report__narrative__contains=R"),
    ("incident", "created_by__phone__startswith=%2B223"),
    ("incident", "held_responsible__actor__name__contains=A"),
    ("incident", "reports__identity__person_key__startswith=c"),
    ("figure", "incident__narrative__contains=R"),
    ("delivery", "code__startswith=1"),
    ("delivery", "recipient__phone__startswith=%2B223"),
    ("delivery", "recipient__password__startswith=p"),
    ("delivery", "messages__gateway_id__startswith=a"),
    ("carriage", "message__sealed__isnull=False"),
    ("carriage", "message__key__startswith=a"),
    ("reply", "external_id__startswith=a"),
    ("reply", "delivery__code__startswith=1"),
    ("alert", "released_by__password__startswith=p"),
)


@pytest.mark.parametrize(("model", "question"), HIDDEN)
def test_conditions_on_what_is_not_shown_are_refused(coordinator: Client, model: str, question: str) -> None:
    MAKERS[model]()
    assert found(coordinator, f"/admin/incidents/{model}/?{question}") is None


def test_conditions_on_what_is_shown_stay_within_the_own_area(coordinator: Client) -> None:
    MAKERS["incident"]()
    MAKERS["incident"]("Gao")
    assert found(coordinator, "/admin/incidents/incident/?narrative__contains=RECIT") == 1
    assert found(coordinator, "/admin/incidents/incident/?tlp__exact=amber") == 1


@pytest.mark.parametrize("model", sorted(MAKERS))
def test_pages_hold_nothing_that_is_sealed_or_hashed(coordinator: Client, model: str) -> None:
    row = MAKERS[model]()
    for address in (f"/admin/incidents/{model}/", f"/admin/incidents/{model}/{row.pk}/change/"):
        page = coordinator.get(address)
        assert page.status_code == 200
        for secret in ("cle-marquee", "NOM-MARQUE", "Awa T.", "+22370000001", "@example.org"):
            assert secret not in page.content.decode(), (address, secret)


@pytest.mark.parametrize("model", sorted(MAKERS))
def test_what_coordinators_are_due_is_there(coordinator: Client, model: str) -> None:
    row = MAKERS[model]()
    page = coordinator.get(f"/admin/incidents/{model}/{row.pk}/change/").content.decode()
    due = {
        "report": "RECIT-MARQUE",
        "addition": "AJOUT-MARQUE",
        "wordtoreporter": "MOT-MARQUE",
        "incident": "RECIT-MARQUE",
        "figure": "SOURCE-MARQUEE",
        "alert": "CONSIGNE-MARQUEE",
        "rendition": "CORPS-MARQUE",
        "delivery": "DESTINATAIRE-MARQUE",
        "carriage": "DESTINATAIRE-MARQUE",
        "reply": "REPONSE-MARQUEE",
    }
    assert due.get(model, "") in page
    assert not coordinator.get(f"/admin/incidents/{model}/{row.pk}/change/").context["adminform"].form.fields


@pytest.mark.parametrize(("table", "model", "field"), [
    (REPORT, "report", "narrative"), (INCIDENT, "incident", "narrative"), (FIGURE, "figure", "source"),
])  # fmt: skip
def test_a_field_that_disclosure_hides_leaves_list_page_search_and_conditions(
    coordinator: Client, monkeypatch: pytest.MonkeyPatch, table: Table, model: str, field: str
) -> None:
    row = MAKERS[model]()
    marked = getattr(row, field)
    page, listed = f"/admin/incidents/{model}/{row.pk}/change/", f"/admin/incidents/{model}/"
    assert marked in coordinator.get(page).content.decode()
    hidden = dict.fromkeys(table.cells[field]["coordinator"], Treatment.HIDE)
    monkeypatch.setitem(table.cells[field], "coordinator", hidden)
    assert marked not in coordinator.get(page).content.decode()
    assert marked not in coordinator.get(listed).content.decode()
    assert found(coordinator, f"{listed}?{field}__contains={marked[:4]}") is None
    assert found(coordinator, f"{listed}?q={marked}") in (0, 1)
    assert field not in DeskAdmin.get_search_fields(_admin_of(row), None)  # type: ignore[arg-type]


def _admin_of(row: object) -> DeskAdmin:
    from django.contrib import admin

    found = admin.site._registry[type(row)]  # type: ignore[index]
    assert isinstance(found, DeskAdmin)
    return found


@pytest.mark.parametrize("role", BOTH)
@pytest.mark.parametrize("name", ["code_hash", "external_id", "narrative", "ref", "pk__in"])
def test_popups_choose_by_no_other_column(role: Role, name: str) -> None:
    row = MAKERS["report"]()
    client = signed_in(person(role, "Koro"))
    for address in ("/admin/incidents/report/", f"/admin/incidents/report/{row.pk}/change/"):
        answer = client.get(f"{address}?_popup=1&_to_field={name}")
        assert answer.status_code in (302, 400, 403)
        assert b"RECIT-MARQUE" not in answer.content


COMPLETIONS = (("figure", "report"), ("figure", "incident"), ("delivery", "recipient"), ("report", "type"))


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        (Role.COORDINATOR, (200, 200, 403, 200)),
        (Role.ADMINISTRATOR, (403, 403, 200, 200)),  # people and types are theirs to keep
        (Role.OVERSIGHT, (403, 403, 403, 403)),
        (Role.OPERATOR, (403, 403, 403, 403)),
        (Role.REPORTER, (302, 302, 302, 302)),
    ],
)
def test_completion_gives_rows_of_the_desk_alone(role: Role, expected: tuple[int, ...]) -> None:
    near, far = MAKERS["report"](), MAKERS["report"]("Gao")
    MAKERS["incident"]("Gao")
    client = signed_in(person(role, "Koro"))
    for (model, field), status in zip(COMPLETIONS, expected, strict=True):
        address = f"/admin/autocomplete/?app_label=incidents&model_name={model}&field_name={field}&term="
        answer = client.get(address)
        assert answer.status_code == status, (model, field)
        assert b"MARQUE" not in answer.content
        if status == 200 and field in ("report", "incident"):
            given = {one["id"] for one in answer.json()["results"]}
            assert given == ({str(near.pk)} if field == "report" else set())
            assert str(far.pk) not in given


def test_deleted_objects_and_raw_numbers_tell_nothing(administrator: Client) -> None:
    """Deleting an organisation in admin would list what hangs on it; there is no such page."""
    delivery = MAKERS["delivery"]()
    owner = delivery.organisation  # type: ignore[attr-defined]
    answer = administrator.get(f"/admin/orgs/organisation/{owner.pk}/delete/")
    assert answer.status_code == 403
    assert b"MARQUE" not in answer.content
    assert administrator.get(f"/admin/r/999/{delivery.pk}/").status_code in (302, 403, 404)


def test_history_keeps_reasons_sealed(coordinator: Client) -> None:
    report = MAKERS["report"]()
    secret = seal({"reason": "MOTIF-MARQUE"}).decode()
    AuditEntry.objects.create(
        verb="open_identity", object_type="report", object_id=str(report.pk), facts={"known": True, "reason": secret}
    )
    page = coordinator.get(f"/admin/incidents/report/{report.pk}/history/")
    assert page.status_code == 200
    assert "open_identity" in page.content.decode()
    assert secret[:40] not in page.content.decode()


def test_history_shows_what_changed(coordinator: Client) -> None:
    from incidents.services.content import Grading
    from incidents.services.incidents import grade_incident
    from orgs.access import viewer_for

    incident = factories.IncidentFactory.create()
    grading = Grading(type_code="looting", occurred_on=incident.occurred_on, severity="severe", tlp="red")
    someone = person(Role.COORDINATOR, "Koro", name="AUTEUR")
    grade_incident(viewer=viewer_for(someone), incident=incident, version=incident.version, grading=grading)
    page = coordinator.get(f"/admin/incidents/incident/{incident.pk}/history/").content.decode()
    assert "graded" in page
    assert "AUTEUR" in page
    assert "severity: severe" in page


@pytest.mark.parametrize("model", sorted(MAKERS))
def test_lists_and_pages_ask_no_more_for_more_rows(coordinator: Client, model: str) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def questions() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert coordinator.get(f"/admin/incidents/{model}/").status_code == 200
        return len(asked)

    for _number in range(5):
        MAKERS[model]()
    questions()
    few = questions()
    for _number in range(20):
        MAKERS[model]()
    assert questions() == few
    assert few <= 12


def test_nobody_learns_of_accounts_here(coordinator: Client) -> None:
    """Names of colleagues are shown; accounts are for administrators, so no link leads to one and is refused."""
    incident = factories.IncidentFactory.create(created_by=person(Role.COORDINATOR, "Koro", name="COLLEGUE"))
    page = coordinator.get(f"/admin/incidents/incident/{incident.pk}/change/").content.decode()
    assert "COLLEGUE" in page
    assert "/admin/orgs/user/" not in page
    assert User.objects.filter(name="COLLEGUE").exists()
