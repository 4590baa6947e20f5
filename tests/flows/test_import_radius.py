"""NEW-9: the logins of an existing `radcheck` are taken over; a real FreeRADIUS lets them in as before."""

from collections.abc import Iterator
from datetime import datetime

import pytest
from pytest_django import Settings
from sqlalchemy import insert, text

from linekey.network.freeradius import RADCHECK
from linekey.records.models import Service
from linekey.usecases import rotate_credential
from linekey.worker.element_settings import ElementSettings
from tests.build import Cast, actor
from tests.hands import wired, work
from tests.lab.elements import FreeRadiusInLab
from tests.lab.radius_client import Protocol
from tests.worker.test_import_existing import run

pytestmark = [pytest.mark.real, pytest.mark.django_db(transaction=True)]

PROTOCOLS: tuple[Protocol, ...] = ("pap", "chap", "mschapv2")
LOGINS = {"box-1@isp.test": ("old one", "'old one'"), "box-2@isp.test": ("back\\slash", "back\\\\slash")}
"""Password of each, and how it stands in the table."""


@pytest.fixture
def existing(
    freeradius: FreeRadiusInLab, element_settings: ElementSettings, settings: Settings
) -> Iterator[FreeRadiusInLab]:
    rows = [(login, "Cleartext-Password", ":=", stands) for login, (_, stands) in LOGINS.items()]
    rows += [(login, "Simultaneous-Use", ":=", "1") for login in LOGINS]
    names = ("username", "attribute", "op", "value")
    with freeradius.store.begin() as connection:
        connection.execute(text("DELETE FROM radcheck"))
        connection.execute(insert(RADCHECK), [dict(zip(names, row, strict=True)) for row in rows])
    settings.LINEKEY_RADIUS_STORE = element_settings.store("radius")
    yield freeradius
    with freeradius.store.begin() as connection:
        connection.execute(text("DELETE FROM radcheck"))


def answers(server: FreeRadiusInLab, login: str, password: str) -> set[bool | None]:
    return {server.login(login, password, protocol) for protocol in PROTOCOLS}


def test_every_login_works_as_before_and_a_new_password_takes_the_place_of_the_old(
    existing: FreeRadiusInLab, cast: Cast, now: datetime
) -> None:
    outside = wired(access_server=existing.access)
    assert run("radius", "--organisation", "CLI-00042", "--json") == 0
    work(outside)
    for login, (old, _) in LOGINS.items():
        assert answers(existing, login, old) == {True}
        reference = Service.objects.get(ppp__login=login).reference
        made = rotate_credential.reset(
            actor=actor(cast.olivia, now), reference=reference, operation="a", now=now
        )
        work(outside)
        assert made.shown_once is not None
        assert answers(existing, login, made.shown_once.reveal()) == {True}
        assert answers(existing, login, old) == {False}
    assert run("radius", "--organisation", "CLI-00042", "--json") == 0
    with existing.store.connect() as connection:
        kept: list[str] = list(connection.execute(text("SELECT attribute FROM radcheck")).scalars())
    assert sorted(kept) == ["Linekey-Sealed-Password"] * 2 + ["Simultaneous-Use"] * 2
