"""A customer's softphone: Debian's `linphonec`, which sets itself up from a provisioning address (SIP-6)."""

import re
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from linekey.worker.children import die_with_parent

_FACTORY = """[sip]
sip_port={port}
sip_tcp_port=-1
sip_tls_port=-1
[sound]
capture_dev_id=
playback_dev_id=
[misc]
config-uri={address}
"""
_REGISTERED = re.compile(r"LinphoneRegistrationOk|Registration on .* successful")
_REFUSED = re.compile(r"LinphoneRegistrationFailed|Registration on .* failed")


class Linphone:
    """Runs for as long as the `with` block lasts; what it was set up with stays in `home`."""

    def __init__(self, home: Path, sip_port: int, address: str = "") -> None:
        self._home = home
        (home / ".local" / "share" / "linphone").mkdir(parents=True, exist_ok=True)
        self._rc = home / "linphonerc"
        if not self._rc.exists():
            self._rc.write_text(_FACTORY.format(port=sip_port, address=address))
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        with (self._home / "log").open("wb") as log:
            self._process = subprocess.Popen(
                ["linphonec", "-c", str(self._rc), "-d", "6"],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={"HOME": str(self._home), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"},
                preexec_fn=die_with_parent,
            )
        return self

    @property
    def said(self) -> str:
        return (self._home / "log").read_text(errors="replace")

    @property
    def settings(self) -> str:
        """What it keeps on its disk."""
        return self._rc.read_text(errors="replace")

    def registered(self, seconds: float = 20.0) -> bool:
        """Wait until it says that the registrar accepted it; False when it did not in time."""
        return self._says(_REGISTERED, seconds)

    def refused(self, seconds: float = 20.0) -> bool:
        return self._says(_REFUSED, seconds)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """As somebody who quits it: it writes its settings down and unregisters."""
        if self._process is None:
            return
        try:
            self._process.communicate(b"quit\n", timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _says(self, words: re.Pattern[str], seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while not words.search(self.said):
            if time.monotonic() > deadline:
                return False
            time.sleep(0.05)
        return True
