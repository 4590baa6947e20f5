"""`linekey rotate-keys`: a fresh sealing key, and every sealed row moved under it while all runs (NEW-3).

The audit trail gets a fresh signing key too; the public half of the old one stays, for what it signed.

The key used before stays in the ring, for what a running transaction may still have sealed by it; the next
rotation drops it once nothing needs it. Back the keyring up after each rotation.
"""

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Model

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
from linekey.vault import signing
from linekey.vault.keyring import renew
from linekey.vault.reseal import key_of, reseal

CHUNK = 500


@dataclass(frozen=True)
class Column:
    """One column which holds sealed values, and what each value is bound to."""

    model: type[Model]
    name: str
    place: Callable[[Any], str]


SEALED = (
    Column(CredentialVersion, "sealed", lambda version: version.seal_place),
    Column(OvhApplication, "sealed_secret", lambda application: secret_place(application.key)),
    Column(OvhCredential, "sealed_key", lambda credential: key_place(credential.key_digest)),
    Column(Factor, "sealed", lambda factor: factor.seal_place),
    Column(Flow, "sealed", lambda flow: flow.seal_place),
    Column(CaseDocument, "sealed", lambda document: document.seal_place),
    Column(CampaignSecret, "sealed", lambda secret: secret.seal_place),
    Column(WebhookEndpoint, "sealed", lambda endpoint: endpoint.seal_place),
    Column(WebhookEndpoint, "sealed_before", lambda endpoint: endpoint.seal_place),
)
"""Every sealed column; a test compares it with the tables."""


def main() -> int:
    used = {key_of(getattr(row, column.name)) for column in SEALED for row in _rows(column)}
    used.add(signing.sealed_by())
    name = renew(settings.LINEKEY_KEYRING_FILE, unused=lambda key: key not in used)
    moved = sum(_move(column) for column in SEALED)
    sys.stdout.write(f"Key {name} seals from now on; {moved} values were moved under it.\n")
    sys.stdout.write(f"Key {signing.renew()} signs the audit trail from now on.\n")
    sys.stdout.write(f"Back up {settings.LINEKEY_KEYRING_FILE}, and audit-keys.json beside it, now: ")
    sys.stdout.write("apart from the database.\n")
    return 0


def _move(column: Column) -> int:
    moved = 0
    for row in _rows(column):
        old = getattr(row, column.name)
        new = reseal(old, column.place(row))
        if new is not None:
            # Only if nobody changed it meanwhile: what they wrote is under the new key already.
            rows = column.model._default_manager.filter(pk=row.pk, **{column.name: bytes(old)})
            moved += rows.update(**{column.name: new})
    return moved


def _rows(column: Column) -> Iterator[Any]:
    """Every row which holds a value, a chunk at a time: memory does not grow with the table."""
    after = 0
    filled = column.model._default_manager.exclude(**{column.name: b""}).order_by("pk")
    while rows := list(filled.filter(pk__gt=after)[:CHUNK]):
        yield from rows
        after = rows[-1].pk
