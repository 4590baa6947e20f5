"""Processes of either program on one database, started and stopped as an init system would."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from linekey.worker.children import die_with_parent
from tests.upgrade.programs import Program
from tests.worker.processes import ROOT, database_url

_SECONDS = 60.0
_COMMAND = "import sys; from linekey.config.entry import main; sys.exit(main())"


@dataclass
class Machine:
    folder: Path
    """The home of whatever runs; and of the element, which outlives every worker."""
    running: list["subprocess.Popen[bytes]"] = field(default_factory=list)
    log: Path = field(init=False)

    def __post_init__(self) -> None:
        self.log = self.folder / "log"

    def run(self, program: Program, *words: str, least: int = 0, most: int = 0) -> str:
        """What a Python of that program prints; it must end with a status between the two."""
        done = subprocess.run(
            [sys.executable, "-W", "ignore", *words],
            env=self._environment(program),
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
        assert least <= done.returncode <= most, done.stdout + done.stderr
        return done.stdout + done.stderr

    def linekey(self, program: Program, *words: str, refused: bool = False) -> str:
        return self.run(program, "-c", _COMMAND, *words, least=int(refused), most=2 * refused)

    def web(self, program: Program, port: int) -> "Web":
        """Begun; `wait_for` waits until it is ready."""
        words = ["-m", "gunicorn", "linekey.config.wsgi", "--bind", f"127.0.0.1:{port}"]
        words += ["--worker-class", "gthread", "--workers", "1", "--threads", "4", "--graceful-timeout", "5"]
        return Web(self._start(program, [*words, "--no-control-socket"]), port)

    def wait_for(self, *webs: "Web") -> None:
        for web in webs:
            self._wait(web.process, web.is_ready)

    def worker(self, program: Program) -> "subprocess.Popen[bytes]":
        """Its registrar and its mail server are files: what happened outside must outlive it."""
        ready = self.folder / "ready"
        ready.unlink(missing_ok=True)
        process = self._start(program, ["-m", "tests.worker.killed_worker", str(self.folder), "120"])
        self._wait(process, ready.exists)
        return process

    def stop(self, process: "subprocess.Popen[bytes]") -> None:
        process.send_signal(signal.SIGTERM)
        assert process.wait(_SECONDS) in (0, -signal.SIGTERM), self.log.read_text()[-3000:]
        self.running.remove(process)

    def end(self) -> None:
        for process in self.running:
            process.kill()
            process.wait(_SECONDS)

    def _start(self, program: Program, words: Sequence[str]) -> "subprocess.Popen[bytes]":
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-W", "ignore", *words],
                env=self._environment(program),
                cwd=self.folder,
                stdout=log,
                stderr=subprocess.STDOUT,
                preexec_fn=die_with_parent,
            )
        self.running.append(process)
        return process

    def _environment(self, program: Program) -> dict[str, str]:
        return os.environ | {
            "DJANGO_SETTINGS_MODULE": "linekey.config.settings",
            "LINEKEY_HOME": str(self.folder),
            "LINEKEY_DATABASE_URL": database_url(),
            "LINEKEY_ELEMENTS": "memory",
            "LINEKEY_ALLOWED_HOSTS": "127.0.0.1",
            "PYTHONPATH": f"{program.folder}{os.pathsep}{ROOT}",
        }

    def _wait(self, process: "subprocess.Popen[bytes]", there: Callable[[], bool]) -> None:
        deadline = time.monotonic() + _SECONDS
        while not there():
            assert process.poll() is None and time.monotonic() < deadline, self.log.read_text()[-3000:]
            time.sleep(0.02)


@dataclass(frozen=True)
class Web:
    process: "subprocess.Popen[bytes]" = field(repr=False)
    port: int

    def is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=5) as answer:
                return bool(answer.status == 200)
        except (OSError, urllib.error.URLError):
            return False
