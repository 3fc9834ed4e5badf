"""Settings, read from the environment in this one place. docs/operations.md lists the variables.

Nothing here is secret and nothing secret has a default: what is not given is made at random under ``var/keys``.
"""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _
from environs import Env

from config import addresses, embedded, keys
from config.paths import BASE_DIR, package_folder, var_folder

env = Env()

VAR_DIR = var_folder()
KEYS_DIR = VAR_DIR / "keys"

# --- Where it is found -------------------------------------------------------------------------------------
DEBUG = env.bool("DEBUG", False)
PORT = env.int("PORT", 8000)
BIND = env.str("BIND", "127.0.0.1")
WEB_PROCESSES = env.int("WEB_PROCESSES", 2)
WEB_THREADS = env.int("WEB_THREADS", 32)
WEB_DATABASE_POOL = env.int("WEB_DATABASE_POOL", 8)
WORKER_PROCESSES = env.int("WORKER_PROCESSES", 2)
SITE_URL = env.str("SITE_URL", f"http://localhost:{PORT}").rstrip("/")
SITE_NAME = env.str("SITE_NAME", "Passerelle")
_site = urlsplit(SITE_URL)
if _site.scheme not in {"http", "https"} or not _site.hostname:
    raise ImproperlyConfigured("SITE_URL must look like https://example.org")
HTTPS = _site.scheme == "https"
LOOPBACK_NAMES = ["localhost", "127.0.0.1", "[::1]"]
ON_LOOPBACK = _site.hostname in {"localhost", "127.0.0.1", "::1"}
ONION_URL = env.str("ONION_URL", "").rstrip("/")
_onion = urlsplit(ONION_URL)
if ONION_URL and (_onion.scheme != "http" or not (_onion.hostname or "").endswith(".onion")):
    raise ImproperlyConfigured("ONION_URL must look like http://….onion")
ALLOWED_HOSTS = [_site.hostname, *filter(None, [_onion.hostname]), *env.list("ALLOWED_HOSTS", []), *LOOPBACK_NAMES]

# --- Secrets -----------------------------------------------------------------------------------------------
try:
    SECRET_KEY = keys.read_or_create(Path(env.str("SECRET_KEY_FILE", str(KEYS_DIR / "secret_key"))))
except keys.KeyUnavailable as error:
    raise ImproperlyConfigured(f"The secret key can neither be read nor made: {error}") from error

# --- Switches ----------------------------------------------------------------------------------------------
DEMO = env.bool("DEMO", True)
RELAX_SECOND_FACTOR = env.bool("RELAX_SECOND_FACTOR", False)
# Alerts marked so, or more closed, are released by a second person.
SECOND_PERSON_FROM_TLP = env.str("SECOND_PERSON_FROM_TLP", "amber_strict")
if SECOND_PERSON_FROM_TLP not in ("clear", "green", "amber", "amber_strict", "red"):
    raise ImproperlyConfigured("SECOND_PERSON_FROM_TLP must be one of clear, green, amber, amber_strict, red")

# --- Parts -------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "config",
    "orgs",
    "incidents",
    "dialogues",
    "orgs.admin_config.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "config.apps.StaticFilesConfig",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "pgtrigger",
    "pghistory",
    "django_htmx",
    "csp",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "orgs.accounts.middleware.SecondFactorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "pghistory.middleware.HistoryMiddleware",
]

# For /api/v1/ and /gateways/ (config/wsgi.py): programs bring a token or a secret, never a cookie.
API_MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.middleware.common.CommonMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.debug",
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "orgs.context.page",
            ],
        },
    }
]

FORM_RENDERER = "orgs.presentation.forms.Renderer"

# --- Database ----------------------------------------------------------------------------------------------
DATABASE_URL = env.str("DATABASE_URL", "")
EMBEDDED_DATABASE = not DATABASE_URL
# Web processes have many threads, because a slow phone holds one while it sends, and share few connections.
DATABASE_POOL = env.int("DATABASE_POOL", 0)
DATABASES = {"default": addresses.database(DATABASE_URL or embedded.database_url(VAR_DIR), pool=DATABASE_POOL)}

# --- Broker and tasks --------------------------------------------------------------------------------------
# Nothing is kept in the broker: publishing either works at once or is given up, and the sweep finds what is due.
BROKER_URL = env.str("BROKER_URL", "")
EMBEDDED_BROKER = not BROKER_URL
CELERY_BROKER_URL = BROKER_URL or embedded.broker_url(VAR_DIR)
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_CONNECTION_TIMEOUT = 0.5
# Without "max_retries" the transport would try for ever inside the request that publishes.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_connect_timeout": 0.4,
    "socket_timeout": 0.4,
    "retry_on_timeout": False,
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0,
    "interval_max": 0,
    "visibility_timeout": 3600,
}
CELERY_TIMEZONE = "Africa/Bamako"
CELERY_TASK_DEFAULT_QUEUE = "default"
# Calls for messages may pile up, one for each that was written or came in. The sweep does not wait behind them: it
# would be dropped before its turn, and what a dead worker held would lie there for as long as the pile lasts.
CELERY_TASK_ROUTES = {
    "orgs.messaging.tasks.sweep": {"queue": CELERY_TASK_DEFAULT_QUEUE},
    "orgs.messaging.tasks.*": {"queue": "messages"},
}
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "run" / "beat-schedule")
# A task that was not taken before the next one is due is dropped: the next one does its work.
CELERY_BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    "sweep": {"task": "orgs.messaging.tasks.sweep", "schedule": 10.0, "options": {"expires": 10}},
    "climb-ladders": {"task": "incidents.tasks.climb_ladders", "schedule": 15.0, "options": {"expires": 15}},
    "seal-audit": {"task": "orgs.tasks.seal_audit", "schedule": 60.0, "options": {"expires": 60}},
    "sms-conversations": {
        "task": "incidents.tasks.end_sms_conversations",
        "schedule": 600.0,
        "options": {"expires": 600},
    },
    # Quiet hours, full hours and digests end on a minute.
    "join-held": {"task": "incidents.tasks.join_held", "schedule": 60.0, "options": {"expires": 60}},
    "fall-back": {"task": "incidents.tasks.fall_back", "schedule": 20.0, "options": {"expires": 20}},
    "forget-sms": {"task": "orgs.messaging.tasks.forget_sms", "schedule": 3600.0, "options": {"expires": 3600}},
    "forget-expired": {"task": "orgs.tasks.forget_expired", "schedule": 3600.0, "options": {"expires": 3600}},
    "settle-confirmations": {"task": "orgs.tasks.settle_confirmations", "schedule": 300.0, "options": {"expires": 300}},
    "age-entries": {"task": "orgs.tasks.age_entries", "schedule": crontab(hour=2, minute=10)},
    # By day: nobody is woken by a question.
    "ask-contacts": {"task": "orgs.tasks.ask_contacts", "schedule": crontab(hour=10, minute=0)},
    "resume-imports": {"task": "orgs.imports.tasks.resume_imports", "schedule": 30.0, "options": {"expires": 30}},
    "forget-imports": {"task": "orgs.imports.tasks.forget_imports", "schedule": crontab(hour="2", minute="40")},
    "resume-session-imports": {
        "task": "dialogues.tasks.resume_session_imports",
        "schedule": 30.0,
        "options": {"expires": 30},
    },
    "forget-session-imports": {
        "task": "dialogues.tasks.forget_session_imports",
        "schedule": crontab(hour="2", minute="45"),
    },
    "expire-alerts": {"task": "incidents.tasks.expire_alerts", "schedule": 60.0, "options": {"expires": 60}},
    # By day, each hour: what is due is written once, and a worker that was down at eight catches up.
    "remind-of-commitments": {"task": "dialogues.tasks.remind_due", "schedule": crontab(hour="8-17", minute=20)},
    "remind-of-meetings": {"task": "dialogues.tasks.remind_of_meetings", "schedule": crontab(hour="8-17", minute=25)},
    # Every night at three, in Bamako.
    "forget-media": {"task": "incidents.tasks.forget_media", "schedule": crontab(hour=3, minute=0)},
}

# --- Directory ---------------------------------------------------------------------------------------------
# Months after which a verified entry that nobody has confirmed is to be checked again.
DIRECTORY_STALE_MONTHS = env.float("DIRECTORY_STALE_MONTHS", 12.0)
# Months after which the contacts of an entry are asked whether it is still right; then again as long after.
DIRECTORY_ASK_MONTHS = env.float("DIRECTORY_ASK_MONTHS", 6.0)
# How many contacts are asked on one day at most.
DIRECTORY_ASK_BATCH = env.int("DIRECTORY_ASK_BATCH", 50)

# --- Ways out ----------------------------------------------------------------------------------------------
# smtp://user:password@host:587/?tls=True; without it letters are written to the log folder of the installation.
EMAIL_URL = env.str("EMAIL_URL", "")
SMS_GATEWAY_URL = env.str("SMS_GATEWAY_URL", "")
# Seconds between the attempts to send a message; after the last one it has failed.
MESSAGE_PAUSES = [float(seconds) for seconds in env.list("MESSAGE_PAUSES", [5, 15, 30, 60, 120, 300, 600, 1800, 3600])]
# Seconds after which a message that could not be sent is given up, however few attempts it had.
MESSAGE_MAX_AGE = env.float("MESSAGE_MAX_AGE", 24 * 3600.0)
# Seconds after which a worker that has not written down what it sent is taken for dead.
MESSAGE_LEASE = env.float("MESSAGE_LEASE", 90.0)
# After so many passes in a row that ended in trouble a way out is left alone, for so many seconds at first and at last.
BREAKER_TROUBLES = env.int("BREAKER_TROUBLES", 5)
BREAKER_PAUSE = env.float("BREAKER_PAUSE", 30.0)
BREAKER_LONGEST_PAUSE = env.float("BREAKER_LONGEST_PAUSE", 300.0)
# A person's next way is taken when one has been left alone for so many seconds, or, when an alert is severe or extreme,
# after so many without word of delivery or an answer.
FALL_BACK_IN_TROUBLE = env.float("FALL_BACK_IN_TROUBLE", 120.0)
FALL_BACK_NO_WORD = env.float("FALL_BACK_NO_WORD", 600.0)
# Browsers' push services: a subscription that leads elsewhere is refused. A name means its subdomains too.
PUSH_SERVICES = env.list(
    "PUSH_SERVICES",
    ["fcm.googleapis.com", "push.services.mozilla.com", "push.apple.com", "notify.windows.com"],
)
# Services that carry notices without content, as Apprise names them.
NOTICE_SCHEMES = env.list("NOTICE_SCHEMES", ["signal", "signals", "whatsapp", "tgram", "matrix", "matrixs"])
# Whether programs and notice services may be called in the installation's own network, and without TLS.
CHANNELS_PRIVATE_NETWORK = env.bool("CHANNELS_PRIVATE_NETWORK", False)
CELERY_BEAT_SCHEDULE["sweep"]["schedule"] = env.float("MESSAGE_SWEEP", 10.0)
# Seconds between two looks at the ladders of alerts.
CELERY_BEAT_SCHEDULE["climb-ladders"]["schedule"] = env.float("LADDER_CLIMB", 15.0)
# Whether workers are called when an SMS comes in; otherwise the next sweep reads it.
SMS_READ_SOON = True
METRICS_TOKEN = env.str("METRICS_TOKEN", "")
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", f"Passerelle <passerelle@{_site.hostname}>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
CAP_SENDER = env.str("CAP_SENDER", f"passerelle@{_site.hostname}")
EMAIL_TIMEOUT = 20
if EMAIL_URL:
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    globals().update(addresses.mail(EMAIL_URL))
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = str(VAR_DIR / "mail")

# --- Accounts (sign-in, second factor) ---------------------------------------------------------------------
AUTH_USER_MODEL = "orgs.User"
from config.accounts_settings import *  # noqa: E402, F403

# --- Language and time -------------------------------------------------------------------------------------
LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", _("French")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
TIME_ZONE = "Africa/Bamako"
USE_TZ = True

# --- Files -------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
# Leaflet's files come out of a package that is never an app here: its admin needs GDAL, its tags ask others for tiles.
STATICFILES_DIRS = [BASE_DIR / "static", ("leaflet", package_folder("leaflet") / "static" / "leaflet")]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
MEDIA_ROOT = VAR_DIR / "media"
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
# Compressing source maps, which browsers fetch for developers alone, would take most of a first start.
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ["map", "png", "jpg", "jpeg", "webp", "gif", "woff", "woff2", "gz", "br", "zip"]
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
# Phones send a form with up to a hundred files beside it.
DATA_UPLOAD_MAX_NUMBER_FILES = 110

# --- What browsers are told --------------------------------------------------------------------------------
# "same-origin" sends no address to anybody else; "no-referrer" would make browsers send "Origin: null" with our
# own forms, which the CSRF check must refuse.
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        # "blob:" is a voice message that was just recorded on this very page.
        "media-src": [SELF, "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("BEHIND_PROXY", False) else None
SECURE_SSL_REDIRECT = HTTPS and env.bool("REDIRECT_TO_HTTPS", True)
SECURE_REDIRECT_EXEMPT = [r"^health/"]
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = False
# W021: whether a country's domain goes on browsers' preload lists is its owner's decision, not this product's.
# W004: addresses are unique where there is one; people who only have a telephone have none (orgs/models/people.py).
SILENCED_SYSTEM_CHECKS = ["security.W021", "auth.W004"]
# A browser in the Tor network says http to an onion address; what stands before us says https (docs/intake-hotline.md).
CSRF_TRUSTED_ORIGINS = [SITE_URL, *filter(None, [ONION_URL])]
CSRF_COOKIE_SECURE = SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
LANGUAGE_COOKIE_SECURE = HTTPS
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"

# --- API ---------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["orgs.api.authentication.TokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Passerelle",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
}

# --- What is written down about a running installation -----------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {
            "class": "config.logs.Formatter",
            "format": "{asctime} {levelname} {name}: {message}",
            "style": "{",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", "INFO")},
    "loggers": {
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        # Their own handlers write without masking, the paths of requests among the rest.
        "django.server": {"handlers": [], "level": "INFO", "propagate": True},
        "httpx": {"level": "WARNING"},
        # Their lines may name addresses that are secrets.
        "apprise": {"level": "CRITICAL"},
        "urllib3": {"level": "ERROR"},
    },
}
