"""Sessions on a small phone, a tablet and a laptop; written down by keyboard alone, and without scripts."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from dialogues.models import Session
from dialogues.said import Counted, Raised, said_of
from dialogues.services.names import add_name
from dialogues.services.safety_notes import add_safety_note
from orgs.access import viewer_for
from orgs.models import Role, User
from tests.browser.conftest import SHOTS
from tests.browser.seen import (
    assert_axe_clean,
    assert_big_targets,
    assert_no_horizontal_scroll,
    complaints,
    follow,
    shoot,
)
from tests.dialogues.sessions.test_keeping import keep
from tests.factories import OrganisationFactory, person
from tests.factories_dialogues import session
from tests.incidents.media.samples import jpeg

pytestmark = pytest.mark.django_db(transaction=True)
Opens = Callable[..., Page]
SignsIn = Callable[..., None]
NEW = "/dialogues/sessions/new/"


def look(page: Page, name: str) -> None:
    shoot(page, SHOTS, f"sessions-{name}")
    assert_no_horizontal_scroll(page)
    assert_big_targets(page)
    assert_axe_clean(page)


def facilitator() -> User:
    """A facilitator of an organisation in Koro."""
    body = OrganisationFactory.create(name="Femmes de Koro", areas=["Koro"])
    return person(Role.FACILITATOR, "Koro", organisation=body, name="Aminata Coulibaly")


def written(user: User) -> tuple[Session, int]:
    """A session with everything that its page can show, and the number of an edit that waits."""
    who = viewer_for(user)
    row = session(
        by=who, people=30, attendance=(Counted("f", "15-35", "women", 18), Counted("m", "61+", "customary", 12)),
        issues=(Raised("Qui boit le premier au puits ?", ("livelihood", "recognition"), ()),), invited=("youth",),
        absent=("youth",), agreements=("Les femmes puisent jusqu’à huit heures",), disagreements=("Le prix de l’eau",),
    )  # fmt: skip
    started = said_of(row)
    keep(who, row.uid, 1, replace(started, minutes="Awa a ouvert. " * 30))
    waits = keep(who, row.uid, 1, replace(started, minutes="Trèslongmotsansespace" * 10)).edit
    add_safety_note(viewer=who, session=row, words="Ne pas dire qui a parlé", form_key="a")
    day = row.held_on
    add_name(viewer=who, session=row, name="Awa", body="", contact="", consent="signed", consented_on=day)
    return row, waits.pk


@pytest.mark.parametrize("width", [320, 768, 1280])
def test_pages_of_sessions(browser_page: Opens, live_url: str, sign_in: SignsIn, width: int) -> None:
    user = facilitator()
    row, waits = written(user)
    page = browser_page(width)
    heard = complaints(page)
    sign_in(page, user)
    one = f"/dialogues/sessions/{row.uid}/"
    pages = {"list": "/dialogues/", "new": NEW, "one": one, "edit": f"{one}edit/", "settle": f"{one}settle/{waits}/"}
    pages |= {name: f"{one}{name}/" for name in ("history", "names", "safety", "papers")}
    for name, path in pages.items():
        page.goto(f"{live_url}{path}")
        look(page, f"{name}-{width}")
    assert heard == []


def test_a_photo_is_added_seen_and_stands_in_the_report(
    browser_page: Opens, live_url: str, sign_in: SignsIn, tmp_path: Path
) -> None:
    user = facilitator()
    row = session(by=viewer_for(user))
    page = browser_page(320)
    sign_in(page, user)
    picture = tmp_path / "IMG_2025.jpg"
    picture.write_bytes(jpeg(secret=True))
    page.goto(f"{live_url}/dialogues/sessions/{row.uid}/papers/")
    page.set_input_files("[name=pictures]", picture)
    page.check("[name=kind][value=photo]")
    page.check("[name=consent][value=signed]")
    page.fill("[name=caption]", "Sous l’arbre")
    page.check("[name=in_report]")
    follow(page.get_by_role("button", name="Ajouter"))
    shown = page.get_by_role("img", name="Sous l’arbre")
    shown.scroll_into_view_if_needed()
    page.wait_for_function("image => image.complete && image.naturalWidth > 0", arg=shown.element_handle())
    look(page, "photo-320")
    page.goto(f"{live_url}/dialogues/sessions/{row.uid}/report/")
    expect(page.get_by_role("img", name="Sous l’arbre")).to_be_visible()
    look(page, "photo-report-320")


def test_a_session_is_written_down_by_keyboard_alone(browser_page: Opens, live_url: str, sign_in: SignsIn) -> None:
    page = browser_page(1280)
    sign_in(page, facilitator())
    page.goto(f"{live_url}{NEW}")
    page.locator("#id_title").focus()
    page.keyboard.type("Le puits")
    for _n in range(200):
        page.keyboard.press("Tab")
        focused = page.evaluate("document.activeElement.name || document.activeElement.textContent.trim()")
        if focused == "held_on":
            page.keyboard.type("11202025")
        elif focused == "area":
            page.keyboard.type("Koro")
        elif focused.startswith("Groupes de femmes"):
            page.keyboard.press("Enter")
        elif focused == "attendance-women-f-15-35":
            page.keyboard.type("12")
        elif focused == "agreements":
            page.keyboard.type("Réparer le puits")
        elif focused == "Enregistrer":
            page.keyboard.press("Enter")
            break
    expect(page.get_by_role("heading", name="Le puits")).to_be_visible()
    row = Session.objects.get()
    assert (row.people, row.women, row.cercle.name if row.cercle else "") == (12, 12, "Koro")
    assert row.points.get().words == "Réparer le puits"


def test_without_scripts_lines_are_added_and_errors_lead_to_their_field(
    browser_page: Opens, live_url: str, sign_in: SignsIn
) -> None:
    page = browser_page(320, scripts=False)
    sign_in(page, facilitator())
    page.goto(f"{live_url}{NEW}")
    page.fill("[name=issues-0-words]", "Qui boit le premier ?")
    page.get_by_role("button", name="Plus de lignes").click()
    page.fill("[name=issues-9-words]", "Et le soir ?")
    page.locator(".actions").get_by_role("button", name="Enregistrer", exact=True).click()
    page.get_by_role("link", name="Donnez-lui un titre").or_(page.get_by_role("link", name="Titre –")).first.click()
    assert page.url.endswith("#id_title")
    assert page.input_value("[name=issues-0-words]") == "Qui boit le premier ?"
    assert page.input_value("[name=issues-1-words]") == "Et le soir ?"


class Typist:
    """Somebody at a keyboard, without a mouse: counts the keys pressed beside the words and numbers themselves."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.moves = 0

    @property
    def at(self) -> str:
        """The name of what has the focus."""
        return str(self.page.evaluate("document.activeElement.name || document.activeElement.textContent.trim()"))

    def go(self, *keys: str) -> str:
        """Press keys; where they led."""
        for key in keys:
            self.press(key)
        return self.at

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)
        self.moves += 1

    def write(self, words: str) -> None:
        self.page.keyboard.type(words)


def test_a_series_is_typed_from_paper_by_keyboard_alone(browser_page: Opens, live_url: str, sign_in: SignsIn) -> None:
    user = facilitator()
    counts = (Counted("f", "15-35", "women", 12), Counted("m", "36-60", "farmers", 8))
    led_by = user.memberships.get().organisation_id
    first = session(by=viewer_for(user), title="Le puits 1", people=20, led_by=led_by, attendance=counts)
    page = browser_page(1280)
    sign_in(page, user)
    page.goto(f"{live_url}{NEW}?from={first.uid}")
    typist = Typist(page)
    for number in (2, 3, 4):
        typist.moves = 0
        expect(page.locator("#id_title")).to_be_focused()
        typist.write(f"Le puits {number}")
        assert typist.go("Enter") == "held_on"
        typist.write(f"110{number}2025")
        assert typist.go("Enter", "Enter") == "attendance-women-f-0-14", "the sum needs no number of its own"
        assert typist.go("Enter") == "attendance-women-f-15-35"
        typist.write(str(10 + number))
        assert typist.go(*["ArrowDown"] * 4) == "attendance-farmers-m-15-35", "over the empty ones"
        assert typist.go("ArrowRight") == "attendance-farmers-m-36-60"
        typist.write("8")
        assert typist.go("Control+ArrowDown") == "issues-0-words"
        typist.write("Qui boit le premier ?")
        assert typist.go("Control+ArrowDown") == "agreements"
        typist.write("Réparer le puits")
        with page.expect_navigation():
            typist.press("Control+Enter")
        assert typist.moves == 12
    rows = {row.title: row for row in Session.objects.exclude(pk=first.pk)}
    assert sorted(rows) == ["Le puits 2", "Le puits 3", "Le puits 4"]
    for number in (2, 3, 4):
        row = rows[f"Le puits {number}"]
        assert (row.people, row.women, row.held_on) == (18 + number, 10 + number, date(2025, 11, number))
        assert (row.cercle_id, row.led_by_id, row.spoken) == (first.cercle_id, led_by, first.spoken)
        assert (row.issues.get().words, row.points.get().words) == ("Qui boit le premier ?", "Réparer le puits")


def test_keys_go_back_and_leave_what_is_being_typed_alone(browser_page: Opens, live_url: str, sign_in: SignsIn) -> None:
    user = facilitator()
    first = session(by=viewer_for(user), people=12, attendance=(Counted("f", "15-35", "women", 12),))
    page = browser_page(1280)
    sign_in(page, user)
    page.goto(f"{live_url}{NEW}?from={first.uid}")
    typist = Typist(page)
    page.locator("[name=attendance-women-f-15-35]").focus()
    typist.write("123")
    assert typist.go("ArrowLeft", "ArrowLeft", "ArrowLeft") == "attendance-women-f-15-35", "within the number"
    assert typist.go("ArrowLeft") == "attendance-women-f-0-14"
    assert typist.go("Control+ArrowUp") == "people"
    assert typist.go("Control+ArrowUp", "Control+ArrowUp", "Control+ArrowUp") == "title"
    page.locator("[name=minutes]").focus()
    typist.write("Awa a ouvert.")
    typist.go("Enter", "ArrowUp")
    typist.write("D’abord ")
    assert page.input_value("[name=minutes]") == "D’abord Awa a ouvert.\n"
    assert typist.go("Control+ArrowDown") == "next", "the button that saves and begins the next one"
    assert Session.objects.count() == 1
