"""Every setting, read from the environment once. docs/reference/settings.md explains each one."""

import secrets
from datetime import timedelta
from pathlib import Path

from linekey.config import env
from linekey.config.database import database
from linekey.vault.keyring import create as create_keyring

BASE_DIR = Path(__file__).resolve().parents[3]
HOME = env.path("LINEKEY_HOME", "var")
HOME.mkdir(mode=0o700, parents=True, exist_ok=True)


def _kept_secret(name: str) -> str:
    """A random value made at the first start and kept in LINEKEY_HOME, when the operator sets none."""
    file = HOME / f"{name.lower()}.key"
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(secrets.token_hex(24))
    return env.secret(name, file.read_text())


# --- Linekey ---------------------------------------------------------------------------------------------
LINEKEY_HOME = HOME
LINEKEY_PORT = env.port("LINEKEY_PORT", 8000)
LINEKEY_PUBLIC_URL = env.text("LINEKEY_PUBLIC_URL", f"http://localhost:{LINEKEY_PORT}").rstrip("/")
LINEKEY_PROVISION_URL = env.text("LINEKEY_PROVISION_URL", LINEKEY_PUBLIC_URL).rstrip("/")
# A script on this machine may write localhost either way, and signs what it writes.
LINEKEY_OVH_URLS = [
    *env.items("LINEKEY_OVH_URLS"),
    LINEKEY_PUBLIC_URL,
    *(
        [LINEKEY_PUBLIC_URL.replace("//localhost", "//127.0.0.1")]
        if "//localhost" in LINEKEY_PUBLIC_URL
        else []
    ),
]
LINEKEY_OPERATOR_NAME = env.text("LINEKEY_OPERATOR_NAME", "Linekey Télécom")
LINEKEY_SUPPORT_PHONE = env.text("LINEKEY_SUPPORT_PHONE", "1007")
LINEKEY_CUSTOMER_SUFFIX = env.text("LINEKEY_CUSTOMER_SUFFIX", "lk")

LINEKEY_ELEMENTS = env.choice("LINEKEY_ELEMENTS", ("auto", "real", "memory"), "auto")
LINEKEY_SIP_PORT = env.port("LINEKEY_SIP_PORT", 15060)
LINEKEY_SIP_REALM = env.text("LINEKEY_SIP_REALM", "sip.linekey.test")
LINEKEY_SIP_SERVER = env.text("LINEKEY_SIP_SERVER", f"{LINEKEY_SIP_REALM}:{LINEKEY_SIP_PORT}")
LINEKEY_SIP_TRANSPORTS = env.items("LINEKEY_SIP_TRANSPORTS", "UDP,TCP")
LINEKEY_SIP_CODECS = env.items("LINEKEY_SIP_CODECS")
LINEKEY_PPPOE_VLANS = env.pairs("LINEKEY_PPPOE_VLANS")
LINEKEY_RADIUS_PORT = env.port("LINEKEY_RADIUS_PORT", 11812)
LINEKEY_LEASE = timedelta(seconds=env.integer("LINEKEY_LEASE", 15, least=1))

# The elements' own stores and wires; `linekey run` keeps them under LINEKEY_HOME, an operator names theirs.
_ELEMENTS = HOME / "elements"
LINEKEY_REGISTRAR_STORE = env.secret("LINEKEY_REGISTRAR_STORE", f"sqlite:///{_ELEMENTS / 'data' / 'sip.db'}")
LINEKEY_REGISTRAR_EVENTS = env.secret("LINEKEY_REGISTRAR_EVENTS", "")
LINEKEY_REGISTRAR_RPC = env.path("LINEKEY_REGISTRAR_RPC", str(_ELEMENTS / "run" / "kamailio.rpc"))
LINEKEY_RADIUS_STORE = env.secret("LINEKEY_RADIUS_STORE", f"sqlite:///{_ELEMENTS / 'data' / 'radius.db'}")
LINEKEY_ACCOUNTING_STORE = env.secret(
    "LINEKEY_ACCOUNTING_STORE", f"sqlite:///{_ELEMENTS / 'data' / 'radacct.db'}"
)
LINEKEY_RADIUS_PASSWORDS = env.choice("LINEKEY_RADIUS_PASSWORDS", ("sealed", "cleartext"), "sealed")
LINEKEY_RADIUS_KEY_FILE = env.path("LINEKEY_RADIUS_KEY_FILE", str(_ELEMENTS / "etc" / "radius.key"))
LINEKEY_RADIUS_SECRET = _kept_secret("LINEKEY_RADIUS_SECRET")
LINEKEY_NAS_SECRET = env.secret("LINEKEY_NAS_SECRET", LINEKEY_RADIUS_SECRET)
LINEKEY_NAS_PORT = env.port("LINEKEY_NAS_PORT", 3799)

LINEKEY_PULSE_FILE = env.path("LINEKEY_PULSE_FILE") if env.text("LINEKEY_PULSE_FILE", "") else None
LINEKEY_KEYRING_FILE = env.path("LINEKEY_KEYRING_FILE", str(HOME / "keyring.json"))
if not LINEKEY_KEYRING_FILE.exists():
    create_keyring(LINEKEY_KEYRING_FILE)
LINEKEY_AUDIT_ANCHOR = env.path("LINEKEY_AUDIT_ANCHOR", str(HOME / "audit-anchor.jsonl"))
LINEKEY_ARGON2_TIME = env.integer("LINEKEY_ARGON2_TIME", 2, least=1)
LINEKEY_ARGON2_MEMORY_KIB = env.integer("LINEKEY_ARGON2_MEMORY_KIB", 19_456, least=8)
LINEKEY_ARGON2_SLOTS = env.integer("LINEKEY_ARGON2_SLOTS", 4, least=1)

# --- Django ----------------------------------------------------------------------------------------------
SECRET_KEY = _kept_secret("LINEKEY_SECRET_KEY")
DEBUG = False
ALLOWED_HOSTS = env.items("LINEKEY_ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
_SECURE = LINEKEY_PUBLIC_URL.startswith("https://")

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django_htmx",
    "linekey.records",
    "linekey.web",
    "linekey.delivery",
]
LINEKEY_BEHIND_PROXY = env.flag("LINEKEY_BEHIND_PROXY", False)
MIDDLEWARE = [
    "linekey.web.numbering.Numbering",
    "linekey.web.proxy.AddressBehindProxy",
    "linekey.web.headers.SecurityHeaders",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "linekey.web.visitor.NamesBrowser",
    "linekey.web.session.SignedInPerson",
    "linekey.web.language.PersonsLanguage",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "linekey.web.refusals.AnswerRefusals",
]
ROOT_URLCONF = "linekey.config.urls"
WSGI_APPLICATION = "linekey.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csrf",
                "linekey.web.context.desk",
            ]
        },
    }
]

DATABASES = {"default": database(env.secret("LINEKEY_DATABASE_URL", f"sqlite:///{HOME / 'linekey.db'}"))}
AUTH_USER_MODEL = "linekey.Person"
PASSWORD_HASHERS = ["linekey.vault.hasher.Argon2id"]

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _SECURE
SESSION_COOKIE_NAME = "__Host-linekey" if _SECURE else "linekey"
LINEKEY_BROWSER_COOKIE = "__Host-linekey-browser" if _SECURE else "linekey-browser"
SESSION_ENGINE = "linekey.records.browser_sessions"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "linekey.web.errors.csrf_failure"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if LINEKEY_BEHIND_PROXY else None
# A form of ours is small; a body over this is refused before it is read (the dialect checks its own).
DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 100
# Documents of support cases may be passports: they are never written to a disk in clear.
FILE_UPLOAD_HANDLERS = ["linekey.web.uploads.InMemory"]

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", "Français"), ("en", "English")]
USE_I18N = True
USE_TZ = True
TIME_ZONE = env.text("LINEKEY_TIME_ZONE", "Europe/Paris")

STATIC_URL = "/static/"
STATICFILES_DIRS = [
    ("pico", BASE_DIR / "node_modules" / "@picocss" / "pico" / "css"),
    ("inter", BASE_DIR / "node_modules" / "@fontsource-variable" / "inter"),
]
WHITENOISE_USE_FINDERS = True

LINEKEY_MAIL_DIR = env.path("LINEKEY_MAIL_DIR", str(HOME / "mail"))
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST = env.text("LINEKEY_SMTP_HOST", "127.0.0.1")
EMAIL_PORT = env.port("LINEKEY_SMTP_PORT", 10025)
EMAIL_HOST_USER = env.text("LINEKEY_SMTP_USER", "")
EMAIL_HOST_PASSWORD = env.secret("LINEKEY_SMTP_PASSWORD", "")
EMAIL_USE_TLS = env.flag("LINEKEY_SMTP_STARTTLS", False)
# A content filter may take its time after DATA (RFC 5321 section 4.5.3.2.6).
EMAIL_TIMEOUT = env.integer("LINEKEY_SMTP_TIMEOUT", 10, least=1)
DEFAULT_FROM_EMAIL = env.text("LINEKEY_MAIL_FROM", "Linekey Télécom <ne-pas-repondre@linekey.test>")

LINEKEY_SMS_URL = env.text("LINEKEY_SMS_URL", "")
if LINEKEY_SMS_URL and not LINEKEY_SMS_URL.startswith(("http://", "https://")):
    raise env.BadSetting("LINEKEY_SMS_URL must begin with http:// or https://.")
LINEKEY_SMS_USER = env.text("LINEKEY_SMS_USER", "")
LINEKEY_SMS_PASSWORD = env.secret("LINEKEY_SMS_PASSWORD", "")
LINEKEY_SMS_FROM = env.text("LINEKEY_SMS_FROM", "Linekey")
LINEKEY_SMS_TIMEOUT = env.integer("LINEKEY_SMS_TIMEOUT", 10, least=1)
LINEKEY_SMS_PORT = env.port("LINEKEY_SMS_PORT", 13013)

LINEKEY_METRICS_ADDRESS = env.address("LINEKEY_METRICS_ADDRESS")
LINEKEY_WEBHOOK_NETWORKS = env.networks("LINEKEY_WEBHOOK_NETWORKS")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "text": {"()": "linekey.config.logs.Line"},
        "json": {"()": "linekey.config.logs.JsonLine"},
    },
    "filters": {
        "without-tokens": {"()": "linekey.config.logs.WithoutTokens"},
        "with-request": {"()": "linekey.config.logs.WithRequest"},
        "outages": {"()": "linekey.config.logs.Outages"},
    },
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "formatter": env.choice("LINEKEY_LOG_FORMAT", ("text", "json"), "text"),
            "filters": ["outages", "without-tokens", "with-request"],
        }
    },
    "loggers": {"weasyprint": {"level": "WARNING"}},  # It tells of every step of every sheet.
    "root": {"handlers": ["stderr"], "level": env.text("LINEKEY_LOG_LEVEL", "INFO")},
}
