"""What the real elements find on disk: folders, databases with their schema, key and client secret."""

import base64
import os
import secrets
import sqlite3
import subprocess
from pathlib import Path

from sqlalchemy import make_url
from sqlalchemy.engine import URL

from linekey.worker.element_settings import ElementSettings, clean_environment, deploy

_ROTATION = """
    ALTER TABLE subscriber ADD COLUMN rotation VARCHAR(40) NOT NULL DEFAULT ''
    CHECK (length(rotation) <= 40 AND rotation NOT GLOB '*[^0-9A-Za-z]*')
"""


def prepare(settings: ElementSettings) -> None:
    """Make folders (0700), databases, key and client secret (0600). What exists already is kept.

    PostgreSQL stores must exist; their schema is made with `psql`, as an operator would. Raises
    subprocess.CalledProcessError with psql's words when that fails, ValueError for a RADIUS secret
    which FreeRADIUS's configuration cannot hold.
    """
    for folder in (settings.home, *(settings.home / name for name in ("data", "run", "etc", "log"))):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    schemas = {
        "sip": "kamailio/schema",
        "radius": "freeradius/schema/passwords",
        "accounting": "freeradius/schema/accounting",
    }
    for which, schema in schemas.items():
        url = make_url(settings.store(which))
        _make(url, deploy() / f"{schema}.{url.get_backend_name()}.sql")
        if which == "sip" and url.get_backend_name() == "sqlite":
            for written_by_kamailio in (settings.location_store, settings.events_store):
                _make(make_url(written_by_kamailio), deploy() / f"{schema}.sqlite.sql")
    if not settings.radius_keys.exists():
        _write_private(settings.radius_keys, base64.b64encode(secrets.token_bytes(32)).decode() + "\n")
    secret = settings.radius_secret.reveal()
    if not secret.isprintable() or any(letter in secret for letter in '"\\$'):
        # FreeRADIUS 3.2 keeps the backslash of an escaped character, and expands ${…}.
        raise ValueError("a RADIUS secret may not hold quotes, backslashes or dollar signs")
    # Written anew each time: the secret is a setting, the file only carries it to FreeRADIUS.
    _write_private(
        settings.radius_clients,
        f'client access_servers {{\n\tipaddr = {settings.clients}\n\tsecret = "{secret}"\n}}\n',
    )


def sealing_key(settings: ElementSettings) -> bytes:
    """The 32 bytes `linekey.vault.radius.seal_for_radius` seals with."""
    return base64.b64decode(settings.radius_keys.read_text().split()[0])


def _make(url: URL, schema: Path) -> None:
    if url.get_backend_name() == "sqlite":
        path = Path(url.database or "")
        path.touch(mode=0o600)
        connection = sqlite3.connect(path)
        try:
            _bring_up_to_date(connection)
            connection.executescript(schema.read_text())
        finally:
            connection.close()
        return
    env = clean_environment() | {"PGPASSWORD": str(url.password or "")}
    argv = ["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", url.host or "", "-p", str(url.port or 5432)]
    argv += ["-U", url.username or "", "-d", url.database or "", "-f", str(schema)]
    subprocess.run(argv, env=env, check=True, capture_output=True, text=True)


def _bring_up_to_date(connection: sqlite3.Connection) -> None:
    """SQLite knows no ADD COLUMN IF NOT EXISTS, which PostgreSQL's schema says by itself."""
    columns = {row[1] for row in connection.execute("PRAGMA table_info(subscriber)")}
    if columns and "rotation" not in columns:
        connection.execute(_ROTATION)


def _write_private(path: Path, text: str) -> None:
    """0600 from the first byte on."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
