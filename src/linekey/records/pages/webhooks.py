"""Which systems are told of what happens in a branch, and what became of each event. Never a secret."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from django.db.models import QuerySet

from linekey.domain import access
from linekey.domain.access import Action, Actor
from linekey.domain.errors import NotFound
from linekey.records.models import WebhookDelivery, WebhookEndpoint

ROWS = 50
MOST_ENDPOINTS = 200
"""Of a whole branch, on one page."""


@dataclass(frozen=True)
class WebhookRow:
    reference: str
    name: str
    url: str
    host: str
    types: tuple[str, ...]
    """All when empty."""
    organisation: str
    enabled: bool
    disabled_why: str
    """`domain.webhooks.Why`."""
    disabled_at: datetime | None
    failing_since: datetime | None
    made_at: datetime
    before_until: datetime | None
    """Until then the secret before the last renewal signs as well."""


@dataclass(frozen=True)
class DeliveryRow:
    reference: str
    event: str
    type: str
    state: str
    """`domain.webhooks.DeliveryState`."""
    attempts: int
    made_at: datetime
    next_at: datetime | None
    last_at: datetime | None
    last_status: int | None
    last_answer: str
    last_trouble: str


@dataclass(frozen=True)
class DeliveryPage:
    row: DeliveryRow
    body: str
    """What is sent, byte for byte."""
    request: str


def webhooks(actor: Actor, *, now: datetime) -> list[WebhookRow]:
    """Of the actor's branch, their own organisation's first. Raises NotAllowed."""
    rows = _seen(actor, now).order_by("path", "id")
    return [_row(row) for row in rows[:MOST_ENDPOINTS]]


def webhook(actor: Actor, reference: str, *, now: datetime) -> WebhookRow:
    """Raises NotFound, NotAllowed."""
    return _row(_one(actor, reference, now))


def deliveries(
    actor: Actor, reference: str, *, now: datetime, after: str = "", limit: int = ROWS
) -> tuple[list[DeliveryRow], str | None]:
    """The newest first, those behind the delivery `after`; and `after` of the next page, None at the end.

    Raises NotFound, NotAllowed.
    """
    rows = WebhookDelivery.objects.filter(endpoint=_one(actor, reference, now)).order_by("-id")
    if after:
        rows = rows.filter(id__lt=_delivery(actor, reference, after, now).pk)
    found = list(rows[: limit + 1])
    more = found[limit - 1].reference if len(found) > limit else None
    return [_delivery_row(row) for row in found[:limit]], more


def delivery(actor: Actor, reference: str, delivery: str, *, now: datetime) -> DeliveryPage:
    """Raises NotFound, NotAllowed."""
    row = _delivery(actor, reference, delivery, now)
    return DeliveryPage(_delivery_row(row), row.body, row.request)


def _seen(actor: Actor, now: datetime) -> QuerySet[WebhookEndpoint]:
    access.require(actor, Action.SEE_WEBHOOKS, owner_id=None, now=now)
    return WebhookEndpoint.objects.select_related("organisation").filter(path__startswith=actor.path)


def _one(actor: Actor, reference: str, now: datetime) -> WebhookEndpoint:
    fit = "\0" not in reference and len(reference) <= 40
    found = _seen(actor, now).filter(reference=reference).first() if fit else None
    if found is None:
        raise NotFound()
    return found


def _delivery(actor: Actor, reference: str, delivery: str, now: datetime) -> WebhookDelivery:
    fit = "\0" not in delivery and len(delivery) <= 32
    of_endpoint = WebhookDelivery.objects.filter(endpoint=_one(actor, reference, now))
    found = of_endpoint.filter(reference=delivery).first() if fit else None
    if found is None:
        raise NotFound()
    return found


def _row(row: WebhookEndpoint) -> WebhookRow:
    return WebhookRow(
        reference=row.reference,
        name=row.name,
        url=row.url,
        host=urlsplit(row.url).hostname or "",
        types=tuple(row.types),
        organisation=row.organisation.name,
        enabled=row.enabled,
        disabled_why=row.disabled_why,
        disabled_at=row.disabled_at,
        failing_since=row.failing_since,
        made_at=row.made_at,
        before_until=row.before_until,
    )


def _delivery_row(row: WebhookDelivery) -> DeliveryRow:
    return DeliveryRow(
        reference=row.reference,
        event=row.event,
        type=row.type,
        state=row.state,
        attempts=row.attempts,
        made_at=row.made_at,
        next_at=row.next_at,
        last_at=row.last_at,
        last_status=row.last_status,
        last_answer=row.last_answer,
        last_trouble=row.last_trouble,
    )
