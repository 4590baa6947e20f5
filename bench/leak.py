"""What a campaign meets after a leak: live lines, a Kamailio that knows them, a worker of its own process.

And the same rows once more in a store of their own, for whoever writes them without Linekey.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg

from bench.ground import Ground

if TYPE_CHECKING:
    from linekey.records.models import Person
    from linekey.worker.element_settings import ElementSettings

REALM, REGISTRAR, BEGINNING = "sip.linekey.test", "kamailio-1", "0033979"
AT_ONCE = 5000
ENTRY = "import sys; from linekey.config.entry import main; sys.exit(main())"


@dataclass
class Leak:
    maker: "Person"
    """A reseller; all lines are of a customer of theirs."""
    lines: int
    bare: str
    """SQLAlchemy address of the second store, with the same rows."""
    worker: "subprocess.Popen[bytes]"


@contextmanager
def leaked(ground: Ground, lines: int) -> Iterator[Leak]:
    """Everything runs while this is open. The registrar takes two passwords per line, as ours does."""
    with ExitStack() as stack:
        settings = _settings(ground)
        os.environ |= {
            "LINEKEY_ELEMENTS": "real",
            "LINEKEY_REGISTRAR_STORE": settings.store("sip"),
            "LINEKEY_RADIUS_STORE": settings.store("radius"),
            "LINEKEY_ACCOUNTING_STORE": settings.store("accounting"),
            "LINEKEY_REGISTRAR_RPC": str(settings.rpc_socket),
            "LINEKEY_SIP_PORT": str(settings.sip_port),
            "LINEKEY_SIP_REALM": REALM,
        }
        import django

        django.setup()
        from django.core.management import call_command

        from linekey.worker import elements

        call_command("migrate", verbosity=0)
        bare = _beside(ground, settings)
        for each in (settings, bare):
            elements.prepare(each)
        maker = _fill(lines, (settings.store("sip"), bare.store("sip")))
        stack.enter_context(_kamailio(settings))
        yield Leak(maker, lines, bare.store("sip"), stack.enter_context(_worker(ground.home)))


def _settings(ground: Ground) -> "ElementSettings":
    from linekey.domain.secret import Secret
    from linekey.worker.element_settings import ElementSettings
    from tests.lab.elements import free_port

    made = ElementSettings(
        home=ground.home / "elements",
        realm=REALM,
        radius_secret=Secret("not a secret: a bench's"),
        sip_port=free_port(),
        radius_port=free_port(2),
        coa_port=free_port(),
    )
    return replace(made, **_stores("")) if ground.engine == "postgresql" else made


def _beside(ground: Ground, settings: "ElementSettings") -> "ElementSettings":
    home = ground.home / "bare"
    return replace(settings, home=home, **(_stores("bare_") if ground.engine == "postgresql" else {}))


def _stores(prefix: str) -> dict[str, Any]:
    """Fresh databases beside Linekey's."""
    address = os.environ["LINEKEY_DATABASE_URL"]
    made = {}
    for store in ("sip", "radius", "accounting"):
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {prefix}{store}".encode())
        made[f"{store}_store"] = f"{address.rpartition('/')[0]}/{prefix}{store}"
    return made


@contextmanager
def _kamailio(settings: "ElementSettings") -> Iterator[None]:
    from linekey.worker import elements

    if elements.program("kamailio") is None:
        raise FileNotFoundError("Kamailio is not installed: bin/setup installs it")
    command = elements.kamailio_command(settings)
    with _child(command.argv, command.env, settings.log("kamailio")):
        if not elements.wait_until_answering(partial(elements.kamailio_answers, settings), 15):
            raise RuntimeError(settings.log("kamailio").read_text()[-1000:])
        yield


def _worker(home: Path) -> "AbstractContextManager[subprocess.Popen[bytes]]":
    return _child([sys.executable, "-c", ENTRY, "work"], dict(os.environ), home / "worker.log")


@contextmanager
def _child(words: Sequence[str], env: dict[str, str], log: Path) -> "Iterator[subprocess.Popen[bytes]]":
    from linekey.worker.children import die_with_parent

    with log.open("ab") as file:
        child = subprocess.Popen(
            words, env=env, stdout=file, stderr=file, preexec_fn=die_with_parent, start_new_session=True
        )
    try:
        yield child
    finally:
        # Kamailio's own children would outlive it, and nothing here is worth a farewell.
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()


def _fill(lines: int, stores: Sequence[str]) -> "Person":
    """Each line accepts one password, by our own records and by those of every store."""
    from django.db import connection
    from django.utils import timezone

    from linekey.domain.access import Role
    from linekey.network.kamailio import Kamailio
    from linekey.network.store import open_store
    from linekey.records import search
    from tests.build import entries, made_live, organisation, person, sip_lines

    now = timezone.now()
    operator = organisation(None, "operator", "Linekey Télécom")
    reseller = organisation(operator, "reseller", "Chen Télécom")
    customer = organisation(reseller, "customer", "Atelier Lumen")
    maker = person("cw34567-lk", "Chen", "Wei", Role.RESELLER, reseller, reseller, now)
    adapters = [Kamailio("bench", open_store(store), Path("no-rpc")) for store in stores]
    for start in range(0, lines, AT_ONCE):
        references = (f"{BEGINNING}{number:06d}" for number in range(start, min(start + AT_ONCE, lines)))
        told = entries(made_live(sip_lines(references, customer, now, realm=REALM), now))
        for adapter in adapters:
            adapter.push(told)
    search.rebuild()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return maker
