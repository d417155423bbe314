"""Django's settings: safe as they stand, changed only through the environment.

ANDANTE_HOME     data folder: database, keys (default ~/.andante)
DATABASE_URL     postgresql://user:password@host/name; without it SQLite in the data folder
ANDANTE_HOSTS    names under which the service is reached, comma separated (default localhost only)
ANDANTE_HTTPS    1 behind a proxy that speaks HTTPS: secure cookies, HSTS (needed for every host but localhost)
ANDANTE_SECOND_FACTOR  0 to let people in without a passkey or one-time code (default: they are asked to add one)
ANDANTE_TZ       the clinic's time zone (default UTC)
EMAIL_URL        smtp://user:password@host:587 for password resets; without it letters are printed by the server
"""

from __future__ import annotations

import os
from importlib.resources import files
from pathlib import Path
from urllib.parse import unquote, urlparse

import dj_database_url
from csp.constants import NONCE, NONE, SELF

from andante_clinic import keys, languages

HERE = Path(__file__).parent
HOME = Path(os.environ.get("ANDANTE_HOME") or Path.home() / ".andante").expanduser()
HOME.mkdir(mode=0o700, parents=True, exist_ok=True)
KEYS = HOME / "keys"
PACKS = HOME / "packs"  # wording of instruments that the service has added
HOSTS = [host.strip() for host in os.environ.get("ANDANTE_HOSTS", "").split(",") if host.strip()]
HTTPS = os.environ.get("ANDANTE_HTTPS") == "1"
DEMO = os.environ.get("ANDANTE_DEMO") == "1"

DEBUG = False
SECRET_KEY = keys.secret(KEYS)
VAULT_KEYS = keys.vault(KEYS)
AUDIT_KEY = keys.audit(KEYS)

ALLOWED_HOSTS = HOSTS or ["localhost", "127.0.0.1", "[::1]"]
ROOT_URLCONF = "andante_clinic.urls"
WSGI_APPLICATION = "andante_clinic.wsgi.application"
AUTH_USER_MODEL = "people.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "andante_clinic.apps.Clinic",
    "andante_clinic.apps.People",
    "andante_clinic.apps.Journal",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "andante_clinic.people.middleware.end_long_sessions",
    "andante_clinic.people.middleware.refuse_pages_without_a_rule",
    "andante_clinic.people.middleware.keep_out_of_caches",
]

FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [HERE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "andante_clinic.people.access.person",
            ],
        },
    },
]

# The database: one file that is safe to copy while the service sleeps, or a PostgreSQL server.
DATABASE = os.environ.get("DATABASE_URL") or f"sqlite:///{HOME / 'clinic.sqlite3'}"
DATABASES = {"default": dj_database_url.parse(DATABASE, conn_max_age=600, conn_health_checks=True)}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        # IMMEDIATE: two writers wait for each other instead of failing halfway with "database is locked".
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
    }
CACHES = {  # what throttles outlives a restart, and is never thrown away to make room for more
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
        "OPTIONS": {"MAX_ENTRIES": 1_000_000},
    }
}

# Logging in: passkey, or password with a one-time code; nobody signs up by themselves.
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator", "OPTIONS": {"user_attributes": ("email", "name")}},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
ACCOUNT_ADAPTER = "andante_clinic.people.signing_in.ClosedDoor"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_CHANGE_EMAIL = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_PREVENT_ENUMERATION = "strict"
ACCOUNT_EMAIL_SUBJECT_PREFIX = "Andante: "
ACCOUNT_LOGOUT_REDIRECT_URL = "/accounts/login/"
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_RATE_LIMITS = {"login": "30/m/ip", "login_failed": "10/m/ip,5/5m/key", "reset_password": "20/m/ip,5/m/key"}
MFA_SUPPORTED_TYPES = ["webauthn", "totp", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_ISSUER = "Andante"
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS  # browsers allow passkeys on http://localhost, and nowhere else without HTTPS
SECOND_FACTOR = os.environ.get("ANDANTE_SECOND_FACTOR", "0" if DEMO else "1") == "1"
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"

# Sessions end: after half an hour without a click, and after a working day whatever happens.
SESSION_COOKIE_AGE = 30 * 60
SESSION_SAVE_EVERY_REQUEST = True
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_LONGEST = 10 * 60 * 60

# Cookies and headers.
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Strict"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "here", "here_form"  # a client's phone may be looked at: no telling names
CSRF_FAILURE_VIEW = "andante_clinic.people.refusals.refused"
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
if HTTPS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    ALLAUTH_TRUSTED_PROXY_COUNT = 1  # throttling counts by the address that the proxy saw, not by the proxy's own
    SECURE_SSL_REDIRECT = True
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF, NONCE],  # the width of a session in the strip is set by the page
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000

# Static files: hashed names, kept by browsers for good.
STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
STATICFILES_DIRS = [("andante", HERE / "static"), ("views", Path(str(files("andante.views"))))]
STATICFILES_IGNORED = ["*.py", "*.html", "sprite.svg", "__pycache__"]  # of the drawing code only its style sheet is served
STORAGES = {"staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}}

# Time and words.
USE_TZ = True
TIME_ZONE = os.environ.get("ANDANTE_TZ") or "UTC"
USE_I18N = True
LANGUAGE_CODE = "en"
LOCALE_PATHS = [HOME / "locale", HERE / "locale"]  # a service's own translations come first
LANGUAGES, REVIEWED = languages.find(LOCALE_PATHS)
FORMAT_MODULE_PATH = None

# Letters (password reset only; they never hold anything about a client).
DEFAULT_FROM_EMAIL = os.environ.get("EMAIL_FROM", "andante@localhost")
_mail = urlparse(os.environ.get("EMAIL_URL", ""))
if _mail.hostname:
    EMAIL_HOST, EMAIL_PORT = _mail.hostname, _mail.port or 587
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = unquote(_mail.username or ""), unquote(_mail.password or "")
    EMAIL_USE_TLS = EMAIL_PORT == 587
    EMAIL_USE_SSL = EMAIL_PORT == 465
else:
    EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"

# Logs hold addresses of pages and ids, never names or words; client links and messages of errors are cut out (see people.log).
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"links": {"()": "andante_clinic.people.log.HideLinks"}},
    "formatters": {"without words": {"()": "andante_clinic.people.log.WithoutWords"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "filters": ["links"], "formatter": "without words"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"django.request": {"handlers": ["console"], "level": "ERROR", "propagate": False}},
}
SILENCED_SYSTEM_CHECKS = ["security.W021"]  # a preload list binds the whole domain: its owner decides
