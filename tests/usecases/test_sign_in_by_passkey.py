"""Sign in with a passkey alone (NEW-8)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest

from linekey.domain.errors import FlowOver, TooManyAttempts, WrongCredentials, WrongKey
from linekey.domain.factors import Means
from linekey.domain.flows import FlowKind
from linekey.domain.limits import PASSKEYS
from linekey.domain.secret import Secret
from linekey.records import pages
from linekey.records.models import AuditEntry, Factor, Flow, Person
from linekey.usecases import prove_factor, remove_factor, sign_in, sign_in_by_passkey
from linekey.usecases.prove_factor import KeyAnswer
from tests.build import PORTAL_PASSWORD, Cast, actor, visitor
from tests.hands import Hands, work
from tests.lab.authenticator import Authenticator
from tests.lab.second_factors import add_app, add_key, asked_for_more, totp

Options = dict[str, Any]


def begin(now: datetime, browser: str = "ada's own browser") -> tuple[str, Options]:
    return sign_in_by_passkey.begin(visitor=visitor(browser), onward="/compte", now=now)


def finish(
    reference: str, response: Mapping[str, Any], now: datetime, browser: str = "ada's own browser"
) -> sign_in.SignedIn:
    return sign_in_by_passkey.finish(
        reference=reference, response=response, visitor=visitor(browser), now=now
    )


def enter(key: Authenticator, now: datetime) -> sign_in.SignedIn:
    reference, options = begin(now)
    return finish(reference, key.get(options), now)


def test_the_passkey_says_who_it_is_and_its_owner_is_told(cast: Cast, now: datetime, hands: Hands) -> None:
    key = add_key(cast.ada, now)
    work(hands)
    entered = enter(key, now)
    found = pages.actor_of_session(entered.session_id, entered.stamp, now)
    assert found is not None and (found.person_id, found.confirmed_at) == (cast.ada.pk, now)
    assert AuditEntry.objects.get(action="session.open").facts["method"] == "passkey"
    work(hands)
    assert hands.mail.mails[-1].address == cast.ada.email
    kept = Factor.objects.get()
    assert (kept.sign_count, kept.last_used_at) == (1, now)
    assert Flow.objects.get(kind="sign_in").person_id == cast.ada.pk


def test_no_second_factor_is_asked_for_beside_it(cast: Cast, now: datetime) -> None:
    key = add_key(cast.ada, now)
    add_app(cast.ada, now)
    assert enter(key, now).person_id == cast.ada.pk


def test_what_a_browser_is_asked_is_the_same_whether_or_not_anybody_has_a_passkey(
    cast: Cast, now: datetime
) -> None:
    """Law 7: no account shows."""
    _, before = begin(now)
    add_key(cast.ada, now)
    _, after = begin(now)
    for options in (before, after):
        del options["challenge"]
    assert before == after and after["allowCredentials"] == [] and after["userVerification"] == "required"


@pytest.mark.parametrize(
    "lie",
    [
        {"verifies": False},
        {"present": False},
        {"origin": "https://evil.test"},
        {"party": "evil.test"},
        {"cross_origin": True},
    ],
)
def test_without_its_owner_verified_or_for_another_site_it_opens_nothing(
    cast: Cast, now: datetime, lie: Options
) -> None:
    key = add_key(cast.ada, now)
    for switch, value in lie.items():
        setattr(key, switch, value)
    with pytest.raises(WrongKey):
        enter(key, now)
    entry = AuditEntry.objects.get(action="factor.refused")
    assert (entry.person_id, entry.facts["means"], entry.facts["flow"]) == (None, "key", "sign_in")


def test_a_key_that_did_not_verify_its_owner_when_it_was_registered_is_no_passkey(
    cast: Cast, now: datetime
) -> None:
    key = add_key(cast.ada, now, verifies=False)
    key.verifies = True
    with pytest.raises(WrongKey):
        enter(key, now)


def test_it_must_say_itself_whose_it_is(cast: Cast, now: datetime) -> None:
    key = add_key(cast.ada, now)
    reference, options = begin(now)
    answer = key.get(options)
    answer["response"]["userHandle"] = None
    with pytest.raises(WrongKey):
        finish(reference, answer, now)


def test_an_answer_counts_once_in_the_browser_that_was_asked_until_its_end(cast: Cast, now: datetime) -> None:
    key = add_key(cast.ada, now)
    reference, options = begin(now)
    answer = key.get(options)
    for browser, at in (("another browser", now), ("ada's own browser", now + timedelta(minutes=10))):
        with pytest.raises(FlowOver):
            finish(reference, answer, at, browser)
    finish(reference, answer, now)
    with pytest.raises(FlowOver):
        finish(reference, answer, now)
    again, _ = begin(now)
    with pytest.raises(WrongKey):
        finish(again, answer, now)


@pytest.mark.parametrize("response", [{}, [], None, "x", 7, {"rawId": ["x"]}, {"rawId": "\ud800"}])
def test_whatever_comes_back_is_refused_and_breaks_nothing(cast: Cast, now: datetime, response: Any) -> None:
    reference, _ = begin(now)
    with pytest.raises(WrongKey):
        finish(reference, response, now)


def test_a_flow_of_somebody_who_typed_a_password_is_not_answered_here(cast: Cast, now: datetime) -> None:
    key = add_key(cast.ada, now)
    reference = asked_for_more(cast.ada, now)
    with pytest.raises(FlowOver):
        finish(reference, key.get({"challenge": "AAAA", "rpId": "localhost", "allowCredentials": []}), now)


def test_no_code_answers_a_flow_that_asks_for_a_passkey(cast: Cast, now: datetime) -> None:
    app = add_app(cast.ada, now)
    key = add_key(cast.ada, now)
    reference, options = begin(now)
    for proof in (totp(app.code(now)), KeyAnswer(key.get(options))):
        with pytest.raises(FlowOver):
            sign_in.prove(reference=reference, proof=proof, visitor=visitor(), trust=True, now=now)
    page = prove_factor.look(kind=FlowKind.SIGN_IN, reference=reference, visitor=visitor(), now=now)
    assert page.names == {Means.KEY: ()} and page.onward == "/compte"


def test_a_lock_that_strangers_caused_does_not_keep_its_owner_out(cast: Cast, now: datetime) -> None:
    """Law 10."""
    key = add_key(cast.ada, now)
    for _ in range(12):
        with pytest.raises((WrongCredentials, TooManyAttempts)):
            sign_in.enter(
                identifier="ab12345-lk",
                password=Secret("non"),
                visitor=visitor("the stranger's", "203.0.113.9"),
                now=now,
            )
    with pytest.raises((WrongCredentials, TooManyAttempts)):
        sign_in.enter(identifier="ab12345-lk", password=PORTAL_PASSWORD, visitor=visitor("new"), now=now)
    assert enter(key, now).person_id == cast.ada.pk


def test_a_copied_passkey_opens_nothing_and_its_owners_trail_says_so(cast: Cast, now: datetime) -> None:
    key = add_key(cast.ada, now, start=9)
    key.credentials[0].count = 3
    with pytest.raises(WrongKey):
        enter(key, now)
    assert AuditEntry.objects.get(action="factor.cloned").person_id == cast.ada.pk


def test_one_of_a_disabled_person_or_one_that_was_removed_opens_nothing(cast: Cast, now: datetime) -> None:
    key, hers = add_key(cast.ada, now), add_key(cast.eve, now)
    remove_factor.remove(actor=actor(cast.ada, now), uid=Factor.objects.get(person=cast.ada).uid, now=now)
    Person.objects.filter(pk=cast.eve.pk).update(is_active=False)
    for each in (key, hers):
        with pytest.raises(WrongKey):
            enter(each, now)


def test_one_network_begins_so_many_an_hour_and_others_are_none_the_worse(cast: Cast, now: datetime) -> None:
    key = add_key(cast.ada, now)
    for number in range(PASSKEYS.most):
        at = visitor(f"browser {number}", f"203.0.113.{number % 250}")
        sign_in_by_passkey.begin(visitor=at, onward="/", now=now)
    with pytest.raises(TooManyAttempts):
        sign_in_by_passkey.begin(visitor=visitor("one more", "203.0.113.251"), onward="/", now=now)
    assert enter(key, now).person_id == cast.ada.pk
