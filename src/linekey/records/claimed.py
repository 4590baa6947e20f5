"""One effect a worker holds: plain values, so that the hands need not know the outbox."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Claimed:
    """One effect a worker holds until its lease ends. `attempts` is the fencing token (law 2)."""

    id: int
    attempts: int
    kind: str
    plan: str
    service_id: int | None
    version_id: int | None
    person_id: int | None
    message: str
    facts: dict[str, str]
    created_at: datetime
    lease_until: datetime
    request: str = ""
    """Number of the request which made the promise."""
