"""The board: for staff alone, honest about what is ill, and each decision taken once."""

from datetime import datetime, timedelta

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from linekey.delivery.fakes import FakeMailer
from linekey.domain.lifecycle import State
from linekey.network.fakes import FakeAccessServer, FakeRegistrar
from linekey.records.models import CredentialVersion, ElementHealth, OutboxEffect
from linekey.records.pages import ElementRow
from linekey.usecases import rotate_credential
from linekey.web.staff.strip import WIDTH, strip_of
from linekey.worker.schedule import look_at_elements
from tests.build import Cast, actor, pppoe_access
from tests.hands import wired, work
from tests.web_staff.conftest import Browser

BOARD = "/exploitation"


def _stop_a_change(cast: Cast, now: datetime) -> OutboxEffect:
    """Ada's access was to get a new password; the RADIUS server refuses it."""
    rotate_credential.reset(
        actor=actor(cast.chen, now), reference=cast.access.reference, operation="x", now=now
    )
    refusing = FakeAccessServer()
    refusing.rejecting = True
    work(wired(access_server=refusing))
    return OutboxEffect.objects.get(state="dead")


def test_the_board_is_for_staff(cast: Cast, browser: Browser) -> None:
    assert Client().get(BOARD).headers["Location"] == "/connexion?next=%2Fexploitation"
    for person in (cast.ada, cast.bruno, cast.chen, cast.eve):
        assert browser(person).get(BOARD).status_code == 403
    for person in (cast.dina, cast.olivia):
        assert browser(person).get(BOARD).status_code == 200


def test_the_board_tells_what_is_ill_and_what_to_do(cast: Cast, browser: Browser, now: datetime) -> None:
    registrar = FakeRegistrar("kamailio-1")
    registrar.down = True
    look_at_elements(wired(registrar=registrar), now)
    board = browser(cast.dina).get(BOARD).context["board"]
    cards = {card.name: card for card in board.cards}
    assert cards["kamailio-1"].tone == "danger"
    assert cards["kamailio-1"].findings[0].remedy
    assert board.ill == 1


def test_an_element_nobody_looks_at_is_not_called_well(
    cast: Cast, browser: Browser, now: datetime, access_server: str
) -> None:
    ElementHealth.objects.update(seen_at=now - timedelta(minutes=20))
    (card,) = browser(cast.dina).get(BOARD).context["board"].cards
    assert card.tone == "warning" and "worker" in card.picture


def test_what_waits_says_since_when_why_and_until_when(cast: Cast, browser: Browser, now: datetime) -> None:
    rotate_credential.reset(
        actor=actor(cast.chen, now), reference=cast.licence.reference, operation="x", now=now
    )
    registrar = FakeRegistrar()
    registrar.down = True
    work(wired(registrar=registrar))
    told = browser(cast.dina).get(BOARD).content.decode()
    assert cast.licence.reference in told
    assert "Put the new password on the network" in told
    assert "1 attempt" in told and "next try" in told


def test_what_is_stopped_stands_apart_with_what_it_holds_back(
    cast: Cast, browser: Browser, now: datetime
) -> None:
    an_hour_ago = now - timedelta(hours=1)
    rotate_credential.send(
        actor=actor(cast.chen, an_hour_ago),
        reference=cast.line.reference,
        operation="a",
        now=an_hour_ago,
    )
    OutboxEffect.objects.update(not_before=now + timedelta(hours=1))
    _stop_a_change(cast, now)
    board = browser(cast.dina).get(BOARD).context["board"]
    assert [change.object for change in board.stopped] == [cast.access.reference]
    assert [change.object for change in board.waiting] == [cast.line.reference]
    assert [step.title for step in board.stopped[0].steps][:2] == [
        "Put the new password on the network",
        "Cut the sessions opened with the old password",
    ]


def test_a_retry_happens_once(cast: Cast, browser: Browser, now: datetime) -> None:
    step = _stop_a_change(cast, now)
    dina = browser(cast.dina)
    address = f"{BOARD}/etapes/{step.pk}/reessayer"
    assert dina.get(address).status_code == 405
    assert dina.post(address).headers["Location"] == BOARD
    assert OutboxEffect.objects.get(pk=step.pk).state == "waiting"
    assert dina.post(address).headers["Location"] == BOARD
    assert "no longer blocked" in dina.get(BOARD).content.decode()
    work(wired())
    assert CredentialVersion.objects.get().state == State.LIVE


def test_giving_up_says_the_consequence_then_happens_once(
    cast: Cast, browser: Browser, now: datetime
) -> None:
    step = _stop_a_change(cast, now)
    dina = browser(cast.dina)
    address = f"{BOARD}/etapes/{step.pk}/abandonner"
    asked = dina.get(address).content.decode()
    assert "The new password never becomes true; the old one stays." in asked
    assert "Cut the sessions opened with the old password" in asked
    assert OutboxEffect.objects.get(pk=step.pk).state == "dead"
    assert [dina.post(address).status_code for _ in range(2)] == [303, 303]
    assert CredentialVersion.objects.get().state == State.ABANDONED
    assert dina.get(address).headers["Location"] == BOARD
    assert not OutboxEffect.objects.filter(state__in=["dead", "blocked"]).exists()


def test_a_mail_given_up_after_the_cut_says_that_the_service_stays_down(
    cast: Cast, browser: Browser, now: datetime
) -> None:
    rotate_credential.send(
        actor=actor(cast.chen, now),
        reference=cast.access.reference,
        operation="x",
        now=now,
        compromised=True,
    )
    mailer = FakeMailer()
    mailer.rejecting = True
    work(wired(mail=mailer))
    step = OutboxEffect.objects.get(state="dead")
    asked = browser(cast.dina).get(f"{BOARD}/etapes/{step.pk}/abandonner").content.decode()
    assert "the service stays down" in asked
    assert "the old one stays" not in asked


def test_only_staff_decide(cast: Cast, browser: Browser, now: datetime) -> None:
    step = _stop_a_change(cast, now)
    for person in (cast.ada, cast.bruno, cast.chen):
        client = browser(person)
        assert client.post(f"{BOARD}/etapes/{step.pk}/reessayer").status_code == 403
        assert client.get(f"{BOARD}/etapes/{step.pk}/abandonner").status_code == 403
        assert client.post(f"{BOARD}/etapes/{step.pk}/abandonner").status_code == 403
    assert OutboxEffect.objects.get(pk=step.pk).state == "dead"


@pytest.mark.parametrize("number", ["0", "999999", "9" * 30, "-1", "x", "%00"])
def test_no_step_number_breaks_a_page(cast: Cast, browser: Browser, number: str) -> None:
    dina = browser(cast.dina)
    for verb in ("reessayer", "abandonner"):
        assert dina.post(f"{BOARD}/etapes/{number}/{verb}").status_code in (303, 404)
    assert dina.get(f"{BOARD}/etapes/{number}/abandonner").status_code in (303, 404)


def test_the_board_refreshes_itself_until_it_is_paused(cast: Cast, browser: Browser) -> None:
    dina = browser(cast.dina)
    assert "every 5s" in dina.get(BOARD).content.decode()
    assert "every 5s" not in dina.get(f"{BOARD}?pause").content.decode()
    fragment = dina.get(BOARD, headers={"HX-Request": "true"}).content.decode()
    assert "every 5s" in fragment and "<html" not in fragment


def test_the_board_costs_the_same_for_one_change_and_for_many(
    cast: Cast, browser: Browser, now: datetime, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(30):
        access = pppoe_access(
            f"xdsl-{number}", cast.lumen, now, owner=cast.ada, login=f"{number:010d}@linekey.adsl"
        )
        rotate_credential.send(
            actor=actor(cast.chen, now), reference=access.reference, operation="x", now=now
        )
    dina = browser(cast.dina)
    with django_assert_max_num_queries(7):
        assert len(dina.get(BOARD).context["board"].waiting) == 30


def test_the_strip_draws_only_what_is_known(now: datetime) -> None:
    row = ElementRow("k", "registrar", now, False, now - timedelta(minutes=15), ())
    assert [(piece.look, piece.x, piece.width) for piece in strip_of(row, now).pieces] == [
        ("before", 0, WIDTH * 3 // 4),
        ("bad", WIDTH * 3 // 4, WIDTH // 4),
    ]
    old = ElementRow("k", "registrar", now - timedelta(minutes=30), True, now - timedelta(days=3), ())
    assert [piece.look for piece in strip_of(old, now).pieces] == ["good", "unseen"]
    fresh = ElementRow("k", "registrar", now, True, now, ())
    assert sum(piece.width for piece in strip_of(fresh, now).pieces) == WIDTH
