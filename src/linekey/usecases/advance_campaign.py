"""One step of a campaign, in one transaction: list services, follow what was recorded, record more (NEW-6).

Whatever is killed, a step was taken or it was not: lines, versions, effects, counters and trail are written
together. Of several workers, one holds a campaign at a time.
"""

from datetime import datetime

from django.db import transaction

from linekey.domain.access import Actor
from linekey.domain.campaigns import AT_WORK, BATCH, LISTED_AT_ONCE, CampaignState, Why
from linekey.records import audit, campaigns, many, search
from linekey.records.models import Campaign, CampaignLine
from linekey.records.search_words import Filters
from linekey.usecases import record_campaign
from linekey.usecases.follow_campaign import follow


def advance(*, campaign_id: int, now: datetime) -> bool:
    """True when more can be done at once."""
    with transaction.atomic(durable=True):
        campaign = campaigns.held(campaign_id)
        if campaign is None:
            return False
        follow(campaign, now=now)
        more = campaign.state in AT_WORK and _work(campaign, now)
        campaign.save()
        return more


def _work(campaign: Campaign, now: datetime) -> bool:
    maker = campaigns.maker_of(campaign)
    if maker is None:
        _move(campaign, CampaignState.STOPPED, now, why=Why.MAKER)
        return False
    if not campaign.listed:
        _list(campaign, maker, now)
        return True
    failed, settled = campaign.failed - campaign.forgiven, campaign.done + campaign.failed - campaign.judged
    if campaigns.orders_of(campaign).brake.pulled(failed=failed, settled=settled):
        _move(campaign, CampaignState.STOPPED, now, why=Why.FAILURES)
    elif campaign.waiting:
        return _record(campaign, maker, now)
    elif not campaign.recorded:
        _move(campaign, CampaignState.DONE, now)
    return False


def _list(campaign: Campaign, maker: Actor, now: datetime) -> None:
    """Write a batch of what the filters find down, newest first: what is opened meanwhile is left out."""
    keys = search.found(maker, Filters(**campaign.filters), beyond=campaign.listed_to, limit=LISTED_AT_ONCE)
    many.insert(CampaignLine, ["service_id"], ((key,) for key in keys), campaign_id=campaign.pk)
    campaign.total += len(keys)
    campaign.waiting += len(keys)
    campaign.listed_to = keys[-1] if keys else campaign.listed_to
    if len(keys) < LISTED_AT_ONCE:
        campaigns.move(campaign, CampaignState.RUNNING, now=now, listed=True, paced_at=now, measured_at=now)


def _record(campaign: Campaign, maker: Actor, now: datetime) -> bool:
    pace = campaigns.orders_of(campaign).pace
    if pace.wave and campaign.in_wave >= pace.wave:
        # What became of a wave is known before the next begins.
        if not campaign.recorded:
            campaign.in_wave, campaign.paced_at = 0, now + pace.pause
        return False
    room = pace.allowed(
        since=campaign.paced_at, now=now, in_wave=campaign.in_wave, in_flight=campaign.recorded
    )
    if not room:
        return False
    taken = record_campaign.record(campaign, maker, room, now=now)
    campaign.paced_at = pace.used(taken, since=campaign.paced_at, now=now)
    # Those which are skipped take no time: what stands behind them goes on.
    return taken < room or room == BATCH


def _move(campaign: Campaign, to: CampaignState, now: datetime, *, why: str = "") -> None:
    campaigns.move(campaign, to, now=now, why=why)
    audit.write(
        action=f"campaign.{'stop' if to is CampaignState.STOPPED else 'done'}",
        now=now,
        actor=None,
        organisation=campaign.made_by.organisation,
        campaign=campaign.reference,
        done=str(campaign.done),
        failed=str(campaign.failed),
        skipped=str(campaign.skipped),
        why=why,
    )
