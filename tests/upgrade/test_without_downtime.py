"""An upgrade under load, on both engines: no request fails, and each change is made once, in order."""

import hashlib
import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

from linekey.records.models import AuditEntry, CredentialVersion, OutboxEffect
from tests.build import REALM
from tests.lab.elements import free_port
from tests.upgrade.databases import empty_database
from tests.upgrade.load import Load
from tests.upgrade.machine import Machine
from tests.upgrade.programs import AFTER, new_program, old_program
from tests.worker.killed_worker import Ledger

LINES = 12


@pytest.fixture
def machine(own_database: None, tmp_path: Path) -> Iterator[Machine]:
    with empty_database("without_downtime", tmp_path):
        machine = Machine(tmp_path)
        try:
            yield machine
        finally:
            machine.end()


def test_nobody_notices_an_upgrade(machine: Machine, tmp_path: Path) -> None:
    old, new = old_program(tmp_path / "old"), new_program(tmp_path / "new")
    told = json.loads(machine.run(old, "-m", "tests.upgrade.installed", str(LINES)))
    webs = [machine.web(old, free_port()), machine.web(old, free_port())]
    worker = machine.worker(old)
    machine.wait_for(*webs)
    with Load([web.port for web in webs], told["bearer"], told["lines"]) as load:
        load.goes_on()
        machine.linekey(new, "migrate", "--before")
        load.goes_on()
        for web in webs:
            machine.stop(web.process)
            machine.wait_for(machine.web(new, web.port))
            load.goes_on()  # After the first of them, by both programs.
        machine.stop(worker)
        worker = machine.worker(new)
        load.goes_on()
        assert AFTER in machine.linekey(new, "migrate", "--after")
        load.goes_on()
    assert load.failed == []
    _until_everything_is_settled()
    machine.stop(worker)
    _each_change_was_made_once(load)
    _the_element_went_forward_only(load, Ledger(tmp_path))
    assert _columns() == (True, False), "the new one came, the old one went"
    assert _origins() == {"desk", "new"}, "the old program wrote after the first half of the upgrade"


def _until_everything_is_settled() -> None:
    deadline = time.monotonic() + 60
    while OutboxEffect.objects.filter(state__in=["waiting", "claimed"]).exclude(kind="watch").exists():
        assert time.monotonic() < deadline, "the worker did not finish"
        time.sleep(0.05)


def _each_change_was_made_once(load: Load) -> None:
    made = CredentialVersion.objects.values_list("service__reference", "number", "state")
    for line, passwords in load.accepted.items():
        mine = sorted((number, state) for reference, number, state in made if reference == line)
        assert [number for number, _ in mine] == list(range(1, len(passwords) + 1))
        assert mine[-1][1] == "live" and {state for _, state in mine[:-1]} <= {"superseded"}
    assert AuditEntry.objects.filter(action="credential.change").count() == load.changes


def _the_element_went_forward_only(load: Load, element: Ledger) -> None:
    pushed: dict[str, list[str]] = {}
    for what, line, *rest in element.lines():
        if what == "push":
            pushed.setdefault(line, []).extend(rest)
    for line, passwords in load.accepted.items():
        order = [_ha1(line, password) for password in passwords]
        places = [order.index(ha1) for ha1 in pushed[line]]
        assert places == sorted(places) and places[-1] == len(order) - 1, line


def _ha1(line: str, password: str) -> str:
    return hashlib.md5(f"{line}:{REALM}:{password}".encode(), usedforsecurity=False).hexdigest()


def _columns() -> tuple[bool, bool]:
    with connection.cursor() as cursor:
        told = connection.introspection.get_table_description
        versions = {column.name for column in told(cursor, "linekey_credentialversion")}
        effects = {column.name for column in told(cursor, "linekey_outboxeffect")}
    return "origin" in versions, "note" in effects


def _origins() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT origin FROM linekey_credentialversion")
        return {row[0] for row in cursor.fetchall()}
