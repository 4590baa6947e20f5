"""Read the tables of an existing installation: read only, some rows at a time, and by their keys.

Nothing is judged here. Memory does not grow with the table, and no statement stays open while rows are worked
on. Raises `Unreachable` and `Rejected` like every wire.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, column, distinct, func, select, table, text

from linekey.domain.imported import Columns, Found
from linekey.domain.secret import Secret
from linekey.network.store import asking

BATCH = 500
SUBSCRIBER = table(
    "subscriber",
    column("id"),
    column("username"),
    column("domain"),
    column("password"),
    column("ha1"),
    column("ha1b"),
)
WHERE = "the installation"
"""What errors call it."""


def lines(store: Engine, batch: int = BATCH) -> Iterator[list[Found]]:
    """Every row of Kamailio's `subscriber`, in the order of `id`, a batch at a time."""
    after = 0
    while True:
        with reading(store) as connection:
            question = (
                select(SUBSCRIBER).where(SUBSCRIBER.c.id > after).order_by(SUBSCRIBER.c.id).limit(batch)
            )
            rows = connection.execute(question).mappings().all()
        if not rows:
            return
        yield [
            Found(
                place=f"id {row['id']}",
                name=said(row["username"]),
                realm=said(row["domain"]),
                columns=Columns(*(Secret(said(row[name])) for name in ("password", "ha1", "ha1b"))),
            )
            for row in rows
        ]
        after = rows[-1]["id"]


def how_many_lines(store: Engine) -> int:
    with reading(store) as connection:
        return int(connection.execute(select(func.count()).select_from(SUBSCRIBER)).scalar_one())


def several_domains(store: Engine) -> bool:
    """Is one user name several lines here?"""
    with reading(store) as connection:
        return int(connection.execute(select(func.count(distinct(SUBSCRIBER.c.domain)))).scalar_one()) > 1


@contextmanager
def reading(store: Engine) -> Iterator[Connection]:
    """A transaction which cannot write, by the database's own word."""
    with asking(WHERE), store.connect() as connection:
        match connection.dialect.name:
            case "sqlite":
                raw: Any = connection.connection.dbapi_connection
                # One row that is no UTF-8 must not hide its neighbours.
                raw.text_factory = lambda octets: octets.decode(errors="surrogateescape")
                connection.execute(text("PRAGMA query_only = ON"))
            case "postgresql":
                connection.execute(text("SET TRANSACTION READ ONLY"))
            case _:
                connection.execute(text("SET SESSION TRANSACTION READ ONLY"))
        yield connection


def said(value: object) -> str:
    """A column as text: empty for NULL; SQLite holds numbers where a text was meant, MySQL bytes."""
    if value is None:
        return ""
    return value.decode(errors="surrogateescape") if isinstance(value, bytes) else str(value)
