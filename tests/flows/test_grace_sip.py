"""NEW-1 on SIP: a telephone stays reachable while its password changes, and the old one ends by itself."""

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.utils import timezone

from linekey.domain.kinds import Mode
from linekey.domain.secret import Secret
from linekey.enact.outside import Outside
from linekey.network.ports import Registration, SipAddress
from linekey.records.models import CredentialVersion, FailedLogin
from linekey.usecases import rotate_credential
from linekey.worker import elements, listen, schedule
from linekey.worker.elements import ElementSettings
from tests.build import REALM, REGISTRAR, Cast, actor
from tests.hands import make_due, states, wired, work
from tests.lab.elements import KamailioInLab, free_port, need, running_kamailio
from tests.lab.product import Product, eventually

pytestmark = pytest.mark.real

OLD, NEW = "Tilleul-4718-bleu", "Chataigne-5827"
BRISK = 4
"""Seconds a registration lasts; it is renewed after the first of them."""


@pytest.fixture
def registrar(element_settings: ElementSettings, tmp_path: Path) -> Iterator[KamailioInLab]:
    settings = replace(element_settings, home=tmp_path / "elements", sip_port=free_port())
    elements.prepare(settings)
    yield from running_kamailio(settings, f"MIN_EXPIRES={BRISK}", name=REGISTRAR)


@pytest.fixture
def wires(registrar: KamailioInLab) -> Outside:
    outside = wired(registrar=registrar.registrar)
    # Until it was asked, nobody promises that it can hold two passwords.
    schedule.look_at_elements(outside, timezone.now())
    return outside


@pytest.fixture
def line(cast: Cast, wires: Outside) -> SipAddress:
    """Ada's line, with `OLD` as its password."""
    _change(cast, OLD)
    work(wires)
    return SipAddress(cast.line.sip.username, REALM)


def test_a_telephone_stays_registered_until_it_is_given_the_new_password_which_ends_the_old_one(
    cast: Cast, registrar: KamailioInLab, wires: Outside, line: SipAddress
) -> None:
    need("baresip")
    with registrar.phone(line, OLD, BRISK) as phone:
        assert phone.registered()
        plan = _change(cast, NEW)
        work(wires)
        assert states(plan)["push"] == "done"
        assert "drop" not in states(plan)
        _renews(registrar, line)
        listen.turn(wires)
        work(wires)
        version = _version(plan)
        assert version.retire_at is not None
        assert (version.used_at, version.released_at) == (None, None)
        assert {states(plan)["watch"], states(plan)["release"]} == {"waiting"}

        # The handset on the desk is given the new password; the one in the cellar was forgotten.
        with registrar.phone(line, NEW, BRISK) as renewed:
            assert renewed.registered()
            assert phone.refused()
            listen.turn(wires)
            work(wires)
            assert registrar.register(line, OLD) == 401
            version = _version(plan)
            assert version.used_at is not None
            assert version.used_by["source"] == "127.0.0.1"
            assert "baresip" in version.used_by["agent"]
            assert version.released_at is not None
            assert {states(plan)["watch"], states(plan)["release"]} == {"done"}
            _renews(registrar, line)
    assert _held(registrar) == [("", 0)]
    listen.turn(wires)
    assert FailedLogin.objects.get(service=cast.line).count >= 1


def test_an_old_password_which_nobody_replaces_ends_at_the_deadline_without_the_worker(
    cast: Cast, registrar: KamailioInLab, wires: Outside, line: SipAddress
) -> None:
    # Three days ago, less two seconds.
    then = timezone.now() - timedelta(hours=72) + timedelta(seconds=2)
    plan = _change(cast, NEW, then)
    work(wires, then)

    def refused() -> bool:
        # Each attempt comes from another port: so many devices a line has not.
        registrar.registrar.drop(line)
        return registrar.register(line, OLD) == 401

    assert not refused()
    eventually(refused)
    make_due()
    listen.turn(wires)
    work(wires, timezone.now() + timedelta(hours=73))
    version = _version(plan)
    assert version.used_at is None
    assert version.released_at is not None
    assert _held(registrar) == [("", 0)]
    assert registrar.register(line, NEW) == 200


def test_a_leaked_password_is_refused_at_once_whatever_was_offered(
    cast: Cast, registrar: KamailioInLab, wires: Outside, line: SipAddress
) -> None:
    _change(cast, NEW)
    work(wires)
    assert registrar.register(line, OLD) == 200
    _change(cast, "Peuplier-9154-vert", mode=Mode.IMMEDIATE)
    work(wires)
    assert registrar.registrar.registrations(line) == []
    assert [registrar.register(line, each) for each in (OLD, NEW, "Peuplier-9154-vert")] == [401, 401, 200]


CHANGE = """
from django.utils import timezone
from linekey.domain.secret import Secret
from linekey.records import find
from linekey.records.models import Service
from linekey.usecases import rotate_credential
line, now = Service.objects.get(reference={line!r}), timezone.now()
owner = find.actor_of(line.owner, confirmed_at=now)
print(rotate_credential.change(
    actor=owner, reference=line.reference, new=Secret({new!r}), operation={new!r}, now=now
).plan)
"""
HEARD = """
from linekey.records.models import CredentialVersion
version = CredentialVersion.objects.get(plan={plan!r})
agent = version.used_by.get("agent", "")
print(bool(version.live_at), bool(version.used_at), agent, bool(version.released_at))
"""


def test_the_product_as_it_is_started_hears_its_registrar(product: Product) -> None:
    facts = product.facts["ovh"]
    user, old, new = facts["line_username"], facts["line_password"], f"Chataigne-{uuid4().hex[:8]}"
    plan = product.inside(CHANGE.format(line=facts["line"], new=new)).split()[-1]
    facts["line_password"] = new
    eventually(lambda: product.inside(HEARD.format(plan=plan)).split()[0] == "True")
    assert product.register(user, old) == 200
    assert product.register(user, new) == 200
    assert product.register(user, old) == 401
    told = eventually(lambda: _ended(product.inside(HEARD.format(plan=plan)).split()))
    assert told[:3] == ["True", "True", "sipsak"]


def _ended(told: list[str]) -> list[str]:
    return told if told[-1] == "True" else []


def _change(cast: Cast, new: str, now: datetime | None = None, mode: Mode | None = None) -> str:
    return rotate_credential.change(
        actor=actor(cast.ada),
        reference=cast.line.reference,
        new=Secret(new),
        mode=mode,
        operation=new,
        now=now or timezone.now(),
    ).plan


def _version(plan: str) -> CredentialVersion:
    return CredentialVersion.objects.get(plan=plan)


def _renews(registrar: KamailioInLab, line: SipAddress) -> None:
    """It registers twice again, and is never away in between."""

    def seen() -> Registration:
        registrations = registrar.registrar.registrations(line)
        assert registrations, "the telephone is away"
        return max(registrations, key=lambda each: each.registered_at or datetime.min.replace(tzinfo=UTC))

    for _ in range(2):
        before = seen()
        deadline = time.monotonic() + BRISK
        while seen().registered_at == before.registered_at:
            assert time.monotonic() < deadline, "it did not register again"
            time.sleep(0.05)


def _held(registrar: KamailioInLab) -> list[tuple[str, int]]:
    """Rotation of each line, and how many old passwords are left."""
    with registrar.store.connect() as connection:
        rows = connection.exec_driver_sql(
            "SELECT rotation, (SELECT count(*) FROM linekey_previous) FROM subscriber"
        )
        return [(row[0], row[1]) for row in rows]
