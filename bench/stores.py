"""Databases for elements, on the engine of the bench, and rows for them by the hundred thousand."""

import os
import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing

import psycopg
from sqlalchemy import make_url

from bench.ground import Ground

Row = Sequence[str | int | float]


def store(ground: Ground, name: str) -> str:
    """SQLAlchemy address of a database of its own: a file with a write-ahead log, or one in the cluster."""
    if ground.engine == "sqlite":
        file = ground.home / f"{name}.db"
        with closing(sqlite3.connect(file)) as made:
            made.execute("PRAGMA journal_mode = WAL")
        return f"sqlite:///{file}"
    address = os.environ["LINEKEY_DATABASE_URL"]
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    return f"{address.rpartition('/')[0]}/{name}"


def script(address: str, statements: str) -> None:
    if address.startswith("sqlite"):
        with closing(sqlite3.connect(make_url(address).database or "")) as connection:
            connection.executescript(statements)
        return
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(statements.encode())


def fill(address: str, table: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
    names = ", ".join(columns)
    if address.startswith("sqlite"):
        places = ", ".join("?" for _ in columns)
        with closing(sqlite3.connect(make_url(address).database or "", timeout=30)) as file, file:
            file.executemany(f"INSERT INTO {table} ({names}) VALUES ({places})", rows)  # noqa: S608 (ours)
        return
    with (
        psycopg.connect(address) as connection,
        connection.cursor() as cursor,
        cursor.copy(f"COPY {table} ({names}) FROM STDIN".encode()) as copy,
    ):
        for row in rows:
            copy.write_row(row)


def each(address: str, statement: str, rows: Iterable[Row]) -> None:
    """One statement for many rows; `?` is a place, whichever the engine."""
    if address.startswith("sqlite"):
        with closing(sqlite3.connect(make_url(address).database or "", timeout=30)) as file, file:
            file.executemany(statement, rows)
        return
    with psycopg.connect(address) as connection, connection.cursor() as cursor:
        cursor.executemany(statement.replace("?", "%s").encode(), rows)


def settled(address: str) -> None:
    """What a filled table costs later is paid now: statistics, and pages that wait to be written."""
    if address.startswith("sqlite"):
        script(address, "PRAGMA wal_checkpoint(TRUNCATE)")
        return
    for statement in ("VACUUM ANALYZE", "CHECKPOINT"):
        script(address, statement)
