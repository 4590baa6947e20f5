"""Have an event sent: a test, one that went out before, or all that failed and whose time has come again."""

from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

from django.db import transaction

from linekey.domain.access import Actor
from linekey.domain.errors import NotFound, WebhookDisabled
from linekey.domain.webhooks import FAILING_LASTS, KEPT, TEST, DeliveryState, Why, written
from linekey.records import events
from linekey.records.models import WebhookDelivery, WebhookEndpoint
from linekey.usecases import manage_webhook
from linekey.usecases.tell_contacts import tell

_SWEPT = 5000
"""Old deliveries taken away in one go, about."""


def test(*, actor: Actor, reference: str, operation: str, now: datetime) -> str:
    """Reference of the delivery; of the same one when `operation` comes again.

    Raises NotFound, NotAllowed, StepUpNeeded, WebhookDisabled.
    """
    with transaction.atomic(durable=True):
        endpoint = _enabled(actor, reference, now)
        named = uuid5(NAMESPACE_URL, f"linekey:{endpoint.reference}:{actor.person_id}:{operation}").hex
        if WebhookDelivery.objects.filter(reference=named).exists():
            return named
        body = written(TEST, {"webhook": endpoint.reference, "by": actor.customer_id}, now)
        made = events.delivery(endpoint, events.new_event(), TEST, body, now)
        made.reference = named
        _hear_again(endpoint)
        events.put([made], now=now)
        manage_webhook.note("webhook.test", endpoint, actor, now)
    return named


def replay(*, actor: Actor, reference: str, delivery: str, operation: str, now: datetime) -> None:
    """The same event once more, by its own id: a receiver that has it already can tell.

    Nothing when `operation` comes again. Raises NotFound, NotAllowed, StepUpNeeded, WebhookDisabled.
    """
    with transaction.atomic(durable=True):
        endpoint = _enabled(actor, reference, now)
        fit = "\0" not in delivery and len(delivery) <= 32
        rows = WebhookDelivery.objects.filter(endpoint=endpoint, reference=delivery)
        found = rows.first() if fit else None
        if found is None:
            raise NotFound()
        operation = f"{actor.person_id}:{operation}"
        if found.replayed_by == operation:
            return
        rows.update(state=DeliveryState.WAITING, attempts=0, next_at=None, replayed_by=operation)
        _hear_again(endpoint)
        events.queue([endpoint.pk], now=now)
        manage_webhook.note("webhook.replay", endpoint, actor, now)


def send_due(*, now: datetime) -> None:
    """By the clock: what failed and has its next attempt due. Several workers may ask at once."""
    due = WebhookDelivery.objects.filter(next_at__lte=now, state=DeliveryState.WAITING)
    for number in due.order_by().values_list("endpoint_id", flat=True).distinct():
        with transaction.atomic(durable=True):
            due.filter(endpoint_id=number).update(next_at=None)
            events.queue([number], now=now)


def give_up_due(*, now: datetime) -> None:
    """By the clock: endpoints which failed for days, or said that they are gone, are disabled."""
    failing = WebhookEndpoint.objects.filter(enabled=True, failing_since__isnull=False)
    late = failing.filter(failing_since__lte=now - FAILING_LASTS) | failing.filter(gone=True)
    for number in late.values_list("pk", flat=True):
        with transaction.atomic(durable=True):
            locked = WebhookEndpoint.objects.select_for_update(of=("self",)).filter(pk=number, enabled=True)
            # None when another worker was faster.
            for endpoint in locked.select_related("organisation", "made_by__organisation"):
                _give_up(endpoint, now)


def sweep(*, now: datetime) -> None:
    old = WebhookDelivery.objects.filter(made_at__lt=now - KEPT).order_by("made_at")
    WebhookDelivery.objects.filter(pk__in=list(old.values_list("pk", flat=True)[:_SWEPT])).delete()


def _give_up(endpoint: WebhookEndpoint, now: datetime) -> None:
    manage_webhook.shut(endpoint, Why.GONE if endpoint.gone else Why.FAILING, now)
    manage_webhook.note("webhook.given_up", endpoint, None, now)
    maker = endpoint.made_by
    # Whoever left, or was disabled, is told nothing of what was theirs to know.
    if maker.is_active and maker.organisation.path == endpoint.path:
        tell(
            maker,
            "webhook_disabled",
            {"label": endpoint.name, "host": manage_webhook.host(endpoint)},
            now=now,
        )


def _hear_again(endpoint: WebhookEndpoint) -> None:
    """Somebody asks for it now: the pause after failures is over."""
    WebhookEndpoint.objects.filter(pk=endpoint.pk).update(quiet_until=None)


def _enabled(actor: Actor, reference: str, now: datetime) -> WebhookEndpoint:
    endpoint = manage_webhook.opened(actor, reference, now)
    if not endpoint.enabled:
        raise WebhookDisabled()
    return endpoint
