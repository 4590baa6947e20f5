"""The real elements as child processes: their files, their commands, and whether they answer.

Plain Python over deploy/: what `make run` and the tests start is what an operator would install.
Nothing here starts or stops a process by itself, and nothing is judged by a pid: a Kamailio whose
database was missing at start lives on, deaf.
"""

import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import make_url
from sqlalchemy.engine import URL

from linekey.network.options import options_status
from linekey.network.radius import answers_status
from linekey.worker.element_files import prepare, sealing_key
from linekey.worker.element_settings import ElementSettings, clean_environment, deploy

__all__ = [
    "Command",
    "ElementSettings",
    "available",
    "deploy",
    "freeradius_answers",
    "freeradius_command",
    "kamailio_answers",
    "kamailio_command",
    "prepare",
    "program",
    "sealing_key",
    "wait_until_answering",
]

BINARIES = ("kamailio", "freeradius")


@dataclass(frozen=True)
class Command:
    """What to give to `subprocess.Popen`. Secrets are in `env`, never in `argv`: those are public."""

    argv: list[str]
    env: dict[str, str]


def available() -> list[str]:
    """Programs which are missing; empty when both elements can be started."""
    return [name for name in BINARIES if program(name) is None]


def kamailio_command(settings: ElementSettings, *defines: str) -> Command:
    """Kamailio in the foreground; `defines` as in `FAILURES_TOLERATED=3`. It writes its log to stderr."""
    store = make_url(settings.store("sip"))
    on_sqlite = store.get_backend_name() == "sqlite"
    run = settings.rpc_socket.parent
    argv = [program("kamailio") or "kamailio", "-DD", "-E", "-m", "256", "-M", "8", "-x", "fm"]
    argv += ["-P", str(run / "kamailio.pid"), "-Y", str(run), "-f", str(deploy() / "kamailio/kamailio.cfg")]
    for define in [*defines, *([] if on_sqlite else ["WITH_POSTGRESQL"])]:
        argv += ["-A", define]
    env = {
        # usrloc writes local times into PostgreSQL and reads them back as UTC: elsewhere than in UTC
        # every registration is lost, or lives on, by the difference.
        "TZ": "UTC",
        "LINEKEY_SIP_HOST": settings.host,
        "LINEKEY_SIP_PORT": str(settings.sip_port),
        "LINEKEY_SIP_REALM": settings.realm,
        "LINEKEY_SIP_STORE": _kamailio_address(store),
        "LINEKEY_SIP_EVENTS": _kamailio_address(make_url(settings.events_store)),
        "LINEKEY_SIP_LOCATION": _kamailio_address(make_url(settings.location_store)),
        "LINEKEY_SIP_RPC": str(settings.rpc_socket),
    }
    return Command(argv, clean_environment() | env)


def freeradius_command(settings: ElementSettings) -> Command:
    """FreeRADIUS in the foreground; it writes `settings.log("freeradius")` itself."""
    raddb = str(deploy() / "freeradius")
    store = make_url(settings.store("radius"))
    env = {
        # The service's user need not write where the configuration lies.
        "PYTHONDONTWRITEBYTECODE": "1",
        "LINEKEY_RADDB": raddb,
        "LINEKEY_RADIUS_RUN": str(settings.home.absolute() / "run"),
        "LINEKEY_RADIUS_LOG": str(settings.log("freeradius")),
        "LINEKEY_RADIUS_HOST": settings.host,
        "LINEKEY_RADIUS_PORT": str(settings.radius_port),
        "LINEKEY_RADIUS_ACCT_PORT": str(settings.radius_port + 1),
        "LINEKEY_RADIUS_CLIENTS": str(settings.radius_clients),
        "LINEKEY_RADIUS_KEY": str(settings.radius_keys),
        "LINEKEY_RADIUS_REJECT_DELAY": str(settings.reject_delay),
        "LINEKEY_RADIUS_DIALECT": store.get_backend_name(),
    }
    env |= _freeradius_database("LINEKEY_RADIUS_DB", store)
    env |= _freeradius_database("LINEKEY_RADACCT_DB", make_url(settings.store("accounting")))
    argv = [program("freeradius") or "freeradius", "-f", "-d", raddb, "-l", env["LINEKEY_RADIUS_LOG"]]
    return Command(argv, clean_environment() | env)


def kamailio_answers(settings: ElementSettings) -> bool:
    """One OPTIONS to `store@…`, which makes Kamailio read its table."""
    return options_status(settings.host, settings.sip_port, user="store", timeout=0.2) == 200


def freeradius_answers(settings: ElementSettings) -> bool:
    """One Status-Server, which makes FreeRADIUS read its table."""
    return answers_status(settings.host, settings.radius_port, settings.radius_secret, timeout=0.2)


def wait_until_answering(answers: Callable[[], bool], seconds: float = 5.0) -> bool:
    """Ask until it answers; False when `seconds` went by."""
    deadline = time.monotonic() + seconds
    while not answers():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def program(name: str) -> str | None:
    """Full path of an installed program."""
    # Debian keeps them in sbin, which an ordinary user has not on the path.
    return shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")


def _kamailio_address(url: URL) -> str:
    if url.get_backend_name() == "sqlite":
        return f"sqlite:///{url.database}"
    return f"postgres://{url.username}:{url.password}@{url.host}:{url.port or 5432}/{url.database}"


def _freeradius_database(prefix: str, url: URL) -> dict[str, str]:
    return {
        prefix: url.database or "",
        f"{prefix}_HOST": url.host or "",
        f"{prefix}_PORT": str(url.port or ""),
        f"{prefix}_USER": url.username or "",
        f"{prefix}_PASSWORD": str(url.password or ""),
    }
