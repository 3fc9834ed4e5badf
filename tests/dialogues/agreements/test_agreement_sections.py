"""What other pages show of agreements and committees: each by its own rule."""

import pytest
from django.template.loader import render_to_string

from dialogues.agreement_sections import incident_section, session_section
from dialogues.models import Decision, IncidentTouches, Meeting
from incidents.models import IncidentState
from orgs.access import ANYONE, viewer_for
from orgs.models import Role, Tlp
from tests.factories import IncidentFactory, OrganisationFactory, country, person, viewer
from tests.factories_agreements import TODAY, agreement, committee, seat
from tests.factories_dialogues import session

pytestmark = pytest.mark.django_db


def test_an_incident_shows_the_provisions_that_it_touches_by_the_rule_of_agreements() -> None:
    incident = IncidentFactory.create(tlp=Tlp.CLEAR, state=IncidentState.VERIFIED)
    for tlp, title in ((Tlp.CLEAR, "Pacte ouvert"), (Tlp.AMBER, "Pacte fermé")):
        row = agreement("Koro", "Le marché reste ouvert.", tlp=tlp, title=title)
        IncidentTouches.objects.create(provision=row.provisions.get(), incident=incident)
    keeper = person(Role.COORDINATOR, "Koro")
    for who, due in ((ANYONE, ["Pacte ouvert"]), (viewer_for(keeper), ["Pacte fermé", "Pacte ouvert"])):
        section = incident_section(who, incident)
        assert section is not None
        assert [one["agreement"]["title"] for one in section.data["provisions"]] == due
        words = render_to_string(section.template, {"section": section})
        assert all(title in words for title in due)
    assert incident_section(ANYONE, IncidentFactory.create()) is None


def test_a_session_shows_its_committee_and_decisions_to_those_inside() -> None:
    row, body = committee("Koro", tlp=Tlp.GREEN), OrganisationFactory.create()
    seat(row, organisation=body)
    held = session(by=viewer(Role.COORDINATOR, country()), kind="committee", tlp=Tlp.CLEAR)
    assert session_section(viewer(Role.COORDINATOR, "Koro"), held) is None
    Meeting.objects.create(committee=row, session=held)
    Decision.objects.create(committee=row, session=held, words="Ouvrir.", decided_on=TODAY())
    assert session_section(ANYONE, held) is None
    for who, count in ((viewer(Role.REPORTER, "Koro"), 0), (viewer(Role.LIAISON, organisation=body), 1)):
        section = session_section(who, held)
        assert section is not None
        assert (section.data["committee"]["name"], len(section.data["decisions"])) == (row.name, count)
        words = render_to_string(section.template, {"section": section})
        assert row.name in words
        assert ("Ouvrir." in words) == bool(count)
