"""What is FreeRADIUS's own: rows of radcheck, forms of passwords, odd accounting, real disconnects."""

import base64
import secrets
import time
from collections.abc import Iterator
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import delete, insert, select, text

from linekey.domain.secret import Secret
from linekey.network.freeradius import RADCHECK, FreeRadius
from linekey.network.freeradius_events import EVENTS
from linekey.network.ports import AccessEntry, Disconnection, Heard, Rejected, Session, Unreachable
from linekey.network.radcheck import cleartext, sealed_by
from linekey.vault.radius import seal_for_radius
from linekey.worker import elements
from tests.lab.elements import FreeRadiusInLab, nas_client
from tests.lab.radius_client import Protocol
from tests.network.test_access_server import ADA, ODD, PROTOCOLS, entry, heard, in_grace, told
from tests.network.test_outage import without

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
    real.access.push([in_grace(ADA, CANARY + "-new", CANARY)])
    for protocol in PROTOCOLS:
        assert real.login(ADA, CANARY, protocol) is True
        assert real.login(ADA, CANARY + "x", protocol) is False
    assert real.login(ADA, CANARY + "-new") is True
    held = repr(rows(real, ADA))
    with real.accounting.connect() as connection:
        held += repr(connection.execute(text("SELECT * FROM radpostauth")).all())
        held += repr(connection.execute(select(EVENTS)).all())
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


def test_a_password_in_grace_is_bound_to_its_place_login_rotation_and_end(real: FreeRadiusInLab) -> None:
    eve, mole = "eve@isp.test", "mole@isp.test"
    real.access.push([in_grace(login, "new", "old") for login in (ADA, eve, mole)])
    old, new = rows(real, ADA)["Linekey-Sealed-Previous"], rows(real, ADA)["Linekey-Sealed-Password"]
    for moved in (
        (eve, "Linekey-Sealed-Previous", old),
        (eve, "Linekey-Sealed-Previous", rows(real, eve)["Linekey-Sealed-Password"]),
        (eve, "Linekey-Sealed-Previous", "no blob at all"),
        (ADA, "Linekey-Previous-Until", str(int(time.time()) + 9999)),
        (ADA, "Linekey-Rotation", "another"),
    ):
        # What does not open is nobody's wrong password. The new one stays open.
        login = tamper(real, *moved)
        assert silent(real, login, "old", "chap")
        assert real.login(login, "new", "chap") is True
        real.access.push([in_grace(login, "new", "old")])
    for blob in (old, rows(real, mole)["Linekey-Sealed-Previous"], new):
        tamper(real, mole, "Linekey-Sealed-Password", blob)
        assert silent(real, mole, "old", "chap") and silent(real, mole, "new", "chap")


def silent(real: FreeRadiusInLab, login: str, password: str, protocol: Protocol) -> bool:
    # With an attribute more it is not radclient that asks, which waits a second at least.
    return real.login(login, password, protocol, timeout=0.3, NAS_Port=1) is None


def tamper(real: FreeRadiusInLab, login: str, attribute: str, value: str) -> str:
    with real.store.begin() as connection:
        row = text("UPDATE radcheck SET value = :value WHERE username = :login AND attribute = :attribute")
        connection.execute(row, {"value": value, "login": login, "attribute": attribute})
    return login


def test_a_released_login_has_one_row_left_as_if_there_had_been_no_grace(real: FreeRadiusInLab) -> None:
    real.access.push([in_grace(ADA, "new", "old", "r0tation")])
    assert set(rows(real, ADA)) == {
        "Linekey-Sealed-Password",
        "Linekey-Sealed-Previous",
        "Linekey-Previous-Until",
        "Linekey-Rotation",
    }
    real.access.release(["r0tation"])
    assert set(rows(real, ADA)) == {"Linekey-Sealed-Password"}
    with real.store.connect() as connection:
        asked = "SELECT username FROM radcheck WHERE attribute = 'Linekey-Rotation' AND value IN ('a', 'b')"
        explain = "EXPLAIN QUERY PLAN " if real.store.dialect.name == "sqlite" else "EXPLAIN "
        connection.execute(text("SET enable_seqscan = off") if "QUERY" not in explain else text("SELECT 1"))
        assert "radcheck_rotation" in str(connection.execute(text(explain + asked)).all())


def test_a_freeradius_which_still_runs_an_earlier_configuration_is_offered_no_grace(
    real: FreeRadiusInLab,
) -> None:
    assert real.access.takes_grace()
    form = sealed_by(partial(seal_for_radius, key=elements.sealing_key(real.settings)))
    for said in ([], ["something else"]):
        earlier = FreeRadius(
            "access",
            real.store,
            real.accounting,
            form,
            disconnect=nas_client(9),
            status=partial(list, said),
        )
        assert not earlier.takes_grace()
        assert "refuses the old one at once" in repr(earlier.health())


def test_a_freeradius_that_is_away_does_not_say_whether_it_takes_grace_and_is_written_to(
    real: FreeRadiusInLab,
) -> None:
    real.stop()
    try:
        with pytest.raises(Unreachable):
            real.access.takes_grace()
        real.access.push([in_grace(ADA, "new", "old")])
    finally:
        real.start()
    assert [real.login(ADA, each) for each in ("old", "new", "old")] == [True, True, False]


def test_stores_of_an_earlier_release_are_brought_up_to_date_and_numbers_go_on(real: FreeRadiusInLab) -> None:
    real.login(ADA, "wrong")
    last = told(real.access)[-1].number
    with real.accounting.begin() as connection:
        connection.execute(text(f"DROP TABLE {EVENTS.name}"))
    with real.store.begin() as connection:
        connection.execute(text("DROP INDEX radcheck_rotation"))
    assert not real.access.takes_grace()
    for _ in range(2):
        elements.prepare(real.settings)
    real.access.push([in_grace(ADA, "new", "old")])
    assert [real.login(ADA, each) for each in ("old", "new", "old")] == [True, True, False]
    assert [event.what for event in told(real.access, last)] == [Heard.OLD, Heard.USED, Heard.REFUSED]


def test_an_old_password_stays_refused_after_a_restart(real: FreeRadiusInLab) -> None:
    real.access.push([in_grace(ADA, "new", "old")])
    assert real.login(ADA, "new") is True
    real.stop()
    real.start()
    assert real.login(ADA, "old") is False
    assert real.login(ADA, "new") is True


def test_a_stock_freeradius_holds_one_password_and_says_so(real: FreeRadiusInLab) -> None:
    stock = real.adapter(cleartext)
    assert not stock.takes_grace()
    with pytest.raises(Rejected):
        stock.push([in_grace(ADA, "new", "old")])
    assert rows(real, ADA) == {}
    details = [finding.detail for finding in stock.health() if finding.good]
    assert len(details) == 4
    assert any("refuses the old one at once" in detail for detail in details)
    stock.release(["any"])


def test_without_a_table_of_events_nothing_is_told_and_no_grace_offered(real: FreeRadiusInLab) -> None:
    with without(real.accounting, EVENTS.name):
        assert not real.access.takes_grace()
        assert real.access.events(0, 9) == []
        with pytest.raises(Rejected):
            real.access.push([in_grace(ADA, "new", "old")])
        real.access.push([entry(ADA, "pw")])
        assert real.login(ADA, "pw") is True
        assert real.login(ADA, "wrong") is False
        assert [finding for finding in real.access.health() if not finding.good] == []


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_an_old_password_whose_end_cannot_be_looked_up_gets_silence_and_the_new_one_is_accepted(
    real: FreeRadiusInLab, protocol: Protocol
) -> None:
    rotation = uuid4().hex
    real.access.push([in_grace(ADA, "new", "old", rotation)])
    with without(real.accounting, EVENTS.name):
        assert silent(real, ADA, "old", protocol) and silent(real, ADA, "wrong", protocol)
        assert real.login(ADA, "new", protocol) is True
    # That use could not be written, so nobody knows of it; the next one is.
    assert real.login(ADA, "old", protocol) is True
    assert real.login(ADA, "new", protocol) is True
    assert real.login(ADA, "old", protocol) is False
    assert heard(real.access, rotation) == [Heard.OLD, Heard.USED]


HOSTILE = {
    "a'); DROP TABLE linekey_access_event; --": "a=27); DROP TABLE linekey_access_event; --",
    'x"y': "x=5C=22y",
    "`id`": "=60id=60",
    "%{exec:/bin/true}%{sql_accounting:x}": "%=7Bexec:/bin/true=7D%=7Bsql_accounting:x=7D",
    "back\\": "back=5C=5C",
    "zoé \U0001f600": "zoé \U0001f600",
    "x" * 250: "x" * 250,
}


def test_whatever_a_stranger_sends_is_told_and_harmless(real: FreeRadiusInLab) -> None:
    last = told(real.access)[-1].number if told(real.access) else 0
    for name in HOSTILE:
        assert (
            real.login(name, "pw", Calling_Station_Id=name, NAS_IP_Address=None, NAS_Identifier=name) is False
        )
    for raw in (b"\xff\xfe", b"nul\0x", b"a\r\nb\t"):
        assert real.login("anybody", "pw", User_Name=[raw], NAS_IP_Address="127.0.0.1") is False
    events = told(real.access, last)
    assert [event.name for event in events[: len(HOSTILE)]] == list(HOSTILE.values())
    for event in events:
        assert all(said.isprintable() and "'" not in said for said in (event.name, event.source, event.agent))
    assert real.child.answers()


def test_the_caller_is_told_by_the_line_when_the_box_has_no_name(real: FreeRadiusInLab) -> None:
    last = told(real.access)[-1].number if told(real.access) else 0
    port: dict[str, Any] = {"NAS_Port_Id": "slot 3/7", "NAS_IP_Address": None, "NAS_Identifier": "bras-1"}
    real.login(ADA, "wrong", **port, Calling_Station_Id="02:00:00:00:00:07")
    real.login(ADA, "wrong", **port)
    real.login(ADA, "wrong", NAS_Port=7)
    assert [(event.source, event.agent) for event in told(real.access, last)] == [
        ("02:00:00:00:00:07", "bras-1"),
        ("slot 3/7", "bras-1"),
        ("7", "127.0.0.1"),
    ]


def test_a_flood_of_guesses_is_told_once_a_minute_for_a_caller_and_a_thousand_times_for_all(
    real: FreeRadiusInLab,
) -> None:
    last = told(real.access)[-1].number if told(real.access) else 0
    for _ in range(20):
        assert real.login("guess@isp.test", "wrong") is False
    # Two, when the minute ended in between.
    assert 1 <= len(told(real.access, last)) <= 2
    many = [event_row(number, time.time()) for number in range(1000)]
    with real.accounting.begin() as connection:
        connection.execute(insert(EVENTS), many)
    last = told(real.access, last)[-1].number
    assert real.login("one-too-many@isp.test", "wrong") is False
    assert told(real.access, last) == []
    rotation = uuid4().hex
    real.access.push([in_grace(ADA, "new", "old", rotation)])
    assert real.login(ADA, "new") is True
    assert heard(real.access, rotation) == [Heard.USED]
    with real.accounting.begin() as connection:
        connection.execute(delete(EVENTS).where(EVENTS.c.source == "flood"))


def test_what_was_told_a_month_ago_is_swept_out(real: FreeRadiusInLab) -> None:
    month = 31 * 24 * 3600
    with real.accounting.begin() as connection:
        connection.execute(
            insert(EVENTS), [event_row(1, time.time() - month - 60), event_row(2, time.time() - month + 60)]
        )
    assert real.child.answers()
    assert [event.name for event in told(real.access) if event.source == "flood"] == ["name-2"]
    with real.accounting.begin() as connection:
        connection.execute(delete(EVENTS).where(EVENTS.c.source == "flood"))


def event_row(number: int, at: float) -> dict[str, str | float]:
    return {"at": at, "what": "refused", "username": f"name-{number}", "source": "flood", "agent": ""}


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
