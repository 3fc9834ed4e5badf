"""Sign-in forms: allauth's, with one field for e-mail or phone, labels above and no words inside the fields."""

from typing import TYPE_CHECKING, Any

from allauth.account import forms as allauth_forms
from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.password_reset_by_code import PasswordResetVerificationProcess
from allauth.account.models import EmailAddress
from allauth.mfa.base import forms as mfa_forms
from allauth.mfa.totp import forms as totp_forms
from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from orgs.accounts.fields import AddressField, PhoneField
from orgs.models import User

if TYPE_CHECKING:
    from orgs.accounts.adapter import AccountAdapter


class _Plain(forms.Form):
    """Without placeholders: they vanish when one types and read as if the field were filled in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)


class SignInForm(_Plain, allauth_forms.LoginForm):
    """One field for the e-mail address or the phone number, and the password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields = {"login": AddressField(), "password": self.fields["password"]}
        self.fields["password"].label = _("Password")


class ForgottenPasswordForm(_Plain, allauth_forms.ResetPasswordForm):
    """Asks for the e-mail address or phone number to which a code is sent.

    Only proved addresses get a code: one that an inviter mistyped would hand the account to a stranger.
    """

    email = AddressField()

    def clean_email(self) -> str:
        """Find who it is; whoever asks is told the same either way."""
        address: str = self.cleaned_data["email"]
        self.person = _owner_of(address)
        return address

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        """Send the code, if there is somebody to send it to."""
        address: str = self.cleaned_data["email"]
        ResetProcess.initiate(request=request, user=self.person, email=address)
        return address


class ResetProcess(PasswordResetVerificationProcess):
    """The code that replaces a forgotten password, by e-mail or by SMS."""

    def send(self) -> None:
        """Send a code; nothing at all for an address that nobody has."""
        if self.user is not None:
            adapter: AccountAdapter = get_adapter(self.request)
            self.state["code"] = adapter.generate_password_reset_code()
            adapter.send_reset_code(self.user, self.state["email"], self.code)

    @classmethod
    def initiate(cls, *, request: HttpRequest, user: User | None, email: str) -> "ResetProcess":
        """Begin: the code goes out, and the session waits for it."""
        process = cls(request, state=cls.initial_state(user, email), user=user)
        process.send()
        process.persist()
        return process


class _Code(_Plain):
    """A code: typed on the number keys."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs["inputmode"] = "numeric"


class ResetCodeForm(_Code, allauth_forms.ConfirmPasswordResetCodeForm):
    """The code that replaces a forgotten password."""


class PhoneCodeForm(_Code, allauth_forms.VerifyPhoneForm):
    """The code that proves a phone number."""


class SecondStepForm(_Code, mfa_forms.AuthenticateForm):
    """The second step of sign-in."""


class SecondStepAgainForm(_Code, mfa_forms.ReauthenticateForm):
    """The second step, asked again before something sensitive."""


class CodeAppForm(_Code, totp_forms.ActivateTOTPForm):
    """The first code of an app."""


class PasswordAgainForm(_Plain, allauth_forms.ReauthenticateForm):
    """The password, asked again before something sensitive."""


class NewPasswordForm(_Plain, allauth_forms.ResetPasswordKeyForm):
    """The new password, twice."""

    def save(self) -> None:
        """Set it, and forget the wrong tries before it."""
        super().save()
        get_adapter().forget_wrong_tries(self.user)


class ChangePasswordForm(_Plain, allauth_forms.ChangePasswordForm):
    """The password now and the new one, twice."""


class PhoneForm(_Plain, allauth_forms.ChangePhoneForm):
    """A new phone number."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["phone"] = PhoneField()


class EmailForm(_Plain, allauth_forms.AddEmailForm):
    """A new e-mail address."""


def _owner_of(address: str) -> User | None:
    people = User.objects.active()
    if "@" in address:
        proved = EmailAddress.objects.filter(email=address, verified=True).values("user")
        people = people.filter(email=address, pk__in=proved)
    else:
        people = people.filter(phone=address, phone_verified_at__isnull=False)
    owner: User | None = people.first()
    return owner
