"""From a change to a customer's own system, over real HTTP: signed, at least once, nobody's secret in it."""

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from linekey.enact.table import TO_PROGRAMS
from linekey.records.models import OutboxEffect, WebhookDelivery
from linekey.usecases import manage_webhook, rotate_credential
from linekey.worker.crew import Crew
from tests.build import GOOD_SIP_PASSWORD, Cast, actor
from tests.hands import LEASE, Hands, claim_due, work
from tests.receiver import Receiver, hook, receiving, wired_for_real


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


def change(cast: Cast) -> None:
    now = timezone.now()
    rotate_credential.change(
        actor=actor(cast.ada, now),
        reference=cast.line.reference,
        new=GOOD_SIP_PASSWORD,
        operation="one",
        now=now,
    )


def reset(cast: Cast, operation: str) -> str:
    now = timezone.now()
    receipt = rotate_credential.reset(
        actor=actor(cast.ada, now), reference=cast.line.reference, operation=operation, now=now
    )
    assert receipt.shown_once is not None
    return receipt.shown_once.reveal()


def test_a_change_reaches_the_companys_own_system_signed(
    cast: Cast, hands: Hands, receiver: Receiver
) -> None:
    made = hook(cast.bruno, receiver.url)
    change(cast)
    work(wired_for_real(hands))
    (taken,) = receiver.taken
    assert taken.holds(made.secret.reveal())
    assert not taken.holds("whsec_" + "A" * 43 + "=")
    assert taken.event["type"] == "credential.changed"
    assert taken.event["data"]["service"] == {"reference": cast.line.reference, "kind": "sip_line"}
    assert taken.event["data"]["version"] == 1
    assert taken.event["data"]["by"] == cast.ada.customer_id
    assert WebhookDelivery.objects.get().state == "delivered"


def test_no_secret_stands_in_what_is_sent_or_kept(cast: Cast, hands: Hands, receiver: Receiver) -> None:
    made = hook(cast.bruno, receiver.url)
    change(cast)
    shown = [reset(cast, f"reset-{number}") for number in range(3)]
    now = timezone.now()
    again = manage_webhook.renew(
        actor=actor(cast.bruno, now), reference=made.reference, operation="r", now=now
    )
    work(wired_for_real(hands))
    secrets = [GOOD_SIP_PASSWORD.reveal(), *shown, made.secret.reveal(), again.secret.reveal()]
    sent = b"\n".join(taken.body for taken in receiver.taken)
    kept = "\n".join(str(row) for row in WebhookDelivery.objects.values_list())
    kept += "\n".join(str(row) for row in OutboxEffect.objects.values_list())
    assert len(receiver.taken) == 4
    for secret in secrets:
        assert secret.encode() not in sent and secret.removeprefix("whsec_") not in kept
    assert all(taken.holds(again.secret.reveal()) for taken in receiver.taken)
    assert all(taken.holds(made.secret.reveal()) for taken in receiver.taken), "the former signs as well"


def test_a_crash_between_sending_and_settling_sends_the_same_event_again(
    cast: Cast, hands: Hands, receiver: Receiver
) -> None:
    hook(cast.bruno, receiver.url)
    change(cast)
    wires = wired_for_real(hands)
    work(wires)
    # As after a crash: it was sent, and nothing of that was written down.
    WebhookDelivery.objects.update(state="waiting", attempts=0, last_at=None, last_status=None)
    lost = OutboxEffect.objects.filter(kind="webhook")
    lost.update(state="claimed", settled_at=None, lease_until=timezone.now() - timedelta(seconds=1))
    work(wires)
    first, second = receiver.taken
    assert (first.id, first.body) == (second.id, second.body)
    assert WebhookDelivery.objects.get().state == "delivered"


def test_two_workers_do_not_send_to_one_endpoint_at_once(
    cast: Cast, hands: Hands, receiver: Receiver
) -> None:
    hook(cast.bruno, receiver.url)
    for number in range(3):
        reset(cast, f"reset-{number}")
    ours = [each for each in claim_due() if each.kind == "webhook"]
    assert len(ours) == 1, "the lane of an endpoint is one hand's"
    assert [each for each in claim_due() if each.kind == "webhook"] == []


@pytest.mark.django_db(transaction=True)
def test_one_slow_endpoint_delays_no_other(cast: Cast, hands: Hands, receiver: Receiver) -> None:
    receiver.hold = threading.Event()
    hook(cast.bruno, receiver.url)
    with receiving() as quick:
        hook(cast.chen, quick.url)
        for number in range(12):
            reset(cast, f"reset-{number}")
        stop, crew = threading.Event(), Crew(wired_for_real(hands), LEASE, TO_PROGRAMS)

        def run() -> None:
            try:
                crew.run(stop)
            finally:
                connection.close()

        thread = threading.Thread(target=run)
        thread.start()
        try:
            waited = threading.Event()
            for _ in range(400):
                if len(quick.taken) == 12:
                    break
                waited.wait(0.05)
            assert len(quick.taken) == 12
            assert len(receiver.taken) == 1, "it still holds its first"
        finally:
            stop.set()
            receiver.hold.set()
            thread.join()
