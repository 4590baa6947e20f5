"""An outage never looks like a wrong password: 503 and silence, and the next request after it works."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Engine, create_engine, text

from linekey.network.options import options_status
from linekey.network.ports import Unreachable
from tests.lab.elements import FreeRadiusInLab, KamailioInLab
from tests.network.test_access_server import ADA as LOGIN
from tests.network.test_access_server import entry as access_entry
from tests.network.test_registrar import ADA, entry

pytestmark = pytest.mark.real


@pytest.fixture(params=["kamailio", "kamailio_on_postgresql"])
def registrar(request: pytest.FixtureRequest) -> KamailioInLab:
    element: KamailioInLab = request.getfixturevalue(request.param)
    element.registrar.push([entry(ADA, "pw")])
    return element


@pytest.fixture(params=["freeradius", "freeradius_on_postgresql"])
def access(request: pytest.FixtureRequest) -> FreeRadiusInLab:
    element: FreeRadiusInLab = request.getfixturevalue(request.param)
    element.access.push([access_entry(LOGIN, "pw")])
    return element


@contextmanager
def without(store: Engine, table: str) -> Iterator[None]:
    """The table is away, as it is for an element whose database is broken."""
    with store.begin() as connection:
        connection.execute(text(f"ALTER TABLE {table} RENAME TO away"))
    try:
        yield
    finally:
        with store.begin() as connection:
            connection.execute(text(f"ALTER TABLE away RENAME TO {table}"))


@contextmanager
def refusing_connections(store: Engine) -> Iterator[None]:
    """PostgreSQL throws everybody out and lets nobody in."""
    other = store.url.set(database="linekey")
    server = create_engine(other, isolation_level="AUTOCOMMIT")
    database = store.url.database
    store.dispose()
    try:
        with server.connect() as connection:
            connection.execute(text(f"ALTER DATABASE {database} ALLOW_CONNECTIONS false"))
            out = text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :database")
            connection.execute(out, {"database": database})
        yield
    finally:
        with server.connect() as connection:
            connection.execute(text(f"ALTER DATABASE {database} ALLOW_CONNECTIONS true"))
        server.dispose()


def test_a_broken_store_is_service_unavailable_for_a_phone_and_the_next_request_works(
    registrar: KamailioInLab,
) -> None:
    at = (registrar.settings.host, registrar.settings.sip_port)
    with without(registrar.store, "subscriber"):
        assert registrar.register(ADA, "pw") == 503
        assert registrar.register(ADA, "wrong") == 503
        assert options_status(*at, user="store") == 503
        assert options_status(*at) == 200
    assert registrar.register(ADA, "pw") == 200
    assert registrar.register(ADA, "wrong") == 401


def test_a_broken_store_is_silence_for_an_access_server_and_the_next_request_works(
    access: FreeRadiusInLab,
) -> None:
    with without(access.store, "radcheck"):
        assert access.login(LOGIN, "pw") is None
        assert access.login(LOGIN, "wrong", "chap") is None
        assert not access.child.answers()
    assert access.login(LOGIN, "pw") is True
    assert access.login(LOGIN, "wrong") is False
    assert access.child.answers()


def test_a_database_server_that_throws_everybody_out_is_service_unavailable(
    kamailio_on_postgresql: KamailioInLab,
) -> None:
    kamailio_on_postgresql.registrar.push([entry(ADA, "pw")])
    with refusing_connections(kamailio_on_postgresql.store):
        assert kamailio_on_postgresql.register(ADA, "pw") == 503
        with pytest.raises(Unreachable):
            kamailio_on_postgresql.registrar.push([entry(ADA, "pw")])
    assert kamailio_on_postgresql.register(ADA, "pw") == 200


def test_a_database_server_that_throws_everybody_out_is_silence(
    freeradius_on_postgresql: FreeRadiusInLab,
) -> None:
    freeradius_on_postgresql.access.push([access_entry(LOGIN, "pw")])
    with refusing_connections(freeradius_on_postgresql.store):
        assert freeradius_on_postgresql.login(LOGIN, "pw") is None
    assert freeradius_on_postgresql.login(LOGIN, "pw") is True


def test_a_lost_key_is_silence_and_not_a_wrong_password(freeradius: FreeRadiusInLab) -> None:
    freeradius.access.push([access_entry(LOGIN, "pw")])
    key, aside = freeradius.settings.radius_keys, freeradius.settings.radius_keys.with_suffix(".aside")
    key.rename(aside)
    freeradius.stop()
    try:
        freeradius.start()
        assert freeradius.login(LOGIN, "pw") is None
    finally:
        aside.rename(key)
    assert freeradius.login(LOGIN, "pw") is True


def test_accounting_that_cannot_be_written_is_not_acknowledged_and_keeps_nobody_out(
    access: FreeRadiusInLab,
) -> None:
    with without(access.accounting, "radacct"), without_log(access.accounting):
        assert not access.account(LOGIN, "unwritten-1", "start")
        assert not access.account("", "", "on")
        assert access.login(LOGIN, "pw") is True
        assert access.login(LOGIN, "wrong") is False
    assert access.account(LOGIN, "unwritten-1", "start")
    assert access.account(LOGIN, "unwritten-1", "stop")


@contextmanager
def without_log(store: Engine) -> Iterator[None]:
    with store.begin() as connection:
        connection.execute(text("ALTER TABLE radpostauth RENAME TO away_log"))
    try:
        yield
    finally:
        with store.begin() as connection:
            connection.execute(text("ALTER TABLE away_log RENAME TO radpostauth"))


def test_a_stopped_registrar_is_unreachable_and_starts_within_a_second(registrar: KamailioInLab) -> None:
    registrar.stop()
    try:
        with pytest.raises(Unreachable):
            registrar.registrar.registrations(ADA)
        assert not registrar.registrar.health()[0].good
    finally:
        began = time.monotonic()
        registrar.start()
    assert time.monotonic() - began < 1
    assert registrar.register(ADA, "pw") == 200


def test_a_stopped_access_server_is_told_by_its_health_and_starts_within_a_second(
    access: FreeRadiusInLab,
) -> None:
    access.stop()
    try:
        assert not access.access.health()[0].good
    finally:
        began = time.monotonic()
        access.start()
    assert time.monotonic() - began < 1
    assert access.login(LOGIN, "pw") is True
