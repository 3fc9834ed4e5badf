"""Admin, the three answers of the policies, the clock, and a real worker."""

import time
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from orgs.access import ANYONE, CHANGES, CONFIRMATIONS, viewer_for
from orgs.disclosed import CHANGE_REQUEST
from orgs.models import (
    ChangeItem,
    ChangeRequest,
    Channel,
    Confirmation,
    Contact,
    Message,
    MessageState,
    OrganisationState,
    OrganisationVisibility,
    ProvedHow,
    Role,
)
from orgs.services import confirmations
from orgs.services.contacts import Given
from orgs.tasks import age_entries, ask_contacts, settle_confirmations
from tests import factories
from tests.factories import ContactFactory, OrganisationFactory, country, person, signed_in, viewer
from tests.faults.messages import Books, Worker, running, wait_until
from tests.orgs.living.test_confirmations import LONG_AGO, old_entry

pytestmark = pytest.mark.django_db
MODELS = ("contact", "changerequest", "changeitem", "confirmation")


def _rows(count: int = 1) -> None:
    for _ in range(count):
        one = OrganisationFactory.create(areas=["Koro"])
        contact = ContactFactory.create(organisation=one)
        request = ChangeRequest.objects.create(organisation=one, base_version=1, contact=contact)
        ChangeItem.objects.create(request=request, field="acronym", before="", asked="ABC")
        confirmations.ask(contact)


def _administrator() -> Client:
    client = signed_in(person(Role.ADMINISTRATOR))
    client.post("/accounts/reauthenticate/", {"password": factories.PASSWORD})
    return client


@pytest.mark.parametrize(
    ("role", "where", "due"),
    [
        (Role.ADMINISTRATOR, "Gao", {"contact": 1, "changerequest": 1, "changeitem": 1, "confirmation": 1}),
        (Role.COORDINATOR, "Koro", {"contact": 1, "changerequest": 1, "changeitem": 1, "confirmation": 1}),
        # Coordinators read every contact; what people ask for and who was asked, in their own areas.
        (Role.COORDINATOR, "Gao", {"contact": 1, "changerequest": 0, "changeitem": 0, "confirmation": 0}),
    ],
)
def test_what_admin_lists(role: str, where: str, due: dict[str, int]) -> None:
    _rows()
    client = signed_in(person(role, where))
    for model, count in due.items():
        answer = client.get(f"/admin/orgs/{model}/")
        assert answer.status_code == 200
        assert answer.context["cl"].result_count == count, model


@pytest.mark.parametrize("role", [Role.EDITOR, Role.LIAISON, Role.OVERSIGHT, Role.OPERATOR])
def test_admin_is_shut_to_others(role: str) -> None:
    client = signed_in(person(role, "Koro"))
    for model in MODELS:
        assert client.get(f"/admin/orgs/{model}/").status_code in (302, 403)


def test_lists_and_pages_of_admin_do_not_grow_in_queries() -> None:
    client = _administrator()
    _rows()
    first = {model: row.objects.get().pk for model, row in _by_model().items()}

    def counts() -> dict[str, int]:
        found = {}
        for model in MODELS:
            for address in (f"/admin/orgs/{model}/?q=a", f"/admin/orgs/{model}/{first[model]}/change/"):
                with CaptureQueriesContext(connection) as queries:
                    assert client.get(address).status_code == 200
                found[address] = len(queries)
        return found

    counts()
    before = counts()
    _rows(5)
    assert counts() == before


def _by_model() -> dict[str, type[Contact | ChangeRequest | ChangeItem | Confirmation]]:
    return {
        "contact": Contact, "changerequest": ChangeRequest, "changeitem": ChangeItem, "confirmation": Confirmation,
    }  # fmt: skip


def test_admin_writes_contacts_through_the_service() -> None:
    client = _administrator()
    entry = OrganisationFactory.create()
    posted = {**Given(name="Awa", phone="70 12 34 56").__dict__, "organisation": entry.pk, "spoken": []}
    posted = {name: value for name, value in posted.items() if value is not False}
    answer = client.post("/admin/orgs/contact/add/", posted)
    assert answer.status_code == 302, answer.content.decode()[:3000]
    contact = Contact.objects.get()
    assert contact.phone == "+22370123456"
    page = client.get(f"/admin/orgs/contact/{contact.pk}/change/")
    mark = page.context["adminform"].form["mark"].value()
    client.post(f"/admin/orgs/contact/{contact.pk}/change/", {**posted, "name": "Awa T.", "mark": mark})
    contact.refresh_from_db()
    assert contact.name == "Awa T."
    client.post(f"/admin/orgs/contact/{contact.pk}/change/", {**posted, "name": "Autre", "mark": mark})
    contact.refresh_from_db()
    assert contact.name == "Awa T.", "somebody else was faster"
    client.post("/admin/orgs/contact/", {"action": "end", "_selected_action": [contact.pk]})
    contact.refresh_from_db()
    assert contact.ended_at is not None


def test_three_answers_agree() -> None:
    people = [person(role, "Koro") for role in Role.values]
    people += [person(Role.COORDINATOR, "Gao"), person(Role.COORDINATOR, country())]
    asker = person(Role.MONITOR, "Gao")
    people.append(asker)
    for areas in (["Koro"], ["Gao"], []):
        for visibility in OrganisationVisibility.values:
            one = OrganisationFactory.create(areas=areas, visibility=visibility)
            ChangeRequest.objects.create(organisation=one, asked_by=asker, base_version=1)
            confirmations.ask(ContactFactory.create(organisation=one))
    for policy in (CHANGES, CONFIRMATIONS):
        rows = list(policy.model._default_manager.select_related("organisation"))
        seen = 0
        for user in people:
            who = viewer_for(user)
            listed = set(policy.rows(who).values_list("pk", flat=True))
            for row in rows:
                may = policy.sees(who, row)
                assert may == (row.pk in listed) == policy.people(row).filter(pk=user.pk).exists()
                seen += may
        assert seen > 20
        assert not policy.rows(ANYONE).exists()


def test_the_asker_does_not_read_who_decides() -> None:
    asker = person(Role.MONITOR, "Gao")
    request = ChangeRequest.objects.create(
        organisation=OrganisationFactory.create(), asked_by=asker, base_version=1, note="mot"
    )
    shown = CHANGE_REQUEST.show(request, "asker")
    assert (shown["note"], shown["asked_by"]) == ("mot", None)


def test_a_merged_entry_takes_its_requests_out_of_sight() -> None:
    _rows()
    request = ChangeRequest.objects.get()
    request.organisation.merged_into = OrganisationFactory.create()
    request.organisation.save()
    assert not CHANGES.sees(viewer(Role.ADMINISTRATOR), request)


def test_the_clock_runs_the_three_tasks(settings: object) -> None:
    from django.conf import settings as real

    names = {entry["task"] for entry in real.CELERY_BEAT_SCHEDULE.values()}
    assert {age_entries.name, ask_contacts.name, settle_confirmations.name} <= names
    entry = old_entry(state=OrganisationState.VERIFIED)
    contact = ContactFactory.create(organisation=entry)
    age_entries()
    entry.refresh_from_db()
    assert entry.state == OrganisationState.STALE
    ask_contacts()
    Message.objects.update(state=MessageState.DELIVERED, final_at=timezone.now())
    settle_confirmations()
    contact.refresh_from_db()
    assert contact.proved_how == ProvedHow.SMS
    assert timezone.now() - LONG_AGO < contact.proved_at  # type: ignore[operator]


@pytest.mark.django_db(transaction=True)
def test_a_real_worker_sends_the_question_to_those_who_still_stand(
    process_environment: dict[str, str], database_url: str, tmp_path: Path
) -> None:
    """The outbox is drained by Celery: one contact is written to, the one who ended meanwhile is not."""
    stands, ended = (
        ContactFactory.create(organisation=old_entry(), channel=Channel.EMAIL, phone="", email=f"{name}@example.org")
        for name in ("stands", "ended")
    )
    assert confirmations.ask_contacts() == 2
    Contact.objects.filter(pk=ended.pk).update(ended_at=timezone.now())
    worker = Worker({**process_environment, "MESSAGE_SWEEP": "1", "DEMO": "1"}, tmp_path / "worker.log")
    with running(worker):
        worker.start()
        wait_until(Books(database_url).all_final, "the worker sends")
        time.sleep(0.1)
    states = dict(Message.objects.values_list("confirmation__contact", "state"))
    assert states == {stands.pk: MessageState.SENT, ended.pk: MessageState.SKIPPED}
    letters = [path.read_text() for path in (tmp_path / "mail").iterdir()]
    assert len(letters) == 1
    assert "stands@example.org" in letters[0]
