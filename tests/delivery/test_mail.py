"""What only a real mail server can do: put off, hang up, want a password, prove itself, quote a mail."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from linekey.delivery.letters import Written
from linekey.delivery.mail import Mailer
from linekey.domain.trouble import Rejected, Unreachable
from tests.delivery.post_office import SENDER, RealOffice, certificate

TOKEN = "Zk3_q0PvF7tqZ8m1cQ2w9xY4nB6vR5tL0sD8fG2hJ1k"
PASSWORD = "hT7kPwq9dRm4Xz2b"
WRITTEN = Written(
    "Vos identifiants",
    f"Mot de passe : {PASSWORD}\nhttps://desk.test/lien/{TOKEN}\n",
    f"<p>{PASSWORD}</p>",
)
EFFECT = "<6f1d.42@linekey.test>"
Opening = Callable[..., RealOffice]


@pytest.fixture
def opened() -> Iterator[Opening]:
    offices: list[RealOffice] = []

    def make(**options: Any) -> RealOffice:
        offices.append(RealOffice(**options))
        return offices[-1]

    yield make
    for office in offices:
        office.close()


def send(office: RealOffice) -> None:
    office.post.send(WRITTEN, "ada@example.test", EFFECT)


@pytest.mark.parametrize(
    ("moment", "answer"),
    [
        ("to_recipient", "450 4.2.0 Greylisted, come back in five minutes"),
        ("to_recipient", "452 4.2.2 Mailbox full"),
        ("to_recipient", "530 5.7.0 Authentication required"),
        ("to_content", "451 4.3.0 Try again later"),
        ("to_content", "421 4.3.2 Shutting down"),
        ("to_sender", "553 5.7.1 Sender not yours"),
        ("to_sender", "451 4.3.0 Try again later"),
    ],
)
def test_a_server_that_puts_off_or_a_setting_to_repair_means_again(
    opened: Opening, moment: str, answer: str
) -> None:
    office = opened()
    setattr(office.clerk, moment, answer)
    with pytest.raises(Unreachable, match=answer[:3]):
        send(office)


@pytest.mark.parametrize(
    ("moment", "answer"),
    [
        ("to_recipient", "550 5.1.1 User unknown"),
        ("to_recipient", "553 5.1.3 Bad address"),
        ("to_content", "554 5.7.1 Looks like spam"),
        ("to_content", "552 5.3.4 Too large"),
    ],
)
def test_a_server_that_refuses_recipient_or_content_means_stop(
    opened: Opening, moment: str, answer: str
) -> None:
    office = opened()
    setattr(office.clerk, moment, answer)
    with pytest.raises(Rejected, match=answer):
        send(office)


@pytest.mark.parametrize("verdict", ["554 5.7.1", "451 4.7.1"])
def test_a_refusal_that_quotes_the_mail_gives_no_secret_away(opened: Opening, verdict: str) -> None:
    office = opened()
    office.clerk.to_content = f"{verdict} Blocked: https://desk.test/lien/{TOKEN} with password={PASSWORD}"
    with pytest.raises((Rejected, Unreachable)) as trouble:
        send(office)
    told = repr(trouble.value)
    assert f"{verdict} Blocked" in told
    assert TOKEN not in told
    assert PASSWORD not in told
    assert trouble.value.__suppress_context__


def test_a_refusal_that_quotes_the_address_does_not_tell_it_on(opened: Opening) -> None:
    office = opened()
    office.clerk.to_recipient = "550 5.1.1 <ada.lemoine@example.test>: unknown"
    with pytest.raises(Rejected) as trouble:
        send(office)
    assert "ada.lemoine" not in str(trouble.value)


def test_a_clumsy_goodbye_does_not_undo_a_mail(opened: Opening) -> None:
    office = opened()
    office.clerk.to_goodbye = "500 What?"
    send(office)
    assert len(office.arrived()) == 1


def test_a_connection_lost_before_the_answer_means_again_with_the_same_identifier(opened: Opening) -> None:
    office = opened()
    office.clerk.hangs_up_after_content = True
    with pytest.raises(Unreachable):
        send(office)
    office.clerk.hangs_up_after_content = False
    send(office)
    assert [mail["Message-ID"] for mail in office.arrived()] == [EFFECT, EFFECT]


@pytest.mark.parametrize(
    "greeting", [b"", b"HTTP/1.1 400 Bad Request\r\n\r\n", b"554 No service\r\n", b"\xff\xfe\r\n"]
)
def test_a_server_which_stays_silent_or_talks_nonsense_means_again(greeting: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        finished = threading.Event()

        def answer() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.sendall(greeting)
                finished.wait(5)

        thread = threading.Thread(target=answer)
        thread.start()
        mailer = Mailer(SENDER, "127.0.0.1", listener.getsockname()[1], timeout=0.2)
        try:
            with pytest.raises(Unreachable):
                mailer.send(WRITTEN, "ada@example.test", EFFECT)
        finally:
            finished.set()
            thread.join()


def test_a_host_nobody_knows_means_again() -> None:
    with pytest.raises(Unreachable):
        Mailer(SENDER, "mail.invalid", 25, timeout=1).send(WRITTEN, "ada@example.test", EFFECT)


def test_the_right_password_sends(opened: Opening) -> None:
    office = opened(auth=True, user="desk", password="right")
    send(office)
    assert office.clerk.logins == [b"desk"]
    assert [finding["check"] for finding in office.post.health()] == [
        "reachable",
        "encryption",
        "credentials",
    ]


@pytest.mark.parametrize("password", ["wrong", "clé"])
def test_a_wrong_password_of_ours_is_repaired_and_no_mail_is_lost(opened: Opening, password: str) -> None:
    office = opened(auth=True, user="desk", password=password)
    with pytest.raises(Unreachable):
        send(office)
    assert password not in repr(office.post)
    [finding] = office.post.health()
    assert not finding["good"]
    assert password not in str(finding)


def test_a_server_that_takes_no_password_means_again(opened: Opening) -> None:
    with pytest.raises(Unreachable, match="takes no password"):
        send(opened(user="desk", password="right"))


def test_tls_with_a_certificate_that_proves_the_host_sends(opened: Opening, tmp_path: Path) -> None:
    server, trust = _contexts(tmp_path)
    office = opened(tls=server, starttls=True, trust=trust, auth=True, user="desk", password="right")
    send(office)
    assert len(office.arrived()) == 1


def test_tls_with_a_stranger_means_again_and_the_password_stays_here(opened: Opening, tmp_path: Path) -> None:
    server, _ = _contexts(tmp_path)
    office = opened(tls=server, starttls=True, auth=True, user="desk", password="right")
    with pytest.raises(Unreachable, match="CERTIFICATE_VERIFY_FAILED"):
        send(office)
    assert office.clerk.logins == []


def test_a_server_without_tls_is_not_spoken_to_in_clear(opened: Opening) -> None:
    office = opened(starttls=True)
    with pytest.raises(Unreachable, match="STARTTLS"):
        send(office)
    assert office.arrived() == []


def test_a_far_mail_server_without_tls_is_found_not_good() -> None:
    near, far = (Mailer(SENDER, host, 25)._encryption() for host in ("127.0.0.1", "mail.example.test"))
    assert near["good"]
    assert not far["good"]
    assert "LINEKEY_SMTP_STARTTLS" in far["remedy"]


@pytest.mark.parametrize("sender", ["", "nobody", "A <a@b.test>\r\nBcc: eve@example.test", "A <é@b.test>"])
def test_a_sender_which_is_none_is_found_at_the_start(sender: str) -> None:
    with pytest.raises(ValueError, match="sender"):
        Mailer(sender, "127.0.0.1", 25)


def _contexts(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    file = certificate(folder)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(file)
    return server, ssl.create_default_context(cafile=str(file))
