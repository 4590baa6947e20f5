"""A customer's own system: it takes events over HTTP and believes none whose signature is not right.

It verifies as the specification says, with the standard library alone: not with what signed.
"""

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network
from typing import Any
from uuid import uuid4

from django.utils import timezone

from linekey.delivery.webhook import Webhooks
from linekey.enact.outside import Outside
from linekey.records.models import Person
from linekey.usecases import manage_webhook
from linekey.usecases.manage_webhook import NewSecret
from tests.build import actor
from tests.hands import Hands


@dataclass
class Taken:
    id: str
    signatures: list[str]
    timestamp: int
    body: bytes

    @property
    def event(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found

    def holds(self, secret: str) -> bool:
        """`{id}.{timestamp}.{body}`, HMAC-SHA256, base64; any of the signatures will do."""
        key = base64.b64decode(secret.removeprefix("whsec_"))
        said = f"{self.id}.{self.timestamp}.".encode() + self.body
        right = "v1," + base64.b64encode(hmac.new(key, said, hashlib.sha256).digest()).decode()
        fresh = abs(time.time() - self.timestamp) < 300
        return fresh and any(hmac.compare_digest(right, each) for each in self.signatures)


@dataclass
class Receiver:
    port: int = 0
    status: int = 200
    answer: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    hold: threading.Event | None = None
    """While it is not set, nothing is answered."""
    taken: list[Taken] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/events?to=erp"


@contextmanager
def receiving() -> Iterator[Receiver]:
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.taken.append(
                Taken(
                    self.headers["webhook-id"],
                    self.headers["webhook-signature"].split(" "),
                    int(self.headers["webhook-timestamp"]),
                    body,
                )
            )
            if receiver.hold is not None:
                receiver.hold.wait(20)
            self.send_response(receiver.status)
            for name, value in receiver.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(receiver.answer)))
            self.end_headers()
            self.wfile.write(receiver.answer)

        def log_message(self, *_: object) -> None:
            """Quietly."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    receiver.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield receiver
    finally:
        if receiver.hold is not None:
            receiver.hold.set()
        server.shutdown()
        thread.join()
        server.server_close()


LOOPBACK = (ip_network("127.0.0.0/8"),)


def hook(person: Person, url: str, *types: str, name: str = "ERP", now: datetime | None = None) -> NewSecret:
    now = now or timezone.now()
    return manage_webhook.add(
        actor=actor(person, now),
        name=name,
        url=url,
        types=types,
        operation=uuid4().hex,
        clear=True,
        now=now,
    )


def wired_for_real(hands: Hands) -> Outside:
    return replace(hands.outside, webhooks=Webhooks(opened=LOOPBACK, timeout=5))
