"""What came of an effect is written down once, with what becomes true in our own records."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from linekey.enact.outside import Again, Dead, Done, Skipped
from linekey.records.claimed import Claimed
from linekey.records.models import CredentialVersion, OutboxEffect
from linekey.usecases import rotate_credential
from linekey.worker.settle import settle, settle_together
from tests.build import GOOD_SIP_PASSWORD, Cast, actor
from tests.hands import Hands, claim_due, states, work
from tests.usecases.campaigns import live_lines, started, step


@pytest.fixture
def push(cast: Cast, now: datetime) -> Claimed:
    rotate_credential.change(
        actor=actor(cast.ada), reference=cast.line.reference, new=GOOD_SIP_PASSWORD, operation="a", now=now
    )
    return next(claimed for claimed in claim_due() if claimed.kind == "push")


def test_a_push_that_went_through_makes_the_version_live(push: Claimed) -> None:
    settle(push, Done({"version": 1}))
    version = CredentialVersion.objects.get()
    row = OutboxEffect.objects.get(pk=push.id)
    assert version.state == "live" and version.live_at == row.settled_at
    assert (row.state, row.result, row.lease_until) == ("done", {"version": 1}, None)


def test_a_newer_live_version_ends_the_older_one(cast: Cast, now: datetime, hands: Hands) -> None:
    for operation in ("a", "b", "c"):
        rotate_credential.reset(
            actor=actor(cast.ada, now), reference=cast.line.reference, operation=operation, now=now
        )
        work(hands)
    found = CredentialVersion.objects.order_by("number").values_list("state", flat=True)
    assert list(found) == ["superseded", "superseded", "live"]


def test_a_version_taken_while_a_newer_one_was_recorded_is_known_as_taken(
    cast: Cast, now: datetime, push: Claimed
) -> None:
    """Should the newer one be given up, this is what the element holds."""
    rotate_credential.reset(actor=actor(cast.ada, now), reference=cast.line.reference, operation="b", now=now)
    settle(push, Done({"version": 1}))
    older = CredentialVersion.objects.get(number=1)
    assert older.state == "superseded" and older.live_at is not None


def test_a_push_made_again_keeps_the_moment_of_the_first(cast: Cast, push: Claimed) -> None:
    settle(push, Done({"version": 1}))
    first = CredentialVersion.objects.get().live_at
    OutboxEffect.objects.filter(pk=push.id).update(state="waiting")
    again = next(claimed for claimed in claim_due() if claimed.kind == "push")
    settle(again, Done({"version": 1}))
    assert CredentialVersion.objects.get().live_at == first


def test_trouble_puts_the_effect_back_with_its_reason(push: Claimed) -> None:
    at = timezone.now() + timedelta(seconds=4)
    settle(push, Again(at, "x" * 1000))
    row = OutboxEffect.objects.get(pk=push.id)
    assert (row.state, row.not_before, row.last_trouble, row.lease_until) == ("waiting", at, "x" * 300, None)
    assert CredentialVersion.objects.get().state == "planned"


def test_a_refusal_stops_the_plan_and_leaves_other_plans_alone(
    cast: Cast, now: datetime, push: Claimed
) -> None:
    other = rotate_credential.reset(
        actor=actor(cast.ada, now), reference=cast.line.reference, operation="b", now=now
    )
    settle(push, Dead("refused"))
    assert states(push.plan)["drop"] == "blocked"
    assert states(other.plan)["push"] == "waiting"
    assert any(claimed.kind == "push" for claimed in claim_due()), "the lane goes on"


def test_what_was_overtaken_is_skipped_without_a_result(push: Claimed) -> None:
    settle(push, Skipped())
    row = OutboxEffect.objects.get(pk=push.id)
    assert (row.state, row.result) == ("skipped", {}) and row.settled_at is not None


def test_settling_twice_changes_nothing(push: Claimed) -> None:
    settle(push, Done({"version": 1}))
    settle(push, Dead("refused"))
    assert OutboxEffect.objects.get(pk=push.id).state == "done"


def test_a_batch_is_written_down_at_once_but_for_what_another_worker_holds(
    cast: Cast, now: datetime, hands: Hands
) -> None:
    """Law 2, for thousands: a lease that was lost settles nothing, and the newest is pushed again."""
    lines = live_lines(cast.lumen, 3, now)
    campaign = started(cast.chen, now)
    step(campaign, now)
    step(campaign, now + timedelta(seconds=1))
    pushes = [claimed for claimed in claim_due() if claimed.kind == "push"]
    OutboxEffect.objects.filter(pk=pushes[0].id).update(attempts=7)
    settle_together(pushes, {claimed.id: Done({"version": 2}) for claimed in pushes})
    live = CredentialVersion.objects.filter(service__in=lines, number=2, state="live")
    assert set(live.values_list("service_id", flat=True)) == {claimed.service_id for claimed in pushes[1:]}
    assert CredentialVersion.objects.filter(number=1, state="superseded").count() == 2
    mends = OutboxEffect.objects.filter(kind="push", facts__has_key="repair")
    assert [mend.service_id for mend in mends] == [pushes[0].service_id]
