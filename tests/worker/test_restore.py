"""A backup restored is what was backed up, row by row, on either engine; and it brings nothing about."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from shutil import copy

import psycopg
import pyrage
import pytest
from django.conf import LazySettings
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from linekey.records import search
from linekey.records.models import AuditEntry, OpenSession, OutboxEffect, Person, Service
from linekey.records.search_words import Filters
from linekey.vault import keyring
from linekey.worker import backup, restore
from linekey.worker.children import die_with_parent
from tests.build import actor
from tests.upgrade.databases import empty_database
from tests.upgrade.filled import fill_today
from tests.upgrade.photograph import Photograph, photograph
from tests.upgrade.releases import LINE, PLAN, install, live_in
from tests.worker.made_backup import spoil
from tests.worker.processes import ROOT, database_url

SERVER = "import sys; from linekey.config.entry import main; sys.exit(main())"


@pytest.fixture
def apart(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path: Path, settings: LazySettings
) -> Iterator[Path]:
    """A machine of its own: its keys, and databases the other tests know nothing of."""
    settings.LINEKEY_KEYRING_FILE = tmp_path / "keyring.json"
    settings.LINEKEY_AUDIT_ANCHOR = tmp_path / "anchor.jsonl"
    settings.LINEKEY_RADIUS_KEY_FILE = tmp_path / "radius.key"
    settings.LINEKEY_ELEMENTS = "memory"
    keyring.create(settings.LINEKEY_KEYRING_FILE)
    with django_db_blocker.unblock():
        yield tmp_path


@pytest.fixture
def identity(tmp_path: Path) -> tuple[str, str]:
    """A public key, and the file of its private one."""
    key, file = pyrage.x25519.Identity.generate(), tmp_path / "identity.txt"
    file.write_text(f"# created: today\n{key}\n")
    return str(key.to_public()), str(file)


def linekey(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """A command of the server on a small machine, whose database is SQLite."""
    return subprocess.run(
        [sys.executable, "-W", "ignore", "-c", SERVER, *words],
        env={name: value for name, value in os.environ.items() if not name.startswith("LINEKEY_")}
        | {"LINEKEY_HOME": str(home), "LINEKEY_ELEMENTS": "memory", "PYTHONPATH": str(ROOT / "src")},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=die_with_parent,
    )


@contextmanager
def somebody_connected() -> Iterator[None]:
    """A worker that was not stopped."""
    if connection.vendor == "postgresql":
        with closing(psycopg.connect(database_url())):
            yield
        return
    with closing(sqlite3.connect(connection.settings_dict["NAME"])) as other:
        other.execute("PRAGMA journal_mode = WAL")
        other.execute("SELECT * FROM sqlite_master").fetchall()
        yield


def found(text: str) -> list[str]:
    """References of what the search finds for a person who sees everything."""
    olivia = Person.objects.get(customer_id="op99999-lk")
    keys = search.found(actor(olivia), Filters(text=text), limit=10)
    return sorted(Service.objects.filter(pk__in=keys).values_list("reference", flat=True))


def test_rows_of_every_kind_come_back_on_either_engine(
    apart: Path, identity: tuple[str, str], settings: LazySettings
) -> None:
    """From this engine to SQLite, on another machine, and from there to this engine again."""
    there, back, home = apart / "there.age", apart / "back.age", apart / "small"
    to, words = ("--recipient", identity[0], "--with-keys"), ("--identity", identity[1], "--go-on")
    with empty_database("original", apart):
        call_command("migrate", verbosity=0)
        fill_today(now=timezone.now())
        before = photograph()
        assert backup.main([str(there), *to]) == 0
    home.mkdir()
    copy(settings.LINEKEY_AUDIT_ANCHOR, home / "audit-anchor.jsonl")
    done = linekey(home, "restore", str(there), *words)
    assert "as many as were backed up" in done.stdout, done.stderr
    assert "The audit trail is as it was sealed." in done.stdout, done.stdout
    # The keys came along; the ring that machine had made itself, with a key of the same name, stays beside.
    assert (home / "keyring.json").read_bytes() == settings.LINEKEY_KEYRING_FILE.read_bytes()
    assert len(list(home.glob("keyring.json.before-*"))) == 1
    assert linekey(home, "backup", str(back), *to).returncode == 0
    with empty_database("again", apart):
        if connection.vendor == "postgresql":
            assert restore.main([str(back), *words]) in (0, 1)
        else:
            copy(home / "linekey.db", connection.settings_dict["NAME"])
        assert rows(photograph()) == rows(before)


def rows(seen: Photograph) -> Photograph:
    """Without what is meant to differ: nobody is signed in, and the age of the backup."""
    for row in seen.rows["linekey_opensession"].values():
        del row["ended_at"]
    totals = seen.rows["linekey_metrictotal"]
    kept = {key: row for key, row in totals.items() if not row["name"].startswith("linekey_backup_")}
    seen.rows["linekey_metrictotal"] = kept
    return Photograph(seen.rows, {})


def test_a_backup_of_an_older_release_is_brought_forward_and_brings_nothing_about(
    apart: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = apart / "old.jsonl.gz"
    with empty_database("old", apart):
        live_in(install("0005_audit_append_only"))
        assert backup.main([str(file), "--in-clear"]) == 0
        promised = OutboxEffect.objects.filter(plan=PLAN).values_list("kind", flat=True)
        assert set(promised.filter(state="waiting")) == {"push", "drop", "notify", "watch"}
    with empty_database("new", apart):
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE linekey_previous (ha1 text)")  # An element's, in the same database.
        with somebody_connected():
            assert restore.main([str(file)]) == 2
            assert "stop the pages and the workers" in capsys.readouterr().err
        assert restore.main([str(file)]) in (0, 1)
        told = capsys.readouterr().out
        assert "1 changes wait for a person" in told and "✓ schema: 0 migrations wait" in told
        steps = OutboxEffect.objects.filter(plan=PLAN).order_by("step")
        assert [step.state for step in steps] == ["dead", "blocked", "blocked", "blocked"]
        assert "restored from the backup of" in steps[0].last_trouble
        assert not OpenSession.objects.filter(ended_at=None).exists()
        assert found(LINE) == [LINE]
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            AuditEntry.objects.exclude(chain=None).update(action="nothing")

        # What the database does not take changes nothing, even where everything was to be replaced.
        before = photograph()
        spoiled = apart / "spoiled.jsonl.gz"
        spoil(file, spoiled, table="linekey_service", column="organisation_id", value=4711)
        assert restore.main([str(spoiled), "--replace"]) == 5
        assert "the database did not take it" in capsys.readouterr().err
        assert photograph() == before
        assert "linekey_previous" in connection.introspection.table_names()
