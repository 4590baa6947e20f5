"""Lines that are live, a campaign over them, and time that goes by for both."""

from datetime import datetime, timedelta

from linekey.domain.campaigns import Brake, CampaignMode, HandOver, Orders, Pace
from linekey.records import search
from linekey.records.models import Campaign, CredentialVersion, Organisation, Person, Service
from linekey.records.search_words import Filters
from linekey.usecases import advance_campaign, start_campaign
from tests.build import LEAKED_SIP_PASSWORD, actor, entries, made_live, sip_lines
from tests.hands import Hands, work

OLD = LEAKED_SIP_PASSWORD
LEAKED = Filters(reference="0033979")
"""What `live_lines` are found by."""


def live_lines(
    organisation: Organisation, count: int, now: datetime, *, owner: Person | None = None
) -> list[Service]:
    """Each accepts `OLD`, as far as our own records go."""
    references = (f"{LEAKED.reference}{number:06d}" for number in range(count))
    lines = sip_lines(references, organisation, now, owner=owner)
    made_live(lines, now)
    search.index_missing()
    return lines


def on_element(lines: list[Service], hands: Hands) -> None:
    """The registrar of `hands` accepts `OLD` for each."""
    first = CredentialVersion.objects.filter(service__in=lines, number=1).select_related("service__sip")
    hands.registrar.push(entries(first))


def orders(
    mode: CampaignMode = CampaignMode.IMMEDIATE,
    hand_over: HandOver = HandOver.FILE,
    *,
    pace: Pace | None = None,
    brake: Brake | None = None,
) -> Orders:
    return Orders(mode, hand_over, pace or Pace(rate=500), brake or Brake())


def started(
    who: Person,
    now: datetime,
    how: Orders | None = None,
    *,
    filters: Filters = LEAKED,
    operation: str = "operation-1",
) -> Campaign:
    reference = start_campaign.start(
        actor=actor(who, now),
        name="Fuite de mars",
        filters=filters,
        orders=how or orders(),
        operation=operation,
        now=now,
    )
    return Campaign.objects.get(reference=reference)


def step(campaign: Campaign, now: datetime) -> bool:
    more = advance_campaign.advance(campaign_id=campaign.pk, now=now)
    campaign.refresh_from_db()
    return more


def go_through(campaign: Campaign, hands: Hands, now: datetime, *, seconds: int = 60) -> datetime:
    """Second by second, as a worker would, until it ends by itself; when that was."""
    for second in range(1, seconds + 1):
        at = now + timedelta(seconds=second)
        while step(campaign, at):
            pass
        work(hands, at)
        if campaign.state not in ("drafted", "running") and not campaign.recorded:
            return at
    raise AssertionError(f"still {campaign.state}: {campaign.waiting} wait, {campaign.recorded} on the way")
