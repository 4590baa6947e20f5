"""The factors of whoever looks, and what is left of their recovery codes. Never a code, never a key."""

from dataclasses import dataclass
from datetime import datetime

from linekey.domain.access import Actor
from linekey.domain.factors import Factor as Kind
from linekey.records.models import Factor, RecoveryCode


@dataclass(frozen=True)
class FactorRow:
    uid: str
    kind: Kind
    name: str
    passkey: bool
    """It signs in by itself."""
    created_at: datetime
    last_used_at: datetime | None


@dataclass(frozen=True)
class CodesState:
    left: int
    """Codes that still open something."""
    made_at: datetime | None
    """When the sheet in force was made; None when there is none."""
    unproven: bool
    """A newer sheet waits for one of its codes to be typed."""


def factors(actor: Actor) -> list[FactorRow]:
    """The one used last first."""
    rows = [
        FactorRow(row.uid, Kind(row.kind), row.name, row.passkey, row.created_at, row.last_used_at)
        for row in Factor.objects.filter(person_id=actor.person_id)
    ]
    return sorted(rows, key=lambda row: row.last_used_at or row.created_at, reverse=True)


def codes(actor: Actor) -> CodesState:
    mine = list(RecoveryCode.objects.filter(person_id=actor.person_id))
    proven = [row for row in mine if row.proven_at is not None]
    return CodesState(
        left=sum(row.used_at is None for row in proven),
        made_at=proven[0].made_at if proven else None,
        unproven=len(proven) < len(mine),
    )
