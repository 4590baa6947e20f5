"""A key for tokens, tokens for new ones: what programs of contact centres send, and what they get."""

import json
from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from linekey.domain.errors import TooManyThings
from linekey.domain.limits import NETWORK
from linekey.records import tallies
from linekey.records.models import AccessKey, AccessToken
from linekey.usecases import manage_access_key
from linekey.usecases.manage_access_key import NewAccessKey
from tests.api.programs import (
    EXCHANGE,
    LINE,
    REFRESH,
    Answer,
    Program,
    exchanged,
    key_of,
    refreshed,
    send,
)
from tests.build import Cast, actor
from tests.laws.conftest import InThreads

FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def key(cast: Cast) -> NewAccessKey:
    return key_of(cast.ada)


def test_a_key_is_exchanged_for_a_bearer(key: NewAccessKey, settings: Settings) -> None:
    settings.LINEKEY_PUBLIC_URL = "https://desk.example"
    answer = exchanged(key)
    assert answer.status == 200
    assert set(answer.value) == {
        "access_token",
        "token_type",
        "expires_in",
        "refresh_token",
        "resource_server_base_uri",
    }
    assert (answer.value["token_type"], answer.value["expires_in"]) == ("Bearer", 3600)
    assert answer.value["resource_server_base_uri"] == "https://desk.example/api/v1/"
    assert Program(answer.value["access_token"]).get("/me").value["customer_id"] == "ab12345-lk"


def test_the_address_of_the_api_is_ours_whatever_the_request_says(key: NewAccessKey) -> None:
    """Law 9."""
    body = {"accessKeyId": key.key_id, "accessKeySecret": key.secret.reveal()}
    headers = {"Host": "localhost", "X-Forwarded-Host": "evil.example", "Origin": "https://evil.example"}
    answer = send("POST", EXCHANGE, body, headers=headers)
    assert answer.value["resource_server_base_uri"] == "http://localhost:8000/api/v1/"


@pytest.mark.parametrize(
    "content_type", ["application/json", "text/plain", "", "application/json; charset=utf-8"]
)
def test_json_is_json_whatever_it_is_called(key: NewAccessKey, content_type: str) -> None:
    body = {"accessKeyId": key.key_id, "accessKeySecret": key.secret.reveal(), "clientVersion": "7.2"}
    assert send("POST", EXCHANGE, body, content_type=content_type).status == 200


def test_a_refresh_is_a_form_or_json(key: NewAccessKey) -> None:
    token = exchanged(key).value["refresh_token"]
    form = f"grant_type=refresh_token&client_id=script&refresh_token={token}".encode()
    answer = send("POST", REFRESH, raw=form, content_type=FORM)
    assert answer.status == 200
    assert refreshed(answer.value["refresh_token"]).status == 200


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"&", "grant_type"),
        (b"grant_type=refresh_token", "refresh_token"),
        (b"refresh_token=lkrt_x", "grant_type"),
        (b"grant_type=password&refresh_token=lkrt_x", "grant_type"),
        (b"grant_type=refresh_token&grant_type=refresh_token&refresh_token=lkrt_x", "grant_type"),
        (b"grant_type=refresh_token&refresh_token=lkrt_x&refresh_token=lkrt_y", "refresh_token"),
        (b"&".join(b"a%d=1" % number for number in range(200)), "request"),
    ],
)
def test_a_form_that_cannot_be_read_is_named(db: None, body: bytes, field: str) -> None:
    answer = send("POST", REFRESH, raw=body, content_type=FORM)
    assert (answer.status, answer.code, answer.value["field"]) == (400, "malformed", field)


@pytest.mark.parametrize("content_type", [f"{FORM}; charset=latin-1", "multipart/form-data; boundary=x"])
def test_a_form_of_another_kind_cannot_be_read(db: None, content_type: str) -> None:
    answer = send("POST", REFRESH, raw=b"grant_type=refresh_token", content_type=content_type)
    assert (answer.status, answer.value["field"]) == (400, "body")


def test_a_wrong_secret_and_an_unknown_key_are_one_answer(cast: Cast, key: NewAccessKey) -> None:
    def answer(key_id: str, secret: str) -> tuple[int, object, dict[str, str]]:
        found = send("POST", EXCHANGE, {"accessKeyId": key_id, "accessKeySecret": secret})
        headers = {name: value for name, value in found.headers.items() if name != "X-Request-Id"}
        return found.status, found.value, headers

    secret = key.secret.reveal()
    wrong = answer(key.key_id, secret[:-1])
    assert wrong[0] == 401
    assert answer("LKAK" + "A" * 16, secret) == answer("", "") == answer("\0", "é" * 5000) == wrong
    manage_access_key.revoke(actor=actor(cast.ada, timezone.now()), key_id=key.key_id, now=timezone.now())
    assert answer(key.key_id, secret) == wrong


def disable(cast: Cast) -> None:
    cast.ada.is_active = False
    cast.ada.save()


def revoke(cast: Cast) -> None:
    AccessKey.objects.update(revoked_at=timezone.now())


def expire(cast: Cast) -> None:
    AccessKey.objects.update(expires_at=timezone.now())


def move(cast: Cast) -> None:
    AccessKey.objects.update(networks=["198.51.100.0/24"])


@pytest.mark.parametrize("end", [disable, revoke, expire, move], ids=lambda end: end.__name__)
def test_a_key_that_ended_opens_nothing_from_that_moment(
    cast: Cast, key: NewAccessKey, end: Callable[[Cast], None]
) -> None:
    tokens = exchanged(key).value
    programs = [Program(tokens["access_token"]), Program.with_secret(key)]
    assert all(program.get("/me").status == 200 for program in programs)
    end(cast)
    for program in programs:
        assert program.get("/me").code == "access_key_not_valid"
        assert program.post(f"/services/{LINE}/reset").code == "access_key_not_valid"
    assert exchanged(key).code == refreshed(tokens["refresh_token"]).code == "access_key_not_valid"


@pytest.mark.parametrize(
    ("ranges", "address", "good"),
    [
        (["203.0.113.0/24"], "203.0.113.7", True),
        (["203.0.113.0/24"], "::ffff:203.0.113.7", True),
        (["203.0.113.0/24"], "203.0.114.7", False),
        (["::ffff:203.0.113.0/120"], "203.0.113.7", True),
        (["2001:db8::/32"], "2001:db8::7", True),
        (["2001:db8::/32"], "2001:db9::7", False),
        (["2001:db8::/32"], "203.0.113.7", False),
        (["203.0.113.0/24"], "", False),
    ],
)
def test_a_key_opens_from_its_networks_alone(cast: Cast, ranges: list[str], address: str, good: bool) -> None:
    key = key_of(cast.ada, networks=ranges)
    status = 200 if good else 401
    assert exchanged(key, address).status == status
    assert Program.with_secret(key).get("/me", address=address).status == status


def test_the_address_is_not_the_callers_word(cast: Cast) -> None:
    key = key_of(cast.ada, networks=["203.0.113.0/24"])
    headers = {"Authorization": f"Bearer {key.secret.reveal()}"}
    for name in ("X-Forwarded-For", "X-Real-IP", "Forwarded", "True-Client-IP"):
        assert send("GET", "/api/v1/me", headers={**headers, name: "203.0.113.7"}).status == 401


def test_a_network_that_tried_too_often_is_told_how_long_to_wait(key: NewAccessKey) -> None:
    for _ in range(NETWORK.most - 1):
        tallies.take({"network:192.0.2.0/24": NETWORK}, now=timezone.now())
    assert send("POST", EXCHANGE, {"accessKeyId": "x", "accessKeySecret": "y"}).status == 401
    for answer in (exchanged(key), refreshed("lkrt_x")):
        assert (answer.status, answer.code) == (429, "too_many_attempts")
        assert 3500 < int(answer.headers["Retry-After"]) <= 3600
    assert exchanged(key, "203.0.113.7").status == 200


def test_a_refresh_token_that_comes_again_ends_them_all(key: NewAccessKey) -> None:
    first = exchanged(key).value
    second = refreshed(first["refresh_token"]).value
    assert Program(second["access_token"]).get("/me").status == 200
    assert refreshed(first["refresh_token"]).code == "access_key_not_valid"
    for dead in (first, second):
        assert Program(dead["access_token"]).get("/me").status == 401
        assert refreshed(dead["refresh_token"]).status == 401
    assert Program.with_secret(key).get("/me").status == 200


@pytest.mark.django_db(transaction=True)
def test_of_twenty_who_refresh_at_once_one_gets_a_pair(
    committed: Cast, in_threads: InThreads[Answer]
) -> None:
    key = key_of(committed.ada)
    token = exchanged(key).value["refresh_token"]
    answers = in_threads([lambda: refreshed(token)] * 20)
    assert sorted(answer.status for answer in answers) == [200] + [401] * 19
    (won,) = (answer.value for answer in answers if answer.status == 200)
    # Nineteen others held the same token: it is in wrong hands, and nobody keeps what came of it.
    assert Program(won["access_token"]).get("/me").status == 401
    assert not AccessToken.objects.filter(expires_at__gt=timezone.now()).exists()


@pytest.mark.django_db(transaction=True)
def test_of_twelve_keys_made_at_once_ten_are(committed: Cast, in_threads: InThreads[bool]) -> None:
    def make() -> bool:
        try:
            key_of(committed.ada)
        except TooManyThings:
            return False
        return True

    assert sorted(in_threads([make] * 12)) == [False] * 2 + [True] * 10
    assert AccessKey.objects.count() == 10


def test_nothing_but_a_post_exchanges(db: None) -> None:
    for path in (EXCHANGE, REFRESH):
        for method in ("GET", "PUT", "DELETE", "PATCH", "OPTIONS"):
            answer = send(method, path)
            assert (answer.status, answer.headers["Allow"]) == (405, "POST")
    assert json.loads(Client().get("/authentication/v1/nothing").content)["code"] == "unknown_call"
