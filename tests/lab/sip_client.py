"""A customer's phone as a test plays it: sipsak for one REGISTER, baresip to stay registered."""

import re
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from linekey.worker.children import die_with_parent

REQUEST_TIMEOUT = 408
"""RFC 3261 section 8.1.3.1: a client treats silence as this status."""

_STATUS = re.compile(r"^SIP/2\.0 (\d{3}) ", re.MULTILINE)


def register(
    host: str,
    port: int,
    realm: str,
    username: str,
    password: str,
    *,
    line: str = "",
    expires: int = 60,
    timeout: float = 3.0,
) -> int:
    """Final status of one REGISTER by sipsak; 408 when nobody answers.

    `realm` is not sent: sipsak answers the realm it is challenged with, which must be this one.
    `line` is the user in To and Contact when it is not the authenticating `username`.
    """
    argv = ["sipsak", "-U", "-vvv", "-s", f"sip:{line or username}@{host}:{port}", "-u", username]
    argv += ["-a", password, "-x", str(expires)]
    try:
        done = subprocess.run(argv, capture_output=True, timeout=timeout)
    except subprocess.TimeoutExpired:
        return REQUEST_TIMEOUT
    said = (done.stdout + done.stderr).decode(errors="replace")
    statuses = _STATUS.findall(said)
    if not statuses:
        return REQUEST_TIMEOUT
    realms = set(re.findall(r'realm="([^"]*)"', said))
    assert realms <= {realm}, f"challenged for {realms}"
    return int(statuses[-1])


class Phone:
    """baresip, registered for as long as the `with` block lasts; it unregisters when it leaves."""

    user_agent = "baresip"

    def __init__(self, host: str, port: int, username: str, password: str, expires: int = 60) -> None:
        # It registers again after a quarter of the time: registrars count in whole seconds.
        self._account = (
            f"<sip:{username}@{host}:{port}>;auth_user={username};auth_pass={password};"
            f"regint={expires};rwait=25\n"
        )
        self._folder = tempfile.TemporaryDirectory(prefix="linekey-phone-")
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        home = Path(self._folder.name)
        (home / "config").write_text(
            "sip_listen 127.0.0.1:0\nmodule_path /usr/lib/baresip/modules\nmodule account.so\n"
        )
        (home / "accounts").write_text(self._account)
        with (home / "log").open("wb") as log:
            self._process = subprocess.Popen(
                ["baresip", "-f", str(home), "-v"],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                preexec_fn=die_with_parent,
            )
        return self

    def registered(self, seconds: float = 5.0) -> bool:
        """Wait until the registrar accepted the phone; False when it did not in time."""
        return self._read(" 200 OK ", seconds)

    def refused(self, seconds: float = 5.0) -> bool:
        """Wait until the registrar refused the phone; False when it did not in time."""
        return self._read(r" 40[13] ", seconds)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(5)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._folder.cleanup()

    def _read(self, words: str, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        log = Path(self._folder.name) / "log"
        while not re.search(words, log.read_text(errors="replace")):
            if time.monotonic() > deadline:
                return False
            time.sleep(0.02)
        return True
