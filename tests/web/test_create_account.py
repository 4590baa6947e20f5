"""An account of one's own (ACC-10), and the link that opens it, also for an invited member (TEAM-10)."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from linekey.domain.access import Role
from linekey.records.models import OutboxEffect, Person, Tally, Ticket
from linekey.usecases import invite_member
from tests.build import PORTAL_PASSWORD, Cast, actor
from tests.hands import Hands, work
from tests.web.conftest import HOSTILE, body_of, forms_of

NEW = "quatre mots jamais vus ensemble"
TYPED = {"first_name": "Nour", "last_name": "Dupré", "email": "nour@example.org", "language": "en"}
Newest = Callable[[], str]


@pytest.fixture
def newest_link(hands: Hands) -> Newest:
    def read() -> str:
        work(hands)
        found = re.search(r"/activation/\S+", hands.mail.mails[-1].written.text)
        assert found
        return found[0]

    return read


def test_from_the_form_to_the_first_page(cast: Cast, stranger: Client, newest_link: Newest) -> None:
    page = stranger.get("/creer-un-compte").content.decode()
    assert all(f'autocomplete="{token}"' in page for token in ("given-name", "family-name", "email"))
    asked = stranger.post("/creer-un-compte", TYPED)
    assert asked.status_code == 200
    assert b"A message is on its way to the address you gave." in asked.content
    address = newest_link()
    assert b"Welcome, Nour Dupr" in stranger.get(address).content
    answer = stranger.post(address, {"password": NEW})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    home = stranger.get("/").content
    assert b"Welcome: your account is active." in home
    assert b"Turn on two-step verification" in home
    person = Person.objects.get(email="nour@example.org")
    assert person.customer_id.encode() in home


def test_whoever_has_an_account_gets_the_same_page_and_learns_it_by_mail(
    cast: Cast, stranger: Client, hands: Hands
) -> None:
    """Law 7."""
    answers = []
    for email in ("nour@example.org", cast.eve.email):
        answer = Client(headers={"accept-language": "en"}).post("/creer-un-compte", TYPED | {"email": email})
        headers = {
            name: value for name, value in answer.headers.items() if name not in ("Expires", "X-Request-Id")
        }
        answers.append((answer.status_code, headers, sorted(answer.cookies), body_of(answer)))
    assert answers[0] == answers[1]
    work(hands)
    mails = {mail.address: mail.written.text for mail in hands.mail.mails}
    assert "/activation/" in mails["nour@example.org"]
    assert "ev67890-lk" in mails[cast.eve.email] and "/activation/" not in mails[cast.eve.email]


@pytest.mark.parametrize(
    "email", ["nobody", "a@b", "a b@example.org", "x@example.org\r\nBcc: y@evil.example"]
)
def test_an_address_nobody_can_write_to_is_refused_beside_its_field(
    cast: Cast, stranger: Client, email: str
) -> None:
    answer = stranger.post("/creer-un-compte", TYPED | {"email": email})
    page = answer.content.decode()
    assert answer.status_code == 422
    field = re.search(r'<input[^>]*name="email"[^>]*>', page)
    assert field and 'aria-describedby="id_email_error"' in field[0]
    assert not OutboxEffect.objects.exists()


@pytest.mark.parametrize("name", ["evil.example", "http://evil.example", "<b>Nour</b>", "Nour\nBcc: x", "12"])
def test_a_name_that_could_say_more_is_refused_beside_its_field(
    cast: Cast, stranger: Client, name: str
) -> None:
    for field in ("first_name", "last_name"):
        answer = stranger.post("/creer-un-compte", TYPED | {field: name})
        assert answer.status_code == 422
        assert f'id="id_{field}_error"'.encode() in answer.content
        assert b"<b>Nour" not in answer.content
    assert not OutboxEffect.objects.exists()


def test_too_many_from_one_place_are_refused(cast: Cast, stranger: Client) -> None:
    now = timezone.now()
    until = now + timedelta(minutes=5)
    Tally.objects.create(key="created:127.0.0.0/24", count=60, since=now, until=until)
    answer = stranger.post("/creer-un-compte", TYPED)
    assert answer.status_code == 429 and 200 < int(answer.headers["Retry-After"]) <= 300


@pytest.mark.parametrize("what", HOSTILE)
def test_nothing_typed_is_a_fault_of_ours(cast: Cast, stranger: Client, hands: Hands, what: str) -> None:
    answer = stranger.post("/creer-un-compte", forms_of(tuple(TYPED), HOSTILE[what]))
    assert answer.status_code == 422
    assert b"<script>alert" not in answer.content
    for field in TYPED:
        answer = stranger.post("/creer-un-compte", TYPED | {field: HOSTILE[what]})
        assert answer.status_code in (200, 422)
        assert b"<script>alert" not in answer.content
    work(hands)
    assert all("evil.example" not in mail.address for mail in hands.mail.mails)


def test_whoever_is_signed_in_needs_no_other_account(ada: Client) -> None:
    assert ada.get("/creer-un-compte").headers["Location"] == "/"


class TestActivation:
    @pytest.fixture
    def address(self, cast: Cast, newest_link: Newest) -> str:
        now = timezone.now()
        invite_member.invite(
            actor=actor(cast.bruno, now),
            first_name="Nour",
            last_name="Dupré",
            email="nour@example.org",
            role=Role.SUBSCRIBER,
            now=now,
        )
        return newest_link()

    def test_an_invited_member_chooses_the_password_and_is_in(self, stranger: Client, address: str) -> None:
        assert stranger.post(address, {"password": NEW}).headers["Location"] == "/"
        assert Person.objects.get(email="nour@example.org").check_password(NEW)
        assert stranger.get("/").status_code == 200

    def test_a_mail_scanner_that_follows_the_link_uses_nothing_up(
        self, stranger: Client, address: str
    ) -> None:
        for _ in range(3):
            assert Client().get(address).status_code == Client().head(address).status_code == 200
        assert Person.objects.get(email="nour@example.org").activated_at is None
        assert stranger.post(address, {"password": NEW}).status_code == 303

    def test_a_poor_password_is_refused_by_name_and_the_link_still_works(
        self, stranger: Client, address: str
    ) -> None:
        refused = stranger.post(address, {"password": "dupré"})
        assert refused.status_code == 422
        assert refused.content.count(b'class="bad"') >= 1
        ticked = stranger.post(f"{address}/verifier", {"password": "court"})
        assert ticked.status_code == 200 and b'class="bad"' in ticked.content
        assert stranger.post(address, {"password": NEW}).status_code == 303

    def test_it_works_once_and_then_says_that_the_account_may_be_open(
        self, stranger: Client, address: str
    ) -> None:
        stranger.post(address, {"password": NEW})
        again = Client(headers={"accept-language": "en"}).post(
            address, {"password": "une autre phrase longue"}
        )
        assert again.status_code == 410
        assert b"If you have already chosen your password, your account is active" in again.content
        assert Person.objects.get(email="nour@example.org").check_password(NEW)

    def test_asking_for_a_new_password_sends_it_again(
        self, cast: Cast, stranger: Client, address: str, newest_link: Newest
    ) -> None:
        """TEAM-8: account not yet activated."""
        Ticket.objects.update(created_at=timezone.now() - timedelta(hours=1))
        stranger.post("/mot-de-passe-perdu", {"identifier": "nour@example.org"})
        newer = newest_link()
        assert newer != address
        assert stranger.post(newer, {"password": NEW}).headers["Location"] == "/"
        assert stranger.get(address).status_code == stranger.get(newer).status_code == 410

    def test_nobody_signs_in_before_it(self, cast: Cast, stranger: Client, address: str) -> None:
        typed = {"identifier": "nour@example.org", "password": PORTAL_PASSWORD.reveal()}
        assert stranger.post("/connexion", typed).status_code == 422

    def test_whoever_sat_there_before_is_signed_out(self, cast: Cast, ada: Client, address: str) -> None:
        """The session of the new account is its own."""
        before = ada.cookies["linekey"].value
        ada.post(address, {"password": NEW})
        assert ada.cookies["linekey"].value != before
        assert b"ab12345-lk" not in ada.get("/").content
