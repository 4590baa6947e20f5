"""While our own database is away every door says so, and when to come back: no bug, no blank page."""

import json
import logging
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import IntegrityError, OperationalError, connection
from django.test import Client

from linekey.config.database import database
from linekey.config.logs import Line, Outages, WithoutTokens, WithRequest

CUT = "server closed the connection unexpectedly\n\tThis probably means the server terminated abnormally"
Ask = Callable[[str], Any]


@pytest.fixture
def ask(db: None) -> Iterator[Ask]:
    """A browser and a program, while no question to the database is answered."""

    def away(*_: Any) -> None:
        raise OperationalError(CUT)

    signed = {name: "x" for name in ("X-Ovh-Application", "X-Ovh-Consumer", "X-Ovh-Signature")}
    called = {"Authorization": f"Bearer lksk_{'x' * 43}", "X-Ovh-Timestamp": "1", **signed}
    client = Client(raise_request_exception=False, headers=called)
    client.cookies["linekey"] = "x" * 32
    with connection.execute_wrapper(away):
        yield lambda path: client.get(path)


def test_a_page_says_that_it_lasts_a_moment(ask: Ask) -> None:
    answer = ask("/")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert b"<h1>" in answer.content and b"OperationalError" not in answer.content


def test_a_program_is_told_to_send_the_same_request_again(ask: Ask) -> None:
    answer = ask("/api/v1/me")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    told = json.loads(answer.content)
    assert told["code"] == "unavailable" and "same Idempotency-Key" in told["next_step"]


def test_a_script_of_the_dialect_is_told_in_its_words(ask: Ask) -> None:
    answer = ask("/1.0/me")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert json.loads(answer.content)["errorCode"] == "SERVICE_UNAVAILABLE"


def test_a_bug_stays_a_bug(db: None) -> None:
    def bug(*_: Any) -> None:
        raise IntegrityError("duplicate key value violates unique constraint")

    with connection.execute_wrapper(bug):
        answer = Client(raise_request_exception=False).get("/", headers={"Cookie": f"linekey={'x' * 32}"})
    assert answer.status_code == 500 and "Retry-After" not in answer.headers


def test_an_outage_is_one_line_of_the_log() -> None:
    try:
        raise OperationalError(CUT)
    except OperationalError:
        trouble = sys.exc_info()
    record = logging.LogRecord("django.request", logging.ERROR, "", 0, "%s: %s", ("Away", "/x"), trouble)
    for each in (Outages(), WithoutTokens(), WithRequest()):
        assert each.filter(record)
    line = Line().format(record)
    assert line.endswith("Away: /x (OperationalError: server closed the connection unexpectedly)")


def test_a_worker_says_once_in_ten_seconds_that_its_database_is_away() -> None:
    filtered = Outages()

    def passes(second: float, words: str = "database unreachable, trying again: %s") -> bool:
        record = logging.LogRecord(
            "linekey.worker", logging.WARNING, "", 0, words, ("OperationalError",), None
        )
        record.created = second
        return filtered.filter(record)

    assert [passes(second) for second in (100.0, 100.2, 109.9, 110.1, 111.0)] == [
        True,
        False,
        False,
        True,
        False,
    ]
    assert passes(111.0, "effect %s failed") and passes(111.0, "effect %s failed")


def test_a_silent_primary_is_given_up_in_seconds_unless_the_address_says_otherwise() -> None:
    options = database("postgresql://u:p@h/n?tcp_user_timeout=60000")["OPTIONS"]
    assert options["tcp_user_timeout"] == "60000" and options["keepalives_idle"] == "10"
    assert options["target_session_attrs"] == "read-write"
