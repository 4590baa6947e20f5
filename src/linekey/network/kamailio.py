"""Kamailio as the registrar: digests in its `subscriber` table, live state over its JSON-RPC.

Writes HA1 digests only. The `password` column of the standard table stays the empty string.
"""

import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, column, delete, table, tuple_

from linekey.network import kamailio_health
from linekey.network.digests import refuse_what_is_no_digest
from linekey.network.jsonrpc import KamailioRpc, RpcFault
from linekey.network.ports import Finding, Registration, Rejected, SipAddress, SipEntry, Unreachable
from linekey.network.store import CHUNK, asking, put

# Columns of Kamailio 5.6's standard table which Linekey owns; others keep their defaults.
SUBSCRIBER = table(
    "subscriber", column("username"), column("domain"), column("password"), column("ha1"), column("ha1b")
)


class Kamailio:
    """`Registrar` on Kamailio's standard `subscriber` and `location` (5.4 and later).

    `store` is the database auth_db reads, `rpc_socket` the UNIX datagram socket of jsonrpcs, `sip` where
    OPTIONS is sent when somebody asks for its health (host, port; None: not asked), `location` the
    name of the usrloc table.
    """

    def __init__(
        self,
        name: str,
        store: Engine,
        rpc_socket: Path,
        *,
        sip: tuple[str, int] | None = None,
        location: str = "location",
    ) -> None:
        self.name = name
        self._store = store
        self._rpc = KamailioRpc(name, rpc_socket)
        self._sip = sip
        self._location = location

    def push(self, entries: Sequence[SipEntry]) -> None:
        """One transaction; the last entry counts when a line comes twice."""
        refuse_what_is_no_digest(self.name, entries)
        newest = {entry.address: entry for entry in entries}
        rows = [
            {
                "username": address.username,
                "domain": address.realm,
                "password": "",
                "ha1": newest[address].ha1.reveal(),
                "ha1b": newest[address].ha1b.reveal(),
            }
            # Two writers taking rows in the same order cannot deadlock.
            for address in sorted(newest, key=lambda line: (line.realm, line.username))
        ]
        with asking(self.name), self._store.begin() as connection:
            put(connection, SUBSCRIBER, ("username", "domain"), rows)
        self._forget_failures(newest)

    def retire(self, lines: Sequence[SipAddress]) -> None:
        pairs = sorted({(line.username, line.realm) for line in lines})
        with asking(self.name), self._store.begin() as connection:
            for start in range(0, len(pairs), CHUNK):
                line = tuple_(SUBSCRIBER.c.username, SUBSCRIBER.c.domain)
                connection.execute(delete(SUBSCRIBER).where(line.in_(pairs[start : start + CHUNK])))

    def drop(self, line: SipAddress) -> int:
        bound = len(self.registrations(line))
        # Sent even when nothing was seen: a phone may have registered in between. Unknown is success.
        self._ask("ul.rm", line.aor)
        return bound

    def registrations(self, line: SipAddress) -> list[Registration]:
        answer = self._ask("ul.lookup", line.aor)
        return [] if answer is None else [_registration(each["Contact"]) for each in answer["Contacts"]]

    def health(self) -> list[Finding]:
        return kamailio_health.look(self.name, self._store, SUBSCRIBER, self._rpc, self._sip)

    def _forget_failures(self, lines: Iterable[SipAddress]) -> None:
        """Tell deploy/kamailio not to hold wrong passwords of the past against the new one.

        A courtesy: another configuration has no such table, and without the answer they count for a minute.
        """
        generation = time.time_ns() // 1_000_000 % 2**31
        with suppress(RpcFault, Rejected, Unreachable):
            for line in lines:
                self._rpc("htable.seti", "generation", line.username, generation)

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
