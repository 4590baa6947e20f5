"""`/health`: what needs attention of what the key's owner sees, and who tried wrong passwords (NEW-11)."""

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router

from linekey.api import health_shapes as shapes
from linekey.api.callers import actor_of
from linekey.api.describing import NOT_FOUND, needs
from linekey.domain.access import SCOPE_OF, Action, Actor
from linekey.domain.errors import Malformed
from linekey.domain.kinds import Verb
from linekey.records import pages
from linekey.records.pages import AttentionRow

ROWS = 100
NO_KIND = Malformed(field="kind", why="it is none of ours")
router = Router(tags=["Health"])


@router.get("/health", response=shapes.Health, summary="Get what needs attention", **needs(Action.SEE))
def get_health(request: HttpRequest) -> shapes.Health:
    """Members are told of when the key includes `members`."""
    actor = actor_of(request)
    found = pages.health_of(actor, now=timezone.now())
    return shapes.Health(
        counts=[shapes.AttentionCount.model_validate(count) for count in found.counts],
        worst=[_item(row, actor) for row in found.rows],
        refused=[shapes.RefusedDay.model_validate(day) for day in found.days],
    )


@router.get(
    "/health/attention",
    response=shapes.AttentionList,
    summary="List what needs attention, of one kind",
    **needs(Action.SEE, NO_KIND),
)
def list_attention(request: HttpRequest, search: Query[shapes.AttentionSearch]) -> shapes.AttentionList:
    """What was noticed last comes first, 100 at a time."""
    actor = actor_of(request)
    found = pages.attention(actor, search.kind, now=timezone.now(), after=search.after, limit=ROWS)
    return shapes.AttentionList(items=[_item(row, actor) for row in found.rows], next=found.next)


@router.get(
    "/services/{reference}/failed-logins",
    response=shapes.FailedLogins,
    summary="Get who tried wrong passwords",
    **needs(Action.SEE, NOT_FOUND),
)
def get_failed_logins(request: HttpRequest, reference: str) -> shapes.FailedLogins:
    """Of thirty days. A reset with `mode` `immediate` is what stops an attack."""
    found = pages.failed_logins(actor_of(request), reference, now=timezone.now())
    return shapes.FailedLogins(
        reference=found.reference,
        attacked=found.attack is not None,
        refused=[shapes.RefusedDay.model_validate(day) for day in found.days],
        sources=[shapes.RefusedSource.model_validate(source) for source in found.sources],
        source_count=found.source_count,
    )


def _item(row: AttentionRow, actor: Actor) -> shapes.AttentionItem:
    item = shapes.AttentionItem.model_validate(row)
    item.actions = [verb for verb in Verb if verb in row.actions and _includes(actor, verb)]
    return item


def _includes(actor: Actor, verb: Verb) -> bool:
    return actor.scopes is None or SCOPE_OF[Action(verb.value)] in actor.scopes
