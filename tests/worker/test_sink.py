"""The demo mail server keeps every message, whole and private, and relays none."""

import email
import signal
import smtplib
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from email.policy import default
from pathlib import Path

import pytest
from aiosmtpd.smtp import Envelope

from linekey.worker import probes, sink

NOON = datetime(2026, 1, 2, 12, 0, tzinfo=UTC)


def envelope(content: bytes = b"Subject: hello\r\n\r\nbody\r\n") -> Envelope:
    made = Envelope()
    made.mail_from, made.rcpt_tos, made.content = "desk@linekey.test", ["ada@example.test"], content
    return made


def test_a_message_is_kept_whole_and_readable_by_its_owner_only(tmp_path: Path) -> None:
    name = sink.keep(tmp_path, envelope(), NOON)
    kept = tmp_path / name
    assert name.startswith("20260102T120000.000000Z-")
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    message = email.message_from_bytes(kept.read_bytes(), policy=default)
    assert (message["Subject"], message["X-Envelope-To"]) == ("hello", "ada@example.test")


def test_two_messages_of_the_same_instant_are_both_kept(tmp_path: Path) -> None:
    assert sink.keep(tmp_path, envelope(), NOON) != sink.keep(tmp_path, envelope(), NOON)
    assert len(list(tmp_path.glob("*.eml"))) == 2


def test_nothing_half_written_stays_when_the_folder_refuses(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        sink.keep(tmp_path / "gone", envelope(), NOON)
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def port(tmp_path: Path, free_port: int) -> Iterator[int]:
    start = f"main({free_port}, Path({str(tmp_path)!r}))"
    words = f"from pathlib import Path; from linekey.worker.sink import main; {start}"
    process = subprocess.Popen([sys.executable, "-c", words])
    try:
        deadline = time.monotonic() + 20
        while not probes.mail_answers(free_port):
            assert time.monotonic() < deadline, "the sink does not answer"
            time.sleep(0.05)
        yield free_port
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0, "a stop that was asked for is no failure"


def test_a_mail_sent_over_smtp_lands_in_the_folder(port: int, tmp_path: Path) -> None:
    with smtplib.SMTP("127.0.0.1", port, local_hostname="localhost") as server:
        server.sendmail("desk@linekey.test", ["ada@example.test"], "Subject: é\r\n\r\nété".encode())
    (kept,) = tmp_path.glob("*.eml")
    assert "été".encode() in kept.read_bytes()
