"""A database of one's own, empty, in the place of the one the tests share."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from django.db import connection
from psycopg import sql


@contextmanager
def empty_database(name: str, folder: Path) -> Iterator[None]:
    """Until the end, `connection` is one to a new database; what it was is then put back."""
    known = connection.settings_dict
    before = known["NAME"]
    connection.close()
    if connection.vendor == "postgresql":
        _make(name)
        known["NAME"] = name
    else:
        known["NAME"] = str(folder / f"{name}.db")
    try:
        yield
    finally:
        connection.close()
        known["NAME"] = before


def _make(name: str) -> None:
    known = connection.settings_dict
    with psycopg.connect(
        host=known["HOST"],
        port=known["PORT"],
        user=known["USER"],
        password=known["PASSWORD"],
        dbname="postgres",
        autocommit=True,
    ) as server:
        # The server is private, and gone after the run.
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
