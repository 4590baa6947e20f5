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
# A primary which falls silent is given up within seconds, libpq's own patience being hours; and whoever was
# led to a standby asks again, rather than be told at the first change that it takes none.
_POSTGRESQL_OPTIONS = {
    "connect_timeout": "5",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "20000",
    "target_session_attrs": "read-write",
}
# Opening one costs as much as the questions of a whole request.
_KEPT_SECONDS = 60


def database(url: str) -> dict[str, Any]:
    """Raises BadSetting for any other engine."""
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": unquote(parts.path[1:]),
            "CONN_MAX_AGE": _KEPT_SECONDS,
            "OPTIONS": dict(_SQLITE_OPTIONS),
        }
    if parts.scheme not in ("postgres", "postgresql"):
        raise BadSetting("LINEKEY_DATABASE_URL must start with sqlite:// or postgresql://.")
    options = _POSTGRESQL_OPTIONS | dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", parts.hostname or ""),
        "PORT": str(parts.port or options.pop("port", "")),
        "CONN_MAX_AGE": _KEPT_SECONDS,
        "CONN_HEALTH_CHECKS": True,
        # Only what `records.prepared` asks ever is: Django's own cursors bind values by themselves.
        "OPTIONS": {"prepare_threshold": _threshold(options.pop("prepare_threshold", "5")), **options},
    }


def _threshold(told: str) -> int | None:
    """How often a statement comes before the server keeps its plan; None, never: poolers may not keep it.

    Raises BadSetting.
    """
    if told != "none" and not told.isdecimal():
        raise BadSetting("In LINEKEY_DATABASE_URL, prepare_threshold is a number or `none`.")
    return None if told == "none" else int(told)
