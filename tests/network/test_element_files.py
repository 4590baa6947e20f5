"""What `prepare` leaves on disk for the elements: closed to others, kept when it is there already."""

import re
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine, NullPool, create_engine, make_url, text

from linekey.domain.secret import Secret
from linekey.network.kamailio import Kamailio
from linekey.network.ports import Rejected
from linekey.network.store import open_store
from linekey.worker.elements import (
    ElementSettings,
    deploy,
    freeradius_command,
    kamailio_command,
    prepare,
    sealing_key,
)
from tests.network.test_registrar import ADA, entry, graced

SECRET = "canary-in-the-mine"


@pytest.fixture
def settings(tmp_path: Path) -> ElementSettings:
    return ElementSettings(home=tmp_path / "home", realm="sip.test", radius_secret=Secret(SECRET))


def test_nobody_else_may_read_what_the_elements_keep(settings: ElementSettings) -> None:
    prepare(settings)
    rights = {path: path.stat().st_mode & 0o077 for path in [settings.home, *settings.home.rglob("*")]}
    assert len(rights) > 9
    assert {path for path, open_to_others in rights.items() if open_to_others} == set()


def test_preparing_again_keeps_the_key_and_takes_the_new_secret(settings: ElementSettings) -> None:
    prepare(settings)
    key = sealing_key(settings)
    prepare(replace(settings, radius_secret=Secret("other")))
    assert sealing_key(settings) == key
    assert "other" in settings.radius_clients.read_text()


@pytest.mark.parametrize("secret", ['a"b', "a\\b", "${a}", "a\nb"])
def test_a_secret_freeradius_cannot_hold_is_refused(settings: ElementSettings, secret: str) -> None:
    with pytest.raises(ValueError, match="RADIUS secret"):
        prepare(replace(settings, radius_secret=Secret(secret)))


def test_no_command_line_shows_a_secret(settings: ElementSettings) -> None:
    stores = "postgresql://linekey:canary-in-the-mine@127.0.0.1/x"
    told = replace(settings, sip_store=stores, radius_store=stores, accounting_store=stores)
    for command in (kamailio_command(told), freeradius_command(told)):
        assert SECRET not in " ".join(command.argv)
        assert SECRET in " ".join(command.env.values())
    assert SECRET not in repr(told)


def of_an_earlier_release(schema: str) -> str:
    """The table `subscriber` before lines had rotations."""
    [table] = re.findall(r"CREATE TABLE IF NOT EXISTS subscriber .*?\n\);", schema, re.DOTALL)
    return re.sub(r"    -- While the password.*?\n(?=    CONSTRAINT)", "", table, flags=re.DOTALL)


def takes_a_rotation(store: Engine) -> None:
    registrar = Kamailio("registrar", store, Path("/nonexistent"))
    registrar.push([graced(ADA, "new", "old", "r1")])
    with store.connect() as connection:
        rows = connection.execute(text("SELECT username, ha1, rotation FROM subscriber ORDER BY username"))
        assert [tuple(row) for row in rows] == [
            ("ada", entry(ADA, "new").ha1.reveal(), "r1"),
            ("eve", "0" * 32, ""),
        ]


_EVE = """
    INSERT INTO subscriber (username, domain, ha1, ha1b) VALUES ('eve', 'sip.linekey.test',
        '00000000000000000000000000000000', '00000000000000000000000000000000')
"""


def test_lines_of_an_earlier_release_are_kept_and_can_be_rotated_without_an_outage(
    settings: ElementSettings,
) -> None:
    path = Path(make_url(settings.store("sip")).database or "")
    path.parent.mkdir(parents=True)
    with closing(sqlite3.connect(path)) as earlier:
        earlier.execute(of_an_earlier_release((deploy() / "kamailio/schema.sqlite.sql").read_text()))
        with earlier:
            earlier.execute(_EVE)
        columns = [row[1] for row in earlier.execute("PRAGMA table_info(subscriber)")]
    assert "rotation" not in columns
    prepare(settings)
    prepare(settings)
    takes_a_rotation(open_store(settings.store("sip")))


@pytest.mark.real
def test_so_are_those_on_postgresql(element_settings_on_postgresql: ElementSettings) -> None:
    usual = make_url(element_settings_on_postgresql.store("sip"))
    server = create_engine(usual, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with server.connect() as connection:
        connection.execute(text("CREATE DATABASE earlier"))
    address = usual.set(database="earlier").render_as_string(hide_password=False)
    store = open_store(address)
    with store.begin() as connection:
        schema = (deploy() / "kamailio/schema.postgresql.sql").read_text()
        connection.execute(text(of_an_earlier_release(schema)))
        connection.execute(text(_EVE))
    prepare(replace(element_settings_on_postgresql, sip_store=address))
    prepare(replace(element_settings_on_postgresql, sip_store=address))
    takes_a_rotation(store)
    store.dispose()


def test_a_rotation_whose_name_could_be_sql_is_not_written(settings: ElementSettings) -> None:
    prepare(settings)
    registrar = Kamailio("registrar", open_store(settings.store("sip")), Path("/nonexistent"))
    for name in ("x' OR '1'='1", "x" * 41, "é"):
        with pytest.raises(Rejected):
            registrar.push([graced(ADA, "new", "old", name)])
