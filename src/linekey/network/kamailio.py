"""Kamailio as the registrar: digests in its `subscriber` table, live state over its JSON-RPC.

Writes HA1 digests only. The `password` column of the standard table stays the empty string.
"""

import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from linekey.network import check_sync, kamailio_health, replication
from linekey.network import kamailio_grace as grace
from linekey.network.digests import refuse_what_is_no_digest
from linekey.network.jsonrpc import KamailioRpc, RpcFault
from linekey.network.ports import (
    ElementEvent,
    Finding,
    Registration,
    Rejected,
    SipAddress,
    SipEntry,
    SiteCopy,
    Unreachable,
)
from linekey.network.store import asking, put


class Kamailio:
    """`Registrar` on Kamailio's standard `subscriber` and `location` (5.4 and later).

    `store` is the database auth_db reads, `rpc_socket` the UNIX datagram socket of jsonrpcs, `sip` where
    OPTIONS is sent when somebody asks for its health (host, port; None: not asked), `location` the
    name of the usrloc table, `events` the database Kamailio itself writes to (None: the store).
    """

    def __init__(
        self,
        name: str,
        store: Engine,
        rpc_socket: Path,
        *,
        sip: tuple[str, int] | None = None,
        location: str = "location",
        events: Engine | None = None,
    ) -> None:
        self.name = name
        self._store = store
        self._rpc = KamailioRpc(name, rpc_socket)
        self._sip = sip
        self._location = location
        self._events = events or store

    def push(self, entries: Sequence[SipEntry]) -> None:
        """One transaction; the last entry counts when a line comes twice."""
        refuse_what_is_no_digest(self.name, entries)
        latest = {entry.address: entry for entry in entries}
        # Two writers taking rows in the same order cannot deadlock.
        newest = [latest[line] for line in sorted(latest, key=lambda line: (line.realm, line.username))]
        with asking(self.name), self._store.begin() as connection:
            holds_two = grace.is_there(connection, grace.PREVIOUS)
            if not holds_two and any(entry.grace for entry in newest):
                raise Rejected(f"{self.name}: accepts one password per line")
            rows = [_row(entry, holds_two) for entry in newest]
            put(connection, grace.SUBSCRIBER, ("username", "domain"), rows)
            if holds_two:
                grace.keep(connection, newest)
        self._forget_failures(latest)

    def retire(self, lines: Sequence[SipAddress]) -> None:
        with asking(self.name), self._store.begin() as connection:
            grace.forget(connection, grace.STANDARD, lines)
            if grace.is_there(connection, grace.PREVIOUS):
                grace.forget(connection, grace.PREVIOUS, lines)

    def takes_grace(self) -> bool:
        """Both sides must know of it: the configuration Kamailio runs, and the tables."""
        try:
            self._rpc("htable.get", "linekey", "grace")
        except RpcFault:
            return False
        with asking(self.name), self._store.connect() as store, self._events.connect() as events:
            return grace.is_there(store, grace.PREVIOUS) and grace.is_there(events, grace.EVENT)

    def release(self, rotations: Sequence[str]) -> None:
        with asking(self.name), self._store.begin() as connection:
            if grace.is_there(connection, grace.PREVIOUS):
                grace.end(connection, rotations)

    def events(self, after: int, limit: int) -> list[ElementEvent]:
        with asking(self.name), self._events.connect() as connection:
            return grace.told(connection, after, limit) if grace.is_there(connection, grace.EVENT) else []

    def copies(self) -> list[SiteCopy]:
        return replication.copies(self.name, self._store, replication.LINES, replication.LINE_EVENTS)

    def drop(self, line: SipAddress) -> int:
        bound = len(self.registrations(line))
        # Sent even when nothing was seen: a phone may have registered in between. Unknown is success.
        self._ask("ul.rm", line.aor)
        return bound

    def registrations(self, line: SipAddress) -> list[Registration]:
        answer = self._ask("ul.lookup", line.aor)
        return [] if answer is None else [_registration(each["Contact"]) for each in answer["Contacts"]]

    def check_sync(self, line: SipAddress) -> int:
        answer = self._ask("ul.lookup", line.aor)
        contacts = [] if answer is None else [each["Contact"] for each in answer["Contacts"]]
        asked = 0
        for contact in contacts:
            # Started, not awaited: a dead phone would keep Kamailio's only RPC worker for five seconds. One
            # whose contact cannot be sent to is as good as away.
            with suppress(RpcFault):
                self._rpc("tm.t_uac_start", *check_sync.notify(line, contact))
                asked += 1
        return asked

    def health(self) -> list[Finding]:
        return kamailio_health.look(
            self.name, self._store, self._events, self._rpc, self._sip, self.takes_grace
        )

    def _forget_failures(self, lines: Iterable[SipAddress]) -> None:
        """Tell deploy/kamailio not to hold wrong passwords of the past against the new one.

        A courtesy: another configuration has no such table, and without the answer they count for a minute.
        """
        generation = time.time_ns() // 1_000_000 % 2**31
        with suppress(RpcFault, Rejected, Unreachable), self._rpc.open() as tell:
            for line in lines:
                tell("htable.seti", "generation", line.username, generation)

    def _ask(self, method: str, aor: str) -> Any:
        """The result, or None when nothing is bound to `aor`.

        Kamailio calls that error 500: "AOR not found", or "AOR has no contacts" while it still has to
        delete the last one from its table.
        """
        try:
            return self._rpc(method, self._location, aor)
        except RpcFault as fault:
            if fault.message.startswith(("AOR not found", "AOR has no contacts")):
                return None
            raise Rejected(f"{self.name}: {method}: {fault.message}") from fault


def _row(entry: SipEntry, holds_two: bool) -> dict[str, str]:
    """A row of `subscriber`; a standard one has no rotation."""
    row = {
        "username": entry.address.username,
        "domain": entry.address.realm,
        "password": "",
        "ha1": entry.ha1.reveal(),
        "ha1b": entry.ha1b.reveal(),
    }
    return row | {"rotation": entry.grace.rotation if entry.grace else ""} if holds_two else row


def _registration(contact: dict[str, Any]) -> Registration:
    expires = contact.get("Expires")
    changed = contact.get("Last-Modified")
    return Registration(
        contact=str(contact["Address"]),
        user_agent=_told(contact.get("User-Agent")),
        received_from=_told(contact.get("Received")).removeprefix("sip:").split(";", 1)[0],
        registered_at=datetime.fromtimestamp(changed, UTC) if isinstance(changed, int) else None,
        # "permanent", "expired" or "deleted" instead of a number: nobody can say how long it lasts.
        expires_seconds=expires if isinstance(expires, int) else None,
    )


def _told(value: object) -> str:
    """Kamailio writes `[not set]` or `n/a` where it knows nothing."""
    return "" if value in (None, "[not set]", "n/a") else str(value)
