"""Turning attempts on an element into `Finding`s, without ever raising."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from sqlalchemy import Engine, TableClause, func, select, text

from linekey.network.ports import Check, Finding, Rejected, Unreachable
from linekey.network.store import asking

TOLERATED_SECONDS = 5.0
"""Clocks further apart make nonces, accounting and grace deadlines lie."""


def attempt(check: Check, good: str, remedy: str, action: Callable[[], str | None]) -> Finding:
    """`action` returns None when all is well, else what is wrong; wire errors count as wrong."""
    try:
        wrong = action()
    except (Unreachable, Rejected) as error:
        wrong = str(error)
    return Finding(check, wrong is None, good if wrong is None else wrong, "" if wrong is None else remedy)


def reads(element: str, store: Engine, *tables: TableClause) -> None:
    """Read one row of every named column: a `SELECT 1` would not touch an SQLite file at all."""
    with asking(element), store.connect() as connection:
        for each in tables:
            connection.execute(select(*each.columns).limit(1)).first()


def may_write(element: str, store: Engine, target: TableClause, row: Mapping[str, str | float]) -> None:
    """Insert and delete `row`, then roll both back."""
    with asking(element), store.connect() as connection:
        transaction = connection.begin()
        try:
            connection.execute(target.insert().values(row))
            connection.execute(target.delete().where(target.c.username == row["username"]))
        finally:
            transaction.rollback()


def wal_is_on(element: str, store: Engine) -> str | None:
    """SQLite only: without WAL a writer makes up to 64 % of the element's reads fail."""
    if store.dialect.name != "sqlite":
        return None
    with asking(element), store.connect() as connection:
        mode: str = connection.execute(text("PRAGMA journal_mode")).scalar_one()
    return None if mode == "wal" else f"{element}: the SQLite journal mode is {mode}, not wal"


def store_clock_gap(element: str, store: Engine) -> float | None:
    """Seconds the database server's clock is ahead of ours; None for SQLite, which has no clock."""
    if store.dialect.name == "sqlite":
        return None
    with asking(element), store.connect() as connection:
        if store.dialect.name == "postgresql":
            theirs = connection.execute(select(func.extract("epoch", func.clock_timestamp()))).scalar_one()
        else:
            theirs = connection.execute(select(func.unix_timestamp())).scalar_one()
    return float(theirs) - datetime.now(UTC).timestamp()


def too_far(whose: str, gap: float | None) -> str | None:
    """A sentence when the gap is more than tolerated."""
    if gap is None or abs(gap) <= TOLERATED_SECONDS:
        return None
    return f"{whose} is {abs(gap):.0f} s {'ahead of' if gap > 0 else 'behind'} ours"
