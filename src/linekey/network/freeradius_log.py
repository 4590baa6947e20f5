"""FreeRADIUS's own books, `radacct` and `radpostauth`: who is online, who logged in when, who was refused."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine, RowMapping, Select, column, select, table

from linekey.network.ports import ConnectionEvent, Session
from linekey.network.store import asking

RADACCT = table(
    "radacct",
    column("username"),
    column("acctsessionid"),
    column("nasipaddress"),
    column("framedipaddress"),
    column("acctstarttime"),
    column("acctstoptime"),
    column("acctterminatecause"),
)
RADPOSTAUTH = table("radpostauth", column("username"), column("reply"), column("authdate"))

ANSWERS = {"Access-Accept": "accept", "Access-Reject": "reject"}

Line = tuple[int, int, datetime, str, str] | None
"""One event as it is sorted: whole second, rank within it, then time, state and message."""


def sessions(element: str, accounting: Engine, login: str) -> list[Session]:
    """Open now, the oldest first."""
    open_now = (
        select(RADACCT)
        .where(RADACCT.c.username == login, RADACCT.c.acctstoptime.is_(None))
        .order_by(RADACCT.c.acctstarttime)
    )
    return [
        Session(
            login=login,
            session_id=row["acctsessionid"],
            nas_address=_address(row["nasipaddress"]),
            framed_address=_address(row["framedipaddress"]),
            started_at=moment(row["acctstarttime"]),
        )
        for row in _read(element, accounting, open_now)
    ]


def newest(element: str, accounting: Engine, login: str, limit: int) -> list[ConnectionEvent]:
    """Answers, starts and stops, the newest first."""
    answered = select(RADPOSTAUTH).where(RADPOSTAUTH.c.username == login)
    answered = answered.order_by(RADPOSTAUTH.c.authdate.desc()).limit(limit)
    lines = [_answer(row) for row in _read(element, accounting, answered)]
    for bound, line_of in ((RADACCT.c.acctstarttime, _start), (RADACCT.c.acctstoptime, _stop)):
        accounted = select(RADACCT).where(RADACCT.c.username == login, bound.is_not(None))
        lines += map(line_of, _read(element, accounting, accounted.order_by(bound.desc()).limit(limit)))
    lately = sorted((line for line in lines if line), key=lambda line: line[:3], reverse=True)[:limit]
    return [ConnectionEvent(at, login, state, said) for _, _, at, state, said in lately]


def _read(element: str, accounting: Engine, question: Select[Any]) -> Sequence[RowMapping]:
    with asking(element), accounting.connect() as connection:
        return connection.execute(question).mappings().all()


# Accounting tells whole seconds. Within one a box is cut (0), asks again (1) and is back (2), or
# is cut at once (3): that is the order a person expects to read.
def _answer(row: RowMapping) -> Line:
    at, state = moment(row["authdate"]), ANSWERS.get(row["reply"])
    return (int(at.timestamp()), 1, at, state, row["reply"]) if at and state else None


def _start(row: RowMapping) -> Line:
    at = moment(row["acctstarttime"])
    where = f"{_address(row['framedipaddress']) or '?'} on {_address(row['nasipaddress'])}"
    return (int(at.timestamp()), 2, at, "start", where) if at else None


def _stop(row: RowMapping) -> Line:
    at = moment(row["acctstoptime"])
    rank = 3 if at == moment(row["acctstarttime"]) else 0
    return (int(at.timestamp()), rank, at, "stop", row["acctterminatecause"] or "") if at else None


def moment(value: object) -> datetime | None:
    """A time as stored: epoch seconds (SQLite), timestamptz (PostgreSQL), or zoneless and taken for UTC."""
    match value:
        case datetime():
            return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
        case int() | float():
            return datetime.fromtimestamp(value, UTC)
        case str() if value:
            try:
                return datetime.fromtimestamp(float(value), UTC)
            except ValueError:
                return moment(datetime.fromisoformat(value))
    return None


def _address(value: object) -> str:
    """PostgreSQL's inet comes as an address object, SQLite's and MySQL's as text."""
    return "" if value is None else str(value)
