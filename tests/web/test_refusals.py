"""Every refusal has its answer, and nothing a browser can send is a fault of ours."""

import re
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.utils import timezone

from linekey.domain.errors import (
    ManagedByPhone,
    ModemResetTooOften,
    Nature,
    PasswordRefused,
    Refusal,
    TooManyAttempts,
)
from linekey.web.forms import PlainForm
from linekey.web.refusals import STATUS, AnswerRefusals
from linekey.web.wording import next_step_of, sentence_of
from tests.build import Cast
from tests.laws.places import patterns
from tests.web.conftest import HOSTILE, forms_of, seated

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
    assert set(STATUS) == set(Nature)
    assert all(400 <= status < 500 for status in STATUS.values())


@pytest.mark.parametrize("kind", list(refusals()), ids=lambda kind: kind.code)
def test_every_refusal_has_words(kind: type[Refusal]) -> None:
    values: dict[str, object] = {
        "phone": "T46U",
        "field": "name",
        "why": "it is too long",
        "left": 3,
        "least": 20,
        "scope": "read",
        "current": "Atelier",
    }
    made: dict[type[Refusal], Refusal] = {
        PasswordRefused: PasswordRefused(()),
        TooManyAttempts: TooManyAttempts(timezone.now()),
        ModemResetTooOften: ModemResetTooOften(timezone.now()),
    }
    refusal = made[kind] if kind in made else kind(**values)
    for sentence in (sentence_of(refusal), next_step_of(refusal)):
        assert sentence and "%(" not in sentence


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


def fields() -> list[str]:
    """Of every form, and those which stand beside one."""
    beside = {"answer", "flow", "language", "next", "operation", "theme", "way"}
    return sorted(beside.union(*(form.base_fields for form in forms(PlainForm))))


def forms(root: type[PlainForm]) -> Iterator[type[PlainForm]]:
    for each in root.__subclasses__():
        yield each
        yield from forms(each)


@pytest.mark.parametrize(
    ("who", "turn"), [*[("ada", turn) for turn in range(4)], ("stranger", 0), ("stranger", 1), ("olivia", 0)]
)
def test_on_every_page_there_is_and_in_every_field_of_it(cast: Cast, who: str, turn: int) -> None:
    """A page that is added is tested too: the address book says which there are."""
    hostile, places = list(HOSTILE.values()), list(patterns())
    names = fields()
    for number, page in enumerate(places):
        browser = Client() if who == "stranger" else seated(getattr(cast, who))
        some = [hostile[(number + turn * 5 + place) % len(hostile)] for place in range(len(names))]
        address = f"/{page.pattern}"
        for converter, value in (("int", "1"), ("str", quote(some[0][:2000], safe="") or "x")):
            address = re.sub(rf"<{converter}:\w+>", value, address)
        assert browser.get(address).status_code < 500
        form: dict[str, object] = {}
        for name, strange in zip(names, some, strict=True):
            form |= forms_of((name,), strange)
        assert browser.post(address, form).status_code < 500


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
    assert answer.status_code == 413
    assert b"What you sent is too large." in answer.content


def test_a_body_of_another_type_is_no_fault_of_ours(ada: Client) -> None:
    assert ada.post("/confirmer", b"{}", content_type="application/json").status_code == 422
    assert (
        ada.post("/confirmer", b"\xff\xfe", content_type="multipart/form-data; boundary=x").status_code < 500
    )


def test_an_address_that_only_takes_a_form_says_so_when_it_is_opened(ada: Client) -> None:
    answer = ada.get("/deconnexion")
    assert answer.status_code == 405 and answer.headers["Allow"] == "POST"
    assert b"only takes what a button sends" in answer.content


@pytest.mark.parametrize("method", ["put", "delete", "patch", "options"])
@pytest.mark.parametrize("address", ["/", LINE, LINE + "/etat", LINE + "/gestion/mot-de-passe", "/emails"])
def test_other_methods_change_nothing(ada: Client, cast: Cast, address: str, method: str) -> None:
    assert getattr(ada, method)(address).status_code == 405
    assert cast.line.versions.count() == 0
