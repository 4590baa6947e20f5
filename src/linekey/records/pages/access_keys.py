"""Access keys of the signed-in person, without their secrets."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import F

from linekey.domain.access import Actor, Scope
from linekey.records import keys
from linekey.records.models import AccessKey

MOST_ROWS = 100
"""Keys that ended stay as history, and a program could make many of them."""


@dataclass(frozen=True)
class AccessKeyRow:
    key_id: str
    name: str
    scopes: tuple[Scope, ...]
    networks: tuple[str, ...]
    """CIDR ranges; none means everywhere."""
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    last_used_from: str
    revoked_at: datetime | None
    live: bool
    """Neither revoked nor expired."""


def access_keys(actor: Actor, now: datetime) -> list[AccessKeyRow]:
    """What was not revoked first, and of that the newest."""
    mine = AccessKey.objects.filter(person_id=actor.person_id)
    rows = mine.order_by(F("revoked_at").desc(nulls_first=True), "-id")
    return [_row(row, now) for row in rows[:MOST_ROWS]]


def _row(row: AccessKey, now: datetime) -> AccessKeyRow:
    return AccessKeyRow(
        key_id=row.key_id,
        name=row.name,
        scopes=tuple(scope for scope in Scope if scope in keys.scopes_of(row)),
        networks=tuple(row.networks),
        created_at=row.created_at,
        expires_at=row.expires_at,
        last_used_at=row.last_used_at,
        last_used_from=row.last_used_from,
        revoked_at=row.revoked_at,
        live=keys.is_live(row, now),
    )
