"""Change, reset, send, retire: who may, what is promised, and that twice is once."""

from datetime import datetime

import pytest

from linekey.domain.errors import (
    AlreadyShown,
    ManagedByPhone,
    NotAllowed,
    NotFound,
    PasswordRefused,
    StepUpNeeded,
)
from linekey.domain.secret import Secret
from linekey.records.models import CredentialVersion, OutboxEffect
from linekey.usecases import rotate_credential
from tests.build import GOOD_SIP_PASSWORD, Cast, actor, stale


def _effects(plan: str) -> list[str]:
    return list(OutboxEffect.objects.filter(plan=plan).order_by("step").values_list("kind", flat=True))


def test_ada_changes_her_line_and_the_plan_is_push_drop_tell_watch(cast: Cast, now: datetime) -> None:
    receipt = rotate_credential.change(
        actor=actor(cast.ada), reference=cast.line.reference, new=GOOD_SIP_PASSWORD, operation="a", now=now
    )
    assert receipt.version == 1
    assert _effects(receipt.plan) == ["push", "drop", "notify", "watch"]


def test_a_double_click_is_one_change(cast: Cast, now: datetime) -> None:
    first, second = (
        rotate_credential.change(
            actor=actor(cast.ada),
            reference=cast.line.reference,
            new=GOOD_SIP_PASSWORD,
            operation="a",
            now=now,
        )
        for _ in range(2)
    )
    assert first == second
    assert CredentialVersion.objects.count() == 1


def test_a_reset_shows_its_secret_once_and_never_again(cast: Cast, now: datetime) -> None:
    chen = actor(cast.chen, now)
    receipt = rotate_credential.reset(actor=chen, reference="FPC172947", operation="x", now=now)
    assert receipt.shown_once is not None and len(receipt.shown_once) == 16
    with pytest.raises(AlreadyShown):
        rotate_credential.reset(actor=chen, reference="FPC172947", operation="x", now=now)
    assert CredentialVersion.objects.count() == 1


def test_a_reset_wants_a_recent_proof(cast: Cast, now: datetime) -> None:
    with pytest.raises(StepUpNeeded):
        rotate_credential.reset(actor=stale(actor(cast.chen)), reference="FPC172947", operation="x", now=now)


def test_staff_never_choose_a_persons_secret(cast: Cast, now: datetime) -> None:
    with pytest.raises(NotAllowed):
        rotate_credential.change(
            actor=actor(cast.dina, now),
            reference=cast.line.reference,
            new=GOOD_SIP_PASSWORD,
            operation="a",
            now=now,
        )


def test_unknown_and_not_yours_are_one_answer(cast: Cast, now: datetime) -> None:
    for reference in (cast.eves_line.reference, "nothing", "a\0b", "x" * 10_000):
        with pytest.raises(NotFound):
            rotate_credential.change(
                actor=actor(cast.ada), reference=reference, new=GOOD_SIP_PASSWORD, operation="a", now=now
            )


def test_a_plug_and_phone_line_refuses_with_the_reason(cast: Cast, now: datetime) -> None:
    with pytest.raises(ManagedByPhone) as refusal:
        rotate_credential.change(
            actor=actor(cast.ada), reference="0033972101011", new=GOOD_SIP_PASSWORD, operation="a", now=now
        )
    assert refusal.value.values == {"phone": "Yealink T46U"}


@pytest.mark.parametrize(
    ("typed", "broken"),
    [
        ("court1", {"length"}),
        ("abcdefghij", {"classes"}),
        ("1234kayakayak4321", {"palindrome"}),
        ("été-Mot-1234", {"charset"}),
        ("Lemoine-7391", {"personal"}),
        ("iloveyou2026!", {"common"}),
    ],
)
def test_each_refusal_names_its_rule(cast: Cast, now: datetime, typed: str, broken: set[str]) -> None:
    with pytest.raises(PasswordRefused) as refusal:
        rotate_credential.change(
            actor=actor(cast.ada), reference=cast.line.reference, new=Secret(typed), operation="a", now=now
        )
    assert {rule.code for rule in refusal.value.broken} >= broken  # type: ignore[attr-defined]
    assert not CredentialVersion.objects.exists()
    assert not OutboxEffect.objects.exists()


def test_a_password_already_used_on_the_line_is_refused(cast: Cast, now: datetime) -> None:
    ada = actor(cast.ada)
    rotate_credential.change(
        actor=ada, reference=cast.line.reference, new=GOOD_SIP_PASSWORD, operation="a", now=now
    )
    with pytest.raises(PasswordRefused):
        rotate_credential.change(
            actor=ada, reference=cast.line.reference, new=GOOD_SIP_PASSWORD, operation="b", now=now
        )


def test_pppoe_credentials_go_by_mail_before_the_network_is_touched(cast: Cast, now: datetime) -> None:
    receipt = rotate_credential.send(
        actor=actor(cast.ada), reference=cast.access.reference, operation="a", now=now
    )
    assert _effects(receipt.plan) == ["deliver", "push", "disconnect", "watch"]
    assert receipt.shown_once is None


def test_a_leaked_secret_is_cut_before_the_mail(cast: Cast, now: datetime) -> None:
    receipt = rotate_credential.send(
        actor=actor(cast.ada), reference=cast.access.reference, operation="a", now=now, compromised=True
    )
    assert _effects(receipt.plan) == ["push", "disconnect", "deliver", "watch"]


def test_by_link_nothing_changes_before_the_link_is_opened(cast: Cast, now: datetime) -> None:
    receipt = rotate_credential.send(
        actor=actor(cast.ada), reference=cast.line.reference, operation="a", now=now
    )
    assert _effects(receipt.plan) == ["invite"]
    assert receipt.version is None and not CredentialVersion.objects.exists()
