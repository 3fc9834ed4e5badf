"""The page of one organisation: what each audience reads of it and of its contacts, where merged addresses lead."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from orgs import sections
from orgs.directory.freshness import score
from orgs.models import Channel, FactSource, OrganisationName, OrganisationVisibility, Role
from tests.factories import ContactFactory, OrganisationFactory, area, person
from tests.orgs.directory.pages import browser

pytestmark = pytest.mark.django_db
PUBLIC = {"visibility": OrganisationVisibility.PUBLIC}


def page_of(organisation, client):
    answer = client.get(f"/orgs/{organisation.slug}/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_page_says_what_is_known_and_from_whom():
    found = OrganisationFactory.verified(
        name="Femmes du puits", acronym="FP", kind="women", founded=1998, seat=area("Koro"), areas=["Koro", "Bankass"],
        themes=["mediation"], served=["women", "victims"], spoken=["dogon"], capacities=["radio"],
        description="En français.", description_en="In English.", links=["https://example.org/fp"],
        source="Rapport de 2021", is_demo=True, **PUBLIC,
    )  # fmt: skip
    FactSource.objects.create(organisation=found, field="founded", source="Récépissé", as_of=date(2020, 5, 1))
    OrganisationName.objects.create(organisation=found, name="Puits de paix", kind="former", language="fr")
    page = page_of(found, browser())
    for words in ("Femmes du puits (FP)", "1998", "Récépissé", "1 mai 2020", "cercle de Koro", "cercle de Bankass",
                  "Médiation et règlement des disputes", "Victimes de violences", "Dogon", "Radio", "En français.",
                  "In English.", "https://example.org/fp", "Rapport de 2021", "Puits de paix", "Ancien nom",
                  "Démonstration", "Appel téléphonique", "Fraîcheur : 100 sur 100"):  # fmt: skip
        assert words in page, words
    assert page.index("En français.") < page.index("In English.")
    english = browser().get(f"/orgs/{found.slug}/", headers={"accept-language": "en"}).content.decode()
    assert english.index("In English.") < english.index("En français.")


def test_how_it_is_shown_is_for_its_people_and_keepers():
    found = OrganisationFactory.create(agreed_on=date(2024, 3, 2), legal_number="N°0123/MATD", **PUBLIC)
    assert "2 mars 2024" not in page_of(found, browser())
    assert "N°0123" not in page_of(found, browser())
    assert "2 mars 2024" not in page_of(found, browser(person(Role.REPORTER, "Koro")))
    assert "2 mars 2024" in page_of(found, browser(person(Role.EDITOR, "Koro", organisation=found)))
    assert "2 mars 2024" in page_of(found, browser(person(Role.COORDINATOR, "Gao")))


def test_an_older_entry_says_so():
    then = timezone.now() - timedelta(days=730)
    found = OrganisationFactory.verified(verified_at=then, confirmed_at=then, **PUBLIC)
    page = page_of(found, browser())
    assert "Fraîcheur : 25 sur 100" in page
    assert "appelez avant de compter dessus" in page


def test_freshness_falls_by_half_a_year_a_year():
    now = datetime(2026, 6, 1, tzinfo=UTC)
    assert score(None, now) == 0
    assert score(now, now) == score(now + timedelta(days=1), now) == 100
    assert score(now - timedelta(days=365), now) == 50
    assert score(now - timedelta(days=1460), now) == 6


# --- Contacts: typed by hand; p the phone, n the name of the person, s where it comes from ---------------------------

CONTACTS = """
who             public   partners  coordinators
anyone          p        -         -
reporter        pn       pn        -
liaison         pn       pn        -
analyst         p        -         -
oversight       p        -         -
operator        p        -         -
member          pns      pns       pns
coordinator     pns      pns       pns
administrator   pns      pns       pns
"""


def test_who_reads_which_contact_on_the_page_and_in_the_api():
    found = OrganisationFactory.create(**PUBLIC)
    lines = [line.split() for line in CONTACTS.strip().splitlines()]
    shown_to = lines[0][1:]
    contacts = [
        ContactFactory.create(
            organisation=found, visibility=visibility, name=f"Personne {visibility}", source=f"dit par {visibility}",
            phone=f"+2237600000{number}", email=f"{visibility}@secret.example.org", is_emergency=True,
        )
        for number, visibility in enumerate(shown_to)
    ]  # fmt: skip
    for who, *cells in lines[1:]:
        user = None
        if who != "anyone":
            own = {"organisation": found} if who == "member" else {}
            user = person(Role.EDITOR if who == "member" else who, "Koro", **own)
        client = browser(user)
        page = page_of(found, client)
        listed = (
            client.get("/orgs/").content.decode()
            + browser().get(f"/api/v1/organisations/{found.slug}/").content.decode()
        )
        for contact, cell in zip(contacts, cells, strict=True):
            for mark, secret in (("p", contact.phone), ("n", contact.name), ("s", contact.source)):
                assert (secret in page) == (mark in cell), (who, contact.visibility, mark)
                assert secret not in listed, who


def test_contacts_of_a_hidden_organisation_are_hidden_with_it():
    found = OrganisationFactory.create(hidden_at=timezone.now(), **PUBLIC)
    ContactFactory.create(organisation=found, visibility="public", phone="+22370707070", is_emergency=True)
    for client in (browser(), browser(person(Role.LIAISON, "Koro")), browser(person(Role.REPORTER, "Koro"))):
        assert client.get(f"/orgs/{found.slug}/").status_code == 404
        for address in ("/orgs/", "/orgs/?words=association", "/orgs/?emergency=any", "/api/v1/organisations/"):
            text = client.get(address).content.decode()
            assert found.name not in text
            assert "70707070" not in text


def test_wishes_are_honoured():
    found = OrganisationFactory.create(**PUBLIC)
    ContactFactory.create(
        organisation=found, visibility="public", phone="+22370000001", email="a@example.org", channel=Channel.CALL,
        do_not_sms=True, do_not_email=True,
    )  # fmt: skip
    ContactFactory.create(
        organisation=found, visibility="public", phone="+22370000002", do_not_call=True, channel=Channel.CALL
    )
    page = page_of(found, browser())
    assert "tel:+22370000001" in page
    assert "sms:+22370000001" not in page
    assert "mailto:" not in page
    assert "tel:+22370000002" not in page
    assert "sms:+22370000002" in page
    assert "Ne pas appeler." in page
    assert page.count("De préférence par appel.") == 1


def test_an_ended_contact_is_gone_from_the_page():
    found = OrganisationFactory.create()
    ContactFactory.create(organisation=found, phone="+22370000009", ended_at=timezone.now())
    assert "70000009" not in page_of(found, browser(person(Role.COORDINATOR, "Koro")))


# --- Addresses -------------------------------------------------------------------------------------------------------


def test_a_merged_address_leads_on():
    last = OrganisationFactory.create(slug="derniere", **PUBLIC)
    middle = OrganisationFactory.create(slug="milieu", merged_into=last, **PUBLIC)
    OrganisationFactory.create(slug="premiere", merged_into=middle, **PUBLIC)
    answer = browser().get("/orgs/premiere/")
    assert (answer.status_code, answer["Location"]) == (302, "/orgs/derniere/")


def test_a_merged_address_leads_nobody_to_what_they_may_not_see():
    closed = OrganisationFactory.create(slug="fermee", visibility=OrganisationVisibility.COORDINATORS)
    OrganisationFactory.create(slug="ancienne", merged_into=closed, **PUBLIC)
    assert browser().get("/orgs/ancienne/").status_code == 404
    assert browser(person(Role.COORDINATOR, "Koro")).get("/orgs/ancienne/").status_code == 302


def test_unknown_and_unseen_are_alike():
    closed = OrganisationFactory.create(visibility=OrganisationVisibility.COORDINATORS)
    unseen, unknown = browser().get(f"/orgs/{closed.slug}/"), browser().get("/orgs/nulle-part/")
    assert unseen.status_code == unknown.status_code == 404
    assert unseen.content == unknown.content


def test_sections_of_other_parts_stand_on_the_page(monkeypatch):
    def made(viewer, organisation):
        if viewer.user_id is None:
            return None
        return sections.Section("essai", "Un essai", "parts/empty.html", {}, position=5)

    monkeypatch.setattr(sections.organisation_page, "_functions", [made])
    found = OrganisationFactory.create(**PUBLIC)
    assert "Un essai" not in page_of(found, browser())
    assert "Un essai" in page_of(found, browser(person(Role.REPORTER, "Koro")))


def test_the_page_asks_few_questions_however_much_hangs_on_it(django_assert_num_queries):
    found = OrganisationFactory.create(areas=["Koro"], seat=area("Koro"))
    client = browser(person(Role.COORDINATOR, "Koro"))
    client.get(f"/orgs/{found.slug}/")

    def seed(count):
        for _n in range(count):
            ContactFactory.create(organisation=found)
            OrganisationName.objects.create(organisation=found, name=f"Nom {found.names.count()}", kind="short")

    # Session, person, posts, second factor; the row, P-codes and names of its table, terms, areas, sources, names,
    # contacts; what waits (1).
    seed(1)
    with django_assert_num_queries(23):
        client.get(f"/orgs/{found.slug}/")
    seed(10)
    with django_assert_num_queries(23):
        client.get(f"/orgs/{found.slug}/")
