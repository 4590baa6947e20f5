"""The chains of the audit trail grow: entries that wait are given their place, ends are signed and anchored.

Entries are written without a lock, in the transaction of their act; whoever chains holds one for all.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import F, Q

from linekey.domain.trail import Entry, chain_of, sealed
from linekey.records.models import AuditChain, AuditCheckpoint, AuditEntry, Organisation

SIGN_EVERY = timedelta(minutes=1)
SIGN_AFTER = 1000
"""Entries after which a busy chain is signed sooner."""
MOST_SIGNED = 1000
_LOCK = 0x4C4B_4155_4449_54  # "LKAUDIT"
COLUMNS = (
    "id",
    "chain",
    "number",
    "at",
    "actor_id",
    "door",
    "action",
    "service_id",
    "person_id",
    "path",
    "facts",
    "digest",
)
"""Of a row, in the order of `domain.trail.Entry`."""


def seal_waiting(limit: int) -> int:
    """Give up to `limit` waiting entries their place; how many it were. 0 too while somebody else does."""
    with transaction.atomic():
        if not _alone():
            return 0
        waiting = list(AuditEntry.objects.filter(chain=None).order_by("id").values_list(*COLUMNS)[:limit])
        if not waiting:
            return 0
        operator = Organisation.objects.filter(parent=None).values_list("pk", flat=True).first() or 0
        named = [(row, chain_of(row[9], operator)) for row in waiting]
        heads = heads_of({chain: row[9] or f"{chain}." for row, chain in named})
        places = []
        for row, chain in named:
            head = heads[chain]
            entry = Entry(row[0], chain, head.number + 1, *row[3:11])
            head.number, head.digest = entry.number, sealed(entry, head.digest)
            places.append((chain, head.number, head.digest, entry.id))
        _give(places)
        AuditChain.objects.bulk_create(
            heads.values(),
            update_conflicts=True,
            unique_fields=["chain"],
            update_fields=["path", "number", "digest"],
        )
        return len(places)


def _give(places: list[tuple[int, int, str, int]]) -> None:
    """Chain, number and digest to each entry, by its id."""
    table = AuditEntry._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor != "postgresql":
            words = "SET chain = %s, number = %s, digest = %s WHERE id = %s AND chain IS NULL"
            cursor.executemany(f"UPDATE {table} {words}", places)
            return
        words = "SET chain = given.chain, number = given.number, digest = given.digest"
        given = "unnest(%s::bigint[], %s::bigint[], %s::text[], %s::bigint[])"
        named = f"{given} AS given (chain, number, digest, id)"
        meant = f"{table}.id = given.id AND {table}.chain IS NULL"
        columns = [list(column) for column in zip(*places, strict=True)]
        cursor.execute(f"UPDATE {table} {words} FROM {named} WHERE {meant}", columns)


def _alone() -> bool:
    """On SQLite the transaction itself is the only one that writes."""
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        return bool(cursor.fetchone()[0])


def heads_of(paths: dict[int, str]) -> dict[int, AuditChain]:
    """Where each chain ends; by its entries where nothing is kept of it, as a lost row must stop no chain."""
    heads = {head.chain: head for head in AuditChain.objects.filter(chain__in=list(paths))}
    for chain in paths.keys() - heads.keys():
        rows = AuditEntry.objects.filter(chain=chain).order_by("-number").values_list("number", "digest")
        number, digest = rows.first() or (0, "")
        heads[chain] = AuditChain(chain=chain, number=number or 0, digest=digest)
    for chain, path in paths.items():
        heads[chain].path = path
    return heads


def sign_due(sign: Callable[[AuditChain], tuple[str, str]], now: datetime) -> int:
    """A checkpoint for each chain that grew, a minute after its last; `sign` gives key and signature."""
    with transaction.atomic():
        if not _alone():
            return 0
        late = Q(signed_at=None) | Q(signed_at__lte=now - SIGN_EVERY)
        many = Q(number__gte=F("signed_number") + SIGN_AFTER)
        grown = AuditChain.objects.filter(number__gt=F("signed_number")).filter(late | many)
        due = list(grown.order_by("chain")[:MOST_SIGNED])
        made = []
        for head in due:
            head.signed_number, head.signed_at = head.number, now
            key, signature = sign(head)
            made.append(
                AuditCheckpoint(
                    chain=head.chain,
                    number=head.number,
                    digest=head.digest,
                    at=now,
                    key_id=key,
                    signature=signature,
                )
            )
        AuditCheckpoint.objects.bulk_create(made, ignore_conflicts=True)
        AuditChain.objects.bulk_update(due, ["signed_number", "signed_at"])
    return len(due)


def to_anchor(limit: int) -> list[AuditCheckpoint]:
    return list(AuditCheckpoint.objects.filter(anchored_at=None).order_by("id")[:limit])


def anchored(checkpoints: Iterable[AuditCheckpoint], now: datetime) -> None:
    AuditCheckpoint.objects.filter(pk__in=[each.pk for each in checkpoints]).update(anchored_at=now)
