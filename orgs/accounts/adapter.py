"""What this product changes in django-allauth: phones, letters through the outbox, no open sign-up, sealed secrets."""

import time
from typing import Any

from allauth.account import app_settings as allauth_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.models import EmailAddress
from allauth.core.internal import ratelimit
from allauth.mfa.adapter import DefaultMFAAdapter
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from orgs import audit
from orgs.accounts import letters
from orgs.accounts.fields import PhoneField
from orgs.crypto import seal, unseal
from orgs.models import Channel, User
from orgs.phones import normal_phone
from orgs.services import accounts

WRONG_PAIR = _("The address or number and the password do not belong together.")

# What happened to the account, by the name that allauth gives the letter about it.
CHANGES: dict[str, Promise] = {
    "account/email/password_changed": _("Your password was changed."),
    "account/email/password_set": _("Your password was set."),
    "account/email/password_reset": _("Your password was changed."),
    "account/email/email_changed": _("Your e-mail address was changed."),
    "account/email/email_confirm": _("Your e-mail address was confirmed."),
    "account/email/email_deleted": _("An e-mail address was taken off your account."),
    "mfa/email/totp_activated": _("An app for codes was added to your sign-in."),
    "mfa/email/totp_deactivated": _("The app for codes was taken off your sign-in."),
    "mfa/email/recovery_codes_generated": _("New spare codes were made for your sign-in."),
    "mfa/email/webauthn_added": _("A key or passkey was added to your sign-in."),
    "mfa/email/webauthn_removed": _("A key or passkey was taken off your sign-in."),
}
SKIPPED_STAGES = ("LoginByCodeStage", "PhoneVerificationStage")


class AccountAdapter(DefaultAccountAdapter):
    """People sign in by e-mail or phone; what they are told about it leaves through the outbox."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        # One sentence for every wrong pair: it does not tell which addresses are known.
        "email_password_mismatch": WRONG_PAIR,
        "phone_password_mismatch": WRONG_PAIR,
        "username_password_mismatch": WRONG_PAIR,
        "too_many_login_attempts": _("Too many wrong tries. Wait five minutes, then try again."),
        "incorrect_code": _("This is not the code."),
        "incorrect_password": _("This is not your password."),
        "same_as_current": _("This is the one you have already."),
        "phone_taken": _("This phone number belongs to another account."),
        "email_taken": _("This e-mail address belongs to another account."),
        "rate_limited": _("Wait half a minute before you ask for another code."),
    }

    # --- Who may come in ---------------------------------------------------------------------------------------

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts are made by invitation only."""
        return False

    def get_login_stages(self) -> list[str]:
        """Proving a phone is asked for where it is changed, not at sign-in: a gateway that is down locks nobody out."""
        return [stage for stage in super().get_login_stages() if not stage.endswith(SKIPPED_STAGES)]

    def post_login(self, request: HttpRequest, user: AbstractBaseUser, **kwargs: Any) -> HttpResponse:
        """Note the sign-in."""
        assert isinstance(user, User)
        audit.record(user, "signed_in", user)
        response: HttpResponse = super().post_login(request, user, **kwargs)
        return response

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Count wrong tries by phone too; allauth counts all phones as one, so that anybody could block them all."""
        typed = next((credentials[name] for name in ("email", "phone", "username") if credentials.get(name)), "")
        return f"sign-in:{typed.lower()}"

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Sensitive steps ask for the password again, unless the person signed in a short while ago."""
        records = get_authentication_records(self.request, self.request.user)
        is_recent = records and time.time() - records[-1]["at"] < allauth_settings.REAUTHENTICATION_TIMEOUT
        return not is_recent and super().is_reauthentication_required(app=app, **kwargs)

    def forget_wrong_tries(self, user: User) -> None:
        """Let somebody sign in at once who has just set a new password."""
        for address in filter(None, (user.email, user.phone)):
            key = f"sign-in:{address}"
            ratelimit.clear(self.request, app="allauth.account", action="login_failed", key=key)

    def can_delete_email(self, email_address: EmailAddress) -> bool:
        """The address in use stays, unless a proved phone remains."""
        user: User = email_address.user
        return email_address.email != user.email or bool(user.phone and user.phone_verified_at)

    # --- Phones ------------------------------------------------------------------------------------------------

    def phone_form_field(self, **kwargs: Any) -> PhoneField:
        """A field that understands Malian numbers without their country."""
        return PhoneField(**kwargs)

    def clean_phone(self, phone: str) -> str:
        """The one form in which numbers are kept."""
        return normal_phone(phone)

    def get_user_by_phone(self, phone: str) -> User | None:
        """Find a person by a number in any form."""
        try:
            person: User | None = User.objects.filter(phone=normal_phone(phone)).first()
        except ValidationError:
            return None
        return person

    def get_phone(self, user: AbstractBaseUser) -> tuple[str, bool] | None:
        """The number of a person, and whether it is proved."""
        assert isinstance(user, User)
        return (user.phone, user.phone_verified_at is not None) if user.phone else None

    def set_phone(self, user: AbstractBaseUser, phone: str, verified: bool) -> None:
        """Only proved numbers are kept: an unproved one waits in the session for its code."""
        if verified:
            self.set_phone_verified(user, phone)

    def set_phone_verified(self, user: AbstractBaseUser, phone: str) -> None:
        """Keep a number whose code was typed."""
        assert isinstance(user, User)
        accounts.set_proved_phone(person=user, phone=phone)

    def send_verification_code_sms(self, user: AbstractBaseUser, phone: str, code: str, **kwargs: Any) -> None:
        """Send the code that proves a number."""
        assert isinstance(user, User)
        letters.write("code", person=user, channel=Channel.SMS, address=phone, code=code)

    def send_account_already_exists_sms(self, phone: str) -> None:
        """Say nothing: whoever asks does not learn that the number is known."""

    # --- Letters -----------------------------------------------------------------------------------------------

    def send_reset_code(self, user: User, address: str, code: str) -> None:
        """Send the code by which a forgotten password is replaced."""
        channel = Channel.EMAIL if "@" in address else Channel.SMS
        letters.write("code", person=user, channel=channel, address=address, code=code)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Write a letter of allauth's in our words; those we have no words for are not sent."""
        person = context.get("user") or User.objects.filter(email__iexact=email).first()
        if person is None:
            return
        if "activate_url" in context:
            letters.write(
                "confirm_email", person=person, channel=Channel.EMAIL, address=email, url=context["activate_url"]
            )
        elif "code" in context:
            letters.write("code", person=person, channel=Channel.EMAIL, address=email, code=context["code"])

    def send_notification_mail(
        self,
        template_prefix: str,
        user: AbstractBaseUser,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """Tell a person what changed in their account: by e-mail (to the old address too), else by SMS."""
        what = CHANGES.get(template_prefix)
        if what is None or not allauth_settings.EMAIL_NOTIFICATIONS:
            return
        assert isinstance(user, User)
        audit.record(user, template_prefix.rpartition("/")[2][:40], user)
        if email:
            letters.write("changed", person=user, channel=Channel.EMAIL, address=email, what=what)
        else:
            letters.write_to_proved_address("changed", person=user, what=what)


class SecondFactorAdapter(DefaultMFAAdapter):
    """Keeps the secrets of code apps sealed."""

    def encrypt(self, text: str) -> str:
        """Seal a secret for the database."""
        return seal({"secret": text}).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Open a sealed secret."""
        secret: str = unseal(encrypted_text.encode())["secret"]
        return secret

    def get_totp_label(self, user: AbstractBaseUser) -> str:
        """What the code app shows: the address or number by which the person signs in."""
        assert isinstance(user, User)
        return user.email or user.phone or user.name
