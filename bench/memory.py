"""What processes keep resident: one of the web through 200 sign-ins at once and after them, a worker at work.

A hash takes 19 MiB while it runs, and gives them back. `LINEKEY_ARGON2_SLOTS` of them run at once in a
process, however many people sign in: that is the bound of the peak.
"""

import sys
import time
from collections.abc import Iterable
from pathlib import Path

from bench import people
from bench.ground import Ground
from bench.load import once, play, request
from bench.measure import Result, Target, alone
from bench.serving import serving, started
from bench.sign_in import sign_ins
from linekey.worker import pulse
from tests.lab.elements import free_port

FLOOD = 200
_PATIENCE_SECONDS = 120.0
_LINEKEY = [sys.executable, "-c", "import sys; from linekey.config.entry import main; sys.exit(main())"]


def run(ground: Ground) -> Iterable[Result]:
    from django.conf import settings

    people.migrated()
    customer = people.company()
    actor, key = people.program(customer)
    who = people.subscribers(customer, ground.size(FLOOD, 24))
    people.known(who)
    lines = people.lines(actor, customer, who[: ground.size(100, 10)])
    peaks, afters = [], []
    with serving(ground.home, "linekey.config.wsgi") as server:
        for _ in range(ground.size(5, 1)):
            headers = {"Authorization": f"Bearer {key}"}
            read = [request("GET", f"/api/v1/services/{line}", headers=headers) for line in lines]
            play(server.port, (once(each, 200) for each in read), clients=8)
            forms = sign_ins(server, who)
            web = server.processes()
            for process in web:
                _forget_peak(process)
            play(server.port, (once(each, 303) for each in forms), clients=len(forms))
            peaks.append(max(_megabytes(process, "VmHWM") for process in web))
            afters.append(max(_megabytes(process, "VmRSS") for process in web))
    bound = 120 + settings.LINEKEY_ARGON2_SLOTS * settings.LINEKEY_ARGON2_MEMORY_KIB * 1024 / 1e6
    yield alone(f"web process, {len(who)} sign-ins at once", "MB", peaks, target=Target(at_most=bound))
    yield alone("web process, after", "MB", afters, target=Target(at_most=120))
    yield alone("worker, after", "MB", [_worked_off(ground)], target=Target(at_most=100))


def _worked_off(ground: Ground) -> float:
    """Of a worker which has sent the mails of those sign-ins, and told elements in memory of those resets."""
    from linekey.domain.effects import OPEN_STATES
    from linekey.records.models import OutboxEffect

    mail, texts, beat = free_port(), free_port(), ground.home / "worker.pulse"
    variables = {
        "LINEKEY_ELEMENTS": "memory",
        "LINEKEY_SMTP_PORT": str(mail),
        "LINEKEY_SMS_PORT": str(texts),
        "LINEKEY_PULSE_FILE": str(beat),
    }
    log = ground.home / "worker.log"
    with started([*_LINEKEY, "sink"], log, variables), started([*_LINEKEY, "work"], log, variables) as worker:
        until = time.monotonic() + _PATIENCE_SECONDS
        owed = OutboxEffect.objects.filter(state__in=OPEN_STATES, kind__in=("push", "notify"))
        while owed.exists() or not pulse.beats(beat):
            if worker.poll() is not None or time.monotonic() > until:
                raise AssertionError(f"the worker does not finish:\n{log.read_text()[-4000:]}")
            time.sleep(0.2)
        return _megabytes(worker.pid, "VmRSS")


def _megabytes(process: int, name: str) -> float:
    """A line of proc_pid_status(5): `VmRSS` now, `VmHWM` at most."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    kib = next(line.split()[1] for line in lines if line.startswith(f"{name}:"))
    return int(kib) * 1024 / 1e6


def _forget_peak(process: int) -> None:
    """`VmHWM` begins anew (proc_pid_clear_refs(5))."""
    Path(f"/proc/{process}/clear_refs").write_text("5")
