"""Full text in French without accents and with slips: by name, acronym, other names, description, place, theme."""

import pytest
from django.db import connection

from orgs.directory import search
from orgs.models import Organisation, OrganisationName, OrganisationVisibility, Role
from orgs.services import directory_index
from tests.factories import OrganisationFactory, area, person
from tests.orgs.directory.pages import browser, found

pytestmark = pytest.mark.django_db
PUBLIC = {"visibility": OrganisationVisibility.PUBLIC}


@pytest.fixture
def directory():
    """A few entries as they are typed in Mali."""
    rows = [
        OrganisationFactory.create(name="TASSAGHT", areas=["Gao"], themes=["land"], **PUBLIC),
        OrganisationFactory.create(name="BENKADI", areas=["Ségou"], themes=["mediation"], **PUBLIC),
        OrganisationFactory.create(
            name="Association des femmes de Tombouctou", acronym="AFT", seat=area("Tombouctou"), **PUBLIC
        ),
        OrganisationFactory.create(
            name="Jeunes ponts", areas=["Koro"], description="Dialogue entre éleveurs et agriculteurs.", **PUBLIC
        ),
    ]
    OrganisationName.objects.create(organisation=rows[3], name="Pont de la jeunesse", kind="spelling")
    directory_index.refresh()
    return rows


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("tasagt", "TASSAGHT"),
        ("Tassaght", "TASSAGHT"),
        ("benkady", "BENKADI"),
        ("bencadi", "BENKADI"),
        ("aft", "Association des femmes de Tombouctou (AFT)"),
        ("tombuctou", "Association des femmes de Tombouctou (AFT)"),
        ("tombouktou femme", "Association des femmes de Tombouctou (AFT)"),
        ("femmes de Tombouctou", "Association des femmes de Tombouctou (AFT)"),
        ("segou", "BENKADI"),
        ("SÉGOU", "BENKADI"),
        ("médiation", "BENKADI"),
        ("eleveur", "Jeunes ponts"),
        ("éleveurs koro", "Jeunes ponts"),
        ("jeunesse", "Jeunes ponts"),
        ("mediation ségu", "BENKADI"),
    ],
)
def test_what_was_meant_comes_first(directory, typed, name):
    assert found(typed)[:1] == [name]


def test_every_word_must_fit(directory):
    assert found("tassaght koro") == []


def test_words_without_meaning_do_not_narrow(directory):
    assert found("les femmes de la de tombouctou") == found("femmes tombouctou")


def test_better_fits_come_first():
    OrganisationFactory.create(name="Radio du fleuve", description="On y parle de paix.", **PUBLIC)
    OrganisationFactory.create(name="Paix et pain", **PUBLIC)
    directory_index.refresh()
    assert found("paix") == ["Paix et pain", "Radio du fleuve"]


@pytest.mark.parametrize(
    "typed",
    ["'", '"', "!!", "a & | b", "\\", "%", "_", "(", "<script>", ":*", "é" * 500, "mot " * 60, "\x00", "日本語", "0"],
)
def test_whatever_is_typed_gives_a_page(directory, typed):
    answer = browser().get("/orgs/", {"words": typed})
    assert answer.status_code == 200
    assert b"<script>" not in answer.content


def test_a_search_that_finds_nothing_says_what_is_near(directory):
    page = browser().get("/orgs/", {"words": "tasagt zzzzz"}).content.decode()
    assert "Vouliez-vous dire" in page
    assert "TASSAGHT" in page


def test_what_may_not_be_seen_is_neither_found_nor_near():
    OrganisationFactory.create(name="Les Secrètes", visibility=OrganisationVisibility.COORDINATORS)
    directory_index.refresh()
    for words in ("secretes", "secretes zzzz", "les"):
        assert "Secrètes" not in browser().get("/orgs/", {"words": words}).content.decode()
        assert "Secrètes" not in browser(person(Role.REPORTER, "Koro")).get("/orgs/", {"words": words}).content.decode()
    assert found("secretes", browser(person(Role.COORDINATOR, "Koro"))) == ["Les Secrètes"]


def test_two_hundred_at_most_and_the_page_says_so():
    Organisation.objects.bulk_create(
        Organisation(name=f"Groupement {n}", name_key=f"groupement {n}", slug=f"groupement-{n}", **PUBLIC)
        for n in range(230)
    )
    directory_index.refresh()
    page = browser().get("/orgs/", {"words": "groupement"})
    assert page.content.decode().count("<h3>") == search.BEST
    assert "230 organisations" in page.content.decode()


def test_search_uses_its_indexes():
    """The function of the database never reads the whole table: both of its indexes answer each word."""
    statement = (
        "EXPLAIN SELECT id FROM orgs_organisation WHERE words @@ plainto_tsquery('french', 'tassaght')"
        " OR names_key %>> 'tassaght'"
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT proconfig FROM pg_proc WHERE proname = 'orgs_organisations_found'")
        (settings,) = cursor.fetchone()
        assert "enable_seqscan=off" in settings
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(statement)
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "organisation_by_words" in plan
    assert "organisation_by_likeness" in plan
