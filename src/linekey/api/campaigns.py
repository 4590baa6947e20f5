"""`/campaigns`: a new password for each of thousands of services, and how far that is."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Query, Router

from linekey.api import campaigns_shapes as shapes
from linekey.api.callers import actor_of
from linekey.api.describing import NOT_FOUND, missing, needs
from linekey.api.once import Once, done_once
from linekey.api.problems import BODY_TOO_LARGE
from linekey.api.services import NO_KIND
from linekey.domain import errors
from linekey.domain.access import Action, Actor
from linekey.domain.campaigns import orders
from linekey.domain.secret import Secret
from linekey.records import pages
from linekey.records.search_words import Filters
from linekey.usecases import preview_campaign, start_campaign, steer_campaign, take_campaign_file

ROWS = 100
FILE = "application/octet-stream"
_SEEN = (errors.NotAllowed(), NOT_FOUND)
_STEERED = (*_SEEN, errors.CampaignOver(), missing("Idempotency-Key"))
_WEAK = errors.WeakPassphrase(least=take_campaign_file.LEAST)
router = Router(tags=["Campaigns"])


@router.get(
    "/campaigns",
    response=shapes.Campaigns,
    summary="List the campaigns",
    **needs(Action.SEE_CAMPAIGNS, errors.NotAllowed(), errors.Malformed(field="after", why="it is too long")),
)
def list_campaigns(request: HttpRequest, search: Query[shapes.CampaignSearch]) -> shapes.Campaigns:
    """Newest first, 100 at a time: each page starts after the last reference of the one before."""
    found = pages.campaigns(actor_of(request), after=search.after, limit=ROWS + 1, now=timezone.now())
    rows = [shapes.Campaign.model_validate(row) for row in found[:ROWS]]
    return shapes.Campaigns(campaigns=rows, next=rows[-1].reference if len(found) > ROWS else None)


@router.get(
    "/campaigns/preview",
    response=shapes.Preview,
    summary="See what a campaign would do",
    **needs(Action.RUN_CAMPAIGN, errors.NotAllowed(), NO_KIND),
)
def preview_a_campaign(request: HttpRequest, asked: Query[shapes.Asked]) -> shapes.Preview:
    """Changes nothing. The filters are those of the list of services."""
    chosen = asked.model_dump()
    ordered = {name: chosen.pop(name) for name in shapes.Orders.model_fields}
    told = preview_campaign.preview(
        actor=actor_of(request), filters=Filters(**chosen), orders=orders(**ordered), now=timezone.now()
    )
    return shapes.Preview(
        found=told.found,
        rotated=told.rotated,
        whole=told.whole,
        by_kind=dict(told.by_kind),
        left={str(reason): count for reason, count in told.left.items()},
        sample=[shapes.Example.model_validate(one) for one in (*told.sample, *told.sample_left)],
    )


@router.post(
    "/campaigns",
    response={202: shapes.CampaignDetail},
    summary="Begin a campaign",
    **needs(
        Action.RUN_CAMPAIGN,
        errors.NotAllowed(),
        errors.NobodyToRotate(),
        missing("Idempotency-Key"),
        BODY_TOO_LARGE,
    ),
)
def begin_campaign(request: HttpRequest, once: Once, body: shapes.NewCampaign) -> shapes.CampaignDetail:
    """It goes on by itself. Sent again with the same `Idempotency-Key`, it is the same campaign."""
    actor = actor_of(request)
    ordered = body.model_dump(include=set(shapes.Orders.model_fields))
    reference = start_campaign.start(
        actor=actor,
        name=body.name,
        filters=Filters(**body.filters.model_dump()),
        orders=orders(**ordered),
        operation=f"api:{once}",
        now=timezone.now(),
    )
    return _told(actor, reference)


@router.get(
    "/campaigns/{campaign}",
    response=shapes.CampaignDetail,
    summary="Get how far a campaign is",
    **needs(Action.SEE_CAMPAIGNS, *_SEEN),
)
def get_campaign(request: HttpRequest, campaign: str) -> shapes.CampaignDetail:
    return _told(actor_of(request), campaign)


@router.get(
    "/campaigns/{campaign}/services",
    response=shapes.CampaignServices,
    summary="List the services of a campaign",
    **needs(Action.SEE_CAMPAIGNS, *_SEEN, missing("state")),
)
def list_campaign_services(
    request: HttpRequest, campaign: str, search: Query[shapes.ServicesSearch]
) -> shapes.CampaignServices:
    """In their order, 100 at a time."""
    found = pages.campaign_lines(
        actor_of(request),
        campaign,
        state=search.state,
        after=search.after,
        limit=ROWS + 1,
        now=timezone.now(),
    )
    rows = [shapes.CampaignService.model_validate(row) for row in found[:ROWS]]
    return shapes.CampaignServices(services=rows, next=rows[-1].id if len(found) > ROWS else None)


@router.post(
    "/campaigns/{campaign}/pause",
    response=shapes.CampaignDetail,
    summary="Pause a campaign",
    **needs(Action.RUN_CAMPAIGN, *_STEERED),
)
def pause_campaign(request: HttpRequest, campaign: str, once: Once) -> shapes.CampaignDetail:
    """What was changed by then stays changed."""
    return _steered(request, campaign, once, steer_campaign.pause)


@router.post(
    "/campaigns/{campaign}/resume",
    response=shapes.CampaignDetail,
    summary="Resume a campaign",
    **needs(Action.RUN_CAMPAIGN, *_STEERED),
)
def resume_campaign(request: HttpRequest, campaign: str, once: Once) -> shapes.CampaignDetail:
    """After a pause, or after it stopped by itself."""
    return _steered(request, campaign, once, steer_campaign.resume)


@router.post(
    "/campaigns/{campaign}/cancel",
    response=shapes.CampaignDetail,
    summary="Cancel a campaign",
    **needs(Action.RUN_CAMPAIGN, *_STEERED),
)
def cancel_campaign(request: HttpRequest, campaign: str, once: Once) -> shapes.CampaignDetail:
    """Those not begun keep their password. It cannot be resumed."""
    return _steered(request, campaign, once, steer_campaign.cancel)


@router.post(
    "/campaigns/{campaign}/files",
    response={201: shapes.Taken},
    summary="Take the new passwords of a campaign",
    **needs(
        Action.RUN_CAMPAIGN,
        *_SEEN,
        errors.NothingToTake(),
        _WEAK,
        missing("Idempotency-Key"),
        BODY_TOO_LARGE,
    ),
)
def take_campaign_passwords(
    request: HttpRequest, campaign: str, once: Once, body: shapes.Taking
) -> shapes.Taken:
    """For whoever began it: one file of all that wait, locked in the age format. They are deleted here."""
    taken = take_campaign_file.take(
        actor=actor_of(request),
        reference=campaign,
        passphrase=body.passphrase or Secret(""),
        public_key=body.public_key,
        now=timezone.now(),
    )
    return shapes.Taken(file=taken)


def _answers_file(needed: dict[str, Any]) -> dict[str, Any]:
    content = {FILE: {"schema": {"type": "string", "format": "binary"}}}
    needed["openapi_extra"]["responses"][200] = {"description": "OK", "content": content}
    return needed


@router.get(
    "/campaigns/{campaign}/files/{file}",
    summary="Get a locked file of a campaign",
    **_answers_file(needs(Action.RUN_CAMPAIGN, *_SEEN)),
)
def get_campaign_file(request: HttpRequest, campaign: str, file: str) -> HttpResponse:
    """As it was taken, until it is deleted: `age --decrypt` opens it."""
    content = take_campaign_file.fetch(
        actor=actor_of(request), reference=campaign, file=file, now=timezone.now()
    )
    return HttpResponse(content, content_type=FILE)


def _steered(
    request: HttpRequest, campaign: str, once: str, act: Callable[..., None]
) -> shapes.CampaignDetail:
    return _told(done_once(request, act, reference=campaign, once=once), campaign)


def _told(actor: Actor, reference: str) -> shapes.CampaignDetail:
    page = pages.campaign(actor, reference, now=timezone.now())
    row = shapes.Campaign.model_validate(page.row).model_dump()
    told = {name: getattr(page, name) for name in shapes.CampaignDetail.model_fields if hasattr(page, name)}
    return shapes.CampaignDetail.model_validate({**row, **told}, from_attributes=True)
