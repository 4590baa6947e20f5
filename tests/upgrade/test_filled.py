"""What the proofs about upgrades and backups stand on: the filler leaves nothing out."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.test import override_settings
from django.utils import timezone

from linekey.usecases import verify_audit
from linekey.vault import keyring
from tests.upgrade.databases import empty_database
from tests.upgrade.filled import LABEL, ROWS, fill_today

ONE_WAY = {
    # Entries are chained, and checkpoints anchored, as soon as they are there.
    *("AuditEntry.chain", "AuditEntry.number", "AuditCheckpoint.anchored_at", "AuditChain.signed_at"),
    *("AuditChain.checking_since", "AuditChain.verified_at"),
}


@pytest.fixture
def newest(own_database: None, tmp_path: Path) -> Iterator[None]:
    paths = {
        "LINEKEY_KEYRING_FILE": tmp_path / "keyring.json",
        "LINEKEY_AUDIT_ANCHOR": tmp_path / "anchor.jsonl",
    }
    with override_settings(**paths), empty_database("filled_today", tmp_path):
        keyring.create(tmp_path / "keyring.json")
        call_command("migrate", verbosity=0)
        yield


def test_every_table_holds_rows_of_every_kind(newest: None) -> None:
    now = timezone.now()
    fill_today(now=now)
    for model in apps.get_app_config(LABEL).get_models():
        rows: list[Any] = list(model._default_manager.all())
        assert len(rows) >= ROWS, model.__name__
        for column in model._meta.concrete_fields:
            values = [getattr(row, column.attname) for row in rows]
            told = f"{model.__name__}.{column.name}"
            if column.null and told not in ONE_WAY:
                assert {value is None for value in values} == {True, False}, told
            if column.choices:
                assert {value for value, _ in column.flatchoices} <= set(values), told
            if column.unique:
                assert max(Counter(map(str, values)).values()) == 1 or column.null, told
    assert [finding for finding in verify_audit.verify(now=now) if not finding.is_note] == []
