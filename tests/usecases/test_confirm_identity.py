"""A recent proof before a guarded action, by password or by factor."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from linekey.domain.access import Actor
from linekey.domain.errors import FlowOver, WrongCode, WrongPassword
from linekey.domain.secret import Secret
from linekey.records.models import AuditEntry, OpenSession
from linekey.usecases import confirm_identity
from linekey.usecases.prove_factor import KeyAnswer, Proof
from tests.build import PORTAL_PASSWORD, Cast, actor, open_session, visitor
from tests.lab.second_factors import add_app, add_codes, add_key, asked_for_more, recovery, totp, wrong


@pytest.fixture
def ada(cast: Cast, now: datetime) -> Actor:
    """In a session whose last proof was long ago."""
    session = open_session(cast.ada, now, confirmed_at=now - timedelta(hours=2))
    return replace(actor(cast.ada), session_id=session.pk)


def begin(who: Actor, now: datetime) -> str:
    reference = confirm_identity.begin(actor=who, visitor=visitor(), now=now)
    assert reference is not None
    return reference


def prove(who: Actor, reference: str, proof: Proof, now: datetime) -> None:
    confirm_identity.prove(actor=who, reference=reference, proof=proof, visitor=visitor(), now=now)


def proofs() -> list[str]:
    return list(AuditEntry.objects.filter(action="session.confirm").values_list("facts__means", flat=True))


def test_the_password_confirms_the_session(cast: Cast, ada: Actor, now: datetime) -> None:
    with pytest.raises(WrongPassword):
        confirm_identity.by_password(actor=ada, password=Secret("non"), now=now)
    assert OpenSession.objects.get().confirmed_at == now - timedelta(hours=2)
    confirm_identity.by_password(actor=ada, password=PORTAL_PASSWORD, now=now)
    assert OpenSession.objects.get().confirmed_at == now and proofs() == ["password"]


def test_each_factor_confirms_the_session(cast: Cast, now: datetime) -> None:
    app, key, sheet = add_app(cast.ada, now), add_key(cast.ada, now), add_codes(cast.ada, now)
    session = open_session(cast.ada, now)
    who = replace(actor(cast.ada), session_id=session.pk)
    reference = begin(who, now)
    options = confirm_identity.ask_key(actor=who, reference=reference, visitor=visitor(), now=now)
    given: list[tuple[str, Proof]] = [
        (reference, KeyAnswer(key.get(options))),
        ("", totp(app.code(now))),
        ("", recovery(sheet[0])),
    ]
    for flow, proof in given:
        OpenSession.objects.update(confirmed_at=now - timedelta(hours=2))
        prove(who, flow or begin(who, now), proof, now)
        assert OpenSession.objects.get().confirmed_at == now
    assert proofs() == ["key", "totp", "recovery_code"]


def test_who_has_no_factor_is_asked_for_the_password_alone(cast: Cast, ada: Actor, now: datetime) -> None:
    assert confirm_identity.begin(actor=ada, visitor=visitor(), now=now) is None


def test_a_proof_repeated_or_wrong_confirms_nothing(cast: Cast, now: datetime) -> None:
    app = add_app(cast.ada, now)
    who = actor(cast.ada)
    reference = begin(who, now)
    with pytest.raises(WrongCode):
        prove(who, reference, totp(wrong(app.code(now))), now)
    prove(who, reference, totp(app.code(now)), now)
    with pytest.raises(FlowOver):
        prove(who, reference, totp(app.code(now)), now)
    assert proofs() == ["totp"]


def test_the_flow_of_somebody_else_in_the_same_browser_is_over(cast: Cast, now: datetime) -> None:
    app, key = add_app(cast.ada, now), add_key(cast.ada, now)
    reference = begin(actor(cast.ada), now)
    for act in (
        lambda: prove(actor(cast.eve), reference, totp(app.code(now)), now),
        lambda: confirm_identity.ask_key(
            actor=actor(cast.eve), reference=reference, visitor=visitor(), now=now
        ),
    ):
        with pytest.raises(FlowOver):
            act()
    assert key.credentials and not proofs()


def test_a_flow_of_signing_in_confirms_nothing(cast: Cast, now: datetime) -> None:
    app = add_app(cast.ada, now)
    with pytest.raises(FlowOver):
        prove(actor(cast.ada), asked_for_more(cast.ada, now), totp(app.code(now)), now)
