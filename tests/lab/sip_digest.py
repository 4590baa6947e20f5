"""A phone made by hand: it sends what no real one would, and keeps a nonce to use it again.

Everything a real phone does is tested with real ones (`sip_client`).
"""

import hashlib
import re
import secrets
import socket
from dataclasses import dataclass, field

_TIMEOUT = 3.0


@dataclass
class Handmade:
    """One phone of `username` at a registrar; its nonce stays at hand, good for a minute."""

    host: str
    port: int
    realm: str
    username: str
    agent: bytes = b"handmade"
    user: str = ""
    """User name of its digest; empty: `username`."""
    nonce: str = ""
    at: int = 0
    """Port it sends from, so that it stays one contact; 0: another one each time."""
    _number: int = 0
    _call: str = field(default_factory=lambda: secrets.token_hex(8))

    def register(self, password: str) -> int:
        """Final status of a REGISTER with a nonce of its own. Raises TimeoutError on silence."""
        self.challenged()
        return self.answer(password)

    def challenged(self) -> None:
        """Have a nonce at hand. Raises TimeoutError on silence."""
        found = re.search(rb'nonce="([^"]+)"', self._send(""))
        assert found is not None
        self.nonce = found[1].decode()

    def answer(self, password: str) -> int:
        """Status of one REGISTER with the nonce at hand, whatever became of it."""
        uri, user = f"sip:{self.host}:{self.port}", self.user or self.username
        ha1, ha2 = _md5(f"{user}:{self.realm}:{password}"), _md5(f"REGISTER:{uri}")
        told = f'username="{user}", realm="{self.realm}", nonce="{self.nonce}", uri="{uri}"'
        response = _md5(f"{ha1}:{self.nonce}:{ha2}")
        answer = self._send(f'Authorization: Digest {told}, response="{response}"\r\n')
        return int(answer.split(b" ")[1])

    def _send(self, authorization: str) -> bytes:
        self._number += 1
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as wire:
            wire.settimeout(_TIMEOUT)
            wire.bind(("", self.at))
            wire.connect((self.host, self.port))
            here = "{}:{}".format(*wire.getsockname())
            line = f"<sip:{self.username}@{self.host}>"
            head = (
                f"REGISTER sip:{self.host}:{self.port} SIP/2.0\r\n"
                f"Via: SIP/2.0/UDP {here};branch=z9hG4bK{secrets.token_hex(8)};rport\r\n"
                f"From: {line};tag={self._call}\r\nTo: {line}\r\nCall-ID: {self._call}\r\n"
                f"CSeq: {self._number} REGISTER\r\nMax-Forwards: 70\r\nExpires: 60\r\n"
                f"Contact: <sip:{self.username}@{here}>\r\n{authorization}User-Agent: "
            )
            wire.send(head.encode() + self.agent + b"\r\nContent-Length: 0\r\n\r\n")
            return wire.recv(65536)


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
