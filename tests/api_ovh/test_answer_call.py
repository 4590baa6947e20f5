"""Each way a signed call can be refused, in the order the official clients expect."""

import hashlib
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from linekey.domain.access import Door
from linekey.domain.errors import (
    BadSignature,
    CallNotGranted,
    CallOutOfTime,
    ConsumerKeyNotValid,
    Refusal,
    UnknownApplication,
    UnknownConsumerKey,
)
from linekey.domain.secret import Secret
from linekey.records.models import OvhCredential
from linekey.usecases.answer_call import SignedCall, authenticate
from linekey.usecases.create_application import create_with_key
from tests.build import Cast, actor

URL = "https://desk.example/1.0/me"


@pytest.fixture
def call(cast: Cast, now: datetime) -> SignedCall:
    made, key = create_with_key(
        actor=actor(cast.ada, now),
        name="Script",
        description="",
        rules=[("GET", "/me")],
        allowed_ips=["192.0.2.0/24"],
        lasts=timedelta(days=7),
        now=now,
    )
    timestamp = str(int(now.timestamp()))
    material = "+".join([made.secret.reveal(), key.reveal(), "GET", URL, "", timestamp])
    return SignedCall(
        application_key=made.key,
        consumer_key=key,
        timestamp=timestamp,
        signature="$1$" + hashlib.sha1(material.encode(), usedforsecurity=False).hexdigest(),
        method="GET",
        urls=["http://elsewhere.example/1.0/me", URL],
        path="/me",
        body=b"",
        address="192.0.2.7",
    )


def test_a_signed_call_acts_for_who_validated_it(call: SignedCall, cast: Cast, now: datetime) -> None:
    caller = authenticate(call=call, now=now)
    assert (caller.actor.person_id, caller.actor.door) == (cast.ada.pk, Door.API)
    assert OvhCredential.objects.get(pk=caller.credential_id).last_use_at == now


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"application_key": "unknown"}, UnknownApplication),
        ({"consumer_key": Secret("unknown")}, UnknownConsumerKey),
        ({"timestamp": "soon"}, CallOutOfTime),
        ({"timestamp": "1"}, CallOutOfTime),
        ({"signature": "$1$0"}, BadSignature),
        ({"urls": []}, BadSignature),
        ({"body": b"x"}, BadSignature),
        ({"method": "POST"}, BadSignature),
        ({"address": "198.51.100.1"}, ConsumerKeyNotValid),
        ({"path": "/xdsl"}, CallNotGranted),
    ],
)
def test_what_does_not_fit_is_refused(
    call: SignedCall, now: datetime, changed: dict[str, object], refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal):
        authenticate(call=replace(call, **changed), now=now)  # type: ignore[arg-type]


def test_calls_about_the_key_itself_need_no_rule(call: SignedCall, now: datetime) -> None:
    caller = authenticate(call=replace(call, path="/auth/currentCredential"), now=now)
    assert caller.actor.door is Door.API


def test_a_key_past_its_end_is_not_valid(call: SignedCall, now: datetime) -> None:
    OvhCredential.objects.update(expires_at=now)
    with pytest.raises(ConsumerKeyNotValid):
        authenticate(call=call, now=now)


def test_a_pending_key_belongs_to_nobody(call: SignedCall, now: datetime) -> None:
    OvhCredential.objects.update(status="validated", person=None)
    with pytest.raises(ConsumerKeyNotValid):
        authenticate(call=call, now=now)


def test_a_use_is_noted_at_most_once_a_minute(call: SignedCall, now: datetime) -> None:
    for seconds, noted in ((0, 0), (59, 0), (60, 60)):
        authenticate(call=call, now=now + timedelta(seconds=seconds))
        assert OvhCredential.objects.get().last_use_at == now + timedelta(seconds=noted)
