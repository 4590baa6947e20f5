"""The database an element reads: opening it, writing batches to it, and naming what went wrong.

Every database error an adapter can meet becomes `Unreachable` or `Rejected` here and nowhere else.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import (
    ARRAY,
    Connection,
    Double,
    Engine,
    NullPool,
    Select,
    TableClause,
    Text,
    create_engine,
    func,
    literal,
    make_url,
    select,
    text,
)
from sqlalchemy.exc import InterfaceError, InternalError, OperationalError, StatementError
from sqlalchemy.exc import TimeoutError as NoFreeConnection

from linekey.network.ports import Rejected, Unreachable

BUSY_SECONDS = 2
"""How long to wait for another writer of the same SQLite file, or for a connection."""

PYMYSQL = ("mysql", "mariadb")
"""Addresses that name no driver mean the one which is installed."""

CHUNK = 500
"""Names in one IN (…): well under every database's limit of bound values."""

# Drivers file some lasting faults under OperationalError ("try again"): these need a person.
_LASTING = (
    "no such table",
    "no such column",
    "has no column named",
    "on conflict clause does not match",
    "readonly database",
    "file is not a database",
    "password authentication failed",
    "no password supplied",
    "access denied",
    "command denied",
    "unknown column",
    "unknown database",
    "does not exist",
)


def open_store(url: str) -> Engine:
    """An engine for an element's own database.

    SQLite files are never created here (`mode=rw`): an absent file is an outage, not an empty store,
    and they are opened anew each time, so that a file put back by an operator is seen.
    """
    parsed = make_url(url)
    backend = parsed.get_backend_name()
    if backend == "sqlite" and parsed.database:
        parsed = parsed.set(database=f"file:{parsed.database}").update_query_dict(
            {"mode": "rw", "uri": "true"}
        )
        return create_engine(parsed, poolclass=NullPool, connect_args={"timeout": BUSY_SECONDS})
    if parsed.drivername in PYMYSQL:
        parsed = parsed.set(drivername=f"{parsed.drivername}+pymysql")
    arguments: dict[str, object] = {"connect_timeout": BUSY_SECONDS}
    if backend in PYMYSQL:
        # As on PostgreSQL below; its own default waits for a lock for most of a minute.
        waits = f"innodb_lock_wait_timeout = {BUSY_SECONDS}, lock_wait_timeout = {BUSY_SECONDS}"
        arguments["init_command"] = f"SET SESSION {waits}"
    if backend == "postgresql":
        # A lock held by somebody else must not hold the worker: Unreachable, and again later.
        arguments["options"] = f"-c lock_timeout={BUSY_SECONDS * 1000} -c statement_timeout=30000"
    engine = create_engine(parsed, pool_pre_ping=True, pool_timeout=BUSY_SECONDS, connect_args=arguments)
    # What `one_writer` relies on there, whatever the server's default is.
    return engine.execution_options(isolation_level="REPEATABLE READ") if backend in PYMYSQL else engine


def beside(store: str, part: str) -> str:
    """Address of what an element writes: on SQLite a file of its own, which has one writer; else `store`."""
    url = make_url(store)
    if url.get_backend_name() != "sqlite":
        return store
    path = Path(url.database or "")
    return f"sqlite:///{path.with_name(f'{path.stem}-{part}.db')}"


@contextmanager
def asking(element: str) -> Iterator[None]:
    """Around every use of a store: database errors leave as `Unreachable` or `Rejected`.

    What is told is the driver's first line; statement and values stay out, they hold digests and
    passwords. `from None` for the same reason: the original error carries them.
    """
    try:
        yield
    except NoFreeConnection:
        raise Unreachable(f"{element}: no connection to the store was free in {BUSY_SECONDS} s") from None
    except (OperationalError, InterfaceError, InternalError) as error:
        seen = str(error.orig).split("\n", 1)[0]
        if any(sign in seen.lower() for sign in _LASTING):
            raise Rejected(f"{element}: the store refused: {seen}") from None
        raise Unreachable(f"{element}: the store does not answer: {seen}") from None
    except StatementError as error:
        # A missing table is worth telling; a refused value (constraint, length) may quote that value.
        telling = type(error).__name__ in ("ProgrammingError", "DatabaseError")
        seen = str(error.orig).split("\n", 1)[0] if telling else type(error).__name__
        raise Rejected(f"{element}: the store refused: {seen}") from None


def put(
    connection: Connection, table: TableClause, key: Sequence[str], rows: Sequence[Mapping[str, str | float]]
) -> None:
    """Insert rows, or update the ones whose unique `key` columns exist already (all rows: same columns)."""
    if not rows:
        return
    # Each dialect where it is spoken: three of them are megabytes of a worker.
    changing = [name for name in rows[0] if name not in key]
    match connection.dialect.name:
        case "sqlite":
            from sqlalchemy.dialects import sqlite

            to_sqlite = sqlite.insert(table)
            statement = to_sqlite.on_conflict_do_update(
                index_elements=key, set_={name: to_sqlite.excluded[name] for name in changing}
            )
            connection.execute(statement, rows)
        case "postgresql":
            from sqlalchemy.dialects import postgresql

            to_postgresql = postgresql.insert(table).from_select([*rows[0]], _unnested(rows))
            connection.execute(
                to_postgresql.on_conflict_do_update(
                    index_elements=key, set_={name: to_postgresql.excluded[name] for name in changing}
                )
            )
        case _:
            from sqlalchemy.dialects import mysql

            to_mysql = mysql.insert(table)
            connection.execute(
                to_mysql.on_duplicate_key_update({name: to_mysql.inserted[name] for name in changing}), rows
            )


def _unnested(rows: Sequence[Mapping[str, str | float]]) -> Select[Any]:
    """All of them in one statement, an array for each column: half the time of one statement each."""
    columns = []
    for name, first in rows[0].items():
        of = ARRAY(Double() if isinstance(first, float) else Text())
        columns.append(func.unnest(literal([row[name] for row in rows], of)))
    return select(*columns)


def one_writer(connection: Connection, table: str) -> None:
    """Make other writers of `table` wait until this transaction ends; readers are not disturbed.

    Needed where the standard schema has no unique key. SQLite has one writer anyway; MySQL's
    range locks make the second writer wait or fail as a deadlock (`Unreachable`, tried again).
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE"))


def chunks(names: Iterable[str]) -> Iterator[list[str]]:
    """Distinct names in lists of at most `CHUNK`, in a constant order so that two writers cannot deadlock."""
    ordered = sorted(set(names))
    for start in range(0, len(ordered), CHUNK):
        yield ordered[start : start + CHUNK]
