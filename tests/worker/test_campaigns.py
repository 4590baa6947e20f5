"""Campaigns go on by the clock, whichever worker looks, and end without anybody at a page (NEW-6)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event

import pytest
from django.db import connections
from django.utils import timezone

from linekey.domain.campaigns import IN_FLIGHT
from linekey.enact.outside import Dead, Done, Outcome
from linekey.records.claimed import Claimed
from linekey.records.models import Campaign, CampaignLine, CredentialVersion, OutboxEffect
from linekey.usecases import rotate_credential
from linekey.worker import campaigns, told
from linekey.worker.crew import Crew
from linekey.worker.hand import carry_out
from tests.build import Cast, actor
from tests.hands import LEASE, Hands, states
from tests.usecases.campaigns import live_lines, started

pytestmark = pytest.mark.django_db(transaction=True)


def _turn_of_its_own() -> None:
    try:
        campaigns.turn(Event())
    finally:
        connections.close_all()


def test_workers_beside_each_other_record_every_line_once(cast: Cast) -> None:
    now = timezone.now()
    lines = live_lines(cast.lumen, 120, now)
    campaign = started(cast.chen, now)
    campaigns.turn(Event())
    # Long enough ago for all of them at once.
    Campaign.objects.update(paced_at=now - timedelta(minutes=1))
    with ThreadPoolExecutor(3) as pool:
        for turn in [pool.submit(_turn_of_its_own) for _ in range(3)]:
            turn.result(60)
    campaign.refresh_from_db()
    assert (campaign.total, campaign.recorded, campaign.waiting) == (120, 120, 0)
    made = CredentialVersion.objects.filter(service__in=lines, number__gt=1)
    assert made.count() == 120 and not made.filter(number__gt=2).exists()
    assert CampaignLine.objects.filter(state="recorded").count() == 120 <= IN_FLIGHT


def test_a_worker_for_screens_leaves_what_campaigns_put_to_others(cast: Cast, hands: Hands) -> None:
    now = timezone.now()
    live_lines(cast.lumen, 40, now)
    started(cast.chen, now)
    campaigns.turn(Event())
    Campaign.objects.update(paced_at=now - timedelta(minutes=1))
    campaigns.turn(Event())
    assert OutboxEffect.objects.filter(bulk=True).count() == 120
    receipt = rotate_credential.reset(
        actor=actor(cast.ada, now), reference=cast.line.reference, operation="mine", now=timezone.now()
    )
    screens = Crew(hands.outside, LEASE, bulk=False)
    for _ in range(3):
        for claimed in screens.claim(100):
            carry_out([claimed], hands.outside, LEASE)
    assert states(receipt.plan)["push"] == "done"
    assert not OutboxEffect.objects.filter(bulk=True).exclude(state="waiting").exists()


def test_told_to_stop_it_takes_no_further_step(cast: Cast) -> None:
    now = timezone.now()
    live_lines(cast.lumen, 3, now)
    campaign = started(cast.chen, now)
    stop = Event()
    stop.set()
    campaigns.turn(stop)
    campaigns.run(stop)
    campaign.refresh_from_db()
    assert campaign.total == 0


def _held(number: int) -> Claimed:
    now = timezone.now()
    return Claimed(number, 1, "push", f"plan-{number}", None, None, None, "", {}, now, now)


def test_what_went_well_of_a_campaign_is_one_line_of_the_log(caplog: pytest.LogCaptureFixture) -> None:
    batch = [_held(number) for number in range(1, told.MANY + 3)]
    outcomes: dict[int, Outcome] = {each.id: Done({}) for each in batch}
    outcomes[7] = Dead("refused")
    with caplog.at_level("INFO", "linekey.effects"):
        told.settled(batch, outcomes)
        told.settled(batch[:2], outcomes)
    well, refused, *few = [each.getMessage() for each in caplog.records]
    assert well.startswith(f"{told.MANY + 1} effects push: done") and "effect 7 push: dead" in refused
    assert len(few) == 2
