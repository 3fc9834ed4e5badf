"""Ties between organisations: who says and sees them, what can never be; nothing of a hidden organisation leaks."""

import csv
import io
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from orgs.access import LINKS
from orgs.models import LinkKind, Organisation, OrganisationLink, OrganisationVisibility, Role
from orgs.networks.graph import FAR, NEAR, picture_of, ties_of
from orgs.networks.listing import alone, networks
from orgs.sections import organisation_page
from orgs.services.errors import NotAllowed
from orgs.services.links import add_link, change_link, end_link, remove_link, resume_link
from tests.factories import OrganisationFactory, area, person, signed_in, viewer
from tests.factories_directory import OrganisationLinkFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def hidden() -> Organisation:
    """A threatened organisation of Koro."""
    return OrganisationFactory.create(
        name="Veilleurs cachés", areas=["Koro"], visibility=OrganisationVisibility.PUBLIC, hidden_at=timezone.now()
    )


def ends() -> tuple[Organisation, Organisation]:
    """Two organisations of Koro."""
    return OrganisationFactory.create(areas=["Koro"]), OrganisationFactory.create(areas=["Koro"])


# --- What can be said --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "again"),
    [(LinkKind.MEMBER, False), (LinkKind.PARTNER, False), (LinkKind.PARTNER, True)],
)
def test_the_same_tie_is_not_said_twice(kind: str, again: bool) -> None:
    a, b = ends()
    keeper = viewer(Role.ADMINISTRATOR)
    add_link(viewer=keeper, link=OrganisationLink(organisation=a, other=b, kind=kind))
    other = OrganisationLink(organisation=b if again else a, other=a if again else b, kind=kind)
    with pytest.raises(ValidationError):
        add_link(viewer=keeper, link=other)
    with pytest.raises(IntegrityError), transaction.atomic():
        other.save()


def test_other_kinds_and_the_other_way_round_are_other_ties() -> None:
    a, b = ends()
    keeper = viewer(Role.ADMINISTRATOR)
    for one, other, kind in ((a, b, LinkKind.MEMBER), (b, a, LinkKind.FUNDS), (a, b, LinkKind.FUNDS)):
        add_link(viewer=keeper, link=OrganisationLink(organisation=one, other=other, kind=kind))
    assert OrganisationLink.objects.count() == 3


def test_a_race_for_the_same_tie_is_refused_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    a, b = ends()
    OrganisationLinkFactory.create(organisation=a, other=b)
    monkeypatch.setattr("orgs.services.links._same", lambda link: OrganisationLink.objects.none())
    with pytest.raises(ValidationError):
        add_link(viewer=viewer(Role.ADMINISTRATOR), link=OrganisationLink(organisation=a, other=b, kind="member"))


def test_an_organisation_is_not_tied_to_itself() -> None:
    a, _ = ends()
    with pytest.raises(ValidationError):
        add_link(viewer=viewer(Role.ADMINISTRATOR), link=OrganisationLink(organisation=a, other=a, kind="partner"))
    with pytest.raises(IntegrityError, match="link_not_to_itself"), transaction.atomic():
        OrganisationLinkFactory.create(organisation=a, other=a)


def test_days_are_in_order() -> None:
    a, b = ends()
    wrong = {"starts_on": date(2025, 2, 1), "ends_on": date(2025, 1, 1)}
    with pytest.raises(ValidationError):
        add_link(
            viewer=viewer(Role.ADMINISTRATOR), link=OrganisationLink(organisation=a, other=b, kind="partner", **wrong)
        )
    with pytest.raises(IntegrityError, match="link_dates_in_order"), transaction.atomic():
        OrganisationLinkFactory.create(**wrong)


def test_an_end_is_taken_back_and_what_never_was_is_taken_away() -> None:
    a, b = ends()
    keeper = viewer(Role.COORDINATOR, "Koro")
    link = OrganisationLinkFactory.create(organisation=a, other=b)
    end_link(viewer=keeper, link=link)
    assert not OrganisationLink.objects.current().exists()
    resume_link(viewer=keeper, link=link)
    assert OrganisationLink.objects.current().exists()
    end_link(viewer=keeper, link=link)
    again = OrganisationLinkFactory.create(organisation=a, other=b)
    with pytest.raises(ValidationError):
        resume_link(viewer=keeper, link=link)
    remove_link(viewer=keeper, link=again)
    with pytest.raises(NotAllowed):
        remove_link(viewer=keeper, link=again)
    assert OrganisationLink.objects.count() == 1


def test_a_correction_changes_days_and_source_and_never_the_ends() -> None:
    link = OrganisationLinkFactory.create()
    kept = link.other_id
    link.other, link.source = OrganisationFactory.create(), "Rapport"
    change_link(viewer=viewer(Role.ADMINISTRATOR), link=link)
    link = OrganisationLink.objects.get()
    assert (link.other_id, link.source) == (kept, "Rapport")


# Typed by hand: who may tie an organisation of Koro to another of Koro.
MAY = {
    "own editor": True,
    "other's editor": True,
    "own reporter": False,
    "another's editor": False,
    "coordinator of Koro": True,
    "coordinator of Gao": False,
    "analyst": False,
    "liaison of its own": False,
    "administrator": True,
}


@pytest.mark.parametrize("who", MAY)
def test_who_ties_organisations(who: str) -> None:
    a, b = ends()
    asks = {
        "own editor": lambda: viewer(Role.EDITOR, "Koro", organisation=a),
        "other's editor": lambda: viewer(Role.EDITOR, "Koro", organisation=b),
        "own reporter": lambda: viewer(Role.REPORTER, "Koro", organisation=a),
        "another's editor": lambda: viewer(Role.EDITOR, "Koro"),
        "coordinator of Koro": lambda: viewer(Role.COORDINATOR, "Koro"),
        "coordinator of Gao": lambda: viewer(Role.COORDINATOR, "Gao"),
        "analyst": lambda: viewer(Role.ANALYST),
        "liaison of its own": lambda: viewer(Role.LIAISON, "Koro", organisation=a),
        "administrator": lambda: viewer(Role.ADMINISTRATOR),
    }[who]()
    link = OrganisationLink(organisation=a, other=b, kind=LinkKind.PARTNER)
    if MAY[who]:
        add_link(viewer=asks, link=link)
        end_link(viewer=asks, link=link)
    else:
        with pytest.raises(NotAllowed):
            add_link(viewer=asks, link=link)
        made = OrganisationLinkFactory.create(organisation=a, other=b)
        for step in (end_link, resume_link, remove_link):
            with pytest.raises(NotAllowed):
                step(viewer=asks, link=made)


def test_nobody_is_tied_to_an_organisation_that_one_may_not_see(hidden: Organisation) -> None:
    own = OrganisationFactory.create(areas=["Koro"])
    editor = viewer(Role.EDITOR, "Koro", organisation=own)
    with pytest.raises(NotAllowed):
        add_link(viewer=editor, link=OrganisationLink(organisation=own, other=hidden, kind=LinkKind.PARTNER))


# --- Who sees it -------------------------------------------------------------------------------------------------

# Typed by hand: a tie between two organisations for everybody with an account; one with a hidden organisation.
SEES = {
    "reporter": "y-",
    "editor": "y-",
    "monitor": "y-",
    "facilitator": "y-",
    "liaison": "--",
    "analyst": "y-",
    "oversight": "--",
    "operator": "--",
    "coordinator": "yy",
    "administrator": "yy",
    "anyone": "--",
}


def test_who_sees_a_tie(hidden: Organisation) -> None:
    from orgs.access import ANYONE

    a, b = ends()
    rows = [
        OrganisationLinkFactory.create(organisation=a, other=b),
        OrganisationLinkFactory.create(organisation=a, other=hidden),
    ]
    people = {role: viewer(role, "Koro") for role in SEES if role != "anyone"} | {"anyone": ANYONE}
    assert {who: "".join("y" if LINKS.sees(one, row) else "-" for row in rows) for who, one in people.items()} == SEES
    for who, one in people.items():
        assert LINKS.rows(one).count() == SEES[who].count("y"), who
    # The people of either end see it where they may see the other end; those of the hidden one see their own.
    assert LINKS.sees(viewer(Role.LIAISON, "Koro", organisation=a), rows[0])
    assert not LINKS.sees(viewer(Role.EDITOR, "Koro", organisation=a), rows[1])
    assert LINKS.sees(viewer(Role.EDITOR, "Koro", organisation=hidden), rows[1])


def test_every_rule_of_seeing_counts(hidden: Organisation, monkeypatch: pytest.MonkeyPatch) -> None:
    a, b = ends()
    rows = [
        OrganisationLinkFactory.create(organisation=a, other=b),
        OrganisationLinkFactory.create(organisation=b, other=hidden),
        OrganisationLinkFactory.create(organisation=hidden, other=b),
    ]
    people = [viewer(role, "Koro") for role in Role.values]
    people += [viewer(Role.LIAISON, "Koro", organisation=one) for one in (a, b, hidden)]

    def seen() -> list[list[bool]]:
        return [[LINKS.sees(one, row) for row in rows] for one in people]

    expected = seen()
    for attribute in ("grants", "barriers"):
        rules = getattr(LINKS, attribute)
        for place in range(len(rules)):
            with monkeypatch.context() as changing:
                changing.setattr(LINKS, attribute, rules[:place] + rules[place + 1 :])
                assert seen() != expected, f"nothing fails without {attribute} {place}"


def test_a_hidden_organisation_is_in_no_picture_list_count_or_file(hidden: Organisation) -> None:
    network, member = ends()
    beyond = OrganisationFactory.create(name="Au-delà", areas=["Koro"])
    OrganisationLinkFactory.create(organisation=member, other=network)
    OrganisationLinkFactory.create(organisation=hidden, other=network)
    OrganisationLinkFactory.create(organisation=hidden, other=beyond, kind=LinkKind.PARTNER)
    reader = person(Role.REPORTER, "Koro")
    client = signed_in(reader)
    for page in (
        f"/orgs/{network.slug}/network/",
        f"/orgs/{member.slug}/network/",
        f"/orgs/{beyond.slug}/network/",
        "/orgs/networks/",
        "/orgs/networks/?show=alone",
        "/orgs/networks.csv",
    ):
        text = client.get(page).content.decode()
        assert hidden.name not in text, page
        assert hidden.slug not in text, page
    # Nor does a number give it away: one member is counted, and whoever is tied to it alone is tied to no one.
    from orgs.access import viewer_for

    asks = viewer_for(reader)
    listed: Any = networks(asks).get(pk=network.pk)
    assert listed.members == 1
    assert beyond in alone(asks)
    assert client.get(f"/orgs/{hidden.slug}/network/").status_code == 404
    coordinator = signed_in(person(Role.COORDINATOR, "Gao"))
    assert hidden.name in coordinator.get(f"/orgs/{network.slug}/network/").content.decode()


def test_a_tie_that_has_ended_is_in_no_picture() -> None:
    a, b = ends()
    yesterday = timezone.localdate() - timedelta(days=1)
    OrganisationLinkFactory.create(organisation=a, other=b, ends_on=yesterday)
    asks = viewer(Role.ANALYST)
    assert set(alone(asks)) >= {a, b}
    page = signed_in(person(Role.ANALYST)).get(f"/orgs/{a.slug}/network/").content.decode()
    assert '<svg class="net"' not in page
    assert b.name in page  # among those that have ended


# --- Pictures and lists ------------------------------------------------------------------------------------------


def test_a_picture_holds_what_has_room_and_counts_the_rest() -> None:
    middle = OrganisationFactory.create()
    for _ in range(NEAR + 3):
        near = OrganisationLinkFactory.create(other=middle).organisation
        for _ in range(4):
            OrganisationLinkFactory.create(organisation=near, kind=LinkKind.PARTNER)
    asks = viewer(Role.ANALYST)
    with CaptureQueriesContext(connection) as asked:
        ties = ties_of(asks, middle)
        picture = picture_of(asks, middle, ties, depth=2)
    assert len(asked) == 2
    assert [dot.ring for dot in picture.dots].count(1) == NEAR
    assert [dot.ring for dot in picture.dots].count(2) == FAR
    assert picture.left_out == (NEAR + 3 + NEAR * 4) - NEAR - FAR
    points = [(dot.x, dot.y) for dot in picture.dots]
    assert len(set(points)) == len(points)
    assert all(dot.radius <= value <= picture.size - dot.radius for dot in picture.dots for value in (dot.x, dot.y))


def test_the_section_of_an_organisations_page() -> None:
    a, b = ends()
    editor = viewer(Role.EDITOR, "Koro", organisation=a)
    assert [one.key for one in organisation_page.of(viewer(Role.ANALYST), a) if one.key == "network"] == []
    OrganisationLinkFactory.create(organisation=a, other=b)
    (section,) = [one for one in organisation_page.of(editor, a) if one.key == "network"]
    assert section.data["may_link"]
    assert [tie.other for group in section.data["groups"] for tie in group.ties] == [b]
    from orgs.access import ANYONE

    assert [one.key for one in organisation_page.of(ANYONE, a) if one.key == "network"] == []


def test_lists_are_narrowed_by_region() -> None:
    here, away = OrganisationFactory.create(areas=["Koro"]), OrganisationFactory.create(areas=["Gao"])
    asks, bandiagara = viewer(Role.ANALYST), area("Bandiagara", "region")
    assert set(alone(asks, bandiagara)) == {here}
    OrganisationLinkFactory.create(other=away)
    assert away not in networks(asks, bandiagara)
    assert away in networks(asks)


def _rows(client: Any) -> list[list[str]]:
    return list(csv.reader(io.StringIO(client.get("/orgs/networks.csv").content.decode("utf-8-sig"))))


def test_the_file_has_a_row_of_hashtags_and_no_formula() -> None:
    bad = OrganisationFactory.create(name="=HYPERLINK(1)")
    OrganisationLinkFactory.create(organisation=bad, source="+cmd", starts_on=date(2024, 5, 1))
    headings, tags, row = _rows(signed_in(person(Role.ANALYST)))
    assert len(headings) == len(tags) == len(row)
    assert all(tag.startswith("#") for tag in tags)
    assert row[1] == "'=HYPERLINK(1)"
    assert row[2] == "Membre de"
    assert row[5] == "2024-05-01"
    assert row[7] == "'+cmd"


# --- Pages -------------------------------------------------------------------------------------------------------


def test_an_editor_finds_the_other_organisation_and_ties_it() -> None:
    a, b = ends()
    client = signed_in(person(Role.EDITOR, "Koro", organisation=a))
    address = f"/orgs/{a.slug}/links/add/"
    assert b.name in client.get(address, {"q": b.name}).content.decode()
    wrong = client.post(
        address, {"q": b.name, "other": b.pk, "way": "member:out", "starts_on": "2025-05-01", "ends_on": "2024-01-01"}
    )
    assert wrong.status_code == 422
    assert "2025-05-01" in wrong.content.decode()
    assert client.post(address, {"q": b.name, "other": b.pk, "way": "funds:in"}).status_code == 302
    link = OrganisationLink.objects.get()
    assert (link.organisation, link.other, link.kind) == (b, a, LinkKind.FUNDS)
    ended = client.post(f"/orgs/networks/links/{link.pk}/end/")
    assert ended["Location"].endswith(f"?ended={link.pk}")
    assert "Annuler la fin" in client.get(ended["Location"]).content.decode()
    client.post(f"/orgs/networks/links/{link.pk}/resume/")
    assert OrganisationLink.objects.current().exists()
    assert client.get(f"/orgs/networks/links/{link.pk}/remove/").status_code == 200
    assert OrganisationLink.objects.exists()
    client.post(f"/orgs/networks/links/{link.pk}/remove/")
    assert not OrganisationLink.objects.exists()


def test_a_hidden_organisation_is_not_found_by_looking_for_it(hidden: Organisation) -> None:
    a, _ = ends()
    client = signed_in(person(Role.EDITOR, "Koro", organisation=a))
    address = f"/orgs/{a.slug}/links/add/"
    page = client.get(address, {"q": hidden.name}).content.decode()
    assert page.count(hidden.name) == 1  # what was typed
    answer = client.post(address, {"q": hidden.name, "other": hidden.pk, "way": "partner:out"})
    assert answer.status_code == 422
    assert not OrganisationLink.objects.exists()


def test_the_number_of_queries_of_a_page_does_not_grow() -> None:
    client = signed_in(person(Role.ANALYST))
    network = OrganisationFactory.create(kind="network")
    pages = ("/orgs/networks/", "/orgs/networks/?show=alone", f"/orgs/{network.slug}/network/", "/orgs/networks.csv")

    def counts() -> list[int]:
        found = []
        for page in pages:
            with CaptureQueriesContext(connection) as asked:
                assert client.get(page).status_code == 200
            found.append(len(asked))
        return found

    OrganisationLinkFactory.create(other=network)
    OrganisationFactory.create()
    counts()
    few = counts()
    for _ in range(6):
        near = OrganisationLinkFactory.create(other=network).organisation
        OrganisationLinkFactory.create(organisation=near)
        OrganisationFactory.create()
    assert counts() == few
    assert all(count <= 9 for count in few), few


@pytest.mark.parametrize("page", ["not-a-token", "WzFd", "x" * 2000])
def test_a_page_that_nobody_gave_is_the_first_one(page: str) -> None:
    assert signed_in(person(Role.ANALYST)).get("/orgs/networks/", {"page": page}).status_code == 200
