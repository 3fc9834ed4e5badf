"""CAP 1.2: valid by schema and by the rules the schema does not hold; who reads which message; what the feed holds."""

import base64
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from lxml import etree

from incidents.exchange.cap import ATOM, NAMESPACE
from incidents.exchange.cap_rules import complaints
from incidents.models import Alert, AlertKind, Audience, CapMessage, IncidentState
from incidents.services import alerts
from incidents.services.alerts import Line
from orgs.access import viewer_for
from orgs.models import Role, Tlp, User
from orgs.services.tokens import make_token
from tests.factories import ExerciseFactory, area, person, signed_in
from tests.incidents.alerts.conftest import Place, koro, released, verified  # noqa: F401 (fixture)

pytestmark = pytest.mark.django_db
SCHEMA = settings.BASE_DIR.parent / "shared" / "data" / "cap" / "CAP-v1.2.xsd"


def lines(tlp: str) -> list[Line]:
    """Everybody whom this marking lets in."""
    chosen = [Line(Audience.LIAISON, area=area("Koro"))]
    if tlp in Tlp.up_to(Tlp.GREEN):
        chosen.append(Line(Audience.NETWORK, area=area("Koro")))
    return [*chosen, Line(Audience.PUBLIC)] if tlp == Tlp.CLEAR else chosen


def alert_of(place: Place, tlp: str = Tlp.CLEAR, **fields: Any) -> Alert:
    """A released alert with this marking."""
    words = {"summary": "Des hommes armés menacent un village.", **fields}
    return released(place, verified(tlp=tlp, **words), *lines(tlp))


def key_of(who: User) -> str:
    """A key of this person, who has a second factor."""
    signed_in(who)
    return make_token(viewer=viewer_for(who), label="veille", days=30)[1]


def get(path: str, who: User | None = None, *, basic: bool = False) -> Any:
    """Fetch as a program would, with a key where somebody is named."""
    headers: dict[str, str] = {}
    if who is not None:
        key = key_of(who)
        sent = base64.b64encode(f"x:{key}".encode()).decode() if basic else key
        headers["Authorization"] = f"{'Basic' if basic else 'Bearer'} {sent}"
    return Client().get(path, headers=headers)


def links(answer: Any) -> list[str]:
    """The documents that a feed leads to, as paths."""
    assert answer.status_code == 200
    found = etree.fromstring(answer.content).findall(f"{{{ATOM}}}entry/{{{ATOM}}}link")
    return [one.get("href").removeprefix(settings.SITE_URL) for one in found]


def text(document: bytes, path: str) -> list[str]:
    """The texts of an element, wherever it stands."""
    return [one.text for one in etree.fromstring(document).iter(f"{{{NAMESPACE}}}{path}")]


def documents(place: Place) -> list[bytes]:
    """One document of each kind: public, restricted, private, update, cancel, exercise, test."""
    made = []
    for tlp in (Tlp.CLEAR, Tlp.GREEN, Tlp.AMBER, Tlp.AMBER_STRICT):
        alert_of(place, tlp)
    first = alert_of(place)
    update = alerts.prepare_alert(viewer=place.author_view, incident=first.incident, lines=lines(Tlp.CLEAR))
    Alert.objects.filter(pk=update.pk).update(kind=AlertKind.UPDATE, follows=first, thread=first.thread)
    alerts.release_alert(viewer=place.second_view, alert=update, version=update.version)
    alerts.cancel_alert(viewer=place.author_view, alert=alert_of(place))
    drill = alert_of(place)
    Alert.objects.filter(pk=drill.pk).update(exercise=ExerciseFactory.create())
    Alert.objects.filter(pk=alert_of(place).pk).update(is_demo=True)
    for message in CapMessage.objects.all():
        answer = get(f"/cap/{message}.xml", place.liaison)
        assert answer.status_code == 200
        assert answer["Content-Type"].startswith("application/cap+xml")
        made.append(answer.content)
    return made


@pytest.mark.skipif(not SCHEMA.exists(), reason="the schema of CAP 1.2 is not beside the project")
def test_every_document_is_valid_by_the_schema(koro: Place) -> None:  # noqa: F811
    schema = etree.XMLSchema(etree.parse(SCHEMA))
    found = documents(koro)
    assert len(found) == 10
    for document in found:
        assert schema.validate(etree.fromstring(document)), schema.error_log
    assert {text(one, "status")[0] for one in found} == {"Actual", "Exercise", "Test"}
    assert {text(one, "scope")[0] for one in found} == {"Restricted", "Private"}
    assert {text(one, "msgType")[0] for one in found} == {"Alert", "Update", "Cancel"}


def test_every_document_keeps_the_rules_that_the_schema_does_not_hold(koro: Place) -> None:  # noqa: F811
    for document in documents(koro):
        assert complaints(document) == []
        assert text(document, "language") == ["en", "fr"] or text(document, "language") == ["fr", "en"]


RULES = {
    "identifier": ("<identifier>urn:uuid:", "<identifier>urn uuid,"),
    "Z": ("+00:00</sent>", "Z</sent>"),
    "fraction": ("+00:00</sent>", ".123456+00:00</sent>"),
    "private": ("<scope>Public</scope>", "<scope>Private</scope>"),
    "restriction": ("<scope>Public</scope>", "<scope>Public</scope><restriction>x</restriction>"),
    "references": ("<msgType>Alert</msgType>", "<msgType>Update</msgType>"),
    "html": ("<headline>", "<headline>&lt;b&gt;"),
}


@pytest.mark.parametrize("rule", sorted(RULES))
def test_each_rule_is_found_when_it_is_broken(koro: Place, rule: str) -> None:  # noqa: F811
    (link,) = links(_public_feed(koro))
    document = get(link).content.decode()
    before, after = RULES[rule]
    assert before in document
    assert complaints(document.encode()) == []
    assert complaints(document.replace(before, after, 1).encode())


def _public_feed(place: Place) -> Any:
    alert_of(place)
    return get("/cap/feed.atom")


def test_a_reference_never_names_itself_or_a_later_message(koro: Place) -> None:  # noqa: F811
    update = next(one for one in documents(koro) if text(one, "msgType") == ["Update"]).decode()
    own = text(update.encode(), "identifier")[0]
    sender, _earlier, sent = text(update.encode(), "references")[0].split(",")
    old = f"{sender},{_earlier},{sent}"
    assert complaints(update.replace(old, f"{sender},{own},{sent}").encode())
    assert complaints(update.replace(old, f"{sender},{_earlier},2999-01-01T00:00:00+00:00").encode())


# --- Who reads what ----------------------------------------------------------------------------------------------

# Typed by hand from docs/access.md: what each finds in the feed, CLEAR to RED.
DUE = {
    "anyone": "1 0 0 0 0",
    "recipient": "1 1 1 1 0",
    "colleague": "1 1 1 1 0",
    "monitor": "1 1 0 0 0",
    "away": "1 0 0 0 0",
    "coordinator": "1 1 0 0 0",
}


@pytest.mark.parametrize("name", sorted(DUE))
def test_the_feed_of_each(koro: Place, name: str) -> None:  # noqa: F811
    who = {
        "anyone": None, "recipient": koro.liaison, "colleague": koro.colleague, "monitor": koro.monitor,
        "away": person(Role.MONITOR, "Kayes", organisation=koro.association), "coordinator": koro.second,
    }[name]  # fmt: skip
    if name == "away":
        koro.monitor.memberships.all().delete()  # so that nobody of the association was told
    for tlp, due in zip(Tlp.values, DUE[name].split(), strict=True):
        alert = alert_of(koro, tlp)
        message = CapMessage.objects.filter(alert=alert).first()
        found = links(get("/cap/feed.atom", who))
        assert [f"/cap/{message}.xml" in found] == [due == "1"], tlp
        if message is not None:
            assert get(f"/cap/{message}.xml", who).status_code == (200 if due == "1" else 404), tlp


def test_red_makes_no_message_at_all(koro: Place) -> None:  # noqa: F811
    assert not alert_of(koro, Tlp.RED).cap_messages.exists()


def test_the_public_reads_what_the_table_shows_the_public(koro: Place) -> None:  # noqa: F811
    alert = alert_of(koro, place_text="Derrière la maison du chef", narrative="Le chef a vu les hommes.")
    public = get(links(get("/cap/feed.atom"))[0]).content.decode()
    assert alert.incident.summary in public
    assert "Évitez le marché." in public
    assert "maison du chef" not in public
    assert "Le chef a vu" not in public
    assert "+22376000099" not in public
    assert text(public.encode(), "scope") == ["Public"]
    (pcode,) = {pair[1].text for pair in etree.fromstring(public.encode()).iter(f"{{{NAMESPACE}}}geocode")}
    assert pcode == area("Koro").pcode


def test_a_private_message_names_the_organisations_it_is_for(koro: Place) -> None:  # noqa: F811
    alert_of(koro, Tlp.AMBER)
    (link,) = links(get("/cap/feed.atom", koro.liaison))
    document = get(link, koro.liaison).content
    assert text(document, "scope") == ["Private"]
    assert text(document, "addresses") == ['"Protection civile"']


def test_a_browser_that_is_signed_in_gets_the_public_feed(koro: Place) -> None:  # noqa: F811
    alert_of(koro, Tlp.GREEN)
    client = Client()
    client.force_login(koro.monitor)
    assert links(client.get("/cap/feed.atom")) == []


def test_keys(koro: Place) -> None:  # noqa: F811
    alert_of(koro, Tlp.GREEN)
    assert len(links(get("/cap/feed.atom", koro.liaison, basic=True))) == 1
    for wrong in ("Bearer nothing", "Basic nothing", "Basic " + base64.b64encode(b"x:nothing").decode(), "Basic é"):
        answer = Client().get("/cap/feed.atom", HTTP_AUTHORIZATION=wrong)
        assert answer.status_code == 401
        assert "Basic" in answer["WWW-Authenticate"]


def test_names_that_are_none(koro: Place) -> None:  # noqa: F811
    message = alert_of(koro, Tlp.GREEN).cap_messages.get()
    for path in ("x", "urn:uuid:x", str(message), f"{message.pk}", "0" * 400):
        assert Client().get(f"/cap/{path}.xml").status_code == 404


# --- What stands in the feed -------------------------------------------------------------------------------------


def test_what_is_over_leaves_the_feed(koro: Place) -> None:  # noqa: F811
    alert = alert_of(koro)
    assert len(links(get("/cap/feed.atom"))) == 1
    CapMessage.objects.filter(alert=alert).update(expires=timezone.now() - timedelta(seconds=1))
    assert links(get("/cap/feed.atom")) == []


def test_a_cancellation_stands_in_the_feed_and_names_what_it_takes_back(koro: Place) -> None:  # noqa: F811
    alert = alert_of(koro)
    first = alert.cap_messages.get()
    alerts.cancel_alert(viewer=koro.author_view, alert=alert)
    alerts.cancel_alert(viewer=koro.author_view, alert=alert)
    (link,) = links(get("/cap/feed.atom"))
    document = get(link).content
    assert text(document, "msgType") == ["Cancel"]
    assert f",{first}," in text(document, "references")[0]
    assert alert.incident.summary not in document.decode()


def test_drills_are_not_for_the_public(koro: Place) -> None:  # noqa: F811
    alert = alert_of(koro)
    Alert.objects.filter(pk=alert.pk).update(exercise=ExerciseFactory.create())
    message = alert.cap_messages.get()
    assert links(get("/cap/feed.atom")) == []
    assert get(f"/cap/{message}.xml").status_code == 404
    assert "EXERCICE" in get("/cap/feed.atom", koro.liaison).content.decode()
    assert text(get(f"/cap/{message}.xml", koro.liaison).content, "status") == ["Exercise"]


def test_a_demonstration_is_a_test(koro: Place) -> None:  # noqa: F811
    alert = alert_of(koro)
    Alert.objects.filter(pk=alert.pk).update(is_demo=True)
    (link,) = links(get("/cap/feed.atom"))
    assert text(get(link).content, "status") == ["Test"]


def test_unverified_is_not_public(koro: Place) -> None:  # noqa: F811
    released(koro, verified(tlp=Tlp.CLEAR, state=IncidentState.OPEN), Line(Audience.LIAISON, area=area("Koro")))
    assert links(get("/cap/feed.atom")) == []


def test_the_feed_asks_as_much_for_many_as_for_one(koro: Place, django_assert_max_num_queries: Any) -> None:  # noqa: F811
    for _n in range(6):
        alert_of(koro, Tlp.GREEN)
    key = key_of(koro.liaison)
    with django_assert_max_num_queries(9):
        answer = Client().get("/cap/feed.atom", HTTP_AUTHORIZATION=f"Bearer {key}")
    assert len(links(answer)) == 6


def test_an_empty_feed_is_a_feed(db: None) -> None:
    answer = get("/cap/feed.atom")
    assert answer["Content-Type"].startswith("application/atom+xml")
    assert links(answer) == []
    assert "Authorization" in answer["Vary"]
