"""FreeRADIUS with Linekey's tables and configuration, and as Debian ships it, asked by radclient."""

import os
import random
import re
import shutil
import subprocess
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from sqlalchemy import make_url

from bench import stores, worked
from bench.ground import Ground
from bench.registrars import password, running
from linekey.domain.secret import Secret
from linekey.network.radius import answers_status
from linekey.vault.radius import seal_for_radius
from linekey.worker import elements
from linekey.worker.children import Child
from linekey.worker.elements import ElementSettings
from tests.lab.elements import free_port

SECRET = "not a secret: a bench's"
_STOCK = Path("/etc/freeradius/3.0")
_ACCEPTED = re.compile(r"Accepted\s*:\s*(\d+)")
_SAME_CARE = 'open_query = "PRAGMA synchronous = NORMAL"'
"""By itself SQLite would have the stock server sync the disk at each login; ours does not either."""


@dataclass(frozen=True)
class AccessServer:
    store: str
    port: int
    pids: list[int]
    key: bytes = b""

    def answer(self, ground: Ground, accesses: Iterable[tuple[str, str]]) -> tuple[float, float]:
        """Access-Requests (CHAP) a second, µs of processor time each. RuntimeError when one is refused."""
        asked = list(accesses)
        file = ground.home / f"logins-{self.port}"
        file.write_text(
            "".join(f'User-Name = "{login}"\nCHAP-Password = "{word}"\n\n' for login, word in asked)
        )
        argv = ["radclient", "-q", "-s", "-p", "64", "-r", "5", "-t", "3", "-f", str(file)]
        argv += [f"127.0.0.1:{self.port}", "auth", SECRET]
        worked_before, began = worked.seconds(*self.pids), time.perf_counter()
        done = subprocess.run(argv, capture_output=True, text=True, timeout=120)
        took, used = time.perf_counter() - began, worked.seconds(*self.pids) - worked_before
        accepted = _ACCEPTED.search(done.stdout)
        if accepted is None or int(accepted[1]) != len(asked):
            raise RuntimeError(f"radclient: {done.stdout[-2000:]}{done.stderr[-2000:]}")
        return len(asked) / took, 1e6 * used / len(asked)


def login(number: int) -> str:
    return f"xdsl-{number:07}@linekey.adsl"


def some(accesses: int, count: int, slots: dict[int, str]) -> list[tuple[str, str]]:
    """As `registrars.some`."""
    numbers = random.sample(range(accesses), count)
    return [(login(number), password(number, slots.get(number, "bleu"))) for number in numbers]


@contextmanager
def linekeys(ground: Ground, accesses: int) -> Iterator[AccessServer]:
    settings = ElementSettings(
        home=ground.home / "linekeys-freeradius",
        realm="unused",
        radius_secret=Secret(SECRET),
        radius_port=free_port(2),
        sip_store=stores.store(ground, "unused_sip"),
        radius_store=stores.store(ground, "radius"),
        accounting_store=stores.store(ground, "accounting"),
    )
    elements.prepare(settings)
    key = elements.sealing_key(settings)
    rows = (
        (name, "Linekey-Sealed-Password", ":=", seal_for_radius(name, Secret(password(each)), key))
        for each in range(accesses)
        for name in [login(each)]
    )
    stores.fill(settings.radius_store, "radcheck", ("username", "attribute", "op", "value"), rows)
    stores.settled(settings.radius_store)
    command = elements.freeradius_command(settings)
    child = Child(
        "freeradius",
        command.argv,
        command.env,
        settings.log("freeradius-output"),
        partial(elements.freeradius_answers, settings),
    )
    with running(child) as pid:
        yield AccessServer(settings.radius_store, settings.radius_port, [pid, *worked.postmaster()], key)


@contextmanager
def debians(ground: Ground, accesses: int) -> Iterator[AccessServer]:
    """Its own folder with the sql module switched on, as its comments say, and passwords in clear."""
    home, port = ground.home / "debians-freeradius", free_port()
    raddb, store = home / "raddb", stores.store(ground, "stock_radius")
    shutil.copytree(_STOCK, raddb, symlinks=True)
    _configure(raddb, store, port)
    schema = raddb / "mods-config/sql/main" / ground.engine / "schema.sql"
    stores.script(store, schema.read_text())
    rows = ((login(each), "Cleartext-Password", ":=", password(each)) for each in range(accesses))
    stores.fill(store, "radcheck", ("username", "attribute", "op", "value"), rows)
    stores.settled(store)
    argv = [elements.program("freeradius") or "freeradius", "-f", "-d", str(raddb), "-l", str(home / "log")]
    answers = partial(answers_status, "127.0.0.1", port, Secret(SECRET), timeout=0.2)
    with running(Child("stock", argv, dict(os.environ), home / "log", answers)) as pid:
        yield AccessServer(store, port, [pid, *worked.postmaster()])


def _configure(raddb: Path, store: str, port: int) -> None:
    """What an operator must set by hand, and no more: port, secret, database. Runs as whoever runs this."""
    (raddb / "mods-enabled/sql").symlink_to("../mods-available/sql")
    for link in ("mods-enabled/eap", "sites-enabled/inner-tunnel"):
        (raddb / link).unlink()  # They want certificates; PPPoE uses neither.
    run = raddb.parent / "run"
    run.mkdir()
    _edit(
        raddb / "radiusd.conf",
        (r"(?m)^\s*(user|group) = freerad$", ""),
        (r"(?m)^run_dir = .*$", f"run_dir = {run}"),
        (r"(?m)^logdir = .*$", f"logdir = {run}"),
    )
    _edit(raddb / "clients.conf", (r"secret = testing123", f'secret = "{SECRET}"'))
    site = raddb / "sites-available/default"
    _edit(site, (r"(?m)^(\s*)-?eap( \{\n\s*ok = return\n(#.*\n|\s*#.*\n)*\s*\})?$", r"\1"))
    text = site.read_text()
    listen = f"listen {{\n\ttype = auth\n\tipaddr = 127.0.0.1\n\tport = {port}\n}}\n"
    site.write_text(text[: text.index("listen {")] + listen + text[text.index("\nauthorize {") :])
    _edit(raddb / "mods-available/sql", *_database(store))


def _database(store: str) -> list[tuple[str, str]]:
    url = make_url(store)
    dialect = url.get_backend_name()
    chosen = [
        (r'dialect = "sqlite"', f'dialect = "{dialect}"'),
        (r'driver = "rlm_sql_null"', f'driver = "rlm_sql_{dialect}"'),
    ]
    if dialect == "sqlite":
        return [
            *chosen,
            (r'filename = "/tmp/freeradius.db"', f'filename = "{url.database}"'),
            (r"(?m)^\s*bootstrap = .*$", ""),
            (r"\n\tpool \{", f"\n\t{_SAME_CARE}\n\tpool {{"),
        ]
    told = {"server": url.host, "port": url.port, "login": url.username, "password": url.password}
    where = "".join(f'{name} = "{value}"\n\t' for name, value in told.items())
    return [*chosen, (r'radius_db = "radius"', f'{where}radius_db = "{url.database}"')]


def _edit(file: Path, *changes: tuple[str, str]) -> None:
    text = file.read_text()
    for pattern, replacement in changes:
        text = re.sub(pattern, replacement, text)
    file.write_text(text)
