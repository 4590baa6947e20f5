"""Law 6: a secret that is shown is shown once; the same operation, however often it comes, is one."""

from collections.abc import Callable
from datetime import datetime
from threading import Barrier

import pytest
from django.utils import timezone

from linekey.domain.errors import AlreadyShown
from linekey.domain.secret import Secret
from linekey.records.models import AuditEntry, CredentialVersion, OutboxEffect
from linekey.usecases import rotate_credential
from linekey.usecases.rotate_credential import Receipt
from tests.build import GOOD_SIP_PASSWORD, Cast, actor

Threads = Callable[[list[Callable[[], Receipt | None]]], list[Receipt | None]]


def test_a_reload_of_a_reset_shows_nothing_and_changes_nothing(cast: Cast, now: datetime) -> None:
    ada = actor(cast.ada, now)
    first = rotate_credential.reset(actor=ada, reference=cast.line.reference, operation="x", now=now)
    assert first.shown_once is not None
    for _ in range(3):
        with pytest.raises(AlreadyShown):
            rotate_credential.reset(actor=ada, reference=cast.line.reference, operation="x", now=now)
    assert CredentialVersion.objects.count() == 1
    assert AuditEntry.objects.filter(action="credential.reset").count() == 1


def test_the_same_operation_on_another_line_is_another_one(cast: Cast, now: datetime) -> None:
    bruno = actor(cast.bruno, now)
    receipts = [
        rotate_credential.reset(actor=bruno, reference=service.reference, operation="x", now=now)
        for service in (cast.line, cast.licence)
    ]
    assert receipts[0].plan != receipts[1].plan
    assert receipts[0].shown_once != receipts[1].shown_once


def test_nobody_else_can_have_a_shown_secret_with_the_same_operation(cast: Cast, now: datetime) -> None:
    rotate_credential.reset(actor=actor(cast.ada, now), reference=cast.line.reference, operation="x", now=now)
    with pytest.raises(AlreadyShown):
        rotate_credential.reset(
            actor=actor(cast.olivia, now), reference=cast.line.reference, operation="x", now=now
        )


@pytest.mark.parametrize("verb", ["change", "send", "retire"])
def test_a_repeated_request_gets_its_first_receipt_without_any_secret(
    cast: Cast, now: datetime, verb: str
) -> None:
    bruno = actor(cast.bruno, now)
    ask: dict[str, Callable[[], Receipt]] = {
        "change": lambda: rotate_credential.change(
            actor=bruno, reference=cast.line.reference, new=GOOD_SIP_PASSWORD, operation="x", now=now
        ),
        "send": lambda: rotate_credential.send(
            actor=bruno, reference=cast.line.reference, operation="x", now=now
        ),
        "retire": lambda: rotate_credential.retire(
            actor=bruno, reference=cast.line.reference, operation="x", now=now
        ),
    }
    first, second = ask[verb](), ask[verb]()
    assert first == second and second.shown_once is None
    assert len(set(OutboxEffect.objects.values_list("plan", flat=True))) == 1


@pytest.mark.django_db(transaction=True)
def test_of_a_click_sent_several_times_at_once_one_shows_the_secret(
    committed: Cast, in_threads: Threads
) -> None:
    start = Barrier(6)

    def click() -> Receipt | None:
        start.wait(30)
        try:
            return rotate_credential.reset(
                actor=actor(committed.ada, timezone.now()),
                reference=committed.line.reference,
                operation="x",
                now=timezone.now(),
            )
        except AlreadyShown:
            return None

    shown = [receipt.shown_once for receipt in in_threads([click] * 6) if receipt]
    assert len(shown) == 1 and isinstance(shown[0], Secret)
    assert CredentialVersion.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_change_sent_several_times_at_once_is_one_change(committed: Cast, in_threads: Threads) -> None:
    start = Barrier(6)

    def click() -> Receipt:
        start.wait(30)
        return rotate_credential.change(
            actor=actor(committed.ada),
            reference=committed.line.reference,
            new=GOOD_SIP_PASSWORD,
            operation="x",
            now=timezone.now(),
        )

    assert len({receipt.plan for receipt in in_threads([click] * 6) if receipt}) == 1
    assert CredentialVersion.objects.count() == 1
