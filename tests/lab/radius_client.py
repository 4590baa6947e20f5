"""An access server (NAS) as a test plays it: Access-Requests in three protocols, and accounting.

`radclient`, FreeRADIUS's own, speaks PAP and CHAP; it mangles quotes and backslashes and knows no
MS-CHAPv2, so odd passwords and MS-CHAPv2 go through pyrad.
"""

import hashlib
import os
import re
import struct
import subprocess
from typing import Any, Literal

from pyrad.packet import AccessAccept

from linekey.domain.secret import Secret
from linekey.network.radius import exchange, peer
from tests.lab import mschapv2

Protocol = Literal["pap", "chap", "mschapv2"]

MICROSOFT = 311
CHAP_CHALLENGE, MS_CHAP_CHALLENGE, MS_CHAP2_RESPONSE, MS_CHAP2_SUCCESS = 60, 11, 25, 26
STATUS = {"start": 1, "stop": 2, "interim": 3, "on": 7, "off": 8}
PLAIN = re.compile(r"[A-Za-z0-9@._ -]+")


def access_request(
    host: str,
    port: int,
    secret: str,
    login: str,
    password: str,
    protocol: Protocol = "pap",
    timeout: float = 2.0,
    **attributes: Any,
) -> bool | None:
    """True for Access-Accept, False for Access-Reject, None for silence.

    `attributes` as in `accounting`.
    With MS-CHAPv2 an accept whose server does not prove to know the password raises AssertionError.
    """
    if not attributes and protocol != "mschapv2" and PLAIN.fullmatch(login) and PLAIN.fullmatch(password):
        return _radclient(host, port, secret, login, password, protocol, timeout)
    request = peer(Secret(secret)).CreateAuthPacket()
    request["User-Name"] = login
    for name, value in ({"NAS_IP_Address": "127.0.0.1"} | attributes).items():
        if value is not None:
            request[name.replace("_", "-")] = value
    proof = b""
    if protocol == "pap":
        request["User-Password"] = request.PwCrypt(password.encode())
    elif protocol == "chap":
        challenge, number = os.urandom(16), os.urandom(1)
        digest = hashlib.md5(number + password.encode() + challenge, usedforsecurity=False).digest()
        request["CHAP-Password"] = number + digest
        request[CHAP_CHALLENGE] = [challenge]
    else:
        theirs, ours = os.urandom(16), os.urandom(16)
        answer = mschapv2.response(login, password, theirs, ours)
        proof = mschapv2.server_proof(login, password, theirs, ours, answer)
        said = b"\x01\x00" + ours + bytes(8) + answer
        request[26] = [_microsoft(MS_CHAP_CHALLENGE, theirs), _microsoft(MS_CHAP2_RESPONSE, said)]
    reply = exchange(request, host, port, timeout, 1)
    if reply is None:
        return None
    accepted = bool(reply.code == AccessAccept)
    assert not (accepted and proof) or proof in _raw(reply), "the server does not know the password"
    return accepted


def accounting(
    host: str, port: int, secret: str, login: str, session_id: str, status: str, **attributes: Any
) -> bool:
    """Send one Accounting-Request (`status`: start, stop, interim, on, off); whether it was acknowledged.

    `attributes` are named as in linekey.dictionary with `_` for `-`, e.g. `Framed_IP_Address="192.0.2.1"`;
    None leaves one out that is sent otherwise.
    """
    request = peer(Secret(secret)).CreateAcctPacket()
    told = {"NAS_IP_Address": "127.0.0.1", "NAS_Port": 1} | attributes
    for name, value in told.items():
        if value is not None:
            request[name.replace("_", "-")] = value
    request["Acct-Status-Type"] = STATUS[status]
    request["Acct-Session-Id"] = session_id
    if login:
        request["User-Name"] = login
    return exchange(request, host, port, 1.0, 1) is not None


def _radclient(
    host: str, port: int, secret: str, login: str, password: str, protocol: str, timeout: float
) -> bool | None:
    attribute = "User-Password" if protocol == "pap" else "CHAP-Password"
    question = f'User-Name = "{login}"\n{attribute} = "{password}"\nNAS-IP-Address = 127.0.0.1\n'
    if protocol == "pap":
        question += "Message-Authenticator = 0x00\n"
    said = subprocess.run(
        ["radclient", "-x", "-r", "1", "-t", str(timeout), f"{host}:{port}", "auth", secret],
        input=question,
        capture_output=True,
        text=True,
        timeout=timeout + 5,
    )
    if "Received Access-Accept" in said.stdout:
        return True
    if "Received Access-Reject" in said.stdout:
        return False
    assert "No reply" in said.stdout + said.stderr, said.stdout + said.stderr
    return None


def _microsoft(number: int, value: bytes) -> bytes:
    """A vendor's attribute (RFC 2865 section 5.26)."""
    return struct.pack("!LBB", MICROSOFT, number, len(value) + 2) + value


def _raw(reply: Any) -> bytes:
    """Every value in the reply, one after the other: pyrad files vendors' attributes in several ways."""
    return b"".join(part for values in dict(reply).values() for part in values if isinstance(part, bytes))
