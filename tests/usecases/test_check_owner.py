"""Passwords and PINs asked for again inside a session: a stolen one is no place for guessing."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest
from django.contrib.auth.hashers import make_password

from linekey.domain.access import Actor
from linekey.domain.errors import TooManyAttempts, WrongPassword, WrongPin
from linekey.domain.limits import SESSION
from linekey.domain.secret import Secret
from linekey.records.models import AuditEntry, OpenSession
from linekey.usecases import check_owner, sign_in
from tests.build import PORTAL_PASSWORD, Cast, actor, open_session, visitor

PIN, WRONG = Secret("482915"), Secret("111111")
Ask = Callable[[Secret, datetime], None]


@pytest.fixture
def ada(cast: Cast, now: datetime) -> Actor:
    cast.ada.pin = make_password(PIN.reveal())
    cast.ada.save()
    return replace(actor(cast.ada), session_id=open_session(cast.ada, now).pk)


@pytest.fixture(params=["password", "pin"])
def ask(request: pytest.FixtureRequest, cast: Cast, ada: Actor) -> tuple[Ask, Secret, type[Exception]]:
    def password(typed: Secret, at: datetime) -> None:
        check_owner.require_password(cast.ada, typed, actor=ada, now=at)

    def pin(typed: Secret, at: datetime) -> None:
        check_owner.require_pin(cast.ada, typed, actor=ada, now=at)

    return (password, PORTAL_PASSWORD, WrongPassword) if request.param == "password" else (pin, PIN, WrongPin)


Asked = tuple[Ask, Secret, type[Exception]]


def test_the_right_one_is_right_and_a_wrong_one_is_written_down(
    cast: Cast, now: datetime, ask: Asked
) -> None:
    require, good, refusal = ask
    require(good, now)
    assert not AuditEntry.objects.exists()
    with pytest.raises(refusal):
        require(WRONG, now)
    assert AuditEntry.objects.get().action in ("session.confirm_refused", "session.pin_refused")


def test_ten_wrong_ones_end_the_session_and_no_other(cast: Cast, now: datetime, ask: Asked) -> None:
    require, good, refusal = ask
    elsewhere = open_session(cast.ada, now)
    for number in range(SESSION.most):
        assert OpenSession.objects.filter(ended_at=None).count() == 2, number
        with pytest.raises(refusal):
            require(WRONG, now)
    assert OpenSession.objects.get(ended_at=None) == elsewhere
    with pytest.raises(TooManyAttempts) as shut:
        require(good, now)
    assert shut.value.until == now + SESSION.shut
    require(good, now + SESSION.shut)


def test_passwords_and_pins_add_up(cast: Cast, now: datetime, ada: Actor) -> None:
    for _ in range(SESSION.most // 2):
        with pytest.raises(WrongPassword):
            check_owner.require_password(cast.ada, WRONG, actor=ada, now=now)
        with pytest.raises(WrongPin):
            check_owner.require_pin(cast.ada, WRONG, actor=ada, now=now)
    assert not OpenSession.objects.filter(ended_at=None).exists()


def test_the_owner_who_proves_it_begins_at_nought(cast: Cast, now: datetime, ada: Actor) -> None:
    for _ in range(3):
        for _ in range(SESSION.most - 1):
            with pytest.raises(WrongPassword):
                check_owner.require_password(cast.ada, WRONG, actor=ada, now=now)
        check_owner.require_password(cast.ada, PORTAL_PASSWORD, actor=ada, now=now)
        check_owner.forgive(ada)
    assert OpenSession.objects.get().ended_at is None


def test_no_stranger_outside_shuts_an_owner_inside_nor_the_other_way_round(
    cast: Cast, now: datetime, ada: Actor
) -> None:
    for _ in range(SESSION.most):
        with pytest.raises(WrongPassword):
            check_owner.require_password(cast.ada, WRONG, actor=ada, now=now)
    entered = sign_in.enter(
        identifier="ab12345-lk", password=PORTAL_PASSWORD, visitor=visitor("another browser"), now=now
    )
    assert isinstance(entered, sign_in.SignedIn)
    inside = replace(ada, session_id=entered.session_id)
    check_owner.require_password(cast.ada, PORTAL_PASSWORD, actor=inside, now=now)


def test_without_a_session_there_is_none_to_end_and_still_an_end_to_guessing(
    cast: Cast, now: datetime, ada: Actor
) -> None:
    nowhere = replace(ada, session_id=None)
    for _ in range(SESSION.most):
        with pytest.raises(WrongPassword):
            check_owner.require_password(cast.ada, WRONG, actor=nowhere, now=now)
    with pytest.raises(TooManyAttempts):
        check_owner.require_password(cast.ada, PORTAL_PASSWORD, actor=nowhere, now=now)
    assert OpenSession.objects.get().ended_at is None


def test_an_account_without_a_pin_has_none_to_guess(cast: Cast, now: datetime) -> None:
    for typed in ("", "111111"):
        with pytest.raises(WrongPin):
            check_owner.require_pin(cast.bruno, Secret(typed), actor=actor(cast.bruno), now=now)
