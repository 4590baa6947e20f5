"""Everything a drill needs, started in order on one machine, and stopped again whatever happens."""

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from drill.database import Database
from drill.desk import Desk, Entrance, Network, environment, linekey
from drill.machines import Program, until
from drill.orders import Campaign
from drill.town import Town, built, keep_history
from tests import postgres


@dataclass(frozen=True)
class Stage:
    database: Database
    desk: Desk
    network: Network
    town: Town
    url: str
    env: Mapping[str, str]
    """What the commands of the desk are told."""


@contextmanager
def stage(home: Path, *, lines: int, campaign: int) -> Iterator[Stage]:
    """From here on this process is a part of the desk: it reads the settings and the tables."""
    with ExitStack() as stack:
        database = Database(home)
        stack.callback(database.stop)
        database.start()
        entrance = Entrance(home, database)
        _run(stack, entrance.program)
        until(
            lambda: _takes_writes(database.superuser(entrance.database_at)),
            "HAProxy should lead to the primary",
            entrance.program,
        )
        network = Network(home, stack.enter_context(postgres.cluster(durable=True)))
        for program in network.programs:
            stack.callback(program.stop)
        network.start()
        env = environment(home, network, database.create(entrance.database_at), entrance.web_at)
        _run(stack, Program("mail", linekey("sink"), env, home / "mail.log"))
        os.environ |= env | {"LINEKEY_LOG_LEVEL": "WARNING"}
        keep_history(network.settings.sip_store)
        town = built(lines, campaign)
        desk = Desk(home, env, entrance.web_port)
        stack.callback(desk.stop)
        desk.start()
        url = f"http://{entrance.web_at}"
        until(lambda: Campaign.is_open(url), "HAProxy should lead to the pages", entrance.program)
        yield Stage(database, desk, network, town, url, env)


@contextmanager
def folder(*, keep: bool) -> Iterator[Path]:
    # Passed through, not looked into: PostgreSQL runs in it as somebody else than root.
    home = Path(tempfile.mkdtemp(prefix="linekey-drill-"))
    home.chmod(0o711)
    try:
        yield home
    finally:
        if not keep:
            shutil.rmtree(home, ignore_errors=True)


def _run(stack: ExitStack, program: Program) -> None:
    stack.callback(program.stop)
    program.start()


def _takes_writes(address: str) -> bool:
    try:
        with psycopg.connect(address, autocommit=True, target_session_attrs="read-write"):
            return True
    except psycopg.Error:
        return False
