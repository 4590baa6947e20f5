"""Open sessions and known browsers of a person."""

from datetime import datetime, timedelta

from django.db.models import QuerySet

from linekey.domain.flows import Visitor
from linekey.domain.networks import network_of
from linekey.records.models import Device, OpenSession, Person
from linekey.records.prepared import Change, Question, insert, moment, number, text

TRUST_LASTS = timedelta(days=90)
LONGEST_DEVICE, LONGEST_ADDRESS = 200, 45
"""What a visitor says is cut to its column: a door which lets more through must not fail."""
IDLE_ENDS = timedelta(hours=1)
"""A session nobody uses is over after that (OWASP ASVS 5.0, 7.3.1; NIST SP 800-63B-4 2.2.3)."""
LASTS = timedelta(hours=12)
"""And every session after that, used or not (7.3.2): a working day."""
SEEN_EVERY = timedelta(minutes=5)
"""A session says where it is no more often than that: one write, not one per page."""


def known_device(person: Person | None, browser: str) -> Device | None:
    """The row of this browser for this person; the same query when there is nobody."""
    return _KNOWN.first(person=person.pk if person else 0, digest=browser)


def is_trusted(device: Device | None, now: datetime) -> bool:
    return device is not None and device.trusted_until is not None and now < device.trusted_until


def knows_network(person: Person, address: str) -> bool:
    return _FROM_NETWORK.first(person=person.pk, network=network_of(address)) is not None


def open_session(
    person: Person,
    visitor: Visitor,
    browser: str,
    *,
    method: str,
    trust: bool,
    now: datetime,
    known: Device | None = None,
) -> OpenSession:
    """Write the sign-in down, and the browser it came from: `known`, where that was read already."""
    told = {"told": visitor.device[:LONGEST_DEVICE], "address": visitor.address[:LONGEST_ADDRESS]}
    opened = OpenSession(
        person=person,
        device=_device(person, browser, told, known, trust=trust, now=now),
        **told,
        network=network_of(visitor.address),
        method=method,
        opened_at=now,
        seen_at=now,
        confirmed_at=now,
    )
    insert([opened])
    return opened


def _device(
    person: Person, browser: str, told: dict[str, str], known: Device | None, *, trust: bool, now: datetime
) -> Device:
    known = known or known_device(person, browser)
    # One that ended since it was read is not used again.
    if known is not None and not trust and _USED(device=known.pk, **told, now=now):
        return known
    trusted = {"trusted_until": now + TRUST_LASTS} if trust else {}
    device, _ = Device.objects.update_or_create(
        person=person,
        digest=browser,
        ended_at=None,
        defaults={**told, "last_used_at": now, **trusted},
        create_defaults={**told, "last_used_at": now, **trusted, "first_seen_at": now},
    )
    return device


def note_sign_in(person: Person, *, now: datetime) -> None:
    _SIGNED_IN(person=person.pk, now=now)


_KNOWN = Question(
    lambda: Device.objects.filter(person_id=number("person"), digest=text("digest"), ended_at=None)
)
_FROM_NETWORK = Question(
    lambda: OpenSession.objects.filter(person_id=number("person"), network=text("network")).only("pk")[:1]
)
_USED = Change(
    lambda: Device.objects.filter(pk=number("device"), ended_at=None),
    told=text("told"),
    address=text("address"),
    last_used_at=moment("now"),
)
_SIGNED_IN = Change(lambda: Person.objects.filter(pk=number("person")), last_login=moment("now"))


def living(rows: QuerySet[OpenSession], now: datetime) -> QuerySet[OpenSession]:
    """Those still open: what was left alone or grew old is over, though nobody ended it."""
    return rows.filter(ended_at=None, seen_at__gt=now - IDLE_ENDS, opened_at__gt=now - LASTS)


def confirm(session_id: int, *, now: datetime) -> None:
    OpenSession.objects.filter(pk=session_id).update(confirmed_at=now)


def end(session_id: int, *, now: datetime) -> None:
    OpenSession.objects.filter(pk=session_id, ended_at=None).update(ended_at=now)


def end_others(person: Person, *, keep: int | None, now: datetime) -> None:
    """Every other session and every other known browser of a person ends, and every trust (TEAM-3).

    `keep` is the session that asked, None when all of them go. Its browser stays known, not trusted.
    """
    kept = OpenSession.objects.filter(pk=keep or 0, person=person).first()
    device = kept.device_id if kept else None
    OpenSession.objects.filter(person=person, ended_at=None).exclude(pk=keep or 0).update(ended_at=now)
    Device.objects.filter(person=person, ended_at=None).exclude(pk=device or 0).update(ended_at=now)
    Device.objects.filter(pk=device or 0).update(trusted_until=None)
