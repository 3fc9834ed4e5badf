"""Every link that a person meets is followed: no dead end, nothing too wide, nothing left in English."""

from collections.abc import Callable, Iterator
from urllib.parse import urldefrag, urlsplit

import pytest
from playwright.sync_api import Page

from config import catalogues
from orgs.models import Role, Tlp
from tests.browser.conftest import SHOTS
from tests.browser.seen import assert_axe_clean, assert_big_targets, assert_no_horizontal_scroll, complaints, shoot
from tests.factories import (
    AdditionFactory,
    AlertAudienceFactory,
    AlertFactory,
    DeliveryFactory,
    FigureFactory,
    HeldResponsibleFactory,
    IdentityFactory,
    IncidentFactory,
    ReportFactory,
    person,
)

MOST_PAGES = 30
# The admin has Django's own look; what is downloaded is no page; addresses for programs give no page either. One page
# has an address for each language, since it is kept on the phone in both.
NOT_PAGES = (
    "/admin/", "/api/", "/exports/", "/cap/", "/static/", "/desk/attachments/", "/report/offline/en/",
    "/dialogues/offline/en/",
)  # fmt: skip
FILES = (".csv", ".xlsx", ".geojson", "/download/")
Opens = Callable[..., Page]


def seed(reader: object) -> None:
    """A report in each state, an incident with all its parts, an alert being made and one that was sent."""
    new = ReportFactory.create(place_text="Koro, " + "trèslongnomdevillage" * 3)
    IdentityFactory.create(report=new)
    AdditionFactory.create(report=new)
    ReportFactory.rejected()
    incident = IncidentFactory.create(summary="Vol de bétail au marché, plusieurs blessés. " * 6)
    ReportFactory.attached(incident)
    FigureFactory.create(incident=incident)
    FigureFactory.create(incident=incident, value=5, source="centre de santé")
    HeldResponsibleFactory.create(incident=incident)
    AlertAudienceFactory.create(alert=AlertFactory.create(incident=incident))
    sent = AlertFactory.released(incident=IncidentFactory.create(tlp=Tlp.GREEN))
    DeliveryFactory.create(alert=sent, recipient=reader)


def english_words() -> list[str]:
    """Sentences of the source that read otherwise in French."""
    return [
        str(message.id)
        for path in catalogues.catalogue_files()
        for message in catalogues.read(path)
        if isinstance(message.id, str) and len(message.id) > 12 and message.string not in ("", message.id)
        if not {"%", "{", "<"} & set(message.id) and " " in message.id
    ]


def links(page: Page, start: str) -> Iterator[str]:
    # By the attribute: the href of a link in a drawing is an object.
    read = "all => all.map(link => new URL(link.getAttribute('href'), document.baseURI).href)"
    for href in page.eval_on_selector_all("a[href]", read):
        address = urldefrag(href)[0]
        path = urlsplit(address).path
        if address.startswith(start) and not path.startswith(NOT_PAGES) and not path.endswith(FILES):
            yield address


@pytest.mark.parametrize("role", [None, *Role.values])
def test_every_link_leads_to_a_page_in_french(
    browser_page: Opens, live_url: str, sign_in: Callable[..., None], role: str | None
) -> None:
    page = browser_page(320)
    if role:
        reader = person(role, "Koro")
        seed(reader)
        sign_in(page, reader)
    english = english_words()
    heard = complaints(page)
    faults: list[str] = []
    to_see = [live_url + "/"]
    seen: set[str] = set()
    while to_see and len(seen) < MOST_PAGES:
        address = to_see.pop(0)
        # Of pages that differ in their query alone (filters, next page) one is enough.
        if (path := urlsplit(address).path) in seen:
            continue
        seen.add(path)
        answer = page.goto(address)
        shoot(page, SHOTS, f"walk-{role or 'anyone'}{path.replace('/', '-').rstrip('-')}")
        if answer is None or answer.status != 200:
            faults.append(f"{path}: {answer and answer.status}")
            continue
        for look in (assert_no_horizontal_scroll, assert_big_targets, assert_axe_clean):
            try:
                look(page)
            except AssertionError as fault:
                faults.append(str(fault).split("\nassert")[0])
        text = page.inner_text("body")
        faults += [f"{path}: in English: {words}" for words in english if words in text]
        to_see += links(page, live_url)
    assert "\n".join([*faults, *heard]) == ""
    assert len(seen) >= 4
