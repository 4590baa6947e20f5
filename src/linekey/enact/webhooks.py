"""Sends what waits for one endpoint, signed, and writes down what was answered (Standard Webhooks 1.0).

Sent again after a crash it is the same event: same id, same bytes. Whether the endpoint is given up is
decided elsewhere.
"""

import logging
import random
import time
from datetime import datetime, timedelta

from django.db.models import F, Value
from django.db.models.functions import Coalesce
from standardwebhooks import Webhook

from linekey.delivery.webhook import Answered
from linekey.domain import tracing
from linekey.domain.trouble import Rejected, Unreachable
from linekey.domain.webhooks import DeliveryState, pause_after, quiet_after
from linekey.enact.outside import Again, Dead, Done, Outcome, Outside, Skipped, WebhookWire
from linekey.records.claimed import Claimed
from linekey.records.models import WebhookDelivery, WebhookEndpoint
from linekey.vault.unseal import unseal

log = logging.getLogger("linekey.webhooks")

AT_ONCE = 50
"""Events read in one go."""
AT_A_TIME = 10.0
"""Seconds after which a hand looks up again: whoever stops the worker does not wait longer."""
_GONE = 410


def send(claimed: Claimed, outside: Outside, now: datetime) -> Outcome:
    """Everything that waits for the endpoint was tried once. What failed waits for its next time."""
    if outside.webhooks is None:
        return Dead("no events are sent from here")
    number = int(claimed.facts["endpoint"])
    rows = WebhookDelivery.objects.filter(endpoint_id=number, state=DeliveryState.WAITING, next_at=None)
    waiting, sent, until = rows.order_by("id"), 0, time.monotonic() + AT_A_TIME
    for delivery in waiting[:AT_ONCE]:
        # Looked at each time: somebody may disable it, or take it away, while it is written to.
        endpoint = WebhookEndpoint.objects.filter(pk=number, enabled=True).first()
        if endpoint is None:
            rows.update(state=DeliveryState.FAILED, last_trouble="the webhook was disabled")
            return Skipped()
        if endpoint.quiet_until is not None and endpoint.quiet_until > now:
            rows.update(next_at=endpoint.quiet_until)
            return Done({"sent": sent, "quiet": True})
        if time.monotonic() > until:
            break
        sent += _attempt(endpoint, delivery, outside.webhooks, now + _since(until))
    return Again(now, "") if rows.exists() else Done({"sent": sent})


def _since(until: float) -> timedelta:
    """How long ago this hand began: each attempt has a moment of its own, which is signed."""
    return timedelta(seconds=time.monotonic() - until + AT_A_TIME)


def _attempt(endpoint: WebhookEndpoint, delivery: WebhookDelivery, wire: WebhookWire, at: datetime) -> bool:
    try:
        answered = wire.post(endpoint.url, _headers(endpoint, delivery, at), delivery.body.encode())
    except (Unreachable, Rejected) as trouble:
        _failed(endpoint, delivery, at, trouble=str(trouble))
        taken, told = False, str(trouble)
    else:
        taken, told = 200 <= answered.status < 300, str(answered.status)
        if taken:
            _taken(endpoint, delivery, at, answered)
        else:
            _failed(endpoint, delivery, at, answered=answered)
    # One hand sends what several requests made: each line bears the number of its own.
    with tracing.carried(delivery.request):
        log.info("event %s of %s to %s: %s", delivery.event, delivery.type, endpoint.reference, told)
    return taken


def _headers(endpoint: WebhookEndpoint, delivery: WebhookDelivery, at: datetime) -> dict[str, str]:
    """The attempt's own moment is signed with the event, so that nobody else can send it again later."""
    keys = [endpoint.sealed]
    if endpoint.sealed_before and endpoint.before_until is not None and endpoint.before_until > at:
        keys.append(endpoint.sealed_before)
    place = endpoint.seal_place
    signatures = [Webhook(unseal(key, place)).sign(delivery.event, at, delivery.body) for key in keys]
    return {
        "User-Agent": "Linekey-Webhooks/1",
        "webhook-id": delivery.event,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


def _taken(endpoint: WebhookEndpoint, delivery: WebhookDelivery, at: datetime, answered: Answered) -> None:
    WebhookDelivery.objects.filter(pk=delivery.pk).update(
        state=DeliveryState.DELIVERED,
        attempts=F("attempts") + 1,
        last_at=at,
        last_status=answered.status,
        last_answer=answered.excerpt,
        last_trouble="",
    )
    # Only where there is something to forget: an endpoint which works costs no write.
    failing = WebhookEndpoint.objects.filter(pk=endpoint.pk, failing_since__isnull=False)
    failing.update(failures=0, failing_since=None, quiet_until=None)


def _failed(
    endpoint: WebhookEndpoint,
    delivery: WebhookDelivery,
    at: datetime,
    *,
    answered: Answered | None = None,
    trouble: str = "",
) -> None:
    status = answered.status if answered else None
    attempts, asked = delivery.attempts + 1, answered.retry_after if answered else 0
    # Spread, so that what failed together does not come back together: no secret hangs on it.
    pause = pause_after(attempts, chance=random.random(), asked=asked)  # noqa: S311
    over = pause is None or status == _GONE
    WebhookDelivery.objects.filter(pk=delivery.pk, state=DeliveryState.WAITING).update(
        state=DeliveryState.FAILED if over else DeliveryState.WAITING,
        attempts=F("attempts") + 1,
        next_at=None if over or pause is None else at + pause,
        last_at=at,
        last_status=status,
        last_answer=answered.excerpt if answered else "",
        last_trouble=trouble[:300],
    )
    quiet = max(quiet_after(endpoint.failures + 1), timedelta(seconds=min(asked, 300)))
    WebhookEndpoint.objects.filter(pk=endpoint.pk).update(
        failures=F("failures") + 1,
        failing_since=Coalesce(F("failing_since"), Value(at)),
        quiet_until=at + quiet if quiet else None,
        gone=status == _GONE,
    )
