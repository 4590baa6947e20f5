"""One RADIUS question and its verified answer (RFC 2865, RFC 5176, RFC 5997), for the adapters."""

import socket
from collections.abc import Collection
from functools import cache
from importlib.resources import files
from time import monotonic
from typing import Any

from pyrad.client import Client
from pyrad.dictionary import Dictionary
from pyrad.packet import PacketError, StatusServer

from linekey.domain.secret import Secret


@cache
def dictionary() -> Any:
    """Our own attribute table, as pyrad reads it."""
    with files("linekey.network").joinpath("linekey.dictionary").open(encoding="ascii") as lines:
        return Dictionary(lines)


def peer(secret: Secret) -> Any:
    """A pyrad client used to build packets only; it opens no socket."""
    return Client("", secret=secret.reveal().encode(), dict=dictionary())


def exchange(packet: Any, host: str, port: int, timeout: float, tries: int) -> Any | None:
    """Send `packet` up to `tries` times, `timeout` seconds each; the verified reply or None.

    Replies which fail verification (another secret, a forger) are skipped, not believed.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as wire:
        for _ in range(tries):
            try:
                wire.sendto(packet.RequestPacket(), (host, port))
            except OSError:
                return None
            deadline = monotonic() + timeout
            while (left := deadline - monotonic()) > 0:
                wire.settimeout(left)
                try:
                    raw = wire.recv(4096)
                    reply = packet.CreateReply(packet=raw)
                    if packet.VerifyReply(reply, raw):
                        return reply
                except PacketError:
                    continue
                except OSError:
                    break
    return None


def answers_status(host: str, port: int, secret: Secret, timeout: float = 1.0, tries: int = 1) -> bool:
    """Whether a RADIUS server answers Status-Server (RFC 5997) on its authentication port."""
    return status(host, port, secret, timeout, tries) is not None


def status(
    host: str, port: int, secret: Secret, timeout: float = 1.0, tries: int = 1
) -> Collection[str] | None:
    """What a RADIUS server says of itself when it answers Status-Server (Reply-Message); None: silence."""
    question = peer(secret).CreateAuthPacket(code=StatusServer)
    reply = exchange(question, host, port, timeout, tries)
    return None if reply is None else reply.get("Reply-Message", [])
