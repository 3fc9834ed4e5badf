"""Reports without network: written, kept over a closed browser, sent over a bad link; the page says what is so."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, FilePayload, Page, expect

from incidents.media import store
from incidents.models import Attachment, AttachmentState, Door, Report
from incidents.services.reports import report_by_code
from tests.browser.bad_link import BadLink, bad_link
from tests.browser.conftest import CHROMIUM_FLAGS, SECONDS_ALLOWED, SHOTS, WIDTHS, chromium
from tests.browser.seen import assert_axe_clean, assert_big_targets, assert_no_horizontal_scroll, complaints, shoot
from tests.browser.waiting import expect_kept, until, worker_number
from tests.incidents.media import samples

pytestmark = pytest.mark.django_db(transaction=True)
Opens = Callable[..., Page]
PAYLOAD = 2_000
MICROPHONE = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]


@pytest.fixture
def link(live_url: str) -> Iterator[tuple[BadLink, str]]:
    with bad_link(live_url) as opened:
        yield opened


@pytest.fixture
def phone(browser: Browser, tmp_path: Path) -> Iterator[Callable[[], BrowserContext]]:
    """A browser that keeps what it has when it is closed and opened again."""
    contexts: list[BrowserContext] = []

    def turn_on() -> BrowserContext:
        context = browser.browser_type.launch_persistent_context(
            tmp_path / "phone",
            executable_path=chromium(),
            args=[*CHROMIUM_FLAGS, *MICROPHONE],
            viewport={"width": 320, "height": 720},
            locale="fr-FR",
        )
        context.set_default_timeout(SECONDS_ALLOWED * 1000)
        contexts.append(context)
        return context

    yield turn_on
    for context in contexts:
        context.close()


def installed(context: BrowserContext, url: str) -> Page:
    page = context.new_page()
    page.goto(f"{url}/report/offline/")
    expect(page.locator("#installed")).to_contain_text("Cette page est sur le téléphone")
    return page


def write(page: Page, words: str, photo: bytes | None) -> None:
    page.locator("#report").get_by_text("Menace ou ultimatum").click()
    page.get_by_label("Où", exact=False).first.fill("cercle de Koro")
    page.get_by_text("Hier", exact=True).click()
    page.get_by_label("Racontez avec vos mots").fill(words)
    if photo is not None:
        page.locator("#photos").set_input_files({"name": "../../x.jpg", "mimeType": "image/jpeg", "buffer": photo})
        expect(page.locator("#media img")).to_be_visible()
    page.get_by_role("button", name="Garder et envoyer").click()
    expect(page.locator("#said")).to_be_visible()
    expect(page.locator("#said")).to_contain_text("Gardé sur ce téléphone")


def tells_the_truth(page: Page) -> list[str]:
    """The states of all rows, each held against what the other side really has."""
    rows = page.evaluate(
        """() => [...document.querySelectorAll('#queue li[data-state]')].map(row => ({
             state: row.dataset.state, text: row.innerText,
             code: row.querySelector('.code')?.textContent ?? '',
             files: (row.innerText.match(/Photo \\d+ : bien reçu/g) ?? []).length}))"""
    )
    for row in rows:
        report = report_by_code(row["code"]) if row["code"] else None
        if row["state"] == "arrived" or "Le texte est arrivé" in row["text"]:
            assert report is not None, row
        if row["code"]:
            assert report is not None, row
            kept = Attachment.objects.filter(report=report, state=AttachmentState.READY).count()
            assert kept >= (1 if row["state"] == "arrived" else row["files"]), row
        if row["state"] == "waiting" and not row["code"]:
            assert "Pas encore envoyé" in row["text"], row
    return [row["state"] for row in rows]


def test_three_reports_with_photos_survive_everything(
    phone: Callable[[], BrowserContext], link: tuple[BadLink, str]
) -> None:
    network, url = link
    context = phone()
    page = installed(context, url)
    network.down = True
    context.set_offline(True)
    page.reload()
    expect(page.locator("#network")).to_contain_text("Pas de réseau")
    for number in range(3):
        write(page, f"Ils sont venus, fois {number}.", samples.jpeg(1600, 1200, secret=True, colour=f"#20{number}040"))
        assert tells_the_truth(page) == ["waiting"] * (number + 1)
    page.get_by_label("Racontez avec vos mots").fill("Un quatrième, à moitié")
    expect_kept(page)
    shoot(page, SHOTS, "offline-waits")
    context.close()
    assert Report.objects.count() == 0

    context = phone()
    context.set_offline(True)
    page = context.new_page()
    page.goto(f"{url}/report/offline/")
    expect(page.locator("#queue li[data-state=waiting]")).to_have_count(3)
    expect(page.get_by_label("Racontez avec vos mots")).to_have_value("Un quatrième, à moitié")

    network.faults.extend(
        ["500", "cut", "slow", "lost", "sign-in", "slow", "cut", "lost", "500", "slow", "lost", "cut"]
    )
    network.down = False
    context.set_offline(False)
    seen: set[tuple[str, ...]] = set()
    until = time.monotonic() + 120
    while time.monotonic() < until:
        states = tells_the_truth(page)
        seen.add(tuple(states))
        if states == ["arrived"] * 3:
            break
        # In one step: the button is gone as soon as nothing waits.
        page.evaluate("() => { const one = document.getElementById('try'); if (!one.hidden) one.click(); }")
        page.wait_for_timeout(150)
    assert states == ["arrived"] * 3
    assert not network.faults
    assert len(seen) > 2, seen
    shoot(page, SHOTS, "offline-arrived")
    assert Report.objects.count() == 3
    assert {report.door for report in Report.objects.all()} == {Door.OFFLINE}
    assert {report.narrative for report in Report.objects.all()} == {f"Ils sont venus, fois {n}." for n in range(3)}
    kept = Attachment.objects.filter(state=AttachmentState.READY)
    assert sorted(kept.values_list("report", flat=True)) == sorted(Report.objects.values_list("pk", flat=True))
    assert max(network.sent_bytes) <= PAYLOAD, network.sent_bytes
    print("bytes of a report", network.sent_bytes)  # noqa: T201  # the figure that docs/intake-offline.md states
    expect(page.get_by_label("Racontez avec vos mots")).to_have_value("Un quatrième, à moitié")
    page.get_by_label("Racontez avec vos mots").fill("")


def test_a_phone_that_is_asked_to_wait_says_so_and_sends_by_itself(
    phone: Callable[[], BrowserContext], crowded_url: str
) -> None:
    with bad_link(crowded_url) as (network, url):
        page = installed(phone(), url)
        write(page, "Ils sont venus.", samples.jpeg(800, 600))
        expect(page.locator("#queue li[data-state=waiting]")).to_contain_text("Beaucoup de personnes envoient")
        page.get_by_role("button", name="Essayer").click()
        assert tells_the_truth(page) in (["waiting"], ["sending"])
        shoot(page, SHOTS, "offline-asked-to-wait")
        expect(page.locator("#queue li[data-state=arrived]")).to_have_count(1)
    assert Report.objects.get().narrative == "Ils sont venus."
    assert Attachment.objects.get().state == AttachmentState.READY
    assert max(network.sent_bytes) <= PAYLOAD, network.sent_bytes


def test_two_tabs_of_one_phone_lose_no_word(phone: Callable[[], BrowserContext], link: tuple[BadLink, str]) -> None:
    _network, url = link
    first = installed(phone(), url)
    second = first.context.new_page()
    second.goto(f"{url}/report/offline/")
    second.get_by_label("Racontez avec vos mots").fill("Ils sont venus.")
    expect_kept(second)
    first.reload()  # nothing was typed there: it takes nothing away
    expect(first.get_by_label("Racontez avec vos mots")).to_have_value("Ils sont venus.")
    first.get_by_label("Racontez avec vos mots").fill("Ils sont venus, et repartis.")
    expect_kept(first)
    for number, page in enumerate((second, first), 1):
        page.get_by_role("button", name="Garder et envoyer").click()
        expect(page.locator("#queue li[data-state=arrived]")).to_have_count(number)
    told = {report.narrative for report in Report.objects.all()}
    assert told == {"Ils sont venus.", "Ils sont venus, et repartis."}


def test_two_taps_on_the_button_are_one_report(phone: Callable[[], BrowserContext], link: tuple[BadLink, str]) -> None:
    _network, url = link
    page = installed(phone(), url)
    page.get_by_label("Racontez avec vos mots").fill("Ils sont venus.")
    page.evaluate("for (let tap = 0; tap < 2; tap += 1) document.getElementById('report').requestSubmit()")
    expect(page.locator("#queue li[data-state=arrived]")).to_have_count(1)
    assert Report.objects.get().narrative == "Ils sont venus."


def sync(page: Page, url: str, scope: str = "/report/") -> None:
    """What the browser does when the network is back and no page of ours is open."""
    control = page.context.new_cdp_session(page)
    asked = {
        "origin": url,
        "registrationId": worker_number(page, control, f"{url}{scope}"),
        "tag": "passerelle-send",
        "lastChance": False,
    }
    control.send("ServiceWorker.dispatchSyncEvent", asked)


def everything_arrived() -> bool:
    ready = Attachment.objects.filter(state=AttachmentState.READY).count()
    return (Report.objects.count(), ready) == (1, 1)


def test_the_worker_sends_what_waits_after_the_page_was_closed(
    phone: Callable[[], BrowserContext], link: tuple[BadLink, str]
) -> None:
    network, url = link
    context = phone()
    page = installed(context, url)
    network.down = True
    write(page, "Ils sont venus.", samples.jpeg(800, 600))
    other = context.new_page()
    other.goto("about:blank")
    page.close()
    sync(other, url)
    other.wait_for_timeout(1500)
    assert Report.objects.count() == 0, "without network nothing leaves"
    network.down = False
    sync(other, url)
    until(other, everything_arrived)
    page = context.new_page()
    page.goto(f"{url}/report/offline/")
    expect(page.locator("#queue li[data-state=arrived]")).to_have_count(1)
    assert tells_the_truth(page) == ["arrived"]
    assert (Report.objects.count(), Attachment.objects.count()) == (1, 1)


def test_the_worker_sends_nothing_that_a_pin_locks(
    phone: Callable[[], BrowserContext], link: tuple[BadLink, str]
) -> None:
    network, url = link
    context = phone()
    page = installed(context, url)
    network.down = True
    write(page, "Un secret", None)
    page.get_by_text("Mettre ou changer un code PIN").click()
    page.locator("#pin-new").fill("495827")
    page.locator("#pin-again").fill("495827")
    page.locator("#pin button").click()
    expect(page.locator("#pin-status")).to_contain_text("Le code PIN est mis")
    other = context.new_page()
    page.close()
    network.down = False
    network.paths.clear()
    sync(other, url)
    other.wait_for_timeout(2000)
    assert (Report.objects.count(), network.paths) == (0, [])


def test_a_pin_locks_what_waits_and_erasing_leaves_nothing(
    phone: Callable[[], BrowserContext], link: tuple[BadLink, str]
) -> None:
    network, url = link
    context = phone()
    page = installed(context, url)
    network.down = True
    write(page, "Un secret", None)
    stored = "async () => JSON.stringify(await (async () => { const open = indexedDB.open('passerelle'); await new Promise(d => open.onsuccess = d); const all = await new Promise(d => { const a = open.result.transaction('reports').objectStore('reports').getAll(); a.onsuccess = () => d(a.result); }); open.result.close(); return all.map(r => [Object.keys(r), new TextDecoder().decode(r.sealed.data)]); })())"  # noqa: E501
    assert "secret" not in page.evaluate(stored)
    expect(page.locator("#protected")).to_contain_text("Sans code PIN")
    page.get_by_text("Mettre ou changer un code PIN").click()
    page.locator("#pin-new").fill("12345")
    page.locator("#pin-again").fill("12345")
    page.locator("#pin button").click()
    expect(page.locator("#pin-error")).to_contain_text("6")
    page.locator("#pin-new").fill("495827")
    page.locator("#pin-again").fill("495827")
    page.locator("#pin button").click()
    expect(page.locator("#pin-status")).to_contain_text("Le code PIN est mis")
    expect(page.locator("#protected")).not_to_contain_text("Sans code PIN")
    page.reload()
    expect(page.locator("#locked")).to_be_visible()
    expect(page.locator("#open")).to_be_hidden()
    shoot(page, SHOTS, "offline-locked")
    page.locator("#pin-open").fill("000000")
    page.locator("#locked button").click()
    expect(page.locator("#pin-open-error")).not_to_be_empty()
    page.locator("#pin-open").fill("495827")
    page.locator("#locked button").click()
    expect(page.locator("#queue li[data-state=waiting]")).to_have_count(1)

    page.get_by_text("Tout effacer", exact=True).click()
    page.get_by_role("button", name="Oui, tout effacer").click()
    expect(page.locator("#erased")).to_be_visible()
    left = page.evaluate("async () => [(await indexedDB.databases()).length, (await caches.keys()).length]")
    assert left == [0, 0]
    network.down = False
    page.goto(f"{url}/report/offline/")
    expect(page.locator("#queue")).to_contain_text("Rien n’attend")
    assert Report.objects.count() == 0


def test_a_picture_and_a_voice_are_enough(phone: Callable[[], BrowserContext], link: tuple[BadLink, str]) -> None:
    _network, url = link
    page = installed(phone(), url)
    page.get_by_text("Menace ou ultimatum").click()
    page.get_by_role("button", name="Enregistrer un message vocal").click()
    page.wait_for_timeout(2500)
    page.locator("#voice").click()
    expect(page.locator("#media audio")).to_be_visible()
    shoot(page, SHOTS, "offline-voice")
    page.get_by_role("button", name="Garder et envoyer").click()
    expect(page.locator("#queue li[data-state=arrived]")).to_have_count(1)
    voice = Attachment.objects.get()
    assert (voice.state, voice.kind, voice.media_type) == (AttachmentState.READY, "voice", "audio/webm")
    assert (voice.report.narrative, voice.report.place_text, voice.report.type_id) == ("", "", "threat")


def test_an_empty_form_says_what_is_missing_and_a_file_that_is_not_kept_is_named(
    phone: Callable[[], BrowserContext], link: tuple[BadLink, str]
) -> None:
    _network, url = link
    page = installed(phone(), url)
    page.get_by_role("button", name="Garder et envoyer").click()
    expect(page.locator("#problem")).to_contain_text("Choisissez une image")
    page.locator("#sounds-more summary").click()
    page.locator("#sounds").set_input_files({"name": "a.mp3", "mimeType": "audio/mpeg", "buffer": samples.svg()})
    expect(page.locator("#media li")).to_have_count(1)
    page.get_by_label("Racontez avec vos mots").fill("Des mots")
    page.get_by_role("button", name="Garder et envoyer").click()
    expect(page.locator("#queue li[data-state=arrived]")).to_contain_text("pas gardé")
    assert Report.objects.get().narrative == "Des mots"


@pytest.mark.parametrize("width", WIDTHS)
def test_the_page_is_readable_on_every_screen(browser_page: Opens, live_url: str, width: int) -> None:
    for language, address in (("fr-FR", "report/offline/"), ("en-GB", "report/offline/en/")):
        page = browser_page(width, language=language)
        heard = complaints(page)
        page.goto(f"{live_url}/{address}")
        expect(page.locator("#open")).to_be_visible()
        for summary in page.locator("summary").all():
            summary.click()
        shoot(page, SHOTS, f"offline-{language[:2]}")
        assert_no_horizontal_scroll(page)
        assert_big_targets(page)
        assert_axe_clean(page)
        assert heard == []


def test_signing_out_erases_what_the_phone_keeps(
    browser_page: Opens, live_url: str, sign_in: Callable[..., None]
) -> None:
    from orgs.models import Role
    from tests.factories import person

    page = browser_page(320)
    sign_in(page, person(Role.REPORTER, "Koro"))
    page.goto(f"{live_url}/report/offline/")
    expect(page.locator("#installed")).not_to_be_empty()
    page.get_by_label("Racontez avec vos mots").fill("À moitié")
    expect_kept(page)
    page.goto(f"{live_url}/accounts/")
    page.get_by_role("button", name="Se déconnecter", exact=True).click()
    page.wait_for_url(f"{live_url}/")
    page.goto(f"{live_url}/report/offline/")
    expect(page.get_by_label("Racontez avec vos mots")).to_have_value("")


def test_a_file_is_added_to_a_receipt_without_scripts(browser_page: Opens, live_url: str) -> None:
    page = browser_page(320, scripts=False)
    page.goto(f"{live_url}/report/")
    page.get_by_text("Menace ou ultimatum").click()
    page.get_by_label("Où", exact=False).first.fill("cercle de Koro")
    page.get_by_role("button", name="Envoyer").click()
    page.get_by_text("Ajouter une photo ou un message vocal").click()
    photo: FilePayload = {"name": "../../x", "mimeType": "image/jpeg", "buffer": samples.jpeg(secret=True)}
    bomb: FilePayload = {"name": "b.docx", "mimeType": "image/jpeg", "buffer": samples.zip_bomb_docx()}
    page.locator("#id_files").set_input_files([photo, bomb])
    page.get_by_role("button", name="Envoyer").click()
    shoot(page, SHOTS, "offline-files")
    expect(page.get_by_role("status")).to_contain_text("Pas gardé")
    kept = Attachment.objects.get(state=AttachmentState.READY)
    assert store.read(kept.name) is None or samples.SECRET not in (store.read(kept.name) or b"")
