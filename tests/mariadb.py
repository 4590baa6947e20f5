"""A private MariaDB server; nobody else's is used, nothing is left behind. As `tests.postgres`."""

import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy.exc import OperationalError

from linekey.network.store import open_store
from linekey.worker.children import die_with_parent
from linekey.worker.elements import program
from tests.lab.elements import free_port, need

KAMAILIO = Path("/usr/share/kamailio/mysql")
"""Scripts of kamailio-mysql-modules."""
_START_SECONDS = 60.0
_OPTIONS = {
    "bind-address": "127.0.0.1",
    # Durability costs time, and this server is thrown away.
    "innodb-flush-log-at-trx-commit": "0",
    "innodb-buffer-pool-size": "16M",
    "innodb-log-file-size": "16M",
    "character-set-server": "latin1",  # Kamailio's own scripts make their database so.
}


@contextmanager
def server() -> Iterator[str]:
    """Address of a running server without a database name: `mysql://linekey:…@127.0.0.1:port`."""
    # MariaDB refuses to run as root; Debian's package brings this user.
    user = "mysql" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
    folder = Path(tempfile.mkdtemp(prefix="linekey-mariadb-"))
    process: subprocess.Popen[bytes] | None = None
    try:
        owner, password = pwd.getpwnam(user), secrets.token_urlsafe(16)
        data, port, log, first = folder / "data", free_port(), folder / "server.log", folder / "first.sql"
        first.write_text(
            f"CREATE USER linekey@'127.0.0.1' IDENTIFIED BY '{password}';\n"
            "GRANT ALL ON *.* TO linekey@'127.0.0.1' WITH GRANT OPTION;\n"
        )
        for path in (folder, first):
            os.chown(path, owner.pw_uid, owner.pw_gid)
        where = ["--no-defaults", f"--datadir={data}", f"--user={user}"]
        subprocess.run(
            ["mariadb-install-db", *where, "--skip-test-db"],
            check=True,
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        settings = [f"--{name}={value}" for name, value in _OPTIONS.items()]
        places = [f"--port={port}", f"--socket={folder / 'sock'}", f"--pid-file={folder / 'pid'}"]
        with log.open("wb") as words:
            process = subprocess.Popen(
                [program("mariadbd") or "mariadbd", *where, *places, *settings, f"--init-file={first}"],
                cwd=folder,
                stdout=words,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=die_with_parent,
            )
        address = f"mysql://linekey:{password}@127.0.0.1:{port}"
        _wait(address, process, log)
        yield address
    finally:
        if process is not None:
            process.kill()  # Nothing here is worth writing down.
            process.wait(_START_SECONDS)
        shutil.rmtree(folder)


def with_kamailios_tables(server: str) -> str:
    """Address of a new database `operator` in which Kamailio's own scripts were run."""
    store = f"{server}/operator"
    run(server, "CREATE DATABASE operator")
    for name in ("standard", "auth_db"):
        script = (KAMAILIO / f"{name}-create.sql").read_text()
        run(store, *(part for part in script.split(";") if part.strip()))
    return store


def needed() -> None:
    """Skip, or fail where nothing may be skipped, as `tests.lab.elements.need`."""
    need("mariadbd", "mariadb-install-db", *([] if KAMAILIO.exists() else ["kamailio-mysql-modules"]))


def run(address: str, *statements: str) -> list[dict[str, Any]]:
    """The rows of the last statement, if it has any. `address` with or without the name of a database."""
    engine = open_store(address)
    try:
        with engine.begin() as connection:
            rows: list[dict[str, Any]] = []
            for statement in statements:
                done = connection.exec_driver_sql(statement.replace("%", "%%"))
                rows = [dict(row) for row in done.mappings()] if done.returns_rows else []
            return rows
    finally:
        engine.dispose()


def _wait(address: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while True:
        try:
            run(address, "SELECT 1")
            return
        except OperationalError:
            if process.poll() is not None or time.monotonic() > deadline:
                told = log.read_text()[-3000:]
                raise RuntimeError(f"the private MariaDB does not answer:\n{told}") from None
            time.sleep(0.05)
