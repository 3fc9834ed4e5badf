"""Changes: asked for, decided fact by fact, made at once by those who decide; nothing is overwritten unseen."""

import pytest
from django.core.exceptions import ValidationError

from orgs.access import CHANGES, viewer_for
from orgs.living import entry
from orgs.models import (
    AuditEntry,
    ChangeRequest,
    ChangeState,
    Decision,
    FactSource,
    Organisation,
    OrganisationKind,
    OrganisationState,
    OrganisationVisibility,
    Role,
)
from orgs.services import changes
from orgs.services.changes import Asked, Verdict
from orgs.services.errors import Faster, NotAllowed
from tests.factories import OrganisationFactory, area, person, viewer
from tests.orgs.living.shared import wish
from tests.together import at_once

pytestmark = pytest.mark.django_db


def _verdicts(request: ChangeRequest, **chosen: bool) -> dict[int, Verdict]:
    return {
        item.pk: Verdict(accept=chosen[item.field], reason="parce que")
        for item in request.items.all()
        if item.field in chosen
    }


def test_a_suggestion_waits_and_changes_nothing() -> None:
    entry_ = OrganisationFactory.create(areas=["Koro"])
    request = changes.ask(
        viewer=viewer(Role.MONITOR, "Gao"), organisation=entry_, asked=wish(entry_, acronym="NEW", name=entry_.name)
    )
    assert request is not None
    assert [item.field for item in request.items.all()] == ["acronym"], "only what differs becomes a change"
    entry_.refresh_from_db()
    assert (entry_.acronym, entry_.version, request.state) == ("", 1, ChangeState.OPEN)


def test_nothing_that_differs_is_no_request() -> None:
    entry_ = OrganisationFactory.create()
    asked = Asked(values=entry.values_of(entry_), version=entry_.version)
    assert changes.ask(viewer=viewer(Role.COORDINATOR, "Koro"), organisation=entry_, asked=asked) is None
    assert not ChangeRequest.objects.exists()


def test_who_decides_changes_at_once_and_leaves_the_same_history() -> None:
    entry_ = OrganisationFactory.create(areas=["Koro"])
    asked = wish(entry_, themes=["mediation"], areas=[area("Bankass").pk], names=[["Autre", "spelling", ""]])
    request = changes.ask(
        viewer=viewer(Role.COORDINATOR, "Koro"), organisation=entry_,
        asked=Asked(values=asked.values, version=asked.version, source="visite"),
    )  # fmt: skip
    assert request is not None
    entry_.refresh_from_db()
    assert entry_.themes == ["mediation"]
    assert entry_.covers == [area("Bankass").pk]
    assert list(entry_.names.values_list("name", flat=True)) == ["Autre"]
    assert "autre" in entry_.names_key
    assert request.state == ChangeState.DECIDED
    assert {item.decision for item in request.items.all()} == {Decision.ACCEPTED}
    assert set(FactSource.objects.values_list("field", "source")) == {
        (name, "visite") for name in ("themes", "areas", "names")
    }
    verbs = set(AuditEntry.objects.values_list("verb", flat=True))
    assert {"asked_change", "decided_change", "changed_organisation"} <= verbs


def test_each_change_is_decided_by_itself() -> None:
    entry_ = OrganisationFactory.create(areas=["Koro"])
    request = changes.ask(
        viewer=viewer(Role.MONITOR, "Koro"), organisation=entry_,
        asked=wish(entry_, acronym="ABC", founded=1999, description="Autre chose."),
    )  # fmt: skip
    assert request is not None
    coordinator = viewer(Role.COORDINATOR, "Koro")
    decided = changes.decide(
        viewer=coordinator, request=request, verdicts=_verdicts(request, acronym=True, founded=False), version=1
    )
    entry_.refresh_from_db()
    assert (entry_.acronym, entry_.founded, entry_.description, entry_.version) == ("ABC", None, "", 2)
    assert decided.state == ChangeState.OPEN, "one still waits"
    changes.decide(viewer=coordinator, request=request, verdicts=_verdicts(request, description=True), version=2)
    request.refresh_from_db()
    assert request.state == ChangeState.DECIDED
    assert request.items.get(field="founded").reason == "parce que"


def test_a_request_against_an_entry_that_moved_is_shown_again_first() -> None:
    entry_ = OrganisationFactory.create(areas=["Koro"])
    request = changes.ask(viewer=viewer(Role.MONITOR, "Koro"), organisation=entry_, asked=wish(entry_, acronym="ASKED"))
    assert request is not None
    coordinator = viewer(Role.COORDINATOR, "Koro")
    changes.ask(viewer=coordinator, organisation=entry_, asked=wish(entry_, acronym="MOVED"))
    with pytest.raises(Faster):
        changes.decide(viewer=coordinator, request=request, verdicts=_verdicts(request, acronym=True), version=1)
    entry_.refresh_from_db()
    assert entry_.acronym == "MOVED"
    changes.decide(viewer=coordinator, request=request, verdicts=_verdicts(request, acronym=True), version=2)
    entry_.refresh_from_db()
    assert entry_.acronym == "ASKED"
    assert request.items.get().replaced == "MOVED"


@pytest.mark.parametrize(
    ("role", "where", "due"),
    [
        (Role.COORDINATOR, "Koro", True),
        (Role.COORDINATOR, "Gao", False),
        (Role.ADMINISTRATOR, "Gao", True),
        (Role.EDITOR, "Koro", False),
        (Role.ANALYST, "Koro", False),
    ],
)
def test_who_may_decide(role: str, where: str, due: bool) -> None:
    entry_ = OrganisationFactory.create(areas=["Koro"])
    request = changes.ask(viewer=viewer(Role.MONITOR, "Koro"), organisation=entry_, asked=wish(entry_, acronym="A"))
    assert request is not None
    who = viewer(role, where, organisation=entry_ if role == Role.EDITOR else None)
    try:
        changes.decide(viewer=who, request=request, verdicts=_verdicts(request, acronym=True), version=1)
    except NotAllowed:
        assert not due
    else:
        assert due


def test_words_of_a_request_are_for_its_asker_and_those_who_decide() -> None:
    entry_ = OrganisationFactory.create(areas=["Koro"])
    asker = person(Role.MONITOR, "Gao")
    request = changes.ask(viewer=viewer_for(asker), organisation=entry_, asked=wish(entry_, acronym="A"))
    assert request is not None
    assert CHANGES.audience(viewer_for(asker), request) == "asker"
    assert CHANGES.sees(viewer(Role.COORDINATOR, "Koro"), request)
    for other in (
        viewer(Role.COORDINATOR, "Gao"),
        viewer(Role.EDITOR, "Koro", organisation=entry_),
        viewer(Role.MONITOR, "Koro"),
        viewer(Role.OVERSIGHT),
    ):
        assert not CHANGES.sees(other, request)
        assert not CHANGES.rows(other).exists()


def test_how_it_is_shown_is_asked_by_its_own_people_alone() -> None:
    entry_ = OrganisationFactory.create(areas=["Koro"])
    asked = wish(entry_, visibility=OrganisationVisibility.PUBLIC)
    with pytest.raises(NotAllowed):
        changes.ask(viewer=viewer(Role.MONITOR, "Koro"), organisation=entry_, asked=asked)
    request = changes.ask(viewer=viewer(Role.EDITOR, "Koro", organisation=entry_), organisation=entry_, asked=asked)
    assert request is not None
    changes.decide(
        viewer=viewer(Role.COORDINATOR, "Koro"), request=request,
        verdicts=_verdicts(request, visibility=True), version=1,
    )  # fmt: skip
    entry_.refresh_from_db()
    assert entry_.visibility == OrganisationVisibility.PUBLIC
    assert entry_.agreed_on is not None


def test_what_could_never_be_accepted_is_refused_by_field() -> None:
    service = OrganisationFactory.create(kind=OrganisationKind.SECURITY, areas=["Koro"])
    who = viewer(Role.MONITOR, "Koro")
    seat = {"area": area("Koro").pk, "place": None, "text": ""}
    for values in ({"seat": seat}, {"themes": ["nothing_of_the_list"]}, {"founded": 99}, {"name": ""}):
        with pytest.raises(ValidationError):
            changes.ask(viewer=who, organisation=service, asked=wish(service, **values))
    assert not ChangeRequest.objects.exists()


def test_one_takes_back_ones_own() -> None:
    entry_ = OrganisationFactory.create(areas=["Koro"])
    asker = viewer(Role.MONITOR, "Koro")
    request = changes.ask(viewer=asker, organisation=entry_, asked=wish(entry_, acronym="A"))
    assert request is not None
    with pytest.raises(NotAllowed):
        changes.withdraw(viewer=viewer(Role.MONITOR, "Koro"), request=request)
    changes.withdraw(viewer=asker, request=request)
    request.refresh_from_db()
    assert request.state == ChangeState.WITHDRAWN
    with pytest.raises(Faster):
        changes.decide(
            viewer=viewer(Role.COORDINATOR, "Koro"), request=request,
            verdicts=_verdicts(request, acronym=True), version=1,
        )  # fmt: skip


def test_nobody_fills_the_queue_alone() -> None:
    asker = viewer(Role.MONITOR, "Koro")
    for number in range(changes.MOST_WAITING):
        entry_ = OrganisationFactory.create()
        ChangeRequest.objects.create(organisation=entry_, asked_by_id=asker.user_id, base_version=number + 1)
    entry_ = OrganisationFactory.create(areas=["Koro"])
    with pytest.raises(ValidationError):
        changes.ask(viewer=asker, organisation=entry_, asked=wish(entry_, acronym="A"))


def test_a_merged_entry_takes_no_change() -> None:
    entry_, other = OrganisationFactory.create(areas=["Koro"]), OrganisationFactory.create()
    asked = wish(entry_, acronym="A")
    Organisation.objects.filter(pk=entry_.pk).update(merged_into=other)
    with pytest.raises(NotAllowed):
        changes.ask(viewer=viewer(Role.ADMINISTRATOR), organisation=entry_, asked=asked)


def test_a_new_entry_is_a_draft_in_ones_own_areas() -> None:
    values = {**entry.values_of(Organisation()), "name": "Femmes du fleuve", "areas": [area("Koro").pk]}
    made = changes.add(viewer=viewer(Role.COORDINATOR, "Koro"), asked=Asked(values=values, version=0))
    assert (made.state, made.slug, made.covers) == (OrganisationState.DRAFT, "femmes-du-fleuve", [area("Koro").pk])
    for who, areas in (("Gao", [area("Koro").pk]), ("Koro", [])):
        with pytest.raises(ValidationError):
            changes.add(viewer=viewer(Role.COORDINATOR, who), asked=Asked(values={**values, "areas": areas}, version=0))
    with pytest.raises(NotAllowed):
        changes.add(viewer=viewer(Role.EDITOR, "Koro"), asked=Asked(values=values, version=0))
    assert Organisation.objects.filter(name="Femmes du fleuve").count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_again", range(3))
def test_two_coordinators_decide_on_one_change(_again: int) -> None:
    entry_ = OrganisationFactory.create(areas=["Koro"])
    request = changes.ask(viewer=viewer(Role.MONITOR, "Koro"), organisation=entry_, asked=wish(entry_, acronym="A"))
    assert request is not None
    pair = viewer(Role.COORDINATOR, "Koro"), viewer(Role.COORDINATOR, "Koro")
    results = at_once(
        lambda: changes.decide(viewer=pair[0], request=request, verdicts=_verdicts(request, acronym=True), version=1),
        lambda: changes.decide(viewer=pair[1], request=request, verdicts=_verdicts(request, acronym=False), version=1),
    )
    assert sum(isinstance(result, ChangeRequest) for result in results) == 1
    assert sum(isinstance(result, Faster) for result in results) == 1
    item = request.items.get()
    entry_.refresh_from_db()
    assert (entry_.acronym == "A") == (item.decision == Decision.ACCEPTED)


@pytest.mark.django_db(transaction=True)
def test_two_who_change_one_entry_at_once() -> None:
    entry_ = OrganisationFactory.create(areas=["Koro"])
    pair = viewer(Role.COORDINATOR, "Koro"), viewer(Role.COORDINATOR, "Koro")
    results = at_once(
        *(
            lambda who=who, name=name: changes.ask(
                viewer=who, organisation=entry_, asked=Asked(values={"acronym": name}, version=1)
            )
            for who, name in zip(pair, ("A", "B"), strict=True)
        )
    )
    assert sorted(type(result).__name__ for result in results) == ["ChangeRequest", "Faster"]
