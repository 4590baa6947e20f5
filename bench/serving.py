"""The pages as `linekey run` starts them, and the bare project in the very same server beside them."""

import os
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from linekey.worker import probes
from linekey.worker.children import die_with_parent
from linekey.worker.run import pages_command
from tests.lab.elements import free_port

_START_SECONDS = 60.0
_STOP_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class Server:
    port: int
    leader: int
    """Watches the processes which answer, and answers nothing itself."""

    def processes(self) -> list[int]:
        children = Path(f"/proc/{self.leader}/task/{self.leader}/children")
        return [int(each) for each in children.read_text().split()]


@contextmanager
def serving(folder: Path, application: str, variables: Mapping[str, str] | None = None) -> Iterator[Server]:
    """`application` in the server of `linekey run`, on a port of its own."""
    port, log = free_port(), folder / f"{application}.log"
    with started(pages_command(port, application), log, variables or {}) as process:
        server, until = Server(port, process.pid), time.monotonic() + _START_SECONDS
        while not probes.web_answers(port) or len(server.processes()) < 2:
            if process.poll() is not None or time.monotonic() > until:
                raise AssertionError(f"{application} does not answer:\n{log.read_text()[-4000:]}")
            time.sleep(0.1)
        yield server


@contextmanager
def started(
    words: Sequence[str], log: Path, variables: Mapping[str, str]
) -> "Iterator[subprocess.Popen[bytes]]":
    """A process which ends with this block, and with this process however that ends."""
    with log.open("ab") as lines:
        process = subprocess.Popen(
            words,
            env=os.environ | dict(variables),
            stdin=subprocess.DEVNULL,
            stdout=lines,
            stderr=subprocess.STDOUT,
            preexec_fn=die_with_parent,
        )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
