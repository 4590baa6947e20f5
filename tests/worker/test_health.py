"""Whoever decides where requests go asks `/healthz` and `/readyz`, of a web process and of a worker alike."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from wsgiref.util import setup_testing_defaults

import pytest
from django.conf import settings as the_settings
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from linekey.records import schema
from linekey.records.phases import Phase
from linekey.vault import keyring
from linekey.worker.health import Health
from linekey.worker.readiness import LEAVING

Answer = tuple[int, dict[str, str], dict[str, Any]]


def behind(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
    start_response("200 OK", [])
    return [b'{"page": true}']


def ask(application: Any, path: str, method: str = "GET", **headers: str) -> Answer:
    environ: dict[str, Any] = {"PATH_INFO": path, "REQUEST_METHOD": method, **headers}
    setup_testing_defaults(environ)
    told: list[Any] = []
    body = b"".join(application(environ, lambda status, headers: told.extend((status, headers))))
    return int(told[0][:3]), dict(told[1]), json.loads(body) if body else {}


@pytest.fixture
def well(settings: Settings, tmp_path: Path) -> Settings:
    settings.LINEKEY_HOME = tmp_path
    settings.LINEKEY_KEYRING_FILE = tmp_path / "keyring.json"
    keyring.create(settings.LINEKEY_KEYRING_FILE)
    return settings


def test_a_process_is_alive_without_a_database() -> None:
    """pytest-django lets no test without the mark touch it."""
    status, headers, told = ask(Health(behind), "/healthz")
    assert (status, told) == (200, {"alive": True})
    assert headers["Cache-Control"] == "no-store"


def test_a_worker_whose_crew_hangs_is_not_alive_and_says_which() -> None:
    status, _, told = ask(Health(behind, lambda: ["people"]), "/healthz")
    assert (status, told) == (503, {"alive": False, "missing": ["people"]})


@pytest.mark.django_db
def test_a_process_is_ready_when_everything_it_needs_is_there(well: Settings) -> None:
    status, headers, told = ask(Health(behind), "/readyz")
    assert status == 200
    assert told == {"ready": True, "parts": {"database": "ok", "tables": "ok", "keyring": "ok"}}
    assert headers["Cache-Control"] == "no-store"


@pytest.mark.django_db
def test_tables_of_an_older_release_are_not_ready(well: Settings) -> None:
    needed = [key for key, phase in schema.phases().items() if phase is not Phase.AFTER]
    MigrationRecorder(connection).record_unapplied(*needed[-1])
    status, _, told = ask(Health(behind), "/readyz")
    assert (status, told["parts"]["tables"]) == (503, "behind")


@pytest.mark.django_db
def test_tables_of_a_later_release_are_ready(well: Settings) -> None:
    """While a new release is rolled out, the processes of the one before it go on."""
    MigrationRecorder(connection).record_applied("linekey", "9999_of_a_later_release")
    assert ask(Health(behind), "/readyz")[0] == 200


@pytest.mark.django_db
@pytest.mark.parametrize("content", [None, "not json", "{}"])
def test_a_keyring_that_is_lost_or_broken_is_not_ready(well: Settings, content: str | None) -> None:
    well.LINEKEY_KEYRING_FILE.unlink()
    if content is not None:
        well.LINEKEY_KEYRING_FILE.write_text(content)
    status, _, told = ask(Health(behind), "/readyz")
    assert (status, told["parts"]["keyring"]) == (503, "unreadable")


@pytest.mark.django_db
def test_a_database_that_is_away_is_named_in_one_word(well: Settings) -> None:
    def away(*_: Any) -> None:
        raise OperationalError('connection to "db.lumen.example", user "linekey" failed: secret words')

    with connection.execute_wrapper(away):
        status, _, told = ask(Health(behind), "/readyz")
    assert status == 503
    assert told["parts"] == {"database": "away", "tables": "unknown", "keyring": "ok"}


@pytest.mark.django_db
def test_a_machine_that_is_taken_out_says_so_first(well: Settings) -> None:
    (well.LINEKEY_HOME / LEAVING).touch()
    status, _, told = ask(Health(behind), "/readyz")
    assert (status, told["parts"][LEAVING]) == (503, "yes")
    assert ask(Health(behind), "/healthz")[0] == 200, "nobody kills what only leaves"


@pytest.mark.django_db
def test_asking_a_hundred_times_looks_once(well: Settings) -> None:
    health = Health(behind)
    with CaptureQueriesContext(connection) as asked:
        answers = {ask(health, "/readyz")[0] for _ in range(100)}
    assert answers == {200}
    assert 1 <= len(asked) <= 4


def test_only_reading_is_answered_and_everything_else_is_passed_on() -> None:
    status, headers, _ = ask(Health(behind), "/readyz", "POST")
    assert (status, headers["Allow"]) == (405, "GET, HEAD")
    assert ask(Health(behind), "/healthz", "HEAD")[2] == {}
    for page in ("/", "/connexion", "/healthz/", "/readyz.html"):
        assert ask(Health(behind), page)[2] == {"page": True}, page


@pytest.mark.django_db
def test_the_pages_answer_whatever_name_they_are_asked_by_and_whoever_asks() -> None:
    """A load balancer asks by address; a browser which sends its session costs no more than it."""
    from linekey.config.wsgi import application

    cookie = f"{the_settings.SESSION_COOKIE_NAME}=abcdefghijklmnopqrstuvwxyz012345"
    with CaptureQueriesContext(connection) as asked:
        status, headers, _ = ask(application, "/healthz", HTTP_HOST="10.0.0.7:8001", HTTP_COOKIE=cookie)
    assert status == 200 and not asked.captured_queries
    assert not {"Set-Cookie", "X-Request-Id"} & set(headers)
    assert ask(application, "/readyz", HTTP_HOST="10.0.0.7:8001")[0] in (200, 503)
