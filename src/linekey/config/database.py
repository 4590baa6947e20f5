"""A database address as Django wants it.

An address is `sqlite:////path` or `postgresql://user:password@host:port/name`.
"""

from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from linekey.config.env import BadSetting

# Writers take the lock at BEGIN: a transaction which reads first and writes later would fail instead of
# waiting. WAL lets pages be read while the worker writes.
_SQLITE_OPTIONS = {
    "timeout": 20,
    "transaction_mode": "IMMEDIATE",
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
}


def database(url: str) -> dict[str, Any]:
    """Raises BadSetting for any other engine."""
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": unquote(parts.path[1:]),
            "OPTIONS": dict(_SQLITE_OPTIONS),
        }
    if parts.scheme not in ("postgres", "postgresql"):
        raise BadSetting("LINEKEY_DATABASE_URL must start with sqlite:// or postgresql://.")
    options = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", parts.hostname or ""),
        "PORT": str(parts.port or options.pop("port", "")),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }
