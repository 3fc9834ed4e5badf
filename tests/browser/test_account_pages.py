"""Sign-in, second factor and one's own pages, seen in a real browser."""

import base64
import hashlib
import hmac
import struct
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from orgs.models import Role
from tests.browser.conftest import SHOTS
from tests.browser.seen import (
    assert_axe_clean,
    assert_big_targets,
    assert_no_horizontal_scroll,
    complaints,
    follow,
    shoot,
)
from tests.factories import MembershipFactory

Opens = Callable[..., Page]
OWN_PAGES = (
    "/accounts/",
    "/accounts/email/",
    "/accounts/phone/change/",
    "/accounts/password/change/",
    "/accounts/logout/",
    "/accounts/2fa/",
    "/accounts/2fa/totp/activate/",
    "/accounts/2fa/webauthn/",
    "/accounts/2fa/webauthn/add/",
)


def code_of(secret: str) -> str:
    """The six digits that an app shows now (RFC 6238)."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.new(key, struct.pack(">Q", int(time.time()) // 30), hashlib.sha1).digest()
    offset = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[offset : offset + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"


@pytest.mark.parametrize("width", [320, 1280])
def test_ones_own_pages_fit_and_can_be_read(
    browser_page: Opens, live_url: str, sign_in: Callable[..., None], width: int
) -> None:
    page = browser_page(width)
    sign_in(page, MembershipFactory(role=Role.MONITOR).person, second_factor=False)
    heard = complaints(page)
    for path in OWN_PAGES:
        page.goto(live_url + path)
        assert page.url == live_url + path
        shoot(page, SHOTS, "own" + path.replace("/", "-").rstrip("-"))
        assert_no_horizontal_scroll(page)
        assert_big_targets(page)
        assert_axe_clean(page)
    assert heard == []


def test_the_second_factor_is_set_up_with_a_phone(
    browser_page: Opens, live_url: str, sign_in: Callable[..., None]
) -> None:
    page = browser_page(320)
    sign_in(page, MembershipFactory(role=Role.COORDINATOR).person, second_factor=False)
    heard = complaints(page)
    page.goto(live_url + "/accounts/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Deuxième étape de connexion")
    expect(page.get_by_text("Votre rôle demande cette étape")).to_be_visible()
    follow(page.get_by_role("link", name="Installer"))
    assert page.locator("img.qr").evaluate("picture => picture.naturalWidth") > 50
    page.get_by_label("Code à 6 chiffres").fill(code_of(page.locator("#authenticator_secret").inner_text()))
    follow(page.get_by_role("button", name="Installer"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Codes de secours")
    expect(page.locator("#recovery_codes li")).to_have_count(10)
    shoot(page, SHOTS, "own-recovery-codes")
    follow(page.get_by_role("link", name="C’est fait"))
    expect(page.get_by_text("Votre rôle demande cette étape")).to_have_count(0)
    assert heard == []


def test_a_key_is_added_under_the_security_policy(
    browser_page: Opens, live_url: str, sign_in: Callable[..., None]
) -> None:
    page = browser_page(320)
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "usb", "hasResidentKey": True, "hasUserVerification": True}
    options |= {"isUserVerified": True, "automaticPresenceSimulation": True}
    device.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    sign_in(page, MembershipFactory(role=Role.COORDINATOR).person, second_factor=False)
    heard = complaints(page)
    page.goto(live_url + "/accounts/2fa/webauthn/add/")
    page.get_by_label("Un nom pour cette clé").fill("Ma clé")
    page.get_by_role("button", name="Ajouter une clé").click()
    expect(page.get_by_text("Clé de sécurité ajoutée.")).to_be_visible()
    page.goto(live_url + "/accounts/2fa/webauthn/")
    expect(page.get_by_text("Ma clé")).to_be_visible()
    assert heard == []
