"""FreeRADIUS as the access server.

Passwords go to `radcheck`; sessions and the connection log come from `radacct` and `radpostauth`.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine, RowMapping, Select, column, delete, func, insert, select, table

from linekey.network import freeradius_health
from linekey.network.coa import DisconnectClient
from linekey.network.ports import AccessEntry, ConnectionEvent, Disconnected, Finding, Session
from linekey.network.radcheck import (
    OUR_SAFE,
    PASSWORDS,
    StoredAs,
    refuse_overlong_value,
    refuse_unknowable_name,
)
from linekey.network.store import asking, chunks, one_writer

RADCHECK = table("radcheck", column("username"), column("attribute"), column("op"), column("value"))
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


class FreeRadius:
    """`AccessServer` on FreeRADIUS 3's standard schema.

    `store` holds radcheck, `accounting` radacct and radpostauth (it may be the same engine), `stored_as`
    turns an entry into its one password row (`radcheck.cleartext`, `radcheck.sealed_by`), `answers`
    asks the server itself when somebody wants its health (None: not asked), `safe_characters` is what
    the server's sql module has under that name (`radcheck.STOCK_SAFE` for an untouched one).
    """

    def __init__(
        self,
        name: str,
        store: Engine,
        accounting: Engine,
        stored_as: StoredAs,
        *,
        disconnect: DisconnectClient,
        answers: Callable[[], bool] | None = None,
        safe_characters: str = OUR_SAFE,
    ) -> None:
        self.name = name
        self._store = store
        self._accounting = accounting
        self._stored_as = stored_as
        self._disconnect = disconnect
        self._answers = answers
        self._safe = safe_characters

    def push(self, entries: Sequence[AccessEntry]) -> None:
        """One transaction. Leaves one password row per login; every other check and reply row stays."""
        newest = {entry.login: entry for entry in entries}
        rows = []
        for login in sorted(newest):
            refuse_unknowable_name(self.name, login, self._safe)
            attribute, operator, value = self._stored_as(newest[login])
            refuse_overlong_value(self.name, login, value)
            rows.append({"username": login, "attribute": attribute, "op": operator, "value": value})
        self._replace(newest, rows)

    def retire(self, logins: Sequence[str]) -> None:
        self._replace(logins, [])

    def _replace(self, logins: Iterable[str], rows: list[dict[str, str]]) -> None:
        with asking(self.name), self._store.begin() as connection:
            # radcheck has no unique key: two pushes at once could leave two passwords.
            one_writer(connection, RADCHECK.name)
            bears_password = func.lower(RADCHECK.c.attribute).in_(sorted(PASSWORDS))
            for some in chunks(logins):
                connection.execute(delete(RADCHECK).where(RADCHECK.c.username.in_(some), bears_password))
            if rows:
                connection.execute(insert(RADCHECK), rows)

    def sessions(self, login: str) -> list[Session]:
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
            for row in self._read(open_now)
        ]

    def disconnect(self, session: Session) -> Disconnected:
        return self._disconnect(session)

    def connection_log(self, login: str, limit: int) -> list[ConnectionEvent]:
        answered = select(RADPOSTAUTH).where(RADPOSTAUTH.c.username == login)
        answered = answered.order_by(RADPOSTAUTH.c.authdate.desc()).limit(limit)
        lines = [_answer(row) for row in self._read(answered)]
        for bound, line_of in ((RADACCT.c.acctstarttime, _start), (RADACCT.c.acctstoptime, _stop)):
            accounted = select(RADACCT).where(RADACCT.c.username == login, bound.is_not(None))
            lines += map(line_of, self._read(accounted.order_by(bound.desc()).limit(limit)))
        newest = sorted((line for line in lines if line), key=lambda line: line[:3], reverse=True)[:limit]
        return [ConnectionEvent(at, login, state, said) for _, _, at, state, said in newest]

    def health(self) -> list[Finding]:
        return freeradius_health.look(
            self.name, self._store, self._accounting, (RADCHECK, RADACCT, RADPOSTAUTH), self._answers
        )

    def _read(self, question: Select[Any]) -> Sequence[RowMapping]:
        with asking(self.name), self._accounting.connect() as connection:
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
