"""Pushes to network elements: which element answers for what."""

from datetime import datetime

from linekey.records import pages
from linekey.records.models import OutboxEffect, SipLine
from linekey.usecases import rotate_credential
from tests.build import GOOD_SIP_PASSWORD, Cast, actor
from tests.hands import Hands, states, work


def test_a_service_of_an_element_nobody_configured_waits_for_a_person(
    cast: Cast, hands: Hands, now: datetime
) -> None:
    SipLine.objects.filter(service=cast.line).update(element="kamailio-9")
    plan = rotate_credential.change(
        actor=actor(cast.ada), reference=cast.line.reference, new=GOOD_SIP_PASSWORD, operation="a", now=now
    ).plan
    work(hands.outside)
    push = OutboxEffect.objects.get(plan=plan, kind="push")
    assert (push.state, push.last_trouble) == ("dead", "no registrar is called kamailio-9 here")


def test_a_notice_that_bounces_stops_nothing(cast: Cast, hands: Hands, now: datetime) -> None:
    hands.mail.rejecting = True
    plan = rotate_credential.change(
        actor=actor(cast.ada), reference=cast.line.reference, new=GOOD_SIP_PASSWORD, operation="a", now=now
    ).plan
    work(hands)
    assert states(plan) == {"push": "done", "drop": "done", "notify": "dead", "watch": "waiting"}
    progress = pages.service(actor(cast.ada), cast.line.reference, now=now).progress
    assert progress is not None and progress.state == "done"
