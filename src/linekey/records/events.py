"""Put an event for every endpoint which is to know of an act, in the transaction of the act itself.

The audit trail calls it for the entries it writes, and nobody else does: no change without its event, no
event without its change.
"""

import secrets
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import cache
from uuid import uuid4

from linekey.domain import tracing
from linekey.domain.access import Actor
from linekey.domain.effects import Effect, EffectKind
from linekey.domain.webhooks import BY_ACTION, Told, body_of, lineage
from linekey.records import outbox
from linekey.records.models import AuditEntry, WebhookDelivery, WebhookEndpoint
from linekey.records.prepared import Question, text

LANE = "webhook:%d"
"""One hand at a time per endpoint: a slow one keeps no more busy, and no other waits for it."""


def announce(entries: Sequence[AuditEntry], actor: Actor | None, *, now: datetime) -> None:
    """Entries are of one act; `actor` did it."""
    if not any(entry.action in BY_ACTION for entry in entries):
        return
    listening = cache(_listening)
    found = [made for entry in entries for made in _deliveries(entry, listening(entry.path), actor)]
    put(found, now=now)


def anybody_hears(action: str) -> bool:
    """Is it an event, and has anybody an endpoint? Thousands of entries need not come here for nobody."""
    return action in BY_ACTION and WebhookEndpoint.objects.filter(enabled=True).exists()


def put(deliveries: Sequence[WebhookDelivery], *, now: datetime) -> None:
    WebhookDelivery.objects.bulk_create(deliveries)
    queue({delivery.endpoint_id for delivery in deliveries}, now=now)


def queue(endpoints: Iterable[int], *, now: datetime) -> None:
    """Somebody goes and sends whatever waits for these endpoints."""
    going = {
        LANE % number: Effect(EffectKind.WEBHOOK, ordered=False, facts={"endpoint": str(number)})
        for number in sorted(endpoints)
    }
    if going:
        outbox.put_in_lanes(going, now=now)


def delivery(endpoint: WebhookEndpoint, event: str, name: str, body: str, at: datetime) -> WebhookDelivery:
    return WebhookDelivery(
        reference=secrets.token_hex(16),
        endpoint=endpoint,
        event=event,
        type=name,
        body=body,
        made_at=at,
        request=tracing.current(),
    )


def new_event() -> str:
    """What names an event, everywhere and for good. Without a full stop: it is signed between two."""
    return f"evt_{uuid4().hex}"


def _deliveries(
    entry: AuditEntry, listening: Sequence[WebhookEndpoint], actor: Actor | None
) -> Iterator[WebhookDelivery]:
    event, identifier = BY_ACTION[entry.action], new_event()
    for endpoint in listening:
        if endpoint.types and event.name not in endpoint.types:
            continue
        seen = actor is not None and actor.path.startswith(endpoint.path)
        told = _told(entry, by=actor.customer_id if actor and seen else None)
        body = body_of(event, told, entry.facts, entry.at)
        yield delivery(endpoint, identifier, event.name, body, entry.at)


def _listening(path: str) -> list[WebhookEndpoint]:
    """Of the organisation an entry is about and of all above it; of the operator for what is nobody's."""
    if not path:
        return _OPERATORS.all()
    named = {f"level{depth}": above for depth, above in enumerate(lineage(path))}
    return _in_branch(len(named)).all(**named)


_OPERATORS = Question(lambda: WebhookEndpoint.objects.filter(enabled=True, organisation__parent=None))


@cache
def _in_branch(levels: int) -> Question[WebhookEndpoint]:
    paths = [text(f"level{depth}") for depth in range(levels)]
    return Question(lambda: WebhookEndpoint.objects.filter(enabled=True, path__in=paths))


def _told(entry: AuditEntry, *, by: str | None) -> Told:
    end = entry.path.rstrip(".").rpartition(".")[2]
    person = entry.person or (entry.service.owner if entry.service else None)
    return Told(
        organisation=int(end) if end else None,
        service=entry.service.reference if entry.service else None,
        kind=entry.service.kind if entry.service else None,
        person=person.customer_id if person else None,
        by=by,
        door=entry.door,
    )
