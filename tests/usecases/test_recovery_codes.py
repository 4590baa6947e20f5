"""Sheets of recovery codes (ACC-2, ACC-8): shown once, in force once proven, and then alone."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from pytest_django import Settings

from linekey.domain.access import Door
from linekey.domain.errors import NeedsAFactor, NotAllowed, StepUpNeeded, TooManyAttempts, WrongCode
from linekey.domain.factors import CODES, Means
from linekey.domain.flows import FlowKind
from linekey.domain.limits import SECOND_FACTOR
from linekey.domain.secret import Secret
from linekey.records import pages
from linekey.records.models import AuditEntry, OpenSession, OutboxEffect, RecoveryCode
from linekey.records.pages import CodesState
from linekey.usecases import confirm_identity, make_recovery_codes, prove_factor
from tests.build import Cast, actor, open_session, stale, visitor
from tests.hands import Hands, work
from tests.lab.second_factors import add_app, add_codes, recovery
from tests.lab.slow_hasher import SlowHasher


def draw(cast: Cast, now: datetime) -> tuple[Secret, ...]:
    return make_recovery_codes.draw(actor=actor(cast.ada, now), now=now)


def prove(cast: Cast, typed: Secret, now: datetime) -> None:
    make_recovery_codes.prove(actor=actor(cast.ada, now), typed=typed, now=now)


def opens(cast: Cast, code: Secret, now: datetime) -> bool:
    """By proving it to a guarded action."""
    reference = confirm_identity.begin(actor=actor(cast.ada), visitor=visitor(), now=now)
    assert reference is not None
    page = prove_factor.look(kind=FlowKind.STEP_UP, reference=reference, visitor=visitor(), now=now)
    if Means.RECOVERY_CODE not in page.ways:
        return False
    try:
        confirm_identity.prove(
            actor=actor(cast.ada), reference=reference, proof=recovery(code), visitor=visitor(), now=now
        )
    except WrongCode:
        return False
    return True


@pytest.fixture(autouse=True)
def _with_an_application(cast: Cast, now: datetime) -> None:
    add_app(cast.ada, now)


def test_a_sheet_is_ten_codes_that_can_be_read_aloud_and_of_which_no_clear_text_is_kept(
    cast: Cast, now: datetime
) -> None:
    sheet = draw(cast, now)
    assert len({code.reveal() for code in sheet}) == CODES
    assert all([len(group) for group in code.reveal().split("-")] == [4, 4, 4, 4] for code in sheet)
    kept = list(RecoveryCode.objects.order_by("pk"))
    assert len({row.label for row in kept}) == CODES and len({row.encoded for row in kept}) == CODES
    for row, code in zip(kept, sheet, strict=True):
        # The first group is all of it that is kept in clear.
        assert row.label == code.reveal()[:4] and code.reveal()[5:9] not in str(vars(row))
        assert row.encoded.startswith("argon2$argon2id$")
    assert AuditEntry.objects.get(action="factor.codes_drawn").facts == {}


def test_a_sheet_opens_nothing_until_one_of_its_codes_was_typed(
    cast: Cast, now: datetime, hands: Hands
) -> None:
    sheet = draw(cast, now)
    assert pages.codes(actor(cast.ada)) == CodesState(left=0, made_at=None, unproven=True)
    assert not opens(cast, sheet[0], now)
    OutboxEffect.objects.all().delete()
    prove(cast, Secret(sheet[0].reveal().lower()), now)
    assert pages.codes(actor(cast.ada)) == CodesState(left=CODES, made_at=now, unproven=False)
    assert opens(cast, sheet[0], now)  # Typing it to prove the sheet did not use it up.
    assert not opens(cast, sheet[0], now)
    work(hands)
    assert hands.mail.mails[0].address == cast.ada.email
    assert AuditEntry.objects.filter(action="factor.added", facts__what="codes").count() == 1


def test_the_sheet_before_works_until_the_new_one_is_proven_and_never_after(
    cast: Cast, now: datetime
) -> None:
    old, new = add_codes(cast.ada, now), draw(cast, now)
    assert pages.codes(actor(cast.ada)) == CodesState(
        left=CODES, made_at=now - timedelta(hours=1), unproven=True
    )
    assert opens(cast, old[0], now)
    prove(cast, new[9], now)
    assert not opens(cast, old[1], now) and opens(cast, new[1], now)
    assert RecoveryCode.objects.count() == CODES


def test_a_sheet_drawn_and_left_dies_with_the_next_one(cast: Cast, now: datetime) -> None:
    left, new = draw(cast, now), draw(cast, now)
    with pytest.raises(WrongCode):
        prove(cast, left[0], now)
    prove(cast, new[0], now)


def test_a_sheet_replaced_while_its_code_is_checked_stays_replaced(
    cast: Cast, now: datetime, settings: Settings
) -> None:
    settings.PASSWORD_HASHERS = ["tests.lab.slow_hasher.SlowHasher"]
    left, newer = draw(cast, now), list[Secret]()
    SlowHasher.meanwhile.append(lambda: newer.extend(draw(cast, now)))
    with pytest.raises(WrongCode):
        prove(cast, left[0], now)
    prove(cast, newer[0], now)


@pytest.mark.parametrize(
    "typed", ["", " ", "-", "K7PD-W2QX-9MHT-4BRA", "A" * 1_000_000, "\0" * 16, "\ud800" * 16, "000000"]
)
def test_whatever_else_is_typed_proves_nothing(cast: Cast, now: datetime, typed: str) -> None:
    draw(cast, now)
    with pytest.raises(WrongCode) as refusal:
        prove(cast, Secret(typed), now)
    assert refusal.value.values == {"left": SECOND_FACTOR.most - 1}
    assert pages.codes(actor(cast.ada)).unproven


def test_a_code_with_the_right_label_and_a_wrong_rest_proves_nothing(cast: Cast, now: datetime) -> None:
    first = draw(cast, now)[0]
    with pytest.raises(WrongCode):
        prove(cast, Secret(first.reveal()[:4] + "-2222-2222-2222"), now)


def test_a_code_of_somebody_elses_sheet_proves_nothing(cast: Cast, now: datetime) -> None:
    add_app(cast.eve, now)
    hers = make_recovery_codes.draw(actor=actor(cast.eve, now), now=now)
    draw(cast, now)
    with pytest.raises(WrongCode):
        prove(cast, hers[0], now)


def test_a_sheet_that_is_in_force_is_not_proven_again(cast: Cast, now: datetime) -> None:
    sheet = add_codes(cast.ada, now)
    with pytest.raises(WrongCode):
        prove(cast, sheet[0], now)


def test_ten_wrong_ones_shut_the_door_for_an_hour(cast: Cast, now: datetime) -> None:
    sheet = draw(cast, now)
    for left in reversed(range(SECOND_FACTOR.most)):
        with pytest.raises(WrongCode) as refusal:
            prove(cast, Secret("K7PD-W2QX-9MHT-4BRA"), now)
        assert refusal.value.values == {"left": left}
    with pytest.raises(TooManyAttempts):
        prove(cast, sheet[0], now)
    prove(cast, sheet[0], now + SECOND_FACTOR.shut)


def test_a_new_sheet_in_force_ends_whatever_else_is_open(cast: Cast, now: datetime) -> None:
    mine, other = open_session(cast.ada, now), open_session(cast.ada, now)
    sheet = draw(cast, now)
    assert OpenSession.objects.filter(ended_at=None).count() == 2
    make_recovery_codes.prove(
        actor=replace(actor(cast.ada, now), session_id=mine.pk), typed=sheet[0], now=now
    )
    assert OpenSession.objects.get(ended_at=None) == mine and OpenSession.objects.get(ended_at=now) == other


def test_codes_need_a_factor_which_they_complete(cast: Cast, now: datetime) -> None:
    with pytest.raises(NeedsAFactor):
        make_recovery_codes.draw(actor=actor(cast.bruno, now), now=now)
    assert not RecoveryCode.objects.exists()


def test_codes_need_the_portal_and_a_recent_proof(cast: Cast, now: datetime) -> None:
    sheet = draw(cast, now)
    for who, refusal in (
        (stale(actor(cast.ada, now)), StepUpNeeded),
        (actor(cast.ada, now, Door.API), NotAllowed),
        (actor(cast.ada, now, Door.LINK), NotAllowed),
    ):
        with pytest.raises(refusal):
            make_recovery_codes.draw(actor=who, now=now)
        with pytest.raises(refusal):
            make_recovery_codes.prove(actor=who, typed=sheet[0], now=now)
    assert pages.codes(actor(cast.ada)).unproven
