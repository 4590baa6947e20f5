"""FreeRADIUS as the access server.

Passwords go to `radcheck`; what became of them is read in `freeradius_log` and `freeradius_events`.
"""

from collections.abc import Callable, Collection, Iterable, Sequence

from sqlalchemy import Engine, column, delete, func, insert, literal_column, select, table

from linekey.network import freeradius_events, freeradius_health, freeradius_log, replication
from linekey.network.coa import DisconnectClient
from linekey.network.freeradius_log import RADACCT, RADPOSTAUTH
from linekey.network.ports import (
    AccessEntry,
    ConnectionEvent,
    Disconnected,
    ElementEvent,
    Finding,
    Rejected,
    Session,
    SiteCopy,
    Unreachable,
)
from linekey.network.radcheck import (
    OF_GRACE,
    OUR_SAFE,
    PASSWORDS,
    ROTATION,
    Row,
    StoredAs,
    refuse_overlong_value,
    refuse_unknowable_name,
)
from linekey.network.store import asking, chunks, one_writer

GRACE = "linekey-grace"
"""What deploy/freeradius answers to Status-Server."""

RADCHECK = table("radcheck", column("username"), column("attribute"), column("op"), column("value"))


class FreeRadius:
    """`AccessServer` on FreeRADIUS 3's standard schema.

    `store` holds radcheck, `accounting` radacct and radpostauth (it may be the same engine), `stored_as`
    turns an entry into its rows (`radcheck.cleartext`, `radcheck.sealed_by`), `status` asks the server
    itself what it is (`radius.status`; None: it is not asked), `safe_characters` is what the server's sql
    module has under that name (`radcheck.STOCK_SAFE` for an untouched one).
    """

    def __init__(
        self,
        name: str,
        store: Engine,
        accounting: Engine,
        stored_as: StoredAs,
        *,
        disconnect: DisconnectClient,
        status: Callable[[], Collection[str] | None] | None = None,
        safe_characters: str = OUR_SAFE,
    ) -> None:
        self.name = name
        self._store = store
        self._accounting = accounting
        self._stored_as = stored_as
        self._disconnect = disconnect
        self._status = status
        self._safe = safe_characters

    def push(self, entries: Sequence[AccessEntry]) -> None:
        """One transaction. Leaves one password per login, and in grace the one before it.

        Every other check and reply row stays.
        """
        newest = {entry.login: entry for entry in entries}
        if any(entry.grace for entry in entries) and not self._has_room():
            raise Rejected(f"{self.name}: holds one password per login")
        rows = []
        for login in sorted(newest):
            refuse_unknowable_name(self.name, login, self._safe)
            for attribute, operator, value in self._rows(newest[login]):
                refuse_overlong_value(self.name, login, value)
                rows.append({"username": login, "attribute": attribute, "op": operator, "value": value})
        self._replace(newest, rows)

    def _rows(self, entry: AccessEntry) -> list[Row]:
        before = self._stored_as.before
        grace = before(entry.login, entry.grace) if before and entry.grace else []
        return [self._stored_as.password(entry), *grace]

    def retire(self, logins: Sequence[str]) -> None:
        self._replace(logins, [])

    def takes_grace(self) -> bool:
        """Is it deploy/freeradius, and says so itself?

        Any other, also one of an earlier release, would fall silent for a login with rows it does not know.
        """
        if not self._has_room():
            return False
        said = self._status() if self._status else [GRACE]
        if said is None:
            raise Unreachable(f"{self.name} does not answer Status-Server")
        return GRACE in said

    def _has_room(self) -> bool:
        return self._stored_as.before is not None and freeradius_events.told(self.name, self._accounting)

    def release(self, rotations: Sequence[str]) -> None:
        if self._stored_as.before is None:
            return
        with asking(self.name), self._store.begin() as connection:
            one_writer(connection, RADCHECK.name)
            of_grace = func.lower(RADCHECK.c.attribute).in_(sorted(OF_GRACE))
            # Written out, not bound: only so do both databases take the index of rotations.
            named = RADCHECK.c.attribute == literal_column(f"'{ROTATION}'")
            for some in chunks(rotations):
                logins = select(RADCHECK.c.username).where(named, RADCHECK.c.value.in_(some))
                connection.execute(delete(RADCHECK).where(RADCHECK.c.username.in_(logins), of_grace))

    def events(self, after: int, limit: int) -> list[ElementEvent]:
        return freeradius_events.read(self.name, self._accounting, after, limit)

    def copies(self) -> list[SiteCopy]:
        return replication.copies(self.name, self._store, replication.ACCESSES, replication.ACCESS_EVENTS)

    def _replace(self, logins: Iterable[str], rows: list[dict[str, str]]) -> None:
        with asking(self.name), self._store.begin() as connection:
            # radcheck has no unique key: two pushes at once could leave two passwords.
            one_writer(connection, RADCHECK.name)
            ours = func.lower(RADCHECK.c.attribute).in_(sorted(PASSWORDS | OF_GRACE))
            for some in chunks(logins):
                connection.execute(delete(RADCHECK).where(RADCHECK.c.username.in_(some), ours))
            if rows:
                connection.execute(insert(RADCHECK), rows)

    def sessions(self, login: str) -> list[Session]:
        return freeradius_log.sessions(self.name, self._accounting, login)

    def disconnect(self, session: Session) -> Disconnected:
        return self._disconnect(session)

    def connection_log(self, login: str, limit: int) -> list[ConnectionEvent]:
        return freeradius_log.newest(self.name, self._accounting, login, limit)

    def health(self) -> list[Finding]:
        return freeradius_health.look(
            self.name,
            self._store,
            self._accounting,
            (RADCHECK, RADACCT, RADPOSTAUTH),
            self._status,
            self.takes_grace,
        )
