"""`linekey run`: everything answers when the address is printed, and nothing is left when it stops."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from linekey.domain.secret import Secret
from linekey.worker import elements, probes
from linekey.worker.element_settings import ElementSettings
from linekey.worker.place import Place, environment, processes_of

_COMMAND = [
    sys.executable,
    "-c",
    "import sys; from linekey.config.entry import main; sys.exit(main())",
    "run",
]
_PORTS = ("LINEKEY_PORT", "LINEKEY_SMTP_PORT", "LINEKEY_SMS_PORT", "LINEKEY_SIP_PORT", "LINEKEY_RADIUS_PORT")
_START_SECONDS = 60

Run = Callable[..., "subprocess.Popen[str]"]


def free_ports() -> dict[str, str]:
    """Apart enough that RADIUS accounting, one above its port, is free as well."""
    probes_ = [socket.socket() for _ in _PORTS]
    for probe in probes_:
        probe.bind(("127.0.0.1", 0))
    ports = {name: str(probe.getsockname()[1]) for name, probe in zip(_PORTS, probes_, strict=True)}
    for probe in probes_:
        probe.close()
    return ports


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    started: list[subprocess.Popen[str]] = []

    def start(**variables: str) -> "subprocess.Popen[str]":
        inherited = {name: value for name, value in os.environ.items() if name != "LINEKEY_DATABASE_URL"}
        process = subprocess.Popen(
            _COMMAND,
            env=inherited | {"LINEKEY_HOME": str(tmp_path)} | variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            process.terminate()
        process.communicate(timeout=30)


def read_until(process: "subprocess.Popen[str]", last: str) -> str:
    assert process.stdout is not None
    # A run that never says it is ready must fail this test, not hang it.
    watchdog = threading.Timer(_START_SECONDS, process.kill)
    watchdog.start()
    try:
        told = ""
        for line in process.stdout:
            told += line
            if last in line:
                return told
        raise AssertionError(f"it ended before saying {last!r}:\n{told}")
    finally:
        watchdog.cancel()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_address_is_printed_once_the_pages_answer_and_a_stop_leaves_nobody(
    run: Run, tmp_path: Path, number: signal.Signals
) -> None:
    ports = free_ports()
    process = run(LINEKEY_ELEMENTS="memory", **ports)
    told = read_until(process, "Ctrl-C stops everything.")
    assert f"http://localhost:{ports['LINEKEY_PORT']}" in told
    assert probes.web_answers(int(ports["LINEKEY_PORT"]))
    assert probes.mail_answers(int(ports["LINEKEY_SMTP_PORT"]))
    assert probes.sms_answers(int(ports["LINEKEY_SMS_PORT"]))
    assert f"SMS       {tmp_path / 'sms'}" in told
    assert len(processes_of(tmp_path)) >= 4
    process.send_signal(number)
    assert process.wait(30) == 0
    assert processes_of(tmp_path) == []


@pytest.mark.real
@pytest.mark.skipif(bool(elements.available()), reason="Kamailio or FreeRADIUS is not installed")
def test_a_run_killed_outright_is_cleaned_up_by_the_next_one(run: Run, tmp_path: Path) -> None:
    ports = free_ports()
    first = run(LINEKEY_ELEMENTS="real", **ports)
    sign_ins = read_until(first, "Ctrl-C stops everything.").split("Logs")[1]
    first.kill()
    first.wait()
    time.sleep(0.2)
    second = run(LINEKEY_ELEMENTS="real", **ports)
    assert read_until(second, "Ctrl-C stops everything.").split("Logs")[1] == sign_ins
    second.terminate()
    assert second.wait(30) == 0
    assert processes_of(tmp_path) == []


def test_a_taken_port_is_named_with_its_variable(run: Run) -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen(1)
        taken = str(holder.getsockname()[1])
        process = run(LINEKEY_ELEMENTS="memory", **(free_ports() | {"LINEKEY_PORT": taken}))
        told, _ = process.communicate(timeout=30)
    assert process.returncode == 2
    assert f"port {taken}" in told
    assert "LINEKEY_PORT=" in told


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("LINEKEY_SIP_PORT", "five", "is 'five'; it must be a whole number."),
        ("LINEKEY_SMS_URL", "sms.example.test", "must begin with http:// or https://."),
    ],
)
def test_a_setting_that_makes_no_sense_stops_the_start_in_one_sentence(
    run: Run, name: str, value: str, told: str
) -> None:
    process = run(**{name: value})
    said, _ = process.communicate(timeout=30)
    assert (process.returncode, said) == (2, f"linekey: {name} {told}\n")


@pytest.mark.parametrize(
    ("theirs", "used"),
    [
        ("", "http://127.0.0.1:13999/cgi-bin/sendsms"),
        ("https://sms.example.test/send", "https://sms.example.test/send"),
    ],
)
def test_texts_go_to_the_demo_gateway_unless_the_operator_named_one(
    tmp_path: Path, theirs: str, used: str
) -> None:
    network = ElementSettings(home=tmp_path, realm="sip.linekey.test", radius_secret=Secret("demo"))
    place = Place(
        home=tmp_path,
        mail_folder=tmp_path / "mail",
        sms_folder=tmp_path / "sms",
        web_port=8000,
        smtp_port=10025,
        sms_port=13999,
        sms_url=theirs,
        elements="memory",
        network=network,
    )
    assert environment(place, real=False)["LINEKEY_SMS_URL"] == used
