"""Who is chosen: each person once, by the stated order, never the people of the accused."""

import itertools
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from incidents.models import AlertAudience, Audience, Delivery, Incident
from incidents.preview import preview_of
from incidents.services import alerts, fanout
from incidents.services.alerts import Line
from orgs.access import viewer_for
from orgs.models import Area, Channel, Level, Membership, Message, Organisation, OrganisationKind, Role, Tlp, User
from tests.factories import (
    ActorFactory,
    AlertAudienceFactory,
    AlertFactory,
    HeldResponsibleFactory,
    IncidentFactory,
    MembershipFactory,
    OrganisationFactory,
    UserFactory,
    area,
    country,
    person,
)
from tests.incidents.alerts.conftest import Place, drafted, released, verified

pytestmark = pytest.mark.django_db


def told(incident: Incident, *lines: Line) -> dict[str, str]:
    """Names and audiences of those whom the lines reach, from a release."""
    author = person(Role.COORDINATOR, country(), name="(auteur)")
    second = person(Role.COORDINATOR, country(), name="(second)")
    alert = alerts.prepare_alert(viewer=viewer_for(author), incident=incident, lines=lines, call_number="+22370000000")
    alerts.release_alert(viewer=viewer_for(second), alert=alert, version=alert.version)
    rows = Delivery.objects.filter(alert=alert).values_list("recipient__name", "rendition__audience")
    return {name: audience for name, audience in rows if not name.startswith("(")}


class TestLines:
    def test_an_area_means_those_above_within_and_everywhere(self) -> None:
        incident = verified()
        for name, where in {
            "cercle": area("Koro"),
            "région": area("Bandiagara", Level.REGION),
            "pays": country(),
            "voisin": area("Bankass"),
            "ailleurs": area("Gao", Level.REGION),
        }.items():
            person(Role.LIAISON, where, name=name)
        reached = told(incident, Line(Audience.LIAISON, area=area("Koro")))
        assert set(reached) == {"cercle", "région", "pays"}

    def test_a_region_means_its_cercles_too(self) -> None:
        incident = verified()
        person(Role.LIAISON, "Koro", name="cercle")
        person(Role.LIAISON, "Ansongo", name="ailleurs")
        reached = told(incident, Line(Audience.LIAISON, area=area("Bandiagara", Level.REGION)))
        assert set(reached) == {"cercle"}

    def test_role_organisation_and_kind_narrow_down_together(self) -> None:
        incident = verified()
        women = OrganisationFactory.create(kind=OrganisationKind.WOMEN)
        person(Role.MONITOR, "Koro", organisation=women, name="veille")
        person(Role.REPORTER, "Koro", organisation=women, name="autre rôle")
        person(Role.MONITOR, "Koro", name="autre organisation")
        line = Line(Audience.NETWORK, role=Role.MONITOR, area=area("Koro"), kind=OrganisationKind.WOMEN)
        assert set(told(incident, line)) == {"veille"}
        assert set(told(verified(), Line(Audience.NETWORK, Role.MONITOR, organisation=women))) == {"veille"}

    def test_conditions_hold_for_one_post_and_not_for_two(self) -> None:
        incident = verified()
        both = UserFactory.create(name="deux postes")
        MembershipFactory.create(person=both, role=Role.MONITOR, areas=["Bankass"])
        MembershipFactory.create(person=both, role=Role.REPORTER, areas=["Koro"])
        person(Role.MONITOR, "Koro", name="un poste")
        assert set(told(incident, Line(Audience.NETWORK, Role.MONITOR, area("Koro")))) == {"un poste"}

    def test_ended_posts_and_closed_accounts_are_left_out(self) -> None:
        incident = verified()
        gone = person(Role.LIAISON, "Koro", name="parti")
        Membership.objects.filter(person=gone).update(ends_at="2020-01-01T00:00Z", starts_at="2019-01-01T00:00Z")
        person(Role.LIAISON, "Koro", name="fermé", is_active=False)
        person(Role.LIAISON, "Koro", name="là")
        assert set(told(incident, Line(Audience.LIAISON, area=area("Koro")))) == {"là"}

    @pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
    def test_a_person_in_several_audiences_is_told_once_by_the_stated_order(self, order: tuple[int, ...]) -> None:
        organisation = OrganisationFactory.create()
        every = UserFactory.create(name="tous")
        for role in (Role.LIAISON, Role.MONITOR):
            MembershipFactory.create(person=every, organisation=organisation, role=role, areas=["Koro"])
        person(Role.MONITOR, "Koro", organisation=organisation, name="deux")
        lines = [
            Line(Audience.LIAISON, area=area("Koro")),
            Line(Audience.ORGANISATION, organisation=organisation),
            Line(Audience.NETWORK, area=area("Koro")),
        ]
        reached = told(verified(), *(lines[place] for place in order))
        assert reached == {"tous": Audience.LIAISON, "deux": Audience.ORGANISATION}

    def test_a_marking_too_closed_for_an_audience_reaches_none_of_it(self) -> None:
        person(Role.MONITOR, "Koro", name="réseau")
        person(Role.LIAISON, "Koro", name="liaison")
        lines = (Line(Audience.NETWORK, area=area("Koro")), Line(Audience.LIAISON, area=area("Koro")))
        assert set(told(verified(tlp=Tlp.AMBER), *lines)) == {"liaison"}

    def test_the_network_is_told_only_what_is_verified(self) -> None:
        person(Role.MONITOR, "Koro", name="réseau")
        person(Role.LIAISON, "Koro", name="liaison")
        lines = (Line(Audience.NETWORK, area=area("Koro")), Line(Audience.LIAISON, area=area("Koro")))
        incident = IncidentFactory.create(tlp=Tlp.GREEN)
        alert = AlertFactory.create(incident=incident)
        for line in lines:
            AlertAudienceFactory.create(alert=alert, audience=line.audience, area=line.area)
        assert preview_of(viewer_for(person(Role.COORDINATOR, "Koro")), alert, incident).people == 1
        assert set(told(incident, *lines)) == {"liaison"}


@pytest.mark.parametrize(
    ("wish", "email", "phone", "becomes"),
    [
        (Channel.EMAIL, True, True, Channel.EMAIL),
        (Channel.EMAIL, False, True, Channel.SMS),
        (Channel.SMS, True, True, Channel.SMS),
        (Channel.SMS, True, False, Channel.EMAIL),
        (Channel.CALL, True, True, Channel.CALL),
        (Channel.CALL, True, False, Channel.EMAIL),
        (Channel.INBOX, True, True, Channel.INBOX),
        (Channel.INBOX, False, True, Channel.INBOX),
    ],
)
def test_each_is_told_by_their_own_channel_or_by_what_they_have(
    koro: Place, wish: str, email: bool, phone: bool, becomes: str
) -> None:
    user = person(Role.LIAISON, "Koro", channel=wish, phone="+22376111111" if phone else None)
    if not email:
        User.objects.filter(pk=user.pk).update(email=None)
    alert = released(koro, verified())
    delivery = alert.deliveries.get(recipient=user)
    assert delivery.channel == becomes
    carried = Message.objects.filter(deliveries=delivery)
    assert [message.channel for message in carried] == ([becomes] if becomes in ("email", "sms") else [])


class TestTheAccused:
    @pytest.fixture
    def incident(self, koro: Place) -> Incident:
        incident = verified()
        HeldResponsibleFactory.create(incident=incident, actor=ActorFactory.create(organisation=koro.service))
        return incident

    def test_preview_says_that_they_are_left_out_and_neither_who_nor_how_many(
        self, koro: Place, incident: Incident
    ) -> None:
        other = person(Role.LIAISON, "Koro", name="autre service")
        closed = person(Role.LIAISON, "Koro", organisation=koro.service, is_active=False)
        alert = drafted(koro, incident)
        preview = preview_of(koro.author_view, alert, incident)
        assert preview.people == 1
        assert [line.people for line in preview.lines] == [1]
        assert preview.left_out == [
            "Les personnes du service tenu responsable : elles ne reçoivent rien et ne sont comptées nulle part."
        ]
        assert other.name not in str(preview)
        assert closed.name not in str(preview)
        assert koro.liaison.name not in str(preview)

    def test_adding_them_by_name_of_their_organisation_reaches_nobody(self, koro: Place, incident: Incident) -> None:
        person(Role.MONITOR, "Koro", organisation=koro.service)
        alert = drafted(koro, incident, Line(Audience.ORGANISATION, organisation=koro.service))
        assert preview_of(koro.author_view, alert, incident).people == 0

    def test_a_person_with_one_foot_in_the_service_is_left_out_as_well(self, koro: Place, incident: Incident) -> None:
        both = person(Role.MONITOR, "Koro")
        MembershipFactory.create(person=both, organisation=koro.service, role=Role.REPORTER, areas=["Gao"])
        alert = released(koro, incident, Line(Audience.NETWORK, area=area("Koro")))
        assert not alert.deliveries.filter(recipient=both).exists()


ROLES = [Role.LIAISON, Role.MONITOR, Role.REPORTER, Role.FACILITATOR, Role.EDITOR, Role.COORDINATOR, Role.ANALYST]
posts = st.tuples(st.integers(0, 5), st.integers(0, 2), st.sampled_from(ROLES), st.integers(0, 3))
line_choices = st.tuples(
    st.sampled_from([Audience.LIAISON, Audience.ORGANISATION, Audience.NETWORK, Audience.PUBLIC]),
    st.integers(0, 4),
    st.one_of(st.none(), st.integers(0, 2)),
    st.sampled_from(["", OrganisationKind.SECURITY, OrganisationKind.WOMEN]),
)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(
    st.lists(posts, max_size=14),
    st.lists(line_choices, min_size=1, max_size=5),
    st.sets(st.integers(0, 2)),
    st.sampled_from(Tlp.values),
)
def test_whatever_is_chosen_the_accused_are_never_told_and_everybody_is_told_once(
    django_user_model: Any,
    given_posts: list[tuple[int, int, str, int]],
    chosen: list[tuple[str, int, int | None, str]],
    accused: set[int],
    tlp: str,
) -> None:
    with transaction.atomic():
        where: list[Area | None] = [area("Koro"), area("Bankass"), area("Bandiagara", Level.REGION), country(), None]
        kinds = [OrganisationKind.SECURITY, OrganisationKind.WOMEN, OrganisationKind.SECURITY]
        organisations = [OrganisationFactory.create(kind=kind) for kind in kinds]
        people = [UserFactory.create() for _ in range(6)]
        for who, organisation, role, place in {post[:3]: post for post in given_posts}.values():
            MembershipFactory.create(
                person=people[who], organisation=organisations[organisation], role=role, areas=[where[place]]
            )
        incident = verified(tlp=tlp)
        for place in accused:
            actor = ActorFactory.create(organisation=organisations[place])
            HeldResponsibleFactory.create(incident=incident, actor=actor)
        alert = AlertFactory.create(incident=incident)
        lines = [_line(alert, choice, where, organisations) for choice in chosen]
        reached = _told(incident, alert, lines)

        of_the_accused = set(
            Membership.objects.filter(organisation__in=[organisations[place] for place in accused]).values_list(
                "person", flat=True
            )
        )
        assert not of_the_accused & set(reached)
        assert len(reached) == len(set(reached))
        assert sum(count.people for count in fanout.counts(incident, lines)) == len(reached)
        if tlp not in (Tlp.CLEAR, Tlp.GREEN):
            audiences = alert.deliveries.values_list("rendition__audience", flat=True)
            assert Audience.NETWORK not in set(audiences)
        transaction.set_rollback(True)


def _line(
    alert: Any, choice: tuple[str, int, int | None, str], where: list[Area | None], organisations: list[Organisation]
) -> AlertAudience:
    audience, place, organisation, kind = choice
    return AlertAudienceFactory.create(
        alert=alert,
        audience=audience,
        area=where[place],
        organisation=None if organisation is None else organisations[organisation],
        kind=kind,
    )


def _told(incident: Incident, alert: Any, lines: list[AlertAudience]) -> list[int]:
    from incidents.services import renditions

    audiences = renditions.audiences_of(alert, incident, [line.audience for line in lines])
    renditions.freeze(alert, renditions.write_all(renditions.source_of(alert, incident), audiences))
    written = fanout.write_deliveries(alert, incident, lines)
    reached = list(alert.deliveries.values_list("recipient", flat=True))
    assert written == len(reached)
    return reached
