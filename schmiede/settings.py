"""Settings: database, sizes (`…_LIMIT_BYTES`), `SESSION_COOKIE_AGE`, mails, security headers, `LOGGING`.

Everything comes from the environment (docs/deploying.md); secure values are the default, debugging is switched on.
A missing secret stops the start with its name.
"""

from __future__ import annotations

import os
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import dj_database_url
from django.core.exceptions import ImproperlyConfigured
from django.utils.csp import CSP

from schmiede.login_settings import *  # noqa: F403  settings are read as names of this module

BASE_DIR = Path(__file__).resolve().parent.parent
TESTING = "pytest" in sys.modules


def env(name: str, default: str | None = None) -> str:
    """The environment variable `name`; without a default a missing one stops the start."""
    value = os.environ.get(name, default)
    if value is None:
        raise ImproperlyConfigured(f"Die Umgebungsvariable {name} fehlt.")
    return value


def env_bool(name: str, default: bool = False) -> bool:
    return env(name, "1" if default else "0").lower() in {"1", "true", "yes", "on"}


def env_list(name: str, default: str = "") -> list[str]:
    return [part.strip() for part in env(name, default).split(",") if part.strip()]


# Seconds. Nobody waits for longer until a database, a cache or a mail server answers at all.
PATIENCE = 3

DEBUG = env_bool("DEBUG") and not TESTING
LOCAL = DEBUG or TESTING

SECRET_KEY = env("SECRET_KEY", "only-for-this-machine-and-its-tests" if LOCAL else None)
ALLOWED_HOSTS = env_list("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1],testserver" if LOCAL else "")
CSRF_TRUSTED_ORIGINS = env_list("CSRF_TRUSTED_ORIGINS")
PORTAL_URL = env("PORTAL_URL", "http://127.0.0.1:8000" if LOCAL else None).rstrip("/")

INSTALLED_APPS = [
    "schmiede",
    "core",
    "accounts",
    "calls",
    "cohorts",
    "workshops",
    "applications",
    "schmiede.apps.PortalAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.sites",
    "django.contrib.flatpages",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "crispy_forms",
    "django_tasks_db",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "core.static_files.StaticFiles",
    "schmiede.middleware.RequestLog",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "schmiede.middleware.BodyLimit",
    "schmiede.middleware.LegibleForms",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "schmiede.middleware.LoginRequired",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "schmiede.middleware.SecondFactor",
    "schmiede.middleware.WrongMethod",
    "schmiede.middleware.Refusals",
    "schmiede.middleware.WholeQuery",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "schmiede.middleware.Private",
]

ROOT_URLCONF = "schmiede.urls"
WSGI_APPLICATION = "schmiede.wsgi.application"
SITE_ID = 1

FORM_RENDERER = "core.form_renderer.QuickInputs"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csp",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "schmiede.navigation.navigation",
            ],
        },
    },
]
CRISPY_ALLOWED_TEMPLATE_PACKS = ("kern",)
CRISPY_TEMPLATE_PACK = "kern"
CRISPY_FAIL_SILENTLY = False

# Database: SQLite under var/ is enough for one machine and needs nothing; production says DATABASE_URL.

VAR_DIR = BASE_DIR / "var"
if LOCAL and "DATABASE_URL" not in os.environ:
    VAR_DIR.mkdir(exist_ok=True)
DATABASES = {
    "default": dj_database_url.parse(
        env("DATABASE_URL", f"sqlite:///{VAR_DIR / 'portal.sqlite3'}" if LOCAL else None),
        conn_max_age=60,
        conn_health_checks=True,
    )
}
SQLITE = DATABASES["default"]["ENGINE"].endswith("sqlite3")
if SQLITE:
    # IMMEDIATE takes the write lock at the start of a transaction: without it a read-modify-write fails with
    # "database is locked" instead of waiting.
    DATABASES["default"]["CONN_MAX_AGE"] = 0
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 2 * PATIENCE,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
    }
else:
    # Statements that come again are prepared, so that the database plans each once for a connection and not each time; and
    # none of ours is long enough to be worth compiling. A pooler that hands out connections by transaction cannot keep them.
    PREPARED_STATEMENTS = env_bool("PREPARED_STATEMENTS", default=True)
    # A server that does not answer, or is gone without a word, is noticed within seconds. Nobody waits long for a row that
    # somebody else holds, and no page for a single statement; commands may take their time (schmiede/wsgi.py).
    STATEMENT_SECONDS = env("STATEMENT_SECONDS", "0")
    DATABASES["default"]["OPTIONS"] = {
        "connect_timeout": PATIENCE,
        "tcp_user_timeout": 2000 * PATIENCE,
        "keepalives_idle": PATIENCE,
        "keepalives_interval": PATIENCE,
        "keepalives_count": 2,
        "server_side_binding": PREPARED_STATEMENTS,
        "prepare_threshold": 3 if PREPARED_STATEMENTS else None,
        "options": f"-c jit=off -c lock_timeout={2 * PATIENCE}s -c statement_timeout={STATEMENT_SECONDS}s",
        **DATABASES["default"].get("OPTIONS", {}),
    }

if TESTING and SQLITE:
    # A page that asks the database once per row fails its test; on another database it would be the same page.
    INSTALLED_APPS.append("zeal")
    MIDDLEWARE.insert(0, "zeal.middleware.zeal_middleware")
    # allauth asks twice for one person's address, and a new password for the session: no rows of a list.
    ZEAL_ALLOWLIST = [
        {"model": "account.EmailAddress", "field": "get()"},
        {"model": "sessions.Session", "field": "get()"},
    ]

# The default cache is the one that protects (docs/decisions/0014): wrong passwords and codes are counted there, and codes
# that were used are noted. What may be dropped at any time belongs into the other.

CACHES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "core.caches.ProtectedCache", "LOCATION": "portal_cache"},
    "droppable": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "portal_droppable",
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    },
}
if "REDIS_URL" in os.environ:
    CACHES["default"] = {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": env("REDIS_URL"),
        "OPTIONS": {"socket_connect_timeout": PATIENCE, "socket_timeout": PATIENCE},
    }
if TESTING:
    # In memory, which is faster; tests/core/test_caches.py tries those of production.
    CACHES = {
        alias: {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": alias} for alias in CACHES
    }

# Background work: by workers where TASKS=database, else by this process: at once, or in a thread where it may take seconds.

TASKS_BY_WORKERS = env("TASKS", "immediate") == "database"
TASKS_IN_THREAD = not TASKS_BY_WORKERS and not TESTING
TASKS = {
    "default": {
        "BACKEND": (
            "django_tasks_db.DatabaseBackend"
            if TASKS_BY_WORKERS
            else "django.tasks.backends.immediate.ImmediateBackend"
        )
    }
}

# Mails to everybody of a Projektschmiede or a workshop wait so long: several small changes become one mail, and somebody
# can still stop it (accounts/waiting.py). 0 sends them at once.
MAILS_WAIT = timedelta(minutes=int(env("MAILS_WAIT_MINUTES", "5")))

# Files: private, read only through our views (core/files.py).

FILES_DIR = Path(env("FILES_DIR", str(VAR_DIR / "files")))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": FILES_DIR}},
    "staticfiles": {
        "BACKEND": (
            "django.contrib.staticfiles.storage.StaticFilesStorage" if LOCAL else "core.styles.JoinedStylesStorage"
        )
    },
}
if "S3_BUCKET" in os.environ:
    from botocore.config import Config

    STORAGES["default"] = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": env("S3_BUCKET"),
            "endpoint_url": env("S3_ENDPOINT"),
            "default_acl": "private",
            "querystring_auth": True,
            "file_overwrite": False,
            # boto3 waits for a minute, five times.
            "client_config": Config(
                signature_version="s3v4",
                connect_timeout=PATIENCE,
                read_timeout=5 * PATIENCE,
                retries={"total_max_attempts": 2},
            ),
        },
    }
FILE_UPLOAD_PERMISSIONS = 0o600
UPLOAD_LIMIT_BYTES = 10 * 1024 * 1024  # one file

# Requests, by their declared length (core/bodies.py). A letter takes up to twelve bytes in a form: a million of them,
# whichever, are still read and refused politely.
ANONYMOUS_LIMIT_BYTES = 2 * 1024 * 1024
FORM_LIMIT_BYTES = DATA_UPLOAD_MAX_MEMORY_SIZE = 16 * 1024 * 1024
LARGEST_LIMIT_BYTES = 52 * 1024 * 1024  # five files and what stands beside them; docs/deploying.md tells proxies so
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000

STATIC_URL = "static/"
STATIC_ROOT = Path(env("STATIC_ROOT", str(BASE_DIR / "staticfiles")))
NODE_MODULES = BASE_DIR / "node_modules"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "core.kern_styles.KernFinder",
    "core.fira_fonts.FiraFinder",
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
]
WHITENOISE_KEEP_ONLY_HASHED_FILES = True  # pages ask by hashed names only, and a start looks at each file

# Language and time

LANGUAGE_CODE = "de"
LANGUAGES = [("de", "Deutsch")]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Europe/Berlin"

# Login, the rest in schmiede/login_settings.py

if DEBUG:
    # Refuses to work without DEBUG; the demo prints it.
    MFA_TOTP_INSECURE_BYPASS_CODE = "123456"

# Mail

DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", "Projektschmiede <portal@example.org>" if LOCAL else None)
SERVER_EMAIL = DEFAULT_FROM_EMAIL
SECURITY_EMAIL = env("SECURITY_EMAIL", "sicherheit@example.org" if LOCAL else "")
# Who runs the portal, by name: stands wherever people give data, beside the Träger.
OPERATOR_NAME = env("OPERATOR_NAME", "Portalwerk Beispielstadt e. V. (erfunden)" if LOCAL else "")
BARRIER_EMAIL = env("BARRIER_EMAIL", "barrierefrei@example.org" if LOCAL else None)
MAILERS = {
    "default": {
        "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "OPTIONS": {
            "host": env("EMAIL_HOST", "localhost"),
            "port": int(env("EMAIL_PORT", "587")),
            "username": env("EMAIL_USER", ""),
            "password": env("EMAIL_PASSWORD", ""),
            "use_tls": env_bool("EMAIL_TLS", True),
            "timeout": 10,  # no page waits for it (accounts/outbox.py), and some servers greet late
        },
    }
}
if DEBUG and "EMAIL_HOST" not in os.environ:
    MAILERS = {"default": {"BACKEND": "django.core.mail.backends.console.EmailBackend"}}
if TESTING:
    MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}

# Safety

SECURE_CSP = {
    "default-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "script-src": [CSP.SELF, CSP.NONCE],
    "style-src": [CSP.SELF],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "object-src": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
}
CSRF_FAILURE_VIEW = "schmiede.views.csrf_failure"
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 14
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not LOCAL
SECURE_SSL_REDIRECT = env_bool("SSL_REDIRECT", not LOCAL)
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_HSTS_SECONDS = 0 if LOCAL else 60 * 60 * 24 * 365
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = not LOCAL
TRUSTED_PROXIES = int(env("TRUSTED_PROXIES", "0"))
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# The federal header line: only a federal authority may show it.
FEDERAL_HEADER = env_bool("FEDERAL_HEADER")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"careful": {"()": "core.logs.Careful"}},
    "formatters": {"line": {"format": "{asctime} {levelname} {request_id} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "filters": ["careful"], "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "portal": {"level": "INFO"},
        # The makers of PDFs write every letter they cannot draw into the log; our check P03 tells the team instead.
        "weasyprint": {"level": "ERROR"},
        "fontTools": {"level": "ERROR"},
        # Django's own console and mail handlers are emptied: what it has to say goes through ours.
        "django": {"handlers": [], "level": "WARNING"},
        "django.request": {"level": "ERROR"},
        "django.server": {"handlers": [], "level": "ERROR", "propagate": False},
    },
}
