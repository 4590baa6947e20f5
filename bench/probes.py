"""Is this the password, now? Asked of the real elements as telephones and access servers ask.

Not by programs of their own, as the tests do: to start one takes longer than what is measured.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from pyrad.packet import AccessAccept

from linekey.domain.secret import Secret
from linekey.network.radius import exchange, peer
from tests.lab.elements import free_port
from tests.lab.sip_digest import Handmade

PAUSE_SECONDS = 0.001
"""Between two questions: the client shares its cores with what it asks."""
_LONGEST_SECONDS = 20.0
_SECOND = 1.0
_NONCE_SECONDS = 30.0
"""Half of what the registrar grants one."""


class Probe(Protocol):
    def accepted(self, password: str) -> bool:
        """Raises TimeoutError on silence."""


class Telephone:
    """One REGISTER with a digest for each question, all from one contact."""

    def __init__(self, host: str, port: int, realm: str, username: str) -> None:
        self._phone = Handmade(host, port, realm, username, at=free_port())
        self._challenged_at = 0.0

    def accepted(self, password: str) -> bool:
        if time.monotonic() - self._challenged_at > _NONCE_SECONDS:
            self._challenged_at = time.monotonic()
            self._phone.challenged()
        status = self._phone.answer(password)
        if status not in (200, 401):
            raise RuntimeError(f"the registrar answers {status}")
        return status == 200


@dataclass
class AccessServer:
    """One Access-Request (PAP) for each question."""

    host: str
    port: int
    secret: str
    login: str

    def accepted(self, password: str) -> bool:
        request = peer(Secret(self.secret)).CreateAuthPacket()
        request["User-Name"] = self.login
        request["NAS-IP-Address"] = "127.0.0.1"
        request["User-Password"] = request.PwCrypt(password.encode())
        reply = exchange(request, self.host, self.port, _SECOND, 1)
        if reply is None:
            raise TimeoutError(f"no answer about {self.login}")
        return bool(reply.code == AccessAccept)


def until_changed(probe: Probe, old: str, change: Callable[[], str]) -> tuple[str, float]:
    """Make the change; the new password, and how many ms later the old one was refused and the new one taken.

    The clock starts before the change is asked for. The old password is asked until it is refused: guesses
    with the new one would count as guesses.
    """
    if not probe.accepted(old):
        raise RuntimeError("the old password is refused before it is changed")
    began = time.perf_counter()
    new = change()
    while probe.accepted(old):
        if time.perf_counter() - began > _LONGEST_SECONDS:
            raise RuntimeError("the old password is still accepted")
        time.sleep(PAUSE_SECONDS)
    if not probe.accepted(new):
        raise RuntimeError("neither the old password is accepted nor the new one")
    return new, 1000 * (time.perf_counter() - began)
