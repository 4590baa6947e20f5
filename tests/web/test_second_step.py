"""After the password: a code, a key, a recovery code (ACC-2, ACC-8, ACC-9); and before what is guarded."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from linekey.records.models import Device, Factor, Flow, OpenSession, Person, Tally
from tests.build import PORTAL_PASSWORD, Cast, ask_for_codes
from tests.hands import Hands, work
from tests.lab.second_factors import App, add_app, add_codes, add_key, newest_code, wrong
from tests.web.conftest import HOSTILE, forms_of, seated

RIGHT = PORTAL_PASSWORD.reveal()
AGAIN = "/connexion?etape-finie=1"


@dataclass(frozen=True)
class Step:
    """A browser in front of the second step."""

    browser: Client
    address: str

    def look(self, way: str = "") -> str:
        return self.browser.get(f"{self.address}?way={way}").content.decode()

    def answer(self, way: str, code: str, **more: str) -> Any:
        return self.browser.post(self.address, {"way": way, "code": code, **more})

    def answer_with_key(self, key: object, **more: str) -> Any:
        return self.browser.post(self.address, {"way": "key", "answer": json.dumps(key), **more})


Begin = Callable[..., Step]


@pytest.fixture
def begin(cast: Cast) -> Begin:
    def begun(person: Person, onward: str = "/emails", browser: Client | None = None) -> Step:
        browser = browser or Client(headers={"accept-language": "en"})
        typed = {"identifier": person.customer_id, "password": RIGHT, "next": onward}
        answer = browser.post("/connexion", typed)
        assert answer.status_code == 303
        return Step(browser, answer.headers["Location"])

    return begun


class TestFactors:
    def test_the_code_of_the_application_lets_in_and_leads_where_one_wanted_to_go(
        self, cast: Cast, begin: Begin
    ) -> None:
        app = add_app(cast.ada, timezone.now(), name="Téléphone d’Ada")
        step = begin(cast.ada)
        page = step.look()
        assert "Open your authenticator application" in page and "Téléphone d’Ada" in page
        assert 'inputmode="numeric"' in page and 'autocomplete="one-time-code"' in page
        answer = step.answer("totp", app.code(timezone.now()).reveal())
        assert (answer.status_code, answer.headers["Location"]) == (303, "/emails")
        assert step.browser.get("/emails").status_code == 200

    def test_nobody_is_in_before_it(self, cast: Cast, begin: Begin) -> None:
        add_app(cast.ada, timezone.now())
        step = begin(cast.ada)
        assert step.browser.get("/emails").headers["Location"].startswith("/connexion?")

    def test_the_session_has_a_key_of_its_own(self, cast: Cast, begin: Begin) -> None:
        app = add_app(cast.ada, timezone.now())
        browser = Client()
        browser.post("/deconnexion")  # Leaves a notice, hence a session.
        before = browser.cookies["linekey"].value
        step = begin(cast.ada, browser=browser)
        step.answer("totp", app.code(timezone.now()).reveal())
        assert browser.cookies["linekey"].value != before
        assert not Session.objects.filter(session_key=before).exists()

    def test_a_wrong_code_says_how_many_tries_are_left_and_is_not_sent_back(
        self, cast: Cast, begin: Begin
    ) -> None:
        app = add_app(cast.ada, timezone.now())
        typed = wrong(app.code(timezone.now())).reveal()
        answer = begin(cast.ada).answer("totp", typed)
        page = answer.content.decode()
        assert answer.status_code == 422
        assert "Tries left: 4." in page and typed not in page
        field = re.search(r'<input[^>]*name="code"[^>]*>', page)
        assert field and 'aria-describedby="id_code_error"' in field[0] and 'id="id_code_error"' in page

    def test_the_fifth_wrong_code_leads_back_to_the_beginning(self, cast: Cast, begin: Begin) -> None:
        app = add_app(cast.ada, timezone.now())
        step = begin(cast.ada)
        for _ in range(4):
            assert step.answer("totp", wrong(app.code(timezone.now())).reveal()).status_code == 422
        answer = step.answer("totp", wrong(app.code(timezone.now())).reveal())
        assert (answer.status_code, answer.headers["Location"]) == (303, AGAIN)
        assert b"This step is over" in step.browser.get(AGAIN).content
        assert step.answer("totp", app.code(timezone.now()).reveal()).headers["Location"] == AGAIN

    def test_too_many_wrong_codes_say_until_when(self, cast: Cast, begin: Begin) -> None:
        now = timezone.now()
        app = add_app(cast.ada, now)
        shut = now + timedelta(minutes=5)
        Tally.objects.create(key=f"factor:sign_in:{cast.ada.pk}", count=10, since=now, until=shut)
        answer = begin(cast.ada).answer("totp", app.code(timezone.now()).reveal())
        assert answer.status_code == 429
        assert 200 < int(answer.headers["Retry-After"]) <= 300
        assert b"Too many attempts failed." in answer.content

    def test_every_other_way_is_a_link_and_the_one_used_last_is_offered_first(
        self, cast: Cast, begin: Begin
    ) -> None:
        now = timezone.now()
        add_app(cast.ada, now - timedelta(hours=2))
        add_codes(cast.ada, now)
        add_key(cast.ada, now - timedelta(hours=1))
        step = begin(cast.ada)
        page = step.look()
        assert 'data-webauthn="get"' in page
        assert re.findall(r'href="\?way=(\w+)"', page) == ["totp", "recovery_code"]
        assert "A passkey or a security key needs JavaScript" in page
        assert re.findall(r'href="\?way=(\w+)"', step.look("totp")) == ["key", "recovery_code"]
        assert 'data-webauthn="get"' in step.look("mail")

    def test_a_recovery_code_lets_in_once_whatever_its_spelling(self, cast: Cast, begin: Begin) -> None:
        add_app(cast.ada, timezone.now())
        code = add_codes(cast.ada, timezone.now())[3].reveal()
        step = begin(cast.ada)
        assert "Type one of the recovery codes you kept." in step.look("recovery_code")
        assert step.answer("recovery_code", f" {code.lower().replace('-', ' ')}").status_code == 303
        assert begin(cast.ada).answer("recovery_code", code).status_code == 422

    def test_a_security_key_lets_in(self, cast: Cast, begin: Begin) -> None:
        key = add_key(cast.ada, timezone.now(), name="Clé bleue")
        step = begin(cast.ada)
        assert "Clé bleue" in step.look()
        options = step.browser.post(f"{step.address}/cle").json()["options"]
        assert step.answer_with_key(key.get(options)).headers["Location"] == "/emails"

    def test_the_key_of_somebody_else_does_not(self, cast: Cast, begin: Begin) -> None:
        add_key(cast.ada, timezone.now())
        eves = add_key(cast.eve, timezone.now())
        step = begin(cast.ada)
        options = step.browser.post(f"{step.address}/cle").json()["options"] | {"allowCredentials": []}
        answer = step.answer_with_key(eves.get(options))
        assert answer.status_code == 422
        assert b"could not be accepted" in answer.content

    def test_another_browser_cannot_go_on(self, cast: Cast, begin: Begin) -> None:
        app = add_app(cast.ada, timezone.now())
        step = begin(cast.ada)
        thief = Step(Client(headers={"accept-language": "en"}), step.address)
        assert thief.browser.get(step.address).headers["Location"] == AGAIN
        assert thief.answer("totp", app.code(timezone.now()).reveal()).headers["Location"] == AGAIN
        assert thief.browser.post(f"{step.address}/cle").status_code == 410

    def test_what_one_began_never_counts_for_the_next_in_the_same_browser(
        self, cast: Cast, begin: Begin
    ) -> None:
        """Ada begins and gives up; Eve signs in where Ada sat, and needs her own factor."""
        adas, eves = add_app(cast.ada, timezone.now()), add_app(cast.eve, timezone.now())
        first = begin(cast.ada)
        second = begin(cast.eve, browser=first.browser)
        assert first.answer("totp", adas.code(timezone.now()).reveal()).headers["Location"] == AGAIN
        assert second.answer("totp", adas.code(timezone.now()).reveal()).status_code == 422
        assert second.answer("totp", eves.code(timezone.now()).reveal()).status_code == 303
        assert b"ev67890-lk" in second.browser.get("/").content

    def test_a_stranger_who_tries_addresses_writes_nothing(self, cast: Cast) -> None:
        for _ in range(3):
            assert Client().get("/connexion/0123456789abcdef").headers["Location"] == AGAIN
        assert not Session.objects.exists() and not Flow.objects.exists()

    def test_an_expired_step_leads_back(self, cast: Cast, begin: Begin) -> None:
        app = add_app(cast.ada, timezone.now())
        step = begin(cast.ada)
        Flow.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
        assert step.browser.get(step.address).headers["Location"] == AGAIN
        assert step.answer("totp", app.code(timezone.now()).reveal()).headers["Location"] == AGAIN

    def test_a_factor_that_went_meanwhile_leads_back(self, cast: Cast, begin: Begin) -> None:
        add_app(cast.ada, timezone.now())
        step = begin(cast.ada)
        Factor.objects.all().delete()
        assert step.browser.get(step.address).headers["Location"] == AGAIN

    def test_it_offers_no_trust_and_sends_no_code(self, cast: Cast, begin: Begin) -> None:
        app = add_app(cast.ada, timezone.now())
        step = begin(cast.ada)
        assert 'name="trust"' not in step.look() and 'name="send"' not in step.look()
        assert step.browser.post(step.address, {"send": "mail"}).headers["Location"] == AGAIN
        assert step.answer("totp", app.code(timezone.now()).reveal(), trust="yes").status_code == 303
        assert not Device.objects.filter(person=cast.ada, trusted_until__isnull=False).exists()

    @pytest.mark.parametrize("onward", ["//evil.example", "https://evil.example/", "/\\evil.example"])
    def test_it_leads_nowhere_but_here(self, cast: Cast, begin: Begin, onward: str) -> None:
        app = add_app(cast.ada, timezone.now())
        step = begin(cast.ada, onward=onward)
        Flow.objects.update(facts={"onward": onward})
        answer = step.answer("totp", app.code(timezone.now()).reveal(), next=onward)
        assert answer.headers["Location"] == "/"

    @pytest.mark.parametrize("what", HOSTILE)
    @pytest.mark.parametrize("way", ["totp", "recovery_code", "key", "sms", "\0"])
    def test_nothing_typed_is_a_fault_of_ours(self, cast: Cast, begin: Begin, way: str, what: str) -> None:
        add_app(cast.ada, timezone.now())
        add_key(cast.ada, timezone.now())
        add_codes(cast.ada, timezone.now())
        step = begin(cast.ada)
        answer = step.browser.post(
            step.address, forms_of(("code", "answer", "trust"), HOSTILE[what]) | {"way": way}
        )
        assert answer.status_code in (303, 422)
        assert b"<script>alert" not in answer.content

    @pytest.mark.parametrize("what", HOSTILE)
    def test_no_address_is_a_fault_of_ours(self, cast: Cast, stranger: Client, what: str) -> None:
        reference = quote(HOSTILE[what][:500], safe="")
        assert stranger.get(f"/connexion/{reference}").status_code in (200, 303, 404)
        assert stranger.post(f"/connexion/{reference}/cle").status_code in (404, 410)


@pytest.fixture
def gateway(settings: Settings) -> None:
    settings.LINEKEY_SMS_URL = "http://sms.linekey.test/"


@pytest.fixture
def codes_asked(cast: Cast) -> None:
    ask_for_codes(cast.operator)


@pytest.mark.usefixtures("codes_asked")
class TestSentCodes:
    """ACC-9: no second factor, and a browser or a place we do not know."""

    def code(self, hands: Hands) -> str:
        work(hands)
        return newest_code(hands).reveal()

    def test_the_page_says_where_it_went_and_what_to_do_when_it_does_not_come(
        self, cast: Cast, begin: Begin
    ) -> None:
        page = begin(cast.ada).look()
        assert "a••@example.org" in page and cast.ada.email not in page
        assert "Look in the spam folder too." in page
        assert "Turn on two-step verification in your account" in page
        assert "/aide-connexion#code" in page

    def test_it_lets_in(self, cast: Cast, begin: Begin, hands: Hands) -> None:
        step = begin(cast.ada)
        answer = step.answer("mail", self.code(hands))
        assert (answer.status_code, answer.headers["Location"]) == (303, "/emails")
        assert not Device.objects.get(person=cast.ada).trusted_until

    def test_a_trusted_browser_is_not_asked_again(self, cast: Cast, begin: Begin, hands: Hands) -> None:
        step = begin(cast.ada)
        assert 'name="trust"' in step.look()
        step.answer("mail", self.code(hands), trust="yes")
        step.browser.post("/deconnexion")
        typed = {"identifier": "ab12345-lk", "password": RIGHT}
        elsewhere = step.browser.post("/connexion", typed, REMOTE_ADDR="203.0.113.99")
        assert elsewhere.headers["Location"] == "/"

    def test_the_code_sent_again_works_and_the_one_before_does_not(
        self, cast: Cast, begin: Begin, hands: Hands
    ) -> None:
        step = begin(cast.ada)
        first = self.code(hands)
        sent = step.browser.post(step.address, {"send": "mail"})
        assert (sent.status_code, sent.headers["Location"]) == (303, step.address)
        assert "A new code is on its way." in step.look()
        second = self.code(hands)
        if first != second:
            assert step.answer("mail", first).status_code == 422
        assert step.answer("mail", second).status_code == 303

    def test_it_is_sent_so_often_and_no_more(self, cast: Cast, begin: Begin) -> None:
        step = begin(cast.ada)
        answers = [step.browser.post(step.address, {"send": "mail"}) for _ in range(7)]
        assert answers[0].status_code == 303
        assert answers[-1].status_code == 429 and int(answers[-1].headers["Retry-After"]) > 0
        assert b"Too many attempts failed." in answers[-1].content

    @pytest.mark.usefixtures("gateway")
    def test_it_comes_by_sms_to_whoever_has_a_verified_number(
        self, cast: Cast, begin: Begin, hands: Hands
    ) -> None:
        """TEAM-9."""
        step = begin(cast.ada)
        assert "By SMS instead" in step.look()
        assert step.browser.post(step.address, {"send": "sms"}).headers["Location"] == step.address
        page = step.look()
        assert "+33 •••• 78" in page and cast.ada.phone not in page
        assert "By e-mail instead" in page and "By SMS instead" not in page
        work(hands)
        code = re.search(r"\d{6}", hands.sms.texts[-1].text)
        assert code and step.answer("sms", code[0]).status_code == 303

    def test_sms_is_not_offered_without_a_gateway(self, cast: Cast, begin: Begin) -> None:
        assert "By SMS instead" not in begin(cast.ada).look()

    @pytest.mark.usefixtures("gateway")
    @pytest.mark.parametrize("lacks", [{"phone_verified_at": None}, {"phone": ""}, {"extension": "42"}])
    def test_nor_to_whoever_has_no_number_of_their_own(
        self, cast: Cast, begin: Begin, lacks: dict[str, str | None]
    ) -> None:
        Person.objects.filter(pk=cast.ada.pk).update(**lacks)
        step = begin(cast.ada)
        assert "By SMS instead" not in step.look()
        answer = step.browser.post(step.address, {"send": "sms"})
        assert answer.status_code == 409
        assert b"No code can be sent by SMS for this account." in answer.content

    @pytest.mark.parametrize("what", HOSTILE)
    def test_nothing_typed_is_a_fault_of_ours(self, cast: Cast, begin: Begin, what: str) -> None:
        step = begin(cast.ada)
        answer = step.browser.post(step.address, forms_of(("code", "way", "trust"), HOSTILE[what]))
        assert answer.status_code == 422
        assert step.browser.post(step.address, {"send": HOSTILE[what]}).status_code in (303, 422)


class TestBeforeWhatIsGuarded:
    """`/confirmer`, by password or by a factor."""

    @pytest.fixture
    def app(self, cast: Cast) -> App:
        return add_app(cast.ada, timezone.now())

    @pytest.fixture
    def ada(self, cast: Cast, app: App) -> Client:
        return seated(cast.ada, ago=timedelta(hours=1))

    def flow_in(self, page: str) -> str:
        found = re.search(r'name="flow" value="(\w+)"', page)
        assert found
        return found[1]

    def test_a_factor_proves_it_too_and_the_session_gets_a_new_key(self, app: App, ada: Client) -> None:
        before = ada.cookies["linekey"].value
        assert "?way=totp&amp;next=%2Femails" in ada.get("/confirmer?next=/emails").content.decode()
        page = ada.get("/confirmer?way=totp&next=/emails").content.decode()
        sent = {"way": "totp", "flow": self.flow_in(page), "next": "/emails"}
        answer = ada.post("/confirmer", sent | {"code": app.code(timezone.now()).reveal()})
        assert (answer.status_code, answer.headers["Location"]) == (303, "/emails")
        assert ada.cookies["linekey"].value != before
        assert OpenSession.objects.get().confirmed_at > timezone.now() - timedelta(minutes=1)

    def test_a_key_does_as_well(self, cast: Cast) -> None:
        key = add_key(cast.ada, timezone.now())
        ada = seated(cast.ada, ago=timedelta(hours=1))
        flow = self.flow_in(ada.get("/confirmer?way=key").content.decode())
        options = ada.post("/confirmer/cle", {"flow": flow}).json()["options"]
        sent = {"way": "key", "flow": flow, "answer": json.dumps(key.get(options))}
        assert ada.post("/confirmer", sent).headers["Location"] == "/"

    def test_a_wrong_code_says_how_many_tries_are_left_and_the_fifth_asks_for_the_password(
        self, app: App, ada: Client
    ) -> None:
        flow = self.flow_in(ada.get("/confirmer?way=totp").content.decode())
        sent = {"way": "totp", "flow": flow, "code": wrong(app.code(timezone.now())).reveal()}
        answers = [ada.post("/confirmer", sent) for _ in range(5)]
        assert b"Tries left: 4." in answers[0].content
        assert answers[4].status_code == 410
        assert b"This step is over" in answers[4].content and b'name="password"' in answers[4].content

    def test_the_flow_of_somebody_else_proves_nothing(self, cast: Cast, ada: Client) -> None:
        """Bruno sits where Ada sat: the browser is the same, the session is not."""
        app = add_app(cast.bruno, timezone.now())
        ada.get("/confirmer")
        bruno = seated(cast.bruno, ago=timedelta(hours=1))
        bruno.cookies["linekey-browser"] = ada.cookies["linekey-browser"].value
        flow = self.flow_in(bruno.get("/confirmer?way=totp").content.decode())
        sent = {"way": "totp", "flow": flow, "code": app.code(timezone.now()).reveal()}
        assert ada.post("/confirmer", sent).status_code == 410
        assert bruno.post("/confirmer", sent).status_code == 410  # Ada's page began one of her own.

    def test_only_who_has_a_factor_is_offered_one(self, cast: Cast) -> None:
        page = seated(cast.eve).get("/confirmer?way=totp").content.decode()
        assert 'name="password"' in page and "Try another way" not in page

    def test_a_session_in_which_somebody_guesses_ends_and_says_so(self, ada: Client) -> None:
        for _ in range(9):
            assert ada.post("/confirmer", {"password": "wrong", "next": "/emails"}).status_code == 422
        answer = ada.post("/confirmer", {"password": "wrong", "next": "/emails"})
        assert (answer.status_code, answer.headers["Location"]) == (303, "/connexion?next=%2Femails")
        page = ada.get("/connexion").content
        assert b"You are signed out: too many wrong passwords were typed." in page
        assert ada.get("/emails").status_code == 303

    def test_a_shut_count_says_until_when(self, cast: Cast, ada: Client) -> None:
        now = timezone.now()
        key = f"session:{OpenSession.objects.get().pk}:{cast.ada.pk}"
        Tally.objects.create(key=key, count=10, since=now, until=now + timedelta(minutes=5))
        answer = ada.post("/confirmer", {"password": RIGHT})
        assert answer.status_code == 429 and int(answer.headers["Retry-After"]) > 200

    @pytest.mark.parametrize("what", HOSTILE)
    def test_nothing_typed_is_a_fault_of_ours(self, ada: Client, what: str) -> None:
        names = ("password", "code", "answer", "flow", "next")
        for way in ({}, {"way": "totp"}, {"way": "key"}, {"way": HOSTILE[what]}):
            answer = ada.post("/confirmer", forms_of(names, HOSTILE[what]) | way)
            assert answer.status_code in (410, 422)
            assert b"<script>alert" not in answer.content
        assert ada.post("/confirmer/cle", {"flow": HOSTILE[what]}).status_code == 410
