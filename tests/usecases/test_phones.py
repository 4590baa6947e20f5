"""Plug & Phone: the handset gets its password by itself, and nobody else ever holds it (SIP-3, SIP-6)."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from linekey.domain.access import Actor
from linekey.domain.errors import (
    AlreadyShown,
    HasPhone,
    MacTaken,
    Malformed,
    ManagedByPhone,
    NoPhone,
    NotAllowed,
    NotFound,
    ServiceNotActive,
    StepUpNeeded,
    TooManyAttempts,
    VerbNotOffered,
)
from linekey.domain.limits import FETCHES
from linekey.domain.phones import FIRST_LASTS, MOST_DRAWN, MOST_FETCHES, MOST_LOGGED, Outcome
from linekey.domain.secret import Secret
from linekey.network.ports import SipAddress
from linekey.records import phones as rows
from linekey.records.models import (
    AuditEntry,
    CredentialVersion,
    OutboxEffect,
    Phone,
    PhoneFetch,
    PhoneToken,
    Service,
)
from linekey.usecases import fetch_phone, give_phone, reset_phone, rotate_credential
from linekey.worker import listen, schedule
from tests.build import GOOD_SIP_PASSWORD, Cast, actor, stale
from tests.hands import PUBLIC_URL, Hands, make_due, states, work
from tests.handset import AT_HOME, SERVER, Handset, given
from tests.laws.conftest import InThreads

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(cast: Cast) -> Hands:
    """An element which holds two passwords, with Ada's first one in her old phone."""
    hands = Hands()
    schedule.look_at_elements(hands.outside, timezone.now())
    now = timezone.now()
    rotate_credential.change(
        actor=actor(cast.ada, now),
        reference=cast.line.reference,
        new=GOOD_SIP_PASSWORD,
        operation="first",
        now=now,
    )
    work(hands)
    return hands


def _reset(cast: Cast, operation: str = "reset", who: Actor | None = None) -> rotate_credential.Receipt:
    now = timezone.now()
    who = who or actor(cast.ada, now)
    return reset_phone.reset(actor=who, reference=cast.line.reference, operation=operation, now=now)


def _listen(hands: Hands) -> None:
    listen.turn(hands.outside)
    work(hands)


def test_a_handset_sets_itself_up_and_the_old_phone_works_until_it_has(cast: Cast, desk: Hands) -> None:
    handset = given(cast.line, cast.bruno)
    handset.fetch()
    work(desk)
    assert desk.registers(cast.line, GOOD_SIP_PASSWORD.reveal())
    assert desk.registers(cast.line, handset.password)
    assert not desk.registers(cast.line, GOOD_SIP_PASSWORD.reveal())


def test_a_line_with_a_handset_refuses_every_typed_password(cast: Cast, desk: Hands) -> None:
    given(cast.line, cast.bruno)
    asked: dict[str, Any] = {"reference": cast.line.reference, "operation": "x", "now": timezone.now()}
    ada = actor(cast.ada, timezone.now())
    for verb in (rotate_credential.reset, rotate_credential.send):
        with pytest.raises(ManagedByPhone):
            verb(actor=ada, **asked)
    with pytest.raises(ManagedByPhone):
        rotate_credential.change(actor=ada, new=Secret("Chataigne-5827"), **asked)


def test_the_first_address_is_dead_once_the_handset_comes_with_its_own(cast: Cast, desk: Hands) -> None:
    handset = given(cast.line, cast.bruno)
    first = handset.address
    handset.fetch()
    assert handset.address != first
    handset.fetch()
    handset.address = first
    with pytest.raises(NotFound):
        handset.fetch()


def test_an_answer_lost_on_the_way_is_asked_for_again_with_the_first_address(cast: Cast, desk: Hands) -> None:
    handset = given(cast.line, cast.bruno)
    first = handset.address
    handset.fetch()
    handset.address = first
    handset.fetch()
    work(desk)
    assert desk.registers(cast.line, handset.password)


def test_a_first_address_is_over_after_a_week(cast: Cast, desk: Hands) -> None:
    handset = given(cast.line, cast.bruno)
    with pytest.raises(NotFound):
        handset.fetch(timezone.now() + FIRST_LASTS)
    assert handset.row.fetches.get().outcome == Outcome.REFUSED


def test_a_handset_which_polls_draws_nothing_and_keeps_its_password(cast: Cast, desk: Hands) -> None:
    handset = given(cast.line, cast.bruno)
    handset.fetch()
    work(desk)
    desk.registers(cast.line, handset.password)
    _listen(desk)
    versions = cast.line.versions.count()
    for days in range(1, 4):
        polled = handset.fetch(timezone.now() + timedelta(days=days))
        assert polled.password is None and polled.folder is None
    assert cast.line.versions.count() == versions
    assert desk.registers(cast.line, handset.password)


def test_a_password_that_was_lost_is_replaced_when_the_handset_asks_again(cast: Cast, desk: Hands) -> None:
    handset = given(cast.line, cast.bruno)
    handset.fetch()
    work(desk)
    lost = handset.password
    assert handset.fetch(timezone.now() + timedelta(minutes=1)).password is None
    later = timezone.now() + timedelta(minutes=6)
    handset.fetch(later)
    work(desk, later)
    assert handset.password != lost
    assert desk.registers(cast.line, handset.password) and not desk.registers(cast.line, lost)


def test_without_a_grace_a_device_that_is_back_counts_as_having_used_it(cast: Cast, desk: Hands) -> None:
    desk.registrar.graceful = False
    schedule.look_at_elements(desk.outside, timezone.now())
    handset = given(cast.line, cast.bruno)
    handset.fetch()
    work(desk)
    assert not desk.registers(cast.line, GOOD_SIP_PASSWORD.reveal())
    assert desk.registers(cast.line, handset.password)
    make_due()
    work(desk)
    assert handset.fetch(timezone.now() + timedelta(hours=1)).password is None


def test_resetting_the_handset_tells_it_while_it_is_registered_and_cuts_nothing(
    cast: Cast, desk: Hands
) -> None:
    handset = given(cast.line, cast.bruno)
    handset.fetch()
    work(desk)
    desk.registers(cast.line, handset.password)
    _listen(desk)
    before = handset.password
    receipt = _reset(cast)
    work(desk)
    assert states(receipt.plan) == {"notify_phone": "done", "fetch": "waiting"}
    assert len(desk.registrar.notified) == 1
    assert desk.registers(cast.line, before)
    handset.fetch()
    work(desk)
    assert desk.registers(cast.line, before), "it may still be on its way"
    assert desk.registers(cast.line, handset.password)
    assert not desk.registers(cast.line, before)
    _listen(desk)
    told = states(receipt.plan)
    assert set(told.values()) == {"done"}
    assert list(told) == ["notify_phone", "fetch", "push", "watch", "release"]
    version = CredentialVersion.objects.get(plan=receipt.plan)
    assert OutboxEffect.objects.filter(version=version).count() == 5


def test_a_handset_that_is_away_changes_nothing_and_is_served_when_it_comes(cast: Cast, desk: Hands) -> None:
    handset = given(cast.line, cast.bruno)
    handset.fetch()
    work(desk)
    desk.registers(cast.line, handset.password)
    _listen(desk)
    desk.registrar.drop(SipAddress(cast.line.sip.username, cast.line.sip.realm))
    receipt = _reset(cast)
    work(desk)
    assert states(receipt.plan) == {"notify_phone": "waiting", "fetch": "waiting"}
    make_due()
    later = timezone.now() + timedelta(days=3, minutes=1)
    work(desk, later)
    told = dict(OutboxEffect.objects.filter(plan=receipt.plan).values_list("kind", "result"))
    assert told == {"notify_phone": {"asked": 0}, "fetch": {"fetched": False}}
    assert desk.registers(cast.line, handset.password), "nothing was cut"
    assert handset.row.asked_at is not None
    before = handset.password
    handset.fetch(later)
    assert handset.password != before
    assert handset.row.asked_at is None


def test_a_reset_that_is_sent_twice_is_one(cast: Cast, desk: Hands) -> None:
    given(cast.line, cast.bruno).fetch()
    first, second = _reset(cast), _reset(cast)
    assert first == second
    assert OutboxEffect.objects.filter(plan=first.plan).count() == 2


def test_a_later_reset_takes_over_from_an_earlier_one(cast: Cast, desk: Hands) -> None:
    handset = given(cast.line, cast.bruno)
    first, second = _reset(cast, "one"), _reset(cast, "two")
    work(desk)
    assert set(states(first.plan).values()) == {"skipped"}
    handset.fetch()
    work(desk)
    assert states(second.plan)["fetch"] == "done"
    assert CredentialVersion.objects.get(plan=second.plan).number == handset.row.drawn_version


def test_a_retired_line_is_not_opened_by_a_handset_which_polls(cast: Cast, desk: Hands) -> None:
    handset = given(cast.line, cast.bruno)
    handset.fetch()
    _reset(cast)
    now = timezone.now()
    rotate_credential.retire(
        actor=actor(cast.bruno, now), reference=cast.line.reference, operation="stolen", now=now
    )
    work(desk)
    assert handset.fetch().password is None
    assert not desk.registers(cast.line, handset.password)
    _reset(cast, "found again")
    assert handset.fetch().password is not None


def test_a_line_that_is_not_active_gives_its_handset_nothing(cast: Cast, desk: Hands) -> None:
    handset = given(cast.line, cast.bruno)
    Service.objects.filter(pk=cast.line.pk).update(state=Service.State.SUSPENDED)
    with pytest.raises(NotFound):
        handset.fetch()
    with pytest.raises(ServiceNotActive):
        _reset(cast)


def test_an_address_works_for_the_file_of_its_own_handset_only(cast: Cast, desk: Hands) -> None:
    handset = given(cast.line, cast.bruno)
    handset.mac = "001565aabbcd"
    with pytest.raises(NotFound):
        handset.fetch()
    handset.mac = "001565aabbcc"
    assert handset.fetch().password


def test_no_password_is_drawn_more_than_a_few_times_within_an_hour(cast: Cast, desk: Hands) -> None:
    handset = given(cast.line, cast.bruno)
    first = handset.address
    for _ in range(MOST_DRAWN):
        handset.address = first
        assert handset.fetch().password
    handset.address = first
    assert handset.fetch().password is None
    assert handset.fetch(timezone.now() + timedelta(hours=2)).password


def test_a_handset_gone_wild_is_told_to_wait(cast: Cast, desk: Hands) -> None:
    handset = given(cast.line, cast.bruno)
    for _ in range(MOST_FETCHES):
        handset.fetch()
    with pytest.raises(TooManyAttempts):
        handset.fetch()


def test_what_is_kept_of_fetches_is_bounded(cast: Cast, desk: Hands) -> None:
    handset = given(cast.line, cast.bruno)
    handset.fetch()
    phone, now = handset.row, timezone.now()
    for minutes in range(MOST_LOGGED + 20):
        at = now - timedelta(days=1, minutes=minutes)
        rows.log(phone, None, Outcome.REFUSED, source=AT_HOME, agent="", now=at)
    handset.fetch()
    assert phone.fetches.count() == MOST_LOGGED
    schedule.sweep(now + timedelta(days=31))
    assert phone.fetches.count() == 0
    assert PhoneToken.objects.filter(phone=phone, kind="first").count() == 0


def test_guessing_is_refused_and_shuts_no_handset_out(cast: Cast, desk: Hands) -> None:
    handset = given(cast.line, cast.bruno)
    stranger = Handset(cast.line, f"{PUBLIC_URL}/provision/{'x' * 43}/")
    for _ in range(FETCHES.most):
        with pytest.raises(NotFound):
            stranger.fetch()
    kept = PhoneFetch.objects.count()
    with pytest.raises(TooManyAttempts):
        stranger.fetch()
    assert PhoneFetch.objects.count() == kept, "nothing is written down about what is barred"
    assert handset.fetch().password, "from the very same network"


def test_two_at_once_are_served_one_after_the_other(committed: Cast, in_threads: InThreads[Any]) -> None:
    handset = given(committed.line, committed.bruno)
    answers = in_threads([handset.fetch, handset.fetch])
    assert len({answer.password for answer in answers}) == 2
    numbers = committed.line.versions.values_list("number", flat=True)
    assert sorted(numbers) == [1, 2]


def test_a_token_ended_while_its_holder_waits_opens_nothing(cast: Cast, desk: Hands) -> None:
    handset = given(cast.line, cast.bruno)
    asked = fetch_phone._Asked(
        PhoneToken.objects.get().digest, handset.file, AT_HOME, "", timezone.now() + FIRST_LASTS
    )
    assert fetch_phone._serve(cast.line.pk, asked, SERVER, PUBLIC_URL) is None


def test_the_password_is_kept_nowhere(cast: Cast, desk: Hands) -> None:
    handset = given(cast.line, cast.bruno)
    first = handset.token
    handset.fetch()
    work(desk)
    written = [
        repr(list(model.objects.values()))
        for model in (Phone, PhoneToken, PhoneFetch, OutboxEffect, AuditEntry, CredentialVersion)
    ]
    for secret in (handset.password, handset.token, first):
        assert not any(secret in text for text in written)


def test_what_happened_to_a_handset_stands_in_the_trail(cast: Cast, desk: Hands) -> None:
    handset = given(cast.line, cast.bruno)
    handset.fetch()
    _reset(cast)
    now = timezone.now()
    give_phone.open_first_access(
        actor=actor(cast.ada, now),
        reference=cast.line.reference,
        public_url=PUBLIC_URL,
        operation="open",
        now=now,
    )
    give_phone.take(actor=actor(cast.bruno, now), reference=cast.line.reference, now=now)
    told = AuditEntry.objects.filter(action__startswith="phone.").order_by("id")
    assert [entry.action for entry in told] == [
        "phone.give",
        "phone.draw",
        "phone.reset",
        "phone.open",
        "phone.take",
    ]
    assert told[1].facts["why"] == "first" and told[1].facts["source"] == AT_HOME
    assert told[1].actor is None


def test_the_first_access_is_opened_again_for_a_handset_that_lost_everything(cast: Cast, desk: Hands) -> None:
    handset = given(cast.line, cast.bruno)
    handset.fetch()
    steady = handset.address
    now = timezone.now()
    asked: dict[str, Any] = {
        "actor": actor(cast.ada, now),
        "reference": cast.line.reference,
        "public_url": PUBLIC_URL,
        "operation": "open",
        "now": now,
    }
    opened = give_phone.open_first_access(**asked)
    with pytest.raises(AlreadyShown):
        give_phone.open_first_access(**asked)
    handset.address = opened.address.reveal()
    assert handset.fetch().password
    handset.address = steady
    with pytest.raises(NotFound):
        handset.fetch()


def test_a_handset_taken_away_fetches_nothing_and_the_line_is_typed_again(cast: Cast, desk: Hands) -> None:
    handset = given(cast.line, cast.bruno)
    handset.fetch()
    work(desk)
    receipt = _reset(cast)
    now = timezone.now()
    give_phone.take(actor=actor(cast.bruno, now), reference=cast.line.reference, now=now)
    with pytest.raises(NotFound):
        handset.fetch()
    work(desk)
    assert set(states(receipt.plan).values()) == {"skipped"}
    assert desk.registers(cast.line, handset.password), "what it holds stays until the line gets another"
    rotate_credential.change(
        actor=actor(cast.ada, now),
        reference=cast.line.reference,
        new=Secret("Chataigne-5827"),
        operation="typed",
        now=now,
    )
    with pytest.raises(NoPhone):
        give_phone.take(actor=actor(cast.bruno, now), reference=cast.line.reference, now=now)


def test_a_handset_set_up_elsewhere_is_taken_away_or_set_up_here(cast: Cast) -> None:
    now = timezone.now()
    with pytest.raises(NoPhone):
        reset_phone.reset(
            actor=actor(cast.ada, now), reference=cast.phone_line.reference, operation="x", now=now
        )
    given(cast.phone_line, cast.bruno)
    assert cast.phone_line.sip.managed_phone == "Yealink T46U"
    give_phone.take(actor=actor(cast.bruno, now), reference=cast.phone_line.reference, now=now)
    cast.phone_line.sip.refresh_from_db()
    assert cast.phone_line.sip.managed_phone == ""


def test_one_line_has_one_handset_and_one_handset_has_one_line(cast: Cast) -> None:
    given(cast.line, cast.bruno)
    with pytest.raises(AlreadyShown):
        given(cast.line, cast.bruno)
    with pytest.raises(HasPhone):
        given(cast.line, cast.bruno, operation="again")
    with pytest.raises(MacTaken):
        given(cast.eves_line, cast.olivia, operation="hers")
    given(cast.eves_line, cast.olivia, vendor="linphone", operation="a softphone")
    given(cast.licence, cast.bruno, vendor="linphone", operation="another")


def test_what_has_no_line_gets_no_handset(cast: Cast) -> None:
    with pytest.raises(VerbNotOffered):
        given(cast.access, cast.bruno)
    with pytest.raises(NoPhone):
        give_phone.take(
            actor=actor(cast.bruno, timezone.now()), reference=cast.access.reference, now=timezone.now()
        )
    with pytest.raises(Malformed):
        given(cast.line, cast.bruno, mac="nothing")


def test_who_may_give_a_handset_and_who_may_reset_it(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        given(cast.line, cast.ada)
    with pytest.raises(NotFound):
        given(cast.eves_line, cast.bruno)
    given(cast.line, cast.dina)
    with pytest.raises(StepUpNeeded):
        _reset(cast, who=stale(actor(cast.ada, timezone.now())))
    with pytest.raises(NotFound):
        _reset(cast, who=actor(cast.eve, timezone.now()))
    assert _reset(cast, who=actor(cast.dina, timezone.now())).version is None


def test_an_element_which_is_away_is_told_when_it_is_back(cast: Cast, desk: Hands) -> None:
    handset = given(cast.line, cast.bruno)
    handset.fetch()
    work(desk)
    desk.registers(cast.line, handset.password)
    desk.registrar.down = True
    receipt = _reset(cast)
    work(desk)
    assert states(receipt.plan)["notify_phone"] == "waiting"
    desk.registrar.down = False
    make_due()
    work(desk)
    assert states(receipt.plan)["notify_phone"] == "done"


def test_a_new_name_of_the_line_reaches_the_handset_without_a_new_password(cast: Cast, desk: Hands) -> None:
    handset = given(cast.line, cast.bruno)
    handset.fetch()
    held = handset.row.settings
    Service.objects.filter(pk=cast.line.pk).update(name="Accueil")
    told = handset.fetch()
    assert told.settings.display_name == "Accueil" and told.password is None
    assert handset.row.settings != held


def test_once_the_element_has_it_the_door_need_not_wait(cast: Cast, desk: Hands) -> None:
    handset = given(cast.line, cast.bruno)
    handset.fetch()
    version = handset.seen[0].version
    assert version is not None
    assert not fetch_phone.is_taken(version=version)
    work(desk)
    assert fetch_phone.is_taken(version=version)
