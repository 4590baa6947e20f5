"""Refused logins of thirty days, by day and by source (NEW-11)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, IntegerField, Max, Sum
from django.db.models.functions import Cast

from linekey.domain.access import Actor, Role
from linekey.domain.attention import Attention
from linekey.domain.health import BURST_LASTS
from linekey.records import find, health
from linekey.records.models import FailedDay, FailedLogin
from linekey.records.pages.attention import AttentionRow, service_row

DAYS = 30
SOURCES = 10
OWN_SERVICES = 200
"""Services of one subscriber which are looked at."""


@dataclass(frozen=True)
class DayCount:
    day: date
    count: int


@dataclass(frozen=True)
class SourceRow:
    source: str
    agent: str
    count: int
    last_at: datetime
    familiar: bool
    """The address its own device was last seen at."""


@dataclass(frozen=True)
class FailedLoginsPage:
    reference: str
    days: tuple[DayCount, ...]
    sources: tuple[SourceRow, ...]
    """Those which tried most, at most ten."""
    source_count: int
    attack: AttentionRow | None
    """What a page offers to do about it, while it is attacked."""

    @property
    def refused(self) -> int:
        return sum(day.count for day in self.days)


def failed_logins(actor: Actor, reference: str, *, now: datetime) -> FailedLoginsPage:
    """Who tried wrong passwords for one service, in thirty days. Raises NotFound."""
    service = find.service(actor, reference)
    since = health.days_before(now, DAYS)
    rows = FailedLogin.objects.filter(service=service, hour__gte=since)
    by_hour = rows.values_list("hour").annotate(tries=Sum("count"))
    by_source = rows.values("source").annotate(
        tries=Sum("count"),
        last=Max("last_at"),
        agent_of=Max("agent"),
        own=Max(Cast("familiar", IntegerField())),
    )
    recent = rows.filter(hour__gt=now - BURST_LASTS).exists()
    found = health.judged([service], now=now).get(service.pk, []) if recent else []
    return FailedLoginsPage(
        reference=service.reference,
        days=_days(now, ((hour.date(), tries) for hour, tries in by_hour.order_by())),
        sources=tuple(
            SourceRow(row["source"], row["agent_of"], row["tries"], row["last"], bool(row["own"]))
            for row in by_source.order_by("-tries", "source")[:SOURCES]
        ),
        source_count=rows.aggregate(sources=Count("source", distinct=True))["sources"],
        attack=next(
            (service_row(actor, service, one) for one in found if one.what is Attention.ATTACKED), None
        ),
    )


def refused_days(actor: Actor, *, now: datetime) -> tuple[DayCount, ...]:
    """Of everything the actor sees, today last."""
    return _own_days(actor, now) if actor.role is Role.SUBSCRIBER else _branch_days(actor, now)


def _branch_days(actor: Actor, now: datetime) -> tuple[DayCount, ...]:
    """Counted while they were heard, for each branch: thirty rows, however many were attacked."""
    branch = int(actor.path.rstrip(".").rpartition(".")[2])
    rows = FailedDay.objects.filter(organisation=branch, day__gte=health.days_before(now, DAYS).date())
    return _days(now, rows.values_list("day", "count"))


def _own_days(actor: Actor, now: datetime) -> tuple[DayCount, ...]:
    own = find.visible_services(actor).order_by("pk").values_list("pk", flat=True)[:OWN_SERVICES]
    rows = FailedLogin.objects.filter(service__in=list(own), hour__gte=health.days_before(now, DAYS))
    by_hour = rows.values_list("hour").annotate(tries=Sum("count")).order_by()
    return _days(now, ((hour.date(), tries) for hour, tries in by_hour))


def _days(now: datetime, found: Iterable[tuple[date, int]]) -> tuple[DayCount, ...]:
    first = health.days_before(now, DAYS).date()
    days = {first + timedelta(days=number): 0 for number in range(DAYS)}
    for day, count in found:
        if day in days:
            days[day] += count
    return tuple(DayCount(day, count) for day, count in days.items())
