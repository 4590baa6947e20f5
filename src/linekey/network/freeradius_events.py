"""What deploy/freeradius writes down about logins, in a table beside `radacct`: uses and refusals.

A stock FreeRADIUS has no such table, and tells nothing.
"""

from datetime import UTC, datetime

from sqlalchemy import Engine, RowMapping, column, inspect, select, table

from linekey.network.ports import ElementEvent, Heard, Rejected
from linekey.network.store import asking

EVENTS = table(
    "linekey_access_event",
    column("id"),
    column("at"),
    column("what"),
    column("username"),
    column("rotation"),
    column("source"),
    column("agent"),
)


def told(element: str, accounting: Engine) -> bool:
    """Is there such a table? Raises Unreachable."""
    with asking(element):
        return inspect(accounting).has_table(EVENTS.name)


def read(element: str, accounting: Engine, after: int, limit: int) -> list[ElementEvent]:
    """The oldest `limit` events numbered above `after`; none where there is no table."""
    newer = select(EVENTS).where(EVENTS.c.id > after).order_by(EVENTS.c.id).limit(limit)
    try:
        with asking(element), accounting.connect() as connection:
            return [_event(row) for row in connection.execute(newer).mappings()]
    except Rejected:
        if told(element, accounting):
            raise
        return []


def _event(row: RowMapping) -> ElementEvent:
    return ElementEvent(
        number=row["id"],
        at=datetime.fromtimestamp(row["at"], UTC),
        what=Heard(row["what"]),
        name=row["username"],
        rotation=row["rotation"] or "",
        source=row["source"],
        agent=row["agent"],
    )
