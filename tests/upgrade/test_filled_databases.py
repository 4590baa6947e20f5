"""A database of any earlier release, rows of every kind in it, is brought to this one and lives on."""

from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from linekey.domain.secret import Secret
from linekey.records import schema, search
from linekey.records.models import AuditEntry, CredentialVersion, OutboxEffect, Person, SearchEntry, Service
from linekey.records.search_words import Filters
from linekey.usecases import chain_audit, rotate_credential, sign_in, verify_audit
from linekey.usecases.sign_in import SignedIn
from tests.build import PORTAL_PASSWORD, actor, visitor
from tests.hands import Hands, states, work
from tests.upgrade.conftest import Upgraded
from tests.upgrade.filled import LABEL, MADE_APART
from tests.upgrade.releases import ACCESS, ADA, LEFT_BESIDE, LINE, OLD, PLAN, PROMISED, RELEASES

SINCE = {
    # Accounts of the first release could be used at once, and their addresses were written to.
    "linekey_person.activated_at": "created_at",
    "linekey_person.email_verified_at": "created_at",
    "linekey_person.phone_verified_at": "created_at",
}
"""Columns which were given the value of another instead of their default."""
KEPT_APART = frozenset({"linekey_searchentry"})
"""Written anew by whoever migrates: what it says is looked at below."""

NEWEST = Secret("Noyer-9035-rouge")


def test_no_row_is_lost_and_no_value_changed(upgraded: Upgraded) -> None:
    filled = {table for table, rows in upgraded.before.rows.items() if len(rows) < 3}
    assert filled <= {f"{LABEL}_{name.lower()}" for name in MADE_APART}, "each table had rows to lose"
    for table, rows in upgraded.before.rows.items():
        if table in KEPT_APART:
            continue
        after = upgraded.after.rows[table]
        assert after.keys() == rows.keys(), table
        for key, row in rows.items():
            kept = {column: after[key][column] for column in row}
            assert kept == row, (table, key)


def test_what_came_since_has_the_value_that_means_nothing_happened(upgraded: Upgraded) -> None:
    """A version from before has no grace, an effect from before is no one of thousands."""
    looked_at = 0
    for model in apps.get_app_config(LABEL).get_models():
        table = model._meta.db_table
        for row in upgraded.before.rows.get(table, {}).values():
            looked_at += _newer_columns_are_empty(model, row, row[model._meta.pk.column])
    assert looked_at or upgraded.release == RELEASES[-1]


def _newer_columns_are_empty(model: Any, before: dict[str, Any], key: Any) -> int:
    newer = [field for field in model._meta.concrete_fields if field.column not in before]
    row = model.objects.get(pk=key)
    for field in newer:
        source = SINCE.get(f"{model._meta.db_table}.{field.column}")
        if source is None:
            expected = None if field.null else field.get_default()
        elif field.name == "phone_verified_at" and not row.phone:
            expected = None
        else:
            expected = getattr(row, source)
        assert getattr(row, field.attname) == expected, (model.__name__, field.name)
    return len(newer)


def test_every_key_and_constraint_holds(upgraded: Upgraded) -> None:
    connection.check_constraints()
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT conname FROM pg_constraint WHERE NOT convalidated")
        assert cursor.fetchall() == []
        cursor.execute("SELECT indexrelid::regclass FROM pg_index WHERE NOT indisvalid")
        assert cursor.fetchall() == []


def test_no_table_is_written_anew_on_postgresql(upgraded: Upgraded) -> None:
    """That would hold off readers and writers for as long as the table is large; SQLite has no other way."""
    moved = {table for table, file in upgraded.before.files.items() if upgraded.after.files[table] != file}
    assert moved <= KEPT_APART


def test_every_service_is_found(upgraded: Upgraded) -> None:
    services = list(Service.objects.all())
    assert search.kept(SearchEntry.objects.all()) == search.entries_of(Service.objects.all())
    olivia = actor(Person.objects.get(customer_id="op99999-lk"))
    for service in services:
        named = Filters(reference=service.reference[:12])
        assert service.pk in search.found(olivia, named, limit=100), service.reference
    assert len(search.found(olivia, Filters(state="active"), limit=100)) == sum(
        service.state == "active" for service in services
    )


def test_a_promise_made_before_is_kept_after(upgraded: Upgraded, hands: Hands) -> None:
    work(hands)
    line = Service.objects.get(reference=LINE)
    # No device is there to come back: that one goes on looking.
    assert states(PLAN) == {"push": "done", "drop": "done", "notify": "done", "watch": "waiting"}
    assert hands.registers(line, PROMISED.reveal())
    assert not hands.registers(line, OLD.reveal()), "nobody had asked for two passwords at once"
    assert CredentialVersion.objects.get(service=line, number=2).state == "live"
    assert not OutboxEffect.objects.filter(state__in=["waiting", "claimed"]).exclude(kind="watch").exists()


def test_somebody_from_before_signs_in_and_gets_new_passwords(upgraded: Upgraded, hands: Hands) -> None:
    now = timezone.now()
    entered = sign_in.enter(identifier=ADA, password=PORTAL_PASSWORD, visitor=visitor(), now=now)
    assert isinstance(entered, SignedIn)
    ada = actor(Person.objects.get(customer_id=ADA), now)
    changed = rotate_credential.change(actor=ada, reference=LINE, new=NEWEST, operation="since", now=now)
    assert changed.version == 3
    sent = rotate_credential.send(actor=ada, reference=ACCESS, operation="since", now=now)
    work(hands)
    assert hands.registers(Service.objects.get(reference=LINE), NEWEST.reveal())
    assert set(states(sent.plan).values()) <= {"done"}


def test_the_trail_from_before_verifies_and_stays_append_only(upgraded: Upgraded) -> None:
    now = timezone.now()
    chain_audit.chain_audit(now=now)
    assert not AuditEntry.objects.filter(chain=None).exists()
    assert [finding for finding in verify_audit.verify(now=now) if not finding.is_note] == []
    for change in (lambda: AuditEntry.objects.update(door="api"), lambda: AuditEntry.objects.all().delete()):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()


def test_no_process_of_today_starts_before_and_which_releases_are_left_without_a_stop(
    upgraded: Upgraded,
) -> None:
    assert "older than this program" in upgraded.refusal and "linekey migrate --before" in upgraded.refusal
    if upgraded.release in LEFT_BESIDE:
        assert upgraded.refused == ""
    else:
        assert "cannot run while Linekey serves" in upgraded.refused
    assert schema.refusal() == ""


def test_models_and_migrations_say_the_same(upgraded: Upgraded) -> None:
    call_command("makemigrations", LABEL, check=True, dry_run=True, verbosity=0)
