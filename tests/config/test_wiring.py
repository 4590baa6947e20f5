"""Which adapter answers: that a FreeRADIUS without our module is written to in the form it reads."""

import sqlite3
from pathlib import Path

import pytest
from pytest_django import Settings

from linekey.domain.secret import Secret
from linekey.network.ports import AccessEntry, Rejected
from linekey.wiring import ACCESS_SERVER, wire
from linekey.worker.element_settings import deploy


def test_a_stock_freeradius_is_given_clear_text_and_needs_no_key(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "radius.db"
    with sqlite3.connect(path) as connection:
        connection.executescript((deploy() / "freeradius/schema/passwords.sqlite.sql").read_text())
    connection.close()
    settings.LINEKEY_ELEMENTS, settings.LINEKEY_RADIUS_PASSWORDS = "real", "cleartext"
    settings.LINEKEY_RADIUS_STORE = settings.LINEKEY_ACCOUNTING_STORE = f"sqlite:///{path}"
    settings.LINEKEY_RADIUS_KEY_FILE = tmp_path / "absent.key"
    server = wire().access_servers[ACCESS_SERVER]
    server.push([AccessEntry("ada@isp", Secret("pw"))])
    with sqlite3.connect(path) as connection:
        rows = connection.execute("SELECT username, attribute, op, value FROM radcheck").fetchall()
    connection.close()
    assert rows == [("ada@isp", "Cleartext-Password", ":=", "pw")]
    assert not server.takes_grace()
    with pytest.raises(Rejected):
        server.push([AccessEntry("a#b@isp", Secret("pw"))])
