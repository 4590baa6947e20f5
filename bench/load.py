"""Many clients in one thread: they cost the servers they measure as little of the two cores as Python can.

A client is a script: a generator which gives requests and is handed the answers, one after the other.
"""

import selectors
import socket
import time
from collections.abc import Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias
from urllib.parse import urlencode

_PATIENCE_SECONDS = 60.0
_APART_SECONDS = 0.005


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    head: bytes
    body: bytes

    def cookies(self) -> dict[str, str]:
        lines = (line for line in self.head.split(b"\r\n") if line[:11].lower() == b"set-cookie:")
        pairs = (line[11:].split(b";")[0].decode().strip().partition("=") for line in lines)
        return {name: value for name, _, value in pairs}


Script: TypeAlias = Generator[bytes, Answer, None]


def request(
    method: str,
    path: str,
    body: bytes = b"",
    *,
    headers: Mapping[str, str] | None = None,
    cookies: Mapping[str, str] | None = None,
) -> bytes:
    """As the wire wants it (RFC 9112)."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", "User-Agent: bench"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    if cookies:
        lines.append("Cookie: " + "; ".join(f"{name}={value}" for name, value in cookies.items()))
    if method == "POST":
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def form(path: str, fields: Mapping[str, str], *, cookies: Mapping[str, str] | None = None) -> bytes:
    """What a browser sends when its person presses the button."""
    body = urlencode(fields).encode()
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    return request("POST", path, body, headers=headers, cookies=cookies)


def once(asked: bytes, expected: int) -> Script:
    """One request. An answer of another status ends the measurement: it would measure something else."""
    answer = yield asked
    expect(answer, expected)


def expect(answer: Answer, status: int) -> None:
    if answer.status != status:
        raise AssertionError(f"answered {answer.status}, not {status}: {answer.body[:2000].decode()}")


class _Client:
    """One connection, which plays one script after the other."""

    def __init__(self, port: int) -> None:
        self.port, self.wire = port, socket.create_connection(("127.0.0.1", port), _PATIENCE_SECONDS)
        self.wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.held = b""
        self.script: Script | None = None

    def play(self, script: Script) -> None:
        self.script = script
        self.wire.sendall(next(script))

    def heard(self) -> bool:
        """Take what has come; True once the script is over."""
        came = self.wire.recv(1 << 16)
        if not came:
            raise AssertionError("the server hung up in the middle of a measurement")
        self.held += came
        head, found, rest = self.held.partition(b"\r\n\r\n")
        if not found or len(rest) < (length := _length(head)):
            return False
        self.held = rest[length:]
        assert self.script is not None
        try:
            asked = self.script.send(Answer(int(head[9:12]), head, rest[:length]))
        except StopIteration:
            return True
        self.wire.sendall(asked)
        return False


def _length(head: bytes) -> int:
    """Every answer here tells its length, or has no body."""
    if head[9:12] == b"204":
        return 0
    low = head.lower()
    at = low.index(b"content-length:") + 15
    return int(low[at:].split(b"\r\n", 1)[0])


def _came(port: int) -> _Client:
    """One after the other: who comes in a burst is taken by one process, while the others look on."""
    client = _Client(port)
    time.sleep(_APART_SECONDS)
    return client


def play(port: int, scripts: Iterable[Script], *, clients: int) -> float:
    """Seconds until all are over, `clients` of them at any time."""
    waiting: Iterator[Script] = iter(scripts)
    with selectors.DefaultSelector() as selector:
        idle = [_came(port) for _ in range(clients)]
        began = time.perf_counter()
        for client in idle:
            if script := next(waiting, None):
                client.play(script)
                selector.register(client.wire, selectors.EVENT_READ, client)
        while selector.get_map():
            ready = selector.select(_PATIENCE_SECONDS)
            if not ready:
                raise AssertionError("the server stopped answering in the middle of a measurement")
            for key, _ in ready:
                if not key.data.heard():
                    continue
                if script := next(waiting, None):
                    key.data.play(script)
                else:
                    selector.unregister(key.fileobj)
        took = time.perf_counter() - began
        for client in idle:
            client.wire.close()
    return took
