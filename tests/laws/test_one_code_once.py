"""Law 8, for what people type: of fifty who give one code at once one gets in; wrong ones are counted."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from threading import Barrier

import pytest
from django.utils import timezone
from pytest_django import Settings

from linekey.domain.errors import (
    FlowOver,
    NotFound,
    Refusal,
    TooManyAttempts,
    TooManyThings,
    WrongCode,
    WrongKey,
)
from linekey.domain.factors import MOST_FACTORS
from linekey.domain.flows import MOST_TRIES
from linekey.domain.limits import SECOND_FACTOR
from linekey.domain.secret import Secret
from linekey.records.models import AuditEntry, Factor, Flow, OpenSession, Person, RecoveryCode
from linekey.usecases import enrol_factor, make_recovery_codes, remove_factor, sign_in
from linekey.usecases.prove_factor import KeyAnswer, Proof, ask_key
from tests.build import Cast, actor, ask_for_codes, visitor
from tests.hands import Hands, work
from tests.lab.authenticator import Authenticator
from tests.lab.second_factors import (
    App,
    add_app,
    add_codes,
    add_key,
    asked_for_more,
    newest_code,
    recovery,
    sent,
    totp,
    wrong,
)
from tests.laws.counting_hasher import CountingHasher

AT_ONCE = 50
Outcome = type[Refusal] | None
Threads = Callable[[list[Callable[[], Outcome]]], list[Outcome]]

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def now() -> datetime:
    """Of the world which `committed` makes."""
    return timezone.now()


@pytest.fixture
def hashes(settings: Settings) -> list[str]:
    settings.PASSWORD_HASHERS = ["tests.laws.counting_hasher.CountingHasher"]
    CountingHasher.calls.clear()
    return CountingHasher.calls


def at_once(in_threads: Threads, works: Sequence[Callable[[], object]]) -> list[Outcome]:
    """What each was refused with; None for who got through."""
    start = Barrier(len(works))

    def starting(act: Callable[[], object]) -> Callable[[], Outcome]:
        def run() -> Outcome:
            start.wait(60)
            try:
                act()
            except Refusal as refusal:
                return type(refusal)
            return None

        return run

    return in_threads([starting(act) for act in works])


def proving(reference: str, proof: Proof, now: datetime, browser: str) -> Callable[[], object]:
    return lambda: sign_in.prove(
        reference=reference, proof=proof, visitor=visitor(browser), trust=False, now=now
    )


def from_everywhere(person: Person, proof: Proof, now: datetime) -> list[Callable[[], object]]:
    """The password was typed in fifty browsers; now each gives the same proof."""
    browsers = [f"browser {number}" for number in range(AT_ONCE)]
    return [proving(asked_for_more(person, now, each), proof, now, each) for each in browsers]


def from_one_page(reference: str, proof: Proof, now: datetime) -> list[Callable[[], object]]:
    """One page, sent fifty times."""
    return [proving(reference, proof, now, "ada's own browser")] * AT_ONCE


def assert_one_got_in(outcomes: list[Outcome]) -> None:
    assert outcomes.count(None) == 1, outcomes
    assert set(outcomes) <= {None, WrongCode, FlowOver, TooManyAttempts}
    assert OpenSession.objects.filter(ended_at=None).count() == 1


def test_one_code_of_an_application_from_fifty_browsers_opens_one_session(
    committed: Cast, in_threads: Threads, now: datetime
) -> None:
    app = add_app(committed.ada, now)
    assert_one_got_in(at_once(in_threads, from_everywhere(committed.ada, totp(app.code(now)), now)))


def test_one_code_of_an_application_sent_fifty_times_opens_one_session(
    committed: Cast, in_threads: Threads, now: datetime
) -> None:
    app = add_app(committed.ada, now)
    reference = asked_for_more(committed.ada, now)
    assert_one_got_in(at_once(in_threads, from_one_page(reference, totp(app.code(now)), now)))


def test_one_recovery_code_from_fifty_browsers_opens_one_session(
    committed: Cast, in_threads: Threads, now: datetime
) -> None:
    add_app(committed.ada, now)
    code = add_codes(committed.ada, now)[0]
    assert_one_got_in(at_once(in_threads, from_everywhere(committed.ada, recovery(code), now)))
    assert RecoveryCode.objects.exclude(used_at=None).count() == 1
    assert AuditEntry.objects.filter(action="factor.code_used").count() == 1


def test_one_code_from_a_mail_sent_fifty_times_opens_one_session(
    committed: Cast, in_threads: Threads, now: datetime, hands: Hands
) -> None:
    ask_for_codes(committed.operator)
    reference = asked_for_more(committed.ada, now)
    work(hands)
    assert_one_got_in(at_once(in_threads, from_one_page(reference, sent(newest_code(hands)), now)))


def test_one_answer_of_a_key_sent_fifty_times_opens_one_session(
    committed: Cast, in_threads: Threads, now: datetime
) -> None:
    key = add_key(committed.ada, now)
    reference = asked_for_more(committed.ada, now)
    answer = KeyAnswer(key.get(ask_key(Flow.objects.get(reference=reference))))
    outcomes = at_once(in_threads, from_one_page(reference, answer, now))
    assert outcomes.count(None) == 1 and set(outcomes) <= {None, WrongKey, FlowOver}


def test_of_fifty_wrong_codes_sent_at_once_five_are_looked_at(
    committed: Cast, in_threads: Threads, now: datetime, hands: Hands, hashes: list[str]
) -> None:
    ask_for_codes(committed.operator)
    reference = asked_for_more(committed.ada, now)
    work(hands)
    bad = wrong(newest_code(hands))
    hashes.clear()
    outcomes = at_once(in_threads, from_one_page(reference, sent(bad), now))
    assert outcomes.count(WrongCode) == len(hashes) == MOST_TRIES
    assert outcomes.count(FlowOver) == AT_ONCE - MOST_TRIES
    assert Flow.objects.get(reference=reference).state == "ended"
    assert AuditEntry.objects.filter(action="factor.refused").count() == MOST_TRIES


def test_of_fifty_wrong_codes_from_fifty_browsers_ten_are_looked_at(
    committed: Cast, in_threads: Threads, now: datetime, hashes: list[str]
) -> None:
    add_app(committed.ada, now)
    add_codes(committed.ada, now)
    works = from_everywhere(committed.ada, recovery("K7PD-W2QX-9MHT-4BRA"), now)
    hashes.clear()
    outcomes = at_once(in_threads, works)
    assert outcomes.count(WrongCode) == len(hashes) == SECOND_FACTOR.most
    assert outcomes.count(TooManyAttempts) == AT_ONCE - SECOND_FACTOR.most


def test_an_application_confirmed_many_times_at_once_is_one_application(
    committed: Cast, in_threads: Threads, now: datetime
) -> None:
    owner = actor(committed.ada, now)
    offer = enrol_factor.begin_totp(actor=owner, name="", visitor=visitor(), now=now)
    code = App(offer.seed).code(now)

    def confirm() -> None:
        enrol_factor.confirm_totp(actor=owner, reference=offer.flow, code=code, visitor=visitor(), now=now)

    outcomes = at_once(in_threads, [confirm] * 8)
    assert outcomes.count(None) == 1 and set(outcomes) == {None, FlowOver}
    assert Factor.objects.count() == 1


def test_the_last_place_is_given_once(committed: Cast, in_threads: Threads, now: datetime) -> None:
    for _ in range(MOST_FACTORS - 1):
        add_key(committed.ada, now)
    owner, works = actor(committed.ada, now), []
    for number in range(6):
        offer = enrol_factor.begin_key(actor=owner, visitor=visitor(f"browser {number}"), now=now)
        works.append(
            confirming(committed.ada, Authenticator().create(offer.options), offer.flow, number, now)
        )
    outcomes = at_once(in_threads, works)
    assert outcomes.count(None) == 1 and set(outcomes) <= {None, TooManyThings, FlowOver}
    assert Factor.objects.count() == MOST_FACTORS


def test_one_key_registered_by_two_people_at_once_is_one_persons(
    committed: Cast, in_threads: Threads, now: datetime
) -> None:
    key, works = Authenticator(), []
    for number, person in enumerate((committed.ada, committed.eve)):
        offer = enrol_factor.begin_key(
            actor=actor(person, now), visitor=visitor(f"browser {number}"), now=now
        )
        answer = key.attest(key.credentials[0], offer.options) if number else key.create(offer.options)
        works.append(confirming(person, answer, offer.flow, number, now))
    outcomes = at_once(in_threads, works)
    assert sorted(map(str, outcomes)) == sorted(map(str, (None, WrongKey)))
    assert Factor.objects.count() == 1


def test_when_the_last_two_factors_go_at_once_no_recovery_code_stays(
    committed: Cast, in_threads: Threads, now: datetime
) -> None:
    for _ in range(2):
        add_key(committed.ada, now)
    add_codes(committed.ada, now)
    owner = actor(committed.ada, now)
    works = [
        partial(remove_factor.remove, actor=owner, uid=uid, now=now)
        for uid in Factor.objects.values_list("uid", flat=True)
        for _ in range(2)
    ]
    outcomes = at_once(in_threads, works)
    assert outcomes.count(None) == 2 and outcomes.count(NotFound) == 2
    assert not Factor.objects.exists() and not RecoveryCode.objects.exists()


def test_signing_in_while_factors_come_and_go_is_refused_at_worst(
    committed: Cast, in_threads: Threads, now: datetime
) -> None:
    """Everybody locks the person first: on PostgreSQL another order would end in a deadlock."""
    apps = [add_app(committed.ada, now, f"Application {number}") for number in range(4)]
    owner, browsers = actor(committed.ada, now), [f"browser {number}" for number in range(8)]
    works: list[Callable[[], object]] = [
        proving(asked_for_more(committed.ada, now, browser), totp(apps[at % 4].code(now)), now, browser)
        for at, browser in enumerate(browsers)
    ]
    works += [partial(remove_factor.remove, actor=owner, uid=app.uid, now=now) for app in apps]
    outcomes = at_once(in_threads, works)
    assert outcomes[8:] == [None] * 4 and not Factor.objects.exists()
    assert set(outcomes[:8]) <= {None, WrongCode, FlowOver, TooManyAttempts}


def test_sheets_drawn_at_once_leave_one_to_be_proven(
    committed: Cast, in_threads: Threads, now: datetime
) -> None:
    add_key(committed.ada, now)
    owner = actor(committed.ada, now)
    drawn: list[tuple[Secret, ...]] = []

    def draw() -> None:
        drawn.append(make_recovery_codes.draw(actor=owner, now=now))

    assert at_once(in_threads, [draw] * 4) == [None] * 4
    assert RecoveryCode.objects.count() == 10
    works = [
        partial(make_recovery_codes.prove, actor=owner, typed=sheet[0], now=now)
        for sheet in drawn
        for _ in range(2)
    ]
    outcomes = at_once(in_threads, works)
    assert outcomes.count(None) == 1 and set(outcomes) == {None, WrongCode}


def confirming(
    person: Person, answer: dict[str, object], reference: str, number: int, now: datetime
) -> Callable[[], object]:
    return lambda: enrol_factor.confirm_key(
        actor=actor(person, now),
        reference=reference,
        response=answer,
        name="",
        visitor=visitor(f"browser {number}"),
        now=now,
    )
