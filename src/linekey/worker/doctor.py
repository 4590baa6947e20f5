"""Look at everything Linekey depends on, and say what to do about what is wrong."""

import sys
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection

from linekey.records import schema
from linekey.wiring import wire
from linekey.worker import readiness

Findings = Iterable[dict[str, Any]]


def main() -> int:
    """Exit status 0 when all is well, 1 when something wants attention."""
    well = [_tell("linekey", "desk", [*_database(), *_keyring()])]
    try:
        outside = wire()
    except OSError as trouble:
        # Without its key the access server's adapter cannot even be made.
        remedy = "Start `make run` once, or set LINEKEY_RADIUS_KEY_FILE to the key of your FreeRADIUS host."
        well.append(
            _tell("freeradius-1", "access server", [_finding("credentials", False, str(trouble), remedy)])
        )
        return 1
    for name, registrar in outside.registrars.items():
        well.append(_tell(name, "registrar", map(asdict, registrar.health())))
    for name, server in outside.access_servers.items():
        well.append(_tell(name, "access server", map(asdict, server.health())))
    well.append(_tell(f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}", "mail server", outside.mail.health()))
    if outside.sms is not None:
        well.append(_tell(settings.LINEKEY_SMS_URL, "SMS gateway", outside.sms.health()))
    return 0 if all(well) else 1


def _database() -> Findings:
    try:
        waiting = len(schema.waiting())
    except DatabaseError as trouble:
        remedy = "Check LINEKEY_DATABASE_URL, and that the database accepts connections."
        return [_finding("reachable", False, f"the database does not answer: {trouble}", remedy)]
    tables = _finding("schema", not waiting, f"{waiting} migrations wait", "Run `linekey migrate`.")
    return [_finding("reachable", True, f"the database answers ({connection.vendor})"), tables]


def _keyring() -> Findings:
    file = settings.LINEKEY_KEYRING_FILE
    if trouble := readiness.keyring_trouble():
        remedy = f"Restore {file} from its backup: without it nothing sealed can be opened."
        return [_finding("credentials", False, f"the keyring cannot be read: {trouble}", remedy)]
    private = file.stat().st_mode & 0o077 == 0
    detail = "the keyring is readable by its owner only" if private else "others may read the keyring"
    return [_finding("credentials", private, detail, f"Run `chmod 600 {file}`.")]


def _finding(check: str, good: bool, detail: str, remedy: str = "") -> dict[str, Any]:
    return {"check": check, "good": good, "detail": detail, "remedy": remedy}


def _tell(name: str, role: str, findings: Findings) -> bool:
    found = list(findings)
    well = all(finding["good"] for finding in found)
    sys.stdout.write(f"{'✓' if well else '✗'} {name} ({role})\n")
    for finding in found:
        mark = "✓" if finding["good"] else "✗"
        sys.stdout.write(f"    {mark} {finding['check']}: {finding['detail']}\n")
        if not finding["good"] and finding["remedy"]:
            sys.stdout.write(f"      → {finding['remedy']}\n")
    return well
