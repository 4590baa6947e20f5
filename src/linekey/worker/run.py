"""Everything on this machine, on loopback, behind one command. Starts, watches and stops; no more.

Knows no Django: what needs it runs in children. Reads no environment: `Place` is handed in.
"""

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import FrameType

from linekey.worker import elements, probes, pulse, serve
from linekey.worker.children import Child
from linekey.worker.element_files import prepare
from linekey.worker.place import (
    CannotStart,
    Place,
    alone_in,
    end_leftovers,
    environment,
    marked,
    refuse_taken_ports,
)
from linekey.worker.watch import tell, wait_for, watch


def main(place: Place) -> int:
    # A shell starts its background jobs deaf to SIGINT; whoever sends one by name still means it.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupt)
    # Under nohup, a closed terminal must change nothing.
    if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:
        signal.signal(signal.SIGHUP, _interrupt)
    try:
        with alone_in(place.home):
            return _run(place)
    except CannotStart as why:
        tell(f"linekey: {why}")
        return 2
    except KeyboardInterrupt:
        return 0


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _run(place: Place) -> int:
    began = time.monotonic()
    if left := end_leftovers(place.home):
        tell(f"Ended {left} processes that an earlier run left behind.")
    refuse_taken_ports(place)
    real = _choose_elements(place)
    variables = environment(place, real)
    log = place.home / "log"
    log.mkdir(exist_ok=True)
    place.mail_folder.mkdir(parents=True, exist_ok=True)

    tell("Preparing the tables and the demo operator…")
    if real:
        prepare(place.network)
    _finish("migrate", ["migrate", "--verbosity", "1"], variables, log)
    sign_ins = _demo(place, variables, log)
    children = _children(place, variables, log, real)
    try:
        tell(f"Starting {', '.join(child.name for child in children)}…")
        # The pages come last: whoever sees one finds everything behind it at work, and the demo in force.
        *behind, pages = children
        for started in (behind, [pages]):
            for child in started:
                child.start()
            wait_for(started)
        tell(_welcome(place, real, sign_ins, time.monotonic() - began))
        watch(children)
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        tell("\nStopping…")
        # Doors first, so that nothing new comes in; then the worker, which finishes its work; elements last.
        for child in reversed(children):
            child.stop()
        tell("Everything that was started here is stopped.")
    return 0


def _choose_elements(place: Place) -> bool:
    """True for the real ones."""
    if place.elements == "memory":
        return False
    missing = elements.available()
    if not missing:
        return True
    names = " and ".join(missing)
    if place.elements == "real":
        raise CannotStart(f"LINEKEY_ELEMENTS is real, but {names} cannot be found on this machine.")
    tell(f"Not on this machine: {names}. In-memory elements answer instead: nothing reaches a network.")
    return False


def _linekey(*words: str) -> list[str]:
    """This very installation, whatever PATH says."""
    entry = "import sys; from linekey.config.entry import main; sys.exit(main())"
    return [sys.executable, "-c", entry, *words]


def _finish(name: str, words: list[str], variables: Mapping[str, str], log: Path) -> str:
    """Run one command to its end; what it printed. Its complaints go to its log."""
    with (log / f"{name}.log").open("w", encoding="utf-8") as complaints:
        done = subprocess.run(
            _linekey(*words),
            env=variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=complaints,
            text=True,
            check=False,
        )
    if done.returncode:
        why = (log / f"{name}.log").read_text(encoding="utf-8").strip()
        raise CannotStart(f"`linekey {' '.join(words)}` failed:\n{done.stdout}{why}")
    return done.stdout


def _demo(place: Place, variables: Mapping[str, str], log: Path) -> str:
    """The demo operator, loaded once; its sign-ins are kept beside the state, for the next starts."""
    kept = place.home / "demo.txt"
    if not kept.exists():
        unfinished = kept.with_suffix(".part")
        unfinished.write_text(_finish("demo", ["demo"], variables, log), encoding="utf-8")
        unfinished.rename(kept)
    return kept.read_text(encoding="utf-8").rstrip()


def pages_command(port: int, application: str = serve.PRODUCT) -> list[str]:
    """The web server, on loopback."""
    # Whoever stops the demo does not wait for a long download.
    return serve.command(f"127.0.0.1:{port}", finish=5, application=application)


def _children(place: Place, variables: Mapping[str, str], log: Path, real: bool) -> list[Child]:
    def child(
        name: str, command: list[str], answers: Callable[[], bool], variables: Mapping[str, str] = variables
    ) -> Child:
        return Child(name, command, marked(variables, place.home), log / f"{name}.log", answers)

    network = place.network
    children: list[Child] = []
    if real:
        sip, radius = elements.kamailio_command(network), elements.freeradius_command(network)
        children += [
            child("kamailio", sip.argv, lambda: elements.kamailio_answers(network), sip.env),
            child("freeradius", radius.argv, lambda: elements.freeradius_answers(network), radius.env),
        ]
    pulse_file = place.home / "worker.pulse"
    pulse_file.unlink(missing_ok=True)
    watched = {**variables, "LINEKEY_PULSE_FILE": str(pulse_file)}
    return [
        *children,
        child("sink", _linekey("sink"), lambda: _sink_answers(place)),
        child("worker", _linekey("work"), lambda: pulse.beats(pulse_file), watched),
        child("web", pages_command(place.web_port), lambda: probes.web_answers(place.web_port)),
    ]


def _sink_answers(place: Place) -> bool:
    return probes.mail_answers(place.smtp_port) and probes.sms_answers(place.sms_port)


def _welcome(place: Place, real: bool, sign_ins: str, seconds: float) -> str:
    network = (
        f"Kamailio (SIP) on {place.network.host}:{place.network.sip_port}, "
        f"FreeRADIUS on {place.network.host}:{place.network.radius_port}"
        if real
        else "in memory (no Kamailio, no FreeRADIUS)"
    )
    texts = place.sms_url or f"{place.sms_folder}  (one file per text; no phone receives it)"
    return "\n".join(
        [
            "",
            f"Linekey is ready, after {seconds:.1f} s.",
            "",
            f"  Pages     http://localhost:{place.web_port}",
            f"  Network   {network}",
            f"  Mail      {place.mail_folder}  (one file per message; nothing leaves this machine)",
            f"  SMS       {texts}",
            f"  Logs      {place.home / 'log'}",
            "",
            sign_ins,
            "",
            "Ctrl-C stops everything.",
        ]
    )
