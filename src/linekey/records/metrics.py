"""Counts what the desk did, once, whoever asks; and reads how things stand. Bounded at any size.

Counters grow from slices of time which are over: each slice is counted by one process, in one transaction
with the totals, so that they never go back and every process tells the same.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import (
    Case,
    CharField,
    Count,
    DurationField,
    ExpressionWrapper,
    F,
    Min,
    Q,
    Sum,
    Value,
    When,
)

from linekey.domain import metrics
from linekey.domain.effects import OPEN_STATES, StepState
from linekey.domain.metrics import BUCKETS, Metric
from linekey.records import copies
from linekey.records.models import (
    AuditCheckpoint,
    AuditEntry,
    Campaign,
    ElementHealth,
    MetricCursor,
    MetricTotal,
    OutboxEffect,
    WebhookDelivery,
    WebhookEndpoint,
)

MOST = 100_000
"""Effects that are looked at for a depth: beyond, it says so many."""
_SUM, _MORE = "sum", "+Inf"
"""Labels of a histogram's rows, beside its buckets."""

Counted = Counter[tuple[str, str]]
"""By name and labels."""


@dataclass(frozen=True)
class Sample:
    metric: Metric
    labels: tuple[str, ...]
    value: float


def count(*, now: datetime) -> None:
    """Everything up to half a minute ago that nobody has counted yet."""
    end = now - metrics.COUNTED_AFTER
    cursor = MetricCursor.objects.order_by("pk").first() or MetricCursor.objects.create(pk=1, until=end)
    since = max(cursor.until, end - metrics.LEFT_BEHIND)
    if since > cursor.until:
        MetricCursor.objects.filter(until=cursor.until).update(until=since)
    while since < end:
        until = min(since + metrics.SLICE, end)
        with transaction.atomic():
            if not MetricCursor.objects.filter(until=since).update(until=until):
                return  # Somebody else is at it.
            _add(_slice(since, until))
        since = until


def _slice(since: datetime, until: datetime) -> Counted:
    return Counter(dict(_acts(since, until))) + _effects(since, until) + _attempts(since, until)


def _acts(since: datetime, until: datetime) -> Iterator[tuple[tuple[str, str], int]]:
    rows = AuditEntry.objects.filter(at__gte=since, at__lt=until)
    mode = Case(
        When(action="credential.send", facts__version="", then=Value("link")),
        When(Q(facts__grace_hours="0") | Q(facts__grace_hours__isnull=True), then=Value("immediate")),
        default=Value("grace"),
        output_field=CharField(),
    )
    changes = rows.filter(action__in=[f"credential.{verb}" for verb in ("change", "reset", "send", "retire")])
    for row in changes.values("action", "service__kind", mode=mode).annotate(n=Count("pk")).order_by():
        verb = row["action"].partition(".")[2]
        yield (metrics.CHANGES.name, f"{verb} {row['service__kind']} {row['mode']}"), row["n"]
    entries = rows.filter(action__in=metrics.SIGN_IN_RESULTS)
    for row in entries.values("action").annotate(n=Count("pk")).order_by():
        yield (metrics.SIGN_INS.name, metrics.SIGN_IN_RESULTS[row["action"]]), row["n"]


def _effects(since: datetime, until: datetime) -> Counted:
    found: Counted = Counter()
    lag = ExpressionWrapper(F("settled_at") - F("created_at"), output_field=DurationField())
    under = {
        f"under_{place}": Count("pk", filter=Q(settled_at__lte=F("created_at") + timedelta(seconds=bucket)))
        for place, bucket in enumerate(BUCKETS)
    }
    rows = OutboxEffect.objects.filter(settled_at__gte=since, settled_at__lt=until).values("kind", "state")
    for row in rows.annotate(n=Count("pk"), lag=Sum(lag), **under).order_by():
        kind = row["kind"]
        found[metrics.EFFECTS.name, f"{kind} {row['state']}"] += row["n"]
        if row["state"] != StepState.DONE or kind in metrics.WAIT_ON_PURPOSE:
            continue
        for place, bucket in enumerate(BUCKETS):
            found[metrics.LAG.name, f"{kind} {bucket}"] += row[f"under_{place}"]
        found[metrics.LAG.name, f"{kind} {_MORE}"] += row["n"]
        found[metrics.LAG.name, f"{kind} {_SUM}"] += row["lag"].total_seconds()
    return found


def _attempts(since: datetime, until: datetime) -> Counted:
    rows = WebhookDelivery.objects.filter(last_at__gte=since, last_at__lt=until).values("state")
    return Counter(
        {
            (metrics.ATTEMPTS.name, "again" if row["state"] == "waiting" else row["state"]): row["n"]
            for row in rows.annotate(n=Count("pk")).order_by()
        }
    )


def _add(found: Counted) -> None:
    for (name, labels), value in found.items():
        if not MetricTotal.objects.filter(name=name, labels=labels).update(value=F("value") + value):
            MetricTotal.objects.create(name=name, labels=labels, value=value)


def totals() -> dict[str, dict[str, float]]:
    """By metric and labels; the rows of a histogram end in a bucket's edge, `+Inf` or `sum`."""
    found: dict[str, dict[str, float]] = {}
    for name, labels, value in MetricTotal.objects.order_by("name", "pk").values_list(
        "name", "labels", "value"
    ):
        found.setdefault(name, {})[labels] = value
    return found


def standing(crews: dict[str, frozenset[str]], *, now: datetime) -> Iterator[Sample]:
    """How things are now. `crews`: which hands wait for which kinds of effects."""
    yield from _outbox(crews, now)
    for state in (StepState.DEAD, StepState.BLOCKED):
        yield Sample(metrics.STOPPED, (state,), OutboxEffect.objects.filter(state=state).count())
    for row in ElementHealth.objects.order_by("name"):
        yield Sample(metrics.UP, (row.name, row.role), int(row.good))
        yield Sample(metrics.LOOKED, (row.name, row.role), (now - row.seen_at).total_seconds())
    for copy in copies.all_known():
        labels = (copy.element, copy.site)
        yield Sample(metrics.CONNECTED, labels, int(copy.known.connected))
        yield Sample(metrics.BEHIND, labels, (copy.known.behind or copy.lag or timedelta()).total_seconds())
        yield Sample(metrics.TO_FETCH, labels, copy.missing)
        if copy.known.heard is not None:
            yield Sample(metrics.HEARD, labels, int(copy.known.heard))
    yield from _webhooks()
    for state, n in Campaign.objects.values_list("state").annotate(n=Count("pk")).order_by("state"):
        yield Sample(metrics.CAMPAIGNS, (state,), n)
    left = Campaign.objects.filter(ended_at=None)
    sums = left.aggregate(**{name: Sum(name, default=0) for name in ("waiting", "done", "failed", "skipped")})
    for name, value in sums.items():
        yield Sample(metrics.TO_ROTATE, (name,), value)
    cursor = MetricCursor.objects.order_by("pk").first()
    yield Sample(metrics.COUNTED, (), cursor.until.timestamp() if cursor else 0)
    last = MetricTotal.objects.filter(name=metrics.BACKED_UP.name).first()
    yield Sample(metrics.BACKED_UP, (), last.value if last else 0)
    yield from _unsealed(now)


def _outbox(crews: dict[str, frozenset[str]], now: datetime) -> Iterator[Sample]:
    due = OutboxEffect.objects.filter(state__in=OPEN_STATES, not_before__lte=now).order_by("id")[:MOST]
    rows = OutboxEffect.objects.filter(pk__in=due.values("pk")).values_list("kind")
    found = list(rows.annotate(n=Count("pk"), since=Min("not_before")).order_by())
    for crew, kinds in crews.items():
        theirs = [(n, since) for kind, n, since in found if kind in kinds]
        oldest = min((since for _, since in theirs), default=now)
        yield Sample(metrics.OUTBOX, (crew,), sum(n for n, _ in theirs))
        yield Sample(metrics.OLDEST, (crew,), (now - oldest).total_seconds())


def _unsealed(now: datetime) -> Iterator[Sample]:
    """By an index on what waits, which is next to nothing."""
    waiting = {
        "chain": AuditEntry.objects.filter(chain=None),
        "anchor": AuditCheckpoint.objects.filter(anchored_at=None),
    }
    for seal, rows in waiting.items():
        oldest = rows.order_by("id").values_list("at", flat=True).first()
        yield Sample(metrics.UNSEALED, (seal,), (now - oldest).total_seconds() if oldest else 0)


def _webhooks() -> Iterator[Sample]:
    found = WebhookEndpoint.objects.aggregate(
        active=Count("pk", filter=Q(enabled=True, failing_since=None)),
        failing=Count("pk", filter=Q(enabled=True, failing_since__isnull=False)),
        disabled=Count("pk", filter=Q(enabled=False)),
    )
    for state, n in found.items():
        yield Sample(metrics.ENDPOINTS, (state,), n)
