"""An element or the mail server is away during a change (NEW-4).

Nothing is lost, the page says so, it ends by itself.
"""

from contextlib import closing

import pytest
from django.test import Client

from linekey.delivery.fakes import FakeMailer
from linekey.domain.secret import Secret
from linekey.network.ports import SipAddress
from linekey.records import pages
from linekey.usecases import rotate_credential
from linekey.vault.seal import sip_digests
from tests.build import GOOD_SIP_PASSWORD, PORTAL_PASSWORD, REALM, Cast, actor
from tests.hands import make_due, states, wired, work
from tests.lab.elements import FreeRadiusInLab, KamailioInLab

pytestmark = pytest.mark.real


@pytest.fixture
def adas_browser(cast: Cast, client: Client) -> Client:
    client.post("/connexion", {"identifier": cast.ada.customer_id, "password": PORTAL_PASSWORD.reveal()})
    return client


def test_kamailio_stopped_during_a_change_delays_it_and_loses_nothing(
    cast: Cast, kamailio: KamailioInLab
) -> None:
    wires = wired(registrar=kamailio.registrar)
    line = SipAddress(cast.line.sip.username, REALM)
    kamailio.stop()
    try:
        plan = _change(cast)
        work(wires)
        # The store took the password; dropping the registrations needs Kamailio itself.
        assert states(plan)["push"] == "done"
        assert states(plan)["drop"] == "waiting"
        progress = _progress(cast)
        assert progress.state == "waiting"
        assert any(step.trouble for step in progress.steps if step.kind == "drop")
    finally:
        kamailio.start()
    make_due()
    work(wires)
    assert states(plan)["drop"] == "done"
    assert kamailio.register(line, GOOD_SIP_PASSWORD.reveal()) == 200


def test_a_locked_store_delays_the_change_and_the_old_password_stays_true(
    cast: Cast, kamailio: KamailioInLab
) -> None:
    wires = wired(registrar=kamailio.registrar)
    line = SipAddress(cast.line.sip.username, REALM)
    first = _change(cast)
    work(wires)
    assert states(first)["push"] == "done"
    with closing(kamailio.store.raw_connection()) as holder:
        holder.cursor().execute("BEGIN EXCLUSIVE")
        plan = _change(cast, "Chataigne-5827", operation="second")
        work(wires)
        assert states(plan)["push"] == "waiting"
        assert _progress(cast).state == "waiting"
        holder.rollback()
    assert kamailio.register(line, GOOD_SIP_PASSWORD.reveal()) == 200
    make_due()
    work(wires)
    assert kamailio.register(line, GOOD_SIP_PASSWORD.reveal()) == 401
    assert kamailio.register(line, "Chataigne-5827") == 200


def test_a_silent_mail_server_cuts_nobody(cast: Cast, freeradius: FreeRadiusInLab) -> None:
    mailer = FakeMailer()
    wires = wired(access_server=freeradius.access, mail=mailer)
    login = cast.access.ppp.login
    held = rotate_credential.reset(
        actor=actor(cast.ada, cast.ada.created_at),
        reference=cast.access.reference,
        operation="a",
        now=cast.ada.created_at,
    )
    work(wires)
    assert held.shown_once is not None
    assert freeradius.login(login, held.shown_once.reveal()) is True
    mailer.down = True
    sent = rotate_credential.send(
        actor=actor(cast.ada), reference=cast.access.reference, operation="b", now=cast.ada.created_at
    )
    work(wires)
    assert states(sent.plan) == {
        "deliver": "waiting",
        "push": "waiting",
        "disconnect": "waiting",
        "watch": "waiting",
    }
    assert freeradius.login(login, held.shown_once.reveal()) is True
    mailer.down = False
    make_due()
    work(wires)
    assert states(sent.plan)["disconnect"] == "done"
    assert freeradius.login(login, held.shown_once.reveal()) is False


def test_the_page_says_what_waits_since_when_and_that_nothing_is_lost(
    cast: Cast, adas_browser: Client, kamailio: KamailioInLab
) -> None:
    kamailio.stop()
    try:
        _change(cast)
        work(wired(registrar=kamailio.registrar))
        page = adas_browser.get(f"/telephonie/{cast.line.reference}/gestion").content.decode()
        assert "pas perdu" in page
    finally:
        kamailio.start()


def _change(cast: Cast, new: str = GOOD_SIP_PASSWORD.reveal(), operation: str = "first") -> str:
    return rotate_credential.change(
        actor=actor(cast.ada),
        reference=cast.line.reference,
        new=Secret(new),
        operation=operation,
        now=cast.ada.created_at,
    ).plan


def _progress(cast: Cast) -> pages.Progress:
    page = pages.service(actor(cast.ada), cast.line.reference, now=cast.ada.created_at)
    assert page.progress is not None
    return page.progress


def test_what_kamailio_keeps_is_only_digests(cast: Cast, kamailio: KamailioInLab) -> None:
    _change(cast)
    work(wired(registrar=kamailio.registrar))
    with kamailio.store.connect() as connection:
        row = connection.exec_driver_sql(
            "SELECT password, ha1 FROM subscriber WHERE username = '0033972101010'"
        ).one()
    assert row.password == ""
    assert row.ha1 == sip_digests(GOOD_SIP_PASSWORD, cast.line.sip.username, REALM)["md5"]
