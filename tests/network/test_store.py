"""What an adapter says when its store is away, locked, incomplete or closed to it."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine, make_url, text

from linekey.network.coa import DisconnectClient
from linekey.network.freeradius import FreeRadius
from linekey.network.kamailio import Kamailio
from linekey.network.ports import Check, Registrar, Rejected, SipAddress, Unreachable
from linekey.network.radcheck import cleartext
from linekey.network.store import open_store
from linekey.worker.elements import ElementSettings
from tests.lab.elements import free_port
from tests.network.test_access_server import ADA as LOGIN
from tests.network.test_access_server import entry as access_entry
from tests.network.test_registrar import ADA, entry

SECRET = "never-in-a-message"


def kamailio_on(store: Engine) -> Kamailio:
    return Kamailio("registrar", store, Path("/nonexistent/rpc"))


def freeradius_on(store: Engine) -> FreeRadius:
    return FreeRadius("access", store, store, cleartext, disconnect=DisconnectClient())


def every_call(store: Engine) -> list[Callable[[], object]]:
    registrar, access = kamailio_on(store), freeradius_on(store)
    return [
        lambda: registrar.push([entry(ADA, SECRET)]),
        lambda: registrar.retire([ADA]),
        lambda: access.push([access_entry(LOGIN, SECRET)]),
        lambda: access.retire([LOGIN]),
        lambda: access.sessions(LOGIN),
        lambda: access.connection_log(LOGIN, 5),
    ]


def test_a_missing_file_is_an_outage_and_is_not_created(tmp_path: Path) -> None:
    missing = tmp_path / "missing.db"
    for call in every_call(open_store(f"sqlite:///{missing}")):
        with pytest.raises(Unreachable):
            call()
    assert not missing.exists()


def test_a_missing_table_needs_a_person(tmp_path: Path) -> None:
    empty = tmp_path / "empty.db"
    empty.touch()
    for call in every_call(open_store(f"sqlite:///{empty}")):
        with pytest.raises(Rejected, match="no such table"):
            call()


def test_a_missing_column_needs_a_person(tmp_path: Path) -> None:
    old = tmp_path / "old.db"
    connection = sqlite3.connect(old)
    connection.execute("CREATE TABLE subscriber (username TEXT, domain TEXT, password TEXT)")
    connection.close()
    with pytest.raises(Rejected, match="ha1"):
        kamailio_on(open_store(f"sqlite:///{old}")).push([entry(ADA, SECRET)])


def test_a_file_that_is_no_database_needs_a_person(tmp_path: Path) -> None:
    (tmp_path / "text.db").write_text("not a database, " * 100)
    with pytest.raises(Rejected, match="not a database"):
        kamailio_on(open_store(f"sqlite:///{tmp_path / 'text.db'}")).push([entry(ADA, SECRET)])


@pytest.mark.parametrize("which", ["sip", "radius"])
def test_a_locked_file_is_an_outage(element_settings: ElementSettings, which: str) -> None:
    holder = sqlite3.connect(make_url(element_settings.store(which)).database or "")
    try:
        holder.execute("BEGIN IMMEDIATE")
        store = open_store(element_settings.store(which))
        with pytest.raises(Unreachable, match="locked"):
            every_call(store)[0 if which == "sip" else 2]()
    finally:
        holder.close()


def test_a_refused_value_is_rejected_without_telling_it(element_settings: ElementSettings) -> None:
    store = open_store(element_settings.store("sip"))
    constraint = text(
        "CREATE TRIGGER no_ada BEFORE INSERT ON subscriber BEGIN SELECT RAISE(ABORT, 'no'); END"
    )
    try:
        with store.begin() as connection:
            connection.execute(constraint)
        with pytest.raises(Rejected) as refusal:
            kamailio_on(store).push([entry(SipAddress("refused", "x.test"), SECRET)])
        assert entry(SipAddress("refused", "x.test"), SECRET).ha1.reveal() not in str(refusal.value)
        assert refusal.value.__cause__ is None
    finally:
        with store.begin() as connection:
            connection.execute(text("DROP TRIGGER no_ada"))


@pytest.mark.real
def test_postgresql_away_is_an_outage_and_its_refusals_need_a_person(
    element_settings_on_postgresql: ElementSettings,
) -> None:
    good = make_url(element_settings_on_postgresql.store("sip"))
    stores = {
        Unreachable: good.set(port=free_port()),
        Rejected: good.set(password="wrong"),
    }
    for expected, url in stores.items():
        store = open_store(url.render_as_string(hide_password=False))
        for call in every_call(store):
            with pytest.raises(expected):
                call()
    other = open_store(good.set(database="radius").render_as_string(hide_password=False))
    with pytest.raises(Rejected, match="subscriber"):
        kamailio_on(other).push([entry(ADA, SECRET)])
    other.dispose()


@pytest.mark.real
def test_a_lock_on_postgresql_is_an_outage(element_settings_on_postgresql: ElementSettings) -> None:
    for which, number in (("sip", 0), ("radius", 2)):
        store = open_store(element_settings_on_postgresql.store(which))
        with store.connect() as holder:
            holder.execute(text(f"LOCK TABLE {'subscriber' if which == 'sip' else 'radcheck'}"))
            with pytest.raises(Unreachable):
                every_call(store)[number]()
        store.dispose()


def test_a_registrar_without_its_socket_is_unreachable(element_settings: ElementSettings) -> None:
    registrar: Registrar = kamailio_on(open_store(element_settings.store("sip")))
    with pytest.raises(Unreachable):
        registrar.registrations(ADA)
    with pytest.raises(Unreachable):
        registrar.drop(ADA)


def test_health_tells_what_is_wrong_and_what_to_do_and_never_raises(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'missing.db'}")
    of_both = [check for check in Check if check is not Check.ROOM]
    looked = (kamailio_on(store).health(), list(Check)), (freeradius_on(store).health(), of_both)
    for findings, checks in looked:
        assert [finding.check for finding in findings] == checks
        wrong = {finding.check: finding for finding in findings if not finding.good}
        assert {Check.REACHABLE, Check.CREDENTIALS, Check.SCHEMA} <= set(wrong)
        assert all(finding.detail and finding.remedy for finding in wrong.values())


def test_a_registrar_whose_store_or_events_are_away_promises_nothing(
    element_settings: ElementSettings, tmp_path: Path
) -> None:
    away, here = open_store(f"sqlite:///{tmp_path / 'away.db'}"), open_store(element_settings.store("sip"))
    for registrar in (kamailio_on(away), Kamailio("registrar", here, tmp_path / "rpc", events=away)):
        with pytest.raises(Unreachable):
            registrar.takes_grace()
        with pytest.raises(Unreachable):
            registrar.events(0, 10)
    with pytest.raises(Unreachable):
        kamailio_on(away).release(["rotation"])
