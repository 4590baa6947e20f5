"""How large the database of a bench is, what it has written, and an empty one beside it."""

import os
import sqlite3
from contextlib import closing

import psycopg
from sqlalchemy import make_url

from bench.ground import Ground


def desk(ground: Ground) -> str:
    """Address of Linekey's own."""
    return os.environ.get("LINEKEY_DATABASE_URL") or f"sqlite:///{ground.home / 'linekey.db'}"


def size(address: str) -> int:
    """Bytes, with the indexes."""
    if address.startswith("sqlite"):
        with closing(sqlite3.connect(make_url(address).database or "")) as file:
            pages, each = (file.execute(f"PRAGMA page_{word}").fetchone()[0] for word in ("count", "size"))
        return int(pages * each)
    return _asked(address, "SELECT pg_database_size(current_database())")


def log(ground: Ground) -> int:
    """Bytes written into the write-ahead log since ever; 0 on SQLite, which keeps none."""
    if ground.engine == "sqlite":
        return 0
    return _asked(desk(ground), "SELECT pg_current_wal_lsn() - '0/0'")


def rows() -> int:
    """As many as a backup holds."""
    from linekey.worker.backups.rows import snapshot, tables

    with snapshot() as seen:
        return sum(seen.count(table) for table in tables())


def empty(ground: Ground) -> str:
    """Address of a database nobody has used."""
    if ground.engine == "sqlite":
        return f"sqlite:///{ground.home / 'restored.db'}"
    with psycopg.connect(desk(ground), autocommit=True) as connection:
        connection.execute("CREATE DATABASE restored")
    return f"{desk(ground).rpartition('/')[0]}/restored"


def _asked(address: str, question: str) -> int:
    with psycopg.connect(address) as connection:
        found = connection.execute(question.encode()).fetchone()
    assert found is not None
    return int(found[0])
