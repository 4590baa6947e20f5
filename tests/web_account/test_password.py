"""TEAM-1 and TEAM-3: one changes one's own password, and what else opened the account ends."""

from datetime import datetime

import pytest
from django.test import Client

from linekey.domain.limits import SESSION
from linekey.domain.secret import Secret
from linekey.records.models import Device, OpenSession, Person
from linekey.vault import check, seal
from tests.build import PORTAL_PASSWORD, Cast
from tests.web_account.conftest import Browser, things_of

PAGE = "/compte/mot-de-passe"
OLD, NEW = PORTAL_PASSWORD.reveal(), "quatre mots jamais vus ensemble"
PIN = "482913"


@pytest.fixture
def pinned(cast: Cast) -> Person:
    Person.objects.filter(pk=cast.ada.pk).update(pin=seal.encoded(Secret(PIN)))
    return cast.ada


def test_the_conditions_stand_there_before_typing_and_are_ticked_while_typing(ada: Client) -> None:
    assert ada.get(PAGE).content.count(b'<li class="open">') >= 4
    ticked = ada.post(f"{PAGE}/verifier", {"current": OLD, "password": "lemoine"}).content
    assert ticked.count(b'class="bad"') >= 2
    assert b"lemoine" not in ticked.lower()
    assert b'class="bad"' in ada.post(f"{PAGE}/verifier", {"current": NEW, "password": NEW}).content
    assert ada.post(f"{PAGE}/verifier", {"current": "x" * 5000, "password": NEW}).status_code == 200


def test_a_changed_password_keeps_this_session_and_ends_every_other(
    cast: Cast, browser: Browser, now: datetime
) -> None:
    things_of(cast.ada, now, "ada")
    here, there = browser(cast.ada), browser(cast.ada)
    answer = here.post(PAGE, {"current": OLD, "password": NEW})
    assert answer.headers["Location"] == PAGE
    page = here.get(PAGE)
    assert b"Your password is changed." in page.content
    assert b"Every other session and every trusted browser has ended." in page.content
    assert there.get(PAGE).headers["Location"].startswith("/connexion")
    assert OpenSession.objects.filter(person=cast.ada, ended_at=None).count() == 1
    assert not Device.objects.filter(person=cast.ada, ended_at=None, trusted_until__isnull=False).exists()
    assert check.password_matches(Secret(NEW), Person.objects.get(pk=cast.ada.pk).password)


def test_the_session_gets_a_new_key_so_that_an_old_cookie_is_worth_nothing(ada: Client) -> None:
    before = ada.session.session_key
    ada.post(PAGE, {"current": OLD, "password": NEW})
    assert ada.session.session_key != before


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"current": "not mine", "password": NEW}, b"This is not the password of your account."),
        ({"current": "", "password": NEW}, b"Type the password."),
        ({"current": OLD, "password": "lemoine"}, b'class="bad"'),
        ({"current": OLD, "password": OLD}, b'class="bad"'),
        ({"current": OLD, "password": ""}, b"Type the password."),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_nothing_changes(
    ada: Client, cast: Cast, typed: dict[str, str], told: bytes
) -> None:
    answer = ada.post(PAGE, typed)
    assert answer.status_code == 422
    assert told in answer.content
    assert OLD.encode() not in answer.content and NEW.encode() not in answer.content
    assert Person.objects.get(pk=cast.ada.pk).password == cast.ada.password


def test_where_there_is_a_pin_it_is_asked_for_too(ada: Client, pinned: Person) -> None:
    assert b"PIN of your account" in ada.get(PAGE).content
    for pin, told in (("", b"Type the PIN."), ("111111", b"This is not the PIN of your account.")):
        answer = ada.post(PAGE, {"current": OLD, "password": NEW, "pin": pin})
        assert answer.status_code == 422
        assert told in answer.content
    assert ada.post(PAGE, {"current": OLD, "password": NEW, "pin": PIN}).status_code == 303


def test_whoever_guesses_in_an_open_session_is_put_out(ada: Client) -> None:
    for _ in range(SESSION.most - 1):
        assert ada.post(PAGE, {"current": "a guess", "password": NEW}).status_code == 422
    assert ada.post(PAGE, {"current": "a guess", "password": NEW}).headers["Location"] == "/connexion"
    told = ada.get("/connexion", headers={"accept-language": "en"}).content
    assert b"too many wrong passwords" in told


class TestPin:
    def test_it_is_set_told_and_taken_away_after_its_consequence_was_told(
        self, ada: Client, cast: Cast
    ) -> None:
        assert b"Set a PIN" in ada.get(PAGE).content
        assert ada.post("/compte/pin", {"pin": PIN, "again": PIN}).headers["Location"] == PAGE
        assert b"Your PIN is set." in ada.get(PAGE).content
        assert b"Change the PIN" in ada.get("/compte/pin").content
        asked = ada.get("/compte/pin/retirer").content
        assert b"From now on the current password alone is asked for" in asked
        assert Person.objects.get(pk=cast.ada.pk).pin
        wrong = ada.post("/compte/pin/retirer", {"current": "111111"})
        assert wrong.status_code == 422 and b"This is not the PIN of your account." in wrong.content
        assert ada.post("/compte/pin", {"pin": "739164", "again": "739164"}).status_code == 422
        other = {"current": PIN, "pin": "739164", "again": "739164"}
        assert ada.post("/compte/pin", other).headers["Location"] == PAGE
        assert ada.post("/compte/pin/retirer", {"current": "739164"}).headers["Location"] == PAGE
        assert not Person.objects.get(pk=cast.ada.pk).pin

    @pytest.mark.parametrize(
        ("pin", "again", "told"),
        [
            ("123456", "123456", b"A PIN has 6 to 10 digits"),
            ("12", "12", b"A PIN has 6 to 10 digits"),
            (PIN, "482914", b"This is not the PIN typed above."),
            (PIN, "", b"Type the PIN."),
            ("", PIN, b"Type the PIN."),
        ],
    )
    def test_a_poor_or_mistyped_one_is_refused(
        self, ada: Client, cast: Cast, pin: str, again: str, told: bytes
    ) -> None:
        answer = ada.post("/compte/pin", {"pin": pin, "again": again})
        assert answer.status_code == 422
        assert told in answer.content
        assert not Person.objects.get(pk=cast.ada.pk).pin

    def test_without_one_there_is_nothing_to_take_away(self, ada: Client) -> None:
        assert ada.get("/compte/pin/retirer").status_code == 404


class TestQuestion:
    ADDRESS = "/compte/question"
    GOOD = {"question": "first_pet", "answer": "Ornithorynque"}

    @pytest.fixture
    def offered(self, cast: Cast) -> None:
        cast.lumen.policy = {"security_question": True}
        cast.lumen.save()

    def test_it_does_not_exist_where_the_policy_does_not_have_it(self, ada: Client) -> None:
        assert b"Security question" not in ada.get(PAGE).content
        assert ada.get(self.ADDRESS).status_code == 404
        assert ada.post(self.ADDRESS, self.GOOD).status_code == 404
        assert ada.get(f"{self.ADDRESS}/retirer").status_code == 404

    def test_the_page_says_why_it_is_weak(self, ada: Client, offered: None) -> None:
        assert b"can often be found out or guessed" in ada.get(self.ADDRESS).content

    def test_it_is_set_and_taken_away(self, ada: Client, cast: Cast, offered: None) -> None:
        assert ada.post(self.ADDRESS, self.GOOD).headers["Location"] == PAGE
        kept = Person.objects.get(pk=cast.ada.pk)
        assert kept.question == "first_pet"
        for address in (PAGE, self.ADDRESS):
            assert b"Ornithorynque" not in ada.get(address).content
        assert b"What was the name of your first pet?" in ada.get(f"{self.ADDRESS}/retirer").content
        assert ada.post(f"{self.ADDRESS}/retirer").headers["Location"] == PAGE
        assert not Person.objects.get(pk=cast.ada.pk).question

    @pytest.mark.parametrize(
        ("typed", "told"),
        [
            ({"question": "first_pet", "answer": ""}, b"Type the answer."),
            ({"question": "first_pet", "answer": "Lemoine"}, b"It stands in your account"),
            ({"question": "first_pet", "answer": "ab"}, b"It must have at least 4"),
            ({"question": "nonsense", "answer": "Ornithorynque"}, b"wrongs"),
        ],
    )
    def test_an_answer_worth_nothing_is_refused(
        self, ada: Client, cast: Cast, offered: None, typed: dict[str, str], told: bytes
    ) -> None:
        answer = ada.post(self.ADDRESS, typed)
        assert answer.status_code == 422
        assert told in answer.content
        assert b"Ornithorynque" not in answer.content
        assert not Person.objects.get(pk=cast.ada.pk).question
