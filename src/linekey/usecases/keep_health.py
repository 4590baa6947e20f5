"""Keep the marks of what needs attention (NEW-11): at once for what just happened, by the clock for all.

The clock goes round: each turn judges the next few services and people anew, so that what nobody noticed is
noticed within one round, and a mark never outlives its reason for longer. Pages judge again what they show.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from uuid import uuid4

from django.db import transaction
from django.db.models import F

from linekey.domain.attention import Attention
from linekey.domain.effects import OPEN_STATES, Effect, EffectKind
from linekey.domain.health import Facts, Found, judge, wants_look
from linekey.domain.tree import lineage
from linekey.records import health, many, outbox
from linekey.records.models import FailedDay, HealthMark, HealthWalk, OutboxEffect, Person, Service

AT_ONCE = 2000
"""Services, and people, of one turn: a million is gone round in three quarters of an hour."""
LOOKS_AT_ONCE = 25
"""Services which the elements are asked about in one turn."""
SERVICES, PEOPLE = "services", "people"


def keep(*, now: datetime, at_once: int = AT_ONCE) -> None:
    """One turn. Several workers share the round: each batch is judged by one of them."""
    judge_services(next_of_round(SERVICES, reached(SERVICES), at_once), now=now)
    judge_people(next_of_round(PEOPLE, reached(PEOPLE), at_once), now=now)


def reached(name: str) -> int:
    """The last key judged in this round; 0 at its beginning."""
    return HealthWalk.objects.get_or_create(name=name)[0].reached


def next_of_round(name: str, after: int, at_once: int) -> list[int]:
    """The next keys, and the beginning comes again behind the last; none when another worker took them."""
    rows = Service.objects if name == SERVICES else Person.objects
    ahead = rows.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)
    keys = list(ahead[:at_once])
    now_at = keys[-1] if len(keys) == at_once else 0
    moved = HealthWalk.objects.filter(name=name, reached=after).update(reached=now_at)
    return keys if moved else []


def judge_services(keys: Collection[int], *, now: datetime) -> None:
    """Mark what needs attention of these services, and nothing else; have asked about whom nobody knows."""
    services = list(health.needed(Service.objects.filter(pk__in=keys)))
    known = health.facts_of(services, now=now)
    found = {key: judge(facts, now) for key, facts in known.items()}
    old = HealthMark.objects.filter(service_id__in=keys).values_list("pk", "service_id", "what", *_ABOVE)
    with transaction.atomic():
        _write("service_id", {service.pk: service.path for service in services}, found, old)
        _look(known, now)


def judge_people(keys: Collection[int], *, now: datetime) -> None:
    """Whoever acts for others with a password alone."""
    people = Person.objects.filter(pk__in=keys).exclude(role=Person.Role.SUBSCRIBER)
    found = {
        person.pk: [Found(Attention.NO_SECOND_FACTOR, person.created_at)]
        for person in health.without_second_factor(people)
    }
    paths = dict(people.values_list("pk", "organisation__path"))
    old = HealthMark.objects.filter(person_id__in=keys).values_list("pk", "person_id", "what", *_ABOVE)
    with transaction.atomic():
        _write("person_id", paths, found, old)


def judge_marked(service_id: int, *, now: datetime) -> None:
    """Something about it changed: is what was wrong still wrong? One query where nothing was."""
    judge_all_marked([service_id], now=now)


def judge_all_marked(service_ids: Collection[int], *, now: datetime) -> None:
    """`judge_marked` for many."""
    marked = HealthMark.objects.filter(many.among("service_id", service_ids))
    if keys := set(marked.values_list("service_id", flat=True)):
        judge_services(keys, now=now)


def count_refused(tries: Mapping[int, Mapping[datetime, int]]) -> None:
    """Refused logins by service and hour, added to the days of every branch above. In a transaction."""
    paths = dict(Service.objects.filter(pk__in=tries).values_list("pk", "path"))
    days = defaultdict[tuple[date, int], int](int)
    for service, path in paths.items():
        for hour, count in tries[service].items():
            for organisation in lineage(path):
                days[hour.date(), organisation] += count
    whose = {organisation for _, organisation in days}
    rows = [FailedDay(organisation_id=organisation, day=day) for day, organisation in sorted(days)]
    FailedDay.objects.bulk_create(rows, ignore_conflicts=True)
    # Two elements may be heard at once: both lock the rows they share in one order.
    shared = FailedDay.objects.filter(day__in={row.day for row in rows}, organisation__in=whose)
    list(shared.order_by("day", "organisation_id").select_for_update().values_list("pk"))
    # Branches with as many in common are one statement, however many lines are tried.
    alike = defaultdict[tuple[date, int], list[int]](list)
    for (day, organisation), count in sorted(days.items()):
        alike[day, count].append(organisation)
    for (day, count), organisations in alike.items():
        those = FailedDay.objects.filter(day=day, organisation__in=organisations)
        those.update(count=F("count") + count)


_ABOVE = ("above1", "above2", "above3")
_Place = tuple[int | None, str, int, int | None, int | None]
"""Whose mark, of what, and the branches above."""


def _write(
    column: str,
    paths: Mapping[int, str],
    found: Mapping[int, Collection[Found]],
    old: Iterable[tuple[int, int | None, str, int, int | None, int | None]],
) -> None:
    """Marks as they were found; those which stay keep their moment."""
    wanted: dict[_Place, HealthMark] = {}
    for key, those in found.items():
        above = health.above(paths[key])
        for one in those:
            mark = HealthMark(what=one.what, since=one.since, **{column: key}, **above)
            wanted[key, one.what.value, mark.above1, mark.above2, mark.above3] = mark
    kept: dict[_Place, int] = {row[1:]: row[0] for row in old}
    HealthMark.objects.filter(pk__in=[pk for place, pk in kept.items() if place not in wanted]).delete()
    # Another worker may have marked the same service in this very moment.
    HealthMark.objects.bulk_create(
        [mark for place, mark in wanted.items() if place not in kept], ignore_conflicts=True
    )


def _look(known: Mapping[int, Facts], now: datetime) -> None:
    wanted = [key for key, facts in known.items() if wants_look(facts, now)]
    if not wanted:
        return
    looks = OutboxEffect.objects.filter(kind=EffectKind.OBSERVE, state__in=OPEN_STATES)
    under_way = set(looks.values_list("service_id", flat=True))
    room = max(LOOKS_AT_ONCE - len(under_way), 0)
    for service in Service.objects.filter(pk__in=[key for key in wanted if key not in under_way][:room]):
        outbox.put([Effect(EffectKind.OBSERVE, ordered=False)], plan=uuid4().hex, now=now, service=service)
