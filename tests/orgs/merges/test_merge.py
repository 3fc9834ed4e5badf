"""A merge keeps every link, and undoing it leaves every table as it was."""

import random
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone
from pghistory.models import Event

from incidents.access import INCIDENTS
from incidents.models import AlertAudience, Delivery
from orgs.access import ANYONE, ORGANISATIONS, viewer_for
from orgs.models import (
    Actor,
    Attendance,
    AuditEntry,
    Contact,
    FactSource,
    Membership,
    Merge,
    Organisation,
    OrganisationKind,
    OrganisationName,
    OrganisationState,
    OrganisationVisibility,
    Role,
)
from orgs.policy import Viewer
from orgs.services import directory_index
from orgs.services.errors import NotAllowed
from orgs.services.merge_links import LEFT_ALONE, links
from orgs.services.merges import merge_organisations, undo_merge
from tests.factories import (
    ActorFactory,
    AlertFactory,
    ContactFactory,
    DeliveryFactory,
    HeldResponsibleFactory,
    IncidentFactory,
    MembershipFactory,
    OrganisationFactory,
    area,
    person,
)
from tests.factories_directory import (
    FundingCallFactory,
    NeedFactory,
    ProgrammeFactory,
    SubGrantFactory,
    TrainingFactory,
)

pytestmark = pytest.mark.django_db


def administrator() -> Viewer:
    return viewer_for(person(Role.ADMINISTRATOR))


def merged(kept: Organisation, gone: Organisation, viewer: Viewer | None = None, **choices: str) -> Merge:
    return merge_organisations(
        viewer=viewer or administrator(), kept=kept, gone=gone, choices=choices, people_confirmed=True
    )


def everything() -> dict[str, list[Any]]:
    """Every row of every table of ours, but histories, the log and merges themselves."""
    found: dict[str, list[Any]] = {}
    for model in apps.get_models(include_auto_created=True):
        if issubclass(model, Event) or model in (AuditEntry, Merge) or not model._meta.managed:
            continue
        if model._meta.app_label not in ("orgs", "incidents"):
            continue
        rows = model._base_manager.order_by("pk").values()
        counters = {"version", "updated_at"} if model is Organisation else set()
        found[model._meta.label] = [{k: v for k, v in row.items() if k not in counters} for row in rows]
    return found


def filled(seed: int) -> tuple[Organisation, Organisation]:
    """Two entries with all sorts of things hanging on them, some of them in both."""
    pick = random.Random(seed)
    now = timezone.now()
    kept, gone = (
        OrganisationFactory.create(
            acronym=pick.choice(["", "AJ", "AJCET"]),
            founded=pick.choice([None, 1998, 2015]),
            themes=pick.sample(["gbv", "mediation", "dialogue"], 2),
            areas=pick.sample(["Koro", "Gao", "Mopti", "Bankass"], 2),
            description=pick.choice(["", "Une association de jeunes."]),
            visibility=pick.choice(OrganisationVisibility.values),
            hidden_at=pick.choice([None, now]),
        )
        for _ in range(2)
    )
    other = OrganisationFactory.create(merged_into=gone, state=OrganisationState.RETIRED)
    people = [person(Role.REPORTER, "Gao") for _ in range(3)]
    for one in (kept, gone):
        OrganisationName.objects.create(organisation=one, name=pick.choice(["Ajcet", "Jeunes"]))
        FactSource.objects.create(organisation=one, field="founded", source=f"Rapport {one.pk}")
        for someone in pick.sample(people, 2):
            ends = pick.choice([None, now])
            MembershipFactory.create(
                person=someone, organisation=one, role=Role.EDITOR, ends_at=ends, areas=[pick.choice(["Koro", "Gao"])]
            )
        ContactFactory.create(organisation=one)
        ActorFactory.create(organisation=one)
        NeedFactory.create(organisation=one)
        one.serves.add(other)
        training = TrainingFactory.create(organiser=one)
        Attendance.objects.create(training=training, organisation=one, sex="female", age="youth", number=3)
        ProgrammeFactory.create(organisation=one)
        FundingCallFactory.create(funder=one)
        alert = AlertFactory.released(incident=IncidentFactory.create())
        DeliveryFactory.create(alert=alert, recipient=people[0], organisation=one)
    kept.serves.add(gone)
    shared = TrainingFactory.create()
    for one in (kept, gone):
        Attendance.objects.create(training=shared, organisation=one, sex="male", age="youth", number=2)
    SubGrantFactory.create(recipient=kept, funder=gone)
    SubGrantFactory.create(recipient=gone, funder=other)
    directory_index.refresh()
    kept.refresh_from_db()
    gone.refresh_from_db()
    return kept, gone


@pytest.mark.parametrize("seed", range(8))
def test_undoing_a_merge_leaves_every_table_as_it_was(seed: int) -> None:
    kept, gone = filled(seed)
    viewer = administrator()
    before = everything()
    choices = {
        key: random.Random(seed).choice(["kept", "gone"]) for key in ("name", "acronym", "founded", "visibility")
    }
    merge = merged(kept, gone, viewer, **choices)
    assert everything() != before
    assert undo_merge(viewer=viewer, merge=merge) == []
    after = everything()
    for label, rows in before.items():
        assert after[label] == rows, label


def test_every_foreign_key_of_the_database_is_known() -> None:
    """Read from the database itself: what points at organisations is moved, or named here with its reason."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.conrelid::regclass::text, a.attname FROM pg_constraint c "
            "JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = ANY(c.conkey) "
            "WHERE c.contype = 'f' AND c.confrelid = 'orgs_organisation'::regclass"
        )
        in_database = set(cursor.fetchall())
    known = {(link.model._meta.db_table, f"{link.field}_id") for link in links()}
    own = {(model._meta.db_table, f"{name}_id") for model, names in ((Merge, ("kept", "gone")),) for name in names}
    own |= {("orgs_notduplicate", "first_id"), ("orgs_notduplicate", "second_id")}
    assert {model._meta.db_table for model in LEFT_ALONE} == {table for table, _ in own}
    assert in_database == known | own


def test_nothing_points_at_the_gone_one_but_what_the_kept_one_had_itself() -> None:
    kept, gone = filled(3)
    record = merged(kept, gone).record
    stayed = {(one["model"], one["field"]): set(one["ids"]) for one in record["stayed"]}
    for link in links():
        assert set(link.rows(gone.pk).values_list("pk", flat=True)) == stayed.get((link.label, link.field), set())


def test_names_values_and_areas_of_both_are_kept() -> None:
    kept = OrganisationFactory.create(name="AJCET", themes=["gbv"], areas=["Koro"], founded=None)
    gone = OrganisationFactory.verified(
        name="Association AJCET", acronym="AJ", themes=["mediation"], areas=["Gao"], founded=2015
    )
    merged(kept, gone)
    kept.refresh_from_db()
    gone.refresh_from_db()
    assert (kept.founded, kept.themes, kept.state) == (2015, ["gbv", "mediation"], OrganisationState.VERIFIED)
    assert {one.name for one in kept.areas.all()} == {"Koro", "Gao"}
    names = {kept.name, kept.acronym, *kept.names.values_list("name", flat=True)}
    assert {"AJCET", "Association AJCET", "AJ"} <= names
    assert (gone.merged_into_id, gone.state) == (kept.pk, OrganisationState.RETIRED)
    assert area("Gao").pk in kept.reach
    assert "association ajcet" in kept.names_key


def test_a_merge_never_shows_more_than_was_agreed() -> None:
    kept = OrganisationFactory.create(visibility=OrganisationVisibility.PUBLIC)
    gone = OrganisationFactory.create(visibility=OrganisationVisibility.COORDINATORS, hidden_at=timezone.now())
    assert ORGANISATIONS.sees(ANYONE, kept)
    merged(kept, gone)
    kept.refresh_from_db()
    assert kept.visibility == OrganisationVisibility.COORDINATORS
    assert kept.hidden_at is not None


def test_people_and_what_they_read_go_along_only_if_that_is_confirmed() -> None:
    kept, gone = OrganisationFactory.create(), OrganisationFactory.create()
    MembershipFactory.create(organisation=gone, role=Role.REPORTER)
    viewer = administrator()
    with pytest.raises(ValidationError):
        merge_organisations(viewer=viewer, kept=kept, gone=gone, choices={})
    assert not Merge.objects.exists()
    merged(kept, gone, viewer)
    assert Membership.objects.filter(organisation=kept).count() == 1


def test_a_security_service_merges_with_security_services_only() -> None:
    service, other = (OrganisationFactory.create(kind=OrganisationKind.SECURITY) for _ in range(2))
    association = OrganisationFactory.create()
    for pair in ((service, association), (association, service)):
        with pytest.raises(NotAllowed):
            merged(*pair)
    assert merged(service, other).kept == service


def test_the_accused_stay_accused() -> None:
    """People of both entries are kept from what the gone one was held responsible for, whatever posts they had."""
    kept, gone = (OrganisationFactory.create(kind=OrganisationKind.SECURITY) for _ in range(2))
    incident = IncidentFactory.create()
    HeldResponsibleFactory.create(incident=incident, actor=ActorFactory.create(organisation=gone))
    theirs = person(Role.COORDINATOR, "Koro", organisation=gone)
    returned = person(Role.COORDINATOR, "Koro", organisation=gone)
    MembershipFactory.create(person=returned, organisation=kept, role=Role.COORDINATOR, ends_at=timezone.now())
    assert not INCIDENTS.sees(viewer_for(theirs), incident)
    merge = merged(kept, gone)
    for someone in (theirs, returned):
        assert not INCIDENTS.sees(viewer_for(someone), incident)
        assert kept.pk in viewer_for(someone).organisation_ids
        assert gone.pk not in viewer_for(someone).organisation_ids
    undo_merge(viewer=administrator(), merge=merge)
    for someone in (theirs, returned):
        assert not INCIDENTS.sees(viewer_for(someone), incident)


def test_coordinators_merge_what_they_decide_on() -> None:
    here, away = OrganisationFactory.create(areas=["Koro"]), OrganisationFactory.create(areas=["Gao"])
    also_here = OrganisationFactory.create(areas=["Koro"])
    viewer = viewer_for(person(Role.COORDINATOR, "Koro"))
    with pytest.raises(NotAllowed):
        merged(here, away, viewer)
    with pytest.raises(NotAllowed):
        merged(here, here, viewer)
    merge = merged(here, also_here, viewer)
    with pytest.raises(NotAllowed):
        merged(here, also_here, viewer)
    with pytest.raises(NotAllowed):
        undo_merge(viewer=viewer_for(person(Role.COORDINATOR, "Gao")), merge=merge)
    undo_merge(viewer=viewer, merge=merge)
    with pytest.raises(NotAllowed):
        undo_merge(viewer=viewer, merge=merge)


def test_undo_leaves_what_changed_since_and_says_so() -> None:
    kept, gone = OrganisationFactory.create(founded=None), OrganisationFactory.create(founded=2015)
    contact, lost = ContactFactory.create(organisation=gone), ContactFactory.create(organisation=gone)
    elsewhere = OrganisationFactory.create()
    viewer = administrator()
    merge = merged(kept, gone, viewer)
    Organisation.objects.filter(pk=kept.pk).update(founded=1999)
    Contact.objects.filter(pk=lost.pk).update(organisation=elsewhere)
    left = undo_merge(viewer=viewer, merge=merge)
    kept.refresh_from_db()
    contact.refresh_from_db()
    lost.refresh_from_db()
    assert kept.founded == 1999
    assert contact.organisation_id == gone.pk
    assert lost.organisation_id == elsewhere.pk
    assert {(one["model"], one.get("field")) for one in left} == {
        ("orgs.Organisation", "founded"),
        ("orgs.Contact", "organisation"),
    }


def test_merges_are_undone_last_first() -> None:
    first, second, third = (OrganisationFactory.create() for _ in range(3))
    ContactFactory.create(organisation=third)
    viewer = administrator()
    before = everything()
    early = merged(second, third, viewer)
    second.refresh_from_db()
    late = merged(first, second, viewer)
    assert Organisation.objects.get(pk=third.pk).merged_into_id == first.pk
    with pytest.raises(ValidationError):
        undo_merge(viewer=viewer, merge=early)
    assert undo_merge(viewer=viewer, merge=late) == []
    assert undo_merge(viewer=viewer, merge=early) == []
    assert everything() == before


def test_a_merge_costs_the_same_however_much_hangs_on_the_entry(django_assert_max_num_queries: Any) -> None:
    viewer = administrator()
    for many in (1, 40):
        kept, gone = OrganisationFactory.create(), OrganisationFactory.create()
        ContactFactory.create_batch(many, organisation=gone)
        NeedFactory.create_batch(many, organisation=gone)
        with django_assert_max_num_queries(110):
            merged(kept, gone, viewer)


def test_the_log_tells_of_a_merge_without_words() -> None:
    kept, gone = OrganisationFactory.create(name="Nom secret"), OrganisationFactory.create(name="Autre nom")
    viewer = administrator()
    undo_merge(viewer=viewer, merge=merged(kept, gone, viewer))
    entries = AuditEntry.objects.filter(verb__in=["merged_organisation", "undid_merge"])
    assert entries.count() == 2
    assert "nom" not in str([entry.facts for entry in entries]).lower()


def test_what_was_sent_goes_along() -> None:
    kept, gone = filled(1)
    sent = Delivery.objects.filter(organisation=gone).count()
    assert sent
    merged(kept, gone)
    assert not Delivery.objects.filter(organisation=gone).exists()
    assert not Actor.objects.filter(organisation=gone).exists()
    assert not AlertAudience.objects.filter(organisation=gone).exists()
