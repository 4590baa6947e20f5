"""Lost password (ACC-5, TEAM-7): one answer for everybody, the truth in the mail, what the link asks for."""

import json
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client, override_settings
from django.utils import timezone

from linekey.domain.secret import Secret
from linekey.records.models import Flow, OpenSession, OutboxEffect, Person, RecoveryCode, Tally
from linekey.usecases import set_question
from tests.build import PORTAL_PASSWORD, Cast, actor
from tests.hands import PUBLIC_URL, Hands, work
from tests.lab.second_factors import add_app, add_codes, add_key, wrong
from tests.web.conftest import HOSTILE, body_of, forms_of, seated

NEW = "quatre mots jamais vus ensemble"
Link = Callable[[Person], str]


@pytest.fixture
def link(cast: Cast, hands: Hands, stranger: Client) -> Link:
    """Asks for one, and reads it in the mail."""

    def asked(person: Person) -> str:
        stranger.post("/mot-de-passe-perdu", {"identifier": person.customer_id})
        work(hands)
        assert hands.mail.mails[-1].address == person.email
        found = re.search(r"/mot-de-passe-perdu/\S+", hands.mail.mails[-1].written.text)
        assert found
        return found[0]

    return asked


class TestAsking:
    def test_tells_nobody_who_has_an_account(self, cast: Cast) -> None:
        """Law 7: status, headers, cookies and body, for everybody TEAM-8 speaks of."""
        Person.objects.filter(pk=cast.eve.pk).update(is_active=False)
        Person.objects.filter(pk=cast.dina.pk).update(activated_at=None)
        Person.objects.filter(pk=cast.chen.pk).update(password="!unusable")
        answers = []
        for identifier in (
            "zz99999-lk",
            "ab12345-lk",
            "ev67890-lk",
            "dh45678-lk",
            "cw34567-lk",
            "x@nowhere.example",
            "+33 6 12 34 56 78",
        ):
            browser = Client(headers={"accept-language": "en"})
            answer = browser.post("/mot-de-passe-perdu", {"identifier": identifier})
            headers = {
                name: value
                for name, value in answer.headers.items()
                if name not in ("Expires", "X-Request-Id")
            }
            answers.append((answer.status_code, headers, sorted(answer.cookies), body_of(answer)))
        assert all(answer == answers[0] for answer in answers)
        assert answers[0][0] == 200
        assert "If an account matches what you typed" in answers[0][3]
        assert "not activated yet" in answers[0][3] and "If it is disabled" in answers[0][3]

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ({"activated_at": None}, "/activation/"),
            ({"is_active": False, "disabled_for": "payment"}, "A payment is missing."),
            ({}, "/mot-de-passe-perdu/"),
        ],
    )
    def test_the_owner_learns_by_mail_what_the_page_does_not_say(
        self, cast: Cast, stranger: Client, hands: Hands, change: dict[str, object], message: str
    ) -> None:
        """TEAM-8."""
        Person.objects.filter(pk=cast.ada.pk).update(language="en", **change)
        stranger.post("/mot-de-passe-perdu", {"identifier": "ada.lemoine@example.org"})
        work(hands)
        (mail,) = hands.mail.mails
        assert mail.address == cast.ada.email and message in mail.written.text

    def test_a_shared_number_needs_the_extension(self, cast: Cast, stranger: Client, hands: Hands) -> None:
        Person.objects.filter(pk__in=(cast.ada.pk, cast.bruno.pk)).update(phone="+33184780117")
        Person.objects.filter(pk=cast.ada.pk).update(extension="42")
        Person.objects.filter(pk=cast.bruno.pk).update(extension="43")
        stranger.post("/mot-de-passe-perdu", {"identifier": "01 84 78 01 17"})
        stranger.post("/mot-de-passe-perdu", {"identifier": "01 84 78 01 17", "extension": "43"})
        work(hands)
        assert [mail.address for mail in hands.mail.mails] == [cast.bruno.email]

    @pytest.mark.parametrize("identifier", ["ab12345-lk", "zz99999-lk"])
    def test_too_many_from_one_place_are_refused_whoever_they_are_about(
        self, cast: Cast, stranger: Client, identifier: str
    ) -> None:
        now = timezone.now()
        until = now + timedelta(minutes=5)
        Tally.objects.create(key="asked:127.0.0.0/24", count=60, since=now, until=until)
        answer = stranger.post("/mot-de-passe-perdu", {"identifier": identifier})
        assert answer.status_code == 429
        assert 200 < int(answer.headers["Retry-After"]) <= 300
        assert b"Too many attempts failed." in answer.content

    @pytest.mark.parametrize(
        "told",
        [
            {"host": "evil.example"},
            {"host": "evil.example:443"},
            {"host": "desk.linekey.test:8443"},
            {"host": "desk.linekey.test@evil.example"},
            {"host": "desk.linekey.test, evil.example"},
            {"x-forwarded-host": "evil.example"},
            {"x-forwarded-server": "evil.example"},
            {"x-host": "evil.example"},
            {"x-original-host": "evil.example"},
            {"x-forwarded-proto": "javascript"},
            {"x-forwarded-port": "1"},
            {"x-forwarded-prefix": "//evil.example"},
            {"x-original-url": "//evil.example/"},
            {"x-rewrite-url": "https://evil.example/"},
            {"forwarded": "host=evil.example;proto=http"},
            {"origin": "https://evil.example"},
            {"referer": "https://evil.example/mot-de-passe-perdu"},
        ],
        ids=lambda told: "=".join(*told.items()),
    )
    @override_settings(ALLOWED_HOSTS=["*"], LINEKEY_BEHIND_PROXY=True)
    def test_no_header_reaches_the_link(
        self, cast: Cast, stranger: Client, hands: Hands, told: dict[str, str]
    ) -> None:
        """Law 9: the address stands in the settings."""
        answer = stranger.post("/mot-de-passe-perdu", {"identifier": "ab12345-lk"}, headers=told)
        assert answer.status_code in (200, 400)
        assert b"evil.example" not in answer.content
        stranger.post("/mot-de-passe-perdu", {"identifier": "ab12345-lk"})
        work(hands)
        mail = hands.mail.mails[-1]
        assert f"{PUBLIC_URL}/mot-de-passe-perdu/" in mail.written.text
        for part in (mail.written.text, mail.written.html, mail.written.subject):
            assert "evil.example" not in part

    def test_an_absolute_request_line_does_not_reach_it_either(
        self, cast: Cast, stranger: Client, hands: Hands
    ) -> None:
        stranger.post("http://evil.example/mot-de-passe-perdu", {"identifier": "ab12345-lk"})
        work(hands)
        assert "evil.example" not in hands.mail.mails[-1].written.text

    def test_the_mail_goes_to_the_address_of_the_account_and_to_none_that_is_typed(
        self, cast: Cast, stranger: Client, hands: Hands
    ) -> None:
        typed = {"identifier": "ab12345-lk", "email": "eve@evil.example", "to": "eve@evil.example"}
        stranger.post("/mot-de-passe-perdu", typed)
        for injected in (
            "ada.lemoine@example.org\r\nBcc: eve@evil.example",
            "ada.lemoine@example.org,eve@evil.example",
        ):
            stranger.post("/mot-de-passe-perdu", {"identifier": injected})
        work(hands)
        assert {mail.address for mail in hands.mail.mails} == {cast.ada.email}

    @pytest.mark.parametrize("what", HOSTILE)
    def test_nothing_typed_is_a_fault_of_ours(
        self, cast: Cast, stranger: Client, hands: Hands, what: str
    ) -> None:
        answer = stranger.post("/mot-de-passe-perdu", forms_of(("identifier", "extension"), HOSTILE[what]))
        assert answer.status_code in (200, 422)
        assert b"<script>alert" not in answer.content
        work(hands)
        assert set(OutboxEffect.objects.values_list("state", flat=True)) <= {"done"}


class TestQuestion:
    """TEAM-7, where the policy has it."""

    @pytest.fixture
    def address(self, cast: Cast, link: Link) -> str:
        cast.operator.policy |= {"security_question": True}
        cast.operator.save()
        now = timezone.now()
        answer = Secret("Élodie Martin")
        set_question.set_question(
            actor=actor(cast.ada, now), question="childhood_friend", answer=answer, now=now
        )
        return link(cast.ada)

    def test_it_is_asked_before_the_new_password(self, stranger: Client, address: str) -> None:
        assert b"best childhood friend?" in stranger.get(address).content
        assert stranger.post(address, {"password": NEW}).status_code == 422
        assert stranger.post(address, {"answer": " elodie  MARTIN "}).headers["Location"] == address
        assert b'autocomplete="new-password"' in stranger.get(address).content
        assert stranger.post(address, {"password": NEW}).headers["Location"] == "/connexion"

    def test_a_wrong_answer_says_how_many_tries_are_left_and_is_not_sent_back(
        self, stranger: Client, address: str
    ) -> None:
        answer = stranger.post(address, {"answer": "Berthe"})
        assert answer.status_code == 422
        assert b"Tries left: 4." in answer.content and b"Berthe" not in answer.content

    def test_too_many_wrong_answers_end_the_link(self, stranger: Client, address: str) -> None:
        answers = [stranger.post(address, {"answer": "Berthe"}) for _ in range(6)]
        assert answers[-1].status_code == 410
        assert stranger.get(address).status_code == 410


class TestSecondFactor:
    """A lost password does not turn it off (OWASP ASVS 5.0, 6.4.3)."""

    def test_it_is_asked_for_and_every_way_is_offered(self, cast: Cast, stranger: Client, link: Link) -> None:
        now = timezone.now()
        app = add_app(cast.ada, now - timedelta(hours=2))
        add_codes(cast.ada, now)
        add_key(cast.ada, now - timedelta(hours=1))
        address = link(cast.ada)
        page = stranger.get(address).content.decode()
        assert 'data-webauthn="get"' in page
        assert re.findall(r'href="\?way=(\w+)"', page) == ["totp", "recovery_code"]
        assert stranger.post(address, {"password": NEW}).status_code == 422
        sent = {"way": "totp", "code": app.code(timezone.now()).reveal()}
        assert stranger.post(address, sent).headers["Location"] == address
        assert stranger.post(address, {"password": NEW}).headers["Location"] == "/connexion"

    def test_a_recovery_code_does(self, cast: Cast, stranger: Client, link: Link) -> None:
        add_app(cast.ada, timezone.now())
        code = add_codes(cast.ada, timezone.now())[5]
        address = link(cast.ada)
        sent = {"way": "recovery_code", "code": code.reveal()}
        assert stranger.post(address, sent).headers["Location"] == address
        assert RecoveryCode.objects.filter(used_at__isnull=False).count() == 1

    def test_a_key_does(self, cast: Cast, stranger: Client, link: Link) -> None:
        key = add_key(cast.ada, timezone.now())
        address = link(cast.ada)
        options = stranger.post(f"{address}/cle").json()["options"]
        sent = {"way": "key", "answer": json.dumps(key.get(options))}
        assert stranger.post(address, sent).headers["Location"] == address
        assert b'autocomplete="new-password"' in stranger.get(address).content

    def test_a_wrong_code_is_told_and_the_fifth_ends_the_link(
        self, cast: Cast, stranger: Client, link: Link
    ) -> None:
        app = add_app(cast.ada, timezone.now())
        address = link(cast.ada)
        sent = {"way": "totp", "code": wrong(app.code(timezone.now())).reveal()}
        answers = [stranger.post(address, sent) for _ in range(5)]
        assert b"Tries left: 4." in answers[0].content
        assert answers[4].status_code == 410
        assert stranger.get(address).status_code == 410

    def test_looking_at_the_page_binds_it_to_no_browser(
        self, cast: Cast, stranger: Client, link: Link
    ) -> None:
        """A mail scanner follows the link first; its owner comes after, from elsewhere."""
        app = add_app(cast.ada, timezone.now())
        address = link(cast.ada)
        scanner = Client(headers={"user-agent": "mail scanner"})
        assert [scanner.get(address).status_code for _ in range(3)] == [200] * 3
        assert Flow.objects.get(kind="recovery").state == "link"
        sent = {"way": "totp", "code": app.code(timezone.now()).reveal()}
        assert stranger.post(address, sent).status_code == 303
        assert scanner.post(address, {"password": NEW}).status_code == 410


def test_it_closes_every_session_and_signs_nobody_in(cast: Cast, stranger: Client, link: Link) -> None:
    elsewhere = seated(cast.ada)
    answer = stranger.post(link(cast.ada), {"password": NEW})
    assert answer.headers["Location"] == "/connexion"
    assert stranger.get("/").status_code == elsewhere.get("/").status_code == 303
    assert not OpenSession.objects.filter(ended_at=None).exists()
    assert stranger.post("/connexion", {"identifier": "ab12345-lk", "password": NEW}).status_code == 303


def test_it_opens_a_locked_account(cast: Cast, stranger: Client, link: Link) -> None:
    """Law 10: what strangers type never keeps the owner out."""
    for _ in range(11):
        Client().post("/connexion", {"identifier": "ada.lemoine@example.org", "password": "wrong"})
    typed = {"identifier": "ab12345-lk", "password": PORTAL_PASSWORD.reveal()}
    assert stranger.post("/connexion", typed).status_code == 422
    stranger.post(link(cast.ada), {"password": NEW})
    assert stranger.post("/connexion", typed | {"password": NEW}).status_code == 303


def test_nobody_else_is_named_by_the_form(cast: Cast, stranger: Client, link: Link) -> None:
    """The link says whose password it is; what the form says beside is not read."""
    sent = {"password": NEW, "customer_id": "ev67890-lk", "username": "ev67890-lk", "person": cast.eve.pk}
    stranger.post(link(cast.ada), sent)
    assert Person.objects.get(pk=cast.ada.pk).check_password(NEW)
    assert Person.objects.get(pk=cast.eve.pk).check_password(PORTAL_PASSWORD.reveal())


def test_another_browser_is_told_to_ask_again(cast: Cast, stranger: Client, link: Link) -> None:
    address = link(cast.ada)
    assert stranger.post(address, {"password": "court"}).status_code == 422
    other = Client(headers={"accept-language": "en"}).post(address, {"password": NEW})
    assert other.status_code == 410
    assert b"Ask for a new link" in other.content
