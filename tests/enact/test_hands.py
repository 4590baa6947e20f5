"""Each hand: what it makes true, how it answers trouble, and that doing it twice is doing it once."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from linekey.domain.effects import REPAIR, Effect, EffectKind
from linekey.enact import messages, network, sight, table
from linekey.enact.outside import Again, Dead, Done, Skipped
from linekey.enact.versions import service_of
from linekey.network.ports import Disconnection
from linekey.records import outbox
from linekey.records.claimed import Claimed
from linekey.records.models import CredentialVersion, Observation, OutboxEffect, ServiceMail, Ticket
from linekey.usecases import rotate_credential
from linekey.usecases.rotate_credential import Receipt
from linekey.worker.settle import settle
from tests.build import GOOD_SIP_PASSWORD, Cast, actor
from tests.hands import Hands, claim_due, make_due, states, work


def change(cast: Cast, now: datetime) -> Receipt:
    return rotate_credential.change(
        actor=actor(cast.ada), reference=cast.line.reference, new=GOOD_SIP_PASSWORD, operation="a", now=now
    )


def reset(cast: Cast, now: datetime, operation: str = "a") -> Receipt:
    return rotate_credential.reset(
        actor=actor(cast.ada, now), reference=cast.access.reference, operation=operation, now=now
    )


def claimed_of(kind: str) -> Claimed:
    """The waiting effect of this kind, as a worker would hold it, its turn come or not."""
    row = OutboxEffect.objects.filter(kind=kind).latest("id")
    return Claimed(
        id=row.pk,
        attempts=row.attempts + 1,
        kind=row.kind,
        plan=row.plan,
        service_id=row.service_id,
        version_id=row.version_id,
        person_id=row.person_id,
        message=row.message,
        facts=dict(row.facts),
        created_at=row.created_at,
        lease_until=timezone.now() + timedelta(minutes=1),
    )


def test_there_is_a_hand_for_every_kind_of_effect() -> None:
    assert table.ONE_BY_ONE.keys() | table.IN_BATCHES.keys() == set(EffectKind)


def test_a_push_made_twice_leaves_the_same_element(cast: Cast, now: datetime, hands: Hands) -> None:
    change(cast, now)
    for _ in range(2):
        (outcome,) = network.push([claimed_of("push")], hands.outside, now).values()
        assert outcome == Done({"version": 1})
    assert hands.registers(cast.line, GOOD_SIP_PASSWORD.reveal())


def test_a_drop_tells_how_many_registrations_went(cast: Cast, now: datetime, hands: Hands) -> None:
    change(cast, now)
    network.push([claimed_of("push")], hands.outside, now)
    hands.registers(cast.line, GOOD_SIP_PASSWORD.reveal())
    for count in (1, 0):
        (outcome,) = network.drop([claimed_of("drop")], hands.outside, now).values()
        assert outcome == Done({"dropped": count})


# --- disconnect (RFC 5176) --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "cause"), [(Disconnection.ACK, None), (Disconnection.NAK, 503), (Disconnection.NAK, 501)]
)
def test_every_answer_of_the_access_server_is_kept(
    cast: Cast, now: datetime, hands: Hands, answer: Disconnection, cause: int | None
) -> None:
    for nas in ("192.0.2.1", "192.0.2.2"):
        hands.access.open_session(cast.access.ppp.login, nas)
    hands.access.answer, hands.access.error_cause = answer, cause
    reset(cast, now)
    outcome = network.disconnect(claimed_of("disconnect"), hands.outside, now)
    assert isinstance(outcome, Done)
    assert [(told["nas"], told["answer"], told["error_cause"]) for told in outcome.result["answers"]] == [
        ("192.0.2.1", answer.value, cause),
        ("192.0.2.2", answer.value, cause),
    ]


def test_a_silent_access_server_is_asked_three_times_and_then_recorded_as_silent(
    cast: Cast, now: datetime, hands: Hands
) -> None:
    hands.access.open_session(cast.access.ppp.login)
    hands.access.answer = Disconnection.TIMEOUT
    plan = reset(cast, now).plan
    for _ in range(3):
        work(hands)
        OutboxEffect.objects.update(not_before=now)
    row = OutboxEffect.objects.get(plan=plan, kind="disconnect")
    assert (row.state, row.attempts) == ("done", 3)
    assert [told["answer"] for told in row.result["answers"]] == ["timeout"]


def test_a_session_opened_with_the_new_password_is_left_alone(
    cast: Cast, now: datetime, hands: Hands
) -> None:
    old = hands.access.open_session(cast.access.ppp.login)
    plan = reset(cast, now).plan
    for claimed in claim_due():
        if claimed.kind == "push":
            settle(claimed, network.push([claimed], hands.outside, timezone.now())[claimed.id])
    new = hands.access.open_session(cast.access.ppp.login)
    work(hands)
    assert states(plan)["disconnect"] == "done"
    assert hands.access.sessions(cast.access.ppp.login) == [new] != [old]


# --- looking ----------------------------------------------------------------------------------------------


def test_a_device_that_is_back_is_seen_once_it_used_the_new_secret(
    cast: Cast, now: datetime, hands: Hands
) -> None:
    plan = change(cast, now).plan
    work(hands)
    assert states(plan)["watch"] == "waiting"
    hands.registers(cast.line, GOOD_SIP_PASSWORD.reveal())
    outcome = sight.watch(claimed_of("watch"), hands.outside, timezone.now())
    assert isinstance(outcome, Done) and outcome.result["back"] is True
    assert outcome.result["user_agent"] == "linekey-fake"
    assert Observation.objects.get(service=cast.line).online


def test_a_box_that_is_back_is_seen_too(cast: Cast, hands: Hands) -> None:
    reset(cast, timezone.now())
    work(hands)
    hands.access.open_session(cast.access.ppp.login, framed="192.0.2.99")
    outcome = sight.watch(claimed_of("watch"), hands.outside, timezone.now())
    assert isinstance(outcome, Done) and outcome.result["address"] == "192.0.2.99"


@pytest.mark.parametrize("service", ["line", "access"])
def test_a_device_that_stays_away_is_watched_for_half_an_hour(cast: Cast, hands: Hands, service: str) -> None:
    began = timezone.now()
    if service == "line":
        change(cast, began)
    else:
        reset(cast, began)
    work(hands)
    watch = claimed_of("watch")
    soon = sight.watch(watch, hands.outside, began + timedelta(seconds=10))
    later = sight.watch(watch, hands.outside, began + timedelta(minutes=20))
    assert soon == Again(began + timedelta(seconds=11), "")  # at least a second apart
    assert isinstance(later, Again) and abs(later.at - began - timedelta(minutes=21)) < timedelta(seconds=1)
    end = began + sight.WATCH_LASTS + timedelta(seconds=1)
    assert sight.watch(watch, hands.outside, end) == Done({"back": False})


def test_an_element_that_is_away_is_watched_again_later(cast: Cast, hands: Hands) -> None:
    change(cast, timezone.now())
    work(hands)
    hands.registrar.down = True
    watch = claimed_of("watch")
    assert isinstance(table.make_true([watch], hands.outside, timezone.now())[watch.id], Again)


def test_nothing_is_watched_for_a_version_that_was_overtaken(cast: Cast, now: datetime, hands: Hands) -> None:
    reset(cast, now)
    watch = claimed_of("watch")
    reset(cast, now, "b")
    assert sight.watch(watch, hands.outside, now) == Skipped()


# --- telling ----------------------------------------------------------------------------------------------


def test_a_mail_sent_twice_is_one_mail_in_the_archive_with_one_message_id(
    cast: Cast, now: datetime, hands: Hands
) -> None:
    """RFC 5322 section 3.6.4: the same Message-ID, by which mail systems drop the second copy."""
    change(cast, now)
    for _ in range(2):
        messages.notify(claimed_of("notify"), hands.outside, now)
    assert len({mail.message_id for mail in hands.mail.mails}) == 1 == ServiceMail.objects.count()


def test_the_archive_masks_what_opens_something(cast: Cast, now: datetime, hands: Hands) -> None:
    for service in (cast.line, cast.access):
        rotate_credential.send(actor=actor(cast.ada), reference=service.reference, operation="s", now=now)
    work(hands)
    for mail, kept in zip(hands.mail.mails, ServiceMail.objects.order_by("id"), strict=True):
        assert "••••" in kept.text and "••••" in kept.html
        assert kept.text != mail.written.text and kept.address == cast.ada.email


def test_the_owner_reads_who_made_the_change(cast: Cast, now: datetime, hands: Hands) -> None:
    rotate_credential.reset(
        actor=actor(cast.dina, now), reference=cast.line.reference, operation="x", now=now
    )
    change(cast, now)
    CredentialVersion.objects.filter(number=3).update(made_by=None)
    work(hands)
    by_staff, by_ada = (mail.written.text for mail in hands.mail.mails)
    assert "Linekey Télécom" in by_staff and "Dina" not in by_staff
    assert "Ada Lemoine" in by_ada


def test_a_change_nobody_signed_names_nobody(cast: Cast, now: datetime, hands: Hands) -> None:
    change(cast, now)
    CredentialVersion.objects.update(made_by=None)
    work(hands)
    assert len(hands.mail.mails) == 1


def test_a_line_without_a_contact_tells_nobody(cast: Cast, now: datetime, hands: Hands) -> None:
    receipt = rotate_credential.reset(
        actor=actor(cast.bruno, now), reference=cast.licence.reference, operation="x", now=now
    )
    work(hands)
    assert states(receipt.plan)["notify"] == "done" and hands.mail.mails == []


def test_a_link_tried_again_replaces_the_one_before(cast: Cast, now: datetime, hands: Hands) -> None:
    rotate_credential.send(actor=actor(cast.ada), reference=cast.line.reference, operation="s", now=now)
    for _ in range(2):
        messages.invite(claimed_of("invite"), hands.outside, now)
    assert Ticket.objects.filter(used_at=None).count() == 1 and len(hands.mail.mails) == 2


def test_a_link_still_to_be_sent_is_not_sent_once_a_newer_secret_was_made(
    cast: Cast, now: datetime, hands: Hands
) -> None:
    hands.mail.down = True
    sent = rotate_credential.send(
        actor=actor(cast.chen, now), reference=cast.line.reference, operation="s", now=now
    )
    work(hands)
    change(cast, now)
    work(hands)
    hands.mail.down = False
    make_due()
    work(hands)
    assert states(sent.plan) == {"invite": "skipped"}
    assert not any("/lien/" in mail.written.text for mail in hands.mail.mails)


def test_a_change_does_not_wait_behind_a_link_no_mail_server_takes(
    cast: Cast, now: datetime, hands: Hands
) -> None:
    hands.mail.down = True
    rotate_credential.send(actor=actor(cast.chen, now), reference=cast.line.reference, operation="s", now=now)
    work(hands)
    changed = change(cast, now)
    work(hands)
    assert states(changed.plan)["push"] == "done"
    assert hands.registers(cast.line, GOOD_SIP_PASSWORD.reveal())


def test_a_repair_of_the_old_secret_leaves_the_link_standing(cast: Cast, now: datetime, hands: Hands) -> None:
    change(cast, now)
    work(hands)
    sent = rotate_credential.send(
        actor=actor(cast.chen, now), reference=cast.line.reference, operation="s", now=now
    )
    newest = CredentialVersion.objects.get()
    repair = Effect(EffectKind.PUSH, facts={REPAIR: "written after the lease"})
    outbox.put([repair], plan="repair", now=now, service=cast.line, version=newest)
    work(hands)
    assert states(sent.plan) == {"invite": "done"}


def test_a_link_for_a_line_that_lost_its_contact_stops(cast: Cast, now: datetime, hands: Hands) -> None:
    rotate_credential.send(actor=actor(cast.ada), reference=cast.line.reference, operation="s", now=now)
    cast.line.owner = None
    cast.line.save()
    assert isinstance(messages.invite(claimed_of("invite"), hands.outside, now), Dead)
    assert not Ticket.objects.exists()


# --- bugs that must show ----------------------------------------------------------------------------------


def test_effects_that_name_no_version_are_skipped_and_those_that_name_no_service_are_a_bug(
    cast: Cast, now: datetime, hands: Hands
) -> None:
    outbox.put(
        [Effect(EffectKind.PUSH), Effect(EffectKind.RETIRE), Effect(EffectKind.NOTIFY)], plan="p", now=now
    )
    push, retire = claimed_of("push"), claimed_of("retire")
    assert network.push([push], hands.outside, now) == {push.id: Skipped()}
    assert network.retire(retire, hands.outside, now) == Skipped()
    assert messages.notify(claimed_of("notify"), hands.outside, now) == Done({"told": False})
    with pytest.raises(ValueError, match="names no service"):
        service_of(push)
    table.after(push, now)


def test_a_batch_of_a_kind_that_is_refused_stops_each(cast: Cast, now: datetime, hands: Hands) -> None:
    change(cast, now)
    hands.registrar.rejecting = True
    drop = claimed_of("drop")
    assert table.make_true([drop], hands.outside, now) == {drop.id: Dead("kamailio-1: told to refuse")}
