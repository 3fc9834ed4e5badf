"""Accounts in a real browser: from an invitation to a passkey, and admin under the strict content policy."""

from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from playwright.sync_api import Page, expect

from orgs.access import viewer_for
from orgs.models import ApiToken, Membership, Role, User
from orgs.services import invitations
from tests.browser.conftest import SHOTS
from tests.browser.seen import follow
from tests.factories import OrganisationFactory, area, person
from tests.orgs.accounts.conftest import last_message

PASSWORD = "trois-chevres-et-un-puits"
ADMIN_PAGES = (
    "/admin/",
    "/admin/orgs/user/",
    "/admin/orgs/membership/",
    "/admin/orgs/membership/add/",
    "/admin/orgs/organisation/add/",
    "/admin/orgs/invitation/",
    "/admin/account/emailaddress/",
    "/admin/mfa/authenticator/",
)


def watched(page: Page) -> list[str]:
    """What the browser complains of: blocked styles and scripts, script errors, failed requests."""
    said: list[str] = []
    page.on("console", lambda line: said.append(line.text) if line.type == "error" else None)
    page.on("response", lambda answer: said.append(answer.url) if answer.status >= 400 else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    return said


def shot(page: Page, name: str) -> None:
    SHOTS.mkdir(parents=True, exist_ok=True)
    width = page.viewport_size["width"] if page.viewport_size else 0
    page.wait_for_load_state()
    page.screenshot(path=SHOTS / f"accounts-{name}-{width}.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{name} is wider than {width}"


@pytest.fixture
def invited(transactional_db: None) -> Callable[..., str]:
    """Invite somebody; gives the path of the link."""

    def invite(role: str = Role.COORDINATOR) -> str:
        invitations.invite(
            viewer=viewer_for(person(Role.ADMINISTRATOR, name="Fatoumata Keïta")),
            name="Awa Traoré",
            email="awa@example.org",
            role=role,
            organisation=OrganisationFactory.create(name="Association Yiriwa"),
            areas=[area("Koro")],
        )
        return "/accounts/invitation/" + last_message()["text"].split("/accounts/invitation/")[1].split()[0]

    return invite


@pytest.mark.parametrize("width", [320, 1280])
def test_from_an_invitation_to_a_passkey(
    live_url: str, browser_page: Callable[..., Page], invited: Callable[..., str], width: int
) -> None:
    page = browser_page(width)
    complaints = watched(page)
    page.goto(live_url + invited())
    shot(page, "invitation")
    page.fill("[name=password1]", PASSWORD)
    page.fill("[name=password2]", PASSWORD)
    follow(page.locator("main form .button"))
    expect(page).to_have_url(f"{live_url}/accounts/2fa/")
    shot(page, "second-step-needed")
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    page.goto(f"{live_url}/accounts/2fa/webauthn/add/")
    shot(page, "add-key")
    page.check("[name=passwordless]")
    page.click("#mfa_webauthn_add")
    page.wait_for_url(lambda address: not address.endswith("/webauthn/add/"))
    page.wait_for_load_state()
    assert Authenticator.objects.filter(user__email="awa@example.org", type="webauthn").exists()
    page.goto(f"{live_url}/accounts/")
    shot(page, "account")
    page.goto(f"{live_url}/accounts/people/")
    shot(page, "people")
    page.goto(f"{live_url}/accounts/people/invite/")
    shot(page, "invite")
    page.goto(f"{live_url}/accounts/")
    follow(page.get_by_text("Se déconnecter").first)
    page.goto(f"{live_url}/accounts/login/")
    shot(page, "login")
    page.click("#passkey_login")
    page.wait_for_url(f"{live_url}/")
    page.goto(f"{live_url}/accounts/")
    expect(page.locator("main")).to_contain_text("Awa Traoré")
    assert complaints == []


def test_a_key_for_programs_and_every_small_page(
    live_url: str, browser_page: Callable[..., Page], sign_in: Callable[..., None], transactional_db: None
) -> None:
    coordinator = person(Role.COORDINATOR, "Koro", name="Awa Traoré")
    post = Membership.objects.get(person=person(Role.REPORTER, "Koro", name="Moussa Dembélé"))
    for width in (320, 1280):
        page = browser_page(width)
        complaints = watched(page)
        if width == 320:
            sign_in(page, coordinator)
        else:
            sign_in(page, coordinator, second_factor=False)
        page.goto(f"{live_url}/accounts/tokens/")
        page.fill("[name=label]", "Export de nuit")
        follow(page.locator("main form .button").first)
        shot(page, "token-made")
        assert page.input_value("#plain").startswith("passerelle_")
        page.goto(f"{live_url}/accounts/people/{post.pk}/end/")
        shot(page, "end-post")
        for path in ("email/", "phone/change/", "password/change/", "2fa/", "2fa/totp/deactivate/", "reauthenticate/"):
            page.goto(f"{live_url}/accounts/{path}")
            shot(page, path.strip("/").replace("/", "-"))
        page.goto(f"{live_url}/accounts/people/invite/")
        follow(page.locator("main form .button"))
        shot(page, "invite-wrong")
        assert complaints == []
    assert ApiToken.objects.count() == 2


def test_pages_before_signing_in(live_url: str, browser_page: Callable[..., Page], transactional_db: None) -> None:
    link = invitations.first_administrator_link(site_url=live_url)
    for width in (320, 1280):
        page = browser_page(width)
        complaints = watched(page)
        page.goto(link)
        shot(page, "first-administrator")
        for path in ("login/", "password/reset/", "signup/", "inactive/"):
            page.goto(f"{live_url}/accounts/{path}")
            shot(page, path.strip("/").replace("/", "-"))
        page.goto(f"{live_url}/accounts/password/reset/")
        page.fill("[name=email]", "70 12 34 56")
        follow(page.locator("main form .button"))
        shot(page, "reset-code")
        assert complaints == []
    page.goto(f"{live_url}/accounts/invitation/made-up/")
    shot(page, "dead-link")


def test_admin_breaks_no_rule_of_the_content_policy(
    live_url: str, browser_page: Callable[..., Page], sign_in: Callable[..., None], transactional_db: None
) -> None:
    administrator = person(Role.ADMINISTRATOR, name="Fatoumata Keïta")
    person(Role.REPORTER, "Koro", name="Moussa Dembélé")
    page: Any = browser_page(1280)
    sign_in(page, administrator)
    complaints = watched(page)
    user = User.objects.get(name="Moussa Dembélé")
    for path in (*ADMIN_PAGES, f"/admin/orgs/user/{user.pk}/change/", f"/admin/orgs/user/{user.pk}/history/"):
        assert page.goto(live_url + path).status == 200, path
        page.screenshot(path=SHOTS / f"accounts-admin{path.replace('/', '-')}1280.png", full_page=True)
    assert complaints == []
