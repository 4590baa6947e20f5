"""Say which systems are told of what happens in one's branch: add, renew, disable, remove (NEW-10).

Nothing here sends anything: it writes down what the worker sends.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit
from uuid import uuid4

from django.db import transaction

from linekey.domain import access, destinations, webhooks
from linekey.domain.access import Action, Actor
from linekey.domain.errors import NotFound, TooManyThings, WebhookSecretShown
from linekey.domain.secret import Secret
from linekey.domain.webhooks import Why
from linekey.records import audit
from linekey.records.models import Organisation, WebhookDelivery, WebhookEndpoint
from linekey.vault.webhooks import new_secret


@dataclass(frozen=True)
class NewSecret:
    reference: str
    secret: Secret
    """Told this once: afterwards it only signs."""


def add(
    *,
    actor: Actor,
    name: str,
    url: str,
    types: Collection[str],
    operation: str,
    clear: bool,
    now: datetime,
) -> NewSecret:
    """Tell `url` of the events `types`, all when empty, in the branch of the actor's organisation.

    `clear`: http is taken too. Raises NotAllowed, StepUpNeeded, TooManyThings, Malformed which names the
    field; WebhookSecretShown when `operation` comes a second time.
    """
    access.require(actor, Action.SET_WEBHOOKS, owner_id=None, now=now)
    name, types = webhooks.require_name(name), webhooks.require_types(types)
    url = destinations.require_url(url, longest=webhooks.LONGEST_URL, clear=clear)
    operation = f"{actor.person_id}:{operation}"
    with transaction.atomic(durable=True):
        home = Organisation.objects.select_for_update(no_key=True).get(path=actor.path)
        if WebhookEndpoint.objects.filter(operation=operation).exists():
            raise WebhookSecretShown()
        if WebhookEndpoint.objects.filter(organisation=home).count() >= webhooks.MOST_ENDPOINTS:
            raise TooManyThings()
        made = WebhookEndpoint(
            reference=f"wh-{uuid4().hex[:16]}",
            organisation=home,
            path=home.path,
            name=name,
            url=url,
            types=types,
            operation=operation,
            made_by_id=actor.person_id,
            made_at=now,
        )
        secret, made.sealed = new_secret(made.seal_place)
        made.save()
        note("webhook.add", made, actor, now)
    return NewSecret(made.reference, secret)


def renew(*, actor: Actor, reference: str, operation: str, now: datetime) -> NewSecret:
    """A fresh secret signs from now on, and the one before it as well for a day.

    Raises NotFound, NotAllowed, StepUpNeeded; WebhookSecretShown when `operation` comes a second time.
    """
    with transaction.atomic(durable=True):
        endpoint = opened(actor, reference, now)
        operation = f"{actor.person_id}:{operation}"
        if endpoint.renewed_by == operation:
            raise WebhookSecretShown()
        before = endpoint.sealed
        secret, endpoint.sealed = new_secret(endpoint.seal_place)
        endpoint.sealed_before, endpoint.before_until = before, now + webhooks.SECRETS_OVERLAP
        endpoint.renewed_by = operation
        endpoint.save(update_fields=["sealed", "sealed_before", "before_until", "renewed_by"])
        note("webhook.renew", endpoint, actor, now)
    return NewSecret(endpoint.reference, secret)


def enable(*, actor: Actor, reference: str, now: datetime) -> None:
    """Events are sent again from now on; those of meanwhile were not written down."""
    with transaction.atomic(durable=True):
        endpoint = opened(actor, reference, now)
        if endpoint.enabled:
            return
        endpoint.enabled, endpoint.disabled_why, endpoint.disabled_at = True, "", None
        endpoint.failures, endpoint.failing_since, endpoint.quiet_until = 0, None, None
        endpoint.gone = False
        endpoint.save()
        note("webhook.enable", endpoint, actor, now)


def disable(*, actor: Actor, reference: str, now: datetime) -> None:
    """Nothing is sent any more; what waited stays written down, and can be sent again once it is enabled."""
    with transaction.atomic(durable=True):
        endpoint = opened(actor, reference, now)
        if endpoint.enabled:
            shut(endpoint, Why.PERSON, now)
            note("webhook.disable", endpoint, actor, now)


def remove(*, actor: Actor, reference: str, now: datetime) -> None:
    """With its deliveries and its secret."""
    with transaction.atomic(durable=True):
        endpoint = opened(actor, reference, now)
        note("webhook.remove", endpoint, actor, now)
        endpoint.delete()


def opened(actor: Actor, reference: str, now: datetime) -> WebhookEndpoint:
    """The locked endpoint, once the actor may set it. Raises NotFound, NotAllowed, StepUpNeeded."""
    # NUL cannot be sent to PostgreSQL at all; a reference that long names nothing.
    fit = "\0" not in reference and len(reference) <= 40
    rows = WebhookEndpoint.objects.select_for_update(of=("self",)).select_related("organisation")
    found = rows.filter(reference=reference, path__startswith=actor.path).first() if fit else None
    access.require(actor, Action.SET_WEBHOOKS, owner_id=None, now=now)
    if found is None:
        raise NotFound()
    return found


def shut(endpoint: WebhookEndpoint, why: Why, now: datetime) -> None:
    endpoint.enabled, endpoint.disabled_why, endpoint.disabled_at = False, why, now
    endpoint.save(update_fields=["enabled", "disabled_why", "disabled_at"])
    waiting = WebhookDelivery.objects.filter(endpoint=endpoint, state=webhooks.DeliveryState.WAITING)
    waiting.update(state=webhooks.DeliveryState.FAILED, next_at=None, last_trouble="the webhook was disabled")


def note(action: str, endpoint: WebhookEndpoint, actor: Actor | None, now: datetime) -> None:
    """An address may hold a token in its path: the trail keeps the host alone."""
    audit.write(
        action=action,
        now=now,
        actor=actor,
        organisation=endpoint.organisation,
        webhook=endpoint.reference,
        named=endpoint.name,
        host=host(endpoint),
    )


def host(endpoint: WebhookEndpoint) -> str:
    return urlsplit(endpoint.url).hostname or ""
