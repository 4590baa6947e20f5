"""`/me` and `/services`: what the caller sees, and how far the last change of a service is."""

from datetime import timedelta
from operator import attrgetter
from typing import Any

from django.http import HttpRequest, StreamingHttpResponse
from django.utils import timezone
from ninja import Query, Router

from linekey.api import shapes
from linekey.api.callers import actor_of
from linekey.api.describing import NOT_FOUND, needs
from linekey.domain.access import SCOPE_OF, Action, Actor, Scope
from linekey.domain.errors import Malformed
from linekey.domain.kinds import Verb
from linekey.records import pages
from linekey.records.pages import ServiceFacts
from linekey.records.search_words import Filters
from linekey.usecases import export_services

ROWS = 100
CSV = "text/csv; charset=utf-8"
COLUMNS: export_services.Columns = {name: attrgetter(name) for name in shapes.Service.model_fields}
NO_KIND = Malformed(field="kind", why=shapes.NO_KIND)
router = Router()


def _answers_csv(needed: dict[str, Any]) -> dict[str, Any]:
    content = {"text/csv": {"schema": {"type": "string"}}}
    needed["openapi_extra"]["responses"][200] = {"description": "OK", "content": content}
    return needed


@router.get("/me", response=shapes.Me, summary="Who the key acts as", tags=["Account"], **needs(Action.SEE))
def me(request: HttpRequest) -> shapes.Me:
    actor = actor_of(request)
    card = pages.person_card(actor)
    return shapes.Me(
        customer_id=card.customer_id,
        name=card.full_name,
        email=card.email,
        organisation=card.organisation,
        role=card.role,
        language=card.language,
        scopes=[scope for scope in Scope if _includes(actor, scope)],
    )


@router.get(
    "/services",
    response=shapes.Services,
    summary="Find services",
    tags=["Services"],
    **needs(Action.SEE, NO_KIND),
)
def list_services(request: HttpRequest, search: Query[shapes.Search]) -> shapes.Services:
    """Newest first, 100 at a time: each page starts after the last reference of the one before."""
    asked = search.model_dump()
    found = pages.services(
        actor_of(request), after=asked.pop("after"), filters=Filters(**asked), limit=ROWS + 1
    )
    rows = [shapes.Service.model_validate(row) for row in found[:ROWS]]
    return shapes.Services(services=rows, next=rows[-1].reference if len(found) > ROWS else None)


@router.get(
    "/services.csv",
    summary="Export the services that were found",
    tags=["Services"],
    **_answers_csv(needs(Action.SEE, NO_KIND)),
)
def export_found_services(request: HttpRequest, search: Query[shapes.Filters]) -> StreamingHttpResponse:
    """All of them in one file, `;` between cells, made while it is sent; the export is written down."""
    lines = export_services.export(
        actor=actor_of(request), filters=Filters(**search.model_dump()), columns=COLUMNS, now=timezone.now()
    )
    return StreamingHttpResponse(lines, content_type=CSV)


@router.get(
    "/services/{reference}",
    response=shapes.ServiceDetail,
    summary="Get a service",
    tags=["Services"],
    **needs(Action.SEE, NOT_FOUND),
)
def get_service(request: HttpRequest, reference: str) -> shapes.ServiceDetail:
    actor = actor_of(request)
    found = pages.service_facts(actor, reference, now=timezone.now())
    return shapes.ServiceDetail(
        **vars(found.row),
        username=found.username,
        realm=found.realm,
        managed_phone=found.managed_phone,
        actions=_actions(actor, found),
        delivery=found.delivery,
        contact=found.contact,
        rotation=shapes.Rotation(
            default=found.rotation.default,
            hours=found.rotation.lasts // timedelta(hours=1),
            why_not=found.rotation.why_not,
        ),
        secret_since=found.secret_since,
        renew_due=found.renew_due,
        online=found.observed.online if found.observed else None,
        seen_at=found.observed.seen_at if found.observed else None,
    )


@router.get(
    "/services/{reference}/progress",
    response=shapes.LastChange,
    summary="Get how far the last change of a service is",
    tags=["Services"],
    **needs(Action.SEE, NOT_FOUND),
)
def get_progress(request: HttpRequest, reference: str) -> shapes.LastChange:
    """A change is promised at once and made true after: ask until its `state` is `done`.

    In grace that takes until the new password is used; from `awaited` on the network accepts it.
    """
    progress = pages.last_change(actor_of(request), reference)
    return shapes.LastChange(change=shapes.Progress.model_validate(progress) if progress else None)


def _includes(actor: Actor, scope: Scope) -> bool:
    return actor.scopes is None or scope in actor.scopes


def _actions(actor: Actor, found: ServiceFacts) -> list[Verb]:
    may = {
        Verb.CHANGE: found.can_change,
        Verb.RESET: found.can_reset,
        Verb.SEND: found.can_send,
        Verb.RETIRE: found.can_retire,
    }
    return [verb for verb, can in may.items() if can and _includes(actor, SCOPE_OF[Action(verb.value)])]
