"""The people an actor may know of, and which of them are locked. Every read starts from the actor."""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db.models import Q, QuerySet

from linekey.domain import tally_keys
from linekey.domain.access import Actor, Role
from linekey.domain.errors import NotFound
from linekey.records.models import Device, Person, Tally

LONGEST_ID = 20
MOST_LOCKED = 5_000
"""Locked accounts which a list looks at: more at once are an attack, and nobody unlocks them by hand."""


def visible(actor: Actor) -> QuerySet[Person]:
    """As `domain.access.sees_person` says of one."""
    people = Person.objects.select_related("organisation")
    if actor.role is Role.SUBSCRIBER:
        return people.filter(pk=actor.person_id)
    return people.filter(Q(organisation__path__startswith=actor.path) | Q(pk=actor.person_id))


def member(actor: Actor, customer_id: str, *, lock: bool = False) -> Person:
    """One of them; `lock` takes the row for the transaction.

    Raises NotFound: unknown and not-yours are one answer (law 11).
    """
    # NUL and halves of characters cannot be sent to PostgreSQL at all; nobody has an ID that long.
    named = customer_id.strip().lower()
    if not named.isascii() or not named.isprintable() or len(named) > LONGEST_ID:
        raise NotFound()
    people = visible(actor).filter(customer_id=named)
    if lock:
        people = people.select_for_update(of=("self",), no_key=True)
    found = people.first()
    if found is None:
        raise NotFound()
    return found


def lock_keys(person: Person) -> tuple[str, ...]:
    """Tallies which keep this person out, from any browser."""
    devices = Device.objects.filter(person=person, ended_at=None).values_list("pk", flat=True)
    return tally_keys.locks_of(person.pk, tuple(devices))


def locks_among(people: Collection[int], *, now: datetime) -> dict[int, datetime]:
    """Until when each of these people is locked; those who are not are left out."""
    devices: dict[int, list[int]] = {person: [] for person in people}
    known = Device.objects.filter(person_id__in=people, ended_at=None)
    for person, device in known.values_list("person_id", "pk"):
        devices[person].append(device)
    keys = [key for person in people for key in tally_keys.locks_of(person, tuple(devices[person]))]
    shut = Tally.objects.filter(key__in=keys, until__gt=now).values_list("key", "until")
    return _latest((tally_keys.locked_by(key)[0], until) for key, until in shut)


def locked(*, now: datetime) -> set[int]:
    """Everybody who is locked, whoever looks after them: narrow it by what the actor sees."""
    ours = Q()
    for start in tally_keys.LOCKS:
        ours |= Q(key__startswith=start)
    shut = Tally.objects.filter(ours, until__gt=now).order_by("key").values_list("key", flat=True)
    found = [tally_keys.locked_by(key) for key in shut[:MOST_LOCKED]]
    # A browser the account no longer knows keeps nobody out.
    devices = {device for _, device in found if device is not None}
    known = set(Device.objects.filter(pk__in=devices, ended_at=None).values_list("pk", flat=True))
    return {person for person, device in found if device is None or device in known}


def _latest(found: Iterable[tuple[int, datetime | None]]) -> dict[int, datetime]:
    latest: dict[int, datetime] = {}
    for person, until in found:
        if until is not None:
            latest[person] = max(until, latest.get(person, until))
    return latest
