"""deploy/systemd as systemd itself reads it: every word is known to it, and little is exposed."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from linekey.worker.rounds import PATIENCE_SECONDS
from linekey.worker.serve import FINISH_SECONDS
from tests.docs.pages import ROOT
from tests.docs.test_settings import documented
from tests.lab.elements import need

FILES = ROOT / "deploy" / "systemd"
UNITS = (
    "linekey.target",
    "linekey-web@8001.socket",
    "linekey-web@8001.service",
    "linekey-worker@9464.service",
    "linekey-once@migrate.service",
    "linekey-backup.service",
    "linekey-backup.timer",
    "linekey-verify-audit.timer",
)
SERVICES = tuple(unit for unit in UNITS if unit.endswith(".service"))
MOST_EXPOSED = 15
"""Tenths, as `systemd-analyze security` counts: under 2 is « OK », the best there is for who speaks IP."""
_BINARY = "/opt/linekey/.venv/bin/linekey"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The units where systemd finds them, naming a command there is on this machine."""
    need("systemd-analyze")
    folder = tmp_path_factory.mktemp("units")
    for file in FILES.rglob("*"):
        if file.is_file():
            place = folder / file.relative_to(FILES)
            place.parent.mkdir(exist_ok=True)
            place.write_text(file.read_text().replace(_BINARY, sys.executable))
    return folder


def analyze(folder: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        ["systemd-analyze", *words],
        # The colon: Debian's own units are found behind ours.
        env={"SYSTEMD_UNIT_PATH": f"{folder}:", "PATH": "/usr/bin:/bin", "SYSTEMD_COLORS": "0"},
        capture_output=True,
        text=True,
        check=False,
    )


def settings_of(unit: str) -> dict[str, list[str]]:
    """Every setting of a unit, by name; that of the folder for all of them included."""
    text = (FILES / re.sub(r"@\d*\w*\.", "@.", unit)).read_text()
    if unit.endswith(".service"):
        text += (FILES / "linekey-.service.d" / "hardening.conf").read_text()
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r"^(\w+)=(.*)$", text, re.MULTILINE):
        found.setdefault(name, []).append(value)
    return found


def test_systemd_knows_every_word_of_every_unit(installed: Path) -> None:
    told = analyze(installed, "verify", *UNITS)
    ours = [line for line in told.stderr.splitlines() if "linekey" in line]
    assert (told.returncode, ours) == (0, [])


@pytest.mark.parametrize("unit", SERVICES)
def test_little_of_the_machine_is_exposed(installed: Path, unit: str) -> None:
    told = analyze(installed, "security", "--offline=true", f"--threshold={MOST_EXPOSED}", "--no-pager", unit)
    assert told.returncode == 0, told.stdout
    assert float(re.findall(r"exposure level for \S+: ([\d.]+)", told.stdout)[0]) > 0


@pytest.mark.parametrize("unit", SERVICES)
def test_a_secret_comes_as_a_credential_and_stands_in_no_unit(unit: str) -> None:
    found = settings_of(unit)
    handed = {value.partition(":")[0] for value in found["LoadCredential"]}
    told = dict(value.split("=", 1) for value in found["Environment"])
    read = {value.removeprefix("%d/") for name, value in told.items() if name.endswith("_FILE")}
    assert handed == read
    may_lie_in_a_file = {name for name, cells in documented().items() if "`_FILE`" in cells[1]}
    for name, value in told.items():
        assert name.removesuffix("_FILE") in documented()
        assert name not in may_lie_in_a_file, f"{name} is in clear"
        assert not name.endswith("_FILE") or (
            name.removesuffix("_FILE") in may_lie_in_a_file and value.startswith("%d/")
        )


def test_the_example_of_the_settings_names_what_there_is_and_no_secret() -> None:
    text = (FILES / "linekey.env").read_text()
    named = set(re.findall(r"^(LINEKEY_\w+)=", text, re.MULTILINE))
    known = documented()
    assert named <= set(known)
    assert not {name for name in named if "`_FILE`" in known[name][1]}


def test_a_stop_waits_for_what_was_begun_and_a_watchdog_for_a_crew() -> None:
    web, worker = settings_of("linekey-web@8001.service"), settings_of("linekey-worker@9464.service")
    assert f"--finish {FINISH_SECONDS}" in web["ExecStart"][0]
    assert int(web["TimeoutStopSec"][0]) > FINISH_SECONDS
    assert int(worker["WatchdogSec"][0]) > PATIENCE_SECONDS
    assert web["Restart"] == worker["Restart"] == ["always"]
    assert web["KillMode"] == ["mixed"], "SIGTERM is for gunicorn alone; it tells its processes"


def test_the_account_can_be_made_as_the_file_says(tmp_path: Path) -> None:
    need("systemd-sysusers")
    (tmp_path / "etc").mkdir()
    subprocess.run(["systemd-sysusers", f"--root={tmp_path}", FILES / "linekey.sysusers"], check=True)
    assert re.search(r"^linekey:.*:/usr/sbin/nologin$", (tmp_path / "etc/passwd").read_text(), re.MULTILINE)
