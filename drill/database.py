"""PostgreSQL 15 under Patroni with etcd, three machines of it, with the files of deploy/patroni."""

import json
import os
import secrets
import shutil
import urllib.error
import urllib.request
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from drill.machines import Broken, Program, folder_for, free_port, unprivileged, until, variables
from linekey.worker.element_settings import clean_environment, deploy
from tests.postgres import binaries

ADDRESSES = {"db1": "127.0.0.11", "db2": "127.0.0.12", "db3": "127.0.0.13"}
FILES = deploy() / "patroni"
_BEGIN_SECONDS = 120.0


@dataclass
class Machine:
    """One of three: a member of etcd, and a PostgreSQL in the hands of Patroni."""

    name: str
    address: str
    data: Path
    etcd: Program
    patroni: Program

    def start(self) -> None:
        self.etcd.start()
        self.patroni.start()

    def kill(self) -> None:
        self.patroni.kill()
        self.etcd.kill()

    def freeze(self) -> None:
        self.patroni.freeze()
        self.etcd.freeze()

    def thaw(self) -> None:
        self.etcd.thaw()
        self.patroni.thaw()

    def stop(self) -> None:
        self.patroni.stop()
        self.etcd.stop()


class Database:
    """`ports`: of etcd's clients and peers, Patroni and PostgreSQL, the same on every machine."""

    def __init__(self, home: Path) -> None:
        if (programs := binaries()) is None:
            raise Broken("PostgreSQL's server programs are not installed: bin/setup drill installs them.")
        hosts = list(ADDRESSES.values())
        self.client, self.peer, self.rest, self.sql = (free_port(hosts) for _ in range(4))
        self._words = {who: secrets.token_urlsafe(16) for who in ("SUPERUSER", "REPLICATION", "REWIND")}
        self._programs, self._home = programs, home
        self.machines = {name: self._machine(name, address) for name, address in ADDRESSES.items()}
        self._linekey = secrets.token_urlsafe(16)

    def start(self) -> None:
        for machine in self.machines.values():
            machine.start()
        programs = [part for each in self.machines.values() for part in (each.patroni, each.etcd)]
        until(self.is_whole, "three PostgreSQL should stream", *programs, seconds=_BEGIN_SECONDS)

    def stop(self) -> None:
        for machine in self.machines.values():
            machine.stop()

    def create(self, entrance: str) -> str:
        """Address of an empty database `linekey` behind `entrance`."""
        with psycopg.connect(self.superuser(entrance), autocommit=True) as connection:
            connection.execute(f"CREATE ROLE linekey LOGIN PASSWORD '{self._linekey}'")
            connection.execute("CREATE DATABASE linekey OWNER linekey")
        return f"postgresql://linekey:{self._linekey}@{entrance}/linekey"

    def superuser(self, entrance: str) -> str:
        return f"postgresql://postgres:{self._words['SUPERUSER']}@{entrance}/postgres"

    def leader(self) -> str | None:
        """Who takes writes, by its own word."""
        return next((name for name in self.machines if self._ask(name, "/primary") is not None), None)

    def is_whole(self) -> bool:
        """A primary, its synchronous standby, and another behind it."""
        told = next((told for name in self.machines if (told := self._ask(name, "/cluster"))), {})
        members = [(each["role"], each["state"]) for each in told.get("members", ())]
        roles = sorted(role for role, state in members if state in ("running", "streaming"))
        return roles == ["leader", "replica", "sync_standby"]

    def _ask(self, name: str, path: str) -> dict[str, Any] | None:
        with suppress(OSError, ValueError, urllib.error.HTTPError):
            url = f"http://{ADDRESSES[name]}:{self.rest}{path}"
            with urllib.request.urlopen(url, timeout=1) as answer:
                found: dict[str, Any] = json.load(answer)
                return found
        return None

    def _machine(self, name: str, address: str) -> Machine:
        user = unprivileged()
        home = folder_for(user, self._home / name)
        data = home / "data"
        return Machine(
            name,
            address,
            data,
            Program(f"etcd of {name}", ["etcd"], self._etcd(name, address, home), home / "etcd.log", user),
            Program(
                f"patroni of {name}",
                ["/usr/bin/patroni", str(FILES / "patroni.yml")],
                self._patroni(name, address, home, data),
                home / "patroni.log",
                user,
                more=lambda: _postmaster(data),
            ),
        )

    def _etcd(self, name: str, address: str, home: Path) -> dict[str, str]:
        peers = {name: f"http://{address}:{self.peer}" for name, address in ADDRESSES.items()}
        client = f"http://{address}:{self.client}"
        own = {
            "ETCD_NAME": name,
            "ETCD_LISTEN_PEER_URLS": peers[name],
            "ETCD_INITIAL_ADVERTISE_PEER_URLS": peers[name],
            "ETCD_LISTEN_CLIENT_URLS": client,
            "ETCD_ADVERTISE_CLIENT_URLS": client,
            "ETCD_INITIAL_CLUSTER": ",".join(f"{name}={url}" for name, url in peers.items()),
            "ETCD_DATA_DIR": str(home / "etcd"),
        }
        return filled(FILES / "etcd.env", own)

    def _patroni(self, name: str, address: str, home: Path, data: Path) -> dict[str, str]:
        own = {
            "PATRONI_NAME": name,
            "PATRONI_RESTAPI_LISTEN": f"{address}:{self.rest}",
            "PATRONI_RESTAPI_CONNECT_ADDRESS": f"{address}:{self.rest}",
            "PATRONI_POSTGRESQL_LISTEN": f"{address}:{self.sql}",
            "PATRONI_POSTGRESQL_CONNECT_ADDRESS": f"{address}:{self.sql}",
            "PATRONI_POSTGRESQL_DATA_DIR": str(data),
            "PATRONI_POSTGRESQL_BIN_DIR": str(self._programs),
            "PATRONI_POSTGRESQL_PGPASS": str(home / "pgpass"),
            "PATRONI_ETCD_HOSTS": ",".join(f"{each}:{self.client}" for each in ADDRESSES.values()),
            **{f"PATRONI_{who}_PASSWORD": word for who, word in self._words.items()},
        }
        return filled(FILES / "patroni.env", own)


def filled(example: Path, own: dict[str, str]) -> dict[str, str]:
    """An example file with what differs on every machine. Raises Broken for a variable it does not have."""
    told = variables(example)
    if strange := own.keys() - told.keys():
        raise Broken(f"{example} does not set {', '.join(sorted(strange))}.")
    return clean_environment() | told | own


def missing() -> list[str]:
    """Programs of Debian's which the drill needs and this machine has not."""
    path = f"{os.environ.get('PATH', '')}:/usr/sbin"
    return [name for name in ("patroni", "etcd", "haproxy") if shutil.which(name, path=path) is None]


def _postmaster(data: Path) -> list[int]:
    with suppress(OSError, ValueError, IndexError):
        return [int((data / "postmaster.pid").read_text().split()[0])]
    return []
