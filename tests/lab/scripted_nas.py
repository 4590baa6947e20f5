"""An access server's door for Disconnect-Requests (RFC 5176), which answers as a test tells it.

tests/lab/nas is a real one; this one adds what a real one would not do: other addresses, false answers.
"""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Thread
from typing import Any

from pyrad.packet import CoAPacket, DisconnectNAK

from linekey.domain.secret import Secret
from linekey.network.coa import Nas
from linekey.network.radius import dictionary

Answer = Callable[[Any], list[bytes]]
"""From a verified request to the datagrams sent back."""


def ack(request: Any) -> list[bytes]:
    reply = request.CreateReply()
    reply.add_message_authenticator()
    return [reply.ReplyPacket()]


def nak(cause: int | None) -> Answer:
    def answer(request: Any) -> list[bytes]:
        reply = request.CreateReply()
        reply.code = DisconnectNAK
        if cause is not None:
            reply["Error-Cause"] = cause
        return [reply.ReplyPacket()]

    return answer


@dataclass
class ScriptedNas:
    secret: str
    answer: Answer = ack
    host: str = "127.0.0.1"
    port: int = 0
    asked: list[Any] = field(default_factory=list)
    """Requests which prove to know the secret; others are dropped without an answer (RFC 5176 section 3)."""

    @property
    def door(self) -> Nas:
        return Nas(Secret(self.secret), self.port)

    @contextmanager
    def listening(self) -> Iterator["ScriptedNas"]:
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        with socket.socket(family, socket.SOCK_DGRAM) as wire:
            wire.bind((self.host, 0))
            wire.settimeout(0.05)
            self.port = wire.getsockname()[1]
            self._open = True
            thread = Thread(target=self._serve, args=(wire,))
            thread.start()
            try:
                yield self
            finally:
                self._open = False
                thread.join()

    def _serve(self, wire: socket.socket) -> None:
        while self._open:
            try:
                raw, sender = wire.recvfrom(4096)
            except TimeoutError:
                continue
            request = CoAPacket(packet=raw, secret=self.secret.encode(), dict=dictionary())
            if request.VerifyCoARequest() and request.verify_message_authenticator():
                self.asked.append(request)
                for datagram in self.answer(request):
                    wire.sendto(datagram, sender)
