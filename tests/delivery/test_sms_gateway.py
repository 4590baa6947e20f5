"""What only a gateway over HTTP can do: put off, hang up, send elsewhere, want a password, quote a text."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from linekey.delivery.sms import Kannel
from linekey.domain.trouble import Rejected, Unreachable
from tests.delivery.post_office import certificate
from tests.delivery.sms_office import ToldSms

ADA = "+33612345678"
CODE = "482913"
TEXT = f"Linekey : votre code est {CODE}."
EFFECT = "6f1d.42"
PASSWORD = "hT7k Pwq&9dRm4+é"
Opening = Callable[..., ToldSms]


@pytest.fixture
def opened() -> Iterator[Opening]:
    offices: list[ToldSms] = []

    def make(**options: Any) -> ToldSms:
        offices.append(ToldSms(**options))
        return offices[-1]

    yield make
    for office in offices:
        office.close()


def send(office: ToldSms, text: str = TEXT) -> None:
    office.post.send(text, ADA, EFFECT)


@pytest.mark.parametrize(("text", "coding"), [("Clé [482913] 5 €", "0"), ("même 482913", "2"), ("🔑", "2")])
def test_a_text_is_asked_for_as_kannel_reads_it(opened: Opening, text: str, coding: str) -> None:
    office = opened(user="desk", password=PASSWORD, sender="36007")
    send(office, text)
    assert office.forms() == [
        {
            "username": "desk",
            "password": PASSWORD,
            "from": "36007",
            "to": ADA,
            "text": text,
            "coding": coding,
            "charset": "UTF-8",
            "account": EFFECT,
        }
    ]


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503])
def test_a_gateway_that_puts_off_means_again(opened: Opening, status: int) -> None:
    office = opened()
    office.status, office.told = status, b"Temporal failure, try again later."
    with pytest.raises(Unreachable, match=f"{status} Temporal failure"):
        send(office)


@pytest.mark.parametrize("status", [200, 400, 401, 403, 404])
def test_a_gateway_that_refuses_or_speaks_something_else_means_stop(opened: Opening, status: int) -> None:
    office = opened()
    office.status, office.told = status, b"Authorization failed for sendsms"
    with pytest.raises(Rejected, match=f"{status} Authorization failed"):
        send(office)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_code_is_not_carried_to_where_a_gateway_points(opened: Opening, status: int) -> None:
    office, elsewhere = opened(), opened()
    office.status, office.location = status, f"http://127.0.0.1:{elsewhere.port}/cgi-bin/sendsms"
    with pytest.raises(Rejected, match=str(status)):
        send(office)
    assert len(office.asked) == 1
    assert elsewhere.asked == []


def test_a_proxy_in_the_environment_never_sees_a_code(
    opened: Opening, monkeypatch: pytest.MonkeyPatch
) -> None:
    office, proxy = opened(), opened()
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
    send(office)
    assert len(office.asked) == 1
    assert proxy.asked == []


@pytest.mark.parametrize("status", [400, 503])
def test_a_refusal_that_quotes_what_was_asked_gives_nothing_away(
    opened: Opening, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str], status: int
) -> None:
    office = opened(user="desk", password=PASSWORD)
    office.status, office.told = status, f"Bad: to={ADA} text={TEXT} password={PASSWORD}".encode()
    with caplog.at_level("DEBUG"), pytest.raises((Rejected, Unreachable)) as trouble:
        send(office)
    told = f"{trouble.value!r} {caplog.text} {capfd.readouterr()} {office.post!r} {office.post.health()}"
    assert str(status) in told
    for secret in (CODE, "612345678", PASSWORD, "hT7k", "sendsms?"):
        assert secret not in told
    assert trouble.value.__cause__ is None


ANSWERS = {
    "silence": b"",
    "half a line": b"HTTP/1.1 20",
    "another protocol": b"220 mail.linekey.test ESMTP\r\n",
    "bytes": b"\xff\xfe\r\n\r\n",
    "endless headers": b"HTTP/1.1 400 No\r\n" + b"X-More: and more\r\n" * 200,
}


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS.keys())
@pytest.mark.parametrize("hangs_up", [True, False])
def test_a_gateway_which_stays_silent_or_talks_nonsense_means_again(answer: bytes, hangs_up: bool) -> None:
    with listening(answer, hangs_up=hangs_up) as gateway, pytest.raises(Unreachable) as trouble:
        gateway.send(TEXT, ADA, EFFECT)
    assert CODE not in repr(trouble.value)
    assert trouble.value.__suppress_context__


def test_an_answer_without_end_is_not_read_to_its_end() -> None:
    refused = b"HTTP/1.1 403 No\r\nContent-Length: 1000000000\r\n\r\n" + b"x" * 100_000
    with listening(refused) as gateway, pytest.raises(Rejected, match="403"):
        gateway.send(TEXT, ADA, EFFECT)


@pytest.mark.parametrize("hangs_up", [True, False])
def test_a_clumsy_end_does_not_undo_a_text(hangs_up: bool) -> None:
    accepted = b"HTTP/1.1 202 Accepted\r\nContent-Length: 100\r\n\r\n0: Acc"
    with listening(accepted, hangs_up=hangs_up) as gateway:
        gateway.send(TEXT, ADA, EFFECT)


def test_a_host_nobody_knows_means_again() -> None:
    with pytest.raises(Unreachable):
        Kannel("http://sms.invalid:13013/cgi-bin/sendsms", timeout=1).send(TEXT, ADA, EFFECT)


def test_a_wrong_password_is_found_out_and_not_shown(opened: Opening) -> None:
    office = opened(user="desk", password=PASSWORD)
    office.status, office.told = 403, b"Authorization failed for sendsms"
    findings = {finding["check"]: finding for finding in office.post.health()}
    assert findings["reachable"]["good"]
    assert not findings["credentials"]["good"]
    assert "LINEKEY_SMS_PASSWORD" in findings["credentials"]["remedy"]
    assert PASSWORD not in f"{findings} {office.post!r}"


def test_the_password_is_not_tried_with_every_look_and_again_after_a_refusal(opened: Opening) -> None:
    office = opened(user="desk", password=PASSWORD)

    def looks() -> list[bool]:
        office.asked.clear()
        for _ in range(2):
            office.post.health()
        return ["username" in form for form in office.forms()]

    assert looks() == [True, False]
    assert looks() == [False, False]
    office.status = 403
    with pytest.raises(Rejected):
        send(office)
    assert looks() == [True, True]
    office.status = 202
    assert looks() == [True, False]


def test_an_address_without_a_gateway_is_found_out(opened: Opening) -> None:
    office = opened()
    office.status, office.told = 404, b"Unknown request."
    [finding] = office.post.health()
    assert not finding["good"]
    assert finding["detail"] == f"127.0.0.1:{office.port}: answered 404 Unknown request."
    assert "LINEKEY_SMS_URL" in finding["remedy"]


def test_tls_with_a_certificate_that_proves_the_host_sends(opened: Opening, tmp_path: Path) -> None:
    server, trust = contexts(tmp_path)
    office = opened(tls=server, trust=trust)
    send(office)
    assert len(office.asked) == 1
    assert all(finding["good"] for finding in office.post.health())


def test_tls_with_a_stranger_means_again_and_the_code_stays_here(opened: Opening, tmp_path: Path) -> None:
    server, _ = contexts(tmp_path)
    office = opened(tls=server)
    with pytest.raises(Unreachable, match="SSLCertVerificationError"):
        send(office)
    assert office.asked == []


def test_a_far_gateway_without_tls_is_found_not_good() -> None:
    near, far, sealed = (
        Kannel(f"{url}/cgi-bin/sendsms")._encryption()
        for url in ("http://127.0.0.1:13013", "http://sms.example.test", "https://sms.example.test")
    )
    assert near["good"] and sealed["good"]
    assert not far["good"]
    assert "https://" in far["remedy"]


@pytest.mark.parametrize(
    "url",
    [
        "",
        "sms.example.test",
        "file:///etc/passwd",
        "ftp://sms.example.test/cgi-bin/sendsms",
        "http://",
        "http:///cgi-bin/sendsms",
        "http://desk:secret@sms.example.test/cgi-bin/sendsms",
        "http://sms.example.test/cgi-bin/sendsms?username=desk&password=secret",
        "http://sms.example.test/cgi-bin/sendsms#secret",
        "http://sms.example.test/cgi bin/sendsms",
        "http://sms.example.test/sendsms\r\nHost: eve.example.test",
        "http://sms.example.test:99999/cgi-bin/sendsms",
    ],
)
def test_an_address_which_is_none_or_holds_more_is_found_at_the_start(url: str) -> None:
    with pytest.raises(ValueError) as fault:
        Kannel(url)
    assert "secret" not in str(fault.value)


@pytest.mark.parametrize("sender", ["", "Linekey Telecom", "Télécom", "+", "+12", "A&B", "Line\nkey"])
def test_a_sender_which_is_none_is_found_at_the_start(sender: str) -> None:
    with pytest.raises(ValueError, match="sender"):
        Kannel("http://127.0.0.1:13013/cgi-bin/sendsms", sender=sender)


@contextmanager
def listening(answer: bytes, *, hangs_up: bool = False) -> Iterator[Kannel]:
    """A gateway that takes one connection, gives one answer, and hangs up or does not."""
    finished = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection, suppress(OSError):  # whoever asked may not read to the end
                connection.recv(65536)
                connection.sendall(answer)
                if not hangs_up:
                    finished.wait(5)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield Kannel(f"http://127.0.0.1:{listener.getsockname()[1]}/cgi-bin/sendsms", timeout=0.3)
        finally:
            finished.set()
            thread.join()


def contexts(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    file = certificate(folder)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(file)
    return server, ssl.create_default_context(cafile=str(file))
