"""Every refusal has its answer, and nothing a browser can send is a fault of ours."""

from collections.abc import Iterator

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory

from linekey.domain.errors import ManagedByPhone, PasswordRefused, Refusal
from linekey.web.refusals import STATUS, AnswerRefusals
from linekey.web.wording import next_step_of, sentence_of
from tests.build import Cast

LINE = "/telephonie/0033972101010"
STRANGE = [
    "\0",
    "a\0b",
    "x" * 10_000,
    "\u202e",
    "\x1b[31m",
    "%00",
    "'\"><script>",
    "é" * 300,
    "\ud7ff",
    "../..",
]


def refusals(root: type[Refusal] = Refusal) -> Iterator[type[Refusal]]:
    for each in root.__subclasses__():
        yield each
        yield from refusals(each)


def test_every_refusal_has_a_status() -> None:
    assert set(STATUS) == set(refusals())
    assert all(400 <= status < 500 for status in STATUS.values())


@pytest.mark.parametrize("kind", list(refusals()), ids=lambda kind: kind.code)
def test_every_refusal_has_words(kind: type[Refusal]) -> None:
    values = {"phone": "T46U", "field": "name", "why": "it is too long"}
    made = PasswordRefused(()) if kind is PasswordRefused else kind(**values)
    assert "%(" not in sentence_of(made) + next_step_of(made)


def test_values_are_filled_in() -> None:
    assert "T46U" in sentence_of(ManagedByPhone(phone="T46U"))


@pytest.mark.parametrize("path", ["/1.0/xdsl", "/v1/xdsl"])
def test_the_dialect_answers_its_own_refusals(rf: RequestFactory, path: str) -> None:
    door = AnswerRefusals(lambda request: HttpResponse())
    assert door.process_exception(rf.get(path), ManagedByPhone(phone="x")) is None
    assert door.process_exception(rf.get("/"), ValueError()) is None


def test_a_fragment_is_refused_in_the_notification_bar(ada: Client) -> None:
    answer = ada.get(
        "/telephonie/0033972101011/gestion/mot-de-passe",
        headers={"hx-request": "true", "hx-current-url": "http://testserver/"},
    )
    assert answer.status_code == 409
    assert answer.content.strip().startswith(b'<div class="notice danger"')


@pytest.mark.parametrize("strange", STRANGE, ids=range(len(STRANGE)))
class TestStrangeInput:
    @pytest.mark.parametrize(
        "address",
        [
            "/connexion?next={}",
            "/telephonie?texte={}",
            "/telephonie?apres={}",
            "/internet?texte=a&apres={}",
            "/emails?avant={}",
            "/telephonie/{}",
            "/internet/{}/identifiants",
            "/lien/{}",
            "/mot-de-passe-perdu/{}",
            LINE + "/etat?vu={}&essai={}",
            LINE + "/gestion/suivi?vu={}",
        ],
    )
    def test_in_an_address(self, ada: Client, strange: str, address: str) -> None:
        from urllib.parse import quote

        assert ada.get(address.replace("{}", quote(strange, safe=""))).status_code < 500

    @pytest.mark.parametrize(
        "address",
        [
            "/connexion",
            "/confirmer",
            "/mot-de-passe-perdu",
            "/langue",
            "/apparence",
            LINE + "/etat",
            LINE + "/gestion/mot-de-passe",
            LINE + "/gestion/mot-de-passe/verifier",
            LINE + "/gestion/reinitialiser",
            "/internet/xdsl-ab12345-1/identifiants",
        ],
    )
    def test_in_a_form(self, ada: Client, strange: str, address: str) -> None:
        names = ("identifier", "password", "operation", "next", "language", "theme")
        assert ada.post(address, dict.fromkeys(names, strange)).status_code < 500

    def test_in_a_header(self, stranger: Client, cast: Cast, strange: str) -> None:
        said = {"user-agent": strange, "accept-language": strange, "referer": strange}
        typed = {"identifier": "ab12345-lk", "password": "wrong"}
        assert stranger.post("/connexion", typed, headers=said).status_code == 422


@pytest.mark.parametrize("number", ["-1", "1e3", "9" * 30, "٣", "1.5"])
def test_a_number_that_is_none_is_said_so(ada: Client, number: str) -> None:
    answer = ada.get("/emails", {"avant": number})
    assert answer.status_code == 400
    assert b"it must be a whole number" in answer.content


@pytest.mark.parametrize("mail", ["0", "9" * 30, "1"])
def test_a_mail_that_is_not_there_is_not_found(ada: Client, mail: str) -> None:
    assert ada.get(f"/emails/{mail}").status_code == 404


def test_a_body_too_large_is_refused_with_a_page(ada: Client) -> None:
    answer = ada.post("/confirmer", "x" * 300_000, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 400
    assert b"This request cannot be read." in answer.content


def test_a_body_of_another_type_is_no_fault_of_ours(ada: Client) -> None:
    assert ada.post("/confirmer", b"{}", content_type="application/json").status_code == 422
    assert (
        ada.post("/confirmer", b"\xff\xfe", content_type="multipart/form-data; boundary=x").status_code < 500
    )


@pytest.mark.parametrize("method", ["put", "delete", "patch", "options"])
@pytest.mark.parametrize("address", ["/", LINE, LINE + "/etat", LINE + "/gestion/mot-de-passe", "/emails"])
def test_other_methods_change_nothing(ada: Client, cast: Cast, address: str, method: str) -> None:
    assert getattr(ada, method)(address).status_code == 405
    assert cast.line.versions.count() == 0
