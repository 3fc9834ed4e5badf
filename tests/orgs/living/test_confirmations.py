"""Contacts are asked whether an entry is still right: whom, when, in which words, and what their answer does."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from orgs.messaging.drain import drain
from orgs.messaging.inbound import IncomingSms, handlers
from orgs.messaging.sms_text import fits_one
from orgs.models import (
    ChangeRequest,
    Channel,
    Confirmation,
    ConfirmationAnswer,
    Contact,
    Message,
    MessageState,
    Organisation,
    OrganisationState,
    OrganisationVisibility,
    ProvedHow,
    VerifiedHow,
)
from orgs.services import confirmations
from tests.factories import ContactFactory, OrganisationFactory
from tests.moments import by_now, in_time
from tests.orgs.living.shared import link_in, words_in
from tests.together import at_once

pytestmark = pytest.mark.django_db
LONG_AGO = timedelta(days=400)


@pytest.fixture(autouse=True)
def _no_tries_from_before() -> Any:
    cache.clear()
    yield
    cache.clear()


def old_entry(**fields: Any) -> Organisation:
    """An entry that somebody verified long ago."""
    then = timezone.now() - LONG_AGO
    checked = {"verified_at": then, "confirmed_at": then, "verified_how": VerifiedHow.VISIT}
    return OrganisationFactory.create(**{"state": OrganisationState.STALE, "areas": ["Koro"], **checked, **fields})


def asked(**fields: Any) -> tuple[Contact, Message, Client]:
    """A contact who was asked, the message, and a browser without an account."""
    contact = ContactFactory.create(organisation=fields.pop("organisation", None) or old_entry(), **fields)
    assert confirmations.ask_contacts() == 1
    return contact, Message.objects.get(), Client()


def test_the_question_names_nobody_and_is_sealed() -> None:
    entry = old_entry(name="Femmes du puits", acronym="FDP")
    _contact, message, _client = asked(organisation=entry, name="Awa Traoré")
    words = words_in(message)
    for secret in ("Femmes", "FDP", "Awa", "puits", "Passerelle"):
        assert secret not in words
    assert link_in(message).split("/")[3].encode() not in bytes(message.sealed or b"")
    assert message.recipient is None
    assert fits_one(words)
    kept = Confirmation.objects.get()
    assert link_in(message).split("/")[3] not in (kept.token_hash, kept.code_hash)


@pytest.mark.parametrize(
    "hindrance",
    [
        {"ended_at": timezone.now},
        {"do_not_sms": True},
        {"failed_at": timezone.now},
    ],
)
def test_who_does_not_stand_or_does_not_wish_it_is_not_asked(hindrance: dict[str, Any]) -> None:
    ContactFactory.create(organisation=old_entry(), **by_now(hindrance))
    assert confirmations.ask_contacts() == 0
    assert not Message.objects.exists()


@pytest.mark.parametrize(
    "entry",
    [
        {"state": OrganisationState.RETIRED},
        {"hidden_at": timezone.now},
        {"confirmed_at": in_time(days=-30)},
    ],
)
def test_about_what_nobody_asks(entry: dict[str, Any]) -> None:
    ContactFactory.create(organisation=old_entry(**by_now(entry)))
    assert confirmations.ask_contacts() == 0


@pytest.mark.parametrize(
    ("wishes", "channel"),
    [
        ({"channel": Channel.SMS}, Channel.SMS),
        ({"channel": Channel.EMAIL}, Channel.EMAIL),
        ({"channel": Channel.CALL}, Channel.SMS),
        ({"channel": Channel.SMS, "do_not_sms": True}, Channel.EMAIL),
        ({"channel": Channel.EMAIL, "do_not_email": True}, Channel.SMS),
        ({"channel": Channel.EMAIL, "email": ""}, Channel.SMS),
    ],
)
def test_the_way_is_one_that_they_accept(wishes: dict[str, Any], channel: str) -> None:
    _contact, message, _client = asked(**{"email": "awa@example.org", **wishes})
    assert message.channel == channel


def test_once_a_period_for_each_organisation_one_contact() -> None:
    entry = old_entry()
    ContactFactory.create_batch(3, organisation=entry)
    assert confirmations.ask_contacts() == 1
    assert confirmations.ask_contacts() == 0
    Confirmation.objects.update(asked_at=timezone.now() - LONG_AGO)
    assert confirmations.ask_contacts() == 1


def test_when_the_question_did_not_arrive_another_contact_is_asked() -> None:
    entry = old_entry()
    ContactFactory.create_batch(2, organisation=entry)
    confirmations.ask_contacts()
    Message.objects.update(state=MessageState.FAILED, reason="not_delivered", final_at=timezone.now())
    assert confirmations.settle() == (0, 1)
    assert confirmations.ask_contacts() == 1
    assert Confirmation.objects.values("contact").distinct().count() == 2
    assert confirmations.ask_contacts() == 0


def test_no_more_than_a_batch_a_day_the_oldest_first(settings: Any) -> None:
    settings.DIRECTORY_ASK_BATCH = 2
    entries = [old_entry(confirmed_at=timezone.now() - timedelta(days=days)) for days in (300, 500, 400)]
    for entry in entries:
        ContactFactory.create(organisation=entry)
    assert confirmations.ask_contacts() == 2
    assert set(Confirmation.objects.values_list("organisation", flat=True)) == {entries[1].pk, entries[2].pk}


def test_a_contact_that_fails_stops_nobody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    contacts = [ContactFactory.create(organisation=old_entry()) for _ in range(3)]
    write = confirmations.words_for

    def break_for_one(language: str, *args: Any, **kwargs: Any) -> Any:
        if language == "en":
            raise RuntimeError
        return write(language, *args, **kwargs)

    Contact.objects.filter(pk=contacts[1].pk).update(language="en")
    monkeypatch.setattr(confirmations, "words_for", break_for_one)
    assert confirmations.ask_contacts() == 2
    assert Confirmation.objects.count() == Message.objects.count() == 2


@pytest.mark.parametrize(
    "change",
    [{"ended_at": timezone.now}, {"do_not_email": True}, {"email": "other@example.org"}],
)
def test_at_the_moment_of_sending_it_is_asked_again(change: dict[str, Any]) -> None:
    contact, message, _client = asked(channel=Channel.EMAIL, email="awa@example.org", phone="")
    Contact.objects.filter(pk=contact.pk).update(**{"phone": "+22370000009", **by_now(change)})
    drain(Channel.EMAIL, hands=0)
    message.refresh_from_db()
    assert message.state == MessageState.SKIPPED
    assert not mail.outbox


def test_an_organisation_hidden_meanwhile_is_not_written_to() -> None:
    contact, message, _client = asked(channel=Channel.EMAIL, email="awa@example.org", phone="")
    Organisation.objects.filter(pk=contact.organisation_id).update(hidden_at=timezone.now())
    drain(Channel.EMAIL, hands=0)
    message.refresh_from_db()
    assert message.state == MessageState.SKIPPED


def test_through_the_outbox_to_the_answer() -> None:
    contact, message, client = asked(channel=Channel.EMAIL, email="awa@example.org")
    drain(Channel.EMAIL, hands=0)
    [letter] = mail.outbox
    assert letter.to == ["awa@example.org"]
    link = link_in(message)
    page = client.get(link)
    assert page.status_code == 200
    assert contact.organisation.name in page.content.decode()
    assert client.post(link, {"answer": "right"}, follow=True).status_code == 200
    contact.refresh_from_db()
    entry = contact.organisation
    entry.refresh_from_db()
    assert entry.state == OrganisationState.VERIFIED
    assert entry.confirmed_at is not None
    assert (timezone.now() - entry.confirmed_at).total_seconds() < 60
    assert entry.verified_at is not None
    assert entry.verified_at < timezone.now() - timedelta(days=300), "nobody has verified it again"
    assert contact.proved_how == ProvedHow.EMAIL


def test_reading_the_page_changes_nothing() -> None:
    contact, message, client = asked()
    before = Organisation.objects.values().get(pk=contact.organisation_id)
    for _ in range(3):
        client.get(link_in(message))
        client.head(link_in(message))
        client.get(f"{link_in(message)}changed/")
    assert Organisation.objects.values().get(pk=contact.organisation_id) == before
    assert Confirmation.objects.get().answer == ""


def test_a_link_works_once_and_shows_nothing_afterwards() -> None:
    contact, message, client = asked(organisation=old_entry(name="Femmes du puits"))
    link = link_in(message)
    client.post(link, {"answer": "right"})
    Organisation.objects.filter(pk=contact.organisation_id).update(state=OrganisationState.STALE, confirmed_at=None)
    for again in ("right", "stop"):
        client.post(link, {"answer": again})
    client.post(f"{link}changed/", {"name": "Autre"})
    contact.refresh_from_db()
    contact.organisation.refresh_from_db()
    assert (contact.organisation.confirmed_at, contact.do_not_sms) == (None, False)
    assert Confirmation.objects.get().answer == ConfirmationAnswer.RIGHT
    assert not ChangeRequest.objects.exists()
    assert "puits" not in client.get(link).content.decode()


@pytest.mark.parametrize("end", ["expired", "ended", "merged", "hidden", "wrong"])
def test_a_link_that_opens_nothing(end: str) -> None:
    contact, message, client = asked(organisation=old_entry(name="Femmes du puits"))
    link = link_in(message)
    if end == "expired":
        Confirmation.objects.update(expires_at=timezone.now())
    elif end == "ended":
        Contact.objects.update(ended_at=timezone.now())
    elif end == "merged":
        Organisation.objects.filter(pk=contact.organisation_id).update(merged_into=OrganisationFactory.create())
    elif end == "hidden":
        Organisation.objects.filter(pk=contact.organisation_id).update(hidden_at=timezone.now())
    else:
        link = f"{link[:-2]}{'x' if link[-2] != 'x' else 'y'}/"
    for answer in (client.get(link), client.post(link, {"answer": "right"})):
        assert answer.status_code == 410
        assert "puits" not in answer.content.decode()


def test_who_tries_links_is_slowed_down() -> None:
    client = Client()
    answers = {client.get(f"/orgs/confirm/guess-{number}/").status_code for number in range(40)}
    assert answers == {410, 429}


def test_a_draft_stays_a_draft_until_a_person_verifies_it() -> None:
    entry = old_entry(state=OrganisationState.DRAFT, verified_at=None, confirmed_at=None, verified_how="")
    Organisation.objects.filter(pk=entry.pk).update(created_at=timezone.now() - LONG_AGO)
    contact, message, client = asked(organisation=entry)
    client.post(link_in(message), {"answer": "right"})
    entry.refresh_from_db()
    assert entry.state == OrganisationState.DRAFT
    assert entry.confirmed_at is not None
    contact.refresh_from_db()
    assert contact.proved_how == ProvedHow.REPLY


def test_the_page_shows_no_contact_and_not_how_it_is_listed_elsewhere() -> None:
    entry = old_entry(visibility=OrganisationVisibility.COORDINATORS)
    other = ContactFactory.create(organisation=entry, name="Moussa Secret", email="moussa@example.org", do_not_sms=True)
    Contact.objects.filter(pk=other.pk).update(do_not_email=True)
    contact, message, client = asked(organisation=entry, name="Awa Secret")
    page = client.get(link_in(message)).content.decode()
    for secret in ("Secret", other.phone, contact.phone, "moussa@"):
        assert secret not in page


def test_something_has_changed_becomes_a_request_that_waits() -> None:
    contact, message, client = asked(organisation=old_entry(name="Femmes du puits"))
    link = f"{link_in(message)}changed/"
    empty = client.post(link, {"name": "Femmes du puits"})
    assert empty.status_code == 422, "nothing was said"
    client.post(link, {"name": "Femmes du grand puits", "note": "Nous avons déménagé à Bankass."})
    request = ChangeRequest.objects.get()
    assert (request.contact, request.asked_by) == (contact, None)
    assert [item.field for item in request.items.all()] == ["name"]
    contact.organisation.refresh_from_db()
    assert contact.organisation.name == "Femmes du puits"
    assert contact.organisation.state == OrganisationState.STALE


def test_do_not_ask_me_again() -> None:
    contact, message, client = asked(email="awa@example.org")
    client.post(link_in(message), {"answer": "stop"})
    contact.refresh_from_db()
    assert (contact.do_not_sms, contact.do_not_email) == (True, False)
    Confirmation.objects.update(asked_at=timezone.now() - LONG_AGO)
    confirmations.ask_contacts()
    assert set(Message.objects.values_list("channel", flat=True)) == {Channel.SMS, Channel.EMAIL}


def _sms(sender: str, text: str) -> Any:
    return handlers.answer(IncomingSms("generic", "1", sender, text, timezone.now()))


def test_an_answer_by_sms_counts_from_the_phone_that_was_asked() -> None:
    contact, message, _client = asked()
    code = words_in(message).rsplit(" ", 1)[1]
    assert _sms("+22370009999", f"OUI {code}") is None or Confirmation.objects.get().answer == ""
    assert _sms(contact.phone, "bonjour") is None
    assert Confirmation.objects.get().answer == ""
    answer = _sms(contact.phone, f" oui {code}.")
    assert answer is not None
    assert answer[0] == "confirm_by_sms"
    contact.organisation.refresh_from_db()
    assert contact.organisation.state == OrganisationState.VERIFIED


def test_delivery_proves_the_phone_and_failure_says_so() -> None:
    delivered, failed = (ContactFactory.create(organisation=old_entry()) for _ in range(2))
    confirmations.ask_contacts()
    now = timezone.now()
    Message.objects.filter(confirmation__contact=delivered).update(state=MessageState.DELIVERED, final_at=now)
    Message.objects.filter(confirmation__contact=failed).update(
        state=MessageState.FAILED, reason="not_delivered", final_at=now
    )
    assert confirmations.settle() == (1, 1)
    assert confirmations.settle() == (0, 0), "once"
    delivered.refresh_from_db()
    failed.refresh_from_db()
    assert (delivered.proved_how, delivered.proved_at, delivered.failed_at) == (ProvedHow.SMS, now, None)
    assert (failed.proved_at, failed.failed_at) == (None, now)


@pytest.mark.django_db(transaction=True)
def test_two_workers_ask_once() -> None:
    for _ in range(3):
        ContactFactory.create(organisation=old_entry())
    results = at_once(confirmations.ask_contacts, confirmations.ask_contacts, confirmations.ask_contacts)
    assert sum(int(str(result)) for result in results) == 3
    assert Confirmation.objects.values("organisation").distinct().count() == Confirmation.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_two_taps_at_once_are_one_answer() -> None:
    _contact, _message, _client = asked()
    confirmation = Confirmation.objects.get()
    results = at_once(
        lambda: confirmations.answer_right(confirmation=confirmation),
        lambda: confirmations.answer_stop(confirmation=confirmation),
    )
    assert sum(isinstance(result, Confirmation) for result in results) == 1
