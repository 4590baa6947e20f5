"""`/webhooks`: which systems are told of what happens in the key's branch, and what became of each event."""

import json
from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router

from linekey.api import webhooks_shapes as shapes
from linekey.api.callers import actor_of
from linekey.api.describing import NOT_FOUND, missing, needs
from linekey.api.once import Once
from linekey.api.problems import BODY_TOO_LARGE, Fault
from linekey.domain import errors
from linekey.domain.access import Action
from linekey.domain.errors import Refusal
from linekey.records import pages
from linekey.usecases import manage_webhook, send_webhook
from linekey.usecases.manage_webhook import NewSecret

NOT_ALLOWED = errors.NotAllowed()
SHOWN = errors.WebhookSecretShown()
DISABLED = errors.WebhookDisabled()
router = Router(tags=["Webhooks"])


def _reads(*found: Refusal | Fault) -> dict[str, Any]:
    return needs(Action.SEE_WEBHOOKS, NOT_ALLOWED, *found)


def _sets(*found: Refusal | Fault) -> dict[str, Any]:
    return needs(Action.SET_WEBHOOKS, NOT_ALLOWED, *found)


@router.get("/webhooks", response=shapes.Webhooks, summary="List the webhooks", **_reads())
def list_webhooks(request: HttpRequest) -> shapes.Webhooks:
    rows = pages.webhooks(actor_of(request), now=timezone.now())
    return shapes.Webhooks(webhooks=[shapes.Webhook(**asdict(row)) for row in rows])


@router.post(
    "/webhooks",
    response={201: shapes.WebhookSecret},
    summary="Add a webhook",
    **_sets(missing("url"), errors.TooManyThings(), SHOWN, BODY_TOO_LARGE),
)
def add_webhook(request: HttpRequest, once: Once, body: shapes.NewWebhook) -> shapes.WebhookSecret:
    """Of the key's own organisation and everything below it. The secret is shown in this answer alone."""
    made = manage_webhook.add(
        actor=actor_of(request),
        name=body.name,
        url=body.url,
        types=body.types,
        operation=f"api:{once}",
        clear=bool(settings.LINEKEY_WEBHOOK_NETWORKS),
        now=timezone.now(),
    )
    return _shown(made)


@router.get("/webhooks/{webhook}", response=shapes.Webhook, summary="Look at a webhook", **_reads(NOT_FOUND))
def read_webhook(request: HttpRequest, webhook: str) -> shapes.Webhook:
    return shapes.Webhook(**asdict(pages.webhook(actor_of(request), webhook, now=timezone.now())))


@router.delete("/webhooks/{webhook}", response=shapes.Removed, summary="Remove a webhook", **_sets(NOT_FOUND))
def remove_webhook(request: HttpRequest, webhook: str) -> shapes.Removed:
    """With its secret and the list of its events."""
    manage_webhook.remove(actor=actor_of(request), reference=webhook, now=timezone.now())
    return shapes.Removed(reference=webhook)


@router.put(
    "/webhooks/{webhook}/enabled",
    response=shapes.Webhook,
    summary="Enable a webhook",
    **_sets(NOT_FOUND),
)
def enable_webhook(request: HttpRequest, webhook: str) -> shapes.Webhook:
    manage_webhook.enable(actor=actor_of(request), reference=webhook, now=timezone.now())
    return read_webhook(request, webhook)


@router.delete(
    "/webhooks/{webhook}/enabled",
    response=shapes.Webhook,
    summary="Disable a webhook",
    **_sets(NOT_FOUND),
)
def disable_webhook(request: HttpRequest, webhook: str) -> shapes.Webhook:
    manage_webhook.disable(actor=actor_of(request), reference=webhook, now=timezone.now())
    return read_webhook(request, webhook)


@router.post(
    "/webhooks/{webhook}/secret",
    response={201: shapes.WebhookSecret},
    summary="Renew the secret",
    **_sets(NOT_FOUND, missing("Idempotency-Key"), SHOWN, BODY_TOO_LARGE),
)
def renew_secret(request: HttpRequest, webhook: str, once: Once) -> shapes.WebhookSecret:
    """The one before signs as well for 24 hours."""
    made = manage_webhook.renew(
        actor=actor_of(request), reference=webhook, operation=f"api:{once}", now=timezone.now()
    )
    return _shown(made)


@router.post(
    "/webhooks/{webhook}/test",
    response={202: shapes.Sent},
    summary="Send a test",
    **_sets(NOT_FOUND, missing("Idempotency-Key"), DISABLED, BODY_TOO_LARGE),
)
def send_test(request: HttpRequest, webhook: str, once: Once) -> shapes.Sent:
    sent = send_webhook.test(
        actor=actor_of(request), reference=webhook, operation=f"api:{once}", now=timezone.now()
    )
    return shapes.Sent(delivery=sent)


@router.get(
    "/webhooks/{webhook}/deliveries",
    response=shapes.Deliveries,
    summary="List what was sent",
    **_reads(NOT_FOUND),
)
def list_deliveries(
    request: HttpRequest, webhook: str, search: Query[shapes.DeliverySearch]
) -> shapes.Deliveries:
    """Of the last 30 days, the newest first, 50 at a time."""
    rows, older = pages.deliveries(actor_of(request), webhook, now=timezone.now(), after=search.after)
    return shapes.Deliveries(deliveries=[shapes.Delivery.model_validate(row) for row in rows], next=older)


@router.get(
    "/webhooks/{webhook}/deliveries/{delivery}",
    response=shapes.DeliveryDetail,
    summary="Look at one event",
    **_reads(NOT_FOUND),
)
def read_delivery(request: HttpRequest, webhook: str, delivery: str) -> shapes.DeliveryDetail:
    found = pages.delivery(actor_of(request), webhook, delivery, now=timezone.now())
    return shapes.DeliveryDetail(**asdict(found.row), body=json.loads(found.body))


@router.post(
    "/webhooks/{webhook}/deliveries/{delivery}/replay",
    response={202: shapes.Sent},
    summary="Send an event once more",
    **_sets(NOT_FOUND, missing("Idempotency-Key"), DISABLED, BODY_TOO_LARGE),
)
def replay_delivery(request: HttpRequest, webhook: str, delivery: str, once: Once) -> shapes.Sent:
    """It keeps its `webhook-id`."""
    send_webhook.replay(
        actor=actor_of(request),
        reference=webhook,
        delivery=delivery,
        operation=f"api:{once}",
        now=timezone.now(),
    )
    return shapes.Sent(delivery=delivery)


def _shown(made: NewSecret) -> shapes.WebhookSecret:
    return shapes.WebhookSecret(reference=made.reference, secret=made.secret.reveal())
