"""SIP OPTIONS (RFC 3261 section 11): does a SIP server answer, and with which status?"""

import secrets
import socket


def options_status(host: str, port: int, user: str = "", timeout: float = 1.0) -> int | None:
    """Final status of one OPTIONS over UDP, None when nothing came in `timeout` seconds.

    With Linekey's own configuration `user="store"` also makes Kamailio read its database: 503 when it cannot.
    """
    target = f"sip:{user}@{host}:{port}" if user else f"sip:{host}:{port}"
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as wire:
        wire.settimeout(timeout)
        try:
            # Connected, so that a closed port is told at once and nobody else can answer.
            wire.connect((host, port))
            here, here_port = wire.getsockname()[:2]
            token = secrets.token_hex(8)
            lines = (
                f"OPTIONS {target} SIP/2.0",
                f"Via: SIP/2.0/UDP {here}:{here_port};branch=z9hG4bK{token};rport",
                f"From: <sip:linekey@{here}>;tag={token}",
                f"To: <{target}>",
                f"Call-ID: {token}",
                "CSeq: 1 OPTIONS",
                "Max-Forwards: 70",
                "Content-Length: 0",
                "",
                "",
            )
            wire.send("\r\n".join(lines).encode())
            first = wire.recv(65536).split(b"\r\n", 1)[0].split(b" ")
        except OSError:
            return None
    return int(first[1]) if len(first) > 1 and first[0] == b"SIP/2.0" and first[1].isdigit() else None
