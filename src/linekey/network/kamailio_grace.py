"""What deploy/kamailio adds to Kamailio's standard tables: the password before, and what Kamailio tells.

An installation without these tables accepts one password per line, as it always did.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import Connection, TableClause, column, delete, inspect, select, table, tuple_, update

from linekey.network.ports import ElementEvent, Heard, SipAddress, SipEntry
from linekey.network.store import CHUNK, chunks, put

# Columns of Kamailio 5.6's standard table which Linekey owns; others keep their defaults.
STANDARD = table(
    "subscriber", column("username"), column("domain"), column("password"), column("ha1"), column("ha1b")
)
SUBSCRIBER = table("subscriber", *(column(name) for name in (*STANDARD.c.keys(), "rotation")))
PREVIOUS = table(
    "linekey_previous",
    *(column(name) for name in ("username", "domain", "ha1", "ha1b", "rotation", "not_after")),
)
EVENT = table(
    "linekey_event",
    *(column(name) for name in ("id", "at", "what", "username", "domain", "rotation", "source", "agent")),
)


def is_there(connection: Connection, which: TableClause) -> bool:
    return inspect(connection).has_table(which.name)


def keep(connection: Connection, entries: Sequence[SipEntry]) -> None:
    """Each line accepts the old password of its grace, or none."""
    rows: list[dict[str, str | float]] = [
        {
            "username": entry.address.username,
            "domain": entry.address.realm,
            "ha1": entry.grace.ha1.reveal(),
            "ha1b": entry.grace.ha1b.reveal(),
            "rotation": entry.grace.rotation,
            "not_after": entry.grace.until.timestamp(),
        }
        for entry in entries
        if entry.grace
    ]
    put(connection, PREVIOUS, ("username", "domain"), rows)
    forget(connection, PREVIOUS, [entry.address for entry in entries if not entry.grace])


def forget(connection: Connection, which: TableClause, lines: Sequence[SipAddress]) -> None:
    """No row of `which` (`subscriber` or `linekey_previous`) is left for these lines."""
    pairs = sorted({(line.username, line.realm) for line in lines})
    for start in range(0, len(pairs), CHUNK):
        line = tuple_(which.c.username, which.c.domain)
        connection.execute(delete(which).where(line.in_(pairs[start : start + CHUNK])))


def end(connection: Connection, rotations: Sequence[str]) -> None:
    """The old passwords of these rotations are forgotten, and lines bear their names no more."""
    for names in chunks(rotations):
        # Said twice, so that the index over rotations in grace is used: they are few among the lines.
        in_grace = SUBSCRIBER.c.rotation.in_(names) & (SUBSCRIBER.c.rotation != "")
        connection.execute(update(SUBSCRIBER).where(in_grace).values(rotation=""))
        connection.execute(delete(PREVIOUS).where(PREVIOUS.c.rotation.in_(names)))


def told(connection: Connection, after: int, limit: int) -> list[ElementEvent]:
    """Events numbered above `after`, in order; of kinds this release knows."""
    known = EVENT.c.what.in_([what.value for what in Heard])
    asked = select(EVENT).where(EVENT.c.id > after, known).order_by(EVENT.c.id).limit(limit)
    return [
        ElementEvent(
            number=row.id,
            at=datetime.fromtimestamp(row.at, UTC),
            what=Heard(row.what),
            name=f"{_text(row.username)}@{row.domain}",
            rotation=row.rotation,
            source=row.source,
            agent=_text(row.agent),
        )
        for row in connection.execute(asked)
    ]


def _text(sent: bytes) -> str:
    """What a stranger sent; Kamailio cuts it short, maybe within a letter."""
    return sent.decode(errors="replace")
