"""Law 10: wrong attempts add up per person, exactly; a stranger who makes them cannot lock the owner out."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from linekey.domain.errors import AccessKeyNotValid, Refusal, TooManyAttempts, WrongCredentials
from linekey.domain.flows import FlowKind, Visitor
from linekey.domain.limits import GLOBAL, NETWORK, PERSON, SENT
from linekey.domain.secret import Secret
from linekey.records import sessions
from linekey.records.models import AuditEntry, Device, Flow, OutboxEffect, Person, Tally
from linekey.usecases import (
    prove_factor,
    recover_account,
    sign_in,
    sign_in_by_passkey,
    use_access_key,
)
from linekey.vault import seal
from tests.build import PORTAL_PASSWORD, Cast, ask_for_codes, visitor
from tests.hands import Hands, work
from tests.lab.second_factors import add_key
from tests.laws.counting_hasher import CountingHasher
from tests.laws.links import NEW, issue, use
from tests.laws.strangers import WRONG, from_network
from tests.usecases.test_manage_access_key import make

Threads = Callable[[Sequence[Callable[[], Any]]], list[Any]]
HOUR, TICK = timedelta(hours=1), timedelta(microseconds=1)
ADA, MAIL, PHONE = "ab12345-lk", "ada.lemoine@example.org", "+33698765432"
STRANGER = visitor("a stranger's browser", "203.0.113.66")
HOME = visitor()


@pytest.fixture
def ada(cast: Cast) -> Person:
    Person.objects.filter(pk=cast.ada.pk).update(phone=PHONE)
    cast.ada.refresh_from_db()
    return cast.ada


@pytest.fixture
def hashes(settings: Settings) -> Iterator[list[str]]:
    settings.PASSWORD_HASHERS = ["tests.laws.counting_hasher.CountingHasher"]
    CountingHasher.calls.clear()
    yield CountingHasher.calls


def enter(
    now: datetime, password: Secret = PORTAL_PASSWORD, typed: str = ADA, who: Visitor = STRANGER
) -> Refusal | None:
    """None when it let in."""
    try:
        sign_in.enter(identifier=typed, password=password, visitor=who, now=now)
    except Refusal as refusal:
        return refusal
    return None


def wrong(now: datetime, times: int = 1, typed: str = ADA, who: Visitor = STRANGER) -> list[Refusal | None]:
    return [enter(now, WRONG, typed, who) for _ in range(times)]


def lock(now: datetime, typed: str = ADA) -> None:
    """From ten networks: that of a test's visitors is left alone."""
    for network in range(PERSON.most):
        wrong(now, 1, typed, from_network(network))


def trusts(person: Person, now: datetime, who: Visitor = HOME) -> Device:
    browser = seal.digest(who.browser)
    sessions.open_session(person, who, browser, method="totp", trust=True, now=now)
    return Device.objects.get(person=person, digest=browser)


def locked(person: Person, now: datetime) -> bool:
    """Is the right password refused, by a spelling that nobody tried?"""
    Person.objects.filter(pk=person.pk).update(email="fresh@example.org")
    unknown = visitor(f"yet another, {Device.objects.count()}", "192.0.2.99")
    refusal = enter(now, typed="fresh@example.org", who=unknown)
    Person.objects.filter(pk=person.pk).update(email=person.email)
    assert refusal is None or isinstance(refusal, WrongCredentials)
    return refusal is not None


class TestTheLock:
    def test_ten_wrong_attempts_lock_and_nine_do_not(self, ada: Person, now: datetime) -> None:
        wrong(now, PERSON.most - 1)
        assert not locked(ada, now)
        lock(now)
        assert locked(ada, now)

    def test_attempts_by_customer_id_e_mail_phone_and_access_key_add_up(
        self, ada: Person, now: datetime, hands: Hands
    ) -> None:
        key = make(ada, now)
        wrong(now, 4, ADA)
        wrong(now, 3, MAIL)
        wrong(now, 2, "06 98 76 54 32")
        assert not OutboxEffect.objects.filter(message="account_locked").exists()
        with pytest.raises(AccessKeyNotValid):
            use_access_key.exchange(key_id=key.key_id, secret=WRONG, address="192.0.2.50", now=now)
        assert OutboxEffect.objects.filter(message="account_locked", person=ada).count() == 1
        for typed in (ADA, MAIL, PHONE):
            assert isinstance(enter(now, typed=typed), WrongCredentials), (
                "right, and refused like a wrong one"
            )

    def test_however_one_spelling_is_spelled_it_is_one(self, ada: Person, now: datetime) -> None:
        spellings = [ADA, "AB12345-LK", " ab12345-lk ", "ab１２３４５-lk", "ab12345-lk.", "ab\u200b12345-lk"]
        for attempt in range(PERSON.most):
            wrong(now, 1, spellings[attempt % len(spellings)])
        assert {str(enter(now, typed=each)) for each in spellings} == {"too_many_attempts"}

    def test_from_fifty_networks_they_add_up_as_well(self, ada: Person, now: datetime) -> None:
        refusals = [wrong(now, 1, ADA, from_network(network))[0] for network in range(50)]
        assert [str(each) for each in refusals] == ["wrong_credentials"] * 10 + ["too_many_attempts"] * 40
        assert locked(ada, now)

    def test_it_lasts_one_hour_exactly(self, ada: Person, now: datetime) -> None:
        lock(now)
        assert isinstance(enter(now + HOUR - TICK), TooManyAttempts)
        assert enter(now + HOUR) is None

    def test_trying_on_does_not_prolong_it(self, ada: Person, now: datetime) -> None:
        lock(now)
        for minute in range(0, 60, 10):
            wrong(now + timedelta(minutes=minute))
        assert enter(now + HOUR) is None

    def test_a_clock_that_jumps_back_neither_opens_it_nor_keeps_it_shut_for_longer(
        self, ada: Person, now: datetime
    ) -> None:
        lock(now)
        yesterday = now - timedelta(days=1)
        assert enter(yesterday) is not None
        assert enter(yesterday + HOUR - TICK) is not None
        assert enter(yesterday + HOUR) is None

    def test_a_clock_that_jumps_forward_opens_it_as_an_hour_does(self, ada: Person, now: datetime) -> None:
        lock(now)
        assert enter(now + timedelta(days=365)) is None

    def test_an_operator_may_lock_after_fewer(self, cast: Cast, ada: Person, now: datetime) -> None:
        cast.operator.policy = {**cast.operator.policy, "lock_after": 3}
        cast.operator.save()
        assert [str(each) for each in wrong(now, 4)] == ["wrong_credentials"] * 3 + ["too_many_attempts"]

    def test_whoever_gets_in_starts_afresh(self, ada: Person, now: datetime) -> None:
        wrong(now, PERSON.most - 1)
        assert enter(now, who=HOME) is None
        wrong(now, 5, MAIL)
        assert not locked(ada, now)

    def test_a_locked_disabled_or_unknown_account_tells_nothing_by_its_lock(
        self, cast: Cast, now: datetime
    ) -> None:
        Person.objects.filter(pk=cast.eve.pk).update(is_active=False)
        told = []
        for typed in (ADA, cast.eve.customer_id, "zz99999-lk", "nobody@example.org", "+33699999999"):
            refusals = wrong(now, PERSON.most + 1, typed)
            told.append([(str(each), each.values if each else {}) for each in refusals])
        assert all(each == told[0] for each in told)
        assert told[0][-1] == ("too_many_attempts", {"until": now + HOUR})


class TestWhatIsTold:
    def test_the_page_says_until_when_of_what_was_typed_and_nothing_of_the_account(
        self, ada: Person, now: datetime
    ) -> None:
        lock(now)
        shut = enter(now)
        assert isinstance(shut, TooManyAttempts) and shut.until == now + HOUR
        for typed in (MAIL, PHONE):
            assert isinstance(enter(now, typed=typed), WrongCredentials)

    def test_the_owner_is_told_once_with_the_hour(self, ada: Person, now: datetime, hands: Hands) -> None:
        lock(now)
        wrong(now, 15)
        wrong(now, 15, MAIL)
        work(hands, now)
        (mail,) = hands.mail.mails
        assert mail.address == ada.email
        # 10:30 in Universal Time, in winter.
        assert "11:30" in mail.written.text or "11 h 30" in mail.written.text
        assert AuditEntry.objects.filter(action="person.locked", person=ada).count() == 1

    def test_whoever_is_nobody_costs_the_worker_a_row_and_nobody_a_mail(
        self, cast: Cast, now: datetime, hands: Hands
    ) -> None:
        wrong(now, PERSON.most + 5, "nobody@example.org")
        work(hands, now)
        assert OutboxEffect.objects.get().state == "done" and not hands.mail.mails

    def test_the_owner_gets_back_in_and_the_stranger_sees_no_difference(
        self, cast: Cast, ada: Person, now: datetime
    ) -> None:
        """After “Lost password” what was typed opens for who knows the new one; for others it stays shut."""
        lock(now)
        wrong(now, PERSON.most, "nobody@example.org")
        use("recover", issue(cast, "recover", now), now, HOME)
        assert enter(now, NEW, who=HOME) is None
        assert enter(now, NEW, MAIL, who=HOME) is None
        for typed in (ADA, "nobody@example.org"):
            refusal = enter(now, WRONG, typed)
            assert isinstance(refusal, TooManyAttempts) and refusal.until == now + HOUR


class TestTheOwner:
    def test_on_a_device_they_trust_enters_while_strangers_keep_the_account_locked(
        self, ada: Person, now: datetime
    ) -> None:
        trusts(ada, now)
        lock(now)
        for typed in (ADA, MAIL, PHONE):
            assert enter(now, typed=typed, who=HOME) is None
        assert locked(ada, now), "for everybody else"

    def test_on_a_device_they_trust_enters_from_a_network_that_is_shut_and_when_all_are(
        self, ada: Person, now: datetime
    ) -> None:
        trusts(ada, now)
        for key in ("everybody", "network:198.51.100.0/24"):
            Tally.objects.create(key=key, count=9999, since=now, until=now + HOUR)
        assert isinstance(enter(now, who=visitor("new browser", HOME.address)), TooManyAttempts)
        assert enter(now, who=HOME) is None

    def test_wrong_tries_on_it_are_counted_apart_and_limited_too(self, ada: Person, now: datetime) -> None:
        """A stolen one is no guessing place, and shuts nobody else out."""
        trusts(ada, now)
        wrong(now, PERSON.most, who=HOME)
        shut = enter(now, who=HOME)
        assert isinstance(shut, TooManyAttempts) and shut.until == now + HOUR
        assert not locked(ada, now)
        assert enter(now + HOUR, who=HOME) is None

    def test_nobody_else_is_helped_by_it(self, cast: Cast, ada: Person, now: datetime) -> None:
        trusts(ada, now)
        lock(now, cast.eve.customer_id)
        assert enter(now, typed=cast.eve.customer_id, who=HOME) is not None

    def test_a_stolen_cookie_alone_opens_nothing(self, ada: Person, now: datetime) -> None:
        trusts(ada, now)
        for password in (WRONG, Secret(""), HOME.browser):
            assert isinstance(enter(now, password, who=HOME), WrongCredentials)

    def test_enters_where_they_signed_in_before_though_they_never_chose_to_trust_it(
        self, ada: Person, now: datetime
    ) -> None:
        """Whoever has a second factor, or no codes by mail, is never asked whether to trust a browser."""
        trusts(ada, now)
        Device.objects.update(trusted_until=None)
        lock(now)
        assert enter(now, who=HOME) is None

    @pytest.mark.parametrize("end", ["device is forgotten", "password is new"])
    def test_a_device_that_is_known_no_longer_helps_nobody(
        self, cast: Cast, ada: Person, now: datetime, end: str
    ) -> None:
        device = trusts(ada, now)
        if end == "device is forgotten":
            Device.objects.filter(pk=device.pk).update(ended_at=now)
        else:
            use("recover", issue(cast, "recover", now), now, STRANGER)
        lock(now, MAIL)
        password = NEW if end == "password is new" else PORTAL_PASSWORD
        assert isinstance(enter(now, password, who=HOME), WrongCredentials)

    def test_with_a_passkey_enters_while_account_network_and_everybody_are_shut(
        self, ada: Person, now: datetime
    ) -> None:
        authenticator = add_key(ada, now)
        lock(now)
        for key in ("everybody", "network:198.51.100.0/24"):
            Tally.objects.update_or_create(
                key=key, defaults={"count": 9999, "since": now, "until": now + HOUR}
            )
        who = visitor("new browser", HOME.address)
        flow, options = sign_in_by_passkey.begin(visitor=who, onward="/", now=now)
        entered = sign_in_by_passkey.finish(
            reference=flow, response=authenticator.get(options), visitor=who, now=now
        )
        assert entered.person_id == ada.pk

    def test_gets_a_link_however_often_strangers_ask_for_one(
        self, cast: Cast, ada: Person, hands: Hands
    ) -> None:
        now = timezone.now()
        for minute in range(0, 30, 2):
            recover_account.ask(identifier=ADA, visitor=STRANGER, now=now + timedelta(minutes=minute))
            work(hands, now + timedelta(minutes=minute))
        assert 1 <= len(hands.mail.mails) <= 3, "enough to get in by, too few to fill a mailbox"


class TestNetworks:
    def tries(self, now: datetime, addresses: Sequence[str], each: int = 1) -> list[str]:
        """One wrong attempt at another account every time."""
        made = []
        for number, address in enumerate(list(addresses) * each):
            who = visitor(f"browser {number}", address)
            made.append(str(enter(now, WRONG, f"zx{number:05d}-lk", who)))
        return made

    @pytest.mark.parametrize(
        "addresses",
        [
            [f"203.0.113.{host}" for host in range(100)],
            [f"2001:db8:1:2:{host:x}::{host:x}" for host in range(100)],
        ],
        ids=["a /24", "a /64"],
    )
    def test_a_hundred_addresses_of_one_network_are_one(
        self, cast: Cast, now: datetime, addresses: list[str]
    ) -> None:
        assert self.tries(now, addresses) == ["wrong_credentials"] * NETWORK.most
        refusal = enter(now, typed=ADA, who=visitor("new", addresses[0]))
        assert isinstance(refusal, TooManyAttempts) and refusal.until == now + HOUR
        assert enter(now, typed=ADA, who=visitor("new", "192.0.2.7")) is None

    def test_a_shut_network_cannot_go_on_locking_accounts(self, ada: Person, now: datetime) -> None:
        self.tries(now, ["203.0.113.7"], NETWORK.most)
        wrong(now, 50, ADA, visitor("x", "203.0.113.8"))
        assert not locked(ada, now)
        assert enter(now, who=HOME) is None, "nor what is typed"

    def test_a_good_sign_in_between_guesses_buys_no_more_of_them(self, cast: Cast, now: datetime) -> None:
        """allauth 65.8.1: a success reset the count of the address."""
        made = 0
        for number in range(NETWORK.most + 20):
            who = visitor("eve's browser", "203.0.113.7")
            enter(now, typed=cast.eve.customer_id, who=who)
            made += str(enter(now, WRONG, f"zx{number:05d}-lk", who)) == "wrong_credentials"
        assert made == NETWORK.most

    def test_many_good_sign_ins_from_one_office_shut_nothing(self, cast: Cast, now: datetime) -> None:
        Tally.objects.create(key="network:203.0.113.0/24", count=NETWORK.most - 1, since=now)
        for _ in range(5):
            assert enter(now, who=visitor("office", "203.0.113.7")) is None
        assert self.tries(now, ["203.0.113.9"] * 2) == ["wrong_credentials", "too_many_attempts"]

    def test_many_networks_against_many_accounts_are_too_many_together(
        self, cast: Cast, ada: Person, now: datetime
    ) -> None:
        trusts(ada, now)
        Tally.objects.create(key="everybody", count=GLOBAL.most - 25, since=now)
        made = [str(enter(now, WRONG, f"zx{number:05d}-lk", from_network(number))) for number in range(50)]
        assert made == ["wrong_credentials"] * 25 + ["too_many_attempts"] * 25
        elsewhere = visitor("new", "192.0.2.7")
        refusal = enter(now, who=elsewhere)
        assert isinstance(refusal, TooManyAttempts) and refusal.until == now + GLOBAL.shut
        assert enter(now, who=HOME) is None, "a trusted browser"
        assert enter(now + GLOBAL.shut, who=elsewhere) is None


class TestBehindADoor:
    """The whole way through the portal, by the clock on the wall."""

    WRONG = {"identifier": ADA, "password": "not the one"}

    @staticmethod
    def knock(number: int, forwarded: str, address: str) -> int:
        form = {"identifier": f"zx{number:05d}-lk", "password": "x"}
        browser = Client(REMOTE_ADDR=address)
        return browser.post("/connexion", form, headers={"x-forwarded-for": forwarded}).status_code

    def test_no_forged_address_evades_the_count(self, cast: Cast, settings: Settings) -> None:
        """allauth 65.14.2: X-Forwarded-For is the caller's word unless our own proxy wrote it."""
        settings.LINEKEY_BEHIND_PROXY = False
        answers = [
            self.knock(number, f"10.{number}.0.1", "203.0.113.7") for number in range(NETWORK.most + 1)
        ]
        assert answers == [422] * NETWORK.most + [429]

    def test_behind_a_proxy_only_the_address_it_wrote_counts(self, cast: Cast, settings: Settings) -> None:
        settings.LINEKEY_BEHIND_PROXY = True
        forged = [
            "10.{0}.0.1, 203.0.113.7",
            "10.{0}.0.1,evil, 203.0.113.{0}",
            "203.0.113.{0}:4711",
            "203.0.113.7",
        ]
        answers = [
            self.knock(number, forged[number % len(forged)].format(number), "127.0.0.1")
            for number in range(NETWORK.most + 1)
        ]
        assert answers == [422] * NETWORK.most + [429]
        assert self.knock(999, "198.51.100.7", "127.0.0.1") == 422

    def test_the_page_says_until_when_and_so_does_the_header(self, cast: Cast) -> None:
        for _ in range(PERSON.most):
            assert Client().post("/connexion", self.WRONG).status_code == 422
        answer = Client(headers={"accept-language": "en"}).post("/connexion", self.WRONG)
        assert answer.status_code == 429
        assert 3500 < int(answer.headers["Retry-After"]) <= 3600
        assert b"Nothing is accepted here until" in answer.content

    def test_the_owners_browser_is_known_by_its_cookie_and_gets_in(self, cast: Cast) -> None:
        browser = Client()
        browser.get("/connexion")
        name = browser.cookies["linekey-browser"].value
        trusts(cast.ada, timezone.now(), visitor(name))
        lock(timezone.now())
        right = {"identifier": ADA, "password": PORTAL_PASSWORD.reveal()}
        assert Client().post("/connexion", right).status_code == 429
        assert browser.post("/connexion", right).status_code == 303


class TestCodes:
    def test_whoever_has_the_password_cannot_fill_the_mailbox(
        self, cast: Cast, ada: Person, now: datetime, hands: Hands
    ) -> None:
        """Codes that are sent when signing in count with those that are sent again."""
        ask_for_codes(cast.operator)
        for number in range(SENT.most - 1):
            assert enter(now, who=from_network(number)) is None
        flow = Flow.objects.latest("pk")
        who = from_network(SENT.most - 2)
        prove_factor.send_code(
            kind=FlowKind.SIGN_IN,
            reference=flow.reference,
            means=prove_factor.means_of(flow)[0],
            visitor=who,
            now=now,
        )
        assert isinstance(enter(now, who=from_network(99)), TooManyAttempts)
        assert OutboxEffect.objects.filter(kind="code").count() == SENT.most
        assert enter(now + HOUR, who=from_network(99)) is None


@pytest.mark.django_db(transaction=True)
def test_of_fifty_wrong_passwords_at_once_ten_are_compared_and_the_owner_is_told_once(
    committed: Cast, in_threads: Threads, hashes: list[str]
) -> None:
    """allauth 65.19.3: at once they were as many as one liked."""
    start = Barrier(50)

    def guess(number: int) -> str:
        start.wait(60)
        return str(enter(timezone.now(), WRONG, ADA if number % 2 else MAIL, from_network(number)))

    told = in_threads([partial(guess, number) for number in range(50)])
    assert hashes.count("verify") == PERSON.most, "the others are compared with nothing"
    assert hashes.count("encode") == 50 - PERSON.most
    assert set(told) <= {"wrong_credentials", "too_many_attempts"}
    assert OutboxEffect.objects.filter(message="account_locked", person=committed.ada).count() == 1
    assert isinstance(enter(timezone.now(), typed=PHONE), WrongCredentials)


@pytest.mark.django_db(transaction=True)
def test_the_right_password_among_many_wrong_ones_at_once_shuts_nothing_by_itself(
    committed: Cast, in_threads: Threads
) -> None:
    start = Barrier(20)

    def attempt(number: int) -> bool:
        start.wait(60)
        return enter(timezone.now(), PORTAL_PASSWORD, ADA, from_network(number)) is None

    for _ in range(2):
        good = in_threads([partial(attempt, number) for number in range(20)])
        # Ten in flight are as many as may be wrong: others are told to come back, and nothing stays shut.
        assert sum(good) >= 1
    assert enter(timezone.now(), who=HOME) is None


@pytest.mark.django_db(transaction=True)
def test_a_lock_outlives_every_process(committed: Cast) -> None:
    """Nothing of it lies in memory: what reads the database anew finds it."""
    now = timezone.now()
    lock(now)
    connections.close_all()
    assert isinstance(enter(now), TooManyAttempts) and isinstance(enter(now, typed=MAIL), WrongCredentials)
