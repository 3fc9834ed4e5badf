"""Agreements and committees in Django admin: coordinators look at those of their areas, nobody writes there."""

from datetime import date
from typing import Any

import pytest
from django.db.models import Model

from dialogues.models import Decision, DecisionFollowUp, IncidentTouches, Meeting
from incidents.models import IncidentState
from orgs.models import Role, Tlp
from tests.factories import IncidentFactory, OrganisationFactory, country, person, signed_in, viewer
from tests.factories_agreements import TODAY, agreement, committee, finding, holding, seat
from tests.factories_dialogues import session

pytestmark = pytest.mark.django_db


def _rows() -> dict[str, Model]:
    """One of each at Koro."""
    signed = agreement("Koro", "Le marché reste ouvert.")
    provision = signed.provisions.get()
    incident = IncidentFactory.create(tlp=Tlp.AMBER, state=IncidentState.VERIFIED)
    body = committee("Koro")
    held = seat(body, organisation=OrganisationFactory.create())
    talk = session(by=viewer(Role.COORDINATOR, country()), kind="committee", tlp=Tlp.AMBER)
    decision = Decision.objects.create(committee=body, words="Ouvrir.", decided_on=date(2025, 1, 1))
    return {
        "agreement": signed,
        "provision": provision,
        "assessment": finding(provision, OrganisationFactory.create(), "kept", TODAY()),
        "incidenttouches": IncidentTouches.objects.create(provision=provision, incident=incident),
        "committee": body,
        "seat": held,
        "holding": holding(held),
        "meeting": Meeting.objects.create(committee=body, session=talk),
        "decision": decision,
        "decisionfollowup": DecisionFollowUp.objects.create(decision=decision, state="done"),
    }


def test_coordinators_look_at_those_of_their_areas_and_nobody_else_comes_in() -> None:
    rows = _rows()
    near, far = (signed_in(person(Role.COORDINATOR, where)) for where in ("Koro", "Gao"))
    others = [signed_in(person(role, "Koro")) for role in (Role.ADMINISTRATOR, Role.OVERSIGHT, Role.OPERATOR)]
    others.append(signed_in(person(Role.FACILITATOR, "Koro")))
    for name, row in rows.items():
        page, one = f"/admin/dialogues/{name}/", f"/admin/dialogues/{name}/{row.pk}/change/"
        listed: Any = near.get(page)
        assert listed.status_code == 200, name
        assert [found.pk for found in listed.context["cl"].result_list] == [row.pk], name
        assert near.get(one).status_code == 200, name
        assert near.get(f"/admin/dialogues/{name}/{row.pk}/history/").status_code == 200, name
        assert near.post(one, {}).status_code == 403, name
        assert near.get(f"{page}add/").status_code == 403, name
        assert near.get(f"{page}?q=x").status_code == 200, name
        assert far.get(page).context["cl"].result_list.count() == 0, name
        assert far.get(one).status_code == 302, name
        for who in others:
            assert who.get(page).status_code in (302, 403), name


def test_a_link_is_listed_only_where_both_ends_are_read() -> None:
    touched = agreement("Koro", "A").provisions.get()
    IncidentTouches.objects.create(provision=touched, incident=IncidentFactory.create(where="Gao", tlp=Tlp.AMBER))
    listed: Any = signed_in(person(Role.COORDINATOR, "Koro")).get("/admin/dialogues/incidenttouches/")
    assert listed.context["cl"].result_list.count() == 0
