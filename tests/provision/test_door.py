"""The door for handsets: whatever opens nothing is the same bytes; only the answer has the password."""

import logging
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from linekey.config.logs import WithoutTokens
from linekey.domain.limits import FETCHES
from linekey.domain.phones import MOST_FETCHES
from linekey.domain.recovery import Purpose
from linekey.provision.door import Door
from linekey.records import tickets
from linekey.records.models import PhoneFetch, PhoneToken, Service, Tally
from linekey.vault import seal
from tests.build import Cast
from tests.hands import PUBLIC_URL, Hands, work
from tests.handset import AGENTS, AT_HOME, given

pytestmark = pytest.mark.django_db

door = Door(patience=timedelta(0))


@pytest.fixture(autouse=True)
def behind_https(settings: Settings) -> None:
    settings.LINEKEY_PROVISION_URL = PUBLIC_URL


def ask(token: str, file: str, method: str = "get", *, secure: bool = True) -> HttpResponse:
    request = getattr(RequestFactory(), method)(
        f"/provision/{token}/{file}", secure=secure, REMOTE_ADDR=AT_HOME, HTTP_USER_AGENT=AGENTS["yealink"]
    )
    return door(request, token, file)


def _told(answer: HttpResponse) -> tuple[int, bytes, dict[str, str]]:
    return answer.status_code, answer.content, dict(answer.headers)


def _without_an_answer(cast: Cast) -> dict[str, tuple[str, str]]:
    """Everything that opens nothing, by what is wrong with it."""
    handset = given(cast.line, cast.bruno)
    over = given(cast.licence, cast.bruno, mac="001565aabb00", operation="over")
    PhoneToken.objects.filter(phone=over.row).update(expires_at=timezone.now())
    ended = given(cast.eves_line, cast.olivia, mac="001565aabb01", operation="ended")
    PhoneToken.objects.filter(phone=ended.row).update(ended_at=timezone.now())
    shut = given(cast.fax, cast.bruno, mac="001565aabb02", operation="shut")
    Service.objects.filter(pk=cast.fax.pk).update(state=Service.State.SUSPENDED)
    return {
        "unknown token": ("x" * 43, handset.file),
        "wrong file name": (handset.token, "y000000000108.cfg"),
        "another's MAC address": (handset.token, over.file),
        "expired first access": (over.token, over.file),
        "ended token": (ended.token, ended.file),
        "line that is not active": (shut.token, shut.file),
        "a token that is too long": ("x" * 5000, handset.file),
        "letters of no token": ("é\u202e\0", "\0.cfg"),
    }


def test_whatever_opens_nothing_is_one_answer_byte_for_byte(cast: Cast) -> None:
    answers = {name: _told(ask(*address)) for name, address in _without_an_answer(cast).items()}
    assert len({repr(answer) for answer in answers.values()}) == 1, answers
    status, body, headers = answers["unknown token"]
    assert (status, body) == (404, b"Not found\n")
    assert headers["Cache-Control"] == "no-store"


def test_whatever_opens_nothing_is_the_same_work(cast: Cast) -> None:
    works = {}
    for name, address in _without_an_answer(cast).items():
        # A tally of one's own is made once.
        Tally.objects.all().delete()
        with CaptureQueriesContext(connection) as asked:
            ask(*address)
        works[name] = [query["sql"].partition('"')[0] for query in asked.captured_queries]
    assert len({repr(work) for work in works.values()}) == 1, {
        name: len(work) for name, work in works.items()
    }


def test_a_handset_is_given_its_file_and_nothing_may_keep_it(cast: Cast) -> None:
    handset = given(cast.line, cast.bruno)
    answer = ask(handset.token, handset.file)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert (answer.headers["Cache-Control"], answer.headers["Referrer-Policy"]) == ("no-store", "no-referrer")
    text = answer.content.decode()
    assert "account.1.password = " in text
    assert f"static.auto_provision.server.url = {PUBLIC_URL}/provision/" in text


def test_nothing_is_given_over_plain_http_where_the_operator_has_https(cast: Cast) -> None:
    handset = given(cast.line, cast.bruno)
    bare = ask(handset.token, handset.file, secure=False)
    assert _told(bare) == _told(ask("x" * 43, handset.file))
    assert not handset.row.fetches.exists()
    assert ask(handset.token, handset.file).status_code == 200


def test_a_laboratory_without_https_is_served(cast: Cast, settings: Settings) -> None:
    settings.LINEKEY_PROVISION_URL = "http://localhost:8000"
    handset = given(cast.line, cast.bruno)
    assert ask(handset.token, handset.file, secure=False).status_code == 200


@pytest.mark.parametrize("method", ["head", "post", "put", "delete", "options"])
def test_a_look_draws_no_password(cast: Cast, method: str) -> None:
    handset = given(cast.line, cast.bruno)
    answer = ask(handset.token, handset.file, method)
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET")
    assert not cast.line.versions.exists() and not handset.row.fetches.exists()


def test_guessing_is_told_to_wait_and_a_handset_beside_it_is_not(cast: Cast) -> None:
    handset = given(cast.line, cast.bruno)
    for _ in range(FETCHES.most):
        assert ask("x" * 43, handset.file).status_code == 404
    barred = ask("x" * 43, handset.file)
    assert barred.status_code == 429 and int(barred.headers["Retry-After"]) > 0 and not barred.content
    assert ask(handset.token, handset.file).status_code == 200


def test_a_handset_gone_wild_is_told_when_to_come_again(cast: Cast) -> None:
    handset = given(cast.line, cast.bruno)
    for _ in range(MOST_FETCHES):
        ask(handset.token, handset.file)
    assert ask(handset.token, handset.file).status_code == 429


def test_every_fetch_is_written_down(cast: Cast) -> None:
    handset = given(cast.line, cast.bruno)
    ask(handset.token, "y000000000108.cfg")
    ask(handset.token, handset.file)
    ask("x" * 43, handset.file)
    told = [
        (row.outcome, row.source, row.token, row.phone_id is not None)
        for row in PhoneFetch.objects.order_by("id")
    ]
    assert told == [
        ("refused", AT_HOME, "first", True),
        ("drawn", AT_HOME, "first", True),
        ("refused", AT_HOME, "", False),
    ]


def test_a_configuration_waits_for_the_element_to_take_the_password(cast: Cast, hands: Hands) -> None:
    """Here nobody works: it is given after its patience all the same."""
    handset = given(cast.line, cast.bruno)
    request = RequestFactory().get("/", secure=True, REMOTE_ADDR=AT_HOME)
    began = timezone.now()
    answer = Door(patience=timedelta(milliseconds=120))(request, handset.token, handset.file)
    assert answer.status_code == 200
    assert timezone.now() - began >= timedelta(milliseconds=120)
    work(hands)
    assert cast.line.versions.get().live_at


def test_the_address_answers_where_it_is_told_and_sets_no_cookie(cast: Cast, settings: Settings) -> None:
    settings.LINEKEY_PROVISION_URL = "http://localhost:8000"
    handset = given(cast.line, cast.bruno)
    answer: Any = Client().get(f"/provision/{handset.token}/{handset.file}x")
    assert (answer.status_code, answer.content) == (404, b"Not found\n")
    assert not answer.cookies


def test_no_log_quotes_a_provisioning_token() -> None:
    record = logging.LogRecord("gunicorn", 20, "", 1, "GET %s 200", ("/provision/s3cr3t/x.cfg",), None)
    assert WithoutTokens().filter(record)
    assert record.getMessage() == "GET /provision/••••/x.cfg 200"


def test_a_token_of_this_door_opens_no_other_and_no_other_opens_this_one(cast: Cast) -> None:
    handset = given(cast.line, cast.bruno)
    browser = Client()
    for place in ("lien", "activation", "mot-de-passe-perdu", "dossier"):
        assert browser.get(f"/{place}/{handset.token}").status_code in (404, 410), place
    bearer = {"Authorization": f"Bearer {handset.token}"}
    assert browser.get("/api/v1/me", headers=bearer).status_code == 401
    link = seal.new_token()
    tickets.issue(seal.digest(link), Purpose.REVEAL, person=cast.ada, service=cast.line, now=timezone.now())
    assert ask(link.reveal(), handset.file).status_code == 404
    assert ask(handset.token, handset.file).status_code == 200
