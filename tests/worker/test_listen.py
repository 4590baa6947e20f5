"""What elements tell is heard by somebody, once, whatever is down."""

from threading import Event, Thread

import pytest
from django.utils import timezone

from linekey.network.ports import SipAddress
from linekey.records.models import FailedLogin
from linekey.usecases import hear_element
from linekey.worker import listen
from tests.build import ACCESS_SERVER, REGISTRAR, Cast
from tests.hands import Hands

pytestmark = pytest.mark.django_db(transaction=True)


def guess(hands: Hands, cast: Cast, times: int = 1) -> None:
    line = SipAddress(cast.licence.sip.username, cast.licence.sip.realm)
    for _ in range(times):
        hands.registrar.register(line, "wrong")


def test_more_events_than_are_written_at_once_are_all_heard_in_one_turn(cast: Cast, hands: Hands) -> None:
    guess(hands, cast, 2 * listen.AT_ONCE + 1)
    listen.turn(hands.outside)
    assert sum(FailedLogin.objects.values_list("count", flat=True)) == 2 * listen.AT_ONCE + 1


def test_an_element_which_is_down_keeps_nobody_from_being_heard(cast: Cast, hands: Hands) -> None:
    hands.registrar.down = True
    hands.access.login(cast.access.ppp.login, "wrong")
    listen.turn(hands.outside)
    assert FailedLogin.objects.get().element == ACCESS_SERVER
    hands.registrar.down = False
    guess(hands, cast)
    listen.turn(hands.outside)
    assert FailedLogin.objects.filter(element=REGISTRAR).count() == 1


def test_two_workers_hear_an_event_once(cast: Cast, hands: Hands) -> None:
    guess(hands, cast)
    events = hands.registrar.events(0, 10)
    listen.turn(hands.outside)
    assert not hear_element.hear(element=REGISTRAR, events=events, after=0, now=timezone.now())
    listen.turn(hands.outside)
    assert FailedLogin.objects.get().count == 1


def test_it_listens_until_it_is_told_to_stop(cast: Cast, hands: Hands) -> None:
    guess(hands, cast)
    stop = Event()
    listening = Thread(target=listen.run, args=(hands.outside, stop))
    listening.start()
    while not FailedLogin.objects.exists():
        stop.wait(0.05)
    stop.set()
    listening.join(10)
    assert not listening.is_alive()
