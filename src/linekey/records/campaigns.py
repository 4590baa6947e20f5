"""Campaign rows: drawn, found by what the actor may see, held by one worker at a time, moved once."""

import secrets
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from linekey.domain import codes
from linekey.domain.access import MAY, Action, Actor, Door, Role
from linekey.domain.campaigns import (
    AT_WORK,
    MOVES,
    OVER,
    Brake,
    CampaignMode,
    CampaignState,
    HandOver,
    Orders,
    Pace,
)
from linekey.domain.errors import CampaignOver, NotFound
from linekey.records import find
from linekey.records.models import Campaign

LONGEST_REFERENCE = 20


def new_reference() -> str:
    """`ROT-7K3F-92QD`, read aloud without a mistake."""
    drawn = "".join(secrets.choice(codes.ALPHABET) for _ in range(8))
    return f"ROT-{drawn[:4]}-{drawn[4:]}"


def visible(actor: Actor) -> QuerySet[Campaign]:
    """Of the actor's branch. Who may look at all was asked before."""
    return Campaign.objects.select_related("made_by__organisation").filter(path__startswith=actor.path)


def found(actor: Actor, reference: str, *, lock: bool = False) -> Campaign:
    """Raises NotFound. `lock` takes its row for the transaction."""
    if "\0" in reference or len(reference) > LONGEST_REFERENCE:
        raise NotFound()
    rows = visible(actor).filter(reference=reference.upper())
    if lock:
        rows = rows.select_for_update(of=("self",))
    campaign = rows.first()
    if campaign is None:
        raise NotFound()
    return campaign


def at_work() -> list[int]:
    """Those for which something is to be done, or to be seen."""
    wanted = Q(state__in=AT_WORK) | Q(recorded__gt=0)
    return list(Campaign.objects.filter(wanted).order_by("id").values_list("pk", flat=True))


def held(campaign_id: int) -> Campaign | None:
    """Locked for the transaction; None while another worker has it."""
    rows = Campaign.objects.select_related("made_by__organisation")
    return rows.select_for_update(of=("self",), skip_locked=True).filter(pk=campaign_id).first()


def move(campaign: Campaign, to: CampaignState, *, now: datetime, **fields: Any) -> None:
    """Within the transaction which holds it. Raises CampaignOver."""
    if to not in MOVES[CampaignState(campaign.state)]:
        raise CampaignOver()
    campaign.state = to
    campaign.ended_at = now if to in OVER else None
    for name, value in fields.items():
        setattr(campaign, name, value)
    campaign.save()


def orders_of(campaign: Campaign) -> Orders:
    return Orders(
        CampaignMode(campaign.mode),
        HandOver(campaign.hand_over),
        Pace(campaign.rate, campaign.wave, timedelta(seconds=campaign.pause)),
        Brake(campaign.stop_percent, campaign.stop_count),
    )


def maker_of(campaign: Campaign) -> Actor | None:
    """As they stand today; None once they may not run it any more."""
    maker = find.actor_of(campaign.made_by, door=Door(campaign.door))
    may = campaign.made_by.is_active and Role(maker.role) in MAY[Action.RUN_CAMPAIGN]
    return maker if may and campaign.path.startswith(maker.path) else None
