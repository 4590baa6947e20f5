"""An SMS gateway on loopback, in a thread, told what to answer; and what arrives behind each kind of one."""

from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from socketserver import ThreadingTCPServer
from ssl import SSLContext
from threading import Thread
from typing import Any, NamedTuple, Protocol
from urllib.parse import parse_qsl, urlsplit

import pytest

from linekey.delivery.fakes import FakeSms
from linekey.delivery.sms import Kannel
from linekey.enact.outside import SmsWire
from tests.lab.kannel import NOWHERE, KannelInLab


class Arrival(NamedTuple):
    sender: str
    number: str
    text: str


class SmsOffice(Protocol):
    """What the contract needs: somebody who sends, what arrived, and two ways to fail."""

    post: SmsWire

    def arrived(self, count: int) -> list[Arrival]:
        """Everything, once there are `count` of them."""

    def down(self) -> None: ...
    def refuse(self) -> None: ...
    def close(self) -> None: ...


class MemorySms:
    def __init__(self) -> None:
        self.fake = FakeSms()
        self.post: SmsWire = self.fake

    def arrived(self, count: int) -> list[Arrival]:
        return [Arrival(sms.sender, sms.number, sms.text) for sms in self.fake.texts]

    def down(self) -> None:
        self.fake.down = True

    def refuse(self) -> None:
        self.fake.rejecting = True

    def close(self) -> None:
        """Nothing runs."""


class ToldSms:
    """Keeps every address it was asked for, and answers as told."""

    def __init__(self, *, tls: SSLContext | None = None, **gateway: Any) -> None:
        self.asked: list[str] = []
        self.status, self.told, self.location = 202, b"0: Accepted for delivery", ""
        office = self

        class Clerk(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                office.asked.append(self.path)
                nobody = office.status == 202 and "to=" not in self.path
                self.send_response(400 if nobody else office.status)
                if office.location:
                    self.send_header("Location", office.location)
                self.end_headers()
                self.wfile.write(office.told)

            def log_message(self, format: str, *args: object) -> None: ...

        self._server = ThreadingTCPServer(("127.0.0.1", 0), Clerk)
        if tls:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self._thread = Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()
        self.port: int = self._server.server_address[1]
        url = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}/cgi-bin/sendsms"
        self.post: SmsWire = Kannel(**{"url": url, "timeout": 2.0, **gateway})

    def forms(self) -> list[dict[str, str]]:
        return [dict(parse_qsl(urlsplit(address).query, errors="strict")) for address in self.asked]

    def arrived(self, count: int) -> list[Arrival]:
        taken = [form for form in self.forms() if "to" in form and self.status == 202]
        assert {form["charset"] for form in taken} <= {"UTF-8"}
        return [Arrival(form["from"], form["to"], form["text"]) for form in taken]

    def down(self) -> None:
        self.close()

    def refuse(self) -> None:
        self.status, self.told = 403, b"Not routable. Do not try again."

    def close(self) -> None:
        if self._thread.is_alive():
            self._server.shutdown()
            self._server.server_close()
            self._thread.join()


class KannelSms:
    """The real one; the mobile network behind it is Kannel's fake."""

    def __init__(self, lab: KannelInLab) -> None:
        self.lab = lab
        self.post: SmsWire = lab.gateway()
        self._before = len(lab.segments())

    def arrived(self, count: int) -> list[Arrival]:
        came = self.lab.arrived(count, self._before)
        return [Arrival(segment.sender, segment.number, segment.text) for segment in came]

    def down(self) -> None:
        self.lab.stop()

    def refuse(self) -> None:
        self.post = self.lab.gateway(user=NOWHERE)

    def close(self) -> None:
        if not self.lab.smsbox.answers():
            self.lab.start()


OFFICES: dict[str, Callable[[pytest.FixtureRequest], SmsOffice]] = {
    "memory": lambda request: MemorySms(),
    "told": lambda request: ToldSms(),
    "kannel": lambda request: KannelSms(request.getfixturevalue("kannel")),
}
