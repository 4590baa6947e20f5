"""What `doctor` looks at on a FreeRADIUS: answers, rights, columns, clock."""

from collections.abc import Callable, Collection

from sqlalchemy import Engine, TableClause

from linekey.network import findings
from linekey.network.freeradius_events import EVENTS
from linekey.network.ports import Check, Finding, Rejected, Unreachable


def look(
    name: str,
    store: Engine,
    accounting: Engine,
    tables: tuple[TableClause, TableClause, TableClause],
    status: Callable[[], Collection[str] | None] | None,
    takes_grace: Callable[[], bool],
) -> list[Finding]:
    """Four findings; `tables` are radcheck, radacct and radpostauth. Never raises."""
    radcheck, *accounted = tables
    try:
        grace: bool | None = takes_grace()
    except (Unreachable, Rejected):
        grace = None

    def reachable() -> str | None:
        findings.reads(name, store, radcheck)
        if status is not None and status() is None:
            return f"{name} does not answer Status-Server"
        return None

    def credentials() -> str | None:
        probe = {"username": "linekey-doctor", "attribute": "Auth-Type", "op": ":=", "value": "Reject"}
        findings.may_write(name, store, radcheck, probe)
        return None

    def schema() -> str | None:
        findings.reads(name, store, radcheck)
        findings.reads(name, accounting, *accounted, *([EVENTS] if grace else []))
        return findings.wal_is_on(name, store) or findings.wal_is_on(name, accounting)

    def clock() -> str | None:
        return findings.too_far(f"the clock of {name}'s store", findings.store_clock_gap(name, store))

    return [
        findings.attempt(
            Check.REACHABLE,
            f"{name} answers and its store is read.",
            "Start FreeRADIUS and look at its log; check its store and the secret of this client.",
            reachable,
        ),
        findings.attempt(
            Check.CREDENTIALS,
            f"{name}'s radcheck table can be written.",
            "Grant INSERT and DELETE on radcheck; for SQLite write access to the file and its folder.",
            credentials,
        ),
        findings.attempt(
            Check.SCHEMA,
            f"{name} accepts one password per login: every change refuses the old one at once."
            if grace is False
            else f"{name}'s radcheck, radacct and radpostauth have the columns Linekey uses.",
            "Create them with deploy/freeradius/schema/*.sql; for SQLite run PRAGMA journal_mode=WAL once.",
            schema,
        ),
        findings.attempt(
            Check.CLOCK,
            f"{name}'s clock agrees with ours.",
            "Start time synchronisation (chrony or systemd-timesyncd) on both machines.",
            clock,
        ),
    ]
