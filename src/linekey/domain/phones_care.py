"""When a fetch draws a new password, and what about a handset is not as it should be (SIP-6).

From plain facts alone; nobody's word about itself decides anything but what is shown.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from linekey.domain.phones import VENDORS, TokenKind

RETRY_AFTER = timedelta(minutes=5)
"""A handset which asks again so long after it was given a password it never used has lost it."""
COMES_WITHIN = timedelta(days=3)
"""How long a handset may take to fetch what it was asked to; then the page says what to do."""
STRANGE_AFTER = timedelta(minutes=15)
"""How long a password may lie unused, or another device be registered, before the page says so."""


class Why(StrEnum):
    """Why a fetch draws a new password."""

    FIRST = "first"
    ASKED = "asked"
    UNUSED = "unused"
    """It was given one which nobody ever used."""
    OTHER = "other"
    """The line has another password than the one it was given."""
    AGE = "age"


class Drift(StrEnum):
    """What is not as it was set up."""

    NEVER_CAME = "never_came"
    LATE = "late"
    """It was asked to fetch, and has not come for three days."""
    UNUSED = "unused"
    OTHER = "other"
    SETTINGS = "settings"
    """What it fetched last is not what it would be given now."""
    AGENT = "agent"
    """It says it is of another make."""
    STRANGER = "stranger"
    """Something which is not of its make is registered on the line."""


@dataclass(frozen=True)
class Facts:
    """What the desk knows of one handset, as plain values."""

    vendor: str
    given_at: datetime
    asked_at: datetime | None
    """Since when it is to fetch, and has not."""
    fetched_at: datetime | None
    drawn_version: int | None
    """Number of the version drawn for it last."""
    drawn_at: datetime | None
    newest_version: int | None
    """Number of the version in force; None before the first."""
    retired: bool
    """The line accepts no password, and none was asked for since."""
    used: bool
    """Did anybody register with the version drawn last, as far as the element tells?"""
    settings: str
    """Digest of what it fetched last."""
    settings_now: str
    agent: str
    registered: tuple[str, ...]
    """User-Agents of what is registered on the line."""


def draws(facts: Facts, token: TokenKind, renew_after: timedelta, now: datetime) -> Why | None:
    """Why this fetch draws a new password; None when the handset keeps the one it has.

    Nothing but digests are kept of a password, so a handset which only polls is given none; and one whose
    line was retired must not open it again by asking.
    """
    if facts.retired:
        return None
    if token is TokenKind.FIRST:
        return Why.FIRST
    if facts.asked_at is not None:
        return Why.ASKED
    if facts.newest_version != facts.drawn_version or facts.drawn_at is None:
        return Why.OTHER
    if not facts.used and now - facts.drawn_at >= RETRY_AFTER:
        return Why.UNUSED
    return Why.AGE if now - facts.drawn_at >= renew_after else None


def drifts(facts: Facts, now: datetime) -> tuple[Drift, ...]:
    """What to look at, the gravest first."""
    since = facts.asked_at or facts.given_at
    came = facts.fetched_at is not None
    is_it = facts.newest_version == facts.drawn_version
    drawn = facts.drawn_at is not None and now - facts.drawn_at >= STRANGE_AFTER
    found = {
        Drift.STRANGER: drawn and any(not _is_of(facts.vendor, agent) for agent in facts.registered),
        Drift.OTHER: came and facts.asked_at is None and not is_it and not facts.retired,
        Drift.UNUSED: drawn and not facts.used and is_it,
        Drift.LATE: came and facts.asked_at is not None and now - since >= COMES_WITHIN,
        Drift.NEVER_CAME: not came and now - since >= COMES_WITHIN,
        Drift.SETTINGS: came and facts.settings != facts.settings_now,
        Drift.AGENT: came and not _is_of(facts.vendor, facts.agent),
    }
    return tuple(drift for drift, is_so in found.items() if is_so)


def _is_of(vendor: str, agent: str) -> bool:
    return VENDORS[vendor].agent in agent.lower()
