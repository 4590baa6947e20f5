"""Fixture: a centre and two sites as deploy/postgresql makes them, in one private PostgreSQL.

Each database holds the tables of both elements. Whoever fetches, and whoever reads at a site, has the role
and the rights an operator would give it.
"""

import os
import secrets
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import psycopg
import pytest
from sqlalchemy import make_url

from linekey.network.freeradius import FreeRadius
from linekey.network.kamailio import Kamailio
from linekey.network.store import open_store
from linekey.worker import elements
from linekey.worker.element_settings import ElementSettings, clean_environment, deploy
from tests import postgres
from tests.lab.elements import KamailioInLab, access_adapter, free_port, need, running_kamailio

SITES = ("paris", "lyon")
_PARTS = ("lines", "accesses")


@dataclass
class Sites:
    settings: ElementSettings
    """Of the elements in Paris, but for the roles they have there."""
    address: str
    """Of the server, with the superuser's password and without a database."""
    passwords: dict[str, str] = field(default_factory=dict, repr=False)
    """By role."""

    def at(self, place: str, role: str = "") -> str:
        """The database of `centre`, `paris` or `lyon`; as the superuser, or as a role with a password."""
        url = make_url(f"{self.address}/{place}")
        if role:
            url = url.set(username=role, password=self.passwords[role])
        return url.render_as_string(hide_password=False)

    def run(self, place: str, statement: str) -> list[tuple[object, ...]]:
        with psycopg.connect(self.at(place), autocommit=True) as connection:
            found = connection.execute(statement.encode())
            return found.fetchall() if found.description else []

    def away(self, place: str, part: str = "lines") -> None:
        """The site fetches no more."""
        self.run(place, f"ALTER SUBSCRIPTION linekey_{part} DISABLE")

    def back(self, place: str, part: str = "lines") -> None:
        self.run(place, f"ALTER SUBSCRIPTION linekey_{part} ENABLE")

    def allow(self, role: str, place: str = "centre") -> None:
        """A password of its own."""
        self.passwords.setdefault(role, secrets.token_hex(16))
        self.run(place, f"ALTER ROLE {role} PASSWORD '{self.passwords[role]}'")

    def replicate(self, part: str, site: str) -> None:
        """As docs/howto/replicate-to-sites.md has it."""
        self.apply("centre", part, site=site)
        self.apply(site, part, site=site, at=self._login("centre", f"linekey_{site}"))
        self.apply("centre", part, site=site, at=self._login(site, "linekey_centre"))

    def apply(self, place: str, part: str, *, site: str = "", at: str = "") -> None:
        script = deploy() / "postgresql" / f"{'centre' if place == 'centre' else 'site'}.{part}.sql"
        url = make_url(self.at(place))
        argv = ["psql", "-X", "-q", "-o", os.devnull, "-h", str(url.host), "-p", str(url.port)]
        argv += ["-U", str(url.username), "-d", place, "-f", str(script)]
        for name, value in (("site", site), ("from", at)):
            argv += ["-v", f"{name}={value}"] if value else []
        env = clean_environment() | {"PGPASSWORD": str(url.password)}
        subprocess.run(argv, env=env, check=True, capture_output=True, text=True)

    def _login(self, place: str, role: str) -> str:
        """Where and as whom to fetch, in libpq's words."""
        self.allow(role, place)
        url = make_url(self.at(place, role))
        return f"host={url.host} port={url.port} dbname={place} user={role} password={url.password}"


@pytest.fixture(scope="module")
def sites(element_settings: ElementSettings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sites]:
    if postgres.binaries() is None:
        need("postgres")
    settings = replace(
        element_settings,
        home=tmp_path_factory.mktemp("paris"),
        sip_port=free_port(),
        radius_port=free_port(2),
    )
    cluster = postgres.cluster(
        wal_level="logical",
        # Only what is on disk is sent: otherwise everything waits for the next fifth of a second.
        synchronous_commit="on",
        max_replication_slots="24",
        max_wal_senders="24",
        max_worker_processes="32",
        max_logical_replication_workers="16",
        # A worker which ended is started again at once, and not after five seconds.
        wal_retrieve_retry_interval="50ms",
    )
    with cluster as address:
        made = Sites(settings, address.rpartition("/")[0])
        for place in ("centre", *SITES):
            with psycopg.connect(address, autocommit=True) as connection:
                connection.execute(f"CREATE DATABASE {place}".encode())
            at = made.at(place)
            elements.prepare(replace(settings, sip_store=at, radius_store=at, accounting_store=at))
        for part in _PARTS:
            made.apply("centre", part)
            for site in SITES:
                made.replicate(part, site)
        yield made


@pytest.fixture(scope="module")
def paris(sites: Sites) -> Iterator[KamailioInLab]:
    """A Kamailio which knows nothing but its own site."""
    sites.allow("kamailio")
    yield from running_kamailio(replace(sites.settings, sip_store=sites.at("paris", "kamailio")))


@pytest.fixture(scope="module")
def lines(sites: Sites) -> Iterator[Kamailio]:
    """Linekey's own wire: it writes at the centre, and asks the Kamailio in Paris who is registered."""
    store = open_store(sites.at("centre"))
    yield Kamailio("kamailio-1", store, sites.settings.rpc_socket)
    store.dispose()


@pytest.fixture(scope="module")
def accesses(sites: Sites) -> Iterator[FreeRadius]:
    store = open_store(sites.at("centre"))
    yield access_adapter(sites.settings, store, store, name="freeradius-1")
    store.dispose()
