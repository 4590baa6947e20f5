"""The ground `linekey run` stands on: its folder, which it holds alone, and its ports, which must be free."""

import fcntl
import os
import signal
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from linekey.worker import probes
from linekey.worker.element_settings import ElementSettings
from linekey.worker.sink_sms import PATH as SENDSMS

_MARK = "LINEKEY_SUPERVISED_IN"
_LEFTOVER_SECONDS = 5.0


@dataclass(frozen=True)
class Place:
    """Where this run keeps its state and listens."""

    home: Path
    mail_folder: Path
    sms_folder: Path
    web_port: int
    smtp_port: int
    sms_port: int
    sms_url: str
    """The operator's own SMS gateway; empty = texts go to the demo's."""
    elements: str
    """`auto` (real ones when installed), `real` or `memory`."""
    network: ElementSettings


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


def marked(variables: Mapping[str, str], home: Path) -> dict[str, str]:
    """Environment of a child, by which a later run knows it for one of this folder."""
    return {**variables, _MARK: str(home)}


def end_leftovers(home: Path) -> int:
    """End what a supervisor that was killed outright could not; how many processes there were.

    To be called while holding the folder: then whatever carries its mark belongs to nobody.
    """
    found = processes_of(home)
    deadline = time.monotonic() + _LEFTOVER_SECONDS
    number = signal.SIGTERM
    while left := processes_of(home):
        for process in left:
            with suppress(ProcessLookupError):
                os.kill(process, number)
        if number == signal.SIGKILL:
            break
        if time.monotonic() > deadline:
            number = signal.SIGKILL
        time.sleep(0.1)
    return len(found)


def processes_of(home: Path) -> list[int]:
    mark = f"{_MARK}={home}".encode()
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # ended meanwhile, or not ours to read
            if mark in (process / "environ").read_bytes().split(b"\0") and int(process.name) != os.getpid():
                found.append(int(process.name))
    return found


def refuse_taken_ports(place: Place) -> None:
    tcp, udp = socket.SOCK_STREAM, socket.SOCK_DGRAM
    wanted = [
        (place.web_port, tcp, "LINEKEY_PORT", "the pages"),
        (place.smtp_port, tcp, "LINEKEY_SMTP_PORT", "the demo mail server"),
        (place.sms_port, tcp, "LINEKEY_SMS_PORT", "the demo SMS gateway"),
    ]
    if place.elements != "memory":
        wanted += [
            (place.network.sip_port, udp, "LINEKEY_SIP_PORT", "Kamailio"),
            (place.network.radius_port, udp, "LINEKEY_RADIUS_PORT", "FreeRADIUS"),
            (
                place.network.radius_port + 1,
                udp,
                "LINEKEY_RADIUS_PORT",
                "FreeRADIUS accounting, one above it",
            ),
        ]
    for port, kind, variable, whose in wanted:
        if not probes.free(port, kind):
            raise CannotStart(
                f"port {port} on this machine is taken; it is wanted for {whose}. "
                f"Stop what holds it, or choose another with {variable}=<port>."
            )


def environment(place: Place, real: bool) -> dict[str, str]:
    """What the children are told beyond what this run was told: a relative folder, a choice made."""
    return os.environ | {
        "LINEKEY_HOME": str(place.home),
        "LINEKEY_ELEMENTS": "real" if real else "memory",
        "LINEKEY_SMS_URL": place.sms_url or f"http://127.0.0.1:{place.sms_port}{SENDSMS}",
        # Logs are read while things run.
        "PYTHONUNBUFFERED": "1",
    }
