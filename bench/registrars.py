"""Kamailio with Linekey's tables and configuration, and as Debian ships it, asked by sipp."""

import os
import random
import re
import subprocess
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from sqlalchemy import make_url

from bench import stores, worked
from bench.digests import digests
from bench.ground import Ground
from linekey.domain.secret import Secret
from linekey.network.options import options_status
from linekey.worker import elements
from linekey.worker.children import Child
from linekey.worker.elements import ElementSettings
from tests.lab.elements import free_port

REALM = "sip.linekey.test"
OF_A_CALL = 10
"""REGISTERs of one call of the scenario which are answered with 200."""
_WORKERS = 4
_STOCK = Path("/etc/kamailio/kamailio.cfg")
_SCHEMAS = {"sqlite": "db_sqlite", "postgresql": "postgres"}


@dataclass(frozen=True)
class Registrar:
    store: str
    port: int
    pids: list[int]

    def answer(self, ground: Ground, lines: Iterable[tuple[str, str]]) -> tuple[float, float]:
        """REGISTERs a second, and µs of processor time for each. Raises RuntimeError when one is refused."""
        asked = list(lines)
        users = ground.home / f"users-{self.port}.csv"
        # As sipp wants it: what the scenario calls field1 is a keyword of its own.
        told = "".join(f"{name};[authentication username={name} password={word}];\n" for name, word in asked)
        users.write_text(f"SEQUENTIAL\n{told}")
        argv = ["sipp", f"127.0.0.1:{self.port}", "-i", "127.0.0.1", "-p", str(free_port())]
        argv += ["-sf", str(Path(__file__).with_name("register.xml")), "-inf", str(users), "-nostdin"]
        argv += ["-m", str(len(asked)), "-l", "48", "-r", "10000", "-timeout", "60", "-skip_rlimit"]
        worked_before, began = worked.seconds(*self.pids), time.perf_counter()
        done = subprocess.run(argv, cwd=ground.home, capture_output=True, text=True, timeout=120)
        took, used = time.perf_counter() - began, worked.seconds(*self.pids) - worked_before
        if done.returncode:
            raise RuntimeError(f"sipp: {done.returncode}\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
        count = len(asked) * OF_A_CALL
        return count / took, 1e6 * used / count


def password(number: int, slot: str = "bleu") -> str:
    return f"Tilleul-{number:06}-{slot}"


def name(number: int) -> str:
    return f"0033{number:09}"


def some(lines: int, count: int, slots: dict[int, str]) -> list[tuple[str, str]]:
    """`count` lines by chance, with their passwords; `slots` names those with another than the first."""
    numbers = random.sample(range(lines), count)
    return [(name(number), password(number, slots.get(number, "bleu"))) for number in numbers]


@contextmanager
def linekeys(ground: Ground, lines: int) -> Iterator[Registrar]:
    settings = ElementSettings(
        home=ground.home / "linekeys-kamailio",
        realm=REALM,
        radius_secret=Secret("unused"),
        sip_port=free_port(),
        sip_store=stores.store(ground, "sip"),
        radius_store=stores.store(ground, "unused_radius"),
        accounting_store=stores.store(ground, "unused_accounting"),
    )
    elements.prepare(settings)
    rows = ((name(each), REALM, *digests(name(each), REALM, password(each))) for each in range(lines))
    stores.fill(settings.sip_store, "subscriber", ("username", "domain", "ha1", "ha1b"), rows)
    stores.settled(settings.sip_store)
    command = elements.kamailio_command(settings)
    answers = partial(elements.kamailio_answers, settings)
    with running(Child("kamailio", command.argv, command.env, settings.log("kamailio"), answers)) as pid:
        yield Registrar(settings.sip_store, settings.sip_port, [pid, *worked.postmaster()])


@contextmanager
def debians(ground: Ground, lines: int) -> Iterator[Registrar]:
    """Its own file, with passwords and locations in the database; as many workers as ours has."""
    home, port = ground.home / "debians-kamailio", free_port()
    home.mkdir()
    store = stores.store(ground, "stock_sip")
    for part in ("standard", "auth_db", "usrloc"):
        schema = Path("/usr/share/kamailio") / _SCHEMAS[ground.engine] / f"{part}-create.sql"
        stores.script(store, schema.read_text())
    rows = (
        (name(each), REALM, password(each), *digests(name(each), REALM, password(each)))
        for each in range(lines)
    )
    stores.fill(store, "subscriber", ("username", "domain", "password", "ha1", "ha1b"), rows)
    stores.settled(store)
    (home / "kamailio.cfg").write_text(_stock(store, port))
    argv = [elements.program("kamailio") or "kamailio", "-DD", "-E", "-m", "256", "-M", "8"]
    argv += ["-P", str(home / "pid"), "-Y", str(home), "-f", str(home / "kamailio.cfg")]
    child = Child("stock", argv, dict(os.environ) | {"TZ": "UTC"}, home / "log", partial(_answers, port))
    with running(child) as pid:
        yield Registrar(store, port, [pid, *worked.postmaster()])


def _stock(store: str, port: int) -> str:
    url, text = make_url(store), _STOCK.read_text()
    if url.get_backend_name() == "sqlite":
        module, address = "db_sqlite.so", f"sqlite:///{url.database}"
    else:
        module = "db_postgres.so"
        address = f"postgres://{url.username}:{url.password}@{url.host}:{url.port}/{url.database}"
    chosen = f'#!KAMAILIO\n#!define WITH_AUTH\n#!define WITH_USRLOCDB\n#!define DBURL "{address}"\n'
    text = text.replace("#!KAMAILIO\n", chosen, 1)
    text = text.replace('loadmodule "kex.so"', f'loadmodule "{module}"\nloadmodule "kex.so"', 1)
    return re.sub(r"(?m)^children=\d+$", f"children={_WORKERS}\nlisten=udp:127.0.0.1:{port}", text, count=1)


def _answers(port: int) -> bool:
    return options_status("127.0.0.1", port, user="anybody", timeout=0.2) is not None


@contextmanager
def running(child: Child) -> Iterator[int]:
    child.start()
    try:
        if not elements.wait_until_answering(child.answers, 20):
            raise RuntimeError(f"{child.name} does not answer:\n{child.last_words(20)}")
        if child._process is None:
            raise RuntimeError(f"{child.name} is not there")
        yield child._process.pid
    finally:
        child.stop()
