"""Posts a signed event to an address which somebody else named, and lets nobody reach inwards through us.

The host is looked up once; every address it has must be one of the internet, or of a network the operator
opened; the connection goes to an address that was looked at, so that a second look-up cannot tell otherwise
(DNS rebinding), while TLS still proves the name. No redirect is followed, no proxy asked, no cookie kept.
"""

import socket
import ssl
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from threading import Timer
from urllib.parse import urlsplit

from linekey.domain.destinations import Network, is_outside, is_within
from linekey.domain.inert import inert
from linekey.domain.trouble import Rejected, Unreachable

LARGEST_ANSWER = 4096
"""Bytes of the answer that are read at all."""
EXCERPT = 200
"""Characters of it that are kept."""
_TRIES = 3
"""Addresses of one host which are tried."""

Resolve = Callable[[str, int], Sequence[str]]


@dataclass(frozen=True)
class Answered:
    status: int
    excerpt: str
    """How the answer began, in one inert line."""
    retry_after: int = 0
    """Seconds, as the receiver asked; 0 when it did not."""


def resolve(host: str, port: int) -> list[str]:
    """Every address of a host. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(each[4][0]) for each in found))


@dataclass
class Webhooks:
    """One connection per event."""

    opened: tuple[Network, ...] = ()
    """Networks of the operator's own which may be written to, in clear too."""
    timeout: float = 15.0
    """Seconds from the first byte sent to the last one read, all together."""
    trust: ssl.SSLContext | None = field(default=None, repr=False)
    """Whose certificates count; None = the machine's authorities."""
    resolve: Resolve = resolve

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Answered:
        """What was answered, whatever it was. Raises Unreachable; Rejected when we may not write there."""
        parts = urlsplit(url)
        host, secure = parts.hostname or "", parts.scheme == "https"
        port = parts.port or (443 if secure else 80)
        addresses = self._allowed(host, port, secure)
        connection = _Pinned(host, port, addresses, self._trust() if secure else None, self.timeout)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        # A socket's own timeout begins anew with each byte: somebody who drips must be cut off all the same.
        deadline = Timer(self.timeout, connection.cut)
        deadline.daemon = True
        deadline.start()
        try:
            connection.request("POST", path, body, {"Content-Type": "application/json", **headers})
            answer = connection.getresponse()
            excerpt = _excerpt(answer.read(LARGEST_ANSWER))
            connection.require_in_time()
            return Answered(answer.status, excerpt, _seconds(answer.headers.get("Retry-After", "")))
        except ssl.SSLCertVerificationError as error:
            raise Unreachable(f"the certificate is not valid: {error.verify_message}") from None
        except (OSError, HTTPException, ValueError) as error:
            # Not its words: some of them quote what was sent.
            raise Unreachable(f"no answer: {type(error).__name__}") from None
        finally:
            deadline.cancel()
            connection.close()

    def _allowed(self, host: str, port: int, secure: bool) -> list[str]:
        try:
            addresses = list(self.resolve(host, port))
        except (OSError, UnicodeError):
            raise Unreachable("the host has no address") from None
        if not addresses:
            raise Unreachable("the host has no address")
        if all(is_within(each, self.opened) for each in addresses):
            return addresses
        if not all(is_outside(each) or is_within(each, self.opened) for each in addresses):
            raise Rejected("the host has an address of a private network, to which nothing is sent")
        if not secure:
            raise Rejected("only https is spoken on the internet")
        return addresses

    def _trust(self) -> ssl.SSLContext:
        if self.trust is None:
            self.trust = ssl.create_default_context()
        return self.trust


class _Pinned(HTTPConnection):
    """Connects to addresses that were looked at, in the name of the host."""

    def __init__(
        self, host: str, port: int, addresses: Sequence[str], trust: ssl.SSLContext | None, timeout: float
    ) -> None:
        super().__init__(host, port, timeout=timeout)
        self.default_port = 443 if trust else 80
        self._addresses = addresses[:_TRIES]
        self._trust = trust
        self._seconds = timeout
        self._over = False

    def connect(self) -> None:
        self.sock = self._opened()
        if self._trust is not None:
            # In two steps: `cut` must find the socket while hands are still being shaken.
            self.sock = self._trust.wrap_socket(
                self.sock, server_hostname=self.host, do_handshake_on_connect=False
            )
            self.sock.do_handshake()
        self.require_in_time()

    def require_in_time(self) -> None:
        """What was cut off looks like a short answer. Raises TimeoutError."""
        if self._over:
            raise TimeoutError

    def _opened(self) -> socket.socket:
        trouble: OSError = TimeoutError()
        for address in self._addresses:
            try:
                return socket.create_connection((address, self.port), self._seconds / len(self._addresses))
            except OSError as error:
                trouble = error
        raise trouble

    def cut(self) -> None:
        self._over = True
        if self.sock is not None:
            try:
                self.sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                return


def _excerpt(answer: bytes) -> str:
    return inert(" ".join(answer.decode("utf-8", errors="replace").split()))[:EXCERPT]


def _seconds(asked: str) -> int:
    """Of a Retry-After in seconds; a date is not worth a parser."""
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 7 else 0
