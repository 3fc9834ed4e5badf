"""The life of an entry, its freshness, and the contacts of an organisation."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from orgs.directory import freshness
from orgs.directory.columns import FRESHNESS
from orgs.models import AuditEntry, Channel, Contact, Organisation, OrganisationState, ProvedHow, Role, VerifiedHow
from orgs.services import contacts, verification
from orgs.services.contacts import Given, mark_of
from orgs.services.errors import Faster, NotAllowed
from tests.factories import ContactFactory, OrganisationFactory, viewer

pytestmark = pytest.mark.django_db


def test_half_after_a_year_and_nothing_where_nobody_confirmed() -> None:
    now = timezone.now()
    days = (0, 365, 730, 10_000)
    assert [freshness.score(now - timedelta(days=day), now) for day in days] == [100, 50, 25, 0]
    assert freshness.score(None, now) == 0
    assert freshness.score(now + timedelta(days=3), now) == 100


def _in_sql(entry: Organisation) -> int:
    rows = Organisation.objects.filter(pk=entry.pk).annotate(fresh=FRESHNESS.sql("confirmed_at"))
    return int(rows.values_list("fresh", flat=True).get())


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seconds=st.integers(-86_400, 86_400 * 4000))
def test_python_and_sql_say_the_same(seconds: int) -> None:
    entry = Organisation.objects.first() or OrganisationFactory.create()
    now = timezone.now()
    Organisation.objects.filter(pk=entry.pk).update(confirmed_at=now - timedelta(seconds=seconds))
    entry.refresh_from_db(fields=["confirmed_at"])
    assert _in_sql(entry) == freshness.score(entry.confirmed_at, now)


def test_a_year_and_never_are_the_same_in_sql() -> None:
    now = timezone.now()
    for confirmed, due in ((None, 0), (now - timedelta(days=365 * 3), 12), (now - timedelta(days=365), 50)):
        entry = OrganisationFactory.create(confirmed_at=confirmed)
        assert _in_sql(entry) == freshness.score(confirmed, now) == due


def test_verify_doubt_retire_and_take_back() -> None:
    entry = OrganisationFactory.create(areas=["Koro"])
    who = viewer(Role.COORDINATOR, "Koro")
    done = verification.verify_organisation(viewer=who, organisation=entry, how=VerifiedHow.CALL, version=1)
    assert (done.state, done.verified_by_id, done.verified_how) == (OrganisationState.VERIFIED, who.user_id, "call")
    assert done.confirmed_at == done.verified_at
    done = verification.doubt_organisation(viewer=who, organisation=entry, version=2)
    assert done.state == OrganisationState.STALE
    verification.retire_organisation(viewer=who, organisation=entry, version=3)
    with pytest.raises(NotAllowed):
        verification.verify_organisation(viewer=who, organisation=entry, how=VerifiedHow.CALL, version=4)
    done = verification.take_back_organisation(viewer=who, organisation=entry, version=4)
    assert done.state == OrganisationState.VERIFIED, "it was checked a moment ago"
    verbs = list(AuditEntry.objects.filter(object_id=str(entry.pk)).order_by("id").values_list("verb", flat=True))
    assert verbs == [
        "verified_organisation", "doubted_organisation", "retired_organisation", "took_back_organisation",
    ]  # fmt: skip


def test_a_draft_that_was_retired_comes_back_as_a_draft() -> None:
    entry = OrganisationFactory.create(areas=["Koro"])
    who = viewer(Role.COORDINATOR, "Koro")
    verification.retire_organisation(viewer=who, organisation=entry, version=1)
    assert verification.take_back_organisation(viewer=who, organisation=entry, version=2).state == "draft"


@pytest.mark.parametrize(
    ("role", "where"),
    [(Role.COORDINATOR, "Gao"), (Role.EDITOR, "Koro"), (Role.ANALYST, "Koro"), (Role.LIAISON, "Koro")],
)
def test_who_may_not_verify(role: str, where: str) -> None:
    entry = OrganisationFactory.create(areas=["Koro"])
    who = viewer(role, where, organisation=entry if role == Role.EDITOR else None)
    with pytest.raises(NotAllowed):
        verification.verify_organisation(viewer=who, organisation=entry, how=VerifiedHow.CALL, version=1)


def test_what_was_shown_is_what_is_verified() -> None:
    entry = OrganisationFactory.create(areas=["Koro"], version=7)
    who = viewer(Role.COORDINATOR, "Koro")
    with pytest.raises(Faster):
        verification.verify_organisation(viewer=who, organisation=entry, how=VerifiedHow.CALL, version=6)
    with pytest.raises(ValidationError):
        verification.verify_organisation(viewer=who, organisation=entry, how="dream", version=7)


def test_time_makes_verified_entries_stale_in_one_statement(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    then = timezone.now() - timedelta(days=366)
    old = [OrganisationFactory.verified(verified_at=then, confirmed_at=then) for _ in range(3)]
    confirmed = OrganisationFactory.verified(verified_at=then)
    retired = OrganisationFactory.create(state=OrganisationState.RETIRED, verified_at=then, confirmed_at=then)
    with django_assert_num_queries(1):
        assert verification.let_age() == 3
    states = dict(Organisation.objects.values_list("pk", "state"))
    assert {states[entry.pk] for entry in old} == {OrganisationState.STALE}
    assert (states[confirmed.pk], states[retired.pk]) == (OrganisationState.VERIFIED, OrganisationState.RETIRED)
    assert AuditEntry.objects.filter(verb="aged_organisation").count() == 3
    assert verification.let_age() == 0


def test_its_own_editor_confirms_and_nobody_else() -> None:
    entry = OrganisationFactory.create(areas=["Koro"])
    done = verification.confirm_as_own(viewer=viewer(Role.EDITOR, "Koro", organisation=entry), organisation=entry)
    assert done.confirmed_at is not None
    assert done.state == OrganisationState.DRAFT
    for other in (viewer(Role.EDITOR, "Koro"), viewer(Role.REPORTER, "Koro", organisation=entry)):
        with pytest.raises(NotAllowed):
            verification.confirm_as_own(viewer=other, organisation=entry)


# --- Contacts ----------------------------------------------------------------------------------------------------


def test_a_contact_is_kept_with_its_number_in_one_form() -> None:
    entry = OrganisationFactory.create(areas=["Koro"])
    who = viewer(Role.EDITOR, "Koro", organisation=entry)
    made = contacts.add_contact(viewer=who, organisation=entry, given=Given(name="Awa", phone="70 12 34 56"))
    assert made.phone == "+22370123456"
    with pytest.raises(ValidationError):
        contacts.add_contact(viewer=who, organisation=entry, given=Given(name="Awa", phone="00223 70.12.34.56"))


@pytest.mark.parametrize(
    ("given_", "field"),
    [
        (Given(name="A"), "phone"),
        (Given(phone="12"), "phone"),
        (Given(phone="70123456", channel=Channel.EMAIL), "email"),
        (Given(phone="70123456", do_not_sms=True), "channel"),
        (Given(email="a@example.org", channel=Channel.EMAIL, is_emergency=True), "is_emergency"),
        (Given(phone="70123456", spoken=["klingon"]), "spoken"),
    ],
)
def test_a_contact_that_is_of_no_use_is_refused_by_field(given_: Given, field: str) -> None:
    entry = OrganisationFactory.create(areas=["Koro"])
    with pytest.raises(ValidationError) as refused:
        contacts.add_contact(viewer=viewer(Role.COORDINATOR, "Koro"), organisation=entry, given=given_)
    assert field in refused.value.message_dict


def test_a_new_number_is_not_proved_yet_and_somebody_faster_is_seen() -> None:
    entry = OrganisationFactory.create(areas=["Koro"])
    who = viewer(Role.COORDINATOR, "Koro")
    contact = ContactFactory.create(organisation=entry)
    contact = contacts.note_works(viewer=who, contact=contact, how=ProvedHow.CALL)
    assert contact.proved_at is not None
    mark = mark_of(contact)
    changed = contacts.change_contact(
        viewer=who, contact=contact, given=Given(name="Autre", phone="70123456"), mark=mark
    )
    assert (changed.proved_at, changed.proved_how) == (None, "")
    with pytest.raises(Faster):
        contacts.change_contact(viewer=who, contact=contact, given=Given(phone="70123457"), mark=mark)


def test_a_contact_ends_and_is_taken_back() -> None:
    entry = OrganisationFactory.create(areas=["Koro"])
    who = viewer(Role.EDITOR, "Koro", organisation=entry)
    contact = ContactFactory.create(organisation=entry)
    contacts.end_contact(viewer=who, contact=contact)
    assert not Contact.objects.current().exists()
    with pytest.raises(NotAllowed):
        contacts.note_works(viewer=who, contact=contact, how=ProvedHow.CALL)
    contacts.resume_contact(viewer=who, contact=contact)
    assert contacts.note_fails(viewer=who, contact=contact).failed_at is not None
    assert not Contact.objects.working().exists()


def test_strangers_keep_no_contacts() -> None:
    entry = OrganisationFactory.create(areas=["Koro"])
    contact = ContactFactory.create(organisation=entry)
    for who in (viewer(Role.EDITOR, "Koro"), viewer(Role.COORDINATOR, "Gao"), viewer(Role.MONITOR, "Koro")):
        with pytest.raises(NotAllowed):
            contacts.add_contact(viewer=who, organisation=entry, given=Given(phone="70123456"))
        with pytest.raises(NotAllowed):
            contacts.end_contact(viewer=who, contact=contact)
    assert "70123456" not in str(list(AuditEntry.objects.values_list("facts", flat=True)))
