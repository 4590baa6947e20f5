"""A trail of its own for each test: keys, an anchor file, and hands that do what no hand of ours may."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.db import connection

from linekey.domain.trail_walk import Finding
from linekey.records import audit
from linekey.records.models import AuditEntry
from linekey.usecases import chain_audit, verify_audit
from linekey.vault import keyring
from tests.build import Cast, actor
from tests.laws.conftest import committed, in_threads

__all__ = ["committed", "in_threads"]

TABLE = "linekey_auditentry"


@pytest.fixture(autouse=True)
def anchor_file(tmp_path: Path, settings: LazySettings) -> Path:
    settings.LINEKEY_KEYRING_FILE = tmp_path / "keyring.json"
    keyring.create(settings.LINEKEY_KEYRING_FILE)
    settings.LINEKEY_AUDIT_ANCHOR = tmp_path / "anchor.jsonl"
    return tmp_path / "anchor.jsonl"


@contextmanager
def unlocked() -> Iterator[None]:
    """As whoever owns the tables can: without the triggers that keep the trail append-only."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = replica")
            yield
            cursor.execute("SET session_replication_role = origin")
            return
        cursor.execute("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [TABLE])
        made = [row[0] for row in cursor.fetchall()]
        for name in ("linekey_audit_no_update", "linekey_audit_no_delete"):
            cursor.execute(f"DROP TRIGGER {name}")
        yield
        for statement in made:
            cursor.execute(statement)


@pytest.fixture
def chained(committed: Cast) -> Iterator[Cast]:
    """Committed, and swept away afterwards: the tables are emptied by DELETE on SQLite."""
    yield committed
    with unlocked():
        AuditEntry.objects.all().delete()


def write(cast: Cast, count: int, now: datetime, action: str = "credential.reset") -> None:
    """What Bruno does to Ada's line, a second between one and the next."""
    for number in range(count):
        audit.write(
            action=action,
            now=now + timedelta(seconds=number),
            actor=actor(cast.bruno),
            service=cast.line,
            version=str(number),
        )


def trail_of(cast: Cast, count: int, now: datetime) -> list[AuditEntry]:
    """So many entries in the chain of Ada's company, chained, signed and anchored."""
    write(cast, count, now)
    chain_audit.chain_audit(now=now + timedelta(seconds=count))
    return list(AuditEntry.objects.filter(chain=cast.lumen.pk).order_by("number"))


def found(now: datetime, only: int | None = None) -> list[Finding]:
    return list(verify_audit.verify(now=now, only=only))


def codes(now: datetime, only: int | None = None) -> set[str]:
    return {finding.code for finding in found(now, only)}
