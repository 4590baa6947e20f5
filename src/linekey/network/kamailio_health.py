"""What `doctor` looks at on a Kamailio: answers, rights, columns, clock, room for phones."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine

from linekey.network import findings
from linekey.network.jsonrpc import KamailioRpc, RpcFault
from linekey.network.kamailio_grace import EVENT, PREVIOUS, STANDARD, SUBSCRIBER
from linekey.network.options import options_status
from linekey.network.ports import Check, Finding, Rejected, Unreachable

QUARTER = 900.0
"""Every time zone in use is a whole number of quarters of an hour away from UTC."""
FULL = 0.85
"""Of shared memory, which Kamailio takes at its start and never enlarges."""


def look(
    name: str,
    store: Engine,
    events: Engine,
    rpc: KamailioRpc,
    sip: tuple[str, int] | None,
    takes_grace: Callable[[], bool],
) -> list[Finding]:
    """One finding per `Check`. Never raises."""
    try:
        grace: bool | None = takes_grace()
    except (Unreachable, Rejected):
        grace = None

    def reachable() -> str | None:
        _asked(name, rpc, "core.uptime")
        findings.reads(name, store, STANDARD)
        if sip is None:
            return None
        status = options_status(*sip)
        if status is None:
            return f"{name} does not answer OPTIONS on {sip[0]}:{sip[1]}"
        return None if status < 500 else f"{name} answers OPTIONS with {status}"

    def credentials() -> str | None:
        # A table of ours refuses what is no digest: the trial row must look like a real one.
        line = {"username": "linekey-doctor", "domain": "invalid", "ha1": "0" * 32, "ha1b": "0" * 32}
        findings.may_write(name, store, STANDARD, line | {"password": ""})
        if grace:
            findings.may_write(name, store, PREVIOUS, line | {"rotation": "doctor", "not_after": 0.0})
        return None

    def schema() -> str | None:
        findings.reads(name, store, STANDARD)
        if grace:
            findings.reads(name, store, SUBSCRIBER, PREVIOUS)
            findings.reads(name, events, EVENT)
        return findings.wal_is_on(name, store) or (findings.wal_is_on(name, events) if grace else None)

    def clock() -> str | None:
        ours = datetime.now(UTC).timestamp()
        ctime = str(_asked(name, rpc, "core.uptime")["now"])
        told = datetime.strptime(ctime, "%a %b %d %H:%M:%S %Y").replace(tzinfo=UTC).timestamp()
        # Kamailio tells local time without a zone: only the rest of a quarter of an hour is comparable.
        gap = (told - ours + QUARTER / 2) % QUARTER - QUARTER / 2
        return findings.too_far(f"{name}'s clock", gap) or findings.too_far(
            f"the clock of {name}'s store", findings.store_clock_gap(name, store)
        )

    def room() -> str | None:
        memory = _asked(name, rpc, "core.shmmem")
        if memory["real_used"] < FULL * memory["total"]:
            return None
        return f"{name}'s shared memory is nearly full: then it registers no further phone."

    return [
        findings.attempt(
            Check.REACHABLE,
            f"{name} answers and its store is read.",
            "Start Kamailio and look at its log; check the RPC socket path and the store's address.",
            reachable,
        ),
        findings.attempt(
            Check.CREDENTIALS,
            f"{name}'s subscriber table can be written.",
            "Grant INSERT, UPDATE and DELETE on subscriber; SQLite: write access to file and folder.",
            credentials,
        ),
        findings.attempt(
            Check.SCHEMA,
            f"{name} accepts one password per line: every change refuses the old one at once."
            if grace is False
            else f"{name}'s subscriber table has the columns Linekey writes.",
            "Create it with deploy/kamailio/schema.*.sql; for SQLite run PRAGMA journal_mode=WAL once.",
            schema,
        ),
        findings.attempt(
            Check.CLOCK,
            f"{name}'s clock agrees with ours.",
            "Start time synchronisation (chrony or systemd-timesyncd) on both machines.",
            clock,
        ),
        findings.attempt(
            Check.ROOM,
            f"{name} has room for more phones.",
            "Start Kamailio with more shared memory: -m, or SHM_MEMORY in /etc/default/kamailio.",
            room,
        ),
    ]


def _asked(name: str, rpc: KamailioRpc, method: str) -> Any:
    """`now` of core.uptime is in ctime form, what core.shmmem tells in bytes."""
    try:
        return rpc(method)
    except RpcFault as fault:
        raise Rejected(f"{name}: {method}: {fault.message}") from fault
