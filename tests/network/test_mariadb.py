"""The adapters on MariaDB, with the tables of Kamailio's and FreeRADIUS's own scripts."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import Engine, make_url, text

from linekey.network import existing, existing_radius
from linekey.network.coa import DisconnectClient
from linekey.network.freeradius import FreeRadius
from linekey.network.kamailio import Kamailio
from linekey.network.ports import Check, Rejected, SipAddress, Unreachable
from linekey.network.radcheck import cleartext
from linekey.network.store import open_store
from tests import mariadb
from tests.lab.elements import REALM, free_port
from tests.network.test_access_server import ADA as LOGIN
from tests.network.test_access_server import entry as access_entry
from tests.network.test_registrar import ADA, EVE, entry

pytestmark = pytest.mark.real

RADCHECK = """CREATE TABLE radcheck (
  id int(11) unsigned NOT NULL auto_increment,
  username varchar(64) NOT NULL default '',
  attribute varchar(64) NOT NULL default '',
  op char(2) NOT NULL DEFAULT '==',
  value varchar(253) NOT NULL default '',
  PRIMARY KEY (id), KEY username (username))"""
"""As Debian's freeradius-config has it, in a file that only FreeRADIUS may read."""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    mariadb.needed()
    with mariadb.server() as server:
        store = mariadb.with_kamailios_tables(server)
        mariadb.run(store, RADCHECK)
        yield store


@pytest.fixture
def store(address: str) -> Iterator[Engine]:
    mariadb.run(address, "DELETE FROM subscriber", "DELETE FROM radcheck")
    engine = open_store(address)
    yield engine
    engine.dispose()


def kamailio(store: Engine) -> Kamailio:
    return Kamailio("registrar", store, Path("/nonexistent/rpc"))


def freeradius(store: Engine) -> FreeRadius:
    return FreeRadius("access", store, store, cleartext, disconnect=DisconnectClient())


def test_a_digest_is_written_over_the_one_before_and_other_columns_stay(store: Engine, address: str) -> None:
    mariadb.run(address, "ALTER TABLE subscriber ADD COLUMN theirs VARCHAR(20) DEFAULT 'kept'")
    registrar = kamailio(store)
    registrar.push([entry(ADA, "early"), entry(EVE, "hers"), entry(ADA, "late")])
    [ada, eve] = mariadb.run(address, "SELECT * FROM subscriber ORDER BY username")
    assert (ada["ha1"], ada["password"], ada["theirs"]) == (entry(ADA, "late").ha1.reveal(), "", "kept")
    registrar.push([entry(ADA, "next")])
    registrar.push([entry(ADA, "next")])
    [again, untouched] = mariadb.run(address, "SELECT * FROM subscriber ORDER BY username")
    assert again == ada | {"ha1": entry(ADA, "next").ha1.reveal(), "ha1b": entry(ADA, "next").ha1b.reveal()}
    assert untouched == eve
    registrar.retire([ADA, SipAddress("nobody", REALM)])
    assert mariadb.run(address, "SELECT username FROM subscriber") == [{"username": "eve"}]


def test_one_password_row_remains_however_many_write_at_once(store: Engine, address: str) -> None:
    servers = [freeradius(store) for _ in range(4)]

    def push(number: int) -> str:
        try:
            servers[number % 4].push([access_entry(LOGIN, f"pw {number}")])
        except Unreachable:
            return "again"
        return "done"

    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(push, range(24)))
    assert "done" in outcomes
    rows = mariadb.run(address, "SELECT username, attribute, op FROM radcheck")
    assert rows == [{"username": LOGIN, "attribute": "Cleartext-Password", "op": ":="}]
    servers[0].retire([LOGIN])
    assert mariadb.run(address, "SELECT * FROM radcheck") == []


def test_a_lock_and_an_absent_server_are_outages_and_a_wrong_password_needs_a_person(
    store: Engine, address: str
) -> None:
    with store.connect() as holder:
        holder.execute(text("LOCK TABLES subscriber WRITE, radcheck WRITE"))
        with pytest.raises(Unreachable):
            freeradius(store).push([access_entry(LOGIN, "pw")])
        holder.execute(text("UNLOCK TABLES"))
    good = make_url(address)
    wrong = {Unreachable: good.set(port=free_port()), Rejected: good.set(password="wrong")}
    for expected, url in wrong.items():
        other = open_store(url.render_as_string(hide_password=False))
        with pytest.raises(expected):
            kamailio(other).push([entry(ADA, "pw")])
        other.dispose()
    nowhere = open_store(good.set(database="mysql").render_as_string(hide_password=False))
    with pytest.raises(Rejected, match="subscriber"):
        kamailio(nowhere).push([entry(ADA, "pw")])
    nowhere.dispose()


def test_health_reads_and_tries_to_write(store: Engine) -> None:
    found = {finding.check: finding for finding in kamailio(store).health()}
    assert found[Check.CREDENTIALS].good and found[Check.SCHEMA].good, found


def test_tables_are_read_some_rows_at_a_time_and_cannot_be_written_meanwhile(
    store: Engine, address: str
) -> None:
    values = ", ".join(f"('user{number:02}', '{REALM}', '{number:032}')" for number in range(7))
    mariadb.run(address, f"INSERT INTO subscriber (username, domain, ha1) VALUES {values}")  # noqa: S608
    batches = list(existing.lines(store, 3))
    assert [len(batch) for batch in batches] == [3, 3, 1] and existing.how_many_lines(store) == 7
    assert batches[2][0].name == "user06" and not existing.several_domains(store)
    with existing.reading(store) as connection, pytest.raises(Exception, match="READ ONLY"):
        connection.execute(text("DELETE FROM subscriber"))


def test_names_which_the_database_takes_for_one_are_told_together(store: Engine, address: str) -> None:
    rows = [("Ada", "Cleartext-Password", "one"), ("eve", "Cleartext-Password", "x"), ("ada", "Class", "y")]
    values = ", ".join(f"('{name}', '{attribute}', ':=', '{value}')" for name, attribute, value in rows)
    mariadb.run(address, f"INSERT INTO radcheck (username, attribute, op, value) VALUES {values}")  # noqa: S608
    [[ada, eve]] = existing_radius.logins(store, 10)
    assert existing_radius.how_many_logins(store) == 2
    assert ada.unfit is not None and ada.unfit.values == {"name": "Ada", "other": "ada"}
    assert eve.unfit is None and [check.value.reveal() for check in eve.checks] == ["x"]
