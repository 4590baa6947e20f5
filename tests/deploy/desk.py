"""A web process as its unit starts it: on a socket that is held for it, on the database of the tests."""

import os
import shlex
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from linekey.worker import probes
from linekey.worker.children import die_with_parent
from tests.lab.product import eventually
from tests.worker.processes import database_url

ENTRY = "import sys; from linekey.config.entry import main; sys.exit(main())"
NAMES = "desk.example,provision.desk.example,localhost"
BEHIND_NGINX = {
    "LINEKEY_PUBLIC_URL": "https://desk.example",
    "LINEKEY_PROVISION_URL": "https://provision.desk.example:8443",
    "LINEKEY_ALLOWED_HOSTS": NAMES,
    "LINEKEY_BEHIND_PROXY": "1",
}


class Desk:
    """`linekey serve` behind an address that outlives it: systemd.socket(5), sd_listen_fds(3)."""

    def __init__(self, log: Path, **variables: str) -> None:
        self._log = log
        self._environment = os.environ | {"LINEKEY_DATABASE_URL": database_url()} | variables
        self.socket = socket.create_server(("127.0.0.1", 0), backlog=2048)
        self.port: int = self.socket.getsockname()[1]
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        held = self.socket.fileno()
        # It must be the third file, and our number must be known: a shell has both before it becomes Linekey.
        words = shlex.join([sys.executable, "-c", ENTRY, "serve", "--processes", "1", "--finish", "15"])
        script = f"exec 3<&{held} {held}<&-; LISTEN_FDS=1 LISTEN_PID=$$ exec {words}"
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                ["bash", "-c", script],
                env=self._environment,
                pass_fds=[held],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                preexec_fn=die_with_parent,
            )

    def answers(self) -> bool:
        return probes.web_answers(self.port)

    def tell_to_stop(self) -> None:
        assert self._process is not None
        self._process.terminate()

    def wait(self) -> int:
        assert self._process is not None
        return self._process.wait(60)

    def close(self) -> None:
        """Nobody listens any more."""
        self.socket.close()
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.wait()


@contextmanager
def desks(folder: Path, number: int, **variables: str) -> Iterator[list[Desk]]:
    made = [Desk(folder / f"web-{place}.log", **variables) for place in range(number)]
    try:
        for desk in made:
            desk.start()
        for desk in made:
            eventually(desk.answers, 60)
        yield made
    finally:
        for desk in made:
            desk.close()
