"""Law 7: no stranger learns whether an account exists: same answer, same hash, same queries on every path."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from linekey.domain.errors import TooManyAttempts, WrongCredentials
from linekey.domain.identifiers import read
from linekey.domain.limits import NETWORK, PERSON
from linekey.records.models import AuditEntry, OutboxEffect, Person, Ticket
from linekey.usecases import create_account, recover_account, sign_in
from tests.build import PORTAL_PASSWORD, Cast, visitor
from tests.hands import Hands, work
from tests.laws import strangers
from tests.laws.counting_hasher import CountingHasher
from tests.laws.strangers import WRONG, Typed, forget, from_network, refused

HOUR = timedelta(hours=1)


@pytest.fixture
def world(cast: Cast, now: datetime) -> dict[str, Typed]:
    return strangers.build(cast, now)


@pytest.fixture
def hashes(settings: Settings, world: dict[str, Typed]) -> Iterator[list[str]]:
    settings.PASSWORD_HASHERS = ["tests.laws.counting_hasher.CountingHasher"]
    CountingHasher.calls.clear()
    yield CountingHasher.calls


@dataclass(frozen=True)
class Seen:
    """One attempt, from outside and from inside."""

    answer: str
    told: tuple[tuple[str, object], ...]
    hashes: int
    statements: tuple[str, ...]
    audited: int
    promised: int


def seen(work: Callable[[], str], told: Callable[[], dict[str, object]], hashes: list[str]) -> Seen:
    forget()
    hashes.clear()
    with CaptureQueriesContext(connection) as captured:
        answer = work()
    return Seen(
        answer,
        tuple(told().items()),
        len(hashes),
        tuple(query["sql"].split()[0] for query in captured.captured_queries),
        AuditEntry.objects.count(),
        OutboxEffect.objects.count(),
    )


def attempt(typed: Typed, now: datetime, hashes: list[str], network: int = 0) -> Seen:
    values: dict[str, object] = {}

    def try_it() -> str:
        refusal = refused(typed, now, from_network(network))
        values.update(refusal.values)
        return str(refusal)

    return seen(try_it, lambda: values, hashes)


def same_work(statements: tuple[str, ...]) -> tuple[str, ...]:
    """Work which is undone is the same work."""
    return tuple(verb for verb in statements if verb != "ROLLBACK")


class TestSigningIn:
    def test_every_refused_attempt_is_the_same_answer_after_the_same_work(
        self, world: dict[str, Typed], hashes: list[str], now: datetime
    ) -> None:
        found = {why: attempt(typed, now, hashes) for why, typed in world.items()}
        assert len(set(found.values())) == 1, found
        first = next(iter(found.values()))
        assert (first.answer, first.told) == (WrongCredentials.code, ())
        assert (first.hashes, first.audited, first.promised) == (1, 1, 0)

    def test_the_attempt_that_locks_is_the_same_work_for_nobody_as_for_somebody(
        self, world: dict[str, Typed], hashes: list[str], now: datetime
    ) -> None:
        last = {}
        # What means nobody at all has one reading, and is counted together.
        readings = {read(typed.identifier).key: why for why, typed in world.items()}
        for network, why in enumerate(readings.values()):
            typed = world[why]
            for _ in range(PERSON.most - 2):
                refused(typed, now, from_network(network))
            ordinary = attempt(typed, now, hashes, network)
            last[why] = attempt(typed, now, hashes, network)
            assert same_work(ordinary.statements) == same_work(last[why].statements), why
        shown = {(each.answer, each.told, each.hashes) for each in last.values()}
        assert shown == {(WrongCredentials.code, (), 1)}
        told = [why.partition(", by ")[0] for why, each in last.items() if each.promised]
        for state in ("known", "disabled", "not activated", "no password"):
            assert told.count(state) == 1, "by whichever spelling, its owner is locked and told once"
        assert told.count("locked") == 0 and told.count("unknown") == 3 and told.count("shared") == 2

    def test_what_was_typed_too_often_is_told_so_whether_or_not_anybody_is_behind_it(
        self, world: dict[str, Typed], hashes: list[str], now: datetime
    ) -> None:
        after = set()
        for network, typed in enumerate(world.values()):
            for _ in range(PERSON.most):
                refused(typed, now, from_network(network))
            after.add(attempt(typed, now + HOUR / 2, hashes, network))
        assert len(after) == 1
        (found,) = after
        assert (found.answer, found.told) == (TooManyAttempts.code, (("until", now + HOUR),))
        assert (found.hashes, found.promised) == (1, 0)

    def test_a_network_that_tried_too_often_reads_the_same_about_everybody(
        self, world: dict[str, Typed], hashes: list[str], now: datetime
    ) -> None:
        for number in range(NETWORK.most):
            refused(Typed(f"zx{number:05d}-lk", WRONG), now, from_network(0))
        found = {attempt(typed, now, hashes) for typed in world.values()}
        assert len(found) == 1
        assert next(iter(found)).told == (("until", now + HOUR),)

    def test_the_owner_gets_in_with_one_hash_too(self, cast: Cast, hashes: list[str], now: datetime) -> None:
        Person.objects.filter(pk=cast.ada.pk).update(phone="+33698765432")
        for identifier in ("ab12345-lk", " AB12345-LK ", "Ada.Lemoine@EXAMPLE.org", "06 98 76 54 32"):
            hashes.clear()
            entered = sign_in.enter(
                identifier=identifier, password=PORTAL_PASSWORD, visitor=visitor(), now=now
            )
            assert isinstance(entered, sign_in.SignedIn) and entered.person_id == cast.ada.pk
            assert hashes == ["verify"]

    def test_the_owners_coming_and_going_is_not_seen_by_whoever_tries(
        self, cast: Cast, now: datetime
    ) -> None:
        """Nine wrong tries, the owner signs in, a tenth: had it been forgotten, there would be an owner."""
        for identifier in (cast.ada.email, "nobody@example.org"):
            typed = Typed(identifier, WRONG)
            for _ in range(PERSON.most - 1):
                refused(typed, now)
            sign_in.enter(identifier=cast.ada.email, password=PORTAL_PASSWORD, visitor=visitor(), now=now)
            assert isinstance(refused(typed, now), WrongCredentials)
            assert isinstance(refused(typed, now), TooManyAttempts)

    def test_two_spellings_of_one_account_look_like_two_accounts(
        self, cast: Cast, hashes: list[str], now: datetime
    ) -> None:
        """Five by customer ID and five by e-mail lock; the attempt that does it shows nothing of it."""

        def tries(first: str, second: str) -> list[tuple[str, tuple[str, ...]]]:
            found = [attempt(Typed(first, WRONG), now, hashes) for _ in range(5)]
            found += [attempt(Typed(second, WRONG), now, hashes) for _ in range(6)]
            return [(each.answer, same_work(each.statements)) for each in found]

        assert tries(cast.ada.customer_id, cast.ada.email) == tries("zz99999-lk", "nobody@example.org")
        assert AuditEntry.objects.filter(action="person.locked").count() == 0, "counted from the last try on"


class TestAskingForALink:
    def test_it_is_the_same_work_for_everybody(
        self, world: dict[str, Typed], hashes: list[str], now: datetime
    ) -> None:
        def ask(identifier: str) -> str:
            recover_account.ask(identifier=identifier, visitor=visitor(), now=now)
            row = OutboxEffect.objects.get(kind="recover", service=None, person=None, version=None)
            assert row.facts.keys() == {"identifier", "extension"}
            return "asked"

        found = {seen(partial(ask, typed.identifier), dict, hashes) for typed in world.values()}
        assert len(found) == 1 and next(iter(found)).hashes == 0

    @pytest.mark.parametrize(
        ("state", "mails"),
        [
            ("known", 1),
            ("locked", 1),
            ("no password", 1),
            ("disabled", 1),
            ("not activated", 1),
            ("shared", 0),
            ("unknown", 0),
        ],
    )
    @pytest.mark.parametrize("spelling", ["customer ID", "e-mail", "phone"])
    def test_the_row_of_a_request_says_the_same_whether_a_mail_went_out_or_not(
        self, world: dict[str, Typed], now: datetime, hands: Hands, state: str, spelling: str, mails: int
    ) -> None:
        typed = world.get(f"{state}, by {spelling}")
        if typed is None:
            return
        recover_account.ask(identifier=typed.identifier, visitor=visitor(), now=now)
        work(hands)
        row = OutboxEffect.objects.get()
        assert (row.state, row.result, row.last_trouble, row.attempts) == ("done", {}, "", 1)
        assert len(hands.mail.mails) == mails

    def test_a_stranger_cannot_fill_a_mailbox(self, cast: Cast, now: datetime, hands: Hands) -> None:
        for _ in range(5):
            recover_account.ask(identifier="ab12345-lk", visitor=visitor(), now=now)
            work(hands)
        assert len(hands.mail.mails) == 1

    def test_the_link_is_for_whoever_owns_the_account_alone(
        self, cast: Cast, now: datetime, hands: Hands
    ) -> None:
        recover_account.ask(identifier="ab12345-lk", visitor=visitor(), now=now)
        work(hands)
        assert [mail.address for mail in hands.mail.mails] == [cast.ada.email]


class TestAskingForAnAccount:
    @pytest.fixture
    def addresses(self, world: dict[str, Typed], cast: Cast) -> list[str]:
        """Nobody's, and those of accounts in every state, under this operator and under its reseller."""
        known = [typed.identifier for why, typed in world.items() if why.endswith(", by e-mail")]
        return [*known, cast.eve.email, cast.olivia.email, "jamais.vue@example.net"]

    @staticmethod
    def ask(email: str, now: datetime) -> str:
        create_account.ask(
            first_name="Zélie",
            last_name="Durand",
            email=email,
            language="fr",
            suffix="lk",
            visitor=visitor(),
            now=now,
        )
        return "asked"

    def test_it_is_the_same_work_for_everybody(
        self, addresses: list[str], hashes: list[str], now: datetime
    ) -> None:
        found = {seen(partial(self.ask, email, now), dict, hashes) for email in addresses}
        assert len(found) == 1 and next(iter(found)).promised == 1

    def test_the_row_of_a_request_says_the_same_whether_there_is_an_account_or_not(
        self, addresses: list[str], now: datetime, hands: Hands
    ) -> None:
        rows = set()
        for email in addresses:
            forget()
            # The worker goes by its own clock, and so must the end of the flow.
            self.ask(email, timezone.now())
            work(hands)
            row = OutboxEffect.objects.get()
            rows.add((row.state, str(row.result), row.last_trouble, row.attempts, row.person_id))
        assert rows == {("done", "{}", "", 1, None)}
        assert len(hands.mail.mails) == len(addresses), "each mailbox was told what concerns it"


class TestInTheBrowser:
    """The whole answer: status, headers, cookies and page."""

    @staticmethod
    def shown(answer: Any, typed: str) -> tuple[object, ...]:
        page = answer.content.decode()
        page = re.sub(r'"[A-Za-z0-9]{64}"', '"CSRF token"', page)
        page = re.sub(r"\b\d{2}[:h]\d{2}\b", "hh:mm", page)
        page = re.sub(r'(class="request-number">)\w+', r"\1…", page)
        if typed:
            page = page.replace(typed, "typed")
        # Moments of this very answer; and the length of what was typed, which stands in the page again.
        vary = ("Date", "Expires", "Retry-After", "Content-Length", "X-Request-Id")
        headers = {name: "" if name in vary else value for name, value in answer.headers.items()}
        cookies = {
            (name, *sorted((key, str(value)) for key, value in morsel.items() if key != "expires"))
            for name, morsel in answer.cookies.items()
        }
        return answer.status_code, tuple(headers.items()), frozenset(cookies), page

    @pytest.fixture
    def typed(self, cast: Cast) -> dict[str, Typed]:
        """What a form lets through; pages go by the clock on the wall."""
        world = strangers.build(cast, timezone.now())
        return {why: one for why, one in world.items() if why not in strangers.STRANGE}

    def send(self, page: str, form: dict[str, str], typed: str) -> tuple[object, ...]:
        browser = Client(headers={"accept-language": "en"}, REMOTE_ADDR="203.0.113.77")
        return self.shown(browser.post(page, form), typed)

    def test_signing_in_shows_the_same_page(self, typed: dict[str, Typed]) -> None:
        found = {
            self.send(
                "/connexion",
                {"identifier": one.identifier, "password": one.password.reveal()},
                one.identifier,
            )
            for one in typed.values()
        }
        assert len(found) == 1 and next(iter(found))[0] == 422

    def test_what_was_typed_too_often_shows_the_same_page(self, typed: dict[str, Typed]) -> None:
        found = set()
        for network, one in enumerate(typed.values()):
            for _ in range(PERSON.most):
                refused(one, timezone.now(), from_network(network))
            form = {"identifier": one.identifier, "password": one.password.reveal()}
            found.add(self.send("/connexion", form, one.identifier))
        assert len(found) == 1 and next(iter(found))[0] == 429

    @pytest.mark.parametrize("mail_is_down", [False, True])
    def test_asking_for_a_link_shows_the_same_page(
        self, typed: dict[str, Typed], hands: Hands, mail_is_down: bool
    ) -> None:
        """CVE-2024-45231: a mail server which is away tells nothing either, not even the second time."""
        hands.mail.down = mail_is_down
        found = set()
        for _ in range(2):
            for one in list(typed.values())[:25]:
                found.add(self.send("/mot-de-passe-perdu", {"identifier": one.identifier}, one.identifier))
            work(hands)
        assert len(found) == 1 and next(iter(found))[0] == 200
        assert bool(Ticket.objects.exists()) is True

    @pytest.mark.parametrize("mail_is_down", [False, True])
    def test_asking_for_an_account_shows_the_same_page(
        self, cast: Cast, hands: Hands, mail_is_down: bool
    ) -> None:
        hands.mail.down = mail_is_down
        found = set()
        for _ in range(2):
            for email in (cast.eve.email, cast.ada.email, "jamais.vue@example.net"):
                form = {"first_name": "Zélie", "last_name": "Durand", "email": email, "language": "fr"}
                found.add(self.send("/creer-un-compte", form, email))
            work(hands)
        assert len(found) == 1 and next(iter(found))[0] in (200, 303)
