"""Settings of the whole house, read from the environment.

CRM_MODE is "demo" (the default: what `make run` starts), "test" or "production".
Production refuses to start without SECRET_KEY, ALLOWED_HOSTS, DATABASE_URL and REDIS_URL.
"""

import gc
import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

# The usual 700 makes the collector walk the growing house hundreds of times while it is imported, for nothing.
gc.set_threshold(50_000, 20, 20)

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(os.environ.get("CRM_DATA_DIR", BASE_DIR / ".data"))
SOCKETS = (DATA_DIR / "run").resolve()  # a link elsewhere when the path is too long for a socket
CRM_MODE = os.environ.get("CRM_MODE", "demo")
if CRM_MODE not in {"demo", "test", "production"}:
    raise ImproperlyConfigured(f"CRM_MODE is demo, test or production, not {CRM_MODE!r}.")
IS_PRODUCTION = CRM_MODE == "production"


def from_environment(name: str, otherwise: str) -> str:
    """The value of a setting; production has no defaults, so that nothing weak goes live."""
    found = os.environ.get(name)
    if found:
        return found
    if IS_PRODUCTION:
        raise ImproperlyConfigured(f"Set {name}: production has no default for it.")
    return otherwise


def database_from_url(url: str) -> dict[str, object]:
    """A DATABASES entry from postgresql://user:password@host:port/name?option=value."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured("DATABASE_URL must begin with postgresql://")
    options = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", None) or unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"connect_timeout": 5, **options},
        "TEST": {"NAME": os.environ.get("CRM_TEST_DATABASE", "test_romashka")},
    }


SECRET_KEY = from_environment("SECRET_KEY", "not-secret-only-for-demo-and-tests-0123456789-abcdefghij")
DEBUG = os.environ.get("DEBUG") == "1" and not IS_PRODUCTION
ALLOWED_HOSTS = from_environment("ALLOWED_HOSTS", "127.0.0.1,localhost,[::1],testserver").split(",")
CSRF_TRUSTED_ORIGINS = [each for each in os.environ.get("CSRF_TRUSTED_ORIGINS", "").split(",") if each]

DATABASES = {
    "default": database_from_url(
        from_environment("DATABASE_URL", f"postgresql://crm@/romashka?host={SOCKETS}")
    )
}
REDIS_URL = from_environment("REDIS_URL", f"redis+socket://{SOCKETS / 'valkey.sock'}")

INSTALLED_APPS = [
    "crm",
    "reports",
    "integrations",
    "distribution",
    "processes",
    "activities",
    "billing",
    "deals",
    "catalog",
    "accounts",
    "lists",
    "changes",
    "users",
    "foundation",
    "unfold",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_celery_beat",
    "django_filters",
    "django_htmx",
    "template_partials",
    "csp",
    "pgtrigger",
    "pghistory",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "crm.middleware.AdministrationPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "users.middleware.PersonMiddleware",
    "users.usage.UsageMiddleware",
    "foundation.middleware.RefusalMiddleware",
    "pghistory.middleware.HistoryMiddleware",
]

ROOT_URLCONF = "crm.urls"
WSGI_APPLICATION = "crm.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "crm.navigation.navigation",
            ],
        },
    },
]

# People and signing in
AUTH_USER_MODEL = "users.User"
AUTHENTICATION_BACKENDS = ["users.backends.PersonBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "users.adapters.ClosedDoorAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = None
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # no mail to strangers' addresses that somebody typed
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_RATE_LIMITS = {
    "login": "60/m/ip",
    "login_failed": "10/m/ip,5/5m/key",
    "reset_password": "20/m/ip,5/m/key",
    "reset_password_from_key": "20/m/ip",
    "change_password": "5/m/user",
    "reauthenticate": "10/m/user",
}
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_TOLERANCE = 1  # clocks of telephones go half a minute wrong
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not IS_PRODUCTION

# Language, time and money
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("ru", "Русский")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
FORMAT_MODULE_PATH = "crm.formats"
USE_TZ = True
TIME_ZONE = "UTC"
COMPANY_TIME_ZONE = os.environ.get("COMPANY_TIME_ZONE", "UTC")
BASE_CURRENCY = os.environ.get("BASE_CURRENCY", "USD")
COMPANY_COUNTRY = os.environ.get("COMPANY_COUNTRY", "US")
COMPANY_NAME = os.environ.get("COMPANY_NAME", "Romashka")
DEFAULT_TASK_MINUTES = int(os.environ.get("DEFAULT_TASK_MINUTES", "30"))  # of work, where nobody estimated
PROJECTS_ENABLED = os.environ.get("PROJECTS_ENABLED") == "1"  # tasks under a budget of hours and money

# Files the browser fetches
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": DATA_DIR / "media", "base_url": "/never-served/"},
    },
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = not IS_PRODUCTION
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 2**20
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 2**20
UPLOAD_MAX_BYTES = 50 * 2**20
ATTACHMENT_MAX_BYTES = int(os.environ.get("ATTACHMENT_MAX_BYTES", 25 * 2**20))

# Workers are woken through Redis. Rate limits are counted in the database, so that pages never need Redis.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"}}
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_connect_timeout": 1,
    "socket_timeout": 5,
    "visibility_timeout": 3600,
    # A page waits for no broker: without these kombu would try three times, two and four seconds apart.
    "max_retries": 0,
    "interval_start": 0,
    "interval_step": 0,
    "interval_max": 0,
}

# Mail
EMAIL_BACKEND = os.environ.get(
    "EMAIL_BACKEND",
    "django.core.mail.backends.smtp.EmailBackend"
    if IS_PRODUCTION
    else "django.core.mail.backends.filebased.EmailBackend",
)
EMAIL_FILE_PATH = DATA_DIR / "mail"
EMAIL_HOST = os.environ.get("EMAIL_HOST", "127.0.0.1")
EMAIL_PORT = int(os.environ.get("EMAIL_PORT", "25"))
EMAIL_HOST_USER = os.environ.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = os.environ.get("EMAIL_USE_TLS") == "1"
EMAIL_TIMEOUT = 20
# Where mails and calendar feeds say the product is.
SITE_ADDRESS = os.environ.get(
    "SITE_ADDRESS", f"https://{ALLOWED_HOSTS[0]}" if IS_PRODUCTION else "http://127.0.0.1:8000"
)
# Minutes that mails and webhooks of runs which began by the dozen wait, so that whoever answers for them may revoke.
PROCESS_HOLD_MINUTES = int(os.environ.get("PROCESS_HOLD_MINUTES", "5"))
# What webhooks of processes are signed with; and whether they may call addresses inside the company's own network.
WEBHOOK_SECRET = os.environ.get("WEBHOOK_SECRET", SECRET_KEY)
WEBHOOKS_INSIDE = os.environ.get("WEBHOOKS_INSIDE") == "1"
DEFAULT_FROM_EMAIL = os.environ.get("DEFAULT_FROM_EMAIL", "crm@romashka.example")

# Reminders: minutes without an answer until a mail, minutes past the due moment until the head hears of it.
REMINDER_MAIL_AFTER = int(os.environ.get("REMINDER_MAIL_AFTER", "30"))
REMINDER_ESCALATE_AFTER = int(os.environ.get("REMINDER_ESCALATE_AFTER", str(24 * 60)))
# Push services of the browsers; a name that begins with a dot means every machine below it. Nothing else is called.
PUSH_HOSTS = (
    "fcm.googleapis.com", "updates.push.services.mozilla.com", ".push.services.mozilla.com",
    "web.push.apple.com", ".push.apple.com", ".notify.windows.com",
)  # fmt: skip
PUSH_TEST_ENDPOINTS: tuple[str, ...] = ()  # beginnings of addresses that tests let through

# Security
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "manifest-src": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    },
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 14 * 24 * 3600
CSRF_FAILURE_VIEW = "foundation.errors.csrf_refused"
if IS_PRODUCTION:
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_SSL_REDIRECT = os.environ.get("SECURE_SSL_REDIRECT", "1") == "1"
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SILENCED_SYSTEM_CHECKS = [
    "account.W001",
    "security.W005",  # subdomains and
    "security.W021",  # preload lists are for the owner of the whole domain to decide
]

# Look
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
CRISPY_FAIL_SILENTLY = False
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"
UNFOLD = {
    "SITE_TITLE": "Romashka CRM",
    "SITE_HEADER": "Romashka CRM",
    "SITE_URL": "/",
    "SITE_SYMBOL": "local_florist",
}

# History kept by database triggers
PGHISTORY_APPEND_ONLY = True

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": os.environ.get("LOG_LEVEL", "INFO")},
}
