"""Proofs that it is you: which there are, which count as a second factor, and which is offered first."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum


class Factor(StrEnum):
    """What a person registers."""

    TOTP = "totp"
    """An application which shows six digits every 30 seconds (RFC 6238)."""
    KEY = "key"
    """A WebAuthn credential: security key, or the device itself."""


class Means(StrEnum):
    """How a flow may be answered."""

    KEY = "key"
    TOTP = "totp"
    RECOVERY_CODE = "recovery_code"
    MAIL = "mail"
    SMS = "sms"


MOST_FACTORS = 10
"""Of one person. Each TOTP application makes guessing its codes easier by as much."""
LONGEST_NAME = 60
CODES = 10
"""Recovery codes of one sheet."""
FEW_CODES = 2
"""With so many left, the person is told to make new ones."""


def ways(last_used: Mapping[Factor, datetime | None], codes_left: int) -> tuple[Means, ...]:
    """The second factors to offer, the one used last first; recovery codes never stand first.

    `last_used` holds the kinds the person has. Codes alone are no second factor (they complete one).
    """
    kinds = sorted(
        last_used, key=lambda kind: (last_used[kind] is None, -_stamp(last_used[kind]), kind.value)
    )
    means = [Means(kind.value) for kind in kinds]
    if means and codes_left:
        means.append(Means.RECOVERY_CODE)
    return tuple(means)


def named(typed: str, otherwise: str) -> str:
    """A name on one line, of 1 to 60 characters that can be seen. `otherwise` when none of them can.

    Names are for their owner's eyes: what cannot be shown is left out, rather than refused.
    """
    seen = "".join(c for c in " ".join(typed.split()) if c.isprintable())
    return seen[:LONGEST_NAME].strip() or otherwise


def _stamp(at: datetime | None) -> float:
    return at.timestamp() if at else 0.0


def latest(moments: Iterable[datetime | None]) -> datetime | None:
    return max((moment for moment in moments if moment is not None), default=None)
