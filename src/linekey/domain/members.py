"""What may be done for the member of an organisation: why an account is shut, how a password is replaced."""

from datetime import datetime, timedelta
from enum import StrEnum

from linekey.domain.access import LOOKS_AFTER, MAY, STAFF, Action, Actor, Door, Role
from linekey.domain.policy import MemberReset


class DisabledFor(StrEnum):
    """Why an account is disabled (TEAM-8)."""

    ADMINISTRATOR = "administrator"
    PAYMENT = "payment"
    EMAIL_CONFLICT = "email_conflict"
    VALIDATION = "validation"


def reason_of(word: str) -> DisabledFor:
    """Of a disabled account; one whose reason nobody wrote down was disabled by an administrator."""
    return DisabledFor(word) if word else DisabledFor.ADMINISTRATOR


PROVIDERS = frozenset({Role.RESELLER, *STAFF})
"""Those who serve a company from outside it."""

TEMPORARY_LASTS = timedelta(hours=24)
"""A password that somebody else drew or typed opens nothing after that (OWASP ASVS 5.0, 6.4.1)."""
TEMPORARY_LENGTH = 16


def reasons_for(actor: Actor) -> tuple[DisabledFor, ...]:
    """Why `actor` may shut an account, and which shut accounts they may open again.

    What is owed to the provider is not for a colleague to forgive.
    """
    return tuple(DisabledFor) if actor.role in PROVIDERS else (DisabledFor.ADMINISTRATOR,)


def resets_for(actor: Actor, policy: MemberReset) -> tuple[MemberReset, ...]:
    """How `actor` may replace a member's password, the safest first.

    A link always; what else the policy has. A support agent never sets a password, and no program types one:
    it cannot prove whose hand it is.
    """
    if policy is MemberReset.LINK or actor.role is Role.SUPPORT_AGENT:
        return (MemberReset.LINK,)
    if policy is MemberReset.TYPED and actor.door is not Door.PORTAL:
        return (MemberReset.LINK,)
    return (MemberReset.LINK, policy)


def may_act_on(actor: Actor, action: Action, *, person_id: int, role: Role) -> bool:
    """As `access.require_over` will say, the recent proof aside: what a page asks before it draws."""
    return actor.role in MAY[action] and person_id != actor.person_id and role in LOOKS_AFTER[actor.role]


def reads_address(actor: Actor, *, person_id: int, role: Role) -> bool:
    """May the whole e-mail address be shown? Staff on the phone ask for it, and are not told it."""
    if person_id == actor.person_id:
        return True
    return actor.role is not Role.SUPPORT_AGENT and role in LOOKS_AFTER[actor.role]


def has_expired(expires_at: datetime | None, now: datetime) -> bool:
    """Of a password: None is for good."""
    return expires_at is not None and expires_at <= now
