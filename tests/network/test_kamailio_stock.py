"""Beside a Kamailio which is not ours, on the tables of its package: as ever, and no promise of more."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Engine

from linekey.network.kamailio import Kamailio
from linekey.network.options import options_status
from linekey.network.ports import Check, Rejected, SipAddress
from linekey.network.store import open_store
from linekey.worker import elements
from linekey.worker.children import Child
from tests.lab.elements import REALM, KamailioInLab, free_port, need
from tests.lab.sip_digest import Handmade
from tests.network.test_registrar import ADA, EVE, entry, graced

TABLES = Path("/usr/share/kamailio/db_sqlite")


@pytest.fixture
def store(tmp_path: Path) -> Engine:
    if not TABLES.exists():
        need("kamailio")
    path = tmp_path / "kamailio.sqlite"
    with closing(sqlite3.connect(path)) as made:
        made.executescript("PRAGMA journal_mode = WAL")
        for part in ("standard", "auth_db"):
            made.executescript((TABLES / f"{part}-create.sql").read_text())
    return open_store(f"sqlite:///{path}")


@pytest.fixture
def theirs(store: Engine, tmp_path: Path) -> Iterator[tuple[Kamailio, int]]:
    """Their registrar through our adapter, and its port."""
    need("kamailio")
    port, rpc = free_port(), tmp_path / "rpc"
    env = dict(os.environ) | {
        "STOCK_PORT": str(port),
        "STOCK_REALM": REALM,
        "STOCK_STORE": f"sqlite:///{tmp_path / 'kamailio.sqlite'}",
        "STOCK_RPC": str(rpc),
    }
    cfg = Path(__file__).parents[1] / "lab" / "stock_kamailio.cfg"
    argv = [elements.program("kamailio") or "", "-DD", "-E", "-Y", str(tmp_path), "-f", str(cfg)]

    def answers() -> bool:
        return options_status("127.0.0.1", port, timeout=0.2) == 200

    child = Child("stock", argv, env, tmp_path / "log", answers)
    child.start()
    try:
        assert elements.wait_until_answering(answers), child.last_words()
        yield Kamailio("theirs", store, rpc, sip=("127.0.0.1", port)), port
    finally:
        child.stop()


@pytest.mark.real
def test_a_registrar_of_somebody_else_follows_a_change_and_is_not_said_to_hold_two_passwords(
    theirs: tuple[Kamailio, int],
) -> None:
    registrar, port = theirs
    phone = Handmade("127.0.0.1", port, REALM, ADA.username)
    assert not registrar.takes_grace()
    registrar.push([entry(ADA, "first"), entry(EVE, "hers")])
    assert phone.register("first") == 200
    registrar.push([entry(ADA, "second")])
    assert [phone.register(each) for each in ("first", "second")] == [401, 200]
    # It came from two ports.
    assert registrar.drop(ADA) == 2
    assert registrar.registrations(ADA) == []
    registrar.retire([ADA])
    assert phone.register("second") == 401
    registrar.release(["never heard of"])
    assert registrar.events(0, 10) == []


@pytest.mark.real
def test_what_such_a_registrar_lacks_is_said_in_words_and_is_no_fault(
    theirs: tuple[Kamailio, int],
) -> None:
    findings = {finding.check: finding for finding in theirs[0].health()}
    assert [finding for finding in findings.values() if not finding.good] == []
    assert findings[Check.SCHEMA].detail == (
        "theirs accepts one password per line: every change refuses the old one at once."
    )


def test_a_grace_is_rejected_where_only_one_password_can_be_held(store: Engine, tmp_path: Path) -> None:
    registrar = Kamailio("theirs", store, tmp_path / "rpc")
    registrar.push([entry(EVE, "hers")])
    with pytest.raises(Rejected, match="one password"):
        registrar.push([entry(ADA, "new"), graced(EVE, "new", "hers")])
    with store.connect() as connection:
        rows = connection.exec_driver_sql("SELECT username, ha1 FROM subscriber").all()
    assert [tuple(row) for row in rows] == [("eve", entry(EVE, "hers").ha1.reveal())]


@pytest.mark.real
def test_our_configuration_without_our_tables_makes_no_promise(
    kamailio: KamailioInLab, store: Engine
) -> None:
    registrar = Kamailio("half", store, kamailio.settings.rpc_socket)
    assert not registrar.takes_grace()
    registrar.push([entry(SipAddress("half", REALM), "pw")])
