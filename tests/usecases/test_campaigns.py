"""Thousands of lines get a new secret after a leak: each once, at a pace, and it can be stopped (NEW-6)."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from linekey.domain.access import Scope
from linekey.domain.campaigns import (
    Brake,
    CampaignMode,
    CampaignState,
    HandOver,
    Pace,
    Reason,
)
from linekey.domain.errors import (
    CampaignOver,
    Malformed,
    NobodyToRotate,
    NotAllowed,
    NotFound,
    ScopeNotGranted,
    StepUpNeeded,
)
from linekey.records import outbox
from linekey.records.models import (
    AuditEntry,
    Campaign,
    CampaignLine,
    CredentialVersion,
    ElementHealth,
    OutboxEffect,
    Service,
)
from linekey.records.search_words import Filters
from linekey.usecases import (
    advance_campaign,
    preview_campaign,
    record_campaign,
    rotate_credential,
    start_campaign,
    steer_campaign,
)
from tests.build import REGISTRAR, Cast, actor, stale
from tests.hands import LEASE, Hands, carry_out, make_due, states, work
from tests.usecases.campaigns import (
    LEAKED,
    OLD,
    go_through,
    live_lines,
    on_element,
    orders,
    started,
    step,
)


def second(now: datetime, count: float = 1) -> datetime:
    return now + timedelta(seconds=count)


def graceful(now: datetime) -> None:
    defaults = {"role": "registrar", "seen_at": now, "good": True, "since": now, "grace": True}
    ElementHealth.objects.update_or_create(name=REGISTRAR, defaults=defaults)


def reasons(campaign: Campaign) -> dict[str, str]:
    return dict(CampaignLine.objects.filter(campaign=campaign).values_list("service__reference", "reason"))


# --- through ---------------------------------------------------------------------------------------------


def test_each_line_gets_a_secret_of_its_own_once(cast: Cast, now: datetime, hands: Hands) -> None:
    lines = live_lines(cast.lumen, 30, now)
    on_element(lines, hands)
    campaign = started(cast.chen, now)
    go_through(campaign, hands, now)
    assert (campaign.state, campaign.done, campaign.waiting, campaign.recorded) == ("done", 30, 0, 0)
    made = CredentialVersion.objects.filter(service__in=lines, number=2)
    assert made.filter(state="live").count() == 30
    assert not CredentialVersion.objects.filter(number__gt=2).exists()
    assert not any(hands.registers(line, OLD.reveal()) for line in lines)


def test_every_line_stands_in_the_trail_and_so_does_the_campaign(
    cast: Cast, now: datetime, hands: Hands
) -> None:
    lines = live_lines(cast.lumen, 3, now)
    campaign = started(cast.chen, now)
    go_through(campaign, hands, now)
    told = AuditEntry.objects.filter(service__in=lines)
    assert {(entry.action, entry.actor_id, entry.facts["campaign"]) for entry in told} == {
        ("credential.reset", cast.chen.pk, campaign.reference)
    }
    acts = AuditEntry.objects.filter(action__startswith="campaign.").order_by("id")
    assert [entry.action for entry in acts] == ["campaign.start", "campaign.done"]
    assert {entry.path for entry in acts} == {cast.reseller.path}


def test_in_grace_nobody_is_cut_and_nobody_is_looked_at_before_the_deadline(cast: Cast, hands: Hands) -> None:
    now = timezone.now()  # As the element's own clock has it.
    graceful(now)
    lines = live_lines(cast.lumen, 3, now)
    on_element(lines, hands)
    campaign = started(cast.chen, now, orders(CampaignMode.GRACE))
    end = go_through(campaign, hands, now)
    assert campaign.done == 3
    assert all(hands.registers(line, OLD.reveal()) for line in lines)
    looks = OutboxEffect.objects.filter(kind__in=["watch", "release"])
    assert looks.count() == 6 and not looks.filter(not_before__lt=end + timedelta(hours=71)).exists()


def test_what_is_left_as_it_is_says_why(cast: Cast, now: datetime, hands: Hands) -> None:
    ok, off, never, retired, alone = live_lines(cast.lumen, 5, now, owner=cast.ada)
    Service.objects.filter(pk=off.pk).update(state="suspended")
    CredentialVersion.objects.filter(service=never).delete()
    CredentialVersion.objects.filter(service=retired).update(verb="retire")
    Service.objects.filter(pk=alone.pk).update(owner=None)
    graceful(now)
    wanted = orders(CampaignMode.GRACE, HandOver.LINK)
    everything = Filters()
    told = preview_campaign.preview(actor=actor(cast.chen, now), filters=everything, orders=wanted, now=now)
    campaign = started(cast.chen, now, wanted, filters=everything)
    go_through(campaign, hands, now)
    found = reasons(campaign)
    assert found == {
        ok.reference: "",
        off.reference: Reason.NOT_ACTIVE,
        never.reference: Reason.NOTHING_OLD,
        retired.reference: Reason.NOTHING_OLD,
        alone.reference: Reason.NO_CONTACT,
        cast.phone_line.reference: Reason.MANAGED_PHONE,
        cast.pbx.reference: Reason.NONE_TO_HAVE,
        **{
            each.reference: Reason.NOTHING_OLD
            for each in (cast.line, cast.access, cast.menu, cast.fax, cast.licence)
        },
    }
    assert (told.found, told.rotated, told.whole) == (len(found), 1, True)
    assert told.left.total() == campaign.skipped == len(found) - 1
    assert [one.reference for one in told.sample] == [ok.reference]


def test_without_an_element_that_can_none_is_cut_where_grace_was_asked_for(
    cast: Cast, now: datetime, hands: Hands
) -> None:
    (line,) = live_lines(cast.lumen, 1, now)
    campaign = started(cast.chen, now, orders(CampaignMode.GRACE))
    go_through(campaign, hands, now)
    assert reasons(campaign) == {line.reference: Reason.NO_GRACE}


def test_a_secret_which_the_element_never_took_cannot_stay_beside_the_new_one(
    cast: Cast, now: datetime
) -> None:
    graceful(now)
    (line,) = live_lines(cast.lumen, 1, now)
    CredentialVersion.objects.filter(service=line).update(live_at=None, state="planned")
    told = preview_campaign.preview(
        actor=actor(cast.chen, now), filters=LEAKED, orders=orders(CampaignMode.GRACE), now=now
    )
    assert dict(told.left) == {Reason.NO_GRACE: 1}
    CredentialVersion.objects.filter(service=line).update(state="abandoned")
    told = preview_campaign.preview(actor=actor(cast.chen, now), filters=LEAKED, orders=orders(), now=now)
    assert dict(told.left) == {Reason.NOTHING_OLD: 1}
    CredentialVersion.objects.filter(service=line).update(state="superseded")
    told = preview_campaign.preview(actor=actor(cast.chen, now), filters=LEAKED, orders=orders(), now=now)
    assert dict(told.left) == {Reason.NOTHING_OLD: 1}


def test_a_line_that_left_the_branch_meanwhile_keeps_its_secret(
    cast: Cast, now: datetime, hands: Hands
) -> None:
    stays, leaves = live_lines(cast.lumen, 2, now)
    campaign = started(cast.chen, now)
    step(campaign, now)
    Service.objects.filter(pk=leaves.pk).update(path=cast.verne.path, organisation=cast.verne)
    go_through(campaign, hands, now)
    assert reasons(campaign) == {stays.reference: "", leaves.reference: Reason.NOT_YOURS}


def test_what_is_opened_while_it_is_listed_takes_no_part(cast: Cast, now: datetime) -> None:
    live_lines(cast.lumen, 2, now)
    campaign = started(cast.chen, now)
    campaign.listed_to = Service.objects.latest("pk").pk
    campaign.save()
    step(campaign, now)
    assert campaign.total == 1


# --- pace, waves, brake ----------------------------------------------------------------------------------


def test_it_goes_no_faster_than_it_was_told(cast: Cast, now: datetime) -> None:
    live_lines(cast.lumen, 30, now)
    campaign = started(cast.chen, now, orders(pace=Pace(rate=4)))
    step(campaign, now)
    for count in (1, 2, 3):
        step(campaign, second(now, count))
        assert campaign.recorded == 4 * count


def test_the_next_wave_waits_for_the_end_of_the_last_and_then_for_its_pause(
    cast: Cast, now: datetime, hands: Hands
) -> None:
    live_lines(cast.lumen, 5, now)
    campaign = started(cast.chen, now, orders(pace=Pace(rate=100, wave=3, pause=timedelta(minutes=5))))
    step(campaign, now)
    step(campaign, second(now))
    assert (campaign.recorded, campaign.waiting) == (3, 2)
    step(campaign, second(now, 2))
    assert campaign.waiting == 2, "the wave is still on its way"
    work(hands, second(now, 2))
    step(campaign, second(now, 3))
    step(campaign, second(now, 60))
    assert (campaign.done, campaign.waiting) == (3, 2), "its pause is not over"
    step(campaign, second(now, 305))
    assert campaign.waiting == 0


def test_it_waits_for_an_element_which_is_down(cast: Cast, now: datetime, hands: Hands) -> None:
    live_lines(cast.lumen, 5, now)
    campaign = started(cast.chen, now)
    hands.registrar.down = True
    with pytest.raises(AssertionError, match="5 on the way"):
        go_through(campaign, hands, now, seconds=5)
    hands.registrar.down = False
    make_due()
    go_through(campaign, hands, now + timedelta(minutes=1))
    assert campaign.done == 5


def test_too_many_refusals_stop_it_and_somebody_may_resume_it(
    cast: Cast, now: datetime, hands: Hands
) -> None:
    live_lines(cast.lumen, 8, now)
    campaign = started(cast.chen, now, orders(pace=Pace(rate=4), brake=Brake(percent=0, count=2)))
    hands.registrar.rejecting = True
    go_through(campaign, hands, now)
    assert (campaign.state, campaign.why, campaign.failed, campaign.waiting) == ("stopped", "failures", 4, 4)
    assert set(reasons(campaign).values()) == {"", Reason.REFUSED}
    hands.registrar.rejecting = False
    then = now + timedelta(hours=1)
    steer_campaign.resume(actor=actor(cast.chen, then), reference=campaign.reference, now=then)
    go_through(campaign, hands, then)
    assert (campaign.state, campaign.why, campaign.done, campaign.failed) == ("done", "", 4, 4)


def test_a_refused_step_which_staff_tried_again_counts_as_done(
    cast: Cast, now: datetime, hands: Hands
) -> None:
    live_lines(cast.lumen, 2, now)
    campaign = started(cast.chen, now, orders(pace=Pace(rate=1)))
    step(campaign, now)
    hands.registrar.rejecting = True
    step(campaign, second(now))
    work(hands, second(now))
    step(campaign, second(now, 1.1))
    assert campaign.failed == 1
    hands.registrar.rejecting = False
    for effect in OutboxEffect.objects.filter(state="dead"):
        outbox.retry(effect.pk, now=now)
    go_through(campaign, hands, second(now, 1))
    assert (campaign.done, campaign.failed) == (2, 0)


def test_who_made_a_newer_secret_meanwhile_keeps_theirs(cast: Cast, now: datetime, hands: Hands) -> None:
    (line,) = live_lines(cast.lumen, 1, now, owner=cast.ada)
    campaign = started(cast.chen, now)
    step(campaign, now)
    step(campaign, second(now))
    assert campaign.recorded == 1
    rotate_credential.reset(
        actor=actor(cast.ada, now), reference=line.reference, operation="mine", now=second(now)
    )
    step(campaign, second(now, 2))
    assert (campaign.done, reasons(campaign)) == (1, {line.reference: Reason.OVERTAKEN})
    go_through(campaign, hands, second(now, 2))
    assert line.versions.get(state="live").number == 3


# --- fairness --------------------------------------------------------------------------------------------


def test_somebody_before_a_screen_does_not_wait_behind_a_campaign(cast: Cast, now: datetime) -> None:
    live_lines(cast.lumen, 150, now)
    campaign = started(cast.chen, now)
    step(campaign, now)
    step(campaign, second(now))
    assert OutboxEffect.objects.filter(bulk=True, state="waiting").count() > 400
    receipt = rotate_credential.reset(
        actor=actor(cast.ada, now), reference=cast.line.reference, operation="mine", now=second(now)
    )
    first = outbox.claim(now=second(now), lease=LEASE, limit=3, bulk=False)
    assert {claimed.plan for claimed in first} == {receipt.plan}


def test_nor_behind_the_campaigns_own_change_of_their_line(cast: Cast, now: datetime, hands: Hands) -> None:
    line = live_lines(cast.lumen, 1, now, owner=cast.ada)[0]
    campaign = started(cast.chen, now)
    step(campaign, now)
    step(campaign, second(now))
    receipt = rotate_credential.reset(
        actor=actor(cast.ada, now), reference=line.reference, operation="mine", now=second(now)
    )
    for _ in range(8):
        for claimed in outbox.claim(now=second(now, 2), lease=LEASE, bulk=False):
            carry_out([claimed], hands, second(now, 2))
    assert states(receipt.plan)["push"] == "done"


def test_two_workers_share_what_a_campaign_put(cast: Cast, now: datetime) -> None:
    live_lines(cast.lumen, 6, now)
    campaign = started(cast.chen, now)
    step(campaign, now)
    step(campaign, second(now))
    taken = [outbox.claim(now=second(now), lease=LEASE, limit=4, bulk=True) for _ in range(3)]
    ids = [claimed.id for claims in taken for claimed in claims]
    assert len(ids) == len(set(ids)) == 6


# --- steering --------------------------------------------------------------------------------------------


def test_paused_it_records_nothing_more_and_follows_what_it_recorded(
    cast: Cast, now: datetime, hands: Hands
) -> None:
    live_lines(cast.lumen, 6, now)
    campaign = started(cast.chen, now, orders(pace=Pace(rate=2)))
    step(campaign, now)
    step(campaign, second(now))
    steer_campaign.pause(actor=actor(cast.chen, now), reference=campaign.reference, now=second(now))
    end = go_through(campaign, hands, second(now))
    assert (campaign.state, campaign.done, campaign.waiting) == ("paused", 2, 4)
    steer_campaign.resume(actor=actor(cast.chen, end), reference=campaign.reference, now=end)
    go_through(campaign, hands, end)
    assert (campaign.state, campaign.done) == ("done", 6)


def test_paused_before_it_is_listed_it_is_listed_when_resumed(
    cast: Cast, now: datetime, hands: Hands
) -> None:
    live_lines(cast.lumen, 2, now)
    campaign = started(cast.chen, now)
    who = actor(cast.chen, now)
    steer_campaign.pause(actor=who, reference=campaign.reference, now=now)
    assert not step(campaign, now) and campaign.total == 0
    steer_campaign.resume(actor=who, reference=campaign.reference, now=now)
    campaign.refresh_from_db()
    assert campaign.state == CampaignState.DRAFTED
    go_through(campaign, hands, now)
    assert campaign.done == 2


def test_cancelled_it_is_over_and_the_others_keep_their_secret(
    cast: Cast, now: datetime, hands: Hands
) -> None:
    lines = live_lines(cast.lumen, 6, now)
    campaign = started(cast.chen, now, orders(pace=Pace(rate=2)))
    step(campaign, now)
    step(campaign, second(now))
    who = actor(cast.chen, now)
    steer_campaign.cancel(actor=who, reference=campaign.reference, now=second(now))
    go_through(campaign, hands, second(now))
    assert (campaign.state, campaign.done, campaign.waiting) == ("cancelled", 2, 4)
    assert CredentialVersion.objects.filter(service__in=lines, number=2).count() == 2
    for act in (steer_campaign.pause, steer_campaign.resume, steer_campaign.cancel):
        with pytest.raises(CampaignOver):
            act(actor=who, reference=campaign.reference, now=second(now))


def test_it_stops_when_its_maker_may_run_it_no_more(cast: Cast, now: datetime) -> None:
    live_lines(cast.lumen, 2, now)
    campaign = started(cast.chen, now)
    cast.chen.is_active = False
    cast.chen.save()
    step(campaign, now)
    assert (campaign.state, campaign.why, campaign.total) == ("stopped", "maker", 0)


# --- who ---------------------------------------------------------------------------------------------------


def test_only_whoever_may_run_campaigns_begins_one_and_only_after_a_proof(cast: Cast, now: datetime) -> None:
    live_lines(cast.lumen, 1, now)
    begin: dict[str, Any] = {
        "name": "Fuite",
        "filters": LEAKED,
        "orders": orders(),
        "operation": "x",
        "now": now,
    }
    for person in (cast.ada, cast.bruno, cast.dina):
        with pytest.raises(NotAllowed):
            start_campaign.start(actor=actor(person, now), **begin)
    with pytest.raises(StepUpNeeded):
        start_campaign.start(actor=stale(actor(cast.chen)), **begin)
    with pytest.raises(ScopeNotGranted):
        start_campaign.start(
            actor=replace(actor(cast.chen, now), scopes=frozenset({Scope.READ})),
            **begin,
        )
    assert not Campaign.objects.exists()


def test_a_campaign_reaches_only_what_its_maker_sees(cast: Cast, now: datetime, hands: Hands) -> None:
    live_lines(cast.verne, 2, now)
    with pytest.raises(NobodyToRotate):
        started(cast.chen, now)
    campaign = started(cast.olivia, now)
    go_through(campaign, hands, now)
    assert campaign.done == 2
    with pytest.raises(NotFound):
        steer_campaign.pause(actor=actor(cast.chen, now), reference=campaign.reference, now=now)
    for typed in ("ROT-0000-0000", "x\0y", "x" * 50):
        with pytest.raises(NotFound):
            steer_campaign.pause(actor=actor(cast.olivia, now), reference=typed, now=now)


def test_the_same_request_is_the_same_campaign(cast: Cast, now: datetime) -> None:
    live_lines(cast.lumen, 1, now)
    assert started(cast.chen, now) == started(cast.chen, now)
    assert AuditEntry.objects.filter(action="campaign.start").count() == 1


def test_a_name_and_filters_nobody_could_mean_are_refused(cast: Cast, now: datetime) -> None:
    begin: dict[str, Any] = {"actor": actor(cast.chen, now), "orders": orders(), "operation": "x", "now": now}
    with pytest.raises(Malformed):
        start_campaign.start(name="Fuite", filters=Filters(address="no address"), **begin)
    with pytest.raises(Malformed):
        start_campaign.start(name="\n", filters=LEAKED, **begin)


def test_a_preview_of_very_many_says_that_there_are_more(cast: Cast, now: datetime) -> None:
    live_lines(cast.lumen, 600, now)
    told = preview_campaign.preview(
        actor=actor(cast.chen, now), filters=LEAKED, orders=orders(), now=now, most=500
    )
    assert (told.found, told.whole, len(told.sample)) == (500, False, 10)


# --- once --------------------------------------------------------------------------------------------------


def test_the_database_keeps_a_service_from_taking_part_twice(cast: Cast, now: datetime) -> None:
    live_lines(cast.lumen, 1, now)
    campaign = started(cast.chen, now)
    step(campaign, now)
    line = CampaignLine.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        CampaignLine.objects.create(campaign=campaign, service=line.service)
    with pytest.raises(IntegrityError), transaction.atomic():
        CampaignLine.objects.filter(pk=line.pk).update(state="recorded")


def test_a_line_which_somebody_else_took_undoes_the_step(cast: Cast, now: datetime) -> None:
    live_lines(cast.lumen, 1, now)
    campaign = started(cast.chen, now)
    with pytest.raises(RuntimeError, match="somebody"):
        record_campaign._claim(campaign, [0])


def test_it_is_listed_batch_by_batch(cast: Cast, now: datetime) -> None:
    live_lines(cast.lumen, 501, now)
    campaign = started(cast.chen, now)
    assert step(campaign, now) and campaign.total == 500 and campaign.state == CampaignState.DRAFTED
    assert step(campaign, now) and campaign.total == 501 and campaign.state == CampaignState.RUNNING


def test_what_another_worker_holds_is_left_alone(now: datetime, db: None) -> None:
    assert advance_campaign.advance(campaign_id=0, now=now) is False
