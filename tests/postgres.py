"""A private PostgreSQL cluster; nobody else's server is used, nothing is left behind."""

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from linekey.worker.children import die_with_parent

_START_SECONDS = 30.0
# Durability costs time, and this cluster is thrown away.
_CARELESS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
_OPTIONS = {
    "max_connections": "100",
    "listen_addresses": "127.0.0.1",
}


def binaries() -> Path | None:
    """Debian keeps the server's programs off PATH, one folder per version; the newest one is taken."""
    versions = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if versions:
        return max(versions, key=lambda folder: float(folder.parent.name))
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


@contextmanager
def cluster(*, durable: bool = False, **more: str) -> Iterator[str]:
    """The address of a running cluster with an empty database `linekey`, whose owner may create others.

    `durable` keeps PostgreSQL's own promises, for measurements; `more` are settings of the server.
    """
    programs = binaries()
    if programs is None:
        raise FileNotFoundError("PostgreSQL's server programs are not installed")
    # PostgreSQL refuses to run as root; Debian's package brings this user.
    user = "postgres" if os.geteuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="linekey-postgresql-"))
    server: subprocess.Popen[bytes] | None = None
    try:
        password = secrets.token_urlsafe(16)
        (folder / "password").write_text(password)
        if user:
            owner = pwd.getpwnam(user)
            for path in (folder, folder / "password"):
                os.chown(path, owner.pw_uid, owner.pw_gid)
        data, port = folder / "data", _free_port()
        words = [
            "--auth=scram-sha-256",
            "--username=linekey",
            "--locale=C.UTF-8",
            "--encoding=UTF8",
            "--no-sync",
        ]
        subprocess.run(
            [programs / "initdb", "-D", data, f"--pwfile={folder / 'password'}", *words],
            check=True,
            cwd=folder,
            user=user,
            group=user,
            extra_groups=[] if user else None,
            stdout=subprocess.DEVNULL,
        )
        options = (
            _OPTIONS
            | ({} if durable else _CARELESS)
            | more
            | {"port": str(port), "unix_socket_directories": str(folder)}
        )
        settings = [f"--{name}={value}" for name, value in options.items()]
        with (folder / "server.log").open("wb") as log:
            server = subprocess.Popen(
                [programs / "postgres", "-D", data, *settings],
                cwd=folder,
                user=user,
                group=user,
                extra_groups=[] if user else None,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=die_with_parent,
            )
        address = f"postgresql://linekey:{password}@127.0.0.1:{port}"
        _create_database(address, server, folder / "server.log")
        yield f"{address}/linekey"
    finally:
        if server is not None:
            server.send_signal(signal.SIGQUIT)  # immediate shutdown: nothing here is worth writing down
            server.wait(_START_SECONDS)
        shutil.rmtree(folder)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _create_database(address: str, server: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while True:
        try:
            with psycopg.connect(f"{address}/postgres", autocommit=True) as connection:
                connection.execute("CREATE DATABASE linekey")
                return
        except psycopg.OperationalError:
            if server.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"the private PostgreSQL does not answer:\n{log.read_text()}") from None
            time.sleep(0.05)
