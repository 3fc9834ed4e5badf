"""Who can be here first: by coverage, then whether verified, then distance, then languages and capacities."""

import pytest
from django.utils import timezone

from orgs.models import Area, Level, OrganisationKind, OrganisationVisibility, Place, Role
from tests.factories import ContactFactory, OrganisationFactory, area, country, person
from tests.orgs.directory.pages import browser, listed

pytestmark = pytest.mark.django_db
PUBLIC = {"visibility": OrganisationVisibility.PUBLIC}
WORKS = {"proved_how": "call", "is_emergency": True}


@pytest.fixture
def coordinator():
    return browser(person(Role.COORDINATOR, "Koro"))


def commune_in(cercle, name):
    """A commune of today's division: those that are shipped end at the cercles."""
    made = Area.objects.create(
        edition=cercle.edition, level=Level.COMMUNE, pcode=f"{cercle.pcode}{len(name):02}", name=name,
        parent=cercle, cercle=cercle, region=cercle.region,
    )  # fmt: skip
    made.commune = made
    made.save()
    return made


def firsts(client, **asked):
    asked.setdefault("area", area("Koro").pk)
    return listed(client.get("/orgs/first/", asked))


def test_closest_coverage_first(coordinator):
    koro = area("Koro")
    commune, beside = (commune_in(koro, name) for name in ("Dinangourou", "Madougou"))
    for name, where in (("Pays", country()), ("Région", area("Bandiagara", Level.REGION)), ("Cercle", koro),
                        ("Commune", commune), ("À côté", beside), ("Ailleurs", area("Gao"))):  # fmt: skip
        OrganisationFactory.create(name=name, areas=[where])
    assert firsts(coordinator, area=commune.pk) == ["Commune", "Cercle", "Région", "Pays", "À côté"]
    assert firsts(coordinator, area=koro.pk) == ["Cercle", "À côté", "Commune", "Région", "Pays"]
    assert firsts(coordinator, area=country().pk)[0] == "Pays"


def test_then_verified_then_near_then_who_speaks(coordinator):
    cover = {"areas": ["Koro"], "confirmed_at": timezone.now()}
    OrganisationFactory.create(name="Brouillon proche", seat=area("Koro"), **cover)
    OrganisationFactory.verified(name="Loin", seat=area("Gao"), **cover)
    OrganisationFactory.verified(name="Inconnu", **cover)
    OrganisationFactory.verified(name="Proche muette", seat=area("Bankass"), **cover)
    OrganisationFactory.verified(name="Proche", seat=area("Bankass"), spoken=["dogon"], **cover)
    OrganisationFactory.verified(name="Proche et habile", seat=area("Bankass"), spoken=["dogon"],
                                 capacities=["radio", "transport"], **cover)  # fmt: skip
    assert firsts(coordinator) == [
        "Proche", "Proche et habile", "Proche muette", "Loin", "Inconnu", "Brouillon proche",
    ]  # fmt: skip
    assert firsts(coordinator, capacity=["radio", "transport"]) == ["Proche et habile"]


def test_distance_is_about_and_never_of_a_security_service(coordinator):
    OrganisationFactory.create(name="Voisine", seat=area("Bankass"), areas=["Koro"])
    OrganisationFactory.create(name="Service", kind=OrganisationKind.SECURITY, areas=["Koro"])
    page = coordinator.get("/orgs/first/", {"area": area("Koro").pk}).content.decode()
    assert "environ" in page
    service = page[page.index(">Service<") :]
    assert "<strong>–</strong>" in service
    assert "km" not in service[: service.index("</li>")]


def test_filters(coordinator):
    now = timezone.now()
    good = OrganisationFactory.verified(name="Bonne", kind="women", spoken=["fulfulde"], areas=["Koro"])
    ContactFactory.create(organisation=good, proved_at=now, **WORKS)
    broken = OrganisationFactory.verified(name="En panne", kind="women", spoken=["dogon"], areas=["Koro"])
    ContactFactory.create(organisation=broken, proved_at=now, failed_at=now, **WORKS)
    OrganisationFactory.create(name="Brouillon", kind="women", spoken=["dogon"], areas=["Koro"])
    OrganisationFactory.verified(name="Bambara", kind="women", spoken=["bambara"], areas=["Koro"])
    OrganisationFactory.verified(name="Jeunes", kind="youth", spoken=["dogon"], areas=["Koro"])
    assert firsts(coordinator, kind="women", state="verified", emergency="working", spoken=["dogon", "fulfulde"]) == [
        "Bonne"
    ]
    assert firsts(coordinator, kind="youth") == ["Jeunes"]
    assert sorted(firsts(coordinator, emergency="any")) == ["Bonne", "En panne"]


def test_languages_of_a_place_are_its_own_and_not_the_capitals(coordinator):
    for _n in range(3):
        OrganisationFactory.create(areas=["Koro"], spoken=["fr", "bambara", "dogon"])
        OrganisationFactory.create(areas=["Koro"], spoken=["fr", "bambara", "fulfulde"])
        for _ in range(5):
            OrganisationFactory.create(areas=["Ségou"], spoken=["fr", "bambara"])
    OrganisationFactory.create(areas=["Koro"], spoken=["songhay"])
    for _ in range(4):
        OrganisationFactory.create(areas=["Gao"], spoken=["songhay"])
    page = coordinator.get("/orgs/first/", {"area": area("Koro").pk}).content.decode()
    assert "parlent fulfulde ou dogon" in page


def test_a_place_is_typed_as_people_say_it(coordinator):
    OrganisationFactory.create(name="Celle de Koro", areas=["Koro"])
    for words in ("Koro", "koro", "cercle de Koro", "korro"):
        assert firsts(coordinator, area="", place=words) == ["Celle de Koro"], words
    town = Place.objects.filter(name_key="koro", edition__is_current=True).first()
    if town is not None:
        assert "Celle de Koro" in firsts(coordinator, area="", town=town.pk)
    page = coordinator.get("/orgs/first/", {"place": "zzzzzzzz"}).content.decode()
    assert "n’a pas été trouvé" in page


@pytest.mark.parametrize(
    "query", ["", "area=0", "area=x", "town=x", "town=0", "area=9999999999999999999", "place=%00", "place=a",
              "area=1&kind=zz&emergency=zz&state=zz&spoken=zz", "area=%E2%85%A7", "town=%E2%85%A7"]
)  # fmt: skip
def test_an_address_that_nobody_gave_is_a_page(query, coordinator):
    assert coordinator.get(f"/orgs/first/?{query}").status_code == 200


# --- Who is shown whom to call: typed by hand ------------------------------------------------------------------------

CALLS = """
who             public  partners  coordinators
reporter        y       y         -
monitor         y       y         -
liaison         y       y         -
analyst         y       -         -
coordinator     y       y         y
administrator   y       y         y
"""


def test_whom_each_may_call():
    found = OrganisationFactory.create(areas=["Koro"], **PUBLIC)
    lines = [line.split() for line in CALLS.strip().splitlines()]
    contacts = [
        ContactFactory.create(organisation=found, visibility=shown, phone=f"+2237611111{n}", is_emergency=True)
        for n, shown in enumerate(lines[0][1:])
    ]
    other = ContactFactory.create(organisation=found, visibility="public", phone="+22376222222")
    for who, *cells in lines[1:]:
        page = browser(person(who, "Koro")).get("/orgs/first/", {"area": area("Koro").pk}).content.decode()
        assert ["y" if contact.phone in page else "-" for contact in contacts] == cells, who
        assert other.phone not in page, "only emergency contacts stand here"


def test_what_may_not_be_seen_is_not_first():
    closed = OrganisationFactory.create(areas=["Koro"], visibility=OrganisationVisibility.COORDINATORS)
    hidden = OrganisationFactory.create(areas=["Koro"], hidden_at=timezone.now(), **PUBLIC)
    for role in (Role.LIAISON, Role.REPORTER, Role.ANALYST):
        page = browser(person(role, "Koro")).get("/orgs/first/", {"area": area("Koro").pk}).content.decode()
        assert closed.name not in page
        assert hidden.name not in page


@pytest.mark.parametrize("role", [None, Role.OVERSIGHT, Role.OPERATOR])
def test_who_has_no_business_here(role):
    answer = browser(person(role, "Koro") if role else None).get("/orgs/first/")
    assert answer.status_code == (403 if role else 302)


def test_few_questions_however_many_cover_it(coordinator, django_assert_num_queries):
    koro = area("Koro").pk
    coordinator.get("/orgs/first/", {"area": koro})

    def seed(count):
        for _n in range(count):
            ContactFactory.create(
                organisation=OrganisationFactory.create(areas=["Koro"], seat=area("Koro")), is_emergency=True
            )

    # Session, person, posts, second factor; area, country; terms, languages, rows, contacts, areas; what waits (1).
    seed(2)
    with django_assert_num_queries(12):
        coordinator.get("/orgs/first/", {"area": koro})
    seed(20)
    with django_assert_num_queries(12):
        coordinator.get("/orgs/first/", {"area": koro})
