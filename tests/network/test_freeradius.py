"""What is FreeRADIUS's own: rows of radcheck, forms of passwords, odd accounting, real disconnects."""

import base64
import secrets
from collections.abc import Iterator
from functools import partial

import pytest
from sqlalchemy import select, text

from linekey.domain.secret import Secret
from linekey.network.freeradius import RADCHECK
from linekey.network.ports import AccessEntry, Disconnection, Rejected, Session
from linekey.network.radcheck import cleartext, sealed_by
from linekey.vault.radius import seal_for_radius
from tests.lab.elements import FreeRadiusInLab, nas_client
from tests.lab.radius_client import Protocol
from tests.network.test_access_server import ADA, ODD, PROTOCOLS, entry

pytestmark = pytest.mark.real

CANARY = "canary-in-the-mine"


@pytest.fixture(params=["freeradius", "freeradius_on_postgresql"])
def real(request: pytest.FixtureRequest) -> Iterator[FreeRadiusInLab]:
    element: FreeRadiusInLab = request.getfixturevalue(request.param)
    yield element
    with element.store.begin() as connection:
        connection.execute(text("DELETE FROM radcheck"))
        connection.execute(text("DELETE FROM radreply"))


def rows(real: FreeRadiusInLab, login: str) -> dict[str, str]:
    with real.store.connect() as connection:
        found = connection.execute(select(RADCHECK).where(RADCHECK.c.username == login)).mappings()
        return {row["attribute"]: row["value"] for row in found}


def test_one_password_row_remains_and_other_checks_and_replies_are_untouched(real: FreeRadiusInLab) -> None:
    leftovers = [
        ("Cleartext-Password", ":=", "old"),
        ("cleartext-password", ":=", "older"),
        ("NT-Password", ":=", "0" * 32),
        ("Crypt-Password", ":=", "$6$x"),
        ("SSHA2-512-Password", ":=", "00"),
        ("Simultaneous-Use", ":=", "1"),
        ("Calling-Station-Id", "==", "box-7"),
    ]
    with real.store.begin() as connection:
        for attribute, operator, value in leftovers:
            row = {"username": ADA, "attribute": attribute, "op": operator, "value": value}
            connection.execute(RADCHECK.insert().values(row))
        reply = "INSERT INTO radreply (username, attribute, op, value) VALUES (:login, 'Class', ':=', 'gold')"
        connection.execute(text(reply), {"login": ADA})
    real.access.push([entry(ADA, "pw")])
    assert set(rows(real, ADA)) == {"Linekey-Sealed-Password", "Simultaneous-Use", "Calling-Station-Id"}
    real.access.retire([ADA])
    assert set(rows(real, ADA)) == {"Simultaneous-Use", "Calling-Station-Id"}
    with real.store.connect() as connection:
        assert connection.execute(text("SELECT value FROM radreply")).scalars().all() == ["gold"]


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("password", ODD)
def test_an_odd_password_in_clear_is_only_a_password(
    real: FreeRadiusInLab, password: str, protocol: Protocol
) -> None:
    real.adapter(cleartext).push([entry(ADA, password)])
    assert real.login(ADA, password, protocol) is True
    assert real.login(ADA, password + "x", protocol) is False


def test_no_store_of_freeradius_holds_the_password(real: FreeRadiusInLab) -> None:
    real.access.push([entry(ADA, CANARY)])
    for protocol in PROTOCOLS:
        assert real.login(ADA, CANARY, protocol) is True
        assert real.login(ADA, CANARY + "x", protocol) is False
    held = repr(rows(real, ADA))
    with real.accounting.connect() as connection:
        held += repr(connection.execute(text("SELECT * FROM radpostauth")).all())
    held += real.settings.log("freeradius").read_text()
    assert "Access-Accept" in held
    assert CANARY not in held


def test_a_sealed_password_copied_to_another_login_does_not_open(real: FreeRadiusInLab) -> None:
    real.access.push([entry(ADA, "pw"), entry("eve@isp.test", "hers")])
    with real.store.begin() as connection:
        moved = text("UPDATE radcheck SET value = :blob WHERE username = 'eve@isp.test'")
        connection.execute(moved, {"blob": rows(real, ADA)["Linekey-Sealed-Password"]})
    assert real.login("eve@isp.test", "pw") is None
    assert real.login(ADA, "pw") is True


@pytest.mark.parametrize("login", ["ada'x", 'ada"x', "ada\\x", "ada`x", "ada\nx", "", "x" * 65])
def test_a_login_freeradius_would_never_find_is_rejected(real: FreeRadiusInLab, login: str) -> None:
    with pytest.raises(Rejected):
        real.access.push([entry(login, "pw")])


def test_the_longest_password_radius_can_carry_fits(real: FreeRadiusInLab) -> None:
    real.access.push([entry(ADA, "x" * 128)])
    assert real.login(ADA, "x" * 128) is True
    assert len(rows(real, ADA)["Linekey-Sealed-Password"]) <= 253
    with pytest.raises(ValueError, match="128 bytes"):
        real.access.push([entry(ADA, "x" * 129)])


def test_a_key_is_rotated_without_a_restart_and_old_blobs_still_open(freeradius: FreeRadiusInLab) -> None:
    freeradius.access.push([entry(ADA, "old key")])
    key_file = freeradius.settings.radius_keys
    before = key_file.read_text()
    new = secrets.token_bytes(32)
    try:
        key_file.write_text(base64.b64encode(new).decode() + "\n" + before)
        rotated = freeradius.adapter(sealed_by(partial(seal_for_radius, key=new)))
        rotated.push([entry("eve@isp.test", "new key")])
        assert freeradius.login("eve@isp.test", "new key", "chap") is True
        assert freeradius.login(ADA, "old key", "chap") is True
    finally:
        key_file.write_text(before)


def test_a_password_too_long_for_its_column_is_rejected(real: FreeRadiusInLab) -> None:
    with pytest.raises(Rejected) as refusal:
        real.adapter(cleartext).push([AccessEntry(ADA, Secret("long" * 64))])
    assert "long" * 2 not in str(refusal.value)


def test_a_stop_without_a_start_and_a_start_told_twice_leave_no_ghost(real: FreeRadiusInLab) -> None:
    assert real.account("lost@isp.test", "lost-1", "stop", Acct_Session_Time=60)
    assert real.access.sessions("lost@isp.test") == []
    for _ in range(2):
        assert real.account("twice@isp.test", "twice-1", "start")
    assert len(real.access.sessions("twice@isp.test")) == 1
    assert real.account("twice@isp.test", "twice-1", "interim", Framed_IP_Address="192.0.2.9")
    assert real.access.sessions("twice@isp.test")[0].framed_address == "192.0.2.9"
    assert real.account("twice@isp.test", "twice-1", "stop", Acct_Terminate_Cause=6)
    assert real.access.sessions("twice@isp.test") == []
    assert real.access.connection_log("twice@isp.test", 1)[0].state == "stop"


def test_a_restarted_access_server_has_no_sessions(real: FreeRadiusInLab) -> None:
    assert real.account("ghost@isp.test", "ghost-1", "start")
    for _ in range(2):
        assert real.account("", "", "on")
    assert real.access.sessions("ghost@isp.test") == []


@pytest.mark.usefixtures("nas")
def test_a_silent_access_server_is_a_timeout(freeradius: FreeRadiusInLab) -> None:
    mute = Session(ADA, "mute-1", "127.0.0.1", "192.0.2.7", None)
    assert freeradius.access.disconnect(mute).answer is Disconnection.TIMEOUT


def test_the_wrong_secret_and_a_closed_port_are_timeouts(freeradius: FreeRadiusInLab, nas: int) -> None:
    session = Session(ADA, "s-1", "127.0.0.1", "", None)
    for disconnect in (nas_client(nas, secret="guessed"), nas_client(9)):
        assert disconnect(session).answer is Disconnection.TIMEOUT
    assert nas_client(nas)(session).answer is Disconnection.ACK
