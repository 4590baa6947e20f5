"""Law 4: nobody is cut before they hold the new secret, unless the old one leaked."""

from datetime import datetime

import pytest
from django.utils import timezone

from linekey.domain.lifecycle import State
from linekey.records import find
from linekey.records.models import CredentialVersion, OutboxEffect
from linekey.usecases import end_grace, mend_outbox, rotate_credential
from linekey.usecases.rotate_credential import Receipt
from linekey.worker import schedule
from tests.build import Cast, actor
from tests.hands import Hands, states, work


@pytest.fixture
def first(cast: Cast, now: datetime, hands: Hands) -> str:
    """The password Ada's access works with, and a session opened with it."""
    receipt = rotate_credential.reset(
        actor=actor(cast.ada, now), reference=cast.access.reference, operation="first", now=now
    )
    work(hands)
    hands.access.open_session(cast.access.ppp.login)
    assert receipt.shown_once is not None
    return receipt.shown_once.reveal()


def send(cast: Cast, now: datetime, *, operation: str = "sent", compromised: bool = False) -> Receipt:
    return rotate_credential.send(
        actor=actor(cast.ada, now),
        reference=cast.access.reference,
        operation=operation,
        now=now,
        compromised=compromised,
    )


def still_as_before(cast: Cast, hands: Hands, password: str) -> bool:
    return bool(hands.logs_in(cast.access, password)) and bool(hands.access.sessions(cast.access.ppp.login))


def test_a_refused_mail_never_cuts_the_session(cast: Cast, now: datetime, hands: Hands, first: str) -> None:
    hands.mail.rejecting = True
    receipt = send(cast, now)
    work(hands)
    stopped = states(receipt.plan)
    assert (stopped["deliver"], stopped["push"], stopped["disconnect"]) == ("dead", "blocked", "blocked")
    assert still_as_before(cast, hands, first)


def test_a_mail_server_which_is_away_holds_the_cut_until_it_is_back(
    cast: Cast, now: datetime, hands: Hands, first: str
) -> None:
    hands.mail.down = True
    receipt = send(cast, now)
    work(hands)
    assert states(receipt.plan)["deliver"] == "waiting" and still_as_before(cast, hands, first)
    hands.mail.down = False
    OutboxEffect.objects.update(not_before=now)
    work(hands)
    assert states(receipt.plan)["disconnect"] == "done" and not still_as_before(cast, hands, first)


def test_a_leaked_secret_is_cut_even_when_no_mail_goes_out(
    cast: Cast, now: datetime, hands: Hands, first: str
) -> None:
    hands.mail.rejecting = True
    receipt = send(cast, now, compromised=True)
    work(hands)
    assert states(receipt.plan)["disconnect"] == "done"
    assert not hands.logs_in(cast.access, first) and not hands.access.sessions(cast.access.ppp.login)


def test_a_service_that_lost_its_contact_is_not_cut_for_a_mail_nobody_gets(
    cast: Cast, now: datetime, hands: Hands, first: str
) -> None:
    receipt = send(cast, now)
    cast.access.owner = None
    cast.access.save()
    work(hands)
    assert states(receipt.plan)["push"] == "blocked" and still_as_before(cast, hands, first)


def test_once_retried_the_mail_goes_first_and_then_the_cut(
    cast: Cast, now: datetime, hands: Hands, first: str
) -> None:
    hands.mail.rejecting = True
    receipt = send(cast, now)
    work(hands)
    hands.mail.rejecting = False
    dead = OutboxEffect.objects.get(plan=receipt.plan, kind="deliver")
    mend_outbox.retry(actor=actor(cast.dina), effect_id=dead.pk, now=now)
    work(hands)
    assert states(receipt.plan)["deliver"] == states(receipt.plan)["disconnect"] == "done"
    assert hands.logs_in(cast.access, first) is False


def abandon(cast: Cast, plan: str, kind: str = "deliver") -> None:
    dead = OutboxEffect.objects.get(plan=plan, kind=kind)
    mend_outbox.abandon(actor=actor(cast.dina), effect_id=dead.pk, now=timezone.now())


def test_a_change_given_up_leaves_the_old_password_true(
    cast: Cast, now: datetime, hands: Hands, first: str
) -> None:
    hands.mail.rejecting = True
    receipt = send(cast, now)
    work(hands)
    abandon(cast, receipt.plan)
    work(hands)
    given_up = states(receipt.plan)
    assert {given_up[step] for step in ("deliver", "push", "disconnect")} == {"abandoned"}
    assert still_as_before(cast, hands, first)
    newest = find.newest_version(cast.access)
    assert newest is not None and (newest.number, newest.state) == (1, State.LIVE)


def test_of_two_changes_given_up_the_first_does_not_become_true(
    cast: Cast, now: datetime, hands: Hands, first: str
) -> None:
    """It was overtaken before the element had it, and nobody holds its secret."""
    hands.mail.rejecting = True
    sent = []
    for operation in ("one", "two"):
        sent.append(send(cast, now, operation=operation))
        work(hands)
    abandon(cast, sent[1].plan)
    newest = find.newest_version(cast.access)
    assert newest is not None and newest.number == 1
    dead = OutboxEffect.objects.get(plan=sent[0].plan, kind="deliver")
    hands.mail.rejecting = False
    mend_outbox.retry(actor=actor(cast.dina), effect_id=dead.pk, now=now)
    work(hands)
    assert states(sent[0].plan)["deliver"] == "skipped" and still_as_before(cast, hands, first)


def test_giving_up_a_notice_does_not_give_up_the_change_it_tells_of(
    cast: Cast, now: datetime, hands: Hands
) -> None:
    """The registrar is away when the notice bounces: the new password must still reach it."""
    hands.mail.rejecting = hands.registrar.down = True
    drawn = rotate_credential.reset(
        actor=actor(cast.ada, now), reference=cast.line.reference, operation="x", now=now
    )
    work(hands)
    assert states(drawn.plan)["push"] == "waiting"
    abandon(cast, drawn.plan, "notify")
    assert CredentialVersion.objects.get(plan=drawn.plan).state == State.PLANNED
    hands.registrar.down = False
    OutboxEffect.objects.update(not_before=now)
    work(hands)
    assert drawn.shown_once is not None and hands.registers(cast.line, drawn.shown_once.reveal())


class TestInGrace:
    """NEW-1: the network keeps the old secret until the new one is used, so there is nobody to cut."""

    @pytest.fixture(autouse=True)
    def both_at_once(self, first: str, hands: Hands) -> None:
        schedule.look_at_elements(hands.outside, timezone.now())

    @pytest.mark.parametrize("mail", ["well", "down", "rejecting"])
    def test_nobody_is_cut_whatever_becomes_of_the_mail(
        self, cast: Cast, now: datetime, hands: Hands, first: str, mail: str
    ) -> None:
        hands.mail.down, hands.mail.rejecting = mail == "down", mail == "rejecting"
        receipt = send(cast, now)
        work(hands)
        assert "disconnect" not in states(receipt.plan)
        assert still_as_before(cast, hands, first)

    def test_what_is_cut_before_its_time_waits_for_the_mail_too(
        self, cast: Cast, now: datetime, hands: Hands, first: str
    ) -> None:
        hands.mail.down = True
        send(cast, now)
        work(hands)
        ada, reference = actor(cast.ada, now), cast.access.reference
        ended = end_grace.end(actor=ada, reference=reference, operation="cut", now=now)
        work(hands)
        assert states(ended.plan)["disconnect"] == "waiting" and still_as_before(cast, hands, first)
        hands.mail.down = False
        OutboxEffect.objects.update(not_before=now)
        work(hands)
        assert states(ended.plan)["disconnect"] == "done" and not still_as_before(cast, hands, first)
