"""A registered handset is told to fetch its configuration, by the real registrar (SIP-6)."""

import re
import socket
import subprocess

import pytest

from linekey.network.check_sync import notify
from linekey.network.fakes import FakeRegistrar
from linekey.network.ports import SipAddress, Unreachable
from tests.lab.elements import REALM, KamailioInLab, free_port
from tests.network.test_registrar import ADA, EVE, entry


@pytest.mark.real
@pytest.mark.parametrize("element", ["kamailio", "kamailio_on_postgresql"])
def test_kamailio_sends_check_sync_to_the_registered_contact_and_waits_for_nobody(
    request: pytest.FixtureRequest, element: str
) -> None:
    real: KamailioInLab = request.getfixturevalue(element)
    real.registrar.push([entry(ADA, "pw")])
    port = free_port()
    _register(real, ADA, "pw", port)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as handset:
        handset.bind(("127.0.0.1", port))
        handset.settimeout(5)
        assert real.registrar.check_sync(ADA) == 1
        told = handset.recv(65536).decode()
    real.registrar.drop(ADA)
    assert told.startswith(f"NOTIFY sip:{ADA.username}@127.0.0.1:")
    assert re.search(r"^Event: check-sync;reboot=false\r$", told, re.MULTILINE)
    assert re.search(rf"^To: <sip:{re.escape(ADA.aor)}>\r$", told, re.MULTILINE)
    assert real.registrar.check_sync(ADA) == 0
    assert real.registrar.check_sync(EVE) == 0


@pytest.mark.real
def test_a_registrar_which_is_away_says_so(kamailio: KamailioInLab) -> None:
    kamailio.stop()
    try:
        with pytest.raises(Unreachable):
            kamailio.registrar.check_sync(ADA)
    finally:
        kamailio.start()


def test_the_registrar_in_memory_tells_each_device_once() -> None:
    registrar = FakeRegistrar()
    registrar.push([entry(ADA, "pw")])
    registrar.register(ADA, "pw")
    assert (registrar.check_sync(ADA), registrar.check_sync(EVE)) == (1, 0)
    assert registrar.notified == [ADA]


def test_behind_a_nat_it_goes_back_where_the_registration_came_from() -> None:
    line = SipAddress("ada", REALM)
    behind = {
        "Address": "sip:ada@192.168.1.20:5060",
        "Received": "sip:203.0.113.7:40001",
        "Socket": "udp:198.51.100.1:5060",
    }
    assert notify(line, behind)[1:4] == (
        "sip:ada@192.168.1.20:5060",
        "sip:203.0.113.7:40001",
        "udp:198.51.100.1:5060",
    )
    assert notify(line, {"Address": "sip:ada@198.51.100.9", "Received": "[not set]"})[2:4] == (".", ".")


def _register(real: KamailioInLab, line: SipAddress, password: str, port: int) -> None:
    at = f"sip:{line.username}@{real.settings.host}:{real.settings.sip_port}"
    contact = f"sip:{line.username}@127.0.0.1:{port}"
    argv = ["sipsak", "-U", "-s", at, "-u", line.username, "-a", password, "-x", "60", "-C", contact]
    argv += ["-S", "-l", str(port)]
    assert subprocess.run(argv, capture_output=True, timeout=10, check=False).returncode == 0
