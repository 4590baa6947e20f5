"""Sessions and browsers of one's own, ended at will (TEAM-3); never somebody else's (law 11)."""

from dataclasses import replace
from datetime import datetime

import pytest

from linekey.domain.access import Actor, Door
from linekey.domain.errors import NotAllowed, NotFound
from linekey.records import pages, sessions
from linekey.records.models import AuditEntry, Device, OpenSession, Person
from linekey.usecases import end_session
from linekey.vault import seal
from tests.build import Cast, actor, open_session, visitor


def opened(person: Person, now: datetime, browser: str) -> OpenSession:
    who = visitor(browser)
    return sessions.open_session(
        person, who, seal.digest(who.browser), method="password", trust=True, now=now
    )


@pytest.fixture
def ada(cast: Cast, now: datetime) -> Actor:
    return replace(actor(cast.ada), session_id=open_session(cast.ada, now).pk)


def living(person: Person) -> set[int]:
    return set(OpenSession.objects.filter(person=person, ended_at=None).values_list("pk", flat=True))


def test_she_ends_the_session_she_forgot_at_the_library(cast: Cast, ada: Actor, now: datetime) -> None:
    library = opened(cast.ada, now, "library")
    end_session.end(actor=ada, session_id=library.pk, now=now)
    assert living(cast.ada) == {ada.session_id}
    assert pages.actor_of_session(library.pk, cast.ada.get_session_auth_hash(), now) is None
    assert AuditEntry.objects.get().action == "session.ended"


def test_she_may_end_the_one_she_is_in(cast: Cast, ada: Actor, now: datetime) -> None:
    assert ada.session_id is not None
    end_session.end(actor=ada, session_id=ada.session_id, now=now)
    assert not living(cast.ada)


def test_somebody_elses_an_unknown_and_an_ended_one_are_one_answer(
    cast: Cast, ada: Actor, now: datetime
) -> None:
    eves = opened(cast.eve, now, "eve's")
    over = opened(cast.ada, now, "library")
    end_session.end(actor=ada, session_id=over.pk, now=now)
    for number in (eves.pk, over.pk, 0, 999_999, 2**70):
        with pytest.raises(NotFound):
            end_session.end(actor=ada, session_id=number, now=now)
    for number in (eves.device_id or 0, 0, 2**70):
        with pytest.raises(NotFound):
            end_session.forget_device(actor=ada, device_id=number, now=now)
    assert living(cast.eve) == {eves.pk}


def test_every_other_one_ends_at_once_and_hers_goes_on(cast: Cast, ada: Actor, now: datetime) -> None:
    for browser in ("library", "phone"):
        opened(cast.ada, now, browser)
    eves = opened(cast.eve, now, "eve's")
    end_session.end_others(actor=ada, now=now)
    assert living(cast.ada) == {ada.session_id} and living(cast.eve) == {eves.pk}
    assert Device.objects.filter(person=cast.ada, ended_at=None).count() == 1


def test_a_forgotten_browser_is_trusted_no_more_and_signed_in_no_more(
    cast: Cast, ada: Actor, now: datetime
) -> None:
    stolen = opened(cast.ada, now, "phone")
    assert stolen.device_id is not None
    end_session.forget_device(actor=ada, device_id=stolen.device_id, now=now)
    assert living(cast.ada) == {ada.session_id}
    browser = seal.digest(visitor("phone").browser)
    assert sessions.known_device(cast.ada, browser) is None
    with pytest.raises(NotFound):
        end_session.forget_device(actor=ada, device_id=stolen.device_id, now=now)


def test_forgetting_the_browser_she_uses_does_not_throw_her_out(
    cast: Cast, ada: Actor, now: datetime
) -> None:
    own = OpenSession.objects.get(person=cast.ada)
    assert own.device_id is not None
    end_session.forget_device(actor=ada, device_id=own.device_id, now=now)
    assert living(cast.ada) == {ada.session_id}


def test_no_key_ends_a_session(cast: Cast, ada: Actor, now: datetime) -> None:
    program = replace(ada, door=Door.API, session_id=None)
    with pytest.raises(NotAllowed):
        end_session.end(actor=program, session_id=ada.session_id or 0, now=now)
    with pytest.raises(NotAllowed):
        end_session.end_others(actor=program, now=now)
    with pytest.raises(NotAllowed):
        end_session.forget_device(actor=program, device_id=1, now=now)
    assert living(cast.ada) == {ada.session_id}
