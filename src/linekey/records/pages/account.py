"""One's own account: how it is reached and protected, where it is open, what happened to it. Never a hash."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from linekey.domain.access import Actor
from linekey.records import find
from linekey.records.models import AccessKey, AuditEntry, Device, Factor, OpenSession
from linekey.records.sessions import is_trusted, living

ACTIVITY_ROWS = 25
_WHEREABOUTS = frozenset({"address", "device"})


@dataclass(frozen=True)
class AccountPage:
    customer_id: str
    email: str
    email_verified: bool
    backup_email: str
    backup_verified: bool
    phone: str
    """E.164."""
    phone_verified: bool
    extension: str
    language: str
    has_pin: bool
    question: str
    """Code of `domain.questions`; empty without one."""
    question_offered: bool
    """Does the policy have security questions?"""
    factor_count: int
    codes_left: int
    """Recovery codes that still work."""
    key_count: int
    """Access keys not revoked."""
    session_count: int
    device_count: int
    """Known browsers, trusted or not."""


@dataclass(frozen=True)
class SessionRow:
    id: int
    told: str
    """What the browser says it is; somebody else's words."""
    address: str
    method: str
    """What opened it, see `OpenSession.method`."""
    opened_at: datetime
    seen_at: datetime
    is_this: bool


@dataclass(frozen=True)
class DeviceRow:
    id: int
    told: str
    address: str
    first_seen_at: datetime
    last_used_at: datetime
    trusted_until: datetime | None
    """None when no trust is in force."""


@dataclass(frozen=True)
class ActivityRow:
    id: int
    at: datetime
    action: str
    by: str
    """The organisation that acted; empty for the owner, and for whoever nobody knows."""
    service: str
    """Its reference."""
    facts: dict[str, Any]


@dataclass(frozen=True)
class ActivityPage:
    rows: list[ActivityRow]
    next: int | None
    """`before` of the next page; None at the end."""


def account(actor: Actor, now: datetime | None = None) -> AccountPage:
    """`now` is the moment at which sessions count as open, this very one when none is given."""
    person = find.person(actor.person_id)
    codes = find.live_codes(person)
    return AccountPage(
        customer_id=person.customer_id,
        email=person.email,
        email_verified=person.email_verified_at is not None,
        backup_email=person.backup_email,
        backup_verified=person.backup_verified_at is not None,
        phone=person.phone,
        phone_verified=person.phone_verified_at is not None,
        extension=person.extension,
        language=person.language,
        has_pin=bool(person.pin),
        question=person.question,
        question_offered=find.policy_of(person.organisation).security_question,
        factor_count=Factor.objects.filter(person=person).count(),
        codes_left=codes.count(),
        key_count=AccessKey.objects.filter(person=person, revoked_at=None).count(),
        session_count=_living(actor, now or timezone.now()).count(),
        device_count=Device.objects.filter(person=person, ended_at=None).count(),
    )


def sessions(actor: Actor, now: datetime) -> list[SessionRow]:
    """Where the person is signed in; this very session first, then the one seen last."""
    found = [
        SessionRow(
            id=row.pk,
            told=row.told,
            address=row.address,
            method=row.method,
            opened_at=row.opened_at,
            seen_at=row.seen_at,
            is_this=row.pk == actor.session_id,
        )
        for row in _living(actor, now).order_by("-seen_at", "-id")
    ]
    return sorted(found, key=lambda row: not row.is_this)


def _living(actor: Actor, now: datetime) -> QuerySet[OpenSession]:
    """As `actor_of_session` lets one in."""
    return living(OpenSession.objects.filter(person_id=actor.person_id), now)


def devices(actor: Actor, now: datetime) -> list[DeviceRow]:
    """Browsers the person signed in from, the one used last first."""
    rows = Device.objects.filter(person_id=actor.person_id, ended_at=None).order_by("-last_used_at", "-id")
    return [
        DeviceRow(
            id=row.pk,
            told=row.told,
            address=row.address,
            first_seen_at=row.first_seen_at,
            last_used_at=row.last_used_at,
            trusted_until=row.trusted_until if is_trusted(row, now) else None,
        )
        for row in rows
    ]


def activity(actor: Actor, before: int | None = None) -> ActivityPage:
    """What the person did and what was done to their account, newest first, older than entry `before`."""
    mine = Q(person_id=actor.person_id) | Q(actor_id=actor.person_id)
    rows = AuditEntry.objects.select_related("actor__organisation", "service").filter(mine).order_by("-id")
    if before is not None:
        rows = rows.filter(id__lt=before)
    found = [_activity_row(actor, row) for row in rows[: ACTIVITY_ROWS + 1]]
    more = len(found) > ACTIVITY_ROWS
    return ActivityPage(found[:ACTIVITY_ROWS], found[ACTIVITY_ROWS - 1].id if more else None)


def _activity_row(actor: Actor, row: AuditEntry) -> ActivityRow:
    another = row.actor if row.actor_id != actor.person_id else None
    # Which organisation acted is the owner's to know; who of theirs, and from where, is not.
    facts = {name: fact for name, fact in row.facts.items() if another is None or name not in _WHEREABOUTS}
    return ActivityRow(
        id=row.pk,
        at=row.at,
        action=row.action,
        by=another.organisation.name if another is not None else "",
        service=row.service.reference if row.service is not None else "",
        facts=facts,
    )
