"""What every access server promises, held against the one in memory and FreeRADIUS on both databases."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from linekey.domain.secret import Secret
from linekey.network.fakes import FakeAccessServer
from linekey.network.ports import (
    AccessEntry,
    AccessGrace,
    AccessServer,
    Disconnection,
    ElementEvent,
    Heard,
    Session,
)
from tests.lab.elements import FreeRadiusInLab
from tests.lab.radius_client import Protocol

ADA = "ada@isp.test"
EVE = "eve@isp.test"
PROTOCOLS: tuple[Protocol, ...] = ("pap", "chap", "mschapv2")
ODD = [
    "p w",
    "a'b",
    "'quoted'",
    '"quoted"',
    "`id`",
    "`%{exec:/bin/true}`",
    "%{User-Name}",
    "back\\slash",
    "\\n\\101",
    "end\\",
    "é€ü",
    "#=+ {}",
    "'",
    "x" * 63,
]


@dataclass
class AtWork:
    access: AccessServer
    login: Callable[[str, str, Protocol], bool | None]
    start: Callable[[str, str], object]
    """Accounting of a new session: login, framed address."""


@pytest.fixture(
    params=[
        "fake",
        pytest.param("freeradius", marks=pytest.mark.real),
        pytest.param("freeradius_on_postgresql", marks=pytest.mark.real),
    ]
)
def at_work(request: pytest.FixtureRequest) -> AtWork:
    if request.param == "fake":
        fake = FakeAccessServer()
        return AtWork(
            fake,
            lambda login, password, protocol: fake.login(login, password),
            lambda login, framed: fake.open_session(login, framed=framed),
        )
    real: FreeRadiusInLab = request.getfixturevalue(request.param)
    request.getfixturevalue("nas")
    real.access.retire([ADA, EVE])
    # The access server restarts: whatever earlier tests left open is closed.
    real.account("", "", "on")

    def start(login: str, framed: str) -> None:
        session_id = f"{request.node.name}-{login}"[-60:]
        assert real.account(login, session_id, "start", Framed_IP_Address=framed)

    return AtWork(real.access, real.login, start)


def entry(login: str, password: str) -> AccessEntry:
    return AccessEntry(login, Secret(password))


def in_grace(
    login: str, new: str, old: str, rotation: str = "", lasts: timedelta = timedelta(hours=1)
) -> AccessEntry:
    grace = AccessGrace(rotation or uuid4().hex, Secret(old), datetime.now(UTC) + lasts)
    return AccessEntry(login, Secret(new), grace)


def heard(access: AccessServer, rotation: str) -> list[Heard]:
    return [event.what for event in told(access) if event.rotation == rotation]


def told(access: AccessServer, after: int = 0) -> list[ElementEvent]:
    events: list[ElementEvent] = []
    while more := access.events(events[-1].number if events else after, 100):
        events += more
    return events


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_the_new_password_counts_from_the_next_login_on_and_the_old_one_no_more(
    at_work: AtWork, protocol: Protocol
) -> None:
    at_work.access.push([entry(ADA, "first")])
    assert at_work.login(ADA, "first", protocol) is True
    at_work.access.push([entry(ADA, "second")])
    assert at_work.login(ADA, "first", protocol) is False
    assert at_work.login(ADA, "second", protocol) is True


def test_pushing_the_same_twice_changes_nothing(at_work: AtWork) -> None:
    at_work.access.push([entry(ADA, "pw")])
    at_work.access.push([entry(ADA, "pw"), entry(ADA, "pw")])
    assert at_work.login(ADA, "pw", "pap") is True


def test_an_empty_batch_is_no_error(at_work: AtWork) -> None:
    at_work.access.push([])
    at_work.access.retire([])


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_retired_login_accepts_no_password_and_its_neighbour_still_does(
    at_work: AtWork, protocol: Protocol
) -> None:
    at_work.access.push([entry(ADA, "pw"), entry(EVE, "hers")])
    at_work.access.retire([ADA, "nobody@isp.test"])
    assert at_work.login(ADA, "pw", protocol) is False
    assert at_work.login(EVE, "hers", protocol) is True


def test_a_thousand_logins_go_in_one_push(at_work: AtWork) -> None:
    logins = [f"bulk{number}@isp.test" for number in range(1000)]
    at_work.access.push([entry(login, f"pw-{login}") for login in logins])
    assert at_work.login(logins[0], f"pw-{logins[0]}", "chap") is True
    assert at_work.login(logins[999], f"pw-{logins[999]}", "chap") is True
    at_work.access.retire(logins)
    assert at_work.login(logins[500], f"pw-{logins[500]}", "chap") is False


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("password", ODD)
def test_an_odd_password_is_only_a_password(at_work: AtWork, password: str, protocol: Protocol) -> None:
    at_work.access.push([entry(ADA, password)])
    assert at_work.login(ADA, password, protocol) is True
    assert at_work.login(ADA, password + "x", protocol) is False


@pytest.mark.parametrize("name", ["ada+dsl@isp.test", "ada#1", "a%20b", "a=b", "ada/1", "zoé@isp.test"])
def test_a_login_may_hold_the_characters_operators_use(at_work: AtWork, name: str) -> None:
    at_work.access.push([entry(name, "pw")])
    assert at_work.login(name, "pw", "chap") is True
    at_work.access.retire([name])


@pytest.mark.parametrize("name", ["ada'--", "a' OR '1'='1", "x'; DROP TABLE radcheck; --", "`id`", "%{id}"])
def test_a_hostile_user_name_opens_nothing_and_breaks_nothing(at_work: AtWork, name: str) -> None:
    at_work.access.push([entry(ADA, "pw")])
    assert at_work.login(name, "pw", "pap") is False
    assert at_work.login(ADA, "pw", "pap") is True


def test_a_session_is_seen_from_accounting_start_until_it_is_stopped(at_work: AtWork) -> None:
    assert at_work.access.sessions(ADA) == []
    at_work.start(ADA, "192.0.2.7")
    [session] = at_work.access.sessions(ADA)
    assert session.login == ADA
    assert session.nas_address == "127.0.0.1"
    assert session.framed_address == "192.0.2.7"
    assert session.started_at is not None
    assert abs(datetime.now(UTC) - session.started_at) < timedelta(seconds=5)
    assert at_work.access.sessions(EVE) == []


def test_a_session_is_disconnected_when_its_access_server_says_so(at_work: AtWork) -> None:
    at_work.start(ADA, "192.0.2.7")
    [session] = at_work.access.sessions(ADA)
    answered = at_work.access.disconnect(session)
    assert answered.answer is Disconnection.ACK
    assert answered.session == session


def test_a_session_that_is_gone_is_answered_no_with_its_cause(at_work: AtWork) -> None:
    gone = Session(ADA, "gone-1", "127.0.0.1", "", None)
    answered = at_work.access.disconnect(gone)
    assert (answered.answer, answered.error_cause) == (Disconnection.NAK, 503)


def test_the_log_tells_answers_and_sessions_newest_first(at_work: AtWork) -> None:
    login = "chronicle@isp.test"
    at_work.access.push([entry(login, "pw")])
    at_work.login(login, "wrong", "pap")
    at_work.login(login, "pw", "pap")
    at_work.start(login, "192.0.2.7")
    events = at_work.access.connection_log(login, 9)
    assert [event.state for event in events] == ["start", "accept", "reject"]
    assert {event.login for event in events} == {login}
    assert "192.0.2.7" in events[0].message
    assert all(abs(datetime.now(UTC) - event.at) < timedelta(seconds=5) for event in events)
    assert at_work.access.connection_log(login, 1) == events[:1]
    assert at_work.access.connection_log("nobody@isp.test", 9) == []


def test_a_healthy_element_has_only_good_findings(at_work: AtWork) -> None:
    findings = at_work.access.health()
    assert len(findings) == 4
    assert [finding for finding in findings if not finding.good] == []


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_in_grace_both_passwords_are_accepted_until_the_new_one_is_used_first(
    at_work: AtWork, protocol: Protocol
) -> None:
    assert at_work.access.takes_grace()
    rotation = uuid4().hex
    at_work.access.push([in_grace(ADA, "new", "old", rotation)])
    assert [at_work.login(ADA, "old", protocol) for _ in range(2)] == [True, True]
    assert at_work.login(ADA, "neither", protocol) is False
    assert heard(at_work.access, rotation) == [Heard.OLD]
    assert at_work.login(ADA, "new", protocol) is True
    assert at_work.login(ADA, "old", protocol) is False
    assert [at_work.login(ADA, "new", protocol) for _ in range(2)] == [True, True]
    assert heard(at_work.access, rotation) == [Heard.OLD, Heard.USED]


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_the_old_password_is_refused_from_its_deadline_on_though_nobody_used_the_new_one(
    at_work: AtWork, protocol: Protocol
) -> None:
    at_work.access.push([in_grace(ADA, "new", "old", lasts=timedelta(seconds=-1))])
    assert at_work.login(ADA, "old", protocol) is False
    assert at_work.login(ADA, "new", protocol) is True


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_released_rotation_leaves_the_new_password_alone_and_its_neighbour_both(
    at_work: AtWork, protocol: Protocol
) -> None:
    rotation = uuid4().hex
    at_work.access.push([in_grace(ADA, "new", "old", rotation), in_grace(EVE, "new", "old")])
    for _ in range(2):
        at_work.access.release([rotation, "never0heard0of"])
    assert at_work.login(ADA, "old", protocol) is False
    assert at_work.login(ADA, "new", protocol) is True
    assert at_work.login(EVE, "old", protocol) is True
    assert heard(at_work.access, rotation) == []


def test_a_second_change_during_grace_keeps_the_password_in_use_and_forgets_the_one_between(
    at_work: AtWork,
) -> None:
    first, second = uuid4().hex, uuid4().hex
    at_work.access.push([in_grace(ADA, "between", "old", first)])
    at_work.access.push([in_grace(ADA, "new", "old", second)])
    at_work.access.release([first])
    assert at_work.login(ADA, "between", "pap") is False
    assert at_work.login(ADA, "old", "chap") is True
    assert at_work.login(ADA, "new", "chap") is True
    assert at_work.login(ADA, "old", "chap") is False
    assert heard(at_work.access, second) == [Heard.OLD, Heard.USED]


def test_a_change_without_grace_ends_the_grace_before_it(at_work: AtWork) -> None:
    at_work.access.push([in_grace(ADA, "between", "old")])
    at_work.access.push([entry(ADA, "new")])
    assert [at_work.login(ADA, each, "pap") for each in ("old", "between", "new")] == [False, False, True]


def test_a_login_retired_during_grace_accepts_neither_password(at_work: AtWork) -> None:
    at_work.access.push([in_grace(ADA, "new", "old")])
    at_work.access.retire([ADA])
    assert [at_work.login(ADA, each, "chap") for each in ("old", "new")] == [False, False]


def test_a_grace_that_is_over_is_not_brought_back_by_pushing_it_again(at_work: AtWork) -> None:
    again = in_grace(ADA, "new", "old")
    at_work.access.push([again])
    assert at_work.login(ADA, "new", "pap") is True
    at_work.access.push([again])
    assert at_work.login(ADA, "old", "pap") is False
    assert at_work.login(ADA, "new", "pap") is True


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_an_odd_password_in_grace_is_only_a_password(at_work: AtWork, protocol: Protocol) -> None:
    logins = {f"odd{number}@isp.test": odd for number, odd in enumerate(ODD)}
    at_work.access.push([in_grace(login, f"{odd}x{odd}", odd) for login, odd in logins.items()])
    for login, odd in logins.items():
        assert at_work.login(login, odd, protocol) is True, odd
        assert at_work.login(login, f"{odd}y", protocol) is False, odd
        assert at_work.login(login, f"{odd}x{odd}", protocol) is True, odd
    at_work.access.retire(list(logins))


def test_a_thousand_logins_in_grace_go_in_one_push_and_are_released_at_once(at_work: AtWork) -> None:
    graces = {f"bulk{number}@isp.test": uuid4().hex for number in range(1000)}
    at_work.access.push([in_grace(login, "new", "old", rotation) for login, rotation in graces.items()])
    assert at_work.login("bulk999@isp.test", "old", "chap") is True
    at_work.access.release(list(graces.values()))
    assert at_work.login("bulk999@isp.test", "old", "chap") is False
    assert at_work.login("bulk0@isp.test", "new", "chap") is True
    at_work.access.retire(list(graces))


def test_what_was_used_and_refused_is_told_once_with_names_in_the_order_it_happened(at_work: AtWork) -> None:
    rotation, guessed = uuid4().hex, f"{uuid4().hex}@isp.test"
    at_work.access.push([in_grace(ADA, "new", "old", rotation)])
    before = told(at_work.access)[-1].number if told(at_work.access) else 0
    for login, password in ((ADA, "old"), (guessed, "pw"), (ADA, "new"), (ADA, "new")):
        at_work.login(login, password, "pap")
    events = told(at_work.access, before)
    assert [(event.what, event.name, event.rotation) for event in events] == [
        (Heard.OLD, ADA, rotation),
        (Heard.REFUSED, guessed, ""),
        (Heard.USED, ADA, rotation),
    ]
    assert {event.agent for event in events} == {"127.0.0.1"}
    assert [event.at for event in events] == sorted(event.at for event in events)
    assert all(abs(datetime.now(UTC) - event.at) < timedelta(seconds=5) for event in events)
    assert at_work.access.events(events[0].number, 1) == events[1:2]
    assert at_work.access.events(events[-1].number, 9) == []
