"""The ground `linekey run` stands on: its folder, which it holds alone, and its ports, which must be free."""

import fcntl
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from linekey.worker import probes


@dataclass(frozen=True)
class Place:
    """Where this run keeps its state and listens."""

    home: Path
    mail_folder: Path
    web_port: int
    sip_port: int
    radius_port: int
    """Authentication; accounting is the next one (RFC 2866 keeps them apart)."""
    smtp_port: int
    elements: str
    """`auto` (real ones when installed), `real` or `memory`."""


class CannotStart(Exception):
    """One sentence for the person who typed the command."""


@contextmanager
def alone_in(home: Path) -> Iterator[None]:
    """Hold the state folder: two supervisors on one would restart each other's children."""
    os.umask(0o077)
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (home / "run.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise CannotStart(
                f"already running in {home} (process {lock.read().strip() or 'unknown'}). "
                "Stop it first, or give this one a folder of its own with LINEKEY_HOME, and its own ports."
            ) from None
        lock.truncate(0)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        yield


def refuse_taken_ports(place: Place) -> None:
    tcp, udp = socket.SOCK_STREAM, socket.SOCK_DGRAM
    wanted = [
        (place.web_port, tcp, "LINEKEY_PORT", "the pages"),
        (place.smtp_port, tcp, "LINEKEY_SMTP_PORT", "the demo mail server"),
    ]
    if place.elements != "memory":
        wanted += [
            (place.sip_port, udp, "LINEKEY_SIP_PORT", "Kamailio"),
            (place.radius_port, udp, "LINEKEY_RADIUS_PORT", "FreeRADIUS"),
            (place.radius_port + 1, udp, "LINEKEY_RADIUS_PORT", "FreeRADIUS accounting, one above it"),
        ]
    for port, kind, variable, whose in wanted:
        if not probes.free(port, kind):
            raise CannotStart(
                f"port {port} on this machine is taken; it is wanted for {whose}. "
                f"Stop what holds it, or choose another with {variable}=<port>."
            )


def environment(place: Place, real: bool) -> dict[str, str]:
    return os.environ | {
        "LINEKEY_HOME": str(place.home),
        "LINEKEY_MAIL_DIR": str(place.mail_folder),
        "LINEKEY_PORT": str(place.web_port),
        "LINEKEY_SIP_PORT": str(place.sip_port),
        "LINEKEY_RADIUS_PORT": str(place.radius_port),
        "LINEKEY_SMTP_PORT": str(place.smtp_port),
        "LINEKEY_ELEMENTS": "real" if real else "memory",
        # Logs are read while things run.
        "PYTHONUNBUFFERED": "1",
    }
