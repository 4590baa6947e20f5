"""Cutting a session at its access server (RFC 5176): whom we ask, how we prove ourselves, whom we believe."""

import time
from typing import Any

import pytest

from linekey.domain.secret import Secret
from linekey.network.coa import DisconnectClient, Nas
from linekey.network.ports import Disconnection, Session
from tests.lab.elements import FreeRadiusInLab
from tests.lab.scripted_nas import ScriptedNas, ack, nak
from tests.network.test_access_server import ADA


def session(nas_address: str = "127.0.0.1", framed: str = "192.0.2.7") -> Session:
    return Session(ADA, "s-1", nas_address, framed, None)


def client(*known: ScriptedNas, tries: int = 1) -> DisconnectClient:
    return DisconnectClient(None, {each.host: each.door for each in known}, timeout=0.3, tries=tries)


def test_a_request_names_the_session_and_proves_who_asks() -> None:
    with ScriptedNas("shared").listening() as nas:
        assert client(nas)(session()).answer is Disconnection.ACK
    [request] = nas.asked
    assert (request["User-Name"], request["Acct-Session-Id"]) == ([ADA], ["s-1"])
    assert request["NAS-IP-Address"] == ["127.0.0.1"] and request["Framed-IP-Address"] == ["192.0.2.7"]
    assert abs(request["Event-Timestamp"][0] - time.time()) < 5
    assert request.message_authenticator


@pytest.mark.parametrize("cause", [503, 401, 506, None])
def test_a_refusal_is_told_with_its_cause(cause: int | None) -> None:
    with ScriptedNas("shared", nak(cause)).listening() as nas:
        answered = client(nas)(session())
    assert (answered.answer, answered.error_cause) == (Disconnection.NAK, cause)


def test_silence_is_a_timeout_after_as_many_tries_as_told() -> None:
    with ScriptedNas("shared", lambda request: []).listening() as nas:
        assert client(nas, tries=2)(session()).answer is Disconnection.TIMEOUT
    assert len(nas.asked) == 2


def test_a_repeated_request_is_the_same_request() -> None:
    answers = iter([False, True])

    def second_time(request: Any) -> list[bytes]:
        return ack(request) if next(answers) else []

    with ScriptedNas("shared", second_time).listening() as nas:
        assert client(nas, tries=2)(session()).answer is Disconnection.ACK
    first, second = nas.asked
    assert (first.id, first.authenticator) == (second.id, second.authenticator)


def test_the_wrong_secret_is_not_answered() -> None:
    with ScriptedNas("shared").listening() as nas:
        guessing = DisconnectClient(Nas(Secret("guessed"), nas.port), timeout=0.3, tries=1)
        assert guessing(session()).answer is Disconnection.TIMEOUT
    assert nas.asked == []


def test_an_unknown_access_server_is_not_asked_at_all() -> None:
    with ScriptedNas("shared").listening() as nas:
        assert client(nas)(session("192.0.2.99")).answer is Disconnection.TIMEOUT
    assert nas.asked == []


def _forged(request: Any) -> list[bytes]:
    request.secret = b"a forger's"
    return nak(503)(request)


def _with_a_wrong_message_authenticator(request: Any) -> list[bytes]:
    reply = request.CreateReply()
    reply[80] = [bytes(16)]
    return [reply.ReplyPacket()]


def _for_another_request(request: Any) -> list[bytes]:
    request.id = (request.id + 1) % 256
    return ack(request)


@pytest.mark.parametrize("lie", [_forged, _with_a_wrong_message_authenticator, _for_another_request])
def test_a_false_answer_is_not_believed_and_a_true_one_behind_it_is(lie: Any) -> None:
    with ScriptedNas("shared", lie).listening() as nas:
        assert client(nas)(session()).answer is Disconnection.TIMEOUT
    with ScriptedNas("shared", lambda request: [b"", lie_of(lie, request), *ack(request)]).listening() as nas:
        assert client(nas)(session()).answer is Disconnection.ACK


def lie_of(lie: Any, request: Any) -> bytes:
    """Told about a copy: a lie changes what it is told about."""
    copy = type(request)(packet=request.raw_packet, secret=request.secret, dict=request.dict)
    [datagram] = lie(copy)
    return bytes(datagram)


@pytest.mark.real
@pytest.mark.parametrize("element", ["freeradius", "freeradius_on_postgresql"])
def test_each_session_is_cut_at_its_own_access_server_with_its_own_secret(
    element: str, request: pytest.FixtureRequest
) -> None:
    real: FreeRadiusInLab = request.getfixturevalue(element)
    login = "three@isp.test"
    nases = [
        ScriptedNas("north"),
        ScriptedNas("south", host="127.0.0.2"),
        ScriptedNas("six", host="::1"),
    ]
    with nases[0].listening(), nases[1].listening(), nases[2].listening():
        for nas in nases:
            assert real.account(login, f"{nas.secret}-{element}", "start", **named(nas))
        access = real.adapter(disconnect=client(*nases))
        opened = access.sessions(login)
        assert {each.nas_address for each in opened} == {"127.0.0.1", "127.0.0.2", "::1"}
        assert {access.disconnect(each).answer for each in opened} == {Disconnection.ACK}
    for nas in nases:
        [asked] = nas.asked
        assert asked["Acct-Session-Id"] == [f"{nas.secret}-{element}"]
        assert real.account(login, f"{nas.secret}-{element}", "stop", Acct_Terminate_Cause=6, **named(nas))
    last = nases[2].asked[0]
    assert last["NAS-IPv6-Address"] == ["::1"] and "NAS-IP-Address" not in last
    assert access.sessions(login) == []
    assert access.connection_log(login, 1)[0].message == "Admin-Reset"


def named(nas: ScriptedNas) -> dict[str, Any]:
    """How this access server names itself in its accounting."""
    if ":" in nas.host:
        return {"NAS_IP_Address": None, "NAS_IPv6_Address": nas.host}
    return {"NAS_IP_Address": nas.host}
