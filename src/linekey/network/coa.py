"""Disconnect-Request to the access server that holds a session (RFC 5176 section 2.1)."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address

from pyrad.packet import DisconnectACK, DisconnectRequest

from linekey.domain.secret import Secret
from linekey.network.ports import Disconnected, Disconnection, Session
from linekey.network.radius import exchange, peer

COA_PORT = 3799
"""RFC 5176 section 2.3."""


@dataclass(frozen=True)
class Nas:
    """How one network access server takes Disconnect-Requests."""

    secret: Secret
    port: int = COA_PORT
    host: str = ""
    """Where to send, when it is not the NAS-IP-Address accounting tells (NAT, loopback)."""


@dataclass(frozen=True)
class DisconnectClient:
    """Knows every NAS by the address accounting tells; `default` serves the others.

    Waits `timeout` x `tries` seconds at most (3 s unless told), then says TIMEOUT. Silence also means
    a wrong secret or an unknown client: a NAS does not answer those (RFC 5176 section 2.3).
    """

    default: Nas | None = None
    by_address: Mapping[str, Nas] = field(default_factory=dict)
    timeout: float = 1.0
    tries: int = 3

    def __call__(self, session: Session) -> Disconnected:
        nas = self.by_address.get(session.nas_address, self.default)
        if nas is None:
            return Disconnected(session, Disconnection.TIMEOUT)
        request = peer(nas.secret).CreateCoAPacket(code=DisconnectRequest, message_authenticator=True)
        request["User-Name"] = session.login
        request["Acct-Session-Id"] = session.session_id
        # Against replay, RFC 5176 section 6.3: a NAS may refuse a request older than 300 s.
        request["Event-Timestamp"] = int(time.time())
        for name, value in (("NAS", session.nas_address), ("Framed", session.framed_address)):
            address = _known(value)
            if address and ":" not in address:
                request[f"{name}-IP-Address"] = address
            elif address and name == "NAS":
                request["NAS-IPv6-Address"] = address
        reply = exchange(request, nas.host or session.nas_address, nas.port, self.timeout, self.tries)
        if reply is None:
            return Disconnected(session, Disconnection.TIMEOUT)
        if reply.code == DisconnectACK:
            return Disconnected(session, Disconnection.ACK)
        causes = reply.get("Error-Cause") or [None]
        return Disconnected(session, Disconnection.NAK, causes[0])


def _known(value: str) -> str:
    """The address in canonical form, empty when accounting did not tell one (`''`, `0.0.0.0`)."""
    try:
        address = ip_address(value)
    except ValueError:
        return ""
    return "" if address.is_unspecified else str(address)
