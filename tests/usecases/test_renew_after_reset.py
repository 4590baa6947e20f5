"""PPP-2: after a modem reset the login stays and the password changes, once per event and not without end."""

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import pytest
from django.utils import timezone

from linekey.domain.access import Door, Scope
from linekey.domain.errors import (
    ModemResetTooOften,
    NoContact,
    NotFound,
    ScopeNotGranted,
    VerbNotOffered,
)
from linekey.records.models import AuditEntry, OutboxEffect
from linekey.usecases import renew_after_reset
from linekey.usecases.rotate_credential import Receipt
from tests.build import Cast, actor
from tests.hands import Hands, states, work
from tests.laws.conftest import InThreads, committed, in_threads

__all__ = ["committed", "in_threads"]


def told(cast: Cast, now: datetime, event: str = "bootstrap-1") -> Receipt:
    return renew_after_reset.renew(
        actor=actor(cast.ada, now), reference=cast.access.reference, operation=event, now=now
    )


def test_ppp_2_the_login_stays_and_the_password_changes(cast: Cast, now: datetime, hands: Hands) -> None:
    seen = []
    for day in (0, 1):
        receipt = told(cast, now + timedelta(days=day), f"bootstrap-{day}")
        work(hands)
        assert states(receipt.plan)["deliver"] == "done"
        seen.append(hands.mail.mails[-1].written.text)
    assert all(cast.access.ppp.login in text for text in seen)
    assert seen[0] != seen[1]
    assert cast.access.versions.count() == 2


def test_ppp_2_an_event_told_again_renews_nothing(cast: Cast, now: datetime) -> None:
    first = told(cast, now)
    assert told(cast, now + timedelta(days=40)) == first
    assert cast.access.versions.count() == 1
    assert AuditEntry.objects.filter(action="service.modem_reset").count() == 1


def test_ppp_2_a_modem_which_restarts_over_and_over_floods_no_mailbox(cast: Cast, now: datetime) -> None:
    for minute in range(renew_after_reset.MOST):
        told(cast, now + timedelta(minutes=minute), f"bootstrap-{minute}")
    effects = OutboxEffect.objects.count()
    with pytest.raises(ModemResetTooOften) as refused:
        told(cast, now + timedelta(hours=1), "bootstrap-9")
    assert refused.value.until == now + renew_after_reset.WITHIN
    assert (cast.access.versions.count(), OutboxEffect.objects.count()) == (renew_after_reset.MOST, effects)
    assert told(cast, refused.value.until, "bootstrap-9").version == renew_after_reset.MOST + 1


def test_an_event_told_again_passes_while_new_ones_are_refused(cast: Cast, now: datetime) -> None:
    for number in range(renew_after_reset.MOST):
        told(cast, now, f"bootstrap-{number}")
    assert told(cast, now, "bootstrap-0").version == 1


def test_new_5_by_link_nothing_changes_before_it_is_opened(cast: Cast, now: datetime) -> None:
    cast.operator.policy = {}
    cast.operator.save()
    receipt = told(cast, now)
    assert receipt.version is None
    assert states(receipt.plan) == {"invite": "waiting"}


@pytest.mark.django_db(transaction=True)
def test_of_many_events_at_once_no_more_pass_than_of_many_in_turn(
    committed: Cast, in_threads: InThreads[bool]
) -> None:
    def tell(event: str) -> bool:
        try:
            told(committed, timezone.now(), event)
        except ModemResetTooOften:
            return False
        return True

    passed = in_threads(
        [partial(tell, f"bootstrap-{number}") for number in range(renew_after_reset.MOST + 3)]
    )
    assert passed.count(True) == renew_after_reset.MOST == committed.access.versions.count()


@pytest.mark.django_db(transaction=True)
def test_an_event_told_many_times_at_once_renews_once(
    committed: Cast, in_threads: InThreads[Receipt]
) -> None:
    now = timezone.now()
    receipts = in_threads([partial(told, committed, now)] * 6)
    assert len(set(receipts)) == 1 == committed.access.versions.count()


def test_the_trail_says_that_the_modem_was_reset(cast: Cast, now: datetime) -> None:
    told(cast, now)
    actions = AuditEntry.objects.filter(service=cast.access).order_by("id").values_list("action", flat=True)
    assert list(actions) == ["credential.send", "service.modem_reset"]


def test_a_line_has_no_modem(cast: Cast, now: datetime) -> None:
    with pytest.raises(VerbNotOffered):
        renew_after_reset.renew(
            actor=actor(cast.ada, now), reference=cast.line.reference, operation="a", now=now
        )


def test_unknown_and_not_yours_are_one_answer(cast: Cast, now: datetime) -> None:
    for reference in ("xdsl-ev67890-1", "xdsl-nobody-1"):
        with pytest.raises(NotFound):
            renew_after_reset.renew(actor=actor(cast.ada, now), reference=reference, operation="a", now=now)


def test_what_refuses_a_sending_refuses_this_too_and_leaves_no_trace(cast: Cast, now: datetime) -> None:
    reading = replace(actor(cast.chen, now, Door.API), scopes=frozenset({Scope.READ}))
    with pytest.raises(ScopeNotGranted):
        renew_after_reset.renew(actor=reading, reference=cast.access.reference, operation="a", now=now)
    cast.access.owner = None
    cast.access.save()
    with pytest.raises(NoContact):
        renew_after_reset.renew(
            actor=actor(cast.chen, now), reference=cast.access.reference, operation="a", now=now
        )
    assert not AuditEntry.objects.filter(service=cast.access).exists()
