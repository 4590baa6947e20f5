"""The worker carries out what is due, and no trouble of one effect becomes the trouble of another."""

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from linekey.domain.effects import Effect, EffectKind
from linekey.domain.secret import Secret
from linekey.enact.outside import Outside, backoff
from linekey.network.fakes import FakeRegistrar
from linekey.network.ports import Rejected, SipEntry
from linekey.records import outbox
from linekey.records.models import OutboxEffect, Service
from linekey.usecases import rotate_credential
from linekey.worker.crew import Crew
from linekey.worker.hand import carry_out, grouped
from tests.build import GOOD_SIP_PASSWORD, REGISTRAR, Cast, actor, build_cast
from tests.hands import LEASE, Hands, claim_due, states, work

SECOND = timedelta(seconds=1)


def change(cast: Cast, service: Service, password: Secret = GOOD_SIP_PASSWORD) -> str:
    bruno, now = actor(cast.bruno, timezone.now()), timezone.now()
    return rotate_credential.change(
        actor=bruno, reference=service.reference, new=password, operation=password.reveal(), now=now
    ).plan


def reset(cast: Cast, service: Service) -> str:
    bruno, now = actor(cast.bruno, timezone.now()), timezone.now()
    return rotate_credential.reset(actor=bruno, reference=service.reference, operation="r", now=now).plan


@pytest.fixture
def committed(transactional_db: None) -> Cast:
    return build_cast(timezone.now())


class PickyRegistrar(FakeRegistrar):
    """Refuses, or chokes on, what holds the line `picked`; counts how often it was asked."""

    picked = ""
    bug = False
    calls = 0

    def push(self, entries: Sequence[SipEntry]) -> None:
        self.calls += 1
        if any(entry.address.username == self.picked for entry in entries):
            raise KeyError("a bug") if self.bug else Rejected("a bad value")
        super().push(entries)


# --- batches ----------------------------------------------------------------------------------------------


def test_pushes_travel_together_and_everything_else_alone(cast: Cast) -> None:
    for service in (cast.line, cast.licence):
        change(cast, service)
    claimed = claim_due()
    batches = sorted((len(batch), batch[0].kind) for batch in grouped(claimed))
    assert batches == [(1, "notify"), (1, "notify"), (1, "watch"), (1, "watch"), (2, "push")]
    assert grouped([]) == []


def test_pushes_of_many_lines_are_one_call(cast: Cast) -> None:
    picky = PickyRegistrar(REGISTRAR)
    plans = [change(cast, service) for service in (cast.line, cast.licence)]
    work(Hands(registrar=picky))
    assert picky.calls == 1
    assert [states(plan)["push"] for plan in plans] == ["done", "done"]


def test_one_bad_value_stops_its_own_line_only(cast: Cast) -> None:
    picky = PickyRegistrar(REGISTRAR)
    picky.picked = cast.licence.sip.username
    good, bad = change(cast, cast.line), change(cast, cast.licence)
    work(Hands(registrar=picky))
    assert (states(good)["push"], states(bad)["push"]) == ("done", "dead")


def test_a_registrar_that_is_away_holds_up_no_access(cast: Cast, hands: Hands) -> None:
    """Both pushes are claimed together: the one that works must not be put back with the other."""
    hands.registrar.down = True
    line, access = change(cast, cast.line), reset(cast, cast.access)
    work(hands)
    assert (states(line)["push"], states(access)["push"]) == ("waiting", "done")


def test_an_element_that_is_away_keeps_the_lane_in_order(cast: Cast, hands: Hands) -> None:
    hands.registrar.down = True
    first = change(cast, cast.line)
    work(hands)
    second = reset(cast, cast.line)
    work(hands)
    rows = list(OutboxEffect.objects.filter(lane__startswith="service").order_by("id"))
    # The older change is overtaken, and asks the element nothing any more.
    assert [row.state for row in rows] == ["skipped", "skipped", "waiting", "waiting"]
    assert "switched off" in rows[2].last_trouble
    assert rows[3].attempts == 0
    hands.registrar.down = False
    OutboxEffect.objects.update(not_before=timezone.now())
    work(hands)
    settled = OutboxEffect.objects.filter(lane__startswith="service").order_by("settled_at")
    assert list(settled) == rows
    assert (states(first)["push"], states(second)["push"]) == ("skipped", "done")


def test_the_wait_doubles_from_half_a_second_to_half_a_minute() -> None:
    assert [backoff(attempts) / SECOND for attempts in range(1, 9)] == [0.5, 1, 2, 4, 8, 16, 30, 30]
    assert backoff(10_000) == timedelta(seconds=30)


def test_each_failure_is_tried_again_after_its_wait(cast: Cast, hands: Hands) -> None:
    hands.registrar.down = True
    plan = change(cast, cast.line)
    now = timezone.now() + SECOND
    for attempts in (1, 2, 3):
        work(hands, now)
        push = OutboxEffect.objects.get(plan=plan, kind="push")
        assert (push.attempts, push.not_before) == (attempts, now + backoff(attempts))
        now = push.not_before


# --- bugs -------------------------------------------------------------------------------------------------


def test_a_bug_in_a_hand_costs_its_own_effect_a_retry_and_no_other(
    cast: Cast, caplog: pytest.LogCaptureFixture
) -> None:
    picky = PickyRegistrar(REGISTRAR)
    picky.picked, picky.bug = cast.licence.sip.username, True
    good, bad = change(cast, cast.line), change(cast, cast.licence)
    hands = Hands(registrar=picky)
    for batch in grouped(claim_due()):
        carry_out(batch, hands.outside, LEASE)
    assert (states(good)["push"], states(bad)["push"]) == ("done", "waiting")
    row = OutboxEffect.objects.get(plan=bad, kind="push")
    assert row.last_trouble == "internal error: KeyError" and row.not_before > timezone.now() - LEASE
    assert "KeyError" in caplog.text


def test_what_waited_for_a_free_hand_through_half_its_lease_is_put_back(cast: Cast) -> None:
    """Else its lease could end under way, and a mail would be sent by two workers."""
    change(cast, cast.line)
    hands = Hands()
    late = [replace(claimed, lease_until=timezone.now() + LEASE * 0.4) for claimed in claim_due()]
    carry_out(late, hands.outside, LEASE)
    assert hands.mail.mails == []
    assert set(OutboxEffect.objects.values_list("state", flat=True)) == {"waiting"}
    assert len(claim_due()) == len(late)


class DatabaseAwayRegistrar(FakeRegistrar):
    def push(self, entries: Sequence[SipEntry]) -> None:
        raise OperationalError("the connection was lost")


@pytest.mark.django_db(transaction=True)
def test_a_moment_without_our_database_costs_an_effect_a_moment_and_not_its_lease(committed: Cast) -> None:
    change(committed, committed.line)
    away = Hands(registrar=DatabaseAwayRegistrar(REGISTRAR)).outside
    carry_out([claimed for claimed in claim_due() if claimed.kind == "push"], away, LEASE)
    push = OutboxEffect.objects.get(kind="push")
    assert push.state == "waiting" and "our own database" in push.last_trouble
    assert push.not_before < timezone.now() + LEASE


# --- running ----------------------------------------------------------------------------------------------


@contextmanager
def running(outside: Outside, lease: timedelta = LEASE) -> Iterator[threading.Event]:
    """A worker at work in a thread; what it raises is raised at the end."""
    stop, trouble = threading.Event(), []

    def run() -> None:
        try:
            Crew(outside, lease).run(stop)
        except BaseException as error:
            trouble.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield stop
    finally:
        stop.set()
        thread.join(20)
    assert not thread.is_alive() and not trouble, trouble


def eventually(look: Callable[[], bool], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not look():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.01)


@pytest.mark.django_db(transaction=True)
def test_a_running_worker_carries_a_change_out_to_its_end(committed: Cast, hands: Hands) -> None:
    with running(hands.outside):
        plan = change(committed, committed.line)
        eventually(lambda: states(plan)["drop"] == "done" and bool(hands.mail.mails))
        assert hands.registers(committed.line, GOOD_SIP_PASSWORD.reveal())
        OutboxEffect.objects.filter(kind="watch").update(not_before=timezone.now())
        eventually(lambda: states(plan)["watch"] == "done")


@pytest.mark.django_db(transaction=True)
def test_what_is_under_way_when_a_worker_is_stopped_ends(committed: Cast, hands: Hands) -> None:
    with running(hands.outside) as stop:
        for service in (committed.line, committed.licence):
            change(committed, service)
        stop.set()
    assert not OutboxEffect.objects.filter(state="claimed").exists()


class SlowMail:
    """Takes its time with every mail, and counts."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.message_ids: list[str] = []

    def send(self, written: object, address: str, message_id: str) -> None:
        time.sleep(self.seconds)
        self.message_ids.append(message_id)

    def health(self) -> list[dict[str, object]]:
        return []


@pytest.mark.django_db(transaction=True)
def test_a_slow_mail_server_gets_each_mail_once(committed: Cast, hands: Hands) -> None:
    """A backlog many times what fits in one lease: nothing waits in a hand's queue past its lease."""
    notices = [Effect(EffectKind.NOTIFY, ordered=False, message="password_changed")] * 150
    outbox.put(notices, plan="p", now=timezone.now(), person=committed.ada)
    slow = SlowMail(0.1)
    with running(replace(hands.outside, mail=slow), lease=timedelta(seconds=1.6)):
        eventually(lambda: not OutboxEffect.objects.exclude(state="done").exists(), 30)
    assert len(slow.message_ids) == len(set(slow.message_ids)) == 150


@pytest.mark.django_db(transaction=True)
def test_a_database_away_and_back_costs_nothing_but_time(
    committed: Cast, hands: Hands, caplog: pytest.LogCaptureFixture
) -> None:
    """PostgreSQL ends every connection of the worker, twice; SQLite's table is away for a while."""
    with running(hands.outside), caplog.at_level(logging.WARNING):
        time.sleep(0.3)
        for number in range(2):
            cut_off()
            plan = change(committed, committed.line, Secret(f"Tilleul-471{number}-bleu"))
            eventually(lambda plan=plan: states(plan)["drop"] == "done")  # type: ignore[misc]
    assert "database unreachable" in caplog.text


def cut_off() -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            return
        cursor.execute("ALTER TABLE linekey_outboxeffect RENAME TO away")
        time.sleep(0.5)
        cursor.execute("ALTER TABLE away RENAME TO linekey_outboxeffect")
