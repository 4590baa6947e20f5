"""`linekey rotate-keys`: a fresh sealing key, and every sealed row moved under it while all runs (NEW-3).

The audit trail gets a fresh signing key too; the public half of the old one stays, for what it signed.

The key used before stays in the ring, for what a running transaction may still have sealed by it; a rotation
minutes later drops it once nothing needs it. Back the keyring up after each rotation.
"""

import argparse
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidTag
from django.conf import settings
from django.db import connection, transaction
from django.db.models import BinaryField, F, Func, Model, QuerySet

from linekey.records.models import (
    CampaignSecret,
    CaseDocument,
    CredentialVersion,
    Factor,
    Flow,
    OvhApplication,
    OvhCredential,
    WebhookEndpoint,
)
from linekey.usecases.authorise_application import key_place
from linekey.usecases.create_application import secret_place
from linekey.vault import keyring, signing
from linekey.vault.reseal import reseal
from linekey.worker.import_report import progress

LONGEST_TRANSACTION = 120.0
"""Seconds. One that began before the last rotation may still be sealing by the key of that time."""
PASSES = 10
"""What others hold locked during all of them is left for `--finish`."""


@dataclass(frozen=True)
class Column:
    """One column which holds sealed values, and what each value is bound to."""

    model: type[Model]
    name: str
    place: Callable[[Any], str]
    at_once: int = 200
    """In one transaction. On SQLite, whoever changes a password waits for it: some hundredths of a second."""


SEALED = (
    Column(CredentialVersion, "sealed", lambda version: version.seal_place),
    Column(OvhApplication, "sealed_secret", lambda application: secret_place(application.key)),
    Column(OvhCredential, "sealed_key", lambda credential: key_place(credential.key_digest)),
    Column(Factor, "sealed", lambda factor: factor.seal_place),
    Column(Flow, "sealed", lambda flow: flow.seal_place),
    Column(CaseDocument, "sealed", lambda document: document.seal_place, at_once=4),
    Column(CampaignSecret, "sealed", lambda secret: secret.seal_place),
    Column(WebhookEndpoint, "sealed", lambda endpoint: endpoint.seal_place),
    Column(WebhookEndpoint, "sealed_before", lambda endpoint: endpoint.seal_place),
)
"""Every sealed column; a test compares it with the tables."""


def main(words: Sequence[str] = ()) -> int:
    """Exit status 0 when everything is under the current key, 1 when something is not."""
    asked = _parser().parse_args([*words])
    path = settings.LINEKEY_KEYRING_FILE
    if asked.prepare:
        sys.stdout.write(
            f"Key {keyring.prepare(path)} lies ready and seals nothing yet. Copy {path} to every "
        )
        sys.stdout.write("machine, then run `linekey rotate-keys` on one.\n")
        return 0
    if not asked.finish:
        settled = time.time() - path.stat().st_mtime > LONGEST_TRANSACTION
        keyring.renew(path, unused=lambda key: settled and key != signing.sealed_by() and not _seals(key))
    name = keyring.ring().current
    moved, left = move_all()
    sys.stdout.write(f"Key {name} seals from now on; {moved} values were moved under it.\n")
    if signing.sealed_by() != name:
        sys.stdout.write(f"Key {signing.renew()} signs the audit trail from now on.\n")
    sys.stdout.write(f"Back up {path}, and audit-keys.json beside it, now: apart from the database.\n")
    if left:
        sys.stdout.write(
            f"{left} values are under another key still: run `linekey rotate-keys --finish`; those "
        )
        sys.stdout.write("which stay were sealed by a key this ring has not, or were altered.\n")
    return 1 if left else 0


def move_all(columns: Iterable[Column] = SEALED) -> tuple[int, int]:
    """How many values were moved under the current key, and how many are under another one still."""
    columns, current = list(columns), keyring.ring().current
    total = sum(_elsewhere(column, current).count() for column in columns)
    with progress(total, shown=True, doing="Sealing") as went_on:
        moved = 0
        for _ in range(PASSES):
            before = moved
            moved += sum(_pass(column, current, went_on) for column in columns)
            if moved == before:
                break
    return moved, sum(_elsewhere(column, current).count() for column in columns)


def _pass(column: Column, current: str, went_on: Callable[[int], None]) -> int:
    """From the first row to the last, some at a time: neither memory nor any lock grows with the table."""
    moved, after = 0, 0
    while True:
        with transaction.atomic():
            rows = _elsewhere(column, current).filter(pk__gt=after).order_by("pk")
            # What somebody else holds is left to the next pass: nobody waits for us who waits for them.
            held = list(rows.select_for_update(of=("self",), no_key=True, skip_locked=True)[: column.at_once])
            if not held:
                return moved
            after = held[-1].pk
            changed = [(new, row.pk) for row in held if (new := _moved(row, column)) is not None]
            _write(column, changed)
        moved += len(changed)
        went_on(len(changed))


def _moved(row: Any, column: Column) -> bytes | None:
    try:
        return reseal(getattr(row, column.name), column.place(row))
    except (KeyError, InvalidTag):
        return None


def _write(column: Column, changed: list[tuple[bytes, int]]) -> None:
    name, key = (connection.ops.quote_name(each) for each in (column.name, column.model._meta.pk.column))
    table = connection.ops.quote_name(column.model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.executemany(f"UPDATE {table} SET {name} = %s WHERE {key} = %s", changed)  # noqa: S608 (our own)


def _elsewhere(column: Column, key: str) -> QuerySet[Any]:
    """Rows which hold a value of another key than this one: told by how it begins, in the database itself."""
    return _begun(column, key).exclude(**{column.name: b""}).exclude(begins=_mark(key))


def _seals(key: str) -> bool:
    return any(_begun(column, key).filter(begins=_mark(key)).exists() for column in SEALED)


def _begun(column: Column, key: str) -> QuerySet[Any]:
    begins = Func(F(column.name), 1, len(_mark(key)), function="substr", output_field=BinaryField())
    rows: QuerySet[Any] = column.model._default_manager.annotate(begins=begins)
    return rows


def _mark(key: str) -> bytes:
    return key.encode() + b"\0"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="linekey rotate-keys", description=__doc__)
    either = parser.add_mutually_exclusive_group()
    either.add_argument(
        "--prepare", action="store_true", help="only add a key, to be copied to every machine first"
    )
    either.add_argument(
        "--finish", action="store_true", help="no new key: move what is still under an older one"
    )
    return parser
