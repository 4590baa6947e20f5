"""Fixture: a real Kannel (bearerbox and smsbox) and the fake mobile network that Debian ships with it.

A phone is what arrives at that network: `KannelInLab.arrived`.
"""

import os
import re
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes

import pytest

from linekey.delivery.sms import Kannel
from linekey.worker.children import Child
from linekey.worker.elements import program, wait_until_answering
from tests.lab.elements import free_port, need

USER, PASSWORD = "linekey", "not+a secret&: a test's"
NOWHERE = "nowhere"
"""A user whose texts no mobile network takes."""
_NETWORK = shutil.which("fakesmsc", path="/usr/lib/kannel/test")
_GOT = re.compile(
    rb"Got message \d+: <(?P<sender>\S+) (?P<number>\S+) "
    rb"(?:udh (?P<header>\S+) )?(?P<kind>\S+) (?P<words>.*)>"
)


@dataclass(frozen=True)
class Segment:
    """One short message as the mobile network got it."""

    sender: str
    number: str
    header: bytes
    """`05 00 03 xx <parts> <part>` when it is a part of a longer text (3GPP TS 23.040 section 9.2.3.24.1)."""
    content: bytes
    encoding: str
    """Of the content; empty for a part: then Kannel says it nowhere."""

    @property
    def text(self) -> str:
        return self.content.decode(self.encoding)


@dataclass
class KannelInLab:
    host: str
    sms_port: int
    admin_port: int
    bearerbox: Child
    smsbox: Child
    network: Child

    def start(self) -> None:
        for child in (self.bearerbox, self.smsbox, self.network):
            child.start()
            assert wait_until_answering(child.answers), child.last_words()

    def stop(self) -> None:
        for child in (self.network, self.smsbox, self.bearerbox):
            child.stop()

    def disconnect(self) -> None:
        """The mobile network goes away; `network.start()` brings it back."""
        self.network.stop()
        assert wait_until_answering(lambda: not self.network.answers())

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """The gateway takes texts and says nothing."""
        process = self.bearerbox._process
        assert process is not None
        os.kill(process.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(process.pid, signal.SIGCONT)

    def gateway(self, **changes: Any) -> Kannel:
        url = f"http://{self.host}:{self.sms_port}/cgi-bin/sendsms"
        return Kannel(**{"url": url, "user": USER, "password": PASSWORD, "timeout": 5.0, **changes})

    def segments(self) -> list[Segment]:
        """Everything the mobile network ever got, oldest first."""
        found = _GOT.finditer(self.network.log.read_bytes())
        return [_segment(**{name: words or b"" for name, words in got.groupdict().items()}) for got in found]

    def arrived(self, count: int, before: int = 0) -> list[Segment]:
        """What came after the first `before` segments, once there are `count` of them."""
        wait_until_answering(lambda: len(self.segments()) >= before + count)
        return self.segments()[before:]


def _segment(sender: bytes, number: bytes, header: bytes, kind: bytes, words: bytes) -> Segment:
    # Plain text is shown as it is; all else as in a form.
    content = words if kind == b"text" else unquote_to_bytes(words.replace(b"+", b" "))
    encoding = {b"text": "utf-8", b"ucs-2": "utf-16-be"}.get(kind, "")
    return Segment(sender.decode(), number.decode(), unquote_to_bytes(header), content, encoding)


@pytest.fixture(scope="session")
def kannel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KannelInLab]:
    need("bearerbox", "smsbox")
    if _NETWORK is None:
        need("fakesmsc")
    home = tmp_path_factory.mktemp("kannel")
    in_lab = _prepared(home, "127.0.0.1")
    try:
        in_lab.start()
        yield in_lab
    finally:
        in_lab.stop()


def _prepared(home: Path, host: str) -> KannelInLab:
    admin, boxes, network, sms = (free_port() for _ in range(4))
    conf = home / "kannel.conf"
    conf.write_text(_CONFIGURATION.format(host=host, admin=admin, boxes=boxes, network=network, sms=sms))

    def child(name: str, argv: list[str], answers: Any) -> Child:
        return Child(name, argv, dict(os.environ), home / f"{name}.log", answers)

    def box(name: str, answers: Any) -> Child:
        # 2 = warnings: from 1 on, Kannel writes the texts into its log.
        return child(name, [program(name) or name, "-v", "2", str(conf)], answers)

    # A message must be given, and none of it is sent: it is for phones which write first.
    phones = [_NETWORK or "fakesmsc", "-H", host, "-r", str(network), "-m", "0", "1 2 text nop"]
    status = partial(_page, host, admin, "/status.txt?password=not-asked")
    return KannelInLab(
        host,
        sms,
        admin,
        bearerbox=box("bearerbox", lambda: bool(status())),
        smsbox=box("smsbox", lambda: b"on-line" in status() and bool(_page(host, sms, "/"))),
        network=child("network", phones, lambda: b"(online" in status()),
    )


def _page(host: str, port: int, path: str) -> bytes:
    """What is answered there; empty when nothing is."""
    connection = HTTPConnection(host, port, timeout=1.0)
    try:
        connection.request("GET", path)
        return connection.getresponse().read()
    except (OSError, HTTPException):
        return b""
    finally:
        connection.close()


_CONFIGURATION = f"""
group = core
admin-port = {{admin}}
admin-interface = {{host}}
admin-password = not-asked
smsbox-port = {{boxes}}
smsbox-interface = {{host}}
box-allow-ip = {{host}}
box-deny-ip = *.*.*.*

group = smsc
smsc = fake
smsc-id = mobile
denied-smsc-id = {NOWHERE}
port = {{network}}
connect-allow-ip = {{host}}

group = smsbox
bearerbox-host = {{host}}
sendsms-port = {{sms}}
sendsms-interface = {{host}}

group = sendsms-user
username = {USER}
password = "{PASSWORD}"
concatenation = true
max-messages = 15

group = sendsms-user
username = {NOWHERE}
password = "{PASSWORD}"
forced-smsc = {NOWHERE}
"""
