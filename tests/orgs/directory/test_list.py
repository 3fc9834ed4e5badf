"""The list: who sees what of it, how its filters combine, that pages lose nothing and never ask more for more rows."""

import pytest
from django.utils import timezone

from orgs.models import Level, Organisation, OrganisationKind, OrganisationState, OrganisationVisibility, Role
from tests.factories import ContactFactory, OrganisationFactory, area, country, person
from tests.orgs.directory.pages import browser, listed

pytestmark = pytest.mark.django_db
PUBLIC = {"visibility": OrganisationVisibility.PUBLIC}


def names(client, **asked):
    return listed(client.get("/orgs/", asked))


def test_each_sees_what_agreed_to_be_shown_to_them():
    for visibility in OrganisationVisibility.values:
        OrganisationFactory.create(name=visibility, visibility=visibility)
        OrganisationFactory.create(name=f"{visibility} cachée", visibility=visibility, hidden_at=timezone.now())
    assert names(browser()) == ["public"]
    for role in (Role.LIAISON, Role.ANALYST, Role.OVERSIGHT, Role.OPERATOR, Role.MONITOR):
        seen = names(browser(person(role, "Koro")))
        assert [name for name in seen if not name.startswith("Association")] == ["partners", "public"], role
    for role in (Role.COORDINATOR, Role.ADMINISTRATOR):
        seen = names(browser(person(role, "Koro")))
        assert len([name for name in seen if not name.startswith("Association")]) == 6, role


def test_filters_combine():
    koro = {"areas": ["Koro"], **PUBLIC}
    OrganisationFactory.verified(name="Celle-ci", kind="women", themes=["mediation"], spoken=["dogon"],
                                 served=["women"], capacities=["radio"], **koro)  # fmt: skip
    OrganisationFactory.create(name="Autre lieu", kind="women", themes=["mediation"], areas=["Gao"], **PUBLIC)
    OrganisationFactory.create(name="Autre sorte", kind="youth", themes=["mediation"], spoken=["dogon"], **koro)
    OrganisationFactory.create(name="Autre thème", kind="women", themes=["health"], spoken=["fulfulde"], **koro)
    client, here = browser(), area("Koro").pk
    assert names(client, area=here) == ["Autre sorte", "Autre thème", "Celle-ci"]
    assert names(client, area=area("Bandiagara", Level.REGION).pk, kind="women") == ["Autre thème", "Celle-ci"]
    assert names(client, area="ML1902", theme="mediation") == ["Autre sorte", "Celle-ci"]
    assert names(client, spoken=["dogon", "fulfulde"], kind=["women", "youth"]) == [
        "Autre sorte", "Autre thème", "Celle-ci",
    ]  # fmt: skip
    assert names(client, area=here, kind="women", theme="mediation", spoken="dogon", served="women",
                 capacity="radio", state="verified", words="celle") == ["Celle-ci"]  # fmt: skip
    assert names(client, area=country().pk) == names(client)


def test_those_no_longer_active_are_left_out_until_asked_for():
    OrganisationFactory.create(name="Active", **PUBLIC)
    OrganisationFactory.create(name="Finie", state=OrganisationState.RETIRED, **PUBLIC)
    assert names(browser()) == ["Active"]
    assert names(browser(), state="retired") == ["Finie"]
    assert names(browser(), state=["retired", "draft"]) == ["Active", "Finie"]


def test_an_emergency_contact_counts_only_for_those_who_may_see_it():
    closed = OrganisationFactory.create(name="Contact fermé", **PUBLIC)
    opened = OrganisationFactory.create(name="Contact ouvert", **PUBLIC)
    ContactFactory.create(organisation=closed, is_emergency=True)
    ContactFactory.create(
        organisation=opened, is_emergency=True, visibility="public", proved_at=timezone.now(), proved_how="call"
    )
    failed = OrganisationFactory.create(name="Contact en panne", **PUBLIC)
    now = timezone.now()
    ContactFactory.create(
        organisation=failed, is_emergency=True, visibility="public", proved_at=now, proved_how="call", failed_at=now
    )
    ended = OrganisationFactory.create(name="Contact fini", **PUBLIC)
    ContactFactory.create(organisation=ended, is_emergency=True, visibility="public", ended_at=now)
    assert names(browser(), emergency="any") == ["Contact en panne", "Contact ouvert"]
    assert names(browser(), emergency="working") == ["Contact ouvert"]
    coordinator = browser(person(Role.COORDINATOR, "Koro"))
    assert names(coordinator, emergency="any") == ["Contact en panne", "Contact fermé", "Contact ouvert"]
    assert browser().get("/orgs/").content.decode().count("contact d’urgence") == 2


def test_a_merged_entry_is_not_listed():
    into = OrganisationFactory.create(name="Restée", **PUBLIC)
    OrganisationFactory.create(name="Doublon", merged_into=into, **PUBLIC)
    assert names(browser()) == ["Restée"]


@pytest.mark.parametrize(
    "query",
    ["page=xx", "page=WzEsMl0", "area=0", "area=abc", "area=99999999999999999999", "kind=army", "theme=%00", "state=x",
     "emergency=1", "words=%00", "spoken=dogon&spoken=zz", "unknown=1", "area=%E2%85%A7"],
)  # fmt: skip
def test_an_address_that_nobody_gave_is_a_page(query):
    OrganisationFactory.create(**PUBLIC)
    assert browser().get(f"/orgs/?{query}").status_code == 200


def test_pages_by_name_lose_nothing():
    Organisation.objects.bulk_create(
        Organisation(name="Même nom", name_key="meme nom", slug=f"meme-{n}", acronym=str(n), **PUBLIC)
        for n in range(120)
    )
    client, address, seen = browser(), "/orgs/", []
    while address:
        answer = client.get(address)
        seen += listed(answer)
        address = f"/orgs/{answer.context['next']}" if answer.context["next"] else ""
    assert len(seen) == len(set(seen)) == 120


def test_the_address_keeps_every_choice_and_each_can_be_taken_away():
    OrganisationFactory.create(name="Une", kind="women", themes=["health"], **PUBLIC)
    answer = browser().get("/orgs/?kind=women&kind=youth&theme=health")
    assert {one.words: one.without for one in answer.context["chosen"]} == {
        "Organisation de femmes": "?kind=youth&theme=health",
        "Organisation de jeunes": "?kind=women&theme=health",
        "Santé": "?kind=women&kind=youth",
    }


def test_nothing_fits_says_what_to_do():
    OrganisationFactory.create(**PUBLIC)
    page = browser().get("/orgs/?kind=media&theme=health").content.decode()
    assert "Rien ne correspond" in page or "Retirez un de vos choix" in page


def test_the_list_asks_few_questions_however_many_rows(django_assert_num_queries):
    client = browser(person(Role.COORDINATOR, "Koro"))
    client.get("/orgs/")

    def seed(count):
        for _n in range(count):
            ContactFactory.create(
                is_emergency=True,
                organisation=OrganisationFactory.create(
                    kind=OrganisationKind.WOMEN, areas=["Koro", "Gao"], themes=["health"], seat=area("Koro")
                ),
            )

    # Session, person, posts, second factor; terms; rows, their count, their areas; areas to choose; what waits (1).
    seed(3)
    with django_assert_num_queries(10):
        client.get("/orgs/")
    with django_assert_num_queries(11):
        client.get("/orgs/?words=association")
    seed(40)
    with django_assert_num_queries(10):
        client.get("/orgs/")
    with django_assert_num_queries(11):
        client.get("/orgs/?words=association")
