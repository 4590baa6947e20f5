"""By the clock: each element is looked at, and what nobody needs any more is swept out."""

import threading
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.contrib.sessions.models import Session
from django.db import DatabaseError, InterfaceError, connection
from django.utils import timezone

from linekey.domain import limits
from linekey.domain.effects import EffectKind
from linekey.domain.flows import FlowKind, FlowState
from linekey.domain.limits import Limit
from linekey.domain.recovery import Purpose
from linekey.network.fakes import FakeRegistrar
from linekey.network.ports import Finding
from linekey.records import flows, tallies, tickets
from linekey.records.models import (
    AccessKey,
    AccessToken,
    ElementHealth,
    Flow,
    OutboxEffect,
    Tally,
    Ticket,
)
from linekey.usecases import observe_service
from linekey.worker import schedule
from tests.build import REGISTRAR, Cast, actor
from tests.hands import Hands, work

MINUTE = timedelta(minutes=1)


def test_each_element_the_mail_server_and_the_sms_gateway_are_looked_at(
    cast: Cast, now: datetime, hands: Hands
) -> None:
    schedule.look_at_elements(hands.outside, now)
    rows = ElementHealth.objects.values_list("name", "role", "good", "seen_at")
    assert set(rows) == {
        ("kamailio-1", "registrar", True, now),
        ("freeradius-1", "access_server", True, now),
        ("mail", "mail", True, now),
        ("sms", "sms", True, now),
    }


def test_an_operator_without_sms_gateway_sees_none_not_even_a_former_one(
    cast: Cast, now: datetime, hands: Hands
) -> None:
    schedule.look_at_elements(hands.outside, now)
    schedule.look_at_elements(replace(hands.outside, sms=None), now)
    assert set(ElementHealth.objects.values_list("name", flat=True)) == {"kamailio-1", "freeradius-1", "mail"}


def test_a_page_can_tell_since_when_an_element_is_away(cast: Cast, now: datetime, hands: Hands) -> None:
    def look(minutes: int) -> tuple[bool, datetime, datetime]:
        schedule.look_at_elements(hands.outside, now + minutes * MINUTE)
        row = ElementHealth.objects.get(name="kamailio-1")
        return row.good, row.since, row.seen_at

    assert look(0) == (True, now, now)
    assert look(1) == (True, now, now + MINUTE)
    hands.registrar.down = True
    assert look(2) == (False, now + 2 * MINUTE, now + 2 * MINUTE)
    assert look(9) == (False, now + 2 * MINUTE, now + 9 * MINUTE)
    hands.registrar.down = False
    assert look(10) == (True, now + 10 * MINUTE, now + 10 * MINUTE)


def test_what_is_wrong_is_kept_with_its_remedy(cast: Cast, now: datetime, hands: Hands) -> None:
    hands.mail.down = True
    schedule.look_at_elements(hands.outside, now)
    (finding,) = ElementHealth.objects.get(name="mail").findings
    assert finding["good"] is False and finding["remedy"]


def test_sweeping_takes_what_is_old_and_leaves_what_is_history(cast: Cast, hands: Hands) -> None:
    now = timezone.now()
    observe_service.refresh(actor=actor(cast.ada), reference=cast.line.reference, now=now)
    work(hands)
    OutboxEffect.objects.create(
        plan="p", step=0, lane="l", kind="push", state="done", not_before=now, created_at=now, settled_at=now
    )
    tickets.issue("a" * 64, Purpose.RECOVER, person=cast.ada, now=now)
    tickets.issue("b" * 64, Purpose.REVEAL, person=cast.ada, service=cast.line, now=now)
    for key, ends in (("old", now - MINUTE), ("new", now + timedelta(days=400))):
        Session.objects.create(session_key=key, session_data="", expire_date=ends)

    schedule.sweep(now)
    assert (OutboxEffect.objects.count(), Ticket.objects.count()) == (2, 2)
    assert list(Session.objects.values_list("session_key", flat=True)) == ["new"]

    schedule.sweep(now + schedule.LOOKS_KEPT + MINUTE)
    assert list(OutboxEffect.objects.values_list("kind", flat=True)) == ["push"]

    schedule.sweep(now + schedule.TICKETS_KEPT + timedelta(hours=1) + MINUTE)
    assert list(Ticket.objects.values_list("purpose", flat=True)) == [Purpose.REVEAL]


def test_what_was_asked_of_the_worker_about_accounts_is_no_history(cast: Cast) -> None:
    """What was typed to recover an account may have been typed in the wrong box."""
    now = timezone.now()
    for step, kind in enumerate(EffectKind):
        OutboxEffect.objects.create(
            plan="p",
            step=step,
            lane=kind,
            kind=kind,
            state="done",
            person=cast.ada,
            not_before=now,
            created_at=now,
            settled_at=now,
        )
    schedule.sweep(now + schedule.LOOKS_KEPT + MINUTE)
    kept = {EffectKind(kind) for kind in OutboxEffect.objects.values_list("kind", flat=True)}
    assert set(EffectKind) - kept == {
        EffectKind.WEBHOOK,
        EffectKind.OBSERVE,
        EffectKind.RECOVER,
        EffectKind.CODE,
        EffectKind.ACTIVATE,
        EffectKind.CASE,
        EffectKind.CALL_BACK,
    }


def test_flows_tokens_and_counts_go_a_day_after_their_end_and_a_shut_door_stays_shut(cast: Cast) -> None:
    now = timezone.now()
    flow = flows.begin(FlowKind.STEP_UP, FlowState.FACTOR, person=cast.ada, browser="a" * 64, now=now)
    key = AccessKey.objects.create(person=cast.ada, key_id="k", digest="d", name="n", created_at=now)
    AccessToken.objects.create(
        key=key, digest="t", refreshes=False, created_at=now, expires_at=flow.expires_at
    )
    tallies.take({"open": limits.PERSON, "shut": Limit(1, shut=timedelta(days=7))}, now=now)

    def left() -> tuple[int, int, set[str]]:
        keys = set(Tally.objects.values_list("key", flat=True))
        return Flow.objects.count(), AccessToken.objects.count(), keys

    schedule.sweep(now + schedule.LOOKS_KEPT)
    assert left() == (1, 1, {"open", "shut"})
    schedule.sweep(now + schedule.LOOKS_KEPT + timedelta(hours=1))
    assert left() == (0, 0, {"shut"})
    schedule.sweep(now + timedelta(days=8))
    assert left() == (0, 0, set()) and AccessKey.objects.exists()


class TroubledRegistrar(FakeRegistrar):
    """While it is asked how it is, something else goes wrong."""

    def __init__(self, stop: threading.Event, trouble: Exception | None = None) -> None:
        super().__init__(REGISTRAR)
        self.stop, self.trouble, self.asked = stop, trouble, 0

    def health(self) -> list[Finding]:
        self.asked += 1
        if self.trouble:
            threading.Timer(0.2, self.stop.set).start()
            raise self.trouble
        self.stop.set()
        return super().health()


def run(registrar: TroubledRegistrar, stop: threading.Event) -> None:
    def closing() -> None:
        schedule.run(Hands(registrar=registrar).outside, stop)
        connection.close()

    thread = threading.Thread(target=closing)
    thread.start()
    thread.join(10)
    assert not thread.is_alive()


@pytest.mark.django_db(transaction=True)
def test_it_looks_and_sweeps_as_soon_as_it_starts() -> None:
    stop = threading.Event()
    Session.objects.create(session_key="old", session_data="", expire_date=timezone.now() - MINUTE)
    run(TroubledRegistrar(stop), stop)
    assert ElementHealth.objects.count() == 4 and not Session.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("trouble", [DatabaseError("away"), InterfaceError("closed")])
def test_while_the_database_is_away_it_looks_again_later_and_not_all_the_time(trouble: Exception) -> None:
    stop = threading.Event()
    registrar = TroubledRegistrar(stop, trouble)
    run(registrar, stop)
    assert registrar.asked == 1
