"""In, out, and in again after a while; the way back leads nowhere but here."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone, translation

from linekey.records.models import Factor, OpenSession, Person, Tally
from linekey.web import session
from linekey.web.wording import until
from tests.build import PORTAL_PASSWORD, Cast
from tests.lab.second_factors import add_key
from tests.web.conftest import HOSTILE, SignIn, body_of, forms_of

RIGHT = PORTAL_PASSWORD.reveal()


@pytest.mark.parametrize("identifier", ["ab12345-lk", "AB12345-LK", " ada.lemoine@example.org "])
def test_the_customer_id_or_the_e_mail_lets_in(cast: Cast, stranger: Client, identifier: str) -> None:
    answer = stranger.post("/connexion", {"identifier": identifier, "password": RIGHT, "next": "/emails"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/emails")


def test_a_phone_number_lets_in_and_a_shared_one_with_its_extension(cast: Cast, stranger: Client) -> None:
    """TEAM-7: the number of the company, and whoever is behind it."""
    Person.objects.filter(pk__in=(cast.ada.pk, cast.bruno.pk)).update(phone="+33184780117")
    Person.objects.filter(pk=cast.ada.pk).update(extension="42")
    Person.objects.filter(pk=cast.bruno.pk).update(extension="43")
    typed = {"identifier": "01 84 78 01 17", "password": RIGHT}
    assert stranger.post("/connexion", typed).status_code == 422
    assert stranger.post("/connexion", typed | {"extension": "42"}).status_code == 303
    assert b"ab12345-lk" in stranger.get("/").content


@pytest.fixture
def refused(cast: Cast) -> dict[str, tuple[str, str]]:
    """What nobody may tell apart, each with the right password unless it is the password that is wrong."""
    now = timezone.now()
    Person.objects.filter(pk=cast.eve.pk).update(is_active=False)
    Person.objects.filter(pk=cast.chen.pk).update(password="!unusable")
    Person.objects.filter(pk=cast.dina.pk).update(activated_at=None)
    shut = now + timedelta(minutes=30)
    Tally.objects.create(key=f"person:{cast.bruno.pk}", count=10, since=now, until=shut)
    return {
        "unknown": ("zz99999-lk", RIGHT),
        "known": ("ab12345-lk", "ce n’est pas elle"),
        "disabled": ("ev67890-lk", RIGHT),
        "locked": ("bc23456-lk", RIGHT),
        "not activated": ("dh45678-lk", RIGHT),
        "no password": ("cw34567-lk", RIGHT),
    }


def test_whatever_fails_gets_the_same_answer(refused: dict[str, tuple[str, str]]) -> None:
    """Law 7: status, headers, cookies and body."""
    answers = {}
    for why, (identifier, password) in refused.items():
        browser = Client(headers={"accept-language": "en"})
        answer = browser.post("/connexion", {"identifier": identifier, "password": password})
        assert password not in answer.content.decode()
        cookies = {name: {**cookie, "expires": ""} for name, cookie in answer.cookies.items()}
        answers[why] = (
            answer.status_code,
            {
                name: value
                for name, value in answer.headers.items()
                if name not in ("Expires", "X-Request-Id")
            },
            cookies,
            body_of(answer).replace(f'value="{identifier}"', ""),
        )
    for told in answers.values():
        assert told == answers["unknown"]
    assert answers["unknown"][0] == 422
    assert "We could not sign you in with these details." in answers["unknown"][3]


@pytest.mark.parametrize("identifier", ["ab12345-lk", "zz99999-lk"])
def test_who_fails_too_often_is_told_until_when_whether_or_not_anybody_is_behind_it(
    cast: Cast, stranger: Client, identifier: str
) -> None:
    """TEAM-4, TEAM-8, law 7."""
    wrong = {"identifier": identifier, "password": "wrong"}
    for _ in range(10):
        assert stranger.post("/connexion", wrong).status_code == 422
    shut = stranger.post("/connexion", wrong)
    until = Tally.objects.get(key__startswith="typed:").until
    assert until is not None
    # A begun minute counts as a whole one.
    minute = timezone.localtime(until - timedelta(microseconds=1)) + timedelta(minutes=1)
    assert shut.status_code == 429
    assert 3500 < int(shut.headers["Retry-After"]) <= 3600
    told = shut.content.decode()
    assert f"{minute:%H:%M}" in told
    assert b'value="' + identifier.encode() in shut.content


def test_a_door_that_opens_on_another_day_names_the_day() -> None:
    tomorrow = timezone.localtime(timezone.now() + timedelta(days=1)).replace(hour=0, minute=4, second=30)
    with translation.override("en"):
        told = until(tomorrow)
    assert told.endswith("at 00:05") and str(tomorrow.year) in told


@pytest.mark.parametrize(
    "onward",
    [
        "//evil.example/",
        "///evil.example",
        "https://evil.example/",
        "https:evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "javascript:alert(1)",
        "data:text/html,x",
        "evil.example",
        "http://testserver@evil.example/",
        "/\r\nX: y",
        " //evil.example",
        "/\u202e",
        "/" + "x" * 600,
    ],
)
def test_no_link_to_sign_in_sends_anybody_elsewhere(cast: Cast, stranger: Client, onward: str) -> None:
    answer = stranger.post("/connexion", {"identifier": "ab12345-lk", "password": RIGHT, "next": onward})
    assert answer.headers["Location"] == "/"


def test_signing_in_starts_a_session_of_its_own(cast: Cast, stranger: Client) -> None:
    stranger.post("/deconnexion")  # Leaves a notice, hence a session.
    before = stranger.cookies["linekey"].value
    stranger.post("/connexion", {"identifier": "ab12345-lk", "password": RIGHT})
    assert stranger.cookies["linekey"].value != before
    assert not Session.objects.filter(session_key=before).exists()


def test_the_session_holds_no_secret(ada: Client) -> None:
    assert set(ada.session.keys()) <= {"opened", "stamp", "language"}


def test_signing_out_ends_the_session(ada: Client) -> None:
    assert ada.post("/deconnexion").status_code == 303
    assert b"You are signed out." in ada.get("/connexion").content
    assert ada.get("/").status_code == 303


def test_signing_out_by_a_link_does_nothing(ada: Client) -> None:
    assert ada.get("/deconnexion").status_code == 405
    assert ada.get("/").status_code == 200


def test_a_changed_password_ends_every_session(cast: Cast, ada: Client) -> None:
    cast.ada.set_password("une autre longue phrase")
    cast.ada.save()
    assert ada.get("/").status_code == 303


class TestStepUp:
    RESET = "/telephonie/0033972101010/gestion/reinitialiser"

    def grow_old(self, browser: Client) -> None:
        OpenSession.objects.update(confirmed_at=timezone.now() - timedelta(hours=1))

    def test_a_guarded_page_asks_for_the_password_first(self, ada: Client) -> None:
        self.grow_old(ada)
        answer = ada.get(self.RESET)
        assert answer.status_code == 303
        assert answer.headers["Location"] == f"/confirmer?next={self.RESET.replace('/', '%2F')}"

    def test_and_leads_back_once_it_is_given(self, ada: Client) -> None:
        self.grow_old(ada)
        answer = ada.post("/confirmer", {"password": RIGHT, "next": self.RESET})
        assert answer.headers["Location"] == self.RESET
        assert ada.get(self.RESET).status_code == 200

    def test_but_not_for_a_wrong_one(self, ada: Client) -> None:
        self.grow_old(ada)
        answer = ada.post("/confirmer", {"password": "wrong", "next": self.RESET})
        assert answer.status_code == 422
        assert b"This is not the password of your account." in answer.content
        assert ada.get(self.RESET).status_code == 303

    def test_a_form_leads_back_to_the_page_it_stood_on(self, ada: Client) -> None:
        self.grow_old(ada)
        answer = ada.post(
            self.RESET, {"operation": "0" * 32}, headers={"referer": f"http://testserver{self.RESET}"}
        )
        assert answer.headers["Location"].endswith(self.RESET.replace("/", "%2F"))

    def test_a_foreign_referer_leads_home(self, ada: Client) -> None:
        self.grow_old(ada)
        answer = ada.post(
            self.RESET, {"operation": "0" * 32}, headers={"referer": "https://evil.example/telephonie"}
        )
        assert answer.headers["Location"] == "/confirmer?next=%2F"

    def test_a_fragment_is_told_to_leave_the_page(self, ada: Client) -> None:
        self.grow_old(ada)
        answer = ada.get(self.RESET, headers={"hx-request": "true", "hx-current-url": "http://testserver/"})
        assert answer.headers["HX-Redirect"] == "/confirmer?next=%2F"

    def test_an_administrator_proves_before_typing_for_somebody_else(
        self, cast: Cast, sign_in: SignIn
    ) -> None:
        bruno = sign_in(cast.bruno)
        self.grow_old(bruno)
        assert bruno.get("/telephonie/0033972101010/gestion/mot-de-passe").status_code == 303


class TestPasskey:
    """NEW-8: a passkey alone, whoever it belongs to."""

    def begin(self, browser: Client, onward: str = "/") -> tuple[str, dict[str, Any]]:
        told = browser.post("/connexion/cle", {"next": onward}).json()
        return told["flow"], told["options"]

    def finish(self, browser: Client, flow: str, answer: object, onward: str = "/") -> Any:
        sent = {"flow": flow, "answer": json.dumps(answer), "next": onward}
        return browser.post("/connexion/cle", sent)

    def test_lets_in_and_leads_where_one_wanted_to_go(self, cast: Cast, stranger: Client) -> None:
        key = add_key(cast.ada, timezone.now())
        stranger.get("/connexion")
        flow, options = self.begin(stranger, "/emails")
        assert options["allowCredentials"] == []
        answer = self.finish(stranger, flow, key.get(options), "/emails")
        assert (answer.status_code, answer.headers["Location"]) == (303, "/emails")
        assert b"ab12345-lk" in stranger.get("/").content

    def test_lets_in_while_the_account_is_locked(
        self, cast: Cast, stranger: Client, refused: dict[str, tuple[str, str]]
    ) -> None:
        """Law 10."""
        key = add_key(cast.bruno, timezone.now())
        stranger.get("/connexion")
        flow, options = self.begin(stranger)
        assert self.finish(stranger, flow, key.get(options)).status_code == 303

    def test_of_nobody_is_refused_on_the_page_to_sign_in(self, cast: Cast, stranger: Client) -> None:
        key = add_key(cast.ada, timezone.now())
        Factor.objects.all().delete()
        stranger.get("/connexion")
        flow, options = self.begin(stranger)
        answer = self.finish(stranger, flow, key.get(options))
        assert answer.status_code == 422
        assert b"could not be accepted" in answer.content
        assert b'name="password"' in answer.content

    def test_answered_in_another_browser_begins_again(self, cast: Cast, stranger: Client) -> None:
        key = add_key(cast.ada, timezone.now())
        flow, options = self.begin(stranger)
        answer = self.finish(Client(headers={"accept-language": "en"}), flow, key.get(options))
        assert (answer.status_code, answer.headers["Location"]) == (303, "/connexion?etape-finie=1")

    @pytest.mark.parametrize("what", HOSTILE)
    def test_whatever_is_sent_is_no_fault_of_ours(self, cast: Cast, stranger: Client, what: str) -> None:
        stranger.get("/connexion")
        flow, _ = self.begin(stranger)
        sent = {"flow": flow, "answer": HOSTILE[what], "next": HOSTILE[what]}
        answer = stranger.post("/connexion/cle", sent)
        assert answer.status_code == 422
        assert b"<script>alert" not in answer.content
        assert stranger.post("/connexion/cle", {"flow": HOSTILE[what], "answer": "{}"}).status_code == 303

    def test_whoever_comes_back_to_its_address_finds_the_page_to_sign_in(self, stranger: Client) -> None:
        assert stranger.get("/connexion/cle").headers["Location"] == "/connexion"

    def test_begun_too_often_from_one_place_is_refused(self, cast: Cast, stranger: Client) -> None:
        now = timezone.now()
        shut = now + timedelta(minutes=5)
        Tally.objects.create(key="passkey:127.0.0.0/24", count=300, since=now, until=shut)
        answer = stranger.post("/connexion/cle")
        assert answer.status_code == 429
        assert 200 < int(answer.headers["Retry-After"]) <= 300


@pytest.mark.parametrize("what", HOSTILE)
def test_nothing_typed_is_a_fault_of_ours_nor_comes_back_raw(cast: Cast, stranger: Client, what: str) -> None:
    names = ("identifier", "extension", "password", "next")
    answer = stranger.post("/connexion", forms_of(names, HOSTILE[what]))
    assert answer.status_code == 422
    assert b"<script>alert" not in answer.content
    assert b"onerror=alert(1)>" not in answer.content


@pytest.mark.parametrize("spelling", ["password[]", "password[0]", "PASSWORD", "password."])
def test_a_password_spelled_as_a_list_is_no_password(cast: Cast, stranger: Client, spelling: str) -> None:
    assert stranger.post("/connexion", {"identifier": "ab12345-lk", spelling: RIGHT}).status_code == 422


def test_the_page_needs_no_script_to_sign_in(stranger: Client) -> None:
    """TEAM-8: an old browser reads it, and is told that passkeys are for newer ones."""
    page = stranger.get("/connexion").content.decode()
    assert 'autocomplete="username"' in page and 'autocomplete="current-password"' in page
    assert re.search(r'<form[^>]*data-webauthn="get"[^>]* hidden', page)
    assert "A passkey or a security key needs JavaScript and a recent browser." in page
    assert "This browser does not know passkeys and security keys." in page


def test_a_field_in_error_says_so_to_a_screen_reader(stranger: Client) -> None:
    page = stranger.post("/connexion", {"identifier": "", "password": ""}).content.decode()
    for name in ("identifier", "password"):
        field = re.search(rf'<input[^>]*name="{name}"[^>]*>', page)
        assert field and 'aria-invalid="true"' in field[0]
        assert f'aria-describedby="id_{name}_error"' in field[0] and f'id="id_{name}_error"' in page


def test_an_address_of_the_portal_is_kept_whole() -> None:
    assert session.local("/emails?avant=3") == "/emails?avant=3"
    assert session.local("/" + "x" * 600) == "/"


def test_a_fragment_asked_from_an_unreadable_address_leads_home_after_signing_in(stranger: Client) -> None:
    answer = stranger.get("/emails", headers={"hx-request": "true", "hx-current-url": "http://[::1/"})
    assert answer.status_code == 200
    assert answer.headers["HX-Redirect"] == "/connexion?next=%2F"
