"""What refuses a verb, and what a policy changes: the same for every door."""

from datetime import datetime

import pytest

from linekey.domain.errors import (
    ManagedByPhone,
    NoContact,
    NotAllowed,
    ServiceNotActive,
    StepUpNeeded,
    VerbNotOffered,
)
from linekey.domain.secret import Secret
from linekey.records.models import AuditEntry, CredentialVersion, OutboxEffect
from linekey.usecases import rotate_credential
from tests.build import GOOD_SIP_PASSWORD, Cast, actor
from tests.hands import Hands, states, work


@pytest.mark.parametrize("state", ["suspended", "closed"])
def test_a_service_that_is_not_active_keeps_its_secret(cast: Cast, now: datetime, state: str) -> None:
    cast.line.state = state
    cast.line.save()
    with pytest.raises(ServiceNotActive):
        rotate_credential.reset(
            actor=actor(cast.ada, now), reference=cast.line.reference, operation="a", now=now
        )


def test_nobody_chooses_a_pppoe_password(cast: Cast, now: datetime) -> None:
    """PPP-2."""
    with pytest.raises(VerbNotOffered):
        rotate_credential.change(
            actor=actor(cast.ada, now),
            reference=cast.access.reference,
            new=GOOD_SIP_PASSWORD,
            operation="a",
            now=now,
        )


def test_a_line_with_a_plug_and_phone_handset_can_be_retired_all_the_same(cast: Cast, now: datetime) -> None:
    bruno, reference = actor(cast.bruno, now), cast.phone_line.reference
    for ask in (rotate_credential.reset, rotate_credential.send):
        with pytest.raises(ManagedByPhone):
            ask(actor=bruno, reference=reference, operation="a", now=now)
    assert rotate_credential.retire(actor=bruno, reference=reference, operation="a", now=now).version == 1


def test_a_retired_line_accepts_nothing_until_it_gets_a_new_secret(
    cast: Cast, now: datetime, hands: Hands
) -> None:
    bruno, reference = actor(cast.bruno, now), cast.line.reference
    rotate_credential.change(actor=bruno, reference=reference, new=GOOD_SIP_PASSWORD, operation="a", now=now)
    work(hands)
    retired = rotate_credential.retire(actor=bruno, reference=reference, operation="b", now=now)
    work(hands)
    assert states(retired.plan) == {"retire": "done", "drop": "done", "notify": "done"}
    assert not hands.registers(cast.line, GOOD_SIP_PASSWORD.reveal())
    drawn = rotate_credential.reset(actor=bruno, reference=reference, operation="c", now=now)
    work(hands)
    assert drawn.shown_once is not None and hands.registers(cast.line, drawn.shown_once.reveal())


def test_a_retired_access_is_cut(cast: Cast, now: datetime, hands: Hands) -> None:
    bruno, reference = actor(cast.bruno, now), cast.access.reference
    drawn = rotate_credential.reset(actor=bruno, reference=reference, operation="a", now=now)
    work(hands)
    hands.access.open_session(cast.access.ppp.login)
    rotate_credential.retire(actor=bruno, reference=reference, operation="b", now=now)
    work(hands)
    assert drawn.shown_once is not None and hands.logs_in(cast.access, drawn.shown_once.reveal()) is False
    assert not hands.access.sessions(cast.access.ppp.login)


def test_a_subscriber_cannot_retire_and_a_stale_administrator_must_prove_it_again(
    cast: Cast, now: datetime
) -> None:
    with pytest.raises(NotAllowed):
        rotate_credential.retire(
            actor=actor(cast.ada, now), reference=cast.line.reference, operation="a", now=now
        )
    with pytest.raises(StepUpNeeded):
        rotate_credential.retire(
            actor=actor(cast.bruno), reference=cast.line.reference, operation="a", now=now
        )
    assert not CredentialVersion.objects.exists() and not OutboxEffect.objects.exists()


def test_the_nearest_policy_decides_how_pppoe_credentials_are_delivered(cast: Cast, now: datetime) -> None:
    """The operator of the cast mails them; the customer wants a link."""
    cast.lumen.policy = {"pppoe_delivery": "link"}
    cast.lumen.save()
    receipt = rotate_credential.send(
        actor=actor(cast.ada), reference=cast.access.reference, operation="a", now=now
    )
    assert list(states(receipt.plan)) == ["invite"] and not CredentialVersion.objects.exists()


def test_a_service_without_a_contact_is_not_sent_anywhere(cast: Cast, now: datetime) -> None:
    with pytest.raises(NoContact):
        rotate_credential.send(
            actor=actor(cast.bruno, now), reference=cast.licence.reference, operation="a", now=now
        )
    assert not OutboxEffect.objects.exists()


def test_a_send_asked_twice_is_one_even_when_it_left_no_version(cast: Cast, now: datetime) -> None:
    ask = {"actor": actor(cast.ada), "reference": cast.line.reference, "operation": "a", "now": now}
    first, second = (rotate_credential.send(**ask) for _ in range(2))  # type: ignore[arg-type]
    assert first == second and first.version is None and OutboxEffect.objects.count() == 1


def test_every_change_is_written_down_without_its_secret(cast: Cast, now: datetime) -> None:
    rotate_credential.change(
        actor=actor(cast.ada),
        reference=cast.line.reference,
        new=Secret(GOOD_SIP_PASSWORD.reveal()),
        operation="a",
        now=now,
    )
    entry = AuditEntry.objects.get()
    assert entry.action == "credential.change" and entry.path == cast.lumen.path
    assert (entry.door, entry.facts) == (
        "portal",
        {"compromised": "False", "grace_hours": "0", "version": "1"},
    )
