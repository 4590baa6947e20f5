"""The demo mail server and SMS gateway keep every message, whole and private, and relay none."""

import email
import signal
import smtplib
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.policy import default
from pathlib import Path
from urllib.parse import urlencode

import pytest
from aiosmtpd.smtp import Envelope

from linekey.delivery.sms import Kannel
from linekey.worker import probes, sink, sink_sms

ADA = "+33612345678"
NOON = datetime(2026, 1, 2, 12, 0, tzinfo=UTC)


def envelope(content: bytes = b"Subject: hello\r\n\r\nbody\r\n") -> Envelope:
    made = Envelope()
    made.mail_from, made.rcpt_tos, made.content = "desk@linekey.test", ["ada@example.test"], content
    return made


def test_a_message_is_kept_whole_and_readable_by_its_owner_only(tmp_path: Path) -> None:
    name = sink.keep_mail(tmp_path, envelope(), NOON)
    kept = tmp_path / name
    assert name.startswith("20260102T120000.000000Z-")
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    message = email.message_from_bytes(kept.read_bytes(), policy=default)
    assert (message["Subject"], message["X-Envelope-To"]) == ("hello", "ada@example.test")


def test_two_messages_of_the_same_instant_are_both_kept(tmp_path: Path) -> None:
    assert sink.keep_mail(tmp_path, envelope(), NOON) != sink.keep_mail(tmp_path, envelope(), NOON)
    assert len(list(tmp_path.glob("*.eml"))) == 2


def test_nothing_half_written_stays_when_the_folder_refuses(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        sink.keep_mail(tmp_path / "gone", envelope(), NOON)
    assert list(tmp_path.iterdir()) == []


def asked(**variables: str) -> str:
    return f"{sink_sms.PATH}?{urlencode(variables)}"


def test_a_text_is_kept_whole_and_readable_by_its_owner_only(tmp_path: Path) -> None:
    text = "Clé 482913 & 5 €\nàæ \N{KEY}"
    told = sink_sms.answer(
        tmp_path, asked(**{"from": "Linekey", "to": ADA, "account": "6f1d.42", "text": text})
    )
    assert told == (202, "0: Accepted for delivery")
    (kept,) = tmp_path.glob("*.txt")
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert kept.read_text() == f"From: Linekey\nTo: {ADA}\nReference: 6f1d.42\n\n{text}\n"


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/", 404),
        ("/cgi-bin/sendota?to=1", 404),
        (sink_sms.PATH, 400),
        (asked(text="482913"), 400),
        (f"{sink_sms.PATH}?to=%2B33612345678&text=%FF%FE", 400),
    ],
)
def test_what_is_no_text_is_refused_as_kannel_does(tmp_path: Path, address: str, status: int) -> None:
    assert sink_sms.answer(tmp_path, address)[0] == status
    assert list(tmp_path.iterdir()) == []


def test_a_text_which_cannot_be_kept_is_asked_for_again(tmp_path: Path) -> None:
    assert sink_sms.answer(tmp_path / "gone", asked(to=ADA, text="482913"))[0] == 503


@dataclass
class Ports:
    smtp: int
    sms: int


@pytest.fixture
def ports(tmp_path: Path, free_port: int) -> Iterator[Ports]:
    ports = Ports(free_port, another_free_port())
    where = f"smtp_port={ports.smtp}, mail_folder=Path('mail'), sms_port={ports.sms}, sms_folder=Path('sms')"
    words = f"from pathlib import Path; from linekey.worker.sink import main; main({where})"
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen([sys.executable, "-c", words], cwd=tmp_path, stdout=log, stderr=log)
    try:
        deadline = time.monotonic() + 20
        while not (probes.mail_answers(ports.smtp) and probes.sms_answers(ports.sms)):
            assert time.monotonic() < deadline, "the sink does not answer"
            time.sleep(0.05)
        yield ports
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0, "a stop that was asked for is no failure"


def another_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def test_a_mail_sent_over_smtp_lands_in_the_folder(ports: Ports, tmp_path: Path) -> None:
    with smtplib.SMTP("127.0.0.1", ports.smtp, local_hostname="localhost") as server:
        server.sendmail("desk@linekey.test", ["ada@example.test"], "Subject: é\r\n\r\nété".encode())
    (kept,) = (tmp_path / "mail").glob("*.eml")
    assert "été".encode() in kept.read_bytes()


def test_a_text_sent_by_our_gateway_lands_in_the_folder_and_in_no_log(ports: Ports, tmp_path: Path) -> None:
    gateway = Kannel(f"http://127.0.0.1:{ports.sms}{sink_sms.PATH}", password="not told")
    gateway.send("même 482913 \N{KEY}", ADA, "6f1d.42")
    (kept,) = (tmp_path / "sms").glob("*.txt")
    assert kept.read_text().endswith("\n\nmême 482913 \N{KEY}\n")
    assert "not told" not in kept.read_text()
    assert all(finding["good"] for finding in gateway.health())
    assert (tmp_path / "log").read_text() == ""
