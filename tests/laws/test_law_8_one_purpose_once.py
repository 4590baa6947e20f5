"""Law 8: a link or a flow works for one purpose, in one browser, once, in time; all die with a password."""

import string
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from django.utils import timezone

from linekey.domain.contacts import Contact
from linekey.domain.errors import FlowOver, LinkNotValid, PasswordRefused, WrongCode, WrongCredentials
from linekey.domain.factors import Means
from linekey.domain.flows import LASTS as FLOW_LASTS
from linekey.domain.flows import OVER, STARTS, FlowKind, FlowState
from linekey.domain.recovery import LASTS, Purpose
from linekey.domain.secret import Secret
from linekey.enact.accounts import ASK_AGAIN_AFTER
from linekey.records import find, flows, pages, tickets
from linekey.records.models import CredentialVersion, Factor, Flow, OpenSession, Person, Ticket
from linekey.usecases import (
    change_contact,
    change_password,
    recover_account,
    remove_factor,
    sign_in,
)
from linekey.usecases.prove_factor import TypedCode
from linekey.vault import seal
from tests.build import PORTAL_PASSWORD, Cast, ask_for_codes, open_session, visitor
from tests.hands import Hands, work
from tests.lab.second_factors import add_app
from tests.laws import changing_hasher
from tests.laws.links import LINKS, NEW, issue, look, use
from tests.usecases.reading import code_in, link_in

Threads = Callable[[Sequence[Callable[[], Any]]], list[Any]]
TICK = timedelta(microseconds=1)
ELSEWHERE = visitor("another browser", "203.0.113.9")


def assert_refused(link: str, token: Secret, now: datetime) -> None:
    for attempt in (look, use):
        with pytest.raises(LinkNotValid):
            attempt(link, token, now)


@pytest.mark.parametrize("made_for", LINKS)
@pytest.mark.parametrize("used_for", LINKS)
def test_a_link_opens_what_it_was_made_for_and_nothing_else(
    cast: Cast, now: datetime, made_for: str, used_for: str
) -> None:
    """CVE-2025-69614: an activation link that also reset passwords took every account."""
    token = issue(cast, made_for, now)
    if LINKS[made_for] is not LINKS[used_for]:
        assert_refused(used_for, token, now)
    look(made_for, token, now)
    use(made_for, token, now)


@pytest.mark.parametrize("link", LINKS)
class TestEveryLink:
    def test_it_works_until_its_last_instant_and_not_one_later(
        self, cast: Cast, now: datetime, link: str
    ) -> None:
        token, end = issue(cast, link, now), now + LASTS[LINKS[link]]
        look(link, token, end - TICK)
        assert_refused(link, token, end)
        assert_refused(link, token, end + timedelta(seconds=1))

    def test_looking_uses_nothing_up(self, cast: Cast, now: datetime, link: str) -> None:
        """A mail scanner follows links."""
        token = issue(cast, link, now)
        for _ in range(3):
            look(link, token, now)
        use(link, token, now)

    def test_it_works_once(self, cast: Cast, now: datetime, link: str) -> None:
        token = issue(cast, link, now)
        use(link, token, now)
        assert_refused(link, token, now)

    def test_every_other_of_its_owner_dies_with_it(self, cast: Cast, now: datetime, link: str) -> None:
        token, other = issue(cast, link, now), issue(cast, link, now)
        use(link, other, now)
        with pytest.raises(LinkNotValid):
            use(link, token, now)
        if link in ("recover", "activate"):
            assert not Ticket.objects.filter(used_at=None).exists()

    def test_it_dies_with_the_account(self, cast: Cast, now: datetime, link: str) -> None:
        token = issue(cast, link, now)
        Person.objects.update(is_active=False)
        if link != "create":
            assert_refused(link, token, now)

    def test_one_letter_more_less_or_other_is_no_link(self, cast: Cast, now: datetime, link: str) -> None:
        clear = issue(cast, link, now).reveal()
        other = next(letter for letter in string.ascii_letters if letter != clear[0])
        for wrong in (clear[:-1], clear + "x", other + clear[1:], clear.swapcase(), f" {clear}", "", "\0"):
            assert_refused(link, Secret(wrong), now)

    def test_a_password_that_is_refused_uses_nothing_up(self, cast: Cast, now: datetime, link: str) -> None:
        token, before = issue(cast, link, now), cast.ada.password
        if link == "recover":
            with pytest.raises(PasswordRefused):
                recover_account.finish(token=token, new=Secret("court"), visitor=visitor(), now=now)
        assert Person.objects.get(pk=cast.ada.pk).password == before
        use(link, token, now)


def test_only_a_newer_link_to_a_line_takes_the_place_of_the_one_before(cast: Cast, now: datetime) -> None:
    """Strangers can ask for the others: theirs must not kill the one which its owner is about to use."""
    for link in LINKS:
        older, newer = issue(cast, link, now), issue(cast, link, now)
        if link == "reveal":
            assert_refused(link, older, now)
        else:
            look(link, older, now)
        use(link, newer, now)


def test_a_stranger_who_keeps_asking_neither_fills_a_mailbox_nor_kills_the_link_in_it(
    cast: Cast, hands: Hands
) -> None:
    at = timezone.now()
    for _ in range(8):
        at += ASK_AGAIN_AFTER + TICK
        recover_account.ask(identifier="ab12345-lk", visitor=ELSEWHERE, now=at)
        work(hands, at)
    links = [link_in(mail.written.text, "/mot-de-passe-perdu/") for mail in hands.mail.mails]
    assert len(links) == 3
    for link in links:
        look("recover", link, at)
    use("recover", links[0], at)
    for link in links:
        assert_refused("recover", link, at)


def test_a_link_to_a_line_without_its_line_shows_nothing(cast: Cast, now: datetime) -> None:
    token = seal.new_token()
    tickets.issue(seal.digest(token), Purpose.REVEAL, person=cast.ada, now=now)
    assert_refused("reveal", token, now)
    assert Ticket.objects.filter(used_at=None).count() == 1


@pytest.mark.parametrize("link", ["recover", "activate"])
def test_a_link_whose_flow_is_gone_or_over_opens_nothing(cast: Cast, now: datetime, link: str) -> None:
    token = issue(cast, link, now)
    Flow.objects.update(state=FlowState.ENDED)
    assert_refused(link, token, now)
    Ticket.objects.update(flow=None)
    assert_refused(link, token, now)


def test_the_browser_that_began_a_recovery_alone_goes_on_with_it(cast: Cast, now: datetime) -> None:
    """The first form binds it: a link that leaks afterwards is worth nothing."""
    token = issue(cast, "recover", now)
    with pytest.raises(PasswordRefused):
        recover_account.finish(token=token, new=Secret("court"), visitor=visitor(), now=now)
    with pytest.raises(FlowOver):
        use("recover", token, now, ELSEWHERE)
    use("recover", token, now)


def test_every_session_ends_with_the_password(cast: Cast, now: datetime) -> None:
    stamp = cast.ada.get_session_auth_hash()
    open_session(cast.ada, now)
    use("recover", issue(cast, "recover", now), now)
    cast.ada.refresh_from_db()
    assert cast.ada.get_session_auth_hash() != stamp
    assert not OpenSession.objects.filter(ended_at=None).exists()
    assert cast.ada.check_password(NEW.reveal()) and not cast.ada.check_password(PORTAL_PASSWORD.reveal())


class Ends:
    """What ends every other way somebody is on."""

    def __init__(self, cast: Cast, now: datetime, hands: Hands) -> None:
        self.cast, self.now, self.hands = cast, now, hands
        session = open_session(cast.ada, now)
        self.ada = find.actor_of(cast.ada, confirmed_at=now, session_id=session.pk)

    def another_password(self) -> None:
        change_password.change(actor=self.ada, current=PORTAL_PASSWORD, new=NEW, pin=None, now=self.now)

    def a_lost_password(self) -> None:
        use("recover", issue(self.cast, "recover", self.now), self.now)

    def another_e_mail_address(self) -> None:
        flow = change_contact.begin(
            actor=self.ada, contact=Contact.EMAIL, value="ada@new.example", visitor=visitor(), now=self.now
        )
        work(self.hands, self.now)
        code = code_in(self.hands.mail.mails[-1].written.text)
        change_contact.confirm(actor=self.ada, reference=flow, code=code, visitor=visitor(), now=self.now)

    def a_factor_more(self) -> None:
        add_app(self.cast.ada, self.now)

    def a_factor_less(self) -> None:
        uid = Factor.objects.get(person=self.cast.ada).uid
        remove_factor.remove(actor=self.ada, uid=uid, now=self.now)


EVENTS = [name for name in vars(Ends) if not name.startswith("_")]


@pytest.mark.parametrize("event", EVENTS)
def test_every_outstanding_link_and_flow_dies_with_password_address_or_factor(
    cast: Cast, now: datetime, hands: Hands, event: str
) -> None:
    """CVE-2021-33322, and OWASP ASVS 5.0, 7.4.3."""
    if event == "a_factor_less":
        add_app(cast.ada, now)
    happens = Ends(cast, now, hands)
    outstanding = [(link, issue(cast, link, now)) for link in ("recover", "reveal")]
    browser = seal.digest(ELSEWHERE.browser)
    for kind in FlowKind:
        for state in STARTS[kind]:
            flows.begin(kind, state, person=cast.ada, browser=browser, now=now)
    of_eve = flows.begin(FlowKind.STEP_UP, FlowState.FACTOR, person=cast.eve, browser="e" * 64, now=now)
    getattr(happens, event)()
    for link, token in outstanding:
        assert_refused(link, token, now)
    assert set(Flow.objects.filter(person=cast.ada).values_list("state", flat=True)) <= OVER
    of_eve.refresh_from_db()
    assert of_eve.state == FlowState.FACTOR


class TestAPasswordThatIsChangedWhileItIsChecked:
    """The hash takes longer than everything else: the old one must not open what is changed meanwhile."""

    @pytest.fixture
    def changing(self, settings: Any, cast: Cast, now: datetime) -> None:
        settings.PASSWORD_HASHERS = ["tests.laws.changing_hasher.ChangingHasher"]
        changing_hasher.then(lambda: Person.objects.filter(pk=cast.ada.pk).update(password="!changed"))

    def test_it_begins_no_flow(self, cast: Cast, now: datetime, changing: None) -> None:
        add_app(cast.ada, now)
        with pytest.raises(WrongCredentials):
            sign_in.enter(identifier="ab12345-lk", password=PORTAL_PASSWORD, visitor=visitor(), now=now)
        assert not Flow.objects.filter(kind=FlowKind.SIGN_IN).exists()

    def test_its_session_is_dead_before_it_is_used(self, cast: Cast, now: datetime, changing: None) -> None:
        entered = sign_in.enter(identifier="ab12345-lk", password=PORTAL_PASSWORD, visitor=visitor(), now=now)
        assert isinstance(entered, sign_in.SignedIn)
        assert pages.actor_of_session(entered.session_id, entered.stamp, now) is None


@pytest.mark.parametrize("kind", FlowKind)
def test_the_end_of_a_flow_is_that_of_its_link_or_ten_minutes_or_less_than_an_hour(kind: FlowKind) -> None:
    assert FLOW_LASTS[kind] <= timedelta(hours=1) or kind is FlowKind.ACTIVATION


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("link", LINKS)
def test_of_a_link_opened_several_times_at_once_one_works(
    committed: Cast, in_threads: Threads, link: str
) -> None:
    token, start = issue(committed, link, timezone.now()), Barrier(10)

    def open_it() -> bool:
        start.wait(30)
        try:
            use(link, token, timezone.now())
        except (LinkNotValid, FlowOver):
            return False
        return True

    assert sum(in_threads([open_it] * 10)) == 1
    assert CredentialVersion.objects.count() == (link == "reveal")


@pytest.mark.django_db(transaction=True)
def test_of_fifty_who_give_one_code_at_once_one_gets_in(committed: Cast, in_threads: Threads) -> None:
    now, code, start = timezone.now(), Secret("000123"), Barrier(50)
    ask_for_codes(committed.operator)
    wanted = sign_in.enter(identifier="ab12345-lk", password=PORTAL_PASSWORD, visitor=visitor(), now=now)
    assert isinstance(wanted, sign_in.ProofWanted)
    Flow.objects.update(code=seal.encoded(code), code_expires_at=now + timedelta(minutes=10))

    def give_it() -> bool:
        start.wait(60)
        try:
            sign_in.prove(
                reference=wanted.flow,
                proof=TypedCode(Means.MAIL, code),
                visitor=visitor(),
                trust=True,
                now=timezone.now(),
            )
        except (FlowOver, WrongCode):
            return False
        return True

    assert sum(in_threads([give_it] * 50)) == 1
    assert OpenSession.objects.count() == 1
