"""In, out, and in again after a while; the way back leads nowhere but here."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from linekey.records.models import Person
from linekey.web import session
from tests.build import PORTAL_PASSWORD, Cast
from tests.web.conftest import SignIn

RIGHT = PORTAL_PASSWORD.reveal()


@pytest.mark.parametrize("identifier", ["ab12345-lk", "AB12345-LK", " ada.lemoine@example.org "])
def test_the_customer_id_or_the_e_mail_lets_in(cast: Cast, stranger: Client, identifier: str) -> None:
    answer = stranger.post("/connexion", {"identifier": identifier, "password": RIGHT, "next": "/emails"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/emails")


@pytest.mark.parametrize(
    ("identifier", "password"),
    [("ab12345-lk", "wrong"), ("nobody-lk", RIGHT), ("x@nowhere.example", "wrong")],
)
def test_whatever_fails_gets_the_same_answer(
    cast: Cast, stranger: Client, identifier: str, password: str
) -> None:
    answer = stranger.post("/connexion", {"identifier": identifier, "password": password})
    told = answer.content.decode()
    assert answer.status_code == 422
    assert "We could not sign you in with these details." in told
    assert password not in told


def test_a_disabled_account_gets_it_too(cast: Cast, stranger: Client) -> None:
    Person.objects.filter(pk=cast.ada.pk).update(is_active=False)
    answer = stranger.post("/connexion", {"identifier": "ab12345-lk", "password": RIGHT})
    assert answer.status_code == 422


@pytest.mark.parametrize(
    "onward",
    ["//evil.example/", "https://evil.example/", "/\\evil.example", "javascript:alert(1)", "/\r\nX: y"],
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
    assert set(ada.session.keys()) <= {"person", "stamp", "confirmed_at", "language"}


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
        kept = browser.session
        kept["confirmed_at"] = (timezone.now() - timedelta(hours=1)).isoformat()
        kept.save()

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


def test_asking_for_a_link_tells_nobody_who_has_an_account(cast: Cast, stranger: Client) -> None:
    pages = [
        stranger.post("/mot-de-passe-perdu", {"identifier": identifier})
        for identifier in ("ab12345-lk", "nobody-lk", "x@nowhere.example")
    ]
    assert {page.status_code for page in pages} == {200}
    bodies = {page.content.split(b"</main>")[0].split(b"<main")[1] for page in pages}
    assert len(bodies) == 1


def test_an_address_of_the_portal_is_kept_whole() -> None:
    assert session.local("/emails?avant=3") == "/emails?avant=3"
    assert session.local("/" + "x" * 600) == "/"


def test_a_fragment_asked_from_an_unreadable_address_leads_home_after_signing_in(stranger: Client) -> None:
    answer = stranger.get("/emails", headers={"hx-request": "true", "hx-current-url": "http://[::1/"})
    assert answer.status_code == 200
    assert answer.headers["HX-Redirect"] == "/connexion?next=%2F"
