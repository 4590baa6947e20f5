"""What a page may know: true, the actor's own, and without any secret."""

from datetime import datetime

import pytest
from django.utils import timezone

from linekey.domain.effects import REPAIR, Effect, EffectKind
from linekey.domain.errors import NotAllowed, NotWaiting
from linekey.records import outbox, pages
from linekey.records.models import CredentialVersion, OutboxEffect
from linekey.usecases import rotate_credential
from linekey.worker import schedule
from tests.build import GOOD_SIP_PASSWORD, Cast, actor
from tests.hands import Hands, work


def change(cast: Cast, now: datetime) -> str:
    return rotate_credential.change(
        actor=actor(cast.ada), reference=cast.line.reference, new=GOOD_SIP_PASSWORD, operation="a", now=now
    ).plan


def progress(cast: Cast, now: datetime) -> pages.Progress:
    found = pages.service(actor(cast.ada), cast.line.reference, now=now).progress
    assert found is not None
    return found


def test_a_change_runs_waits_is_blocked_or_done_as_its_steps_are(
    cast: Cast, now: datetime, hands: Hands
) -> None:
    assert pages.service(actor(cast.ada), cast.line.reference, now=now).progress is None
    hands.registrar.down = True
    plan = change(cast, now)
    assert (progress(cast, now).state, progress(cast, now).network_done) == ("running", False)
    work(hands)
    assert (progress(cast, now).state, progress(cast, now).plan) == ("waiting", plan)
    hands.registrar.down, hands.registrar.rejecting = False, True
    OutboxEffect.objects.update(not_before=now)
    work(hands)
    assert progress(cast, now).state == "blocked"
    hands.registrar.rejecting = False
    OutboxEffect.objects.filter(state__in=["dead", "blocked"]).update(state="waiting", not_before=now)
    work(hands)
    assert (progress(cast, now).state, progress(cast, now).network_done) == ("done", True)
    assert progress(cast, now).verb == "change"


def test_a_correction_by_the_worker_is_no_change_of_the_person(cast: Cast, now: datetime) -> None:
    plan = change(cast, now)
    version = CredentialVersion.objects.get()
    repair = Effect(EffectKind.PUSH, facts={REPAIR: "x"})
    outbox.put([repair], plan="r", now=timezone.now(), service=cast.line, version=version)
    assert progress(cast, now).plan == plan


def test_only_staff_see_elements_and_what_is_stopped(cast: Cast, now: datetime, hands: Hands) -> None:
    schedule.look_at_elements(hands.outside, now)
    assert [row.name for row in pages.elements(actor(cast.dina), now=now)] == [
        "freeradius-1",
        "mail",
        "kamailio-1",
        "sms",
    ]
    for person in (cast.ada, cast.bruno, cast.chen):
        for look in (pages.elements, pages.unsettled):
            with pytest.raises(NotAllowed):
                look(actor(person, now), now=now)
        with pytest.raises(NotAllowed):
            pages.stopped(actor(person, now), 1, now=now)


def test_before_giving_up_staff_read_what_stays(cast: Cast, now: datetime, hands: Hands) -> None:
    dina = actor(cast.dina)
    hands.registrar.rejecting = hands.mail.rejecting = True
    change(cast, now)
    work(hands)
    rows = {row.step.kind: row for row in pages.unsettled(dina, now=now) if row.step.state == "dead"}
    assert rows.keys() == {"push", "notify"}
    assert rows["push"].undone and not rows["notify"].undone, "a notice given up changes no password"
    assert rows["push"].reference == cast.line.reference and rows["push"].customer_id == "ab12345-lk"
    assert "drop" in [step.kind for step in pages.stopped(dina, rows["push"].id, now=now).behind]
    with pytest.raises(NotWaiting):
        pages.stopped(dina, OutboxEffect.objects.get(kind="drop").pk, now=now)


def test_an_access_can_be_opened_on_the_elements_there_are(cast: Cast, now: datetime, hands: Hands) -> None:
    schedule.look_at_elements(hands.outside, now)
    assert pages.access_servers(actor(cast.chen, now), now=now) == ["freeradius-1"]


def test_everybody_reads_their_own_mails_alone(cast: Cast, now: datetime, hands: Hands) -> None:
    change(cast, now)
    work(hands)
    ada, eve = actor(cast.ada), actor(cast.eve)
    (row,) = pages.mails(ada)
    assert pages.mail_ids(ada) == [row.id] and pages.mails(ada, before=row.id) == []
    page = pages.mail(ada, row.id)
    assert page is not None and page.row == row and cast.line.sip.number in page.text
    assert pages.mail(eve, row.id) is None and pages.mails(eve) == [] and pages.mail_ids(eve) == []


def test_an_address_is_shown_enough_to_recognise_and_not_to_learn() -> None:
    assert pages.masked("ada@example.org") == "a•••@example.org"
