"""NEW-1, PPP-2 at a real FreeRADIUS: a new password cuts nobody, and its first use ends the old one."""

import socket
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from linekey.enact.outside import Outside
from linekey.records.models import CredentialVersion, FailedLogin, OutboxEffect
from linekey.usecases import rotate_credential
from linekey.worker import listen, schedule
from tests.build import ACCESS_SERVER, Cast, actor
from tests.hands import make_due, states, wired, work
from tests.lab.elements import FreeRadiusInLab, nas_client
from tests.lab.product import eventually
from tests.lab.radius_client import Protocol

pytestmark = [pytest.mark.real, pytest.mark.django_db(transaction=True)]

DISCONNECT_REQUEST = 40
"""RFC 5176, section 3."""
PROTOCOLS: tuple[Protocol, ...] = ("pap", "chap", "mschapv2")


@dataclass
class Desk:
    """Ada's access at a FreeRADIUS, her box set up with the first password and online."""

    cast: Cast
    element: FreeRadiusInLab
    outside: Outside
    nas: socket.socket
    """Where the access server would take Disconnect-Requests."""
    first: str = ""

    def renew(self, now: datetime | None = None) -> str:
        now = now or timezone.now()
        receipt = rotate_credential.reset(
            actor=actor(self.cast.ada, now),
            reference=self.cast.access.reference,
            operation=uuid4().hex,
            now=now,
        )
        work(self.outside, now)
        assert receipt.shown_once is not None
        return receipt.shown_once.reveal()

    def opens(self, password: str, protocol: Protocol = "pap") -> bool | None:
        return self.element.login(self.cast.access.ppp.login, password, protocol)

    def listen(self) -> None:
        listen.turn(self.outside)
        work(self.outside)

    @property
    def newest(self) -> CredentialVersion:
        return self.cast.access.versions.order_by("-number")[0]

    def result(self, kind: str) -> object:
        return OutboxEffect.objects.get(plan=self.newest.plan, kind=kind).result


@pytest.fixture
def desk(cast: Cast, freeradius: FreeRadiusInLab) -> Iterator[Desk]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as nas:
        nas.bind(("127.0.0.1", 0))
        nas.setblocking(False)
        disconnect = nas_client(nas.getsockname()[1])
        outside = wired(access_server=freeradius.adapter(disconnect=disconnect, name=ACCESS_SERVER))
        schedule.look_at_elements(outside, timezone.now())
        desk = Desk(cast, freeradius, outside, nas)
        desk.first = desk.renew()
        assert freeradius.account(cast.access.ppp.login, uuid4().hex, "start")
        desk.listen()
        yield desk
        freeradius.account("", "", "on")


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_the_box_logs_in_with_the_old_password_until_it_has_the_new_one_and_then_only_with_that(
    desk: Desk, protocol: Protocol
) -> None:
    new = desk.renew()
    assert [desk.opens(desk.first, protocol) for _ in range(2)] == [True, True]
    desk.listen()
    assert desk.newest.used_at is None and desk.newest.released_at is None
    assert desk.opens(new, protocol) is True
    assert desk.opens(desk.first, protocol) is False
    desk.listen()
    version = desk.newest
    assert version.live_at and version.used_at and version.released_at
    assert version.live_at < version.used_at < version.released_at
    assert version.used_by == {"source": "", "agent": "127.0.0.1"}
    assert desk.result("release") == {"used": True}
    assert [desk.opens(each, protocol) for each in (desk.first, new)] == [False, True]


def _received(nas: socket.socket) -> set[int]:
    """RADIUS codes of all that came: a stray answer to whoever had the port before is none of ours."""
    codes = set()
    with suppress(BlockingIOError):
        while True:
            codes.add(nas.recv(4096)[0])
    return codes


def test_nobody_is_cut_by_a_rotation_in_grace(desk: Desk) -> None:
    new = desk.renew()
    assert states(desk.newest.plan)["push"] == "done"
    assert "disconnect" not in states(desk.newest.plan)
    desk.opens(new)
    desk.listen()
    make_due()
    work(desk.outside)
    assert set(states(desk.newest.plan).values()) == {"done"}
    assert DISCONNECT_REQUEST not in _received(desk.nas)
    assert desk.outside.access_servers[ACCESS_SERVER].sessions(desk.cast.access.ppp.login) != []


def test_the_element_ends_the_grace_by_itself_while_no_worker_lives(desk: Desk) -> None:
    new = desk.renew()
    assert desk.opens(new, "chap") is True
    desk.element.stop()
    desk.element.start()
    assert desk.opens(desk.first, "chap") is False
    assert desk.newest.used_at is None
    desk.listen()
    assert desk.newest.used_at is not None


def test_at_the_deadline_the_old_password_is_refused_though_nobody_used_the_new_one(desk: Desk) -> None:
    lasts = timedelta(hours=72)
    new = desk.renew(timezone.now() - lasts + timedelta(seconds=3))
    assert desk.opens(desk.first, "mschapv2") is True
    assert eventually(lambda: desk.opens(desk.first, "mschapv2") is False)
    make_due()
    # The worker's count begins when the element has taken it, which was a moment ago.
    work(desk.outside, timezone.now() + lasts)
    assert desk.newest.used_at is None and desk.newest.released_at is not None
    assert desk.result("release") == {"used": False}
    assert desk.result("watch") == {"back": False}
    assert [desk.opens(each, "pap") for each in (desk.first, new)] == [False, True]


def test_a_second_rotation_in_grace_keeps_the_password_which_is_in_the_box(desk: Desk) -> None:
    between, new = desk.renew(), desk.renew()
    assert [desk.opens(each) for each in (between, desk.first)] == [False, True]
    assert [desk.opens(each) for each in (new, desk.first)] == [True, False]


def test_a_guess_is_seen_on_the_access_it_was_tried_on(desk: Desk) -> None:
    login, caller = desk.cast.access.ppp.login, uuid4().hex
    for _ in range(3):
        assert desk.element.login(login, "wrong", Calling_Station_Id=caller) is False
    desk.listen()
    seen = FailedLogin.objects.get(source=caller)
    assert (seen.name, seen.service_id, seen.agent) == (login, desk.cast.access.pk, "127.0.0.1")
    # However often within a minute; two, when one ended in between.
    assert seen.count in (1, 2)
