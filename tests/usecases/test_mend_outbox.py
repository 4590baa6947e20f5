"""Staff retry or give up what the outside refused; nobody else may, and twice is once."""

from datetime import datetime

import pytest

from linekey.domain.errors import NotAllowed, NotWaiting
from linekey.records.models import AuditEntry, CredentialVersion, OutboxEffect
from linekey.usecases import mend_outbox, rotate_credential
from tests.build import GOOD_SIP_PASSWORD, Cast, actor
from tests.hands import Hands, states, work


@pytest.fixture
def refused(cast: Cast, now: datetime, hands: Hands) -> OutboxEffect:
    """A push which the registrar refused."""
    hands.registrar.rejecting = True
    receipt = rotate_credential.change(
        actor=actor(cast.ada), reference=cast.line.reference, new=GOOD_SIP_PASSWORD, operation="a", now=now
    )
    work(hands)
    hands.registrar.rejecting = False
    return OutboxEffect.objects.get(plan=receipt.plan, kind="push")


def test_a_refused_push_stops_and_blocks_the_cut(refused: OutboxEffect) -> None:
    assert (refused.state, refused.last_trouble) == ("dead", "kamailio-1: told to refuse")
    assert states(refused.plan)["drop"] == "blocked"


def test_a_retry_carries_the_whole_plan_out(
    cast: Cast, now: datetime, hands: Hands, refused: OutboxEffect
) -> None:
    mend_outbox.retry(actor=actor(cast.dina), effect_id=refused.pk, now=now)
    work(hands)
    assert states(refused.plan)["push"] == states(refused.plan)["drop"] == "done"
    assert hands.registers(cast.line, GOOD_SIP_PASSWORD.reveal())
    entry = AuditEntry.objects.get(action="effect.retry")
    assert (entry.actor_id, entry.service_id, entry.facts) == (cast.dina.pk, cast.line.pk, {"kind": "push"})


def test_giving_up_gives_the_version_up_too(
    cast: Cast, now: datetime, hands: Hands, refused: OutboxEffect
) -> None:
    mend_outbox.abandon(actor=actor(cast.olivia), effect_id=refused.pk, now=now)
    work(hands)
    assert states(refused.plan)["drop"] == "abandoned"
    assert CredentialVersion.objects.get().state == "abandoned"
    assert not hands.registers(cast.line, GOOD_SIP_PASSWORD.reveal())


@pytest.mark.parametrize("first", [mend_outbox.retry, mend_outbox.abandon])
@pytest.mark.parametrize("second", [mend_outbox.retry, mend_outbox.abandon])
def test_what_a_colleague_has_dealt_with_is_no_longer_waiting(
    cast: Cast, now: datetime, refused: OutboxEffect, first: object, second: object
) -> None:
    dina = actor(cast.dina)
    for number, mend in enumerate((first, second)):
        assert callable(mend)
        if number == 0:
            mend(actor=dina, effect_id=refused.pk, now=now)
        else:
            with pytest.raises(NotWaiting):
                mend(actor=dina, effect_id=refused.pk, now=now)


@pytest.mark.parametrize("mend", [mend_outbox.retry, mend_outbox.abandon])
def test_what_never_existed_is_not_waiting(cast: Cast, now: datetime, mend: object) -> None:
    assert callable(mend)
    with pytest.raises(NotWaiting):
        mend(actor=actor(cast.dina), effect_id=4_000_000, now=now)


@pytest.mark.parametrize("who", ["ada", "bruno", "chen", "eve"])
@pytest.mark.parametrize("mend", [mend_outbox.retry, mend_outbox.abandon])
def test_only_staff_mend(cast: Cast, now: datetime, refused: OutboxEffect, who: str, mend: object) -> None:
    assert callable(mend)
    with pytest.raises(NotAllowed):
        mend(actor=actor(getattr(cast, who), now), effect_id=refused.pk, now=now)
    refused.refresh_from_db()
    assert refused.state == "dead"
