"""Fixtures: a real Kamailio, a real FreeRADIUS and a real NAS, started from deploy/ once per session.

`pytest_plugins = ["tests.lab.elements"]`. Without the programs a test is skipped, loudly; under CI=true
that is a failure. Each element comes with its adapter and with the client's side of it.
"""

import os
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import Engine

from linekey.domain.secret import Secret
from linekey.network.coa import DisconnectClient, Nas
from linekey.network.freeradius import FreeRadius
from linekey.network.jsonrpc import KamailioRpc
from linekey.network.kamailio import Kamailio
from linekey.network.ports import SipAddress
from linekey.network.radcheck import StoredAs, sealed_by
from linekey.network.radius import status
from linekey.network.store import open_store
from linekey.vault.radius import seal_for_radius
from linekey.worker import elements
from linekey.worker.children import Child
from linekey.worker.elements import ElementSettings
from tests import postgres
from tests.lab import radius_client, sip_client
from tests.lab.sip_digest import Handmade

REALM = "sip.linekey.test"
RADIUS_SECRET = "not a secret: a test's"
NAS_SECRET = "another one"


def need(*programs: str) -> None:
    """Skip unless these programs are installed; fail instead where nothing may be skipped."""
    missing = [name for name in programs if elements.program(name) is None]
    if missing and os.environ.get("CI") == "true":
        pytest.fail(f"not installed: {', '.join(missing)}")
    if missing:
        pytest.skip(f"NOT TESTED on the real element, not installed: {', '.join(missing)}")


def free_port(neighbours: int = 1) -> int:
    """A port free for UDP and TCP on loopback, and so are the next `neighbours` - 1."""
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port: int = probe.getsockname()[1]
        with ExitStack() as taken:
            try:
                for number in range(port, port + neighbours):
                    for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
                        taken.enter_context(socket.socket(socket.AF_INET, kind)).bind(("127.0.0.1", number))
            except OSError:
                continue
        return port


@dataclass
class KamailioInLab:
    settings: ElementSettings
    store: Engine
    registrar: Kamailio
    child: Child

    def start(self) -> None:
        self.child.start()
        assert elements.wait_until_answering(self.child.answers), self.child.last_words()

    def stop(self) -> None:
        self.child.stop()

    def register(self, line: SipAddress, password: str) -> int:
        at = (self.settings.host, self.settings.sip_port)
        return sip_client.register(*at, line.realm, line.username, password)

    def handmade(self, line: SipAddress, agent: bytes = b"handmade", user: str = "") -> Handmade:
        return Handmade(self.settings.host, self.settings.sip_port, line.realm, line.username, agent, user)

    def forget_refusals(self) -> None:
        """What was told within the last minute does not count against the limits."""
        KamailioRpc("lab", self.settings.rpc_socket)("htable.flush", "refusals")

    def phone(self, line: SipAddress, password: str, expires: int = 60) -> sip_client.Phone:
        return sip_client.Phone(self.settings.host, self.settings.sip_port, line.username, password, expires)


@dataclass
class FreeRadiusInLab:
    settings: ElementSettings
    store: Engine
    accounting: Engine
    access: FreeRadius
    child: Child

    def start(self) -> None:
        self.child.start()
        assert elements.wait_until_answering(self.child.answers), self.settings.log("freeradius").read_text()

    def stop(self) -> None:
        self.child.stop()

    def login(
        self,
        login: str,
        password: str,
        protocol: radius_client.Protocol = "pap",
        timeout: float = 1.0,
        **attributes: Any,
    ) -> bool | None:
        at = (self.settings.host, self.settings.radius_port, RADIUS_SECRET)
        return radius_client.access_request(*at, login, password, protocol, timeout, **attributes)

    def account(self, login: str, session_id: str, status: str, **attributes: Any) -> bool:
        at = (self.settings.host, self.settings.radius_port + 1, RADIUS_SECRET)
        return radius_client.accounting(*at, login, session_id, status, **attributes)

    def adapter(
        self,
        stored_as: StoredAs | None = None,
        disconnect: DisconnectClient | None = None,
        name: str = "access",
    ) -> FreeRadius:
        """An adapter on this server with another form of password, other access servers, another name."""
        return access_adapter(self.settings, self.store, self.accounting, stored_as, disconnect, name)


def access_adapter(
    settings: ElementSettings,
    store: Engine,
    accounting: Engine,
    stored_as: StoredAs | None = None,
    disconnect: DisconnectClient | None = None,
    name: str = "access",
) -> FreeRadius:
    return FreeRadius(
        name,
        store,
        accounting,
        stored_as or sealed_by(partial(seal_for_radius, key=elements.sealing_key(settings))),
        disconnect=disconnect or nas_client(settings.coa_port),
        status=partial(status, settings.host, settings.radius_port, settings.radius_secret),
    )


def nas_client(port: int, secret: str = NAS_SECRET) -> DisconnectClient:
    """Impatient, so that tests of silence are quick."""
    return DisconnectClient(Nas(Secret(secret), port), timeout=0.3, tries=2)


@pytest.fixture(scope="session")
def element_settings(tmp_path_factory: pytest.TempPathFactory) -> ElementSettings:
    """SQLite stores, free ports on loopback, everything prepared."""
    settings = ElementSettings(
        home=tmp_path_factory.mktemp("elements"),
        realm=REALM,
        radius_secret=Secret(RADIUS_SECRET),
        sip_port=free_port(),
        radius_port=free_port(2),
        coa_port=free_port(),
        reject_delay=0,
    )
    elements.prepare(settings)
    return settings


@pytest.fixture(scope="session")
def element_settings_on_postgresql(
    element_settings: ElementSettings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ElementSettings]:
    """The same with stores in a private PostgreSQL."""
    if postgres.binaries() is None:
        need("postgres")
    with postgres.cluster() as address:
        stores: dict[str, Any] = {}
        for store in ("sip", "radius", "accounting"):
            with psycopg.connect(address, autocommit=True) as connection:
                connection.execute(f"CREATE DATABASE {store}".encode())
            stores[f"{store}_store"] = f"{address.rpartition('/')[0]}/{store}"
        settings = replace(
            element_settings,
            home=tmp_path_factory.mktemp("elements-postgresql"),
            sip_port=free_port(),
            radius_port=free_port(2),
            **stores,
        )
        elements.prepare(settings)
        yield settings


def running_kamailio(
    settings: ElementSettings, *defines: str, name: str = "registrar"
) -> Iterator[KamailioInLab]:
    need("kamailio", "sipsak")
    command = elements.kamailio_command(settings, *defines)
    answers = partial(elements.kamailio_answers, settings)
    child = Child("kamailio", command.argv, command.env, settings.log("kamailio"), answers)
    sip = (settings.host, settings.sip_port)
    store = open_store(settings.store("sip"))
    events = open_store(settings.events_store)
    registrar = Kamailio(name, store, settings.rpc_socket, sip=sip, events=events)
    in_lab = KamailioInLab(settings, store, registrar, child)
    try:
        in_lab.start()
        yield in_lab
    finally:
        in_lab.stop()
        store.dispose()
        events.dispose()


def running_freeradius(settings: ElementSettings) -> Iterator[FreeRadiusInLab]:
    need("freeradius", "radclient")
    command = elements.freeradius_command(settings)
    answers = partial(elements.freeradius_answers, settings)
    log = settings.log("freeradius-output")
    child = Child("freeradius", command.argv, command.env, log, answers)
    store, accounting = open_store(settings.store("radius")), open_store(settings.store("accounting"))
    in_lab = FreeRadiusInLab(settings, store, accounting, access_adapter(settings, store, accounting), child)
    try:
        in_lab.start()
        yield in_lab
    finally:
        in_lab.stop()
        store.dispose()
        accounting.dispose()


@pytest.fixture(scope="session")
def kamailio(element_settings: ElementSettings) -> Iterator[KamailioInLab]:
    yield from running_kamailio(element_settings)


@pytest.fixture(scope="session")
def freeradius(element_settings: ElementSettings) -> Iterator[FreeRadiusInLab]:
    yield from running_freeradius(element_settings)


@pytest.fixture(scope="session")
def kamailio_on_postgresql(element_settings_on_postgresql: ElementSettings) -> Iterator[KamailioInLab]:
    yield from running_kamailio(element_settings_on_postgresql)


@pytest.fixture(scope="session")
def freeradius_on_postgresql(element_settings_on_postgresql: ElementSettings) -> Iterator[FreeRadiusInLab]:
    yield from running_freeradius(element_settings_on_postgresql)


@pytest.fixture(scope="session")
def nas(element_settings: ElementSettings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of a real listener for Disconnect-Requests (`element_settings.coa_port`).

    Sessions named gone-… are answered NAK 503, mute-… not at all, all others ACK.
    """
    need("freeradius")
    run = tmp_path_factory.mktemp("nas")
    port = element_settings.coa_port
    env = dict(os.environ) | {
        "LAB_NAS_RUN": str(run),
        "LAB_NAS_PORT": str(port),
        "LAB_NAS_SECRET": NAS_SECRET,
    }
    raddb = str(Path(__file__).parent / "nas")
    argv = [elements.program("freeradius") or "", "-f", "-d", raddb, "-l", str(run / "nas.log")]
    child = Child("nas", argv, env, run / "output.log", lambda: "Ready to process" in _text(run / "nas.log"))
    child.start()
    try:
        assert elements.wait_until_answering(child.answers), child.last_words()
        yield port
    finally:
        child.stop()


def _text(path: Path) -> str:
    return path.read_text() if path.exists() else ""
