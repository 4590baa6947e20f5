"""Write down what an element told by itself: a new secret was used, a wrong one tried (NEW-2, NEW-11)."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import F

from linekey.domain.health import host
from linekey.domain.hearing import ElementEvent, Heard
from linekey.domain.inert import inert
from linekey.records import audit, outbox
from linekey.records.models import CredentialVersion, ElementCursor, FailedLogin, PppAccess, Service, SipLine
from linekey.usecases import keep_health

NAME, SOURCE, AGENT = 140, 60, 120
"""Longest name, source and agent kept, in characters."""


def heard_so_far(*, element: str) -> int:
    """Number of the last event heard; 0 before the first."""
    row = ElementCursor.objects.filter(element=element).first()
    return row.number if row else 0


def hear(*, element: str, events: Sequence[ElementEvent], after: int, now: datetime) -> bool:
    """All of `events`, which came after number `after`; False when another worker heard them first."""
    if not events:
        return True
    with transaction.atomic(durable=True):
        ElementCursor.objects.get_or_create(element=element)
        if not ElementCursor.objects.filter(element=element, number=after).update(number=events[-1].number):
            return False
        for event in events:
            # `Heard.OLD`: somebody still has the old secret, which is what a grace is for.
            if event.what is Heard.USED:
                _used(event, now)
        tried = _refused(element, [event for event in events if event.what is Heard.REFUSED])
    if tried:
        keep_health.judge_services(tried, now=now)
    return True


def _used(event: ElementEvent, now: datetime) -> None:
    """The element has retired the old secret in that very moment; what waits for that is due."""
    by = {"source": inert(event.source)[:SOURCE], "agent": inert(event.agent)[:AGENT]}
    rotated = CredentialVersion.objects.filter(plan=event.rotation, grace__gt=0)
    if rotated.filter(used_at=None).update(used_at=event.at, used_by=by):
        outbox.hurry_plan(event.rotation, now=now)
        for version in rotated.select_related("service__owner"):
            audit.write(
                action="credential.used",
                now=now,
                actor=None,
                service=version.service,
                version=str(version.number),
            )


def _refused(element: str, events: Sequence[ElementEvent]) -> set[int]:
    """One row per name, source and hour, however many guesses. Names which are nobody's share one row.

    A source is its address: a scanner has a port for each guess. Returns whose services they were.
    """
    services = _services(element, {event.name for event in events})
    guesses = defaultdict[tuple[str, str, datetime], list[ElementEvent]](list)
    tried = defaultdict[int, dict[datetime, int]](lambda: defaultdict(int))
    for event in events:
        known = event.name if event.name in services else ""
        hour = event.at.replace(minute=0, second=0, microsecond=0)
        guesses[known, host(inert(event.source))[:SOURCE], hour].append(event)
    homes = _homes(services.values())
    for (name, source, hour), those in sorted(guesses.items()):
        last = max(those, key=lambda event: event.at)
        row, _ = FailedLogin.objects.get_or_create(
            element=element,
            name=name,
            source=source,
            hour=hour,
            defaults={"service_id": services.get(name), "last_at": last.at},
        )
        FailedLogin.objects.filter(pk=row.pk).update(
            count=F("count") + len(those),
            last_at=last.at,
            agent=inert(last.agent)[:AGENT],
            familiar=(services.get(name), source) in homes,
        )
        if name:
            tried[services[name]][hour] += len(those)
    keep_health.count_refused(tried)
    return set(tried)


def _homes(services: Iterable[int]) -> set[tuple[int | None, str]]:
    """Where the own device of each was last seen."""
    known = Service.objects.filter(pk__in=list(services), address__isnull=False)
    return {(key, host(str(address))) for key, address in known.values_list("pk", "address")}


def _services(element: str, names: Iterable[str]) -> dict[str, int]:
    """Identifier of the service behind each name that is one."""
    # NUL cannot be sent to PostgreSQL at all; a name that long is nobody's.
    asked = [name for name in names if "\0" not in name and len(name) <= NAME]
    users = {name.rpartition("@")[0] for name in asked}
    lines = SipLine.objects.filter(element=element, username__in=users)
    found = {f"{user}@{realm}": key for user, realm, key in lines.values_list("username", "realm", "pk")}
    logins = PppAccess.objects.filter(element=element, login__in=asked).values_list("login", "pk")
    return {name: key for name, key in (found | dict(logins)).items() if name in asked}
