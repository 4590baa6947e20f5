"""Linekey on four machines, behind HAProxy, with a registrar and an access server of its own network.

The elements' stores are a PostgreSQL beside the elements, not the one which fails over: phones register while
nobody can change a password, and every worker reaches it.
"""

import base64
import os
import secrets
import sys
import urllib.request
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import psycopg

from drill.database import FILES, Database, filled
from drill.machines import Program, free_port, until
from drill.proofs import Proof
from linekey.domain.secret import Secret
from linekey.worker import elements
from linekey.worker.element_settings import ElementSettings

ADDRESSES = {f"app{number}": f"127.0.0.{20 + number}" for number in range(1, 5)}
REALM = "sip.linekey.test"
_ENTRY = "import sys; from linekey.config.entry import main; sys.exit(main())"
_HERE = "127.0.0.1"


class Entrance:
    """HAProxy with deploy/patroni/haproxy.cfg: one address of the database, one of the pages."""

    def __init__(self, home: Path, database: Database) -> None:
        self.database_at = f"{_HERE}:{free_port([_HERE])}"
        self.web_at = f"{_HERE}:{free_port([_HERE])}"
        self.web_port = free_port(list(ADDRESSES.values()))
        own = {
            "LINEKEY_HAPROXY_DATABASE": self.database_at,
            "LINEKEY_HAPROXY_WEB": self.web_at,
            "LINEKEY_PATRONI_PORT": str(database.rest),
        }
        for number, machine in enumerate(database.machines.values(), 1):
            own[f"LINEKEY_DB{number}"] = f"{machine.address}:{database.sql}"
        for number, address in enumerate(ADDRESSES.values(), 1):
            own[f"LINEKEY_WEB{number}"] = f"{address}:{self.web_port}"
        argv = [elements.program("haproxy") or "haproxy", "-db", "-f", str(FILES / "haproxy.cfg")]
        self.program = Program("haproxy", argv, filled(FILES / "haproxy.env", own), home / "haproxy.log")


class Network:
    """A real Kamailio and a real FreeRADIUS; `store` is an empty PostgreSQL whose owner may create others."""

    def __init__(self, home: Path, store: str) -> None:
        base = store.rpartition("/")[0]
        for name in ("sip", "radius", "accounting"):
            with psycopg.connect(store, autocommit=True) as connection:
                connection.execute(f"CREATE DATABASE {name}".encode())
        self.settings = ElementSettings(
            home=home / "elements",
            realm=REALM,
            radius_secret=Secret(secrets.token_urlsafe(16)),
            sip_port=free_port([_HERE]),
            radius_port=free_port([_HERE]),
            coa_port=free_port([_HERE]),
            sip_store=f"{base}/sip",
            radius_store=f"{base}/radius",
            accounting_store=f"{base}/accounting",
        )
        elements.prepare(self.settings)
        sip, radius = elements.kamailio_command(self.settings), elements.freeradius_command(self.settings)
        self.programs = [
            Program("kamailio", sip.argv, sip.env, self.settings.log("kamailio")),
            Program("freeradius", radius.argv, radius.env, self.settings.log("freeradius-output")),
        ]

    def start(self) -> None:
        for program in self.programs:
            program.start()
        until(lambda: elements.kamailio_answers(self.settings), "Kamailio should answer", self.programs[0])
        until(
            lambda: elements.freeradius_answers(self.settings), "FreeRADIUS should answer", self.programs[1]
        )


def environment(home: Path, network: Network, database: str, web_at: str) -> dict[str, str]:
    """What every machine of the desk is told; the same keys everywhere, no settings of a developer's."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LINEKEY_")}
    keys = home / "keys"
    keys.mkdir(mode=0o700, exist_ok=True)
    return kept | {
        "PYTHONUNBUFFERED": "1",
        "DJANGO_SETTINGS_MODULE": "linekey.config.settings",
        "LINEKEY_HOME": str(home / "desk"),
        "LINEKEY_DATABASE_URL": database,
        "LINEKEY_KEYRING_FILE": str(keys / "keyring.json"),
        "LINEKEY_SECRET_KEY": base64.urlsafe_b64encode(os.urandom(36)).decode(),
        "LINEKEY_AUDIT_ANCHOR": str(keys / "audit-anchor.jsonl"),
        "LINEKEY_PUBLIC_URL": f"http://{web_at}",
        "LINEKEY_BEHIND_PROXY": "1",
        "LINEKEY_ELEMENTS": "real",
        "LINEKEY_SIP_REALM": REALM,
        "LINEKEY_SIP_PORT": str(network.settings.sip_port),
        "LINEKEY_REGISTRAR_STORE": network.settings.sip_store,
        "LINEKEY_REGISTRAR_RPC": str(network.settings.rpc_socket),
        "LINEKEY_RADIUS_PORT": str(network.settings.radius_port),
        "LINEKEY_RADIUS_STORE": network.settings.radius_store,
        "LINEKEY_ACCOUNTING_STORE": network.settings.accounting_store,
        "LINEKEY_RADIUS_KEY_FILE": str(network.settings.radius_keys),
        "LINEKEY_RADIUS_SECRET": network.settings.radius_secret.reveal(),
        "LINEKEY_NAS_PORT": str(network.settings.coa_port),
        "LINEKEY_SMTP_PORT": str(free_port([_HERE])),
        "LINEKEY_SMS_PORT": str(free_port([_HERE])),
    }


class Desk:
    """A web process and a worker on each of four machines."""

    def __init__(self, home: Path, common: Mapping[str, str], web_port: int) -> None:
        self.webs: dict[str, Program] = {}
        self.workers: dict[str, Program] = {}
        self.web_port = web_port
        for name, address in ADDRESSES.items():
            folder = home / name
            folder.mkdir(mode=0o700)
            env = {**common, "LINEKEY_HOME": str(folder)}
            serve = ["serve", "--address", f"{address}:{web_port}", "--processes", "1", "--threads", "4"]
            self.webs[name] = Program(f"web of {name}", linekey(*serve), env, folder / "web.log")
            self.workers[name] = Program(f"worker of {name}", linekey("work"), env, folder / "worker.log")

    def start(self) -> None:
        for program in (*self.webs.values(), *self.workers.values()):
            program.start()
        until(
            lambda: all(map(self.answers, self.webs)), "Every web process should answer", *self.webs.values()
        )

    def answers(self, name: str) -> bool:
        with suppress(OSError):
            url = f"http://{ADDRESSES[name]}:{self.web_port}/healthz"
            with urllib.request.urlopen(url, timeout=1) as answer:
                return bool(answer.status == 200)
        return False

    def stop(self) -> None:
        for program in (*self.webs.values(), *self.workers.values()):
            program.stop()

    def survivors(self, killed: Sequence[str]) -> Proof:
        """Nobody ended because somebody else did."""
        programs = [*self.webs.values(), *self.workers.values()]
        faults = [f"{each.name} does not run" for each in programs if not each.lives]
        faults += [
            f"{each.name} was started {each.starts} times"
            for each in programs
            if each.starts != 1 + (each.name in killed)
        ]
        return Proof("the processes nobody killed lived through it", len(programs), faults)

    def logs(self) -> list[Path]:
        return [each.log for each in (*self.webs.values(), *self.workers.values())]


def linekey(*words: str) -> list[str]:
    """This very installation, whatever PATH says."""
    return [sys.executable, "-c", _ENTRY, *words]
