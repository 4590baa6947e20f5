"""A look at what the network sees: one at a time, and not when the last is seconds old."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from linekey.domain.errors import NotFound, VerbNotOffered
from linekey.domain.secret import Secret
from linekey.records.models import Observation, OutboxEffect
from linekey.usecases import observe_service, rotate_credential
from tests.build import GOOD_SIP_PASSWORD, Cast, actor
from tests.hands import Hands, work


def refresh(cast: Cast, reference: str | None = None) -> None:
    observe_service.refresh(
        actor=actor(cast.ada), reference=reference or cast.line.reference, now=timezone.now()
    )


def test_a_look_tells_whether_the_phone_is_there(cast: Cast, now: datetime, hands: Hands) -> None:
    new = Secret(GOOD_SIP_PASSWORD.reveal())
    rotate_credential.change(
        actor=actor(cast.ada), reference=cast.line.reference, new=new, operation="a", now=now
    )
    work(hands)
    assert hands.registers(cast.line, new.reveal())
    refresh(cast)
    work(hands)
    seen = Observation.objects.get(service=cast.line)
    assert seen.online and seen.facts["registrations"][0]["user_agent"] == "linekey-fake"


def test_a_look_tells_whether_the_box_is_there(cast: Cast, hands: Hands) -> None:
    hands.access.open_session(cast.access.ppp.login)
    refresh(cast, cast.access.reference)
    work(hands)
    seen = Observation.objects.get(service=cast.access)
    assert seen.online and [event["state"] for event in seen.facts["log"]] == ["start"]


def test_many_pages_asking_at_once_are_one_look(cast: Cast) -> None:
    for _ in range(5):
        refresh(cast)
    assert OutboxEffect.objects.filter(kind="observe").count() == 1


def test_a_look_seconds_old_is_good_enough(cast: Cast, hands: Hands) -> None:
    refresh(cast)
    work(hands)
    refresh(cast)
    assert OutboxEffect.objects.count() == 1
    Observation.objects.update(seen_at=timezone.now() - observe_service.FRESH - timedelta(seconds=1))
    refresh(cast)
    assert OutboxEffect.objects.count() == 2


def test_an_element_that_is_away_is_not_asked_again_and_again(cast: Cast, hands: Hands) -> None:
    hands.registrar.down = True
    refresh(cast)
    work(hands)
    look = OutboxEffect.objects.get()
    assert look.state == "done" and "switched off" in look.result["trouble"]


def test_nobody_looks_at_a_strangers_line(cast: Cast) -> None:
    with pytest.raises(NotFound):
        refresh(cast, cast.eves_line.reference)


def test_a_page_of_services_is_looked_at_in_one_go_and_only_what_one_sees(cast: Cast, hands: Hands) -> None:
    chen, now = actor(cast.chen), timezone.now()
    wanted = ["FPC172932", "FPC172947", cast.access.reference, "CTX-00217", "FPC199901", "unknown"]
    observe_service.refresh_all(actor=chen, references=wanted, now=now)
    observe_service.refresh_all(actor=chen, references=wanted, now=now)
    looks = OutboxEffect.objects.filter(kind="observe").values_list("service__reference", flat=True)
    assert sorted(looks) == ["FPC172932", "FPC172947", cast.access.reference]
    work(hands)
    observe_service.refresh_all(actor=chen, references=wanted, now=timezone.now())
    assert OutboxEffect.objects.count() == 3, "seen seconds ago"


def test_a_hosted_pbx_is_known_to_no_element(cast: Cast) -> None:
    with pytest.raises(VerbNotOffered):
        observe_service.refresh(actor=actor(cast.chen), reference="CTX-00217", now=timezone.now())
