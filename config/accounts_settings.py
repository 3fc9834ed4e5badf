"""Settings of sign-in, second factor and the limits on trying (django-allauth). docs/accounts.md explains them."""

from typing import Any

from environs import Env

_env = Env()

# --- Signing in --------------------------------------------------------------------------------------------
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["name", "email", "phone"]},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "orgs.accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email", "phone"}
# Nobody signs up by themselves (the adapter says so); the list only tells allauth which addresses there are.
ACCOUNT_SIGNUP_FIELDS = ["email*", "phone", "password1*"]
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_FORMS = {
    "login": "orgs.accounts.forms.SignInForm",
    "reset_password": "orgs.accounts.forms.ForgottenPasswordForm",
    "reset_password_from_key": "orgs.accounts.forms.NewPasswordForm",
    "change_password": "orgs.accounts.forms.ChangePasswordForm",
    "change_phone": "orgs.accounts.forms.PhoneForm",
    "add_email": "orgs.accounts.forms.EmailForm",
    "confirm_password_reset_code": "orgs.accounts.forms.ResetCodeForm",
    "verify_phone": "orgs.accounts.forms.PhoneCodeForm",
    "reauthenticate": "orgs.accounts.forms.PasswordAgainForm",
}

# --- Addresses and their proof -----------------------------------------------------------------------------
# An invitation proves the address it was sent to. Sign-in asks for no further proof; a changed address counts
# only once it is proved.
ACCOUNT_EMAIL_VERIFICATION = "optional"
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_CONFIRMATION_EXPIRE_DAYS = 2
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
# Strangers cannot make this product write to an address that it does not know.
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_PHONE_VERIFICATION_SUPPORTS_RESEND = True
# Digits only: they are read off a small screen and typed on a phone's number keys.
ALLAUTH_USER_CODE_FORMAT = {"numeric": True, "length": 8}

# --- Asking again, and how often one may try ---------------------------------------------------------------
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60
ACCOUNT_RATE_LIMITS = {
    "login_failed": "20/m/ip,5/5m/key",
    "reset_password": "20/h/ip,4/h/key",
    "change_phone": "5/h/user",
    "verify_phone": "1/30s/key,10/h/key,30/h/ip",
}
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if _env.bool("BEHIND_PROXY", False) else 0

# The limits are kept in the database: they hold across processes, outlive a restart, and cannot be lost while
# anybody is able to sign in at all (a broker that is gone would lock everybody out or let everybody try for ever).
CACHES: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "orgs_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000, "CULL_FREQUENCY": 10},
    }
}

# --- Second factor -----------------------------------------------------------------------------------------
MFA_ADAPTER = "orgs.accounts.adapter.SecondFactorAdapter"
MFA_FORMS = {
    "authenticate": "orgs.accounts.forms.SecondStepForm",
    "reauthenticate": "orgs.accounts.forms.SecondStepAgainForm",
    "activate_totp": "orgs.accounts.forms.CodeAppForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = _env.str("SITE_NAME", "Passerelle")
MFA_TOTP_TOLERANCE = 1
# People come by invitation, so an address that is not proved yet is not somebody else's account.
MFA_ALLOW_UNVERIFIED_EMAIL = True
# Browsers allow passkeys without HTTPS on the name "localhost" alone.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not _env.str("SITE_URL", "").startswith("https://")
