"""NEW-9: an operator's Kamailio on MariaDB is taken over while phones register, and none of them notices.

The Kamailio is not ours: its own configuration, Debian's own schema, one password per line. Linekey reads the
table, is then what changes it, and says that it can only cut at once there.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
from django.utils import timezone
from sqlalchemy import make_url

from linekey.domain.errors import GraceNotOffered
from linekey.domain.kinds import Mode
from linekey.network.kamailio import Kamailio
from linekey.network.options import options_status
from linekey.network.store import open_store
from linekey.records.models import OutboxEffect, Service
from linekey.usecases import rotate_credential
from linekey.worker import elements
from linekey.worker.children import Child
from linekey.worker.element_settings import clean_environment
from tests import mariadb
from tests.build import REALM, REGISTRAR, Cast, actor
from tests.hands import states, wired, work
from tests.lab import sip_client
from tests.lab.elements import free_port, need
from tests.worker.test_import_existing import ha1, run

pytestmark = [pytest.mark.real, pytest.mark.django_db(transaction=True)]

CONFIGURATION = Path(__file__).parents[1] / "lab" / "existing" / "kamailio.cfg"
LINES = {f"00339724040{number:02}": f"password of {number}" for number in range(12)}
CAPITALS = "0033972404099"
"""A line whose digest somebody wrote in capitals: the table has it, and no phone ever registered."""


@dataclass
class Existing:
    """The operator's Kamailio, and the store it reads."""

    port: int
    store: str
    """Address of its database."""
    registrar: Kamailio

    def register(self, username: str, password: str) -> int:
        return sip_client.register("127.0.0.1", self.port, REALM, username, password)

    def rows(self) -> list[dict[str, object]]:
        return mariadb.run(self.store, "SELECT * FROM subscriber ORDER BY id")


@pytest.fixture
def existing(tmp_path: Path) -> Iterator[Existing]:
    need("kamailio", "sipsak")
    mariadb.needed()
    with mariadb.server() as server:
        store = mariadb.with_kamailios_tables(server)
        rows = [
            f"('{name}', '{REALM}', '', '{ha1(name, password)}', '{ha1(name, password, domain=True)}')"
            for name, password in LINES.items()
        ]
        rows.append(f"('{CAPITALS}', '{REALM}', '', '{ha1(CAPITALS, 'pw').upper()}', '')")
        columns = "username, domain, password, ha1, ha1b"
        mariadb.run(store, f"INSERT INTO subscriber ({columns}) VALUES {', '.join(rows)}")  # noqa: S608
        yield from _kamailio(store, tmp_path)


def _kamailio(store: str, folder: Path) -> Iterator[Existing]:
    port, rpc = free_port(), folder / "kamailio.rpc"
    env = clean_environment() | {
        "LAB_SIP_PORT": str(port),
        "LAB_SIP_STORE": make_url(store).render_as_string(hide_password=False),
        "LAB_SIP_RPC": str(rpc),
    }
    argv = [elements.program("kamailio") or "", "-DD", "-E", "-m", "64", "-M", "8", "-f", str(CONFIGURATION)]
    argv += ["-P", str(folder / "kamailio.pid"), "-Y", str(folder)]
    answers = lambda: options_status("127.0.0.1", port, timeout=0.2) == 200  # noqa: E731
    child = Child("kamailio", argv, env, folder / "kamailio.log", answers)
    engine = open_store(store)
    child.start()
    try:
        assert elements.wait_until_answering(child.answers), child.last_words()
        yield Existing(port, store, Kamailio(REGISTRAR, engine, rpc, sip=("127.0.0.1", port)))
    finally:
        child.stop()
        engine.dispose()


def test_every_line_registers_as_before_and_a_rotation_by_linekey_holds(
    existing: Existing, cast: Cast, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert {existing.register(*line) for line in LINES.items()} == {200}
    before = existing.rows()
    where = tmp_path / "address"
    where.write_text(existing.store)
    words = ("kamailio", "--from", f"file:{where}", "--organisation", "CLI-00042", "--json")
    assert existing.register(CAPITALS, "pw") == 401
    assert run(*words) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["new"] == 13 and told["notes"] == {"capitals": 1, "no_domain_digest": 1}
    work(wired(existing.registrar))
    assert existing.rows() == before and not OutboxEffect.objects.exists()
    assert {existing.register(*line) for line in LINES.items()} == {200}

    username, old = next(iter(LINES.items()))
    olivia = actor(cast.olivia, timezone.now())
    rotate = partial(rotate_credential.reset, actor=olivia, reference=username, now=timezone.now())
    with pytest.raises(GraceNotOffered):
        rotate(operation="graceful", mode=Mode.GRACE)
    receipt = rotate(operation="cut")
    assert receipt.shown_once is not None and receipt.version == 2
    work(wired(existing.registrar))
    assert states(receipt.plan)["push"] == states(receipt.plan)["drop"] == "done"
    assert existing.register(username, old) == 401
    assert existing.register(username, receipt.shown_once.reveal()) == 200
    others = [line for line in LINES.items() if line[0] != username]
    assert {existing.register(*line) for line in others} == {200}
    assert run(*words) == 0
    assert Service.objects.get(reference=username).versions.count() == 2
